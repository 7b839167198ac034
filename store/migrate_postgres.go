package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"github.com/pressly/goose/v3"
)

// migrationLock is the advisory lock under which starting processes take turns.
const migrationLock = applicationID

const (
	takeMigrationLock = `SELECT pg_advisory_lock($1)`
	// ourMark is the comment on the table desk that says whose it is, and how
	// many tables there are that belong to no extension.
	ourMark = `SELECT coalesce(obj_description(to_regclass('desk'), 'pg_class'), ''),
		to_regclass('goose_db_version') IS NOT NULL,
		(SELECT count(*) FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = to_regnamespace(current_schema())
			AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e'))`
	ourComment = "postroom"
)

// prepareServer makes the desk in the database or brings it to today's schema,
// and refuses what is not ours or newer. Usually there is nothing to do, and it
// only looks.
func (s *Store) prepareServer(ctx context.Context, existing bool) error {
	latest, err := latestMigration()
	if err != nil {
		return err
	}
	st, err := s.lookAtServer(ctx, latest)
	if err != nil || st.version == latest {
		return err
	}
	if existing && !st.exists {
		return notThere(s.path)
	}
	// Other statements than these may take long.
	db := s.server.pool(forgottenReader, map[string]string{"statement_timeout": "0", "lock_timeout": "0"})
	defer func() { _ = db.Close() }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return s.explain(err)
	}
	defer func() { _ = conn.Close() }() // and with it the lock
	if _, err := conn.ExecContext(ctx, takeMigrationLock, migrationLock); err != nil {
		return s.explain(err)
	}
	// Another process may have done it while we waited for the lock.
	if st, err = s.lookAtServer(ctx, latest); err != nil || st.version == latest {
		return err
	}
	return s.migrateServer(ctx, db)
}

// lookAtServer says what is in the database without changing it.
func (s *Store) lookAtServer(ctx context.Context, latest int64) (state, error) {
	var st state
	var comment string
	var versions bool
	var tables int
	err := s.readDB.QueryRowContext(ctx, ourMark).Scan(&comment, &versions, &tables)
	if err != nil {
		return st, s.explain(err)
	}
	if comment != ourComment {
		// What a start has left that stopped before the first migration is ours.
		if tables == 0 || tables == 1 && versions {
			return st, nil
		}
		return st, broken("NOT_OURS", "Make one for postroom alone: createdb NAME", nil, "The database %s holds the tables of another program.", s.path)
	}
	st.exists = true
	err = s.readDB.QueryRowContext(ctx, lastVersion).Scan(&st.version)
	if err == nil && st.version >= gateVersion {
		err = s.readDB.QueryRowContext(ctx, minimum).Scan(&st.needs)
	}
	if err != nil {
		return st, s.explain(err)
	}
	if st.version > latest {
		return st, newer(s.path, st.version, latest, st.needs)
	}
	return st, nil
}

// serverHasDesk is [Exists] for a server.
func serverHasDesk(ctx context.Context, dsn string) bool {
	srv, err := parseServer(dsn)
	if err != nil {
		return false
	}
	s := Store{server: srv, readDB: srv.pool(forgottenReader, nil)}
	defer func() { _ = s.readDB.Close() }()
	st, err := s.lookAtServer(ctx, math.MaxInt64)
	return err == nil && st.exists
}

// migrateServer runs what is missing, each step in a transaction of its own.
// The caller holds the lock.
func (s *Store) migrateServer(ctx context.Context, db *sql.DB) error {
	p, err := provider(goose.DialectPostgres, db, "postgres")
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		if known := s.explain(err); !errors.Is(known, err) || known != err { //nolint:errorlint // whether explain had words for it
			return known
		}
		return broken("MIGRATION_FAILED", "It is as it was before. Please report this with the cause.", err,
			"The database %s could not be brought to this version.", s.path)
	}
	return nil
}
