package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/store"
)

// A demo's database lies in a directory of its own, with a lock file beside it
// that everybody who works there holds. Whoever leaves last and finds it free
// takes the demo away.
//
// A file with that name may lie anywhere, so the name says nothing: the file
// says which directory it was made for, and the directory and the file have to
// be ours. Even then only the files a demo makes are removed, one by one.

const (
	demoPrefix = "postroom-demo-" // of the directory, before what os.MkdirTemp makes up
	demoLock   = "demo.lock"
	demoKey    = "demo.key"
	demoDesk   = "postroom.db"

	// demoHere begins what a lock file says; the directory follows, or that the
	// demo is to be kept.
	demoHere  = "postroom demo "
	demoStays = demoHere + "keep\n"
)

// demoFiles are all that a demo makes, the lock last.
func demoFiles() []string {
	return []string{demoDesk, demoDesk + "-wal", demoDesk + "-shm", demoDesk + "-journal", demoDesk + ".lock", demoKey, demoLock}
}

// demoDirectory is where the desk lies: a new directory nobody else can read,
// with its lock.
func demoDirectory(keep string) (dir string, err error) {
	fate := demoStays
	if keep == "" {
		if dir, err = os.MkdirTemp("", demoPrefix); err != nil {
			return "", err
		}
		if dir, err = filepath.Abs(dir); err != nil {
			return "", err
		}
		fate = demoHere + dir + "\n"
	} else {
		if err := os.Mkdir(keep, 0o700); err != nil {
			if errors.Is(err, os.ErrExist) {
				return "", &desk.Error{Kind: desk.Conflict, Code: "EXISTS", Message: keep + " is there already.", Hint: "Name a new directory; open an old demo with: postroom --db " + filepath.Join(keep, demoDesk)}
			}
			return "", err
		}
		if dir, err = filepath.Abs(keep); err != nil {
			return "", err
		}
	}
	return dir, os.WriteFile(filepath.Join(dir, demoLock), []byte(fate), 0o600)
}

// demoPass is the presence of one process at a demo.
type demoPass struct {
	lock *os.File
	dir  string
	// stays is set when the demo is to be kept.
	stays bool
}

// readDemo looks whether a directory is a demo of ours, and opens its lock if
// it is. Whatever does not fit means that it is none.
func readDemo(dir string) (demoPass, bool) {
	lock, err := openLock(filepath.Join(dir, demoLock))
	if err != nil {
		return demoPass{}, false
	}
	pass := demoPass{lock: lock, dir: dir}
	if !pass.fits() {
		_ = lock.Close()
		return demoPass{}, false
	}
	return pass, true
}

func (d *demoPass) fits() bool {
	file, err := d.lock.Stat()
	if err != nil || !file.Mode().IsRegular() || !ours(file) {
		return false
	}
	const longest = 8 << 10
	said, err := io.ReadAll(io.LimitReader(d.lock, longest))
	if err != nil {
		return false
	}
	here, err := os.Stat(d.dir)
	if err != nil || !ours(here) || here.Mode().Perm() != 0o700 {
		return false
	}
	if d.stays = string(said) == demoStays; d.stays {
		return true
	}
	named, ok := strings.CutPrefix(string(said), demoHere)
	if !ok || !strings.HasSuffix(named, "\n") {
		return false
	}
	named = strings.TrimSuffix(named, "\n")
	if !filepath.IsAbs(named) || !strings.HasPrefix(filepath.Base(named), demoPrefix) {
		return false
	}
	// Lstat: the directory itself, not a link that was put in its place.
	there, err := os.Lstat(named)
	if err != nil || !there.IsDir() || !os.SameFile(here, there) {
		return false
	}
	d.dir = named
	return true
}

// joinDemo prepares a run that opens a demo's database: its key lies beside
// it, because it is to vanish with it.
func (p *program) joinDemo(h *house) error {
	if store.IsServer(h.dsn) {
		return nil
	}
	pass, ok := readDemo(filepath.Dir(databaseFile(h.dsn)))
	if !ok {
		return nil
	}
	h.closers = append(h.closers, pass.lock.Close)
	there, err := pass.enter()
	if err != nil {
		return err
	}
	if !there {
		return &desk.Error{Kind: desk.NotFound, Code: "DEMO_OVER", Message: "This demo has just ended.", Hint: "Begin another one with: postroom demo"}
	}
	getenv := p.getenv
	p.getenv = func(name string) string {
		if name == "POSTROOM_KEY_FILE" {
			return filepath.Join(pass.dir, demoKey)
		}
		return getenv(name)
	}
	if !pass.stays {
		h.closers = append(h.closers, func() error { return p.leaveDemo(pass) })
	}
	return nil
}

// leaveDemo takes the demo away if nobody else works there any more. What
// somebody has put beside it stays, and so does the directory then.
func (p *program) leaveDemo(pass demoPass) error {
	alone, err := pass.alone()
	if err != nil || !alone || filepath.Dir(pass.dir) != filepath.Clean(os.TempDir()) {
		return err
	}
	for _, name := range demoFiles() {
		if err := os.Remove(filepath.Join(pass.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := os.Remove(pass.dir); err != nil {
		p.print.remark(safe.Sprintf("%s stays: there are other files in it.", safe.Line(pass.dir)))
	}
	return nil
}
