package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"postroom/internal/crash"
	"postroom/internal/testserver"
)

// changes gives the recorded commands that change a mailbox, or could. What a
// client says in the body of an APPEND is no command; it has no tag of ours.
func changes(recorded []string) []string {
	var list []string
	for _, line := range recorded {
		words := strings.Fields(strings.ToUpper(line))
		// Dovecot puts the time before each line.
		for len(words) > 0 && strings.Trim(words[0], "0123456789.") == "" {
			words = words[1:]
		}
		if len(words) < 2 {
			continue
		}
		verb := words[1]
		if verb == "UID" && len(words) > 2 {
			verb = words[2]
		}
		switch verb {
		case "SELECT", "STORE", "MOVE", "COPY", "EXPUNGE", "CLOSE", "DELETE", "RENAME":
			list = append(list, line)
		case "FETCH":
			if strings.Contains(strings.ToUpper(line), "BODY[") || strings.Contains(strings.ToUpper(line), "RFC822") {
				list = append(list, line)
			}
		}
	}
	return list
}

// TestCrashReadOnly kills the program again and again while it reads and sends,
// and looks at all it has said to the server: folders are examined, mails are
// peeked at, and nothing is stored, moved or expunged, before a mail is stored
// here or after (promises P8). A client that reads in the ordinary way has to be
// noticed.
func TestCrashReadOnly(t *testing.T) {
	kills := crash.Count(15, 500)
	m := testserver.Start(t, testserver.Options{Users: []string{us, anna}, Postfix: true, Record: true})
	mails := 0
	arrive := func(n int) {
		m.Fill(t, us, "INBOX", n, func(int) testserver.Letter {
			mails++
			return testserver.Letter{Raw: letterTo(us, fmt.Sprintf("%d@x.test", mails), "letter")}
		})
	}
	arrive(300)
	d := newDesktop(t)
	d.env["POSTROOM_PASSWORD"] = testserver.Password
	d.must("inbox", "create", "support", "--shared")
	d.must(connectArgs(m, "--ca", m.CAFile)...)
	program := plain(t)
	for range kills {
		arrive(20) // so that every one of them has something to read
		cmd := d.command("sync")
		cmd.Path = program
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(20*time.Millisecond+rand.N(500*time.Millisecond), func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait() // killed is how it is to end
		timer.Stop()
	}
	m.SetFlags(t, us, "INBOX", `\Seen`, 3, 4)
	d.in = "Hello Anna."
	d.must("compose", "--inbox", "support", "--to", anna, "--subject", "News")
	d.must("sync", "--once")
	m.Await(t, us, "Sent", 1)
	if code, inbox := d.audited(); code != exitDone || inbox.Here != mails {
		t.Errorf("the audit ends with %d: %+v", code, inbox)
	}
	recorded := m.Recorded(t)
	for what, least := range map[string]int{"EXAMINE": 3, "BODY.PEEK[]": 4, "APPEND": 1} {
		if n := strings.Count(strings.Join(recorded, "\n"), what); n < least {
			t.Errorf("%d times %s in %d lines: nothing was recorded", n, what, len(recorded))
		}
	}
	// Testing for the copy in Sent, the test itself has signed in; it examines.
	if did := changes(recorded); len(did) > 0 {
		t.Errorf("the program has said %q", did)
	}
	client := m.Dial(t, us)
	if _, err := client.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Fetch(imap.UIDSetNum(1), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{}}}).Collect(); err != nil {
		t.Fatal(err)
	}
	_ = client.Close() // so that Dovecot writes down the end of it
	ordinary := len(changes(m.Recorded(t)))
	if ordinary < 2 {
		t.Error("a client that sets flags by reading goes unnoticed")
	}
	crash.Report(t, "%d kills while %d mails came in: nothing changed on the server in %d commands, %d of them EXAMINE; an ordinary client said %d", kills, mails, len(recorded), strings.Count(strings.Join(recorded, "\n"), "EXAMINE"), ordinary)
}
