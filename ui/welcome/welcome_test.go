package welcome_test

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"postroom/desk"
	"postroom/store"
	"postroom/ui"
	"postroom/ui/action"
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
	// receive, send and seal are what the servers and the key say.
	receive, send, seal error
	said                []string // which servers were asked, with which password
	demo                bool
	// servers are what is found for an address, looked who was asked about.
	servers map[string]welcome.Servers
	looked  []string
}

func newHouse(t testing.TB) *house {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "desk.db"), store.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	h := &house{t: t, clock: uitest.NewClock(time.Date(2026, 10, 19, 9, 42, 0, 0, time.UTC))}
	h.desk, err = desk.New(ctx, desk.Outside{Store: db, Clock: h.clock.Now, Rand: rand.Reader})
	must(t, err)
	h.sit("maya", "")
	h.outside = welcome.Outside{
		Desk:   h.seat,
		Server: server,
		Find: func(ctx context.Context, address string) (welcome.Servers, error) {
			h.looked = append(h.looked, address)
			servers, ok := h.servers[address]
			if !ok {
				return servers, &desk.Error{Kind: desk.NotFound, Code: "NO_SETTINGS", Message: "Nobody says which servers it has.", Hint: "Give them with --imap."}
			}
			return servers, ctx.Err()
		},
		Receive: func(ctx context.Context, a desk.Account, password string) (int, error) {
			h.said = append(h.said, fmt.Sprintf("receive %s %s %s ca=%s", a.IMAP, a.Username, password, a.CA))
			return 1234, errors.Join(h.receive, ctx.Err())
		},
		Send: func(_ context.Context, a desk.Account, password string) error {
			h.said = append(h.said, fmt.Sprintf("send %s %s %s", a.SMTP, a.Username, password))
			return h.send
		},
		Seal: func(p []byte) ([]byte, error) { return append([]byte("sealed "), p...), h.seal },
		Certificates: func(path string) (string, error) {
			if path != "ca.pem" {
				return "", &desk.Error{Kind: desk.Invalid, Message: "There is no file " + path + ".", Hint: "Look at the path."}
			}
			return "PEM", nil
		},
		LookAround: func() { h.demo = true },
	}
	return h
}

func server(protocol, typed string) (string, error) {
	if !strings.Contains(typed, ".") {
		return "", &desk.Error{Kind: desk.Invalid, Code: "BAD_SERVER", Message: typed + " is not the address of a mail server.", Hint: "Write HOST:PORT."}
	}
	return protocol + "s://" + typed, nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sit takes the seat of a user.
func (h *house) sit(login, as string) {
	h.t.Helper()
	actor, err := h.desk.SignIn(context.Background(), login, as)
	must(h.t, err)
	h.seat = h.desk.As(actor)
}

// open starts the program; it is the first run.
func (h *house) open(w, height int, change ...func(*ui.Settings)) *uitest.Driver {
	h.t.Helper()
	bell := h.desk.Bell().Listen()
	h.t.Cleanup(bell.Close)
	s := ui.Settings{
		Desk: h.seat, World: h.clock.World(), Ring: func() tea.Cmd { return nil },
		Screens: ui.WithWelcome(h.outside),
	}
	for _, c := range change {
		c(&s)
	}
	d := uitest.New(h.t, ui.New(context.Background(), s), h.clock, func() (tea.Msg, bool) {
		select {
		case <-bell.Rung():
			return ui.Rang{Changed: bell.Take()}, true
		default:
			return nil, false
		}
	})
	return d.Resize(w, height).Advance(time.Second)
}

// inboxes are what is written.
func (h *house) inboxes() []desk.InboxView {
	h.t.Helper()
	list, err := h.seat.Inboxes(context.Background())
	must(h.t, err)
	return list
}

// filled is a form with everything in it.
func filled(d *uitest.Driver, choice string) *uitest.Driver {
	d.Press(choice).Type("maya@acme.test").Press("tab", "tab").Type("imap.acme.test:993").Press("tab").Type("smtp.acme.test:465")
	return d.Press("tab", "tab").Type("top secret").Press("enter", "enter")
}

func TestFirstRun(t *testing.T) {
	h := newHouse(t)
	d := h.open(120, 40).See("Welcome.", "1  Look around with sample mail", "2  Add my own inbox", "3  Add a team address").NotSee("4  ")
	filled(d, "2").See("maya@acme.test", "imap.acme.test:993", "**********", "[ Test and connect ]").NotSee("secret")
	if len(h.inboxes()) != 0 {
		t.Fatal("something was written before the test")
	}
	d.Press("enter").See("maya@acme.test is connected; its 1234 messages come in now").See("MINE")
	list := h.inboxes()
	if len(list) != 1 || list[0].Name != "maya" || list[0].Kind != desk.Personal || len(list[0].Accounts) != 1 {
		t.Fatalf("inboxes %+v", list)
	}
	a := list[0].Accounts[0]
	if a.Address != "maya@acme.test" || a.IMAP != "imaps://imap.acme.test:993" || a.SMTP != "smtps://smtp.acme.test:465" || a.Username != "maya@acme.test" {
		t.Fatalf("account %+v", a)
	}
	if want := "receive imaps://imap.acme.test:993 maya@acme.test top secret ca=|send smtps://smtp.acme.test:465 maya@acme.test top secret"; strings.Join(h.said, "|") != want {
		t.Fatalf("asked %q", h.said)
	}
}

func TestTeamAddress(t *testing.T) {
	h := newHouse(t)
	d := h.open(80, 24).Press("j", "j", "enter").See("add a team address", "support@example.org")
	d.Type("help@acme.test").Press("tab", "ctrl+u").Type("Support").Press("tab").Type("imap.acme.test").Press("tab").Type("smtp.acme.test").Press("tab").Type("help-user").Press("tab").
		Send(tea.PasteMsg{Content: "pasted\n"}).Press("tab").Type("ca.pem").Press("enter", "enter")
	list := h.inboxes()
	if len(list) != 1 || list[0].Name != "Support" || list[0].Kind != desk.Shared || list[0].Accounts[0].Username != "help-user" {
		t.Fatalf("inboxes %+v", list)
	}
	if h.said[0] != "receive imaps://imap.acme.test help-user pasted ca=PEM" {
		t.Fatalf("asked %q", h.said)
	}
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

func TestAnAgentMakesNoTeamAddress(t *testing.T) {
	h := newHouse(t)
	_, err := h.seat.AddUser(context.Background(), "tom", "Tom", desk.RoleAgent)
	must(t, err)
	h.sit("tom", "")
	h.outside.Desk = h.seat
	d := h.open(120, 40).See("not possible here").Press("3").See("needs an admin").NotSee("add a team address")
	filled(d, "2").Press("enter").See("is connected")
}

func TestProblemsAreSaidAtTheirField(t *testing.T) {
	h := newHouse(t)
	d := h.open(120, 40).Press("2", "up", "up", "enter").See("The address of the mailbox is needed.", "The inbox needs a name.", "The server is needed.", "The password is needed")
	at := d.View().Cursor
	if at == nil || !strings.Contains(d.Line(at.Y), "Address") {
		t.Fatal("the cursor is not in the first field that is wrong")
	}
	d.Type("nonsense").NotSee("The address of the mailbox is needed.").Press("up", "up", "enter").See("nonsense is not a mail address")
	if len(h.said) != 0 {
		t.Fatal("a server was asked")
	}

	field := func(d *uitest.Driver, name string, words ...string) {
		t.Helper()
		flat := strings.Join(strings.Fields(strings.NewReplacer("│", " ", "\n", " ").Replace(d.Frame())), " ")
		for _, w := range words {
			if !strings.Contains(flat, w) {
				t.Fatalf("%q is not said:\n%s", w, d.Frame())
			}
		}
		d.See("[ Test and connect ]").NotSee("secret")
		if at := d.View().Cursor; at == nil || !strings.Contains(d.Line(at.Y), name) {
			t.Fatalf("the cursor is not in %s:\n%s", name, d.Frame())
		}
		if n := len(h.inboxes()); n != 0 {
			t.Fatalf("%d inboxes were written", n)
		}
	}
	d = filled(newOpen(h), "2").Press("shift+tab", "shift+tab", "shift+tab", "shift+tab", "ctrl+u").Type("localhost").Press("tab", "tab", "tab", "tab", "enter")
	field(d, "Mail leaves by", "localhost is not the address of a mail server. Write HOST:PORT.")

	h.receive = &desk.Error{Kind: desk.Denied, Code: "BAD_PASSWORD", Message: "imap.acme.test refuses user name or password.", Hint: "Type the password again."}
	field(filled(newOpen(h), "2").Press("enter"), "Password", "refuses user name or password. Type the password again.")
	h.receive = &desk.Error{Kind: desk.Offline, Code: "UNKNOWN_HOST", Message: "There is no server called imap.acme.test.", Hint: "Look at the spelling."}
	field(filled(newOpen(h), "2").Press("enter"), "Mail comes by", "There is no server called imap.acme.test. Look at the spelling.")
	h.receive = &desk.Error{Kind: desk.Offline, Code: "CERT_UNKNOWN", Message: "The certificate is unknown.", Hint: "Give its authority with --ca FILE."}
	field(filled(newOpen(h), "2").Press("enter"), "CA file", "The certificate is unknown. If it is your own server")
	h.receive, h.send = nil, &desk.Error{Kind: desk.Denied, Code: "BAD_PASSWORD", Message: "smtp.acme.test refuses it.", Hint: "Ask."}
	field(filled(newOpen(h), "2").Press("enter"), "Mail leaves by", "smtp.acme.test refuses it. Ask.")
	h.send = nil
	d = filled(newOpen(h), "2").Press("shift+tab").Type("wrong.pem").Press("enter", "enter")
	field(d, "CA file", "There is no file wrong.pem. Look at the path.")
	h.seal = errors.New("the key is gone")
	if d := filled(newOpen(h), "2").Press("enter").See("the key is gone"); len(h.inboxes()) != 0 {
		t.Fatalf("written without a seal:\n%s", d.Frame())
	}
}

func newOpen(h *house) *uitest.Driver { return h.open(120, 40) }

func TestTakenNamesAndAddresses(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	_, err := h.seat.CreateInbox(ctx, "taken", desk.Shared)
	must(t, err)
	_, err = h.seat.Connect(ctx, "taken", desk.Account{Address: "maya@acme.test"})
	must(t, err)
	_, err = h.seat.AddUser(ctx, "tom", "Tom", desk.RoleAgent)
	must(t, err)
	h.sit("tom", "")
	h.outside.Desk = h.seat
	d := filled(h.open(120, 40), "2").Press("up", "up", "up", "up", "up", "up", "ctrl+u").Type("taken").Press("up", "up", "up", "enter")
	d.See("There is an inbox \"taken\" already. Choose another name.")
	if len(h.said) != 0 {
		t.Fatal("the password was sent before the name was looked at")
	}
	d.Press("ctrl+u").Type("mine").Press("up", "up", "up", "enter").See(`maya@acme.test belongs to the inbox "taken".`)
	// The inbox is there now; another address connects to it.
	d.Press("ctrl+u").Type("tom@acme.test").Press("up", "up", "enter").See("tom@acme.test is connected")
	if list := h.inboxes(); len(list) != 1 || list[0].Name != "mine" {
		t.Fatalf("inboxes %+v", list)
	}
}

func TestEscInterruptsTheTest(t *testing.T) {
	h := newHouse(t)
	d := filled(h.open(120, 40), "2")
	d.Hold().Press("enter").See("Looking whether the inbox can be made").Answer(0)
	d.See("Signing in to imap.acme.test:993, where mail comes in… esc stops").Type("x").Press("esc").See("The test was stopped. Nothing has been written.")
	d.Release().See("The test was stopped.")
	if len(h.inboxes()) != 0 {
		t.Fatal("the late answer went on")
	}
	d.Press("esc", "2").See("What do you want first?").Press("2").See("you@example.org").NotSee("**")
	d.Press("esc", "esc").See("MINE")
	if d.Quit() {
		t.Fatal("esc left the program")
	}
}

func TestLateAnswersAreDropped(t *testing.T) {
	h := newHouse(t)
	d := filled(h.open(120, 40), "2")
	d.Hold().Press("enter", "esc").Press("up", "down").Press("enter", "esc").Press("enter")
	d.Release()
	for d.Waiting() > 0 {
		d.Answer(-1)
	}
	d.See("is connected")
	if n := len(h.inboxes()); n != 1 {
		t.Fatalf("%d inboxes", n)
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
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 20}} {
		for look, change := range map[string]func(*ui.Settings){
			"dark": func(*ui.Settings) {}, "none": func(s *ui.Settings) { s.Monochrome = true }, "ascii": func(s *ui.Settings) { s.ASCII, s.Monochrome = true, true },
		} {
			h := newHouse(t)
			h.receive = &desk.Error{Kind: desk.Denied, Message: "imap.acme.test refuses user name or password of maya@acme.test (it says: \x1b[31mAuthentication failed\x07).", Hint: "Type the password again; with two-factor sign-in most providers want an app password."}
			d := h.open(size[0], size[1], change)
			golden := func(what string) {
				frame := d.Frame()
				for i, l := range strings.Split(frame, "\n") {
					if got := ansi.StringWidthWc(l); got != size[0] {
						t.Errorf("%s: line %d takes %d cells: %q", what, i, got, l)
					}
				}
				if look != "ascii" {
					frame = d.Styled()
				}
				uitest.Golden(t, fmt.Sprintf("%s_%dx%d_%s.txt", what, size[0], size[1], look), frame+"\n")
			}
			golden("choice")
			filled(d, "2")
			golden("form")
			d.Press("enter")
			golden("refused")
		}
	}
}

// few runs a property fewer times than usual, because every run has a database
// of its own; -rapid.checks asks for more.
func few(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	checks := flag.Lookup("rapid.checks")
	if checks.Value.String() == checks.DefValue {
		must(t, checks.Value.Set("10"))
		defer func() { must(t, checks.Value.Set(checks.DefValue)) }()
	}
	rapid.Check(t, property)
}

// TestAnyKeys: no keys, pastes, sizes break a frame, and no frame ever shows
// the password.
func TestAnyKeys(t *testing.T) {
	keys := rapid.SampledFrom([]string{"1", "2", "3", "j", "k", "tab", "shift+tab", "up", "down", "left", "right", "enter", "enter", "esc", "backspace", "ctrl+u", "ctrl+w", "home", "x", "é", "字", "@", "ctrl+l", "?"})
	few(t, func(rt *rapid.T) {
		h := newHouse(t)
		h.outside.LookAround = nil
		w, height := 100, 30
		d := h.open(w, height)
		filled(d, "2").Press("shift+tab")
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			switch rapid.IntRange(0, 8).Draw(rt, "what") {
			case 0:
				w, height = rapid.IntRange(1, 140).Draw(rt, "width"), rapid.IntRange(1, 50).Draw(rt, "height")
				d.Resize(w, height)
			case 1:
				d.Send(tea.PasteMsg{Content: rapid.String().Draw(rt, "paste")})
			default:
				d.Press(keys.Draw(rt, "key"))
			}
			lines := strings.Split(d.Frame(), "\n")
			if len(lines) != height || strings.Contains(d.Frame(), "secret") {
				rt.Fatalf("%d lines of %d, or a password:\n%s", len(lines), height, d.Frame())
			}
			for i, l := range lines {
				if got := ansi.StringWidthWc(l); got != w {
					rt.Fatalf("line %d takes %d cells of %d: %q", i, got, w, l)
				}
			}
			if at := d.View().Cursor; at != nil && (at.X < 0 || at.Y < 0 || at.X >= w || at.Y >= height) {
				rt.Fatalf("the cursor is outside: %v in %d×%d", at, w, height)
			}
		}
	})
}

// TestFilledFieldsAreNotThrownAway: esc asks where something would be lost.
func TestFilledFieldsAreNotThrownAway(t *testing.T) {
	h := newHouse(t)
	d := h.open(80, 24).Press("2", "esc").See("Welcome.")
	d.Press("2").Type("maya@acme.test").Press("esc").See("Throw it away?").Press("esc").See("maya@acme.test").NotSee("Throw")
	d.Press("esc", "enter").See("maya@acme.test").Press("esc", "2").See("Welcome.")
	d.Press("2").NotSee("maya@acme.test")
}

// TestAnErrorGoesWhenItsFieldChanges: also one that belongs to no field.
func TestAnErrorGoesWhenItsFieldChanges(t *testing.T) {
	h := newHouse(t)
	h.seal = errors.New("there is no key")
	d := filled(h.open(80, 24), "2").Press("enter").See("there is no key")
	d.Press("tab").See("there is no key").Press("up", "up", "up").Type("x").NotSee("there is no key")
	d = h.open(80, 24).Press("2").Press("up", "up", "enter").See("The inbox needs a name", "address of the mailbox is needed")
	d.Type("maya@acme.test").NotSee("address of the mailbox").Press("tab").NotSee("The inbox needs a name")
}

// TestAnEmptyDeskSaysHowToBegin: whoever has left the first steps finds them
// again, and writing a mail says what is missing.
func TestAnEmptyDeskSaysHowToBegin(t *testing.T) {
	h := newHouse(t)
	d := h.open(60, 20).Press("esc").See("You work in no inbox yet.", "Press g w to add your own", "around with sample mail.")
	d.Press("c").See("There is no mailbox to write from yet: g w adds one.")
	d.Press("g", "w").See("What do you want first?").Press("esc")
	d.Press(":").Type("first steps").Press("enter").See("What do you want first?")
	d = h.open(80, 24, func(s *ui.Settings) { s.Screens = nil }).See("You work in no inbox yet.", "An admin can also")
	d.Press("g", "w").See("postroom inbox create").Press("c").See("“postroom account connect” connects one.")
}
