package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

// house opens the desk as the program does, for what no command can prepare.
func (d *desktop) house() *house {
	d.t.Helper()
	p := newProgram(world{
		getenv: func(k string) string { return d.env[k] }, in: strings.NewReader(""), out: io.Discard, err: io.Discard,
		login: func() (string, error) { return d.login, nil }, clock: time.Now,
	})
	h, err := p.open(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		if err := h.close(); err != nil {
			d.t.Error(err)
		}
	})
	return h
}

// withAccounts gives the desk an inbox with two accounts that no server stands
// behind, and one conversation. It returns the accounts, oldest first.
func (d *desktop) withAccounts() []desk.Account {
	d.t.Helper()
	d.must("inbox", "create", "support", "--shared")
	h := d.house()
	var list []desk.Account
	for _, address := range []string{us, "other@example.test"} {
		a, err := h.seat.Connect(d.t.Context(), "support", desk.Account{Address: address, IMAP: "imap://127.0.0.1:1", SMTP: "smtp://127.0.0.1:1", PasswordCommand: "echo x"})
		if err != nil {
			d.t.Fatal(err)
		}
		list = append(list, a)
	}
	letter := d.write("letter.eml", string(letterTo(us, "one@example.test", "Where is my parcel")))
	d.must("import", "--inbox", "support", letter)
	return list
}

// TestReplyTakesNothingFromTheDraft it discards: neither recipients nor account
// nor subject.
func TestReplyTakesNothingFromTheDraft(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	accounts := d.withAccounts()
	seat := d.house().seat
	dr, err := seat.Answer(t.Context(), 1, false)
	if err != nil {
		t.Fatal(err)
	}
	dr.To, dr.Cc, dr.Bcc = []desk.Mailbox{{Addr: "boss@example.test"}}, []desk.Mailbox{{Addr: "cc@example.test"}}, []desk.Mailbox{{Addr: "bcc@example.test"}}
	dr.Subject, dr.Account, dr.Text = "Gossip", accounts[1].ID, "He is"
	if _, err := seat.SaveDraft(t.Context(), dr); err != nil {
		t.Fatal(err)
	}
	d.in = "It is on its way."
	d.refuses(exitConflict, "You have begun a draft in this conversation", "reply", "1")
	checkFresh(t, d.must("reply", "1", "--dry-run", "--yes"), "Subject: Re: Where is my parcel")
	d.must("reply", "1", "--queue", "--yes")
	list, err := seat.Outbox(t.Context(), false)
	if err != nil || len(list) != 1 {
		t.Fatalf("%v: the outbox holds %+v", err, list)
	}
	if o := list[0]; len(o.To) != 1 || o.To[0].Addr != anna || len(o.Cc)+len(o.Bcc) != 0 || o.Account != accounts[0].ID {
		t.Errorf("what leaves is %+v", o)
	}
}

// TestComposeTakesNothingFromTheDraft it discards.
func TestComposeTakesNothingFromTheDraft(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	accounts := d.withAccounts()
	seat := d.house().seat
	dr, err := seat.NewMail(t.Context(), "support")
	if err != nil {
		t.Fatal(err)
	}
	dr.Bcc, dr.Account, dr.Text = []desk.Mailbox{{Addr: "bcc@example.test"}}, accounts[1].ID, "He is"
	if _, err := seat.SaveDraft(t.Context(), dr); err != nil {
		t.Fatal(err)
	}
	d.in = "News."
	args := []string{"compose", "--inbox", "support", "--to", anna, "--subject", "News"}
	d.refuses(exitConflict, "You have begun a mail", args...)
	checkFresh(t, d.must(append(args, "--dry-run", "--yes")...), "Subject: News")
}

// callingOff hears when a command has said something, and calls it off.
type callingOff struct {
	bytes.Buffer
	after string
	off   context.CancelFunc
}

func (c *callingOff) Write(b []byte) (int, error) {
	n, err := c.Buffer.Write(b)
	if strings.Contains(c.String(), c.after) {
		c.off()
	}
	return n, err
}

// TestInterruptedReplyIsNamed: "Interrupted." alone sounds as if nothing had
// been sent, and the answer would be written once more.
func TestInterruptedReplyIsNamed(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.withAccounts()
	for _, form := range []string{"--json", "--json=false"} {
		ctx, off := context.WithCancel(t.Context())
		problems := &callingOff{after: "Not yet:", off: off}
		code := newProgram(world{
			args: []string{"reply", "1", "--yes", form}, getenv: func(k string) string { return d.env[k] }, in: strings.NewReader("It is on its way."),
			out: io.Discard, err: problems, login: func() (string, error) { return d.login, nil }, clock: time.Now,
		}).execute(ctx)
		if text := problems.String(); code != exitFailed || !strings.Contains(text, "The mail is in the outbox as number") || !strings.Contains(text, "postroom outbox cancel") {
			t.Errorf("%s ends with %d: %s", form, code, text)
		}
	}
	if list, err := d.house().seat.Outbox(t.Context(), false); err != nil || len(list) != 2 {
		t.Errorf("%v: the outbox holds %+v", err, list)
	}
}

func checkFresh(t *testing.T, mail, subject string) {
	t.Helper()
	for _, want := range []string{anna, us, subject} {
		if !strings.Contains(mail, want) {
			t.Errorf("the mail has no %q:\n%s", want, mail)
		}
	}
	for _, bad := range []string{"boss@", "cc@", "other@", "Gossip", "He is"} {
		if strings.Contains(mail, bad) {
			t.Errorf("the mail has %q of the draft:\n%s", bad, mail)
		}
	}
}

// TestSentNamesEverybody who gets the mail.
func TestSentNamesEverybody(t *testing.T) {
	t.Parallel()
	one := func(addr string) []desk.Mailbox { return []desk.Mailbox{{Addr: addr}} }
	got := sentTo(desk.Outgoing{To: one("a@x.test"), Cc: one("b@x.test"), Bcc: one("c@x.test")}).String()
	if want := "a@x.test; Cc b@x.test; Bcc c@x.test"; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	if got := sentTo(desk.Outgoing{To: one("a@x.test")}).String(); got != "a@x.test" {
		t.Errorf("it says %q", got)
	}
}
