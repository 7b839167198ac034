package dial_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"postroom/connector/dial"
	"postroom/desk"
	"postroom/internal/testserver"
)

// target is how a test reaches a local server.
func target(t *testing.T, scheme, address string, certs *testserver.Authority) dial.Target {
	t.Helper()
	to := dial.Target{URL: scheme + "://" + address, Timeout: 10 * time.Second}
	if certs != nil {
		pem, err := os.ReadFile(certs.CAFile)
		if err != nil {
			t.Fatal(err)
		}
		to.CA = string(pem)
	}
	return to
}

func TestOpenSpeaksVerifiedTLS(t *testing.T) {
	t.Parallel()
	certs := testserver.Certificates(t)
	server := testserver.Script(t, certs.Good.ServerConfig(), testserver.Say("* OK ready"), testserver.Hang())
	conn, err := dial.Open(t.Context(), target(t, "imaps", server.Address, certs))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || line != "* OK ready\r\n" {
		t.Errorf("got %q, %v", line, err)
	}
	if conn.StartTLS() != nil {
		t.Error("it wants to upgrade what is encrypted already")
	}
}

// Eight servers that must be refused, each with a reason a person can act on
// (promises A13).
func TestOpenRefusesBadServers(t *testing.T) {
	t.Parallel()
	certs := testserver.Certificates(t)
	old := certs.Good.ServerConfig()
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	script := func(config *tls.Config, steps ...testserver.Step) string {
		return testserver.Script(t, config, steps...).Address
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	expired := time.Now().AddDate(0, 0, -1).UTC().Format(time.DateOnly)
	for _, c := range []struct {
		name, scheme, address string
		trust                 *testserver.Authority
		code, says, hint      string
	}{
		{"expired", "imaps", script(certs.Expired.ServerConfig(), testserver.Hang()), certs, "CERT_EXPIRED", "expired on " + expired, "renew"},
		{"other name", "imaps", script(certs.OtherName.ServerConfig(), testserver.Hang()), certs, "CERT_OTHER_NAME", "other.example.test", "name"},
		{"self-signed", "imaps", script(certs.SelfSigned.ServerConfig(), testserver.Hang()), certs, "CERT_UNKNOWN", "is self-signed", "--ca FILE"},
		{"unknown authority", "smtps", script(certs.Good.ServerConfig(), testserver.Hang()), nil, "CERT_UNKNOWN", "does not know", "--ca FILE"},
		{"TLS 1.1", "imaps", script(old, testserver.Hang()), certs, "TLS_TOO_OLD", "no longer safe", "TLS 1.2"},
		{"no TLS", "imaps", script(nil, testserver.Say("* OK ready"), testserver.Hang()), certs, "NO_TLS", "does not speak TLS", "imap+starttls://"},
		{"hangs up", "smtps", script(nil, testserver.Hangup()), certs, "CONNECTION_LOST", "ended the connection", "port"},
		{"refused", "smtp+starttls", closed.Addr().String(), certs, "REFUSED", "refused", "port"},
		{"unknown host", "imaps", "no-such-host.invalid:993", certs, "", "no-such-host.invalid", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			conn, err := dial.Open(t.Context(), target(t, c.scheme, c.address, c.trust))
			if err == nil {
				_ = conn.Close()
				t.Fatal("it is trusted")
			}
			says, hint := explained(t, err, c.code)
			if !strings.Contains(says, c.says) || !strings.Contains(hint, c.hint) || !strings.HasSuffix(says, ".") {
				t.Errorf("it says %q and then %q", says, hint)
			}
		})
	}
}

// explained checks the form of an error, and gives its sentence and the next
// step; an empty code stands for any.
func explained(t *testing.T, err error, code string) (says, hint string) {
	t.Helper()
	var said *desk.Error
	if !errors.As(err, &said) {
		t.Fatalf("no sentence but %v", err)
	}
	if said.Kind != desk.Offline || code != "" && said.Code != code {
		t.Errorf("%s %s: %v, want %s", said.Kind, said.Code, err, code)
	}
	return said.Message, said.Hint
}

func TestOpenPinsASelfSignedCertificate(t *testing.T) {
	t.Parallel()
	certs := testserver.Certificates(t)
	server := testserver.Script(t, certs.SelfSigned.ServerConfig(), testserver.Hang())
	pem, err := os.ReadFile(certs.SelfSigned.CertFile)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := dial.Open(t.Context(), dial.Target{URL: "imaps://" + server.Address, CA: string(pem)})
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
}

func TestOpenWantsACertificateInTheBundle(t *testing.T) {
	t.Parallel()
	_, err := dial.Open(t.Context(), dial.Target{URL: "imaps://127.0.0.1:1", CA: "no PEM"})
	var said *desk.Error
	if !errors.As(err, &said) || said.Code != "BAD_CA" {
		t.Errorf("got %v", err)
	}
}

func TestOpenGivesUpOnASilentServer(t *testing.T) {
	t.Parallel()
	server := testserver.Script(t, nil, testserver.Hang())
	to := target(t, "imaps", server.Address, nil)
	to.Timeout = 100 * time.Millisecond
	_, err := dial.Open(t.Context(), to)
	explained(t, err, "TIMEOUT")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = dial.Open(ctx, target(t, "imaps", server.Address, nil))
	explained(t, err, "CANCELLED")
}

// Nothing but the way to TLS may be written before TLS (promises A12).
func TestStartTLSConnKeepsSecretsUntilItIsEncrypted(t *testing.T) {
	t.Parallel()
	certs := testserver.Certificates(t)
	server := testserver.Script(t, nil,
		testserver.Say("220 ready"), testserver.Expect("EHLO"), testserver.Say("250 STARTTLS"),
		testserver.Expect("STARTTLS"), testserver.Say("220 go"), testserver.StartTLS(certs.Good.ServerConfig()),
		testserver.Expect("AUTH PLAIN"), testserver.Say("235 in"), testserver.Hang())
	conn, err := dial.Open(t.Context(), target(t, "smtp+starttls", server.Address, certs))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, secret := range []string{
		"AUTH PLAIN AGFubmEAc2VjcmV0\r\n", "a1 LOGIN anna secret\r\n", "a1 AUTHENTICATE PLAIN\r\n", "AGFubmEAc2VjcmV0\r\n",
		"EHLO me\r\nAUTH PLAIN AGFubmEAc2VjcmV0\r\n", "MAIL FROM:<anna@example.test>\r\n", "a STARTTLS x\r\n", "\r\n", "secret",
	} {
		if _, err := conn.Write([]byte(secret)); !errors.Is(err, dial.ErrClear) {
			t.Errorf("%q is sent in clear: %v", secret, err)
		}
	}
	in := bufio.NewReader(conn)
	talk := func(line string) {
		t.Helper()
		if line != "" {
			if _, err := conn.Write([]byte(line)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := in.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	talk("")
	talk("EHLO me\r\n")
	talk("STARTTLS\r\n")
	secure := tls.Client(conn, conn.StartTLS())
	if _, err := secure.Write([]byte("AUTH PLAIN AGFubmEAc2VjcmV0\r\n")); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(secure).ReadString('\n'); err != nil || !strings.HasPrefix(line, "235") {
		t.Errorf("got %q, %v", line, err)
	}
}

func TestBudgetEndsAFlood(t *testing.T) {
	t.Parallel()
	server := testserver.Script(t, nil, testserver.Flood("x", 10<<20), testserver.Hang())
	conn, err := dial.Open(t.Context(), target(t, "imap", server.Address, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	read := func() (total int, err error) {
		buffer := make([]byte, 4096)
		for err == nil {
			var n int
			n, err = conn.Read(buffer)
			total += n
		}
		return total, err
	}
	for range 2 {
		conn.SetBudget(100_000)
		total, err := read()
		if total != 100_000 || !errors.Is(err, dial.ErrBudget) {
			t.Errorf("%d bytes came, then %v", total, err)
		}
		explained(t, dial.Explain(conn.Address(), err), "TOO_MUCH")
	}
	conn.SetBudget(0)
	if n, err := conn.Read(make([]byte, 10)); n == 0 || err != nil {
		t.Errorf("without a budget: %d, %v", n, err)
	}
}

func TestWithinCannotBeLengthened(t *testing.T) {
	t.Parallel()
	server := testserver.Script(t, nil, testserver.Drip(strings.Repeat("x", 5000), 2*time.Millisecond), testserver.Hang())
	conn, err := dial.Open(t.Context(), target(t, "imap", server.Address, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	err = conn.Within(100*time.Millisecond, func() error {
		one := make([]byte, 1)
		for {
			// This is what a protocol library does for every answer.
			if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
				return err
			}
			if _, err := conn.Read(one); err != nil {
				return errors.New("the library hides the cause")
			}
		}
	})
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	explained(t, dial.Explain(conn.Address(), err), "TIMEOUT")
	if err := conn.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err != nil {
		t.Errorf("after the operation: %v", err)
	}
	if err := conn.Within(time.Minute, func() error { return nil }); err != nil {
		t.Errorf("a good operation gives %v", err)
	}
}

func TestCloseWithEndsAWaitingRead(t *testing.T) {
	t.Parallel()
	server := testserver.Script(t, nil, testserver.Hang())
	conn, err := dial.Open(t.Context(), target(t, "imap", server.Address, nil))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer conn.CloseWith(ctx)()
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err = conn.Read(make([]byte, 1))
	explained(t, dial.Explain(conn.Address(), err), "CONNECTION_LOST")
}
