package main

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	_ "modernc.org/sqlite" // the control writes a database of its own, and the test reads ours

	"postroom/internal/testserver"
)

// What is promised here: a mail the server gave us is stored exactly once,
// whenever the program is killed (promises P1, P6).
const (
	crashMails = 5000
	crashKills = 200
)

// TestKilledSync kills the program two hundred times while it fetches five
// thousand mails. Then nothing may be missing and nothing be there twice.
func TestKilledSync(t *testing.T) {
	m, user := crashOffice(t)
	d := newDesktop(t)
	d.env["POSTROOM_PASSWORD"] = testserver.Password
	d.must("inbox", "create", "Support", "--shared")
	d.must("account", "connect", user, "--inbox", "Support", "--imap", m.IMAPS, "--smtp", m.SMTPS, "--ca", m.CAFile)
	db, program := openRaw(t, d.env["POSTROOM_DB"]), plain(t)
	serve := func(more ...string) *exec.Cmd {
		cmd := d.command(append([]string{"sync"}, more...)...)
		cmd.Path = program
		return cmd
	}
	first := timeToFirstMail(t, db, serve())
	unfinished, storing, before := 0, 0, storedMails(t, db)
	for range crashKills {
		wait := first/3 + rand.N(first)
		if before == crashMails {
			wait = rand.N(150 * time.Millisecond) // there is nothing left to wait for
		}
		kill(t, serve(), wait)
		after := storedMails(t, db)
		if after < crashMails {
			unfinished++
		}
		if after > before {
			storing++
		}
		before = after
	}
	t.Logf("%d kills: %d before all mail was there, %d in runs that had stored some", crashKills, unfinished, storing)
	if storing < 5 {
		t.Errorf("only %d of %d kills hit a run that was storing mail: the test proves nothing", storing, crashKills)
	}
	if out, err := serve("--once").CombinedOutput(); err != nil {
		t.Fatalf("the last pass: %v\n%s", err, out)
	}
	checkStored(t, db, m, user)
}

// TestKilledSyncControl does the same to a program that keeps mail and cursor
// in two steps. It must be caught, or the test above could not see a mistake.
func TestKilledSyncControl(t *testing.T) {
	m, user := crashOffice(t)
	dir := t.TempDir()
	for range 60 {
		cmd := exec.CommandContext(t.Context(), "naivesync", dir, m.PlainIMAP, user)
		cmd.Env = os.Environ()
		kill(t, cmd, 60*time.Millisecond+rand.N(240*time.Millisecond))
	}
	db := openRaw(t, filepath.Join(dir, "naive.db"))
	rows, different := one(t, db, "SELECT count(*) FROM mails"), one(t, db, "SELECT count(DISTINCT uid) FROM mails")
	t.Logf("the naive program has %d rows of %d mails", rows, different)
	if rows == different {
		t.Error("the naive program has doubled nothing: the kills do not hit")
	}
}

// timeToFirstMail is how long a run takes here until its first transaction, so
// that the kills fall around it whatever the machine is busy with. That run is
// killed too.
func timeToFirstMail(t *testing.T, db *sql.DB, cmd *exec.Cmd) time.Duration {
	t.Helper()
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	limit := time.After(patience)
	for storedMails(t, db) == 0 {
		select {
		case <-limit:
			t.Fatal("no mail is stored at all")
		case <-time.After(2 * time.Millisecond):
		}
	}
	took := time.Since(began)
	_ = cmd.Process.Kill() // it may have ended by itself
	_ = cmd.Wait()         // killed is how it is to end
	return took
}

// plain builds the program as users run it. The test's own binary carries the
// race detector, with which two hundred starts would take minutes.
func plain(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "postroom")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	return path
}

// crashOffice is a mailbox with five thousand mails.
func crashOffice(t *testing.T) (*testserver.Mail, string) {
	t.Helper()
	const user = "crash@example.test"
	m := testserver.Start(t, testserver.Options{Users: []string{user}, Postfix: true})
	now := time.Now()
	m.Fill(t, user, "INBOX", crashMails, func(i int) testserver.Letter {
		from := fmt.Sprintf("customer%d@kite.test", i%700)
		answers := ""
		if i%3 == 0 && i >= 700 {
			answers = fmt.Sprintf("<%d@kite.test>", i-700) // an earlier mail of the same customer
		}
		raw := letterFrom(from, user, fmt.Sprintf("<%d@kite.test>", i), answers, fmt.Sprintf("Matter %d", i), strings.Repeat("A line of this mail.\r\n", 40))
		return testserver.Letter{Raw: raw, Received: now.Add(time.Duration(i-crashMails) * time.Minute)}
	})
	return m, user
}

// kill starts a program, and kills it after a while if it still runs.
func kill(t *testing.T, cmd *exec.Cmd, after time.Duration) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // it may have ended by itself
	_ = cmd.Wait()                                                    // killed is how it is to end
	timer.Stop()
}

// checkStored compares the desk with the server, row by row.
func checkStored(t *testing.T, db *sql.DB, m *testserver.Mail, user string) {
	t.Helper()
	for query, want := range map[string]int{
		"SELECT count(*) FROM messages":                                             crashMails,
		"SELECT count(DISTINCT message_id) FROM messages":                           crashMails,
		"SELECT count(*) FROM raws":                                                 crashMails,
		"SELECT count(*) FROM raws WHERE parsed = 0":                                0,
		"SELECT count(*) FROM ledger WHERE gone_at < 0":                             crashMails,
		"SELECT count(DISTINCT raw) FROM ledger":                                    crashMails,
		"SELECT count(*) FROM messages WHERE raw NOT IN (SELECT id FROM raws)":      0,
		"SELECT count(*) - (SELECT seq FROM desk) FROM events":                      0,
		"SELECT sum(messages) FROM conversations WHERE joined_to = 0":               crashMails,
		"SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'": 0,
	} {
		if got := one(t, db, query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	noted := map[uint32]int{}
	rows, err := db.QueryContext(t.Context(), "SELECT uid FROM ledger")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var uid uint32
		if err := rows.Scan(&uid); err != nil {
			t.Fatal(err)
		}
		noted[uid]++
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	missing := 0
	for _, stored := range m.Messages(t, user, "INBOX") {
		if noted[stored.UID] != 1 {
			missing++
		}
	}
	if missing > 0 {
		t.Errorf("%d mails of the server are not in the ledger", missing)
	}
}

func storedMails(t *testing.T, db *sql.DB) int {
	t.Helper()
	return one(t, db, "SELECT count(*) FROM raws")
}

// openRaw reads a database beside the program, through SQLite as is the rule.
func openRaw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // reading only
	return db
}

func one(t *testing.T, db *sql.DB, query string, args ...any) int {
	t.Helper()
	var n int
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// naiveSync is the control: it stores mail by mail and notes afterwards how far
// it has come.
func naiveSync() {
	if err := naive(context.Background(), os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func naive(ctx context.Context, dir, addr, user string) error {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "naive.db")+"?_pragma=journal_mode(WAL)")
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS mails (uid INTEGER, raw BLOB)"); err != nil {
		return err
	}
	cursor := filepath.Join(dir, "cursor")
	next := 1
	if b, err := os.ReadFile(cursor); err == nil {
		if _, err := fmt.Sscan(string(b), &next); err != nil {
			return err
		}
	}
	c, err := imapclient.DialInsecure(addr, nil)
	if err != nil {
		return err
	}
	if err := c.Login(user, testserver.Password).Wait(); err != nil {
		return err
	}
	if _, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		return err
	}
	for ; next <= crashMails; next += 100 {
		set := imap.UIDSet{imap.UIDRange{Start: imap.UID(next), Stop: imap.UID(next + 99)}} //nolint:gosec // small numbers
		mails, err := c.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
		if err != nil {
			return err
		}
		for _, mail := range mails {
			if _, err := db.ExecContext(ctx, "INSERT INTO mails VALUES (?, ?)", mail.UID, mail.BodySection[0].Bytes); err != nil {
				return err
			}
		}
		if err := os.WriteFile(cursor, []byte(fmt.Sprint(next+100)), 0o600); err != nil {
			return err
		}
	}
	return nil
}
