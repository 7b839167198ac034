package crash

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// TestDisk cuts the power after a write that was synced and one that was not.
func TestDisk(t *testing.T) {
	dir := t.TempDir()
	path, young := filepath.Join(dir, "x.db"), filepath.Join(dir, "x.db-wal")
	if err := os.WriteFile(path, []byte("aaaa"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := ReadDisk(t, dir)
	for _, w := range []Written{
		{Call: "pwrite64", Path: path, Data: []byte("bb"), Offset: 1},
		{Call: "fdatasync", Path: path},
		{Call: "pwrite64", Path: path, Data: []byte("cc"), Offset: 3},
		{Call: "said", Path: "kept 1"},
		{Call: "pwrite64", Path: young, Data: []byte("new")},
		{Call: "fsync", Path: young},
	} {
		d.Do(w)
	}
	left := func(loss Loss, name string) string {
		after := t.TempDir()
		d.Cut(t, after, loss, rand.New(rand.NewPCG(1, 1)))
		b, err := os.ReadFile(filepath.Join(after, filepath.Base(name)))
		if err != nil {
			return err.Error()
		}
		return string(b)
	}
	if got := left(Old, path); got != "abba" {
		t.Errorf("without what was not synced: %q", got)
	}
	if got := left(Zeroed, path); got != "abb\x00\x00" {
		t.Errorf("with zeros for it: %q", got)
	}
	if got := left(Torn, path); got != "abba" && got != "abbcc" {
		t.Errorf("a sector is torn: %q", got)
	}
	if got := left(Old, young); got == "new" {
		t.Error("a file is there whose name was never synced")
	}
	d.Do(Written{Call: "fsync", Path: dir})
	if got := left(Old, young); got != "new" {
		t.Errorf("a file is %q whose name and bytes were synced", got)
	}
	d.Do(Written{Call: "unlink", Path: young})
	if got := left(Old, young); got != "new" {
		t.Errorf("a removal that was not synced: %q", got)
	}
}

// TestTornLines puts a call together that another thread's line has torn.
func TestTornLines(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	text := `7 pwrite64(5<\x2f\x78>, "\x61\x62", 2, 4096 <unfinished ...>
8 fsync(6<\x2f\x79>) = -1 EIO (Input/output error)
8 write(1<\x2f\x70>, "\x68\x69\x0a", 3) = 3
7 <... pwrite64 resumed>)               = 2
7 ftruncate(5<\x2f\x78>, 3)              = 0
7 unlinkat(AT_FDCWD<\x2f>, "\x2f\x78", 0) = 0
`
	if err := os.WriteFile(log, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := readRecord(log, "/x")
	if err != nil || len(list) != 4 {
		t.Fatalf("%+v, %v", list, err)
	}
	if w := list[0]; w.Call != "said" || w.Path != "hi" {
		t.Errorf("%+v", w)
	}
	if w := list[1]; w.Call != "pwrite64" || string(w.Data) != "ab" || w.Offset != 4096 {
		t.Errorf("%+v", w)
	}
	if w := list[2]; w.Call != "ftruncate" || w.Offset != 3 {
		t.Errorf("%+v", w)
	}
	if w := list[3]; w.Call != "unlink" || w.Path != "/x" {
		t.Errorf("%+v", w)
	}
}
