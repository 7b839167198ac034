//go:build !race

package main

import (
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postroom/internal/crash"
	"postroom/internal/testserver"
)

// What is promised here: a mail the server gave us is stored exactly once,
// whenever a program is killed (promises P1, P6). Two programs work at one
// desk. One of them is killed and started again, again and again, now while it
// has the lease on the account and now while the other has it.

// TestCrashSync ends with every mail of the server stored once. The naive
// program, which keeps mail and cursor in two steps, is the control: it must be
// caught, or the test could not see a mistake.
func TestCrashSync(t *testing.T) {
	mails, kills := crash.Count(1_500, 20_000), crash.Count(60, 1_000)
	const user = "crash@example.test"
	m := testserver.Start(t, testserver.Options{Users: []string{user}, Postfix: true})
	d := newDesktop(t)
	d.env["POSTROOM_PASSWORD"] = testserver.Password
	d.must("inbox", "create", "Support", "--shared")
	d.must("account", "connect", user, "--inbox", "Support", "--imap", m.IMAPS, "--smtp", m.SMTPS, "--ca", m.CAFile)
	letters := &crashLetters{m: m, user: user, all: mails}
	letters.arrive(t, mails/10)

	team := newCrashTeam(t, d, 2)
	first := team.timeTo(func() bool { return storedMails(t, team.db) > 0 })
	tally := struct{ storing, holder, beside int }{}
	for i := range kills {
		// The mailbox grows while the kills go on, so that they always find work.
		letters.arrive(t, mails/10+(mails-mails/10)*(i+1)/kills)
		before := storedMails(t, team.db)
		switch team.killOne(crash.Between(first/3, first*4/3)) {
		case killedHolder:
			tally.holder++
		case killedBeside:
			tally.beside++
		case killedIdle:
		}
		if storedMails(t, team.db) > before {
			tally.storing++
		}
	}
	team.end()
	if tally.storing < kills/20 || tally.holder < kills/10 || tally.beside < kills/60 {
		t.Errorf("%+v of %d kills: the test proves nothing", tally, kills)
	}
	if out, err := team.command("sync", "--once").CombinedOutput(); err != nil {
		t.Fatalf("the last pass: %v\n%s", err, out)
	}
	missing, twice := checkStored(t, team.db, m, user, mails)
	rows, different := killNaive(t, m, user, 100)
	if rows == different {
		t.Error("the naive program has doubled nothing: the kills do not hit")
	}
	crash.Report(t, "%d mails, %d kills (%d while mail was stored, %d of the holder of the lease, %d beside it), %d missing, %d twice; the naive program has %d rows of %d mails",
		mails, kills, tally.storing, tally.holder, tally.beside, missing, twice, rows, different)
}

// crashLetters is a mailbox that fills up.
type crashLetters struct {
	m        *testserver.Mail
	user     string
	all, now int
}

// arrive sees to it that so many mails have come.
func (l *crashLetters) arrive(t *testing.T, n int) {
	t.Helper()
	const atOnce = 50
	if n < l.all && n < l.now+atOnce {
		return
	}
	began, first := time.Now(), l.now
	l.m.Fill(t, l.user, "INBOX", n-first, func(i int) testserver.Letter {
		i += first
		from := fmt.Sprintf("customer%d@kite.test", i%700)
		answers := ""
		if i%3 == 0 && i >= 700 {
			answers = fmt.Sprintf("<%d@kite.test>", i-700) // an earlier mail of the same customer
		}
		raw := letterFrom(from, l.user, fmt.Sprintf("<%d@kite.test>", i), answers, fmt.Sprintf("Matter %d", i), strings.Repeat("A line of this mail.\r\n", 40))
		return testserver.Letter{Raw: raw, Received: began.Add(time.Duration(i-l.all) * time.Minute)}
	})
	l.now = n
}

// checkStored compares the desk with the server, mail by mail.
func checkStored(t *testing.T, db *sql.DB, m *testserver.Mail, user string, mails int) (missing, twice int) {
	t.Helper()
	for _, what := range crash.Broken(t, db) {
		t.Error(what)
	}
	for query, want := range map[string]int{
		"SELECT count(*) FROM messages":                                  mails,
		"SELECT count(DISTINCT message_id) FROM messages":                mails,
		"SELECT count(*) FROM raws":                                      mails,
		"SELECT count(*) FROM raws WHERE parsed = 0":                     0,
		"SELECT count(*) FROM ledger WHERE gone_at < 0":                  mails,
		"SELECT count(DISTINCT raw) FROM ledger":                         mails,
		"SELECT sum(messages) FROM conversations WHERE joined_to = 0":    mails,
		"SELECT count(*) FROM events WHERE kind = 'message received'":    mails,
		"SELECT count(*) FROM (SELECT DISTINCT uidvalidity FROM ledger)": 1,
	} {
		if got := crash.Number(t, db, query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	here := messagesByUID(t, db)
	for _, stored := range m.Messages(t, user, "INBOX") {
		switch n := here[stored.UID]; {
		case n == 0:
			missing++
		case n > 1:
			twice++
		}
	}
	if missing+twice > 0 {
		t.Errorf("%d mails of the server are missing, %d are there twice", missing, twice)
	}
	return missing, twice
}

// messagesByUID is how many messages the desk has of each UID of the server.
func messagesByUID(t *testing.T, db *sql.DB) map[uint32]int {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT l.uid, count(m.id) FROM ledger l LEFT JOIN messages m ON m.raw = l.raw GROUP BY l.uid")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	here := map[uint32]int{}
	for rows.Next() {
		var uid uint32
		var n int
		if err := rows.Scan(&uid, &n); err != nil {
			t.Fatal(err)
		}
		here[uid] = n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return here
}

func storedMails(t *testing.T, db *sql.DB) int {
	t.Helper()
	return crash.Number(t, db, "SELECT count(*) FROM raws")
}

// killNaive does the same to the naive program at its work, until it has doubled
// something or has had its chances.
func killNaive(t *testing.T, m *testserver.Mail, user string, kills int) (rows, different int) {
	t.Helper()
	dir := t.TempDir()
	db := crash.Open(t, filepath.Join(dir, "naive.db"))
	count := func(what string) int {
		if crash.Number(t, db, "SELECT count(*) FROM sqlite_schema WHERE name = 'mails'") == 0 {
			return 0
		}
		return crash.Number(t, db, "SELECT count("+what+") FROM mails")
	}
	for range kills {
		if rows != different {
			break
		}
		cmd := exec.CommandContext(t.Context(), "naivesync", dir, m.PlainIMAP, user)
		cmd.Env = os.Environ()
		naive := crash.Start(t, cmd)
		ended := func() bool {
			select {
			case <-naive.Ended():
				return true
			default:
				return false
			}
		}
		crash.Await(t, "the naive program to store a mail, or to end", func() bool { return count("*") > rows || ended() })
		select {
		case <-naive.Ended():
		case <-time.After(crash.Between(0, 60*time.Millisecond)):
		}
		byItself := ended()
		naive.Kill()
		if byItself {
			// It has all mail and was not caught: once more from the start.
			if err := os.Remove(filepath.Join(dir, "cursor")); err != nil {
				t.Fatal(err)
			}
			if _, err := db.ExecContext(t.Context(), "DELETE FROM mails"); err != nil {
				t.Fatal(err)
			}
		}
		rows, different = count("*"), count("DISTINCT uid")
	}
	return rows, different
}
