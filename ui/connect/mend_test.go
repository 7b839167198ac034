package connect_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"postroom/desk"
	"postroom/ui/connect"
	"postroom/ui/uitest"
)

// flat is the frame as one line.
func flat(d *uitest.Driver) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ", "\n", " ").Replace(d.Frame())), " ")
}

// until answers what is being waited for, the oldest first, until words show.
func until(d *uitest.Driver, words string) *uitest.Driver {
	for d.Waiting() > 0 && !strings.Contains(flat(d), words) {
		d.Answer(0)
	}
	return d.See(words)
}

// at holds that a sentence is said, that the cursor is in a field, and that
// nothing was written.
func (h *house) at(d *uitest.Driver, field, sentence string) {
	h.t.Helper()
	if !strings.Contains(flat(d), sentence) {
		h.t.Fatalf("%q is not said:\n%s", sentence, d.Frame())
	}
	if at := d.View().Cursor; at == nil || !strings.Contains(d.Line(at.Y), field) {
		h.t.Fatalf("the cursor is not in %s:\n%s", field, d.Frame())
	}
	d.NotSee("top secret")
	h.nothing()
}

// TestProblemsAreSaidAtTheirField, whichever question that belongs to, and what
// was typed stays.
func TestProblemsAreSaidAtTheirField(t *testing.T) {
	h := newHouse(t)
	own := func() *uitest.Driver {
		must(t, h.seat.DropSetup(context.Background())) // what was tried before is not gone on with
		return h.open(120, 40).Press("2")
	}
	h.at(next(own(), 1), "Address", "The address of the mailbox is needed.")
	h.at(next(own().Type("nonsense"), 1), "Address", `"nonsense" is not a mail address.`)
	d := next(own().Type(address), 1)
	h.at(next(d, 4), "Mail comes by", "The server is needed.")
	d.Type("localhost").Press("tab").Type("smtp.acme.test:465")
	h.at(next(d, 3), "Mail comes by", "localhost is not the address of a mail server. Write HOST:PORT.")
	h.at(next(typed(own(), address), 2), "Password", "The password is needed to sign in.")
	if len(h.said) != 0 {
		t.Fatal("a server was asked")
	}

	h.receive = &desk.Error{Kind: desk.Denied, Code: "BAD_PASSWORD", Message: "imap.acme.test refuses user name or password.", Hint: "Type the password again."}
	d = signedIn(own(), address)
	h.at(d, "Password", "refuses user name or password. Type the password again.")
	d.See("**********")
	h.receive = &desk.Error{Kind: desk.Offline, Code: "UNKNOWN_HOST", Message: "There is no server called imap.acme.test.", Hint: "Look at the spelling."}
	d = signedIn(own(), address)
	h.at(d, "Mail comes by", "There is no server called imap.acme.test. Look at the spelling.")
	d.See("smtp.acme.test:465")
	h.receive = &desk.Error{Kind: desk.Offline, Code: "CERT_UNKNOWN", Message: "The certificate is unknown.", Hint: "Give its authority with --ca FILE."}
	h.at(signedIn(own(), address), "CA file", "The certificate is unknown. If it is your own server")
	h.receive, h.send = nil, &desk.Error{Kind: desk.Denied, Code: "BAD_PASSWORD", Message: "smtp.acme.test refuses it.", Hint: "Ask."}
	d = signedIn(own(), address)
	h.at(d, "Mail leaves by", "smtp.acme.test refuses it. Ask.")
	h.send = nil
	asked := len(h.said)
	d.Press("tab", "tab").Type("wrong.pem").Press("tab", "enter")
	h.at(d, "CA file", "There is no file wrong.pem. Look at the path.") // before anything signs in
	if len(h.said) != asked {
		t.Fatal("a server was asked although the certificates cannot be read")
	}
	d.Press("ctrl+u", "tab", "enter")
	next(d, 2).See("Into which inbox does its mail go?")

	h.run = errors.New("exit status 1")
	d = typed(own(), address).Press("tab").Type("pass show mail")
	h.at(next(d, 1), "or a command", "exit status 1")
	h.run = nil
	next(d, 1).See("Into which inbox")
	if got := h.said[len(h.said)-1]; !strings.Contains(got, "from pass show mail") {
		t.Errorf("signed in with %q", got)
	}
	// Where nothing can be sealed no server is asked: nobody types a password
	// for that.
	h.ready = &desk.Error{Kind: desk.Broken, Code: "KEY_LOST", Message: "desk.key is missing.", Hint: "Copy it."}
	asked = len(h.said)
	next(typed(own(), address).Type("secret"), 2).See("! desk.key is missing. Copy it.")
	if len(h.said) != asked {
		t.Errorf("asked %v", h.said[asked:])
	}
	h.ready = nil
	h.seal = errors.New("the key is gone")
	if next(next(signedIn(own(), address), 1), 1).See("the key is gone"); len(h.inboxes()) != 0 {
		t.Fatal("written without a seal")
	}
}

// TestTakenNamesAndAddresses are refused before a password is typed, and before
// anything is written.
func TestTakenNamesAndAddresses(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	_, err := h.seat.CreateInbox(ctx, "taken", desk.Shared)
	must(t, err)
	_, err = h.seat.Connect(ctx, "taken", desk.Account{Address: address})
	must(t, err)
	_, err = h.seat.AddUser(ctx, "tom", "Tom", desk.RoleAgent)
	must(t, err)
	h.sit("tom", "")
	d := h.open(120, 40).Press("2").Type(address)
	next(d, 1).See(`maya@acme.test belongs to the inbox "taken".`).Press("ctrl+u")
	signedIn(d, "tom@acme.test").Press("ctrl+u").Type("taken")
	next(d, 1).See(`There is an inbox "taken" already. Choose another name.`).Press("ctrl+u").Type("mine")
	next(d, 1).See("Connect tom@acme.test to mine?")
	// Somebody else is faster.
	maya, err := h.desk.SignIn(ctx, "maya", "")
	must(t, err)
	_, err = h.desk.As(maya).Connect(ctx, "taken", desk.Account{Address: "tom@acme.test"})
	must(t, err)
	next(d, 1).See("2 of 8 · address", `tom@acme.test belongs to the inbox "taken".`)
	// The inbox is made with its account or not at all.
	if n := len(h.inboxes()); n != 0 {
		t.Fatalf("%d inboxes without an account", n)
	}
	next(d.Press("ctrl+u").Type("tom2@acme.test"), 1)
	next(next(next(d, 4), 2).See("5 of 8", "mine"), 1)
	next(d, 1).See("tom2@acme.test is connected")
	if list := h.inboxes(); len(list) != 1 || list[0].Name != "mine" {
		t.Fatalf("inboxes %+v", list)
	}
}

// TestAnAgentMakesNoTeamsMailbox, and says so where he would.
func TestAnAgentMakesNoTeamsMailbox(t *testing.T) {
	h := newHouse(t)
	_, err := h.seat.AddUser(context.Background(), "tom", "Tom", desk.RoleAgent)
	must(t, err)
	h.sit("tom", "")
	d := h.open(120, 40).See("not possible here").Press("3").See("needs an admin").NotSee("Which address")
	next(h.wizard(d).Press("2"), 1).See("A team's mailbox needs an admin")
	next(d.Press("up"), 1).See("Which address is it?")
}

// TestTheAddressIsLookedAt before the servers are, the mail before the inbox;
// whoever knows better types the address.
func TestTheAddressIsLookedAt(t *testing.T) {
	h := newHouse(t)
	h.look.Traffic = desk.Traffic{Looked: 200, Automatic: 100, Colleagues: 60, Regulars: 20, Strangers: 20, People: 30}
	d := h.open(80, 24).Press("3").Type("a.smith@acme.test")
	next(d, 1).See("is it right?", "Is it really a team's mailbox?", "looks like the address of a person")
	if len(h.looked) != 0 {
		t.Error("the servers were looked for already")
	}
	next(d, 1).See("Type a.smith@acme.test to say that it is right").Type("yes")
	next(d, 1).See("Is it really").Press("ctrl+u").Type("A.Smith@acme.test")
	next(d, 1).See("Which servers").Type("imap.acme.test").Press("tab").Type("smtp.acme.test")
	next(next(d, 3).Type("top secret"), 2)
	if !strings.Contains(flat(d), "of 100 mails from people 60 are from colleagues and 20 from others who write often.") {
		t.Fatalf("not said:\n%s", d.Frame())
	}
	// It is somebody's own then, and what has been said stays.
	d.Press("tab", "right", "enter").See("Into which inbox", "a.smith").NotSee("Works there")
	h.nothing()
	// And a team's address as one's own.
	h = newHouse(t)
	d = h.open(80, 24).Press("2").Type("support@acme.test")
	next(d, 1).See("Is it really my own mailbox?", "looks like the address of a team").Press("esc").See("support@acme.test", "Which address")
}

// TestServersAreFilledIn from the address, go with it, and what was typed stays.
func TestServersAreFilledIn(t *testing.T) {
	h := newHouse(t)
	h.servers = map[string]connect.Servers{address: {
		IMAP: "imap.acme.test:993", SMTP: "smtp.acme.test:465", Username: "maya", FilesSent: true,
		From: "from acme.test's own settings", Note: "It wants an app password.\x1b[31m",
	}}
	d := h.open(120, 40).Press("2").Type(address)
	until(next(d.Hold(), 1), "Looking for the mail servers of maya@acme.test").Release()
	d.See("imap.acme.test:993", "Found: from acme.test's own settings. It wants an app password.").NotSee("\x1b")
	next(next(next(next(d, 4).Type("x"), 2), 1), 1).See("is connected")
	a := h.inboxes()[0].Accounts[0]
	if a.IMAP != "imaps://imap.acme.test:993" || a.SMTP != "smtps://smtp.acme.test:465" || a.Username != "maya" || !a.FilesSent {
		t.Fatalf("account %+v", a)
	}

	h = newHouse(t)
	h.servers = map[string]connect.Servers{address: {IMAP: "imap.acme.test:993", SMTP: "smtp.acme.test:465", From: "from a list"}}
	d = h.open(120, 40).Press("2").Type(address)
	next(d, 1).See("imap.acme.test:993").Press("esc").Type("x")
	next(d, 1).See("Nobody says which servers it has. Type them").NotSee("imap.acme.test:993").NotSee("--imap").Type("mine.acme.test")
	next(d.Press("esc").Press("backspace"), 1).See("mine.acme.test").NotSee("imap.acme.test:993")
	if want := []string{address, address + "x"}; !slices.Equal(h.looked, want) {
		t.Errorf("asked about %q", h.looked)
	}
}

// TestTypingIsNeverOverwritten: nor is what is being written when the servers
// are found.
func TestTypingIsNeverOverwritten(t *testing.T) {
	h := newHouse(t)
	h.servers = map[string]connect.Servers{address: {IMAP: "imap.acme.test:993", SMTP: "smtp.acme.test:465", From: "from a list"}}
	d := h.open(120, 40).Press("2").Type(address)
	until(next(d.Hold(), 1), "Looking for the mail servers").Type("m")
	d.Release().NotSee("imap.acme.test:993").NotSee("smtp.acme.test:465")
}

// TestEscStopsTheTest, and a late answer goes nowhere.
func TestEscStopsTheTest(t *testing.T) {
	h := newHouse(t)
	d := typed(h.open(120, 40).Press("2").See("esc leaves"), address).Type("top secret")
	until(next(d.Hold(), 2).See("Getting ready"), "Signing in to imap.acme.test:993, where mail comes in… esc stops").NotSee("esc back").Type("x").Press("esc").See("Stopped. Nothing has been written.")
	d.Release()
	for d.Waiting() > 0 {
		d.Answer(-1)
	}
	d.See("How does maya@acme.test sign in?", "esc back")
	h.nothing()
	next(d.Press("up", "up"), 2).See("Into which inbox")
}

// TestTheCutOffIsCountedAnew when another is chosen.
func TestTheCutOffIsCountedAnew(t *testing.T) {
	h := newHouse(t)
	d := next(signedIn(h.open(80, 24).Press("2"), address), 1).See("100 mails as work, 1100 older")
	d.Press("up").See("10 mails as work, 1190 older ones")
	next(d, 1).See("is connected")
	if a := h.inboxes()[0].Accounts[0]; h.clock.Now().Sub(a.CutOff).Hours()/24 > 8 {
		t.Errorf("the cut-off is %s", a.CutOff)
	}
}
