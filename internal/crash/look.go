package crash

import (
	"database/sql"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // how a database is looked at
)

// Open reads a database beside the program, through SQLite as is the rule.
func Open(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path}).String()+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // reading only
	return db
}

// Number is the one number that a query gives.
func Number(t testing.TB, db *sql.DB, query string, args ...any) int {
	t.Helper()
	var n int
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// Await waits until something holds that only a database tells, of which there
// is no other news.
func Await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	limit := time.After(2 * time.Minute)
	for !holds() {
		select {
		case <-limit:
			t.Fatal("waited in vain for ", what)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// Rows is what queries give, one line for each row, sorted: two desks with the
// same rows have come to the same end.
func Rows(t testing.TB, db *sql.DB, queries ...string) string {
	t.Helper()
	var lines []string
	for i, query := range queries {
		for _, row := range rows(t, db, query) {
			lines = append(lines, fmt.Sprintf("%d: %s", i, row))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func rows(t testing.TB, db *sql.DB, query string) (list []string) {
	t.Helper()
	found, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for found.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		list = append(list, strings.TrimSuffix(fmt.Sprintln(values...), "\n"))
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// Broken lists what must never be true of a desk, at no instant, whoever was
// killed: half a mail, a mail twice, a gap in the journal, a damaged file.
func Broken(t testing.TB, db *sql.DB) []string {
	t.Helper()
	var found []string
	for _, rule := range []struct{ what, query string }{
		{"parsed mails without a message", "SELECT count(*) FROM raws WHERE parsed = 1 AND id NOT IN (SELECT raw FROM messages)"},
		{"messages without their mail", "SELECT count(*) FROM messages WHERE raw <> 0 AND raw NOT IN (SELECT id FROM raws)"},
		{"mails without bytes", "SELECT count(*) FROM raws WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE chunks.id BETWEEN raws.id << 20 AND (raws.id << 20) + 1048575)"},
		{"bytes without a mail", "SELECT count(*) FROM chunks WHERE id >> 20 NOT IN (SELECT id FROM raws)"},
		{"ledger rows without a mail", "SELECT count(*) FROM ledger WHERE raw NOT IN (SELECT id FROM raws)"},
		{"messages without a text", "SELECT count(*) FROM messages WHERE id NOT IN (SELECT message FROM bodies)"},
		{"messages without a conversation", "SELECT count(*) FROM messages WHERE conversation NOT IN (SELECT id FROM conversations)"},
		{"conversations that count their messages wrong", `SELECT count(*) FROM conversations c WHERE joined_to = 0
			AND messages <> (SELECT count(*) FROM messages m WHERE m.conversation = c.id)`},
		{"outgoing mails without a message", "SELECT count(*) FROM outbox WHERE state <> 'cancelled' AND message NOT IN (SELECT id FROM messages)"},
		{"accepted mails without their bytes", `SELECT count(*) FROM outbox o JOIN messages m ON m.id = o.message
			WHERE o.state = 'accepted' AND m.raw = 0`},
		{"gaps in the journal", "SELECT (SELECT seq FROM desk) - (SELECT count(*) FROM events)"},
		{"events after the end of the journal", "SELECT count(*) FROM events WHERE seq > (SELECT seq FROM desk)"},
		{"foreign keys without a target", "SELECT count(*) FROM pragma_foreign_key_check"},
		{"complaints of SQLite", "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"},
	} {
		if n := Number(t, db, rule.query); n != 0 {
			found = append(found, fmt.Sprintf("%d %s", n, rule.what))
		}
	}
	return found
}

// CopyDir copies the files of a directory that no program has open, and gives
// the new directory.
func CopyDir(t testing.TB, from, to string) string {
	t.Helper()
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		source, target := filepath.Join(from, e.Name()), filepath.Join(to, e.Name())
		if e.IsDir() {
			CopyDir(t, source, target)
			continue
		}
		if err := copyFile(source, target); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Close()
}
