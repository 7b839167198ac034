package welcome_test

import (
	"slices"
	"strings"
	"testing"

	"postroom/ui/welcome"
)

// found is a house in which the servers of one address are known.
func found(t *testing.T) *house {
	h := newHouse(t)
	h.servers = map[string]welcome.Servers{"maya@acme.test": {
		IMAP: "imap.acme.test:993", SMTP: "smtp.acme.test:465", Username: "maya", FilesSent: true,
		From: "from acme.test's own settings", Note: "It wants an app password.\x1b[31m",
	}}
	return h
}

// TestServersAreFilledIn when the address has been left, and go on as if typed.
func TestServersAreFilledIn(t *testing.T) {
	h := found(t)
	d := h.open(120, 40).Press("2").Type("maya@acme.test").NotSee("imap.acme.test").Press("tab")
	d.See("imap.acme.test:993", "smtp.acme.test:465", "The servers are found: from acme.test's own settings.", "app password.").NotSee("\x1b")
	d.Press("tab", "tab", "tab", "tab").Type("top secret").Press("enter", "enter", "enter").See("is connected")
	a := h.inboxes()[0].Accounts[0]
	if a.IMAP != "imaps://imap.acme.test:993" || a.SMTP != "smtps://smtp.acme.test:465" || a.Username != "maya" || !a.FilesSent {
		t.Fatalf("account %+v", a)
	}
}

// TestTypingIsNeverOverwritten: not what stands there, nor what is being
// written when the answer comes.
func TestTypingIsNeverOverwritten(t *testing.T) {
	h := found(t)
	d := h.open(120, 40).Press("2", "tab", "tab").Type("mine.acme.test").Press("up", "up").Type("maya@acme.test")
	d.Hold().Press("tab").See("Looking for the mail servers of maya@acme.test").Press("tab", "tab").Type("s")
	d.Release().See("mine.acme.test", "from acme.test's own settings").NotSee("imap.acme.test:993").NotSee("smtp.acme.test:465")
	// An empty field is filled in when it is left, and only once.
	d.Press("ctrl+u", "tab").See("smtp.acme.test:465").Press("up", "ctrl+u", "tab").NotSee("smtp.acme.test:465")

	// Whoever has typed both asks nobody.
	h = found(t)
	h.open(120, 40).Press("2", "tab", "tab").Type("mine.acme.test").Press("tab").Type("mine.acme.test").Press("up", "up", "up").Type("maya@acme.test").Press("tab")
	if len(h.looked) != 0 {
		t.Errorf("asked about %q", h.looked)
	}
}

// TestAnotherAddressTakesItsServersAlong: what was filled in goes with it, what
// was typed stays.
func TestAnotherAddressTakesItsServersAlong(t *testing.T) {
	h := found(t)
	d := h.open(120, 40).Press("2").Type("maya@acme.test").Press("tab", "tab", "tab", "ctrl+u").Type("mine.acme.test").Press("up", "up", "up")
	d.Type("x").Press("tab").See("Nobody says which servers it has. Type them").NotSee("imap.acme.test:993").NotSee("--imap").See("mine.acme.test")
	if want := []string{"maya@acme.test", "maya@acme.testx"}; !slices.Equal(h.looked, want) {
		t.Errorf("asked about %q", h.looked)
	}
	// Coming and going without a change asks nobody again, nor does what is no
	// address.
	d.Press("up", "tab", "up", "ctrl+u").Type("nonsense").Press("tab")
	if len(h.looked) != 2 {
		t.Errorf("asked about %q", h.looked)
	}
	if strings.Contains(d.Frame(), "Looking") {
		t.Error("it still looks")
	}
}

// TestALateFindIsDropped: servers of an address that is no longer there.
func TestALateFindIsDropped(t *testing.T) {
	h := found(t)
	d := h.open(120, 40).Press("2").Type("maya@acme.test").Hold().Press("tab", "up", "ctrl+u").Type("tom@acme.test").Press("tab")
	d.Release()
	for d.Waiting() > 0 {
		d.Answer(-1)
	}
	d.NotSee("imap.acme.test:993").See("Nobody says")
}
