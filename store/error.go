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
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var de *desk.Error
	if errors.As(err, &de) {
		return err
	}
	switch primary(err) {
	case sqlite3.SQLITE_FULL:
		return broken("DISK_FULL", "Make room on the disk; nothing that was confirmed is lost.", err, "The disk with the database %s is full.", s.path)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return broken("DATABASE_BUSY", "Try again; if it stays so, look for a process that hangs.", err, "Another process has been writing to the database for too long.")
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return broken("READ_ONLY", "Check the owner and the permissions of the file.", err, "The database %s cannot be written to.", s.path)
	case sqlite3.SQLITE_CORRUPT:
		return broken("DATABASE_DAMAGED", "Stop all of postroom and restore the last backup.", err, "The database %s is damaged.", s.path)
	case sqlite3.SQLITE_IOERR:
		return broken("DISK_ERROR", "Check the disk; nothing that was confirmed is lost.", err, "The disk with the database %s reports an error.", s.path)
	default:
		return err
	}
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
