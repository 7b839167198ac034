package connector

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

// accountOn is an account on a test server.
func accountOn(t testing.TB, url, caFile, user string) desk.Account {
	t.Helper()
	a := desk.Account{Address: user, Username: user, IMAP: url}
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		if err != nil {
			t.Fatal(err)
		}
		a.CA = string(pem)
	}
	return a
}

// soon is a context for what has to happen within the given time, much longer
// than it takes on a busy machine.
func soon(t testing.TB, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

func rawMail(subject, body string) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf(
		"From: Ada <ada@outside.test>\nTo: us@example.test\nSubject: %s\nDate: Mon, 2 Nov 2026 10:00:00 +0000\nMessage-ID: <%x@outside.test>\n\n%s\n",
		subject, subject, body), "\n", "\r\n"))
}

func TestProbeTellsWhatIsThere(t *testing.T) {
	mail := testserver.Shared(t)
	user := mail.User(t)
	mail.Deliver(t, user, rawMail("one", "text"))
	mail.Append(t, user, "Sent", rawMail("two", "text"))
	for _, url := range []string{"imaps://" + mail.IMAPS, "imap+starttls://" + mail.IMAP, "imap://" + mail.PlainIMAP} {
		p, err := Probe(soon(t, 20*time.Second), accountOn(t, url, mail.CAFile, user), testserver.Password)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		want := []ProbedFolder{{"INBOX", desk.RoleInbox, 1, 0}, {"Sent", desk.RoleSent, 1, 0}, {"Junk", desk.RoleJunk, 0, 0}}
		if fmt.Sprint(p.Folders) != fmt.Sprint(want) {
			t.Errorf("%s: folders %v, want %v", url, p.Folders, want)
		}
		if !strings.Contains(strings.Join(p.Capabilities, " "), "IDLE") {
			t.Errorf("%s: capabilities %v without IDLE", url, p.Capabilities)
		}
	}
}

func TestProbeSaysWhatToDo(t *testing.T) {
	mail := testserver.Shared(t)
	user := mail.User(t)
	certs := testserver.Certificates(t)
	greet := testserver.Say("* OK ready")
	expired := testserver.Script(t, certs.Expired.ServerConfig(), greet)
	selfSigned := testserver.Script(t, certs.SelfSigned.ServerConfig(), greet)
	otherName := testserver.Script(t, certs.OtherName.ServerConfig(), greet)
	plain := testserver.Script(t, nil, greet)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	_ = closed.Close()
	for _, c := range []struct {
		name, url, ca, user, password string
		kind                          desk.Kind
		says                          string
	}{
		{"wrong password", "imaps://" + mail.IMAPS, mail.CAFile, user, "wrong", desk.Denied, "password"},
		{"wrong password in plain", "imap://" + mail.PlainIMAP, "", user, "wrong", desk.Denied, "password"},
		{"no such host", "imaps://no-such-host.invalid", "", user, "secret", desk.Offline, "no-such-host.invalid"},
		{"refused", "imaps://" + nobody, "", user, "secret", desk.Offline, "refused"},
		{"expired", "imaps://" + expired.Address, certs.CAFile, user, "secret", desk.Offline, "expired"},
		{"self-signed", "imaps://" + selfSigned.Address, certs.CAFile, user, "secret", desk.Offline, "--ca"},
		{"other name", "imaps://" + otherName.Address, certs.CAFile, user, "secret", desk.Offline, "other.example.test"},
		{"no TLS there", "imaps://" + plain.Address, certs.CAFile, user, "secret", desk.Offline, "TLS"},
		{"plain elsewhere", "imap://mail.example.org", "", user, "secret", desk.Invalid, "clear"},
	} {
		_, err := Probe(soon(t, 20*time.Second), accountOn(t, c.url, c.ca, c.user), c.password)
		var e *desk.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v is no sentence", c.name, err)
			continue
		}
		if text := e.Message + " " + e.Hint; e.Kind != c.kind || !strings.Contains(text, c.says) || e.Hint == "" {
			t.Errorf("%s: %s: %q, want %s with %q and a hint", c.name, e.Kind, text, c.kind, c.says)
		}
		if strings.Contains(e.Hint, "account reauth") {
			t.Errorf("%s: %q names a command for an account that is not connected", c.name, e.Hint)
		}
	}
}
