package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/pressly/goose/v3"
	sqlite3 "modernc.org/sqlite/lib"
)

// The migrations of each database, with the same numbers. They only go forward.
//
//go:embed migrations
var migrations embed.FS

// applicationID marks a SQLite file as ours ("POST").
const applicationID = 0x504f5354

// state is what a look at a file has found.
type state struct {
	exists  bool
	version int64
	// needs is the version of postroom it names, see gate.go.
	needs string
}

// prepareFile makes the database or brings it to today's schema, and refuses
// what is not ours or newer. Usually there is nothing to do, and it only looks.
func prepareFile(ctx context.Context, path string, existing bool) error {
	latest, err := latestMigration()
	if err != nil {
		return err
	}
	st, err := look(ctx, path, latest)
	if err != nil || st.version == latest {
		return err
	}
	if existing && !st.exists {
		return notThere(path)
	}
	if err := dirOf(path); err != nil {
		return broken("NO_DIRECTORY", "Choose another place with --db PATH.", err, "The directory of the database %s cannot be made.", path)
	}
	unlock, err := lockFile(ctx, path+".lock")
	if err != nil {
		return err
	}
	defer unlock()
	// Another process may have done it while we waited for the lock.
	if st, err = look(ctx, path, latest); err != nil || st.version == latest {
		return err
	}
	if !st.exists {
		if err := create(ctx, path); err != nil {
			return err
		}
	}
	return migrate(ctx, path)
}

// latestMigration is the version this program knows.
func latestMigration() (int64, error) {
	files, err := fs.Glob(migrations, "migrations/sqlite/*.sql")
	if err != nil {
		return 0, err
	}
	var latest int64
	for _, f := range files {
		v, err := goose.NumericComponent(f)
		if err != nil {
			return 0, err
		}
		latest = max(latest, v)
	}
	return latest, nil
}

const (
	countTables = `SELECT count(*) FROM sqlite_schema`
	lastVersion = `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`
	hasVersions = `SELECT count(*) FROM sqlite_schema WHERE name = 'goose_db_version'`
)

// look says what is at path without changing a byte of it.
func look(ctx context.Context, path string, latest int64) (state, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return state{}, nil
	}
	if err != nil {
		return state{}, broken("NO_DATABASE", "Check the path and its permissions.", err, "The database %s cannot be reached.", path)
	}
	if !info.Mode().IsRegular() {
		return state{}, invalid("NOT_OURS", "Choose another place with --db PATH.", "%s is not a file.", path)
	}
	if info.Size() == 0 {
		return state{}, nil
	}
	st, err := inspectFile(ctx, path, "ro")
	if primary(err) == sqlite3.SQLITE_READONLY {
		// Its making was interrupted before it kept a log, and what was half
		// done has to be undone first, as for every reader of a database.
		st, err = inspectFile(ctx, path, "rw")
	}
	switch {
	case primary(err) == sqlite3.SQLITE_NOTADB || errors.Is(err, errNotOurs):
		return state{}, broken("NOT_OURS", "Choose another file with --db PATH.", nil, "%s is not a database of postroom.", path)
	case primary(err) == sqlite3.SQLITE_CORRUPT:
		return state{}, broken("DATABASE_DAMAGED", "Quit all of postroom and put the last backup in its place.", err, "The database %s is damaged.", path)
	case err != nil:
		if here := placeTrouble(path, err); here != nil {
			return state{}, here
		}
		return state{}, broken("NO_DATABASE", "Check the file and its permissions.", err, "The database %s cannot be read.", path)
	case st.version > latest:
		return state{}, newer(path, st.version, latest, st.needs)
	}
	return st, nil
}

var errNotOurs = errors.New("another program's database")

func inspectFile(ctx context.Context, path, mode string) (state, error) {
	db, err := sql.Open("sqlite", fileURL(path)+"?mode="+mode+"&_pragma=busy_timeout(10000)")
	if err != nil {
		return state{}, err
	}
	defer func() { _ = db.Close() }()
	return inspect(ctx, db)
}

// inspect reads the application's mark and the schema's version.
func inspect(ctx context.Context, db *sql.DB) (state, error) {
	var app, tables, versions int64
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&app); err != nil {
		return state{}, err
	}
	if err := db.QueryRowContext(ctx, countTables).Scan(&tables); err != nil {
		return state{}, err
	}
	if app != applicationID {
		if app == 0 && tables == 0 {
			return state{}, nil // made, and stopped before anything was in it
		}
		return state{}, errNotOurs
	}
	st := state{exists: true}
	if err := db.QueryRowContext(ctx, hasVersions).Scan(&versions); err != nil || versions == 0 {
		return st, err
	}
	err := db.QueryRowContext(ctx, lastVersion).Scan(&st.version)
	if err == nil && st.version >= gateVersion {
		err = db.QueryRowContext(ctx, minimum).Scan(&st.needs)
	}
	return st, err
}

// create makes the empty file. The page size counts only before anything is
// written, so it cannot be a parameter of the ordinary connections. Nobody has
// the file open yet, so making it by hand takes no locks away from SQLite.
func create(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return broken("NO_DATABASE", "Choose another place with --db PATH.", err, "The database %s cannot be made.", path)
	}
	db, err := sql.Open("sqlite", fileURL(path)+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	for _, p := range []string{
		"PRAGMA page_size = 8192",
		fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		"PRAGMA journal_mode = WAL",
	} {
		if _, err := db.ExecContext(ctx, p); err != nil {
			return broken("NO_DATABASE", "Choose another place with --db PATH.", err, "The database %s cannot be made.", path)
		}
	}
	return nil
}

// migrate runs what is missing, each step in a transaction of its own. The
// caller holds the file lock, because goose knows none for SQLite.
func migrate(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", writeDSN(path, 4096))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	p, err := provider(goose.DialectSQLite3, db, "sqlite")
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return broken("MIGRATION_FAILED", "It is as it was before. Please report this with the cause.", err,
			"The database %s could not be brought to this version.", path)
	}
	return nil
}

// provider runs the migrations of one directory. Each goes to the database as it
// is written, because both take several statements at once. Cutting it up first,
// as goose does with files, takes megabytes of memory again and again.
func provider(d goose.Dialect, db *sql.DB, directory string) (*goose.Provider, error) {
	files, err := fs.Glob(migrations, "migrations/"+directory+"/*.sql")
	if err != nil {
		return nil, err
	}
	steps := make([]*goose.Migration, 0, len(files))
	for _, f := range files {
		version, err := goose.NumericComponent(f)
		if err != nil {
			return nil, err
		}
		text, err := fs.ReadFile(migrations, f)
		if err != nil {
			return nil, err
		}
		steps = append(steps, goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, string(text))
			return err
		}}, nil))
	}
	return goose.NewProvider(d, db, nil, goose.WithGoMigrations(steps...), goose.WithLogger(goose.NopLogger()))
}

// lockFile waits for the exclusive lock on a file beside the database. Starting
// processes take turns under it.
func lockFile(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, broken("NO_LOCK", "Check the permissions of its directory.", err, "The lock file %s cannot be made.", path)
	}
	taken := make(chan error, 1)
	go func() { taken <- flock(f) }()
	select {
	case err = <-taken:
	case <-ctx.Done():
		// The goroutine ends when the holder lets go; the file must stay open
		// until then.
		go func() { _ = errors.Join(<-taken, f.Close()) }()
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, errors.Join(broken("NO_LOCK", "Use a local disk.", err, "The lock file %s cannot be locked.", path), f.Close())
	}
	return func() { _ = f.Close() }, nil
}

func flock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
