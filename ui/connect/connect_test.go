package connect_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/internal/testdesk"
	"postroom/store"
	"postroom/ui"
	"postroom/ui/connect"
	"postroom/ui/uitest"
	"postroom/ui/welcome"
)

// house is a desk on a real database, and what surrounds it.
type house struct {
	t       testing.TB
	clock   *uitest.Clock
	desk    *desk.Desk
	seat    *desk.Seat
	outside connect.Outside
	// receive, send, ready, seal and run are what the servers, the key and a
	// command for the password say.
	receive, send, ready, seal, run error
	said                            []string // which servers were asked, with which password
	look                            connect.Look
	// servers are what is found for an address, looked who was asked about.
	servers map[string]connect.Servers
	looked  []string
}

const address = "maya@acme.test"

func newHouse(t testing.TB) *house {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, testdesk.File(t), store.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	h := &house{t: t, clock: uitest.NewClock(time.Date(2026, 10, 19, 9, 42, 0, 0, time.UTC))}
	h.desk, err = desk.New(ctx, desk.Outside{Store: db, Clock: h.clock.Now, Rand: rand.Reader})
	must(t, err)
	h.look = connect.Look{Folders: []connect.Folder{{"INBOX", desk.RoleInbox, 1200, 1100}, {"Sent", desk.RoleSent, 30, 10}, {"Junk", desk.RoleJunk, 4, 4}}}
	h.look.Traffic = desk.Traffic{Looked: 200, Conversations: 143, Automatic: 150, Loggable: 195, Colleagues: 10, Regulars: 10, Strangers: 30, People: 19}
	h.sit("maya", "")
	return h
}

// sit takes the seat of a user.
func (h *house) sit(login, as string) {
	h.t.Helper()
	actor, err := h.desk.SignIn(context.Background(), login, as)
	must(h.t, err)
	h.seat = h.desk.As(actor)
	h.outside = connect.Outside{
		Desk: h.seat, Server: server, Find: h.find, Look: h.lookAt,
		Send: func(_ context.Context, a desk.Account, password string) error {
			h.said = append(h.said, fmt.Sprintf("send %s %s %s", a.SMTP, a.Username, password))
			return h.send
		},
		Password: func(_ context.Context, a desk.Account) (string, error) { return "from " + a.PasswordCommand, h.run },
		Ready:    func(context.Context) error { return h.ready },
		Seal:     func(_ context.Context, p []byte) ([]byte, error) { return append([]byte("sealed "), p...), h.seal },
		Certificates: func(path string) (string, error) {
			if path != "ca.pem" {
				return "", &desk.Error{Kind: desk.Invalid, Message: "There is no file " + path + ".", Hint: "Look at the path."}
			}
			return "PEM", nil
		},
	}
}

func (h *house) find(ctx context.Context, address string) (connect.Servers, error) {
	h.looked = append(h.looked, address)
	servers, ok := h.servers[address]
	if !ok {
		return servers, &desk.Error{Kind: desk.NotFound, Code: "NO_SETTINGS", Message: "Nobody says which servers it has.", Hint: "Give them with --imap."}
	}
	return servers, ctx.Err()
}

func (h *house) lookAt(ctx context.Context, a desk.Account, password string) (connect.Look, error) {
	h.said = append(h.said, fmt.Sprintf("receive %s %s %s ca=%s", a.IMAP, a.Username, password, a.CA))
	look := h.look
	look.Folders = append([]connect.Folder{}, look.Folders...)
	if a.CutOff.After(h.clock.Now().AddDate(0, 0, -10)) {
		look.Folders[0].Old = 1190
	}
	return look, errors.Join(h.receive, ctx.Err())
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

// open starts the program; on an empty desk it is the first run.
func (h *house) open(w, height int, change ...func(*ui.Settings)) *uitest.Driver {
	h.t.Helper()
	bell := h.desk.Bell().Listen()
	h.t.Cleanup(bell.Close)
	s := ui.Settings{
		Desk: h.seat, World: h.clock.World(), Ring: func() tea.Cmd { return nil },
		Screens: ui.WithWelcome(welcome.Outside{}, h.outside),
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

// fresh opens the wizard by the palette.
func (h *house) wizard(d *uitest.Driver) *uitest.Driver {
	return d.Press("esc", ":").Type("connect a mailbox").Press("enter")
}

// inboxes are what is written.
func (h *house) inboxes() []desk.InboxView {
	h.t.Helper()
	list, err := h.seat.Inboxes(context.Background())
	must(h.t, err)
	return list
}

// nothing holds that neither inbox nor account was written.
func (h *house) nothing() {
	h.t.Helper()
	if n := len(h.inboxes()); n != 0 {
		h.t.Fatalf("%d inboxes were written", n)
	}
}

// next presses the button below so many fields.
func next(d *uitest.Driver, fields int) *uitest.Driver {
	for range fields {
		d.Press("tab")
	}
	return d.Press("enter")
}

// typed goes from the address to the sign-in.
func typed(d *uitest.Driver, address string) *uitest.Driver {
	next(d.See("Which address is it?").Type(address), 1).See("Which servers have the mail")
	d.Type("imap.acme.test:993").Press("tab").Type("smtp.acme.test:465")
	return next(d, 3).See("How does " + address + " sign in?")
}

// signedIn goes on to the inbox.
func signedIn(d *uitest.Driver, address string) *uitest.Driver {
	return next(typed(d, address).Type("top secret"), 2)
}

func TestMyOwnMailbox(t *testing.T) {
	h := newHouse(t)
	d := h.open(120, 40).Press("2")
	d.See("2 of 8 · address")
	typed(d, address).Type("top secret").See("**********").NotSee("top secret")
	next(d, 2).See("5 of 8 · inbox", "Into which inbox does its mail go?", "maya").NotSee("Works there")
	h.nothing()
	next(d, 1).See("6 of 8 · preview", "Connect maya@acme.test to maya?", "100 mails as work, 1100 older ones closed and silent", "30 mails as sent", "4 mails as spam",
		"of 200 in INBOX, 143 conversations: 50 from people", "up to 195 of the newest 200", "logging=replies", "neverlog add", desk.NothingImported)
	h.nothing()
	next(d, 1).See("7 of 8 · test", "is connected; its 1234 mails come in now")
	list := h.inboxes()
	if len(list) != 1 || list[0].Name != "maya" || list[0].Kind != desk.Personal || len(list[0].Accounts) != 1 {
		t.Fatalf("inboxes %+v", list)
	}
	a := list[0].Accounts[0]
	if a.Address != address || a.IMAP != "imaps://imap.acme.test:993" || a.SMTP != "smtps://smtp.acme.test:465" || a.Username != address || !a.CutOff.Equal(h.clock.Now().Add(-desk.CutOffAge).Truncate(time.Minute)) {
		t.Fatalf("account %+v", a)
	}
	if want := "receive imaps://imap.acme.test:993 maya@acme.test top secret ca=|send smtps://smtp.acme.test:465 maya@acme.test top secret"; strings.Join(h.said, "|") != want {
		t.Fatalf("asked %q", h.said)
	}
	d.Press("right", "enter").See("8 of 8 · access", "Maya", "sees, answers, assigns, configures", "It is yours alone")
	d.Press("enter").See("MINE", "maya@acme.test is connected.")
	if _, ok, err := h.seat.Setup(context.Background()); ok || err != nil {
		t.Errorf("something is left to go on with: %v", err)
	}
}

// TestFurtherAddressesComeBack with a mailbox that was connected before, and the
// wizard names them.
func TestFurtherAddressesComeBack(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	_, err := h.seat.CreateInbox(ctx, "press", desk.Shared)
	must(t, err)
	_, err = h.seat.Connect(ctx, "press", desk.Account{Address: "press@acme.test"})
	must(t, err)
	_, err = h.seat.AddAddress(ctx, "press@acme.test", "form@acme.test", desk.AddressForm)
	must(t, err)
	_, err = h.seat.Disconnect(ctx, "press@acme.test")
	must(t, err)
	h.look.Until, err = h.seat.Formerly(ctx, "press@acme.test")
	must(t, err)
	d := h.wizard(h.open(120, 40))
	next(signedIn(next(d.Press("2"), 1), "press@acme.test").Press("2"), 1).See("Connect press@acme.test to press?", "It was connected before, until", "only what has arrived since")
	next(d, 1).See("is connected again; what has arrived since it was disconnected comes in now", "It has its further addresses again: form@acme.test.")
}

func TestATeamsMailbox(t *testing.T) {
	h := newHouse(t)
	for _, login := range []string{"ben", "zoe"} {
		_, err := h.seat.AddUser(context.Background(), login, "", desk.RoleAgent)
		must(t, err)
	}
	d := h.wizard(h.open(80, 24)).See("1 of 8 · goal", "my own", "a team's", "a queue that several work on")
	next(d.Press("down"), 1)
	next(d.See("support@example.org").Type("help@acme.test"), 1)
	d.Type("imap.acme.test").Press("tab").Type("smtp.acme.test").Press("tab").Type("help-user").Press("tab").Type("ca.pem")
	next(d, 1).Send(tea.PasteMsg{Content: "pasted\n"})
	next(d, 2).See("Works there").Press("ctrl+u").Type("Support").Press("tab").See("(●) everyone").NotSee("namely").Press("down", "tab")
	next(d, 3).See("Say who works there besides you, or choose everyone.").Type("ben, nemo")
	next(d, 3).See("There is no user or team nemo")
	// Somebody makes him in another window: then he is there.
	_, err := h.seat.AddUser(context.Background(), "nemo", "", desk.RoleAgent)
	must(t, err)
	next(d, 3).See("Somebody has to look after it").Press("shift+tab", "shift+tab").Press("backspace", "backspace", "backspace", "backspace", "backspace", "backspace")
	next(d, 3).See("Somebody has to look after it while maya is away.").Type("maya")
	next(d, 1).See("Owner and deputy are two people").Press("ctrl+u").Type("zoe")
	next(d, 1).See("What is Support for?", "(●) support", "agent-via-inbox", "{{agent.first}} / {{inbox.name}}").Press("down").See("one person, whom they will hear again").Press("down")
	next(d, 1).See("Do conversations in Support become tickets?", "(●) no", "( ) yes, in Support").NotSee("They begin at")
	next(d, 1).See("preview", "none: conversations stay").NotSee("logged").Press("esc").Press("down").See("They begin at", "(●) New").NotSee("( ) Closed")
	d.Press("tab", "down", "tab").See("First answer").Type("soon")
	next(d, 1).See("is no time").Press("ctrl+u").Type("4h in nowhere")
	next(d, 1).See("There is no calendar").Press("ctrl+u").Type("4h")
	next(d, 1).See("preview", "begin at Support/Waiting on contact", "a first answer within 4h")
	d.Press("esc").See("(●) Waiting on contact", "4h").Press("esc").See("(●) billing", "the office, whoever writes")
	h.nothing()
	next(next(next(d, 1), 3), 1).See("is connected")
	d.Press("right", "enter").See("Ben", "Zoe", "sees, answers, assigns", "sees, answers, assigns, configures").Press("enter")
	list := h.inboxes()
	if len(list) != 1 || list[0].Name != "Support" || list[0].Kind != desk.Shared || list[0].Accounts[0].Username != "help-user" || len(list[0].Members) != 3 {
		t.Fatalf("inboxes %+v", list)
	}
	policies, err := h.seat.Policies(context.Background())
	must(t, err)
	if len(policies) != 1 || policies[0].Name != "Support" || policies[0].Words[desk.PolicyFirst] != "4h" || policies[0].Words[desk.PolicyInboxes] != "Support" {
		t.Errorf("what is promised: %+v", policies)
	}
	settings, err := h.seat.InboxSettings(context.Background(), "Support")
	must(t, err)
	for key, want := range map[desk.SettingKey]string{desk.SetDeputy: "zoe", desk.SetFrom: string(desk.FromInbox), desk.SetSignature: "{{inbox.name}}", desk.SetTickets: "Support/Waiting on contact"} {
		if i := slices.IndexFunc(settings, func(s desk.Setting) bool { return s.Key == key }); i < 0 || settings[i].Value != want {
			t.Errorf("settings %+v", settings)
		}
	}
	if h.said[0] != "receive imaps://imap.acme.test help-user pasted ca=PEM" {
		t.Fatalf("asked %q", h.said)
	}
}
