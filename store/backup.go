package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	sqlite3 "modernc.org/sqlite/lib"

	"postroom/desk"
)

// Copy is a backup that was written and read back.
type Copy struct {
	Path   string
	Size   int64
	SHA256 string // of the file, in hex
	// Mails are the stored mails in it whose bytes were held to their hashes.
	Mails int
	// Damaged are those that were wrong in the desk already; the copy has them
	// as they are.
	Damaged []desk.RawID
}

const (
	vacuumInto  = `VACUUM INTO ?`
	quickCheck  = `PRAGMA quick_check(1)`
	foreignKeys = `SELECT count(*) FROM pragma_foreign_key_check`
	rawIDs      = `SELECT id FROM raws WHERE id > ? ORDER BY id LIMIT ?`
)

// Backup writes a copy of the database into a new file while others go on
// reading and writing, and reads all of it back. The copy gets its name when
// it is whole: until then it is called like it with ".partial" behind. A file
// that is there is never touched, but for what a killed backup has left.
func (s *Store) Backup(ctx context.Context, dest string) (Copy, error) {
	dest, err := filepath.Abs(dest)
	if err != nil {
		return Copy{}, err
	}
	if _, err := os.Lstat(dest); err == nil {
		return Copy{}, fileExists(dest)
	}
	partial, release, err := reserve(dest)
	if err != nil {
		return Copy{}, err
	}
	defer release()
	c, err := s.backup(ctx, partial)
	if err == nil {
		err = giveName(partial, dest)
	}
	if err != nil {
		return Copy{}, errors.Join(err, os.Remove(partial))
	}
	c.Path = dest
	return c, syncDir(filepath.Dir(dest))
}

// reserve makes the empty file that a copy is written into. A lock beside it
// says that somebody writes: what a backup has left that was killed is locked
// by nobody, and makes room for the next.
func reserve(dest string) (partial string, release func(), err error) {
	partial, busy := dest+".partial", dest+".busy"
	_, left := os.Lstat(busy)
	lock, err := os.OpenFile(busy, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", nil, notWritable(dest, err)
	}
	release = func() { _ = errors.Join(os.Remove(busy), lock.Close()) } // what stays is locked by nobody
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		return "", nil, conflict("BACKUP_RUNS", "Wait for it, or choose another name.", "Another backup to %s is under way.", dest)
	}
	if left == nil {
		_ = os.Remove(partial) // if it stays, it is told below
	}
	f, err := os.OpenFile(partial, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		release()
		if errors.Is(err, fs.ErrExist) {
			return "", nil, conflict("FILE_EXISTS", "Remove it, or choose another name.", "%s is there already, and the copy has that name until it is whole.", partial)
		}
		return "", nil, notWritable(dest, err)
	}
	return partial, release, nil
}

func notWritable(dest string, err error) error {
	return broken("NO_BACKUP", "Choose another place.", err, "%s cannot be written.", dest)
}

// giveName renames a file, but never over another one: a link refuses that.
// Where the file system knows no links, a look before has to do.
func giveName(from, to string) error {
	err := os.Link(from, to)
	if err == nil {
		return os.Remove(from)
	}
	if _, there := os.Lstat(to); errors.Is(err, fs.ErrExist) || there == nil {
		return fileExists(to)
	}
	return os.Rename(from, to)
}

func fileExists(path string) error {
	return conflict("FILE_EXISTS", "Choose another name.", "%s is there already.", path)
}

func (s *Store) backup(ctx context.Context, dest string) (Copy, error) {
	if s.server != nil {
		if err := s.download(ctx, dest); err != nil {
			return Copy{}, err
		}
	} else if err := vacuum(ctx, s.path, dest); err != nil {
		if full := primary(err); full == sqlite3.SQLITE_FULL || full == sqlite3.SQLITE_IOERR {
			return Copy{}, broken("NO_BACKUP", "Make room there, or choose another place.", err, "The copy could not be written to the end and was removed.")
		}
		return Copy{}, s.explain(err)
	}
	c, err := s.check(ctx, dest)
	if err != nil {
		return Copy{}, err
	}
	c.Size, c.SHA256, err = sum(dest)
	return c, err
}

// download copies a desk from its server into an empty file, row by row on one
// snapshot, and compares both sides.
func (s *Store) download(ctx context.Context, dest string) (err error) {
	to, err := Open(ctx, dest, Options{Moving: true, AnyDisk: true, Readers: 1})
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, to.Close())
		for _, beside := range []string{".lock", "-wal", "-shm"} {
			_ = os.Remove(dest + beside) // usually it is gone already
		}
	}()
	if err := to.receive(ctx, gate{phaseArriving, s.path, ""}); err != nil {
		return err
	}
	err = s.snapshot(ctx, func(ses *session) error {
		if err := ses.hold(); err != nil {
			return err
		}
		_, err := copyDesk(ctx, ses, to, nil)
		return err
	})
	if err != nil {
		return err
	}
	return to.setGate(ctx, gate{})
}

// syncDir makes a new name durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func vacuum(ctx context.Context, from, to string) error {
	db, err := sql.Open("sqlite", fileDSN(from, 8<<10))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(ctx, vacuumInto, to)
	return err
}

// check holds the copy to what SQLite can find wrong with a file, and every
// mail in it to its hash.
func (s *Store) check(ctx context.Context, path string) (Copy, error) {
	bad := func(err error) error {
		return broken("BAD_BACKUP", "Check the disk.", err, "The copy is damaged and was removed.")
	}
	db, err := sql.Open("sqlite", fileURL(path)+"?mode=ro&immutable=1")
	if err != nil {
		return Copy{}, err
	}
	defer func() { _ = db.Close() }()
	var verdict string
	if err = db.QueryRowContext(ctx, quickCheck).Scan(&verdict); err == nil && verdict != "ok" {
		err = errors.New(verdict)
	}
	if err != nil {
		return Copy{}, bad(err)
	}
	var orphans int
	if err = db.QueryRowContext(ctx, foreignKeys).Scan(&orphans); err == nil && orphans > 0 {
		err = fmt.Errorf("%d rows refer to nothing", orphans)
	}
	if err != nil {
		return Copy{}, bad(err)
	}
	ses, err := newSession(ctx, db, sqliteDialect())
	if err != nil {
		return Copy{}, err
	}
	defer func() { _ = ses.close() }()
	ses.ctx, ses.caller = ctx, ctx
	var c Copy
	if c.Mails, c.Damaged, err = verifyMails(&reader{ses, s.pack}); err != nil {
		return Copy{}, err
	}
	// What the desk itself has wrong, its copy has to have too.
	err = s.Read(ctx, func(r desk.Reader) error {
		for _, id := range c.Damaged {
			if _, err := r.RawBytes(id); !isDamaged(err) {
				return bad(errors.Join(fmt.Errorf("stored mail %d", id), err))
			}
		}
		return nil
	})
	return c, err
}

// verifyMails holds every stored mail to its hash: how many are right, and
// which are not.
func verifyMails(r *reader) (right int, damaged []desk.RawID, err error) {
	var after desk.RawID
	for {
		ids, err := collect(r.session, number[desk.RawID], rawIDs, after, 500)
		if err != nil || len(ids) == 0 {
			return right, damaged, err
		}
		for _, id := range ids {
			switch _, err := r.RawBytes(id); {
			case err == nil:
				right++
			case isDamaged(err):
				damaged = append(damaged, id)
			default:
				return right, damaged, err
			}
		}
		after = ids[len(ids)-1]
	}
}

// isDamaged reports whether stored bytes are not what came in.
func isDamaged(err error) bool {
	var e *desk.Error
	return errors.As(err, &e) && e.Code == "MAIL_DAMAGED"
}

// sum reads the finished copy once more, from the disk's point of view: synced,
// then hashed. No SQLite has it open any more.
func sum(path string) (size int64, sha string, err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = f.Close() }()
	if err := f.Sync(); err != nil {
		return 0, "", err
	}
	h := sha256.New()
	size, err = io.Copy(h, f)
	return size, hex.EncodeToString(h.Sum(nil)), err
}
