package testserver_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"postroom/internal/testserver"
)

func TestScriptHangsUpInTheMiddleOfAFetch(t *testing.T) {
	t.Parallel()
	certs := testserver.Certificates(t)
	server := testserver.Script(t, certs.Good.ServerConfig(),
		testserver.Say("* OK ready"),
		testserver.IMAP{Messages: 3, UIDValidity: 7}.Until("FETCH"),
		testserver.Write("* 1 FETCH (UID 1 BODY[] {4000}\r\nFrom: a"),
		testserver.Reset())
	client, err := imapclient.DialTLS(server.Address, &imapclient.Options{TLSConfig: certs.TLS()})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.Login("anna", `it's a "secret"`).Wait(); err != nil {
		t.Fatal(err)
	}
	selected, err := client.Select("INBOX", nil).Wait()
	if err != nil {
		t.Fatal(err)
	}
	if selected.NumMessages != 3 || selected.UIDValidity != 7 || selected.UIDNext != 4 {
		t.Errorf("selected %+v", selected)
	}
	// Not Collect: go-imap reads on in a literal that has failed, at the same
	// time as its own reader.
	message := client.Fetch(imap.UIDSet{{Start: 1, Stop: 3}}, &imap.FetchOptions{
		BodySection: []*imap.FetchItemBodySection{{}},
	}).Next()
	for item := message.Next(); ; item = message.Next() {
		if body, ok := item.(imapclient.FetchItemDataBodySection); ok {
			if text, err := io.ReadAll(body.Literal); err == nil {
				t.Errorf("half a message passed for a whole one: %q", text)
			}
			break
		}
	}
	if heard := strings.Join(server.Heard(), "\n"); !strings.Contains(heard, "UID FETCH 1:3") {
		t.Errorf("the server heard:\n%s", heard)
	}
	if server.Sessions() != 1 {
		t.Errorf("%d sessions, want 1", server.Sessions())
	}
}

func TestScriptRefusesTheLogin(t *testing.T) {
	t.Parallel()
	server := testserver.Script(t, nil,
		testserver.Say("* OK [CAPABILITY IMAP4rev1] ready"),
		testserver.IMAP{}.Until("LOGIN"),
		testserver.Say("$tag NO [AUTHENTICATIONFAILED] no"),
		testserver.Hang())
	client, err := imapclient.DialInsecure(server.Address, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var refused *imap.Error
	if err := client.Login("anna", "wrong").Wait(); !errors.As(err, &refused) || refused.Code != imap.ResponseCodeAuthenticationFailed {
		t.Errorf("signing in gives %v", err)
	}
}

func TestScriptOfASubmissionServer(t *testing.T) {
	t.Parallel()
	certs := testserver.Certificates(t)
	server := testserver.Script(t, nil,
		testserver.Say("220 localhost ESMTP"),
		testserver.SMTP{Extensions: []string{"STARTTLS"}}.Until("STARTTLS"),
		testserver.Say("220 go"),
		testserver.StartTLS(certs.Good.ServerConfig()),
		testserver.SMTP{}.Until("DATA"),
		testserver.Say("354 go"),
		testserver.ExpectData(),
		testserver.Hangup())
	client, err := smtp.DialStartTLS(server.Address, certs.TLS())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.Auth(sasl.NewPlainClient("", "anna", "secret")); err != nil {
		t.Fatal(err)
	}
	// Accepted or not? The server went away after the final dot.
	if err := client.SendMail(anna, []string{ben}, strings.NewReader("Subject: x\r\n\r\nx\r\n")); err == nil {
		t.Error("the message counts as accepted")
	}
	if heard := server.Heard(); heard[len(heard)-1] != "." {
		t.Errorf("the server heard %q", heard)
	}
}

func TestScriptDripsAndFloods(t *testing.T) {
	t.Parallel()
	server := testserver.Script(t, nil,
		testserver.Drip("* OK", time.Microsecond), testserver.Flood("a lot ", 1<<20), testserver.Say())
	conn, err := net.Dial("tcp", server.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	text, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(text), "* OKa lot a lot") || len(text) < 1<<20 {
		t.Errorf("%d bytes came, beginning %q", len(text), text[:min(20, len(text))])
	}
}
