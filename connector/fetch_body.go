package connector

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// asideFrom is the size from which a mail waits in a file until there is memory
// for it: every connection of every account can have one in its hands.
const asideFrom = 4 << 20

// readBody reads one literal whole, into memory or aside. What is shorter than
// announced was cut off by the end of the connection, which the library reports
// as its end.
func (s *session) readBody(lit imap.LiteralReader) ([]byte, *aside, error) {
	size := lit.Size()
	var raw []byte
	var large *aside
	if size > asideFrom {
		large = newAside()
	}
	var read int64
	for read < size {
		// A size is only a claim: room is made as the bytes come.
		room := min(size-read, slowBytes)
		from := len(raw)
		raw = slices.Grow(raw, int(room))[:from+int(room)]
		n, err := io.ReadFull(lit, raw[from:])
		raw, read = raw[:from+n], read+int64(n)
		if err != nil {
			large.drop()
			return nil, nil, io.ErrUnexpectedEOF
		}
		if large.add(raw) {
			raw = raw[:0]
		}
		if size > slowBytes {
			if err := s.hurry(); err != nil {
				large.drop()
				return nil, nil, err
			}
		}
	}
	// The reader has to see the end before the library reads on.
	if n, err := lit.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		large.drop()
		return nil, nil, io.ErrUnexpectedEOF
	}
	if large == nil {
		return raw, nil, nil
	}
	large.rest = raw
	return nil, large, nil
}

// aside is a large mail in a file without a name, which is gone with the
// process. Where no file can be written it is in memory all the same.
type aside struct {
	file *os.File
	size int64
	// rest is what the file has no room for.
	rest []byte
}

func newAside() *aside {
	f, err := os.CreateTemp("", "postroom-mail-")
	if err != nil {
		return nil
	}
	if err := os.Remove(f.Name()); err != nil {
		_ = f.Close() // it would be found by others
		return nil
	}
	return &aside{file: f}
}

// add reports whether the bytes are in the file. Once it has refused some, all
// that follow are for memory.
func (a *aside) add(p []byte) bool {
	if a == nil || len(p) > slowBytes {
		return false
	}
	n, err := a.file.WriteAt(p, a.size)
	if err != nil || n < len(p) {
		return false
	}
	a.size += int64(n)
	return true
}

// bytes is how large the mail is.
func (a *aside) bytes() int64 { return a.size + int64(len(a.rest)) }

// load gives the whole mail.
func (a *aside) load() ([]byte, error) {
	if a.bytes() > inFlight/2 {
		// What the large mail before it has left would otherwise count twice:
		// the collector waits until the heap has doubled.
		runtime.GC()
	}
	raw := make([]byte, a.bytes())
	if _, err := a.file.ReadAt(raw[:a.size], 0); err != nil {
		return nil, fmt.Errorf("read back a large mail: %w", err)
	}
	copy(raw[a.size:], a.rest)
	return raw, nil
}

// drop gives the room back. It may be called more than once, and on nil.
func (a *aside) drop() {
	if a != nil {
		_ = a.file.Close() // nothing is kept in it
		a.rest = nil
	}
}
