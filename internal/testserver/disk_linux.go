package testserver

import (
	"os"
	"syscall"
	"testing"
)

// SmallDisk is a directory on a disk of its own with so many bytes. Where
// mounting is not permitted it says so and reports false: the caller has
// another way to run out of room.
func SmallDisk(t testing.TB, size string) (dir string, own bool) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("postroom-test", dir, "tmpfs", 0, "size="+size+",mode=0700"); err != nil {
		t.Logf("a small disk cannot be mounted here (%v): only the other ways to run out of room are tried", err)
		return dir, false
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil && !os.IsNotExist(err) {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
	return dir, true
}

// SetReadOnly mounts a [SmallDisk] of its own anew, for reading only or for
// writing too.
func SetReadOnly(t testing.TB, dir string, only bool) {
	t.Helper()
	flags := uintptr(syscall.MS_REMOUNT)
	if only {
		flags |= syscall.MS_RDONLY
	}
	if err := syscall.Mount("", dir, "", flags, ""); err != nil {
		t.Errorf("mount %s anew: %v", dir, err)
	}
}
