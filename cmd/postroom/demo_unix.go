//go:build unix

package main

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// openLock opens a lock file, but no link to one and nothing that would make
// us wait.
func openLock(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
}

// enter shows that somebody works at the demo, until the lock is closed. It
// reports whether the demo is still there: the last one may just have left.
func (d demoPass) enter() (bool, error) {
	if err := unix.Flock(int(d.lock.Fd()), unix.LOCK_SH); err != nil {
		return false, err
	}
	held, err := d.lock.Stat()
	if err != nil {
		return false, err
	}
	there, err := os.Lstat(d.lock.Name())
	return err == nil && os.SameFile(held, there), nil
}

// alone reports whether nobody else holds the lock; then nobody can come any
// more before it is closed.
func (d demoPass) alone() (bool, error) {
	err := unix.Flock(int(d.lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// ours reports whether a file belongs to whoever runs this.
func ours(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
