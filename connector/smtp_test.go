package connector

import (
	"bytes"
	"errors"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postroom/connector/parse"
	"postroom/desk"
	"postroom/internal/testserver"
)

// The whole way against a real Postfix: out by submission, in by LMTP.
func TestReplyArrivesAtTheCustomer(t *testing.T) {
	t.Parallel()
	server := testserver.Shared(t)
	for _, scheme := range []string{"smtps", "smtp+starttls"} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			user, customer, hidden := server.User(t), server.User(t), server.User(t)
			a := realAccount(t, server, user)
			if scheme == "smtps" {
				a.SMTP = "smtps://" + server.SMTPS
			}
			o := sending(t, a)
			dr, err := o.seat.NewMail(t.Context(), "support")
			if err != nil {
				t.Fatal(err)
			}
			dr.To, dr.Bcc = []desk.Mailbox{{Name: "Bén, Customer", Addr: customer}}, []desk.Mailbox{{Addr: hidden}}
			dr.Subject, dr.Text = "Ihre Rechnung für März", "Grüße,\n\n> alt\nneu\n.\n..\n\n-- \nAnna\n"
			sent, err := o.seat.Send(t.Context(), dr, desk.SendOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if n, err := o.drain(); n != 1 || err != nil {
				t.Fatalf("%d sent, %v: %+v", n, err, o.row(sent.Outgoing.ID).LastError)
			}
			o.want(sent.Outgoing.ID, desk.Accepted, "")
			raw := server.Await(t, customer, "INBOX", 1)[0].Raw
			if !bytes.Equal(raw, server.Await(t, hidden, "INBOX", 1)[0].Raw) && bytes.Contains(raw, []byte(hidden)) {
				t.Error("the customer can see the Bcc")
			}
			got := parse.Parse(raw, parse.Options{})
			out := sent.Outgoing
			if got.Subject != dr.Subject || got.MessageID != out.HeaderID || len(got.To) != 1 || got.To[0] != dr.To[0] || len(got.Bcc) > 0 ||
				got.From[0] != out.From || got.ReplyTo[0].Addr != out.ReplyTo || strings.TrimRight(got.BodyText, "\n") != strings.TrimRight(dr.Text, "\n") {
				t.Errorf("the customer gets %+v", got)
			}
			// To the plus address the customer's answer finds back.
			server.Deliver(t, out.ReplyTo, []byte("Subject: Re\r\n\r\nthanks\r\n"))
			if n := len(server.Messages(t, user, "INBOX")); n != 1 {
				t.Errorf("%d answers came back", n)
			}
		})
	}
}

func TestPostfixRefusesARecipient(t *testing.T) {
	t.Parallel()
	server := testserver.Shared(t)
	o := sending(t, realAccount(t, server, server.User(t)))
	customer := server.User(t)
	out := o.queue(customer, "nobody-here@example.test")
	if n, err := o.drain(); n != 0 || err != nil {
		t.Errorf("%d sent, %v", n, err)
	}
	o.want(out.ID, desk.Failed, "nobody-here@example.test: 550 5.1.1")
	if n := len(server.Messages(t, customer, "INBOX")); n != 0 {
		t.Errorf("the other recipient has %d mails", n)
	}
}

func TestPostfixRefusesAnotherSender(t *testing.T) {
	t.Parallel()
	server := testserver.Shared(t)
	a := realAccount(t, server, "somebody-else@example.test")
	a.Username = server.User(t)
	o := sending(t, a)
	out := o.queue(server.User(t))
	_, _ = o.drain()
	o.want(out.ID, desk.Failed, "553 5.7.1")
}

func TestProbeSMTP(t *testing.T) {
	t.Parallel()
	server := testserver.Shared(t)
	user := server.User(t)
	good := realAccount(t, server, user)
	good.Username = user
	certs := testserver.Certificates(t)
	ca, err := os.ReadFile(certs.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	injecting := testserver.Script(t, nil, testserver.Say("220 hi"), testserver.Expect("EHLO"), testserver.Say("250-localhost", "250 STARTTLS"),
		testserver.Expect("STARTTLS"), testserver.Write("220 go\r\n250 AUTH PLAIN\r\n"), testserver.StartTLS(certs.Good.ServerConfig()), testserver.Hang())
	stripped := testserver.Script(t, nil, testserver.Say("220 hi"), testserver.Expect("EHLO"), testserver.Say("250 AUTH PLAIN"),
		testserver.Expect("STARTTLS"), testserver.Say("502 5.5.1 what?"), testserver.Hang())
	expired := testserver.Script(t, nil, testserver.Say("220 hi"), testserver.Expect("EHLO"), testserver.Say("250 STARTTLS"),
		testserver.Expect("STARTTLS"), testserver.Say("220 go"), testserver.StartTLS(certs.Expired.ServerConfig()), testserver.Hang())
	noPasswords := testserver.Script(t, certs.Good.ServerConfig(), testserver.Say("220 hi"), testserver.SMTP{Extensions: []string{"SIZE"}}.Until("QUIT"))
	web := testserver.Script(t, nil, testserver.Say("HTTP/1.1 400 Bad Request", ""), testserver.Hangup())
	for name, c := range map[string]struct {
		change   func(*desk.Account)
		password string
		code     string
	}{
		"STARTTLS":             {func(*desk.Account) {}, testserver.Password, ""},
		"TLS":                  {func(a *desk.Account) { a.SMTP = "smtps://" + server.SMTPS }, testserver.Password, ""},
		"wrong password":       {func(*desk.Account) {}, "wrong", "BAD_PASSWORD"},
		"unknown user":         {func(a *desk.Account) { a.Username = "nobody@example.test" }, testserver.Password, "BAD_PASSWORD"},
		"unknown authority":    {func(a *desk.Account) { a.CA = "" }, testserver.Password, "CERT_UNKNOWN"},
		"TLS on the plain one": {func(a *desk.Account) { a.SMTP = "smtps://" + server.Submission }, testserver.Password, "NO_TLS"},
		"IMAP address":         {func(a *desk.Account) { a.SMTP = a.IMAP }, testserver.Password, "BAD_SERVER"},
		"injected answer":      {func(a *desk.Account) { a.SMTP, a.CA = "smtp+starttls://"+injecting.Address, string(ca) }, testserver.Password, "NO_TLS"},
		"stripped STARTTLS":    {func(a *desk.Account) { a.SMTP = "smtp+starttls://" + stripped.Address }, testserver.Password, "NO_TLS"},
		"expired":              {func(a *desk.Account) { a.SMTP, a.CA = "smtp+starttls://"+expired.Address, string(ca) }, testserver.Password, "CERT_EXPIRED"},
		"no passwords":         {func(a *desk.Account) { a.SMTP, a.CA = "smtps://"+noPasswords.Address, string(ca) }, testserver.Password, "NO_PASSWORDS"},
		"no SMTP":              {func(a *desk.Account) { a.SMTP = "smtp://" + web.Address }, testserver.Password, "NOT_SMTP"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := good
			c.change(&a)
			err := ProbeSMTP(t.Context(), a, c.password)
			var said *desk.Error
			if c.code == "" && err != nil || c.code != "" && (!errors.As(err, &said) || said.Code != c.code || said.Message == "" || said.Hint == "") {
				t.Errorf("got %v, want %s", err, c.code)
			}
			if c.code == "BAD_PASSWORD" && desk.KindOf(err) != desk.Denied {
				t.Errorf("the kind is %s", desk.KindOf(err))
			}
			if c.code == "BAD_PASSWORD" && strings.Contains(said.Hint, "account reauth") {
				t.Errorf("%q names a command for an account that is not connected", said.Hint)
			}
		})
	}
	t.Cleanup(func() {
		for _, line := range append(stripped.Heard(), injecting.Heard()...) {
			if strings.Contains(line, "AUTH") {
				t.Errorf("the password went out in clear: %s", line)
			}
		}
	})
}

func TestEnvelopeHasEveryRecipientOnce(t *testing.T) {
	t.Parallel()
	box := func(addr string) []desk.Mailbox { return []desk.Mailbox{{Addr: addr}} }
	e, err := envelopeOf(desk.Outgoing{From: box("a@x.test")[0], To: box("b@x.test"), Cc: box("B@X.test"), Bcc: box("ü@bücher.test")})
	if err != nil || strings.Join(e.to, " ") != "b@x.test ü@xn--bcher-kva.test" || !e.utf8 || e.from != "a@x.test" {
		t.Errorf("%+v, %v", e, err)
	}
	for _, out := range []desk.Outgoing{
		{From: box("a@x.test")[0]}, {From: box("a")[0], To: box("b@x.test")}, {From: box("a@x.test")[0], To: box("b@x\r\nRCPT TO:<c@x.test>")},
	} {
		if _, err := envelopeOf(out); desk.KindOf(err) != desk.Invalid {
			t.Errorf("%+v gives %v", out, err)
		}
	}
}

// brittle is a connection that breaks at a moment of the test's choice.
type brittle struct {
	net.Conn
	broken atomic.Bool
}

func (b *brittle) SetReadDeadline(at time.Time) error {
	if b.broken.Load() {
		return net.ErrClosed
	}
	return b.Conn.SetReadDeadline(at)
}

// TestAcceptedStaysAccepted: the program ends between the server's yes and the
// next line of ours. An error would put the mail off, and send it twice
// (promises M9).
func TestAcceptedStaysAccepted(t *testing.T) {
	t.Parallel()
	conn := &brittle{}
	breaks := func(*testserver.Session) error { conn.broken.Store(true); return nil }
	server := script(t, testserver.SMTP{}.Until("DATA"), testserver.Say("354 go"), testserver.ExpectData(), breaks, testserver.Say("250 ok"))
	sub, err := openSubmission(t.Context(), onScript(server.Address), testserver.Password, patientSMTP())
	if err != nil {
		t.Fatal(err)
	}
	defer sub.close()
	conn.Conn, sub.conn.Conn = sub.conn.Conn, conn
	err = sub.submit(t.Context(), envelope{from: "anna@example.test", to: []string{"ben@customer.test"}}, []byte("Subject: x\r\n\r\nx\r\n"), func() error { return nil })
	if err != nil || !conn.broken.Load() {
		t.Errorf("a mail the server has taken gave %v", err)
	}
}
