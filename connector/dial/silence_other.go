//go:build !linux

package dial

import "syscall"

// limitSilence leaves it to keepalive where the kernel has no TCP_USER_TIMEOUT.
func limitSilence(_, _ string, _ syscall.RawConn) error { return nil }
