package connector

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestLargeMailWithoutRoomForIt: where the file for a large mail takes nothing,
// or nothing more, the rest of the mail is in memory, and all of it comes back.
func TestLargeMailWithoutRoomForIt(t *testing.T) {
	t.Parallel()
	open := func(name string, flags int) *os.File {
		f, err := os.OpenFile(name, flags, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for name, c := range map[string]struct {
		file *os.File
		kept int64
	}{
		"room":    {open(filepath.Join(t.TempDir(), "mail"), os.O_RDWR|os.O_CREATE), 3*slowBytes + 7},
		"no room": {open("/dev/full", os.O_RDWR), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, whole, held := &aside{file: c.file}, []byte(nil), []byte(nil)
			defer a.drop()
			for i, size := range []int{slowBytes, slowBytes, slowBytes, 7} {
				piece := bytes.Repeat([]byte{byte('a' + i)}, size)
				whole = append(whole, piece...)
				if held = append(held, piece...); a.add(held) {
					held = held[:0]
				}
			}
			a.rest = held
			got, err := a.load()
			if err != nil || !bytes.Equal(got, whole) || a.size != c.kept {
				t.Errorf("%d of %d bytes came back, %d of them from the file, %v", len(got), len(whole), a.size, err)
			}
		})
	}
}
