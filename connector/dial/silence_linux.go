package dial

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// limitSilence makes the kernel give up on a peer that acknowledges nothing
// (TCP_USER_TIMEOUT, RFC 5482): without it a write to a host that is gone
// hangs for a quarter of an hour.
func limitSilence(_, _ string, raw syscall.RawConn) error {
	var err error
	if e := raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(userTimeout.Milliseconds()))
	}); e != nil {
		return e
	}
	return err
}
