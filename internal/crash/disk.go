package crash

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Loss is what becomes of the writes that were not synced when the power went.
// No disk is worse than the three together, but one that lies about syncing.
type Loss int

const (
	// Old leaves what was there before: the cache was lost.
	Old Loss = iota
	// Zeroed leaves zeros where was written: the file grew, its blocks did not
	// come.
	Zeroed
	// Torn keeps some sectors of some writes: they came in any order.
	Torn
)

func (l Loss) String() string { return [...]string{"old", "zeroed", "torn"}[l] }

// sector is what a disk writes whole or not at all.
const sector = 512

// Disk is a directory as a disk has it.
type Disk struct {
	files map[string]*diskFile
	// named are the files the directory has on the disk: until the directory is
	// synced a new name is lost with the power, and a removed one comes back.
	named map[string]*diskFile
}

type diskFile struct {
	synced []byte
	// waiting are the writes since.
	waiting []Written
}

// ReadDisk reads a directory that no program has open; all of it is synced.
func ReadDisk(t testing.TB, dir string) *Disk {
	t.Helper()
	d := &Disk{files: map[string]*diskFile{}, named: map[string]*diskFile{}}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, e.Name())
		d.files[path] = &diskFile{synced: b}
		d.named[path] = d.files[path]
	}
	return d
}

// Do lets the disk see what a program has done.
func (d *Disk) Do(w Written) {
	switch w.Call {
	case "said":
	case "unlink":
		delete(d.files, w.Path)
	case "fsync", "fdatasync":
		if f := d.files[w.Path]; f != nil {
			f.synced, f.waiting = f.after(nil), nil
			return
		}
		d.syncNames(w.Path)
	default:
		f := d.files[w.Path]
		if f == nil {
			f = &diskFile{}
			d.files[w.Path] = f
		}
		f.waiting = append(f.waiting, w)
	}
}

// syncNames makes the names in a directory last.
func (d *Disk) syncNames(dir string) {
	for path := range d.named {
		if filepath.Dir(path) == dir {
			delete(d.named, path)
		}
	}
	for path, f := range d.files {
		if filepath.Dir(path) == dir {
			d.named[path] = f
		}
	}
}

// Cut writes into a directory what is left when the power goes now. What SQLite
// keeps in shared memory only is gone in any case.
func (d *Disk) Cut(t testing.TB, dir string, loss Loss, r *rand.Rand) {
	t.Helper()
	left := d.named
	if loss != Old && r.IntN(2) == 0 {
		left = d.files // the directory came through by itself
	}
	for path, f := range left {
		if strings.HasSuffix(path, "-shm") {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)), f.left(loss, r), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func (f *diskFile) left(loss Loss, r *rand.Rand) []byte {
	switch loss {
	case Zeroed:
		return f.after(func(b []byte) []byte { return make([]byte, len(b)) })
	case Torn:
		return f.torn(r)
	default:
		return f.synced
	}
}

// after is the file after the waiting writes, each changed on its way.
func (f *diskFile) after(change func([]byte) []byte) []byte {
	b := slices.Clone(f.synced)
	for _, w := range f.waiting {
		if w.Call == "ftruncate" {
			b = resize(b, w.Offset)
			continue
		}
		data := w.Data
		if change != nil {
			data = change(data)
		}
		b = place(b, w.Offset, data)
	}
	return b
}

// torn keeps about half of the sectors of the waiting writes.
func (f *diskFile) torn(r *rand.Rand) []byte {
	b := slices.Clone(f.synced)
	for _, w := range f.waiting {
		if w.Call == "ftruncate" {
			if r.IntN(2) == 0 {
				b = resize(b, w.Offset)
			}
			continue
		}
		for at := int64(0); at < int64(len(w.Data)); {
			end := min((w.Offset+at)/sector*sector+sector-w.Offset, int64(len(w.Data)))
			if r.IntN(2) == 0 {
				b = place(b, w.Offset+at, w.Data[at:end])
			}
			at = end
		}
	}
	return b
}

func place(b []byte, at int64, data []byte) []byte {
	if end := at + int64(len(data)); end > int64(len(b)) {
		b = resize(b, end)
	}
	copy(b[at:], data)
	return b
}

func resize(b []byte, size int64) []byte {
	if size <= int64(len(b)) {
		return b[:size]
	}
	return append(b, make([]byte, size-int64(len(b)))...)
}
