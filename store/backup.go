package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"postroom/desk"
)

// Copy is a backup that was written.
type Copy struct {
	Path   string
	Size   int64
	SHA256 string // of the file, in hex
}

const (
	vacuumInto = `VACUUM INTO ?`
	quickCheck = `PRAGMA quick_check(1)`
)

// Backup writes a copy of the database into a new file while others go on
// reading and writing, and checks it. An existing file is never touched.
func (s *Store) Backup(ctx context.Context, dest string) (Copy, error) {
	dest, err := filepath.Abs(dest)
	if err != nil {
		return Copy{}, err
	}
	f, err := os.OpenFile(dest, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return Copy{}, conflict("FILE_EXISTS", "Choose another name.", "%s is there already.", dest)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return Copy{}, broken("NO_BACKUP", "Choose another place.", err, "%s cannot be written.", dest)
	}
	c, err := s.backup(ctx, dest)
	if err != nil {
		return Copy{}, errors.Join(err, os.Remove(dest))
	}
	return c, nil
}

func (s *Store) backup(ctx context.Context, dest string) (Copy, error) {
	if err := vacuum(ctx, s.path, dest); err != nil {
		return Copy{}, s.explain(err)
	}
	if err := check(ctx, dest); err != nil {
		return Copy{}, err
	}
	return sum(dest)
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

// check holds the copy to what SQLite can find wrong with a file.
func check(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", fileURL(path)+"?mode=ro&immutable=1")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	var verdict string
	if err = db.QueryRowContext(ctx, quickCheck).Scan(&verdict); err == nil && verdict != "ok" {
		err = errors.New(verdict)
	}
	if err != nil {
		return &desk.Error{Kind: desk.Broken, Code: "BAD_BACKUP", Message: "The copy is damaged and was removed.", Hint: "Check the disk.", Err: err}
	}
	return nil
}

// sum reads the finished copy once more, from the disk's point of view: synced,
// then hashed. No SQLite has it open any more.
func sum(path string) (Copy, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return Copy{}, err
	}
	defer func() { _ = f.Close() }()
	if err := f.Sync(); err != nil {
		return Copy{}, err
	}
	h := sha256.New()
	n, err := io.Copy(h, f)
	return Copy{Path: path, Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}
