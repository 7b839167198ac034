package connect_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/ui/uitest"
)

// left is a program that is gone without a word, as a kill leaves it: what was
// written is all that stays.
func (h *house) saved() (desk.Setup, bool) {
	h.t.Helper()
	u, ok, err := h.seat.Setup(context.Background())
	must(h.t, err)
	return u, ok
}

// TestTheWizardGoesOn after it was killed at each question: nothing that was
// said has to be said again but the password, which is nowhere.
func TestTheWizardGoesOn(t *testing.T) {
	const team = "help@acme.test"
	steps := []struct {
		name string
		do   func(*uitest.Driver)
		see  []string // after going on
	}{
		{"servers", func(d *uitest.Driver) { next(d.Type(team), 1) }, []string{"3 of 8", "Which servers have the mail of " + team}},
		{"half the servers", func(d *uitest.Driver) { d.Type("imap.acme.test").Press("tab") }, []string{"3 of 8", "imap.acme.test"}},
		{"sign-in", func(d *uitest.Driver) { next(d.Type("smtp.acme.test"), 3) }, []string{"4 of 8", "How does " + team}},
		{"password", func(d *uitest.Driver) { d.Type("top secret").Press("tab") }, []string{"4 of 8", "or an app password"}},
		{"inbox", func(d *uitest.Driver) { next(d, 1) }, []string{"4 of 8", "What signs in is kept nowhere"}},
		{"named", func(d *uitest.Driver) { d.Press("ctrl+u").Type("Helpers").Press("tab") }, []string{"4 of 8"}},
		{"purpose", func(d *uitest.Driver) { next(d, 3) }, []string{"4 of 8"}},
		{"tickets", func(d *uitest.Driver) { next(d.Press("down"), 1) }, []string{"4 of 8"}},
		{"stage", func(d *uitest.Driver) { d.Press("down", "tab", "down", "tab") }, []string{"4 of 8"}},
		{"promise", func(d *uitest.Driver) { d.Type("4h").Press("tab") }, []string{"4 of 8"}},
		{"preview", func(d *uitest.Driver) { d.Press("enter") }, []string{"4 of 8"}},
		{"cut-off", func(d *uitest.Driver) { d.Press("down") }, []string{"4 of 8"}},
	}
	for n := 1; n <= len(steps); n++ {
		h := newHouse(t)
		d := h.open(100, 30).Press("3")
		for _, s := range steps[:n] {
			s.do(d)
		}
		u, ok := h.saved()
		if !ok || strings.Contains(fmt.Sprintf("%+v", u), "secret") {
			t.Fatalf("after %s there is %v %+v", steps[n-1].name, ok, u)
		}
		d = h.wizard(h.open(100, 30)).See("You have begun to connect a mailbox. Go on with it?", "go on with "+team, "a team's mailbox")
		next(d, 1).See(steps[n-1].see...).NotSee("***")
		if n < 5 {
			continue
		}
		next(d.Type("top secret"), 2)
		if n < 7 {
			next(d, 4)
		}
		if n < 8 {
			next(d.See("What is", "(●) support"), 1)
		}
		if n < 9 {
			next(d.See("become tickets?", "(●) no"), 1)
		}
		if n == 10 {
			d.See("4h")
		}
		if n == 9 || n == 10 {
			next(d.See("(●) yes, in Support", "(●) Waiting on contact"), 3)
		}
		next(d.See("preview"), 1).See(team + " is connected")
		list := h.inboxes()
		if want := [...]string{"help", "Helpers"}[min(max(n-5, 0), 1)]; len(list) != 1 || list[0].Name != want {
			t.Errorf("after %s: inboxes %+v", steps[n-1].name, list)
		}
		if days := h.clock.Now().Sub(list[0].Accounts[0].CutOff).Hours() / 24; (days > 80) != (n == len(steps)) {
			t.Errorf("after %s the cut-off is %.0f days ago", steps[n-1].name, days)
		}
	}
}

// TestWhatIsConnectedGoesOnWithTheTest, and is not connected again.
func TestWhatIsConnectedGoesOnWithTheTest(t *testing.T) {
	h := newHouse(t)
	next(next(signedIn(h.open(100, 30).Press("2"), address), 1), 1).See("7 of 8")
	d := h.wizard(h.open(100, 30)).See("go on with")
	next(d, 1).See("7 of 8 · test").Press("enter").See("sent", "under way")
	if n := len(h.inboxes()); n != 1 {
		t.Errorf("%d inboxes", n)
	}
	d.Press("esc")
	if _, ok := h.saved(); ok {
		t.Error("there is something to go on with")
	}
}

// TestBeginAnew forgets what was said; not now keeps it.
func TestBeginAnew(t *testing.T) {
	h := newHouse(t)
	next(h.open(100, 30).Press("2").Type(address), 1)
	d := h.wizard(h.open(100, 30)).Press("esc")
	if _, ok := h.saved(); !ok {
		t.Fatal("esc has forgotten it")
	}
	next(h.wizard(d).Press("down"), 1).See("1 of 8 · goal")
	if _, ok := h.saved(); ok {
		t.Fatal("it is still there")
	}
	next(d, 1).See("Which address").NotSee(address)
}

// TestCtrlCKeepsWhatStandsThere, also in the field with the cursor.
func TestCtrlCKeepsWhatStandsThere(t *testing.T) {
	h := newHouse(t)
	d := next(h.open(100, 30).Press("2").Type(address), 1).Type("imap.acme")
	d.Press("ctrl+c")
	if u, ok := h.saved(); !d.Quit() || !ok || u.IMAP != "imap.acme" {
		t.Errorf("left %v, kept %v %+v", d.Quit(), ok, u)
	}
}

// TestATestMailIsFollowed by the wizard to its end: nothing serves the account
// here, so it ends at the first hop when it has taken too long.
func TestATestMailIsFollowed(t *testing.T) {
	h := newHouse(t)
	d := next(next(signedIn(h.open(100, 30).Press("2"), address), 1), 1).Press("enter").See("sent", "under way", "delivered")
	for range 130 {
		d.Advance(time.Second)
	}
	d.See("failed").NotSee("under way")
	d.Press("enter").See("8 of 8")
}

// stubborn is a desk that forgets nothing.
type stubborn struct{ *desk.Seat }

func (stubborn) DropSetup(context.Context) error { return errors.New("the disk is full") }

// TestWhatIsNotForgottenIsTold, although the wizard is gone when that is known;
// and with ctrl+c nothing that belongs to leaving is left out.
func TestWhatIsNotForgottenIsTold(t *testing.T) {
	h := newHouse(t)
	h.outside.Desk = stubborn{h.seat}
	d := next(next(signedIn(h.open(100, 30).Press("2"), address), 1), 1).See("7 of 8").Press("right", "enter", "enter")
	d.See("All open", "what was said on the way is not forgotten")
	if u, ok := h.saved(); !ok || !u.Connected {
		t.Fatal("it is forgotten all the same")
	}
	h.outside.Desk = h.seat
	d = h.wizard(h.open(100, 30)).See("go on with")
	next(d, 1).See("7 of 8").Press("enter").See("under way").Press("ctrl+c", "1")
	if _, ok := h.saved(); !d.Quit() || ok {
		t.Error("there is something to go on with")
	}
}
