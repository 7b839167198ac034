package welcome_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"postroom/desk"
	"postroom/internal/testdesk"
	"postroom/store"
	"postroom/ui"
	"postroom/ui/action"
	"postroom/ui/connect"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/uitest"
	"postroom/ui/welcome"
)

// house is an empty desk on a real database, and what surrounds it.
type house struct {
	t       testing.TB
	clock   *uitest.Clock
	desk    *desk.Desk
	seat    *desk.Seat
	outside welcome.Outside
	demo    bool
}

func newHouse(t testing.TB) *house {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, testdesk.File(t), store.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	h := &house{t: t, clock: uitest.NewClock(time.Date(2026, 10, 19, 9, 42, 0, 0, time.UTC))}
	h.desk, err = desk.New(ctx, desk.Outside{Store: db, Clock: h.clock.Now, Rand: rand.Reader})
	must(t, err)
	actor, err := h.desk.SignIn(ctx, "maya", "")
	must(t, err)
	h.seat = h.desk.As(actor)
	h.outside = welcome.Outside{LookAround: func() { h.demo = true }, Begun: h.seat.Setup}
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// open starts the program; it is the first run.
func (h *house) open(w, height int, change ...func(*ui.Settings)) *uitest.Driver {
	h.t.Helper()
	s := ui.Settings{
		Desk: h.seat, World: h.clock.World(), Ring: func() tea.Cmd { return nil },
		Screens: ui.WithWelcome(h.outside, connect.Outside{Desk: h.seat}),
	}
	for _, c := range change {
		c(&s)
	}
	return uitest.New(h.t, ui.New(context.Background(), s), h.clock, func() (tea.Msg, bool) { return nil, false }).Resize(w, height).Advance(time.Second)
}

// TestFirstRun offers three ways, two of which lead to the wizard and back.
func TestFirstRun(t *testing.T) {
	h := newHouse(t)
	d := h.open(120, 40).See("Welcome.", "1  Look around with sample mail", "2  Add my own inbox", "3  Add a team address").NotSee("4  ")
	d.Press("2").See("Which address is it?", "you@example.org").Press("esc").See("Welcome.")
	d.Press("j", "enter").See("Which address is it?", "support@example.org").Press("esc", "esc").See("MINE")
	if d.Quit() {
		t.Fatal("esc left the program")
	}
}

// TestHalfDoneIsSaid: the choice that leads on with a mailbox that was left
// half done names it.
func TestHalfDoneIsSaid(t *testing.T) {
	h := newHouse(t)
	h.open(120, 40).See("needs its password").NotSee("go on with")
	must(t, h.seat.SaveSetup(context.Background(), desk.Setup{Step: "servers", Kind: desk.Shared, Address: "help@acme.test"}))
	h.open(120, 40).See("about 2 minutes", "go on with help@acme.test").NotSee("needs its password").
		Press("3").See("You have begun to connect a mailbox").Press("esc").See("go on with help@acme.test")
	must(t, h.seat.SaveSetup(context.Background(), desk.Setup{Step: "servers", Kind: desk.Shared, Address: "customer-service@acme.test"}))
	h.open(80, 24).See("3  Add a team address (shared queue)", "go on with customer-servic…").NotSee("needs its password")
}

func TestLookAroundEndsTheProgram(t *testing.T) {
	h := newHouse(t)
	d := h.open(120, 40).Press("1")
	if !h.demo || !d.Quit() {
		t.Fatalf("demo %v, quit %v", h.demo, d.Quit())
	}
	h = newHouse(t)
	h.outside.LookAround = nil
	if d := h.open(120, 40).Press("enter").See("postroom demo"); d.Quit() {
		t.Fatal("left")
	}
}

func TestKeysMeanOneThing(t *testing.T) {
	h := newHouse(t)
	sh := shell.New(context.Background(), shell.Options{Desk: h.seat, World: h.clock.World(), Theme: theme.New(theme.Options{})})
	all := ui.Declared(sh)
	for _, a := range welcome.New(h.outside)(sh).Actions() {
		if !slices.ContainsFunc(all, func(b action.Action) bool { return a.ID == b.ID }) {
			all = append(all, a)
		}
	}
	for _, c := range action.Conflicts(all) {
		t.Error(c)
	}
}

func TestFrames(t *testing.T) {
	h := newHouse(t) // nothing is written
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 20}} {
		for look, change := range map[string]func(*ui.Settings){
			"dark": func(*ui.Settings) {}, "none": func(s *ui.Settings) { s.Monochrome = true }, "ascii": func(s *ui.Settings) { s.ASCII, s.Monochrome = true, true },
		} {
			d := h.open(size[0], size[1], change)
			frame := d.Frame()
			for i, l := range strings.Split(frame, "\n") {
				if got := ansi.StringWidthWc(l); got != size[0] {
					t.Errorf("line %d takes %d cells: %q", i, got, l)
				}
			}
			if look != "ascii" {
				frame = d.Styled()
			}
			uitest.Golden(t, fmt.Sprintf("choice_%dx%d_%s.txt", size[0], size[1], look), frame+"\n")
		}
	}
}

// TestAnEmptyDeskSaysHowToBegin: whoever has left the first steps finds them
// again, and writing a mail says what is missing.
func TestAnEmptyDeskSaysHowToBegin(t *testing.T) {
	h := newHouse(t)
	d := h.open(60, 20).Press("esc").See("You work in no inbox yet.", "Press g w to add your own", "around with sample mail.")
	d.Press("c").See("There is no mailbox to write from yet: g w adds one.")
	d.Press("g", "w").See("What do you want first?").Press("esc")
	d.Press(":").Type("first steps").Press("enter").See("What do you want first?").Press("esc")
	d.Press(":").Type("connect a mailbox").Press("enter").See("Whose mail is it?")
	d = h.open(80, 24, func(s *ui.Settings) { s.Screens = nil }).See("You work in no inbox yet.", "An admin can also")
	d.Press("g", "w").See("postroom inbox create").Press("c").See("“postroom account connect” connects one.")
}
