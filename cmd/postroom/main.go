package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // calendars mean the same on a machine that knows no time zones

	"postroom/store"
)

func main() { os.Exit(run(theWorld())) }

// world is what the operating system gives one run of the program. Tests put
// their own in its place.
type world struct {
	name     string // what the program was started as
	args     []string
	getenv   func(string) string
	in       io.Reader
	out, err io.Writer
	login    func() (string, error)
	clock    func() time.Time
	// openStore opens a database and says how it is closed; nil for
	// store.Open. Who runs many programs in one process can share one.
	openStore func(context.Context, string, store.Options) (*store.Store, func() error, error)
}

func theWorld() world {
	return world{
		name: os.Args[0], args: os.Args[1:], getenv: os.Getenv,
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		login: osLogin, clock: time.Now,
	}
}

// called is how the program is started once more, as a word of a shell.
func (w world) called() string {
	path := filepath.ToSlash(w.name)
	switch {
	case path == "" || filepath.Base(path) == "postroom" && isFirstInPath(w.name):
		return "postroom"
	case strings.Contains(path, "/go-build") && strings.Contains(path, "/exe/"):
		// "go run" starts a file that is gone afterwards.
		return "go run ./cmd/postroom"
	}
	return shellWord(w.name)
}

// isFirstInPath reports whether the bare name would start the same program.
func isFirstInPath(name string) bool {
	found, err := exec.LookPath(filepath.Base(name))
	if err != nil {
		return false
	}
	if found == name || !strings.ContainsRune(name, filepath.Separator) {
		return true
	}
	one, err1 := os.Stat(found)
	other, err2 := os.Stat(name)
	return err1 == nil && err2 == nil && os.SameFile(one, other)
}

// shellWord writes a path so that a shell takes it for one word.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@,=", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// osLogin is who the operating system says is at the keyboard.
func osLogin() (string, error) {
	u, err := user.Current()
	if err != nil {
		return "", err
	}
	return u.Username, nil
}

// run executes one command line and gives its exit code. The first SIGINT,
// SIGTERM or SIGHUP cancels the context, so that everything ends in order; a second one
// ends the process the hard way.
func run(w world) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop)

	p := newProgram(w)
	restore := p.rememberTerminal()
	defer func() {
		if cause := recover(); cause != nil {
			restore()
			p.print.panicked(thisBuild(), cause, debug.Stack())
			code = exitFailed
		}
	}()
	return p.execute(ctx)
}
