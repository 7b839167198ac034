package main

import (
	"strings"
	"testing"

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
	w.see("Since ", "does not answer", "Look whether PostgreSQL runs")
	w.lives()
	w.press("A").see("Not done")
	w.gone("taken")
	w.deliver(t, "while the database was away")
	c.Resume(t)
	w.gone("Since ", "does not answer", "Not done")
	w.see("Letter 4", "mail connected")
	w.press("A").see("taken")

	w.press("r").see("Reply")
	w.press("It is on").see("It is on")
	c.Stop(t)
	w.press(" its way.").see("It is on its way.", "The draft is not saved", "does not answer")
	c.Resume(t)
	w.gone("The draft is not saved", "Since ", "does not answer")
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
