package store

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"postroom/desk"
)

// The driver's errors become the desk's in this one place.

// primary is the primary result code of a SQLite error, 0 if it is none.
func primary(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code() & 0xff
}

// explain puts failures of the database as such into words; all others pass.
func (s *Store) explain(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) && !isDial(err) {
		return err
	}
	var de *desk.Error
	if errors.As(err, &de) {
		return err
	}
	if s.server != nil {
		return s.server.explain(err)
	}
	switch primary(err) {
	case sqlite3.SQLITE_FULL:
		return s.full(err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return unwell("DATABASE_BUSY", "Look for one that hangs; it goes on when that lets go.", err, "Another program holds the database and lets nobody write.")
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return readOnly(s.at(err))
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return s.damaged(err)
	case sqlite3.SQLITE_IOERR:
		return unwell("DISK_ERROR", "Look at the disk."+kept, s.at(err), "The disk of the database reports an error.")
	case sqlite3.SQLITE_CANTOPEN:
		if err := s.present(); err != nil {
			return err
		}
		return unwell("DISK_ERROR", "Look at the permissions of the file and its directory."+kept, s.at(err), "The database cannot be opened.")
	default:
		return err
	}
}

// kept stands behind what to do where the store stops in time.
const kept = " Nothing that was confirmed is lost."

func (s *Store) full(err error) error { return fullDisk(s.at(err)) }

func fullDisk(cause error) error {
	return unwell("DISK_FULL", "Make room on it."+kept, cause, "The disk of the database is full.")
}

func readOnly(cause error) error {
	return unwell("READ_ONLY", "Look at the permissions of the file and its disk."+kept, cause, "The database cannot be written to.")
}

// damaged is a database in which SQLite has found what cannot be.
func (s *Store) damaged(err error) error {
	return unwell("DATABASE_DAMAGED", "Quit all of postroom and restore the last backup.", s.at(err), "The database is damaged: what can be read is shown, nothing is written.")
}

// at names the file in the cause: the sentence is for a line of the screen.
func (s *Store) at(err error) error {
	if err == nil {
		return errors.New(s.path)
	}
	return fmt.Errorf("%s: %w", s.path, err)
}

// unwell is an error of the database as a whole, which the store takes for its
// trouble.
func unwell(code, hint string, cause error, message string) error {
	return &desk.Error{Kind: desk.Unwell, Code: code, Message: message, Hint: hint, Err: cause}
}

func broken(code, hint string, cause error, format string, args ...any) error {
	return &desk.Error{Kind: desk.Broken, Code: code, Message: fmt.Sprintf(format, args...), Hint: hint, Err: cause}
}

func invalid(code, hint, format string, args ...any) error {
	return &desk.Error{Kind: desk.Invalid, Code: code, Message: fmt.Sprintf(format, args...), Hint: hint}
}

func conflict(code, hint, format string, args ...any) error {
	return &desk.Error{Kind: desk.Conflict, Code: code, Message: fmt.Sprintf(format, args...), Hint: hint}
}
