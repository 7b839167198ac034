package store

import (
	"bufio"
	"crypto/sha256"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"postroom/desk"
	"postroom/internal/testserver"
)

//go:embed schema.sql
var schema string

// dump is the schema of a database as SQLite keeps it, without the tables of
// the migration tool.
func dump(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema
		WHERE name NOT LIKE 'goose%' AND tbl_name NOT LIKE 'goose%'`)
	if err != nil {
		t.Fatal(err)
	}
	list, err := drain(rows, scanText)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range list {
		// A column that came later stands in no line of its own.
		list[i] = strings.ReplaceAll(strings.ReplaceAll(strings.Join(strings.Fields(s), " "), " ,", ","), " )", ")")
	}
	slices.Sort(list)
	return list
}

func openRaw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", fileURL(path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestSchemaIsWhatMigrationsMake(t *testing.T) {
	fresh := openRaw(t, filepath.Join(t.TempDir(), "fresh.db"))
	if _, err := fresh.ExecContext(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	want, got := dump(t, fresh), dump(t, openRaw(t, open(t).Path()))
	for i := range max(len(want), len(got)) {
		if i >= len(want) || i >= len(got) || want[i] != got[i] {
			t.Fatalf("schema.sql and the migrations differ at:\n%v\n%v", want[min(i, len(want)):min(i+1, len(want))], got[min(i, len(got)):min(i+1, len(got))])
		}
	}
	if len(want) < 40 {
		t.Errorf("only %d things were compared", len(want))
	}
}

// TestMigrationsStateTheirVersion: each says which postroom it needs, in one
// transaction with what it changes.
func TestMigrationsStateTheirVersion(t *testing.T) {
	files, err := fs.Glob(migrations, "migrations/*/*.sql")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		b, err := migrations.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text, name := string(b), filepath.Base(file)
		if strings.Contains(text, "NO TRANSACTION") || strings.Contains(text, "+goose Down") {
			t.Errorf("%s does not only go forward, in one transaction", file)
		}
		if !strings.HasPrefix(name, "0001_") && !regexp.MustCompile(`(?s)(INSERT INTO|UPDATE) gate.*'v\d+\.\d+\.\d+'`).MatchString(text) {
			t.Errorf("%s does not say which postroom it needs: UPDATE gate SET needs = 'v1.2.3'", file)
		}
	}
}

// TestInboxTables holds every table that refers to an inbox to the lists by
// which an inbox is removed.
func TestInboxTables(t *testing.T) {
	rows, err := openRaw(t, open(t).Path()).QueryContext(t.Context(), `SELECT s.name FROM sqlite_schema s, pragma_foreign_key_list(s.name) f
		WHERE s.type = 'table' AND f."table" = 'inboxes'`)
	if err != nil {
		t.Fatal(err)
	}
	list, err := drain(rows, scanText)
	if err != nil || len(list) < 8 {
		t.Fatal(list, err)
	}
	for _, table := range list {
		if !slices.Contains(append(inhabited(), forgotten()...), table) {
			t.Errorf("the table %s refers to inboxes: say in RemoveInbox what becomes of it", table)
		}
	}
}

// TestSchemaExplainsItself holds every table to a reason.
func TestSchemaExplainsItself(t *testing.T) {
	before := ""
	for sc := bufio.NewScanner(strings.NewReader(schema)); sc.Scan(); before = sc.Text() {
		if strings.HasPrefix(sc.Text(), "CREATE TABLE") || strings.HasPrefix(sc.Text(), "CREATE VIRTUAL TABLE") {
			if !strings.HasPrefix(before, "-- ") {
				t.Errorf("no reason is given for: %s", sc.Text())
			}
		}
	}
}

func TestFreshDatabase(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "deep")
	path := filepath.Join(dir, "a b%#?.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]string{"page_size": "8192", "journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "application_id": fmt.Sprint(applicationID)} {
		var got string
		if err := (<-s.writer).conn.QueryRowContext(t.Context(), "PRAGMA "+what).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s (%v), want %s", what, got, err, want)
		}
		w, err := newSession(t.Context(), s.db, s.dialect)
		if err != nil {
			t.Fatal(err)
		}
		s.writer <- w
	}
	for name, want := range map[string]os.FileMode{dir: 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v, want %o", name, info, err, want)
		}
	}
	err = s.snapshot(t.Context(), func(ses *session) error {
		_, err := ses.exec(`UPDATE desk SET seq = 7`)
		if err == nil {
			t.Error("a reader can write")
		}
		return nil
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

// hashOf reads a database file whole, which nobody may do while it is open.
func hashOf(t *testing.T, path string) [32]byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(b)
}

func TestRefusedFiles(t *testing.T) {
	dir := t.TempDir()
	newer := filepath.Join(dir, "newer.db")
	s, err := Open(t.Context(), newer, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db := openRaw(t, newer)
	if _, err := db.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other.db")
	db = openRaw(t, other)
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE x (y)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database at all\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, code := range map[string]string{newer: "NEWER_DATABASE", other: "NOT_OURS", text: "NOT_OURS", dir: "NOT_OURS"} {
		var before [32]byte
		if path != dir {
			before = hashOf(t, path)
		}
		_, err := Open(t.Context(), path, Options{})
		var e *desk.Error
		if !errors.As(err, &e) || e.Code != code || e.Hint == "" {
			t.Errorf("%s: %v, want %s", path, err, code)
			continue
		}
		if code == "NEWER_DATABASE" && e.Kind != desk.Broken {
			t.Errorf("a newer database is %s", e.Kind)
		}
		if path != dir && hashOf(t, path) != before {
			t.Errorf("%s was changed", path)
		}
	}
}

// TestInterruptedMakingIsFinished opens a file whose making was interrupted
// before it kept a log: SQLite has to undo what was half done, which a reader
// that may not write cannot. It was refused for ever.
func TestInterruptedMakingIsFinished(t *testing.T) {
	dir := t.TempDir()
	made := filepath.Join(dir, "made.db")
	db := openRaw(t, made)
	db.SetMaxOpenConns(1)
	for _, text := range []string{
		"PRAGMA application_id = " + fmt.Sprint(applicationID), "PRAGMA cache_size = 1", "CREATE TABLE x (y)", "BEGIN",
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) INSERT INTO x SELECT randomblob(2000) FROM n",
	} {
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	// What a crash would leave now, and no database yet with its schema.
	left := filepath.Join(t.TempDir(), "left.db")
	for from, to := range map[string]string{made: left, made + "-journal": left + "-journal"} {
		b, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(to, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(t.Context(), left, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestSQLiteFloor keeps out the versions that could damage a file which two
// connections write to (WAL reset, fixed in 3.51.3).
func TestSQLiteFloor(t *testing.T) {
	var version string
	err := open(t).db.QueryRowContext(t.Context(), "SELECT sqlite_version()").Scan(&version)
	var major, minor, patch int
	if _, scan := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil || scan != nil {
		t.Fatal(version, err, scan)
	}
	if major*1_000_000+minor*1000+patch < 3_051_003 {
		t.Errorf("SQLite %s is too old", version)
	}
}

func TestDSN(t *testing.T) {
	for dsn, want := range map[string]string{"/a/b.db": "/a/b.db", "sqlite:/a/b.db": "/a/b.db", "sqlite:///a/b.db": "/a/b.db", "/a:b/c.db": "/a:b/c.db"} {
		if got, err := parseDSN(dsn); err != nil || got != want {
			t.Errorf("%s names %s (%v), want %s", dsn, got, err, want)
		}
	}
	for _, dsn := range []string{
		"postgres:host", "mysql://h", "", " ", "sqlite:", ":memory:",
		"file:desk.db?mode=ro", "host=db.example.org user=postroom password=hunter2", "dbname = x password=hunter2",
	} {
		_, err := parseDSN(dsn)
		var e *desk.Error
		if !errors.As(err, &e) || e.Code != "BAD_DATABASE" || e.Kind != desk.Invalid || e.Hint == "" || strings.Contains(e.Error(), "hunter2") {
			t.Errorf("%q gives %v", dsn, err)
		}
	}
}

// TestCutOffDatabaseIsDamaged: a file of which only the beginning was copied
// is not put right by looking at its permissions.
func TestCutOffDatabaseIsDamaged(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "desk.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), os.Truncate(s.path, 100_000)); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), s.path, Options{})
	if codeIn(err) != "DATABASE_DAMAGED" || !strings.Contains(err.Error(), "damaged") {
		t.Error("it says", err)
	}
}

// openInChild is set for the test binary that another test starts.
const openInChild = "POSTROOM_STORE_TEST_OPEN"

// TestFourProcessesAtOnce starts four processes on a database that is not
// there yet. goose alone lets one of them fail.
func TestFourProcessesAtOnce(t *testing.T) {
	if dsn := os.Getenv(openInChild); dsn != "" {
		appendAndClose(t, dsn)
		return
	}
	t.Parallel()
	file := func() string { return filepath.Join(t.TempDir(), "desk.db") }
	for _, dsn := range []string{file(), file(), file(), testserver.Postgres(t)} {
		var children []*exec.Cmd
		var outputs []*strings.Builder
		for range 4 {
			c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFourProcessesAtOnce$")
			out := &strings.Builder{}
			c.Env, c.Stdout, c.Stderr = append(os.Environ(), openInChild+"="+dsn), out, out
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			children, outputs = append(children, c), append(outputs, out)
		}
		for i, c := range children {
			if err := c.Wait(); err != nil {
				t.Errorf("process %d at %s: %v\n%s", i, dsn, err, outputs[i])
			}
		}
		if seq := journalEnd(t, openAt(t, dsn)); seq != 4 {
			t.Errorf("the journal of %s ends at %d", dsn, seq)
		}
	}
}
