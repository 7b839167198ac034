package sample

import (
	"bytes"
	"context"
	"net"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

func open(t *testing.T) (*Office, time.Time) {
	t.Helper()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	o, err := Open(now, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	return o, now
}

// count signs in and counts the messages of a folder over the real protocol.
func count(t *testing.T, o *Office, m Mailbox, folder string) uint32 {
	t.Helper()
	c, err := imapclient.DialInsecure(strings.TrimPrefix(o.IMAP, "imap://"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // the test is over with this connection
	if err := c.Login(m.Address, m.Password).Wait(); err != nil {
		t.Fatal(err)
	}
	data, err := c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return data.NumMessages
}

func TestOfficeIsFullOfMail(t *testing.T) {
	o, _ := open(t)
	var in, sent uint32
	for _, m := range Mailboxes() {
		in += count(t, o, m, "INBOX")
		sent += count(t, o, m, "Sent")
	}
	if in < Conversations || sent == 0 {
		t.Errorf("%d mails in the inboxes, %d sent", in, sent)
	}
	if n := count(t, o, Mailboxes()[0], "Junk"); n == 0 {
		t.Error("no junk")
	}
}

func TestSameSeedSameMail(t *testing.T) {
	a, now := open(t)
	b, err := Open(now, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close() //nolint:errcheck // the test is over with this office
	for _, m := range Mailboxes() {
		if x, y := count(t, a, m, "INBOX"), count(t, b, m, "INBOX"); x != y {
			t.Errorf("%s: %d and %d mails", m.Address, x, y)
		}
	}
}

func TestCustomerAnswersTheAgent(t *testing.T) {
	o, now := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- o.Live(ctx, Pace{Arrivals: time.Hour, Answers: time.Millisecond}, func() time.Time { return now })
	}()
	box := Mailboxes()[0]
	before := count(t, o, box, "INBOX")
	addr := strings.TrimPrefix(o.SMTP, "smtp://")
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	raw := "From: support@acme.test\r\nTo: priya@kite.test\r\nSubject: Re: Lamp\r\nMessage-ID: <ours.1@acme.test>\r\n\r\nHello\r\n"
	err = smtp.SendMail(addr, smtp.PlainAuth("", box.Address, box.Password, host), box.Address, []string{"priya@kite.test"}, []byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.After(10 * time.Second)
	for count(t, o, box, "INBOX") == before {
		select {
		case <-deadline:
			t.Fatal("the customer does not answer")
		case <-time.After(5 * time.Millisecond):
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestLettersAreWellFormed(t *testing.T) {
	for _, l := range []letter{
		{from: "Zoë van Dijk <zoe@vandijk.test>", to: "support@acme.test", subject: "Überraschung", text: "a\nb", id: "1@x", attach: "a.pdf"},
		{from: "A <a@b.test>", to: "support@acme.test", subject: "s", text: strings.Repeat("long ", 500), id: "2@x", html: true, inReplyTo: "1@x"},
	} {
		raw := l.bytes()
		for line := range bytes.Lines(raw) {
			if !bytes.HasSuffix(line, []byte("\r\n")) || len(line) > 1000 || bytes.ContainsFunc(line, func(r rune) bool { return r > 126 }) {
				t.Errorf("bad line %q", line)
			}
		}
	}
}

// TestAliasArrives: mail to an alias is in the mailbox it belongs to.
func TestAliasArrives(t *testing.T) {
	o, err := Open(time.Now(), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	box, other := Mailboxes()[0], Mailboxes()[1]
	before, beside := count(t, o, box, "INBOX"), count(t, o, other, "INBOX")
	addr := strings.TrimPrefix(o.SMTP, "smtp://")
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	raw := "From: " + box.Alias + "\r\nTo: " + box.Alias + "\r\nSubject: To ourselves\r\n\r\nHello\r\n"
	if err := smtp.SendMail(addr, smtp.PlainAuth("", box.Address, box.Password, host), box.Alias, []string{box.Alias}, []byte(raw)); err != nil {
		t.Fatal(err)
	}
	if got := count(t, o, box, "INBOX"); got != before+1 {
		t.Errorf("%s has %d mails, %d before", box.Address, got, before)
	}
	if got := count(t, o, other, "INBOX"); got != beside {
		t.Errorf("%s has %d mails, %d before", other.Address, got, beside)
	}
}
