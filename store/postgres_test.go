package store

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	"postroom/desk"
	"postroom/internal/testserver"
)

//go:embed schema_postgres.sql
var postgresSchema string

// openPostgres opens a fresh database on PostgreSQL that ends with the test.
func openPostgres(t testing.TB) *Store {
	t.Helper()
	return openAt(t, testserver.Postgres(t))
}

func openAt(t testing.TB, dsn string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dsn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error("close:", err)
		}
	})
	return s
}

// askPostgres opens a database as it is.
func askPostgres(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	srv, err := parseServer(dsn)
	if err != nil {
		t.Fatal(err)
	}
	db := stdlib.OpenDB(*srv.config)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// dumpPostgres is the schema of a database as PostgreSQL keeps it, without the
// tables of the migration tool.
func dumpPostgres(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT concat_ws(' ', 'column', table_name, column_name, data_type, collation_name, is_nullable, column_default, identity_generation)
			FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'goose%'
		UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'goose%'
		UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
			WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'goose%'
		UNION ALL SELECT concat_ws(' ', 'comment', objoid::regclass, description) FROM pg_description WHERE objoid = 'desk'::regclass
		UNION ALL SELECT concat_ws(' ', 'storage', attrelid::regclass, attname, attstorage) FROM pg_attribute WHERE attrelid = 'chunks'::regclass AND attnum > 0
		UNION ALL SELECT concat_ws(' ', 'row', id, seq, next_conversation) FROM desk`)
	if err != nil {
		t.Fatal(err)
	}
	list, err := drain(rows, scanText)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

func TestPostgresSchemaIsWhatMigrationsMake(t *testing.T) {
	fresh := askPostgres(t, testserver.Postgres(t))
	if _, err := fresh.ExecContext(t.Context(), postgresSchema); err != nil {
		t.Fatal(err)
	}
	migrated := testserver.Postgres(t)
	openAt(t, migrated)
	want, got := dumpPostgres(t, fresh), dumpPostgres(t, askPostgres(t, migrated))
	for i := range max(len(want), len(got)) {
		if i >= len(want) || i >= len(got) || want[i] != got[i] {
			t.Fatalf("schema_postgres.sql and the migrations differ at:\n%v\n%v", want[min(i, len(want)):min(i+1, len(want))], got[min(i, len(got)):min(i+1, len(got))])
		}
	}
	if len(want) < 250 {
		t.Errorf("only %d things were compared", len(want))
	}
}

// TestSchemasAreAlike compares the two pages: the same tables with the same
// columns in the same order, but for the index of full text.
func TestSchemasAreAlike(t *testing.T) {
	tables := func(page string) (list []string) {
		table := ""
		for line := range strings.Lines(page) {
			fields := strings.Fields(line)
			switch {
			case strings.HasPrefix(line, "CREATE TABLE"):
				table = fields[2]
			case strings.HasPrefix(line, ")"):
				table = ""
			case table != "" && table != "search" && len(fields) > 0:
				list = append(list, table+"."+strings.Trim(fields[0], ","))
			}
		}
		return list
	}
	if one, other := tables(schema), tables(postgresSchema); !slices.Equal(one, other) || len(one) < 150 {
		t.Errorf("the tables differ:\n%v\n%v", one, other)
	}
}

// TestSameMigrations: a number means the same on both databases.
func TestSameMigrations(t *testing.T) {
	names := func(dir string) (list []string) {
		entries, err := migrations.ReadDir("migrations/" + dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			list = append(list, e.Name())
		}
		return list
	}
	if one, other := names("sqlite"), names("postgres"); !slices.Equal(one, other) {
		t.Errorf("%v and %v", one, other)
	}
}

// codeOf opens a database that must be refused, and gives the code.
func codeOf(t *testing.T, dsn string) (string, *desk.Error) {
	t.Helper()
	s, err := Open(t.Context(), dsn, Options{})
	if err == nil {
		_ = s.Close()
		return "opened", nil
	}
	var e *desk.Error
	if !errors.As(err, &e) {
		return err.Error(), nil
	}
	if e.Hint == "" || e.Message == "" {
		t.Errorf("%s says %q and hints %q", e.Code, e.Message, e.Hint)
	}
	return e.Code, e
}

func TestRefusedDatabases(t *testing.T) {
	c := testserver.SharedPostgres(t)
	newer := c.Database(t)
	openAt(t, newer)
	if _, err := askPostgres(t, newer).ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, true)`); err != nil {
		t.Fatal(err)
	}
	before := dumpPostgres(t, askPostgres(t, newer))
	other := c.Database(t)
	if _, err := askPostgres(t, other).ExecContext(t.Context(), `CREATE TABLE x (y int)`); err != nil {
		t.Fatal(err)
	}
	careless := c.Database(t)
	if _, err := askPostgres(t, careless).ExecContext(t.Context(), `DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET synchronous_commit = off'; END $$`); err != nil {
		t.Fatal(err)
	}
	for dsn, want := range map[string]string{newer: "NEWER_DATABASE", other: "NOT_OURS", careless: "UNSAFE_SERVER"} {
		if got, _ := codeOf(t, dsn); got != want {
			t.Errorf("%s: %s, want %s", dsn, got, want)
		}
	}
	if after := dumpPostgres(t, askPostgres(t, newer)); !slices.Equal(before, after) {
		t.Error("a newer database was changed")
	}
	var tables int
	err := askPostgres(t, other).QueryRowContext(t.Context(), `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`).Scan(&tables)
	if err != nil || tables != 1 {
		t.Errorf("another program's database has %d tables now (%v)", tables, err)
	}
}

// TestUnsafeSettings looks at what no server of the tests can be.
func TestUnsafeSettings(t *testing.T) {
	for _, c := range []struct {
		version                          int
		fsync, commit, encoding, standby string
		want                             string
	}{
		{150018, "on", "on", "UTF8", "off", ""},
		{170002, "on", "remote_apply", "UTF8", "off", ""},
		{170002, "on", "local", "UTF8", "off", ""},
		{140020, "on", "on", "UTF8", "off", "OLD_SERVER"},
		{150018, "off", "on", "UTF8", "off", "UNSAFE_SERVER"},
		{150018, "on", "off", "UTF8", "off", "UNSAFE_SERVER"},
		{150018, "on", "on", "SQL_ASCII", "off", "NOT_UTF8"},
		{150018, "on", "on", "UTF8", "on", "READ_ONLY"},
	} {
		var e *desk.Error
		got := ""
		if err := refused(c.version, c.fsync, c.commit, c.encoding, c.standby); errors.As(err, &e) {
			got = e.Code
		}
		if got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func appendAndClose(t *testing.T, dsn string) {
	t.Helper()
	s, err := Open(t.Context(), dsn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(appendOne(t.Context(), s), s.Close()); err != nil {
		t.Fatal(err)
	}
}

func appendOne(ctx context.Context, s *Store) error {
	return s.Write(ctx, func(w desk.Writer) error { return w.Append(&desk.Event{Kind: desk.EventHistory}) })
}

func journalEnd(t *testing.T, s *Store) (seq desk.Seq) {
	t.Helper()
	err := s.Read(t.Context(), func(r desk.Reader) error {
		var err error
		seq, err = r.LastSeq()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

// TestPostgresFailedCommit is TestFailedCommit on a server.
func TestPostgresFailedCommit(t *testing.T) { checkFailedCommit(t, openPostgres(t)) }

// TestPostgresNothingToKeep is TestNothingToKeep on a server.
func TestPostgresNothingToKeep(t *testing.T) { checkNothingToKeep(t, openPostgres(t)) }

// TestCommitWithoutAnAnswer lets the connection end after COMMIT has been sent:
// the server has committed, and the store finds that out.
func TestCommitWithoutAnAnswer(t *testing.T) {
	s := openPostgres(t)
	honest := s.commit
	other := openAt(t, askedAt(s))
	for _, when := range []string{"before", "after"} {
		s.commit = func(ses *session) error {
			if when == "after" {
				if err := honest(ses); err != nil {
					return err
				}
			}
			var pid int
			if err := ses.get("SELECT pg_backend_pid()", nil, &pid); err != nil {
				return err
			}
			if _, err := other.db.ExecContext(t.Context(), "SELECT pg_terminate_backend($1)", pid); err != nil {
				return err
			}
			return ses.plain("COMMIT")
		}
		before := journalEnd(t, s)
		err := appendOne(t.Context(), s)
		grown := journalEnd(t, s) - before
		if (err == nil) != (grown == 1) || (when == "after") != (grown == 1) {
			t.Errorf("the connection ended %s COMMIT: %v, the journal has grown by %d", when, err, grown)
		}
		s.commit = honest
		if err := appendOne(t.Context(), s); err != nil {
			t.Error("afterwards:", err)
		}
	}
}

// askedAt is the DSN a store of the shared server was opened with: there is no
// password in it.
func askedAt(s *Store) string { return s.Path() }

// TestServerRestarts: what is under way fails with a sentence, what comes when
// the server is back works, and the watcher goes on.
func TestServerRestarts(t *testing.T) {
	t.Parallel()
	c := testserver.StartPostgres(t)
	dsn := c.Database(t)
	s, other := openAt(t, dsn), openAt(t, dsn)
	news, err := s.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := appendOne(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	err = s.Write(t.Context(), func(w desk.Writer) error {
		c.Stop(t)
		return w.Append(&desk.Event{Kind: desk.EventHistory})
	})
	var e *desk.Error
	if !errors.As(err, &e) || e.Code != "NO_SERVER" || e.Hint == "" {
		t.Errorf("a write through a dead server: %v", err)
	}
	if err := appendOne(t.Context(), s); !errors.As(err, &e) || e.Code != "NO_SERVER" {
		t.Errorf("a write without a server: %v", err)
	}
	if trouble := s.Trouble().Err; trouble == nil || trouble.Code != "NO_SERVER" {
		t.Errorf("the trouble is %v", trouble)
	}
	c.Resume(t)
	if end := journalEnd(t, s); end != 1 {
		t.Errorf("the journal ends at %d", end)
	}
	if err := appendOne(t.Context(), other); err != nil {
		t.Error("who has noticed nothing:", err)
	}
	await := func(what string, true func() bool) {
		t.Helper()
		for !true() {
			select {
			case <-news:
			case <-time.After(time.Minute):
				t.Fatal("not told in a minute:", what)
			}
		}
	}
	await("the trouble is over", func() bool { return s.Trouble().Err == nil })
	if err := appendOne(t.Context(), s); err != nil {
		t.Error("after the restart:", err)
	}
	if err := appendOne(t.Context(), other); err != nil {
		t.Error("after the restart:", err)
	}
	await("the watcher is back", func() bool {
		s.journal.mu.Lock()
		defer s.journal.mu.Unlock()
		return s.journal.last == 4
	})
	c.Stop(t)
	c.Resume(t, "fsync=off")
	await("the server has become careless", func() bool { e := s.Trouble().Err; return e != nil && e.Code == "UNSAFE_SERVER" })
	if err := appendOne(t.Context(), s); !errors.As(err, &e) || e.Code != "UNSAFE_SERVER" {
		t.Errorf("a server that has become careless is written to: %v", err)
	}
	c.Stop(t)
	c.Resume(t)
	await("the trouble is over", func() bool { return s.Trouble().Err == nil })
}

// TestServerGoesDuringACommit: who writes waits for what has become of it, and
// everybody else is told meanwhile.
func TestServerGoesDuringACommit(t *testing.T) {
	c := testserver.StartPostgres(t)
	s := openAt(t, c.Database(t))
	honest, once, stopped := s.commit, sync.Once{}, make(chan struct{})
	s.commit = func(ses *session) error {
		once.Do(func() {
			c.Stop(t)
			close(stopped)
		})
		return honest(ses)
	}
	news, err := s.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() { written <- appendOne(t.Context(), s) }()
	await := func(what string, true func() bool) {
		t.Helper()
		for !true() {
			select {
			case <-news:
			case err := <-written:
				t.Fatalf("not told before the write has ended with %v: %s", err, what)
			}
		}
	}
	await("the server is away", func() bool { e := s.Trouble().Err; return e != nil && e.Code == "NO_SERVER" })
	var e *desk.Error
	if err := s.Write(t.Context(), func(desk.Writer) error { return nil }); !errors.As(err, &e) || e.Code != "NO_SERVER" {
		t.Errorf("a write meanwhile: %v", err)
	}
	<-stopped
	c.Resume(t)
	if err := <-written; !errors.As(err, &e) || e.Code != "NO_SERVER" {
		t.Errorf("the write has ended with %v", err)
	}
	if end := journalEnd(t, s); end != 0 {
		t.Errorf("the journal ends at %d", end)
	}
}

// TestPostgresWatch: another handle's commits are told of, our own are not.
func TestPostgresWatch(t *testing.T) {
	s := openPostgres(t)
	other := openAt(t, askedAt(s))
	news, err := s.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := appendOne(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := appendOne(t.Context(), other); err != nil {
			t.Fatal(err)
		}
		select {
		case <-news:
		case <-time.After(30 * time.Second):
			t.Fatal("another handle's commit goes unnoticed")
		}
	}
}

// TestForgottenWriter: a client that stops in the middle of a write must not
// hold the desk for ever.
func TestForgottenWriter(t *testing.T) {
	s := openPostgres(t)
	for _, name := range []string{"idle_in_transaction_session_timeout", "statement_timeout", "lock_timeout", "client_connection_check_interval"} {
		var value string
		if err := s.db.QueryRowContext(t.Context(), "SHOW "+name).Scan(&value); err != nil || value == "0" {
			t.Errorf("%s is %s (%v)", name, value, err)
		}
	}
	srv := *s.server
	srv.config = srv.config.Copy()
	srv.config.RuntimeParams["idle_in_transaction_session_timeout"] = "50"
	hung := newStore("hung", postgresDialect(), Options{Readers: 1})
	hung.server, hung.db = &srv, srv.pool(forgottenWriter, nil)
	hung.readDB = hung.db
	if err := hung.ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := hung.Write(t.Context(), func(w desk.Writer) error {
		// It waits for the desk until the server lets go of the other one.
		if err := appendOne(t.Context(), s); err != nil {
			t.Error(err)
		}
		return w.Append(&desk.Event{Kind: desk.EventHistory})
	})
	var e *desk.Error
	if !errors.As(err, &e) || e.Code != "NO_SERVER" {
		t.Errorf("the forgotten write ended with %v", err)
	}
	if end := journalEnd(t, s); end != 1 {
		t.Errorf("the journal ends at %d", end)
	}
	if err := hung.Close(); err != nil {
		t.Error(err)
	}
}

// TestServerThatSaysNothing is told in words, though what ends the waiting is a
// deadline, as of somebody who has called it off.
func TestServerThatSaysNothing(t *testing.T) {
	t.Parallel()
	silent := testserver.Script(t, nil, testserver.Hang())
	_, err := Open(t.Context(), "postgres://postroom@"+silent.Address+"/desk?connect_timeout=1", Options{})
	var e *desk.Error
	if !errors.As(err, &e) || e.Code != "NO_SERVER" || e.Hint == "" {
		t.Error("it says", err)
	}
	ctx, off := context.WithCancel(t.Context())
	off()
	if _, err := Open(ctx, "postgres://postroom@"+silent.Address+"/desk", Options{}); !errors.Is(err, context.Canceled) || codeIn(err) != "" {
		t.Error("who calls it off is told", err)
	}
}
