package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"postroom/desk"
	"postroom/internal/testserver"
)

// TestDatabaseServerFaults: the server of the database goes away while somebody
// works and writes, and comes back. The screen says so without being asked,
// lives, and goes on by itself; nothing is lost.
func TestDatabaseServerFaults(t *testing.T) {
	t.Parallel()
	c := testserver.StartPostgres(t)
	w := furnishAt(t, c.Database(t)).start(t, "postroom")
	c.Stop(t)
	w.see("Since ", "The database server", "confirmed")
	w.lives()
	w.press("A").see("Not done")
	w.gone("taken")
	w.deliver(t, "while the database was away")
	c.Resume(t)
	w.gone("Since ", "The database server", "Not done")
	w.see("Letter 4", "mail connected")
	w.press("A").see("taken")

	w.press("r").see("Reply")
	w.press("It is on").see("It is on")
	c.Stop(t)
	w.press(" its way.").see("It is on its way.", "The draft is not saved", "The database server")
	c.Resume(t)
	w.gone("The draft is not saved", "Since ", "The database server")
	w.see("It is on its way.")
	w.press("\x1b").see("write on")
	w.press("\x1b").see("reply")
	w.press("\x1b").see("All open")
	w.whole()
}

// TestCommandsWithoutTheirServer end with words, and with the code of a failure.
func TestCommandsWithoutTheirServer(t *testing.T) {
	t.Parallel()
	c := testserver.StartPostgres(t)
	d := newDesktop(t)
	d.env["POSTROOM_DB"] = c.Database(t)
	d.must("inbox", "create", "Support", "--shared")
	d.must("import", "--inbox", "Support", d.write("one.eml", string(letterFrom("priya@kite.test", "help@acme.test", "<one@kite.test>", "", "The lamp is broken", "Can you help?"))))
	c.Stop(t)
	d.in = "It is on its way."
	for _, command := range []string{"conversation list", "conversation show 1", "sync --once", "reply 1", "note 1", "outbox list", "login"} {
		d.refuses(exitFailed, "does not answer", strings.Fields(command)...)
		r := d.run(append(strings.Fields(command), "--json")...)
		if r.code != exitFailed || !strings.Contains(r.out+r.err, `"NO_SERVER"`) || !strings.Contains(r.out+r.err, "Look whether PostgreSQL runs") {
			t.Errorf("%s --json ended with %d: %s%s", command, r.code, r.out, r.err)
		}
	}
	c.Resume(t)
	if got := d.must("conversation", "show", "1"); strings.Contains(got, "on its way") {
		t.Errorf("what failed was done: %s", got)
	}
}

// TestDatabaseGoesDuringASend: the database goes when the mail server has just
// taken a mail. What has become of it can only be known afterwards, and it is
// not sent again.
func TestDatabaseGoesDuringASend(t *testing.T) {
	t.Parallel()
	const user = "sender@example.test"
	c, m := testserver.StartPostgres(t), testserver.StartDovecot(t, user)
	sink := testserver.StartSink(t, func(n int) bool {
		if n == 1 {
			c.Stop(t)
		}
		return false
	})
	d := newDesktop(t)
	d.env["POSTROOM_DB"], d.env["POSTROOM_PASSWORD"] = c.Database(t), testserver.Password
	d.must("inbox", "create", "Support", "--shared")
	d.must("account", "connect", user, "--inbox", "Support", "--imap", "imap://"+m.PlainIMAP, "--smtp", "smtp://"+sink.Address, "--files-sent")
	d.must("import", "--inbox", "Support", d.write("one.eml", string(letterFrom("priya@kite.test", user, "<one@kite.test>", "", "The lamp is broken", "Can you help?"))))
	reply := d.command("reply", "1")
	var said strings.Builder
	reply.Stdin, reply.Stderr = strings.NewReader("It is on its way."), &said
	if err := reply.Run(); reply.ProcessState.ExitCode() != exitFailed || !strings.Contains(said.String(), "The database server") {
		t.Errorf("the reply ended with %v: %s", err, said.String())
	}
	c.Resume(t)
	for range 2 {
		d.must("sync", "--once")
	}
	var outbox []struct{ State string }
	if err := json.Unmarshal([]byte(d.must("outbox", "list", "--all", "--json")), &outbox); err != nil {
		t.Fatal(err)
	}
	if len(outbox) != 1 || outbox[0].State != string(desk.InDoubt) || sink.Count() != 1 {
		t.Errorf("the server has taken %d mails, and the outbox says %+v", sink.Count(), outbox)
	}
	d.in = "Another." // the control: with a database a mail is sent and known to be
	d.must("reply", "1", "--yes")
	if sink.Count() != 2 {
		t.Errorf("the server has taken %d mails", sink.Count())
	}
}

// TestDatabaseGoesDuringASync: the database goes while mail comes in. The next
// sync brings what is missing, and nothing twice.
func TestDatabaseGoesDuringASync(t *testing.T) {
	t.Parallel()
	const user, mails = "reader@example.test", 500
	c, m := testserver.StartPostgres(t), testserver.StartDovecot(t, user)
	m.Fill(t, user, "INBOX", mails, func(i int) testserver.Letter {
		return testserver.Letter{Raw: letterFrom("priya@kite.test", user, fmt.Sprintf("<%d@kite.test>", i), "", fmt.Sprint("Matter ", i), "Can you help?")}
	})
	d := newDesktop(t)
	d.env["POSTROOM_DB"], d.env["POSTROOM_PASSWORD"] = c.Database(t), testserver.Password
	d.must("inbox", "create", "Support", "--shared")
	d.must("account", "connect", user, "--inbox", "Support", "--imap", "imap://"+m.PlainIMAP, "--smtp", "smtp://"+testserver.StartSink(t, nil).Address)
	sync := d.command("sync", "--once")
	var said strings.Builder
	sync.Stderr = &said
	if err := sync.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- sync.Wait() }()
	for len(d.listed()) == 0 {
		select {
		case err := <-ended:
			t.Fatalf("the sync has ended before a mail was here: %v: %s", err, said.String())
		default:
		}
	}
	c.Stop(t)
	err := <-ended
	c.Resume(t)
	if sync.ProcessState.ExitCode() != exitFailed || !strings.Contains(said.String(), "The database server") {
		t.Errorf("the sync ended with %v: %s", err, said.String())
	}
	d.must("sync", "--once")
	list := d.listed()
	slices.Sort(list)
	if all, once := len(list), len(slices.Compact(list)); all != mails || once != mails {
		t.Errorf("%d conversations about %d matters, want %d", all, once, mails)
	}
	d.must("sync", "--audit")
}

// listed are the subjects of all conversations.
func (d *desktop) listed() (subjects []string) {
	d.t.Helper()
	for line := range strings.Lines(d.must("conversation", "list", "--all", "--jsonl")) {
		var c struct{ Subject string }
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			d.t.Fatal(err)
		}
		subjects = append(subjects, c.Subject)
	}
	return subjects
}
