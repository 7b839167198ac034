package store

import (
	"errors"
	"io"

	"golang.org/x/sys/unix"
)

// turns is the lock of a turnstile: two bytes of the file that also guards
// making and bringing up to date, which flock(2) locks and this does not meet.
// The locks belong to the open file and not to the process (fcntl(2), "Open
// file description locks"), so that two stores of one process are two. It is
// never the database itself, see [TestCrashLockLoss].
type turns struct{ fd int }

// The bytes.
const (
	gateByte = iota
	roadByte
)

// openTurns opens the lock of a database. It fails where nothing can be written
// beside it or the disk has no such locks.
func openTurns(path string) (*turns, error) {
	fd, err := unix.Open(path+".lock", unix.O_CREAT|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, err
	}
	t := &turns{fd}
	if err := t.set(unix.F_OFD_SETLK, unix.F_UNLCK, gateByte); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

func (t *turns) set(cmd int, kind int16, at int64) error {
	for {
		err := unix.FcntlFlock(uintptr(t.fd), cmd, &unix.Flock_t{Type: kind, Whence: io.SeekStart, Start: at, Len: 1})
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// try takes the road if nobody is there and nobody waits for it.
func (t *turns) try() bool {
	if t.set(unix.F_OFD_SETLK, unix.F_WRLCK, gateByte) != nil {
		return false
	}
	free := t.set(unix.F_OFD_SETLK, unix.F_WRLCK, roadByte) == nil
	t.free(gateByte)
	return free
}

// wait takes the road when it is this one's turn.
func (t *turns) wait() error {
	if err := t.set(unix.F_OFD_SETLKW, unix.F_WRLCK, gateByte); err != nil {
		return err
	}
	defer t.free(gateByte)
	return t.set(unix.F_OFD_SETLKW, unix.F_WRLCK, roadByte)
}

func (t *turns) leave() { t.free(roadByte) }

// free lets go of a byte. Where that fails closing the file does it.
func (t *turns) free(at int64) {
	_ = t.set(unix.F_OFD_SETLK, unix.F_UNLCK, at)
}

func (t *turns) close() { _ = unix.Close(t.fd) }
