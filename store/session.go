package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"postroom/desk"
)

// session is one connection with the statements prepared on it. It is used by
// one goroutine at a time, for one transaction after the other.
type session struct {
	conn    *sql.Conn
	dialect dialect
	stmts   map[string]*sql.Stmt
	// ctx is the context of the transaction under way.
	ctx context.Context
	// caller is looked at before each statement. Of a transaction that writes
	// ctx itself does not end: to be able to interrupt a statement the driver
	// starts a goroutine for it, and a mail is written in some twenty.
	caller context.Context
	// changed is set once a row has changed in the transaction under way.
	changed bool
	// waiting are statements that go with the next one, see [session.later].
	waiting waiting
	// asked is what the transaction under way has been told, nil where it only
	// reads; see [recall].
	asked asked
}

func newSession(ctx context.Context, db *sql.DB, d dialect) (*session, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &session{conn: conn, dialect: d, stmts: map[string]*sql.Stmt{}}, nil
}

// close gives up the connection with its statements.
func (s *session) close() error {
	for _, st := range s.stmts {
		_ = st.Close()
	}
	return s.conn.Close()
}

// prepared gives the statement of a text, prepared once per connection. Only
// the constants of this package come here; queries that are put together go
// through [session.once].
func (s *session) prepared(text string) (*sql.Stmt, error) {
	if st, ok := s.stmts[text]; ok {
		return st, nil
	}
	st, err := s.conn.PrepareContext(context.WithoutCancel(s.ctx), s.dialect.rebind(text))
	if err != nil {
		return nil, fmt.Errorf("prepare %.60q: %w", text, err)
	}
	s.stmts[text] = st
	return st, nil
}

// statement is prepared, unless the caller has gone.
func (s *session) statement(text string) (*sql.Stmt, error) {
	if s.caller.Err() != nil {
		return nil, context.Cause(s.caller)
	}
	if err := s.sendWaiting(); err != nil {
		return nil, err
	}
	s.asked.before(text)
	return s.prepared(text)
}

// query runs a statement that gives rows.
func (s *session) query(text string, args ...any) (*sql.Rows, error) {
	st, err := s.statement(text) //nolint:sqlclosecheck // kept until the session closes
	if err != nil {
		return nil, err
	}
	return st.QueryContext(s.ctx, values(args)...)
}

// nth runs a statement of which several may be open at the same time: each n
// has its own. A text that was put together for this one call is not kept.
func (s *session) nth(n int, keep bool, text string, args []any) (*sql.Rows, error) {
	if !keep {
		return s.once(text, args...)
	}
	return s.query(text+strings.Repeat(" ", n), args...)
}

// once runs a query whose text was put together for this one call.
func (s *session) once(text string, args ...any) (*sql.Rows, error) {
	if err := s.sendWaiting(); err != nil {
		return nil, err
	}
	return s.conn.QueryContext(s.ctx, s.dialect.rebind(text), values(args)...)
}

// get scans the one row of a statement; [desk.ErrNoRow] when there is none.
func (s *session) get(text string, args []any, dest ...any) error {
	st, err := s.statement(text) //nolint:sqlclosecheck // kept until the session closes
	if err != nil {
		return err
	}
	err = st.QueryRowContext(s.ctx, values(args)...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return desk.ErrNoRow
	}
	return err
}

// exec runs a statement that changes rows and says how many.
func (s *session) exec(text string, args ...any) (int64, error) {
	st, err := s.statement(text) //nolint:sqlclosecheck // kept until the session closes
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(s.ctx, values(args)...)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	s.changed = s.changed || n > 0
	return n, err
}

// plain runs BEGIN, COMMIT and ROLLBACK. They are never cancelled: whether a
// transaction is open must be known.
func (s *session) plain(text string) error {
	if text == "ROLLBACK" {
		s.waiting = waiting{}
	}
	if err := s.sendWaiting(); err != nil {
		return err
	}
	if s.dialect.script {
		_, err := s.conn.ExecContext(context.WithoutCancel(s.ctx), text)
		return err
	}
	st, err := s.prepared(text) //nolint:sqlclosecheck // kept until the session closes
	if err != nil {
		return err
	}
	_, err = st.ExecContext(context.WithoutCancel(s.ctx))
	return err
}

// scanner is a row that can be scanned.
type scanner interface{ Scan(dest ...any) error }

// collect scans all rows of a statement.
func collect[T any](s *session, scan func(scanner) (T, error), text string, args ...any) ([]T, error) {
	rows, err := s.query(text, args...)
	if err != nil {
		return nil, err
	}
	return drain(rows, scan)
}

func drain[T any](rows *sql.Rows, scan func(scanner) (T, error)) ([]T, error) {
	defer func() { _ = rows.Close() }()
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// find scans one row of a statement; [desk.ErrNoRow] when there is none.
func find[T any](s *session, scan func(scanner) (T, error), text string, args ...any) (T, error) {
	var zero T
	rows, err := s.query(text, args...)
	if err != nil {
		return zero, err
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return zero, err
		}
		return zero, desk.ErrNoRow
	}
	v, err := scan(rows)
	if err != nil {
		return zero, err
	}
	return v, rows.Err()
}

// number scans a row of one number, of whatever type of id.
func number[T ~int64](sc scanner) (T, error) {
	var n int64
	err := sc.Scan(&n)
	return T(n), err
}
