package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// files are those that the writing connection has open. Somebody who deletes or
// replaces them takes them out of everybody's sight while SQLite goes on
// writing into them: what is committed then is lost.
type files struct {
	mu        sync.Mutex
	base, log fs.FileInfo
}

// writing opens a connection that writes, and notes which files it has open.
func (s *Store) writing(ctx context.Context) (*session, error) {
	ses, err := newSession(ctx, s.db, s.dialect)
	if err != nil || s.server != nil {
		return ses, err
	}
	base, err := os.Stat(s.path)
	if err != nil {
		return nil, errors.Join(s.gone(err), ses.close())
	}
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	if s.files.base == nil {
		s.files.base = base
	}
	// The last connection that closes takes the log away; whether there is
	// one again, the next look says.
	s.files.log = nil
	return ses, nil
}

// present is nil while the files that are open are those of the path. A server
// looks after its own.
func (s *Store) present() error {
	if s.server != nil {
		return nil
	}
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	now, err := os.Stat(s.path)
	switch {
	case err != nil:
		return s.gone(err)
	case s.files.base != nil && !os.SameFile(now, s.files.base):
		return unwell("DATABASE_REPLACED", "Quit all of postroom and start it again.", s.at(nil), "Another file lies where the database was.")
	}
	log, err := os.Stat(s.path + "-wal")
	switch {
	case s.files.log == nil && err == nil:
		s.files.log = log
	case s.files.log != nil && (err != nil || !os.SameFile(log, s.files.log)):
		return unwell("DATABASE_REPLACED", "Quit all of postroom and start it again.", s.at(err), "A part of the database, its log, was taken away.")
	}
	return nil
}

func (s *Store) gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return unwell("DATABASE_GONE", "Put it back, or quit and restore the last backup.", s.at(err), "The file of the database is not there any more.")
}

// onLocalDisk refuses a disk on which the locks of SQLite may not hold between
// processes, or not survive a lost connection: two programs that both hold the
// lock destroy the database.
func onLocalDisk(path string, o Options) error {
	if o.AnyDisk {
		return nil
	}
	kind := o.disk
	if kind == nil {
		kind = diskKind
	}
	name, err := kind(nearest(path))
	if err != nil || name == "" {
		return nil //nolint:nilerr // what cannot be told is not refused; opening tells more
	}
	return invalid("NETWORK_DISK", "Choose a path on a local disk. POSTROOM_ANY_DISK=1 opens it all the same, at your own risk.",
		"The database %s would be on %s, where file locks cannot be relied on.", path, name)
}

// Free is how many bytes are free on the disk of the database; negative where
// that cannot be told, or is a server's matter.
func (s *Store) Free() int64 {
	if s.server != nil {
		return -1
	}
	return freeAt(filepath.Dir(s.path))
}
