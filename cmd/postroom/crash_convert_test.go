//go:build !race

package main

import (
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"postroom/internal/crash"
)

// TestCrashConvert kills a program that switches an account at any instant: it
// has done all of it or nothing, there and back, with the mail kept where it is
// and with the mail moved along.
func TestCrashConvert(t *testing.T) {
	d := newDesktop(t)
	d.must("inbox", "create", "support", "--shared")
	d.must("user", "add", "ben")
	d.must("inbox", "member", "add", "support", "ben")
	d.connectEmpty(t, "support", us)
	d.must("import", "--inbox", "support", d.write("one.eml", string(letterTo(us, "one@x.test", "one"))))
	db := crash.Open(t, d.env["POSTROOM_DB"])
	kind := func() string {
		return crash.Rows(t, db, "SELECT i.kind FROM accounts a JOIN inboxes i ON i.id = a.inbox WHERE a.connected = 1")
	}
	args := func(round int) []string {
		to := "personal"
		if kind() == "0: personal" {
			to = "shared"
		}
		if round%2 == 1 {
			return []string{"account", "convert", us, "--to", to, "--history", "move"}
		}
		return []string{"account", "convert", us, "--to", to, "--inbox", fmt.Sprint(to, " ", round)}
	}
	began := time.Now()
	whole := crash.Start(t, d.command(args(1)...))
	<-whole.Ended()
	long := time.Since(began)
	if kind() != "0: personal" {
		t.Fatal("a program that nobody kills does not convert the account")
	}

	kills, done := crash.Count(12, 300), 0
	for round := range kills {
		before := kind()
		victim := crash.Start(t, d.command(args(round)...))
		timer := time.NewTimer(crash.Between(long/4, 5*long/4))
		select {
		case <-timer.C:
		case <-victim.Ended():
			timer.Stop()
		}
		victim.Kill()
		if kind() != before {
			done++
		}
		if half := halfConverted(t, db); half != "" {
			t.Fatalf("after kill %d: %s", round, half)
		}
		if broken := crash.Broken(t, db); len(broken) > 0 {
			t.Fatalf("after kill %d: %v", round, broken)
		}
	}
	crash.Report(t, "%d kills: %d had converted the account, %d had changed nothing", kills, done, kills-done)
	d.must(args(kills)...)
	d.must(args(kills + 1)...)
	if got := d.subjects(""); !slices.Equal(got, []string{"one"}) {
		t.Errorf("of one mail these are here: %q", got)
	}
	// The control switches by hand, and is stopped between the two steps.
	d.must("account", "disconnect", us)
	if half := halfConverted(t, db); half == "" {
		t.Error("the control: an account that was only disconnected is not seen")
	}
}

// halfConverted says in what the account is not as the journal says of its last
// switch; empty when it is.
func halfConverted(t *testing.T, db *sql.DB) string {
	t.Helper()
	for what, query := range map[string]string{
		"accounts that serve no inbox": `SELECT count(*) FROM accounts WHERE id NOT IN (SELECT account FROM addresses) OR connected = 0`,
		"accounts that are not where the journal says": `SELECT count(*) FROM accounts a WHERE a.inbox <>
			(SELECT e.inbox FROM events e WHERE e.kind = 'account converted' ORDER BY e.seq DESC LIMIT 1)`,
		"inboxes that are not what the journal says": `SELECT count(*) FROM inboxes i JOIN events e ON e.inbox = i.id
			AND e.seq = (SELECT max(seq) FROM events WHERE kind = 'account converted') WHERE i.kind <> json_extract(e.after, '$.kind')`,
		"people who see a personal inbox besides its owner": `SELECT count(*) FROM members m JOIN inboxes i ON i.id = m.inbox
			WHERE i.kind = 'personal' AND m.user_id <> i.owner`,
		"inboxes that nobody sees": `SELECT count(*) FROM inboxes WHERE id NOT IN (SELECT inbox FROM members)`,
	} {
		if n := crash.Number(t, db, query); n > 0 {
			return fmt.Sprint(n, " ", what)
		}
	}
	return ""
}
