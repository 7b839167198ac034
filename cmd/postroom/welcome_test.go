package main

import (
	"os"
	"strings"
	"testing"

	"postroom/internal/testserver"
)

// TestFirstRunLeadsToTheSampleMail: an empty desk begins with the choice, and
// the first choice is the demo.
func TestFirstRunLeadsToTheSampleMail(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.env["TMPDIR"] = t.TempDir()
	g := d.open(100, 30)
	g.see("Look around with sample mail", "Add my own inbox")
	g.press("\r").see("Maya Brandt", "longest waiting first")
	g.press("q")
	<-g.ended
	if left, err := os.ReadDir(d.env["TMPDIR"]); err != nil || len(left) > 0 {
		t.Errorf("%v: the demo has left %v", err, left)
	}
}

// TestFirstRunConnectsAMailbox on real servers, by keys alone.
func TestFirstRunConnectsAMailbox(t *testing.T) {
	t.Parallel()
	m := testserver.StartMail(t, us, anna)
	m.Deliver(t, us, letterTo(us, "one@example.test", "Where is my parcel"))
	d := newDesktop(t)
	g := d.open(100, 40)
	g.see("Add my own inbox").press("j\r").see("Password")
	g.press(us + "\t\t" + m.IMAPS + "\t" + m.SMTPS + "\t\t" + testserver.Password + "\t" + m.CAFile + "\t\r")
	g.see("Where is my parcel")
	g.press("q")
	<-g.ended
	d.in = ""
	if got := d.must("account", "list"); !strings.Contains(got, us) {
		t.Errorf("the accounts are\n%s", got)
	}
}
