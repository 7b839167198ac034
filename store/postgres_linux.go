package store

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// giveUpOnDeadPeer lets a connection end when what it has sent stays without an
// answer; the system's own patience is a quarter of an hour.
func giveUpOnDeadPeer(network, _ string, c syscall.RawConn) error {
	if network == "unix" {
		return nil
	}
	var failure error
	err := c.Control(func(fd uintptr) {
		failure = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(deadPeer.Milliseconds()))
	})
	if err != nil {
		return err
	}
	return failure
}
