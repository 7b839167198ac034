package store

import (
	"fmt"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// diskKind names the kind of a file system on which file locks cannot be relied
// on; empty for all others. The numbers are those of statfs(2).
func diskKind(dir string) (string, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return "", err
	}
	return diskName(uint32(st.Type)), nil //nolint:gosec // some platforms sign the number, which has 32 bits
}

func diskName(magic uint32) string {
	switch magic {
	case unix.NFS_SUPER_MAGIC:
		return "a network disk (NFS)"
	case unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC:
		return "a network disk (SMB)"
	case unix.FUSE_SUPER_MAGIC:
		return "a FUSE disk"
	case unix.V9FS_MAGIC:
		return "a disk of the host (9P)"
	case unix.AFS_SUPER_MAGIC, unix.AFS_FS_MAGIC:
		return "a network disk (AFS)"
	case unix.CEPH_SUPER_MAGIC:
		return "a network disk (Ceph)"
	case unix.CODA_SUPER_MAGIC:
		return "a network disk (Coda)"
	default:
		return ""
	}
}

// roomLeast is how many bytes have to be free on a disk that was full before it
// is taken for one with room again.
const roomLeast = 1 << 20

// roomFor is nil when the disk of the database has room again. A small write
// may succeed on a disk that is as good as full, and the next mail would not.
func (s *Store) roomFor() error {
	var st unix.Statfs_t
	if err := unix.Statfs(filepath.Dir(s.path), &st); err != nil {
		return err
	}
	if st.Bavail*uint64(st.Bsize) < roomLeast { //nolint:gosec // the size of a block is positive
		return s.full(nil)
	}
	return nil
}

// freeAt is how many bytes are free on the disk of a directory, negative where
// that cannot be told.
func freeAt(dir string) int64 {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return -1
	}
	return int64(st.Bavail) * st.Bsize //nolint:gosec // no disk has as many
}

// placeTrouble says why a database cannot be opened where it lies; nil when that
// is not because of the place. SQLite writes beside the file even to read it,
// and of a place where it cannot it says only that it failed.
func placeTrouble(path string, cause error) error {
	dir := filepath.Dir(path)
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return nil //nolint:nilerr // what cannot be told is not blamed
	}
	cause = fmt.Errorf("%s: %w", path, cause)
	switch {
	case unix.Access(dir, unix.W_OK) != nil || unix.Access(path, unix.W_OK) != nil:
		return readOnly(cause)
	case st.Bavail*uint64(st.Bsize) < roomLeast: //nolint:gosec // the size of a block is positive
		return fullDisk(cause)
	default:
		return nil
	}
}
