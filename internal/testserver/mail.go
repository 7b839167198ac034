package testserver

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Password opens every mailbox and every submission.
const Password = "secret"

// Mail is one running mail system. Addresses are host:port on
// loopback.
type Mail struct {
	IMAPS      string // TLS from the first byte
	IMAP       string // STARTTLS; refuses a password before it
	PlainIMAP  string // the same, but takes a password without TLS
	LMTP       string // into the mailboxes, past Postfix
	SMTP       string // port 25: anyone may deliver to a user; empty without Postfix
	Submission string // port 587: STARTTLS and a password; empty without Postfix
	SMTPS      string // port 465: TLS and a password; empty without Postfix
	CAFile     string // signs the certificate of all of them

	authority   *Authority
	certificate Certificate
	options     Options
	owner       mailOwner
	users       []string
	dir         string
	ports       ports
	saslAddress string
	dovecot     *process
	postfix     *process

	filled atomic.Int64 // messages written by Fill, for names in order

	mu   sync.Mutex
	next int // the next of the shared users to hand out
}

// Options say how a mail system differs from the usual one.
type Options struct {
	Users   []string // addresses in example.test
	Postfix bool     // needs root
	OAuth   string   // introspection URL of a provider: XOAUTH2 and OAUTHBEARER beside passwords

	// Compress offers COMPRESS=DEFLATE, as many providers do.
	Compress bool

	// Offers is what Dovecot says it can do, all that it can when empty.
	Offers string

	// Record keeps what clients say to Dovecot, for Recorded.
	Record bool

	// Identity picks the certificate to present; the good one when nil.
	Identity func(*Authority) Certificate
}

// StartMail starts Dovecot and Postfix for these users, like anna@example.test.
func StartMail(t testing.TB, users ...string) *Mail {
	t.Helper()
	return Start(t, Options{Users: users, Postfix: true})
}

// StartDovecot starts only Dovecot, which is faster and works without root.
func StartDovecot(t testing.TB, users ...string) *Mail {
	t.Helper()
	return Start(t, Options{Users: users})
}

// Start starts a mail system that ends with the test.
func Start(t testing.TB, options Options) *Mail {
	t.Helper()
	needMail(t, options)
	m, err := start(options)
	if err != nil {
		t.Fatalf("start the mail server: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("what the mail server logged last:\n%s", m.Log(40))
		}
		if err := m.close(); err != nil {
			t.Errorf("stop the mail server: %v", err)
		}
	})
	return m
}

func needMail(t testing.TB, options Options) {
	t.Helper()
	Need(t, "dovecot", "doveadm", "lmtp")
	if !options.Postfix {
		return
	}
	Need(t, "postfix")
	if os.Geteuid() != 0 {
		skip(t, "%s needs Postfix, which only root can start: run the tests as root (sudo env PATH=\"$PATH\" make test)", t.Name())
	}
}

func start(options Options) (m *Mail, err error) {
	m = &Mail{options: options, users: options.Users}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("%w\n%s", err, m.Log(20)), m.close())
			m = nil
		}
	}()
	if m.owner, err = whoOwnsMail(); err != nil {
		return m, err
	}
	if m.dir, err = shortTempDir(); err != nil {
		return m, err
	}
	if err := m.makeIdentity(); err != nil {
		return m, err
	}
	addresses := []*string{&m.IMAP, &m.IMAPS, &m.LMTP, &m.saslAddress}
	if options.Postfix {
		addresses = append(addresses, &m.SMTP, &m.Submission, &m.SMTPS)
	}
	for _, address := range addresses {
		if *address, err = m.ports.take(); err != nil {
			return m, err
		}
	}
	// Dovecot trusts a connection whose two ends have the same address as it
	// trusts TLS, so the same port is strict on another loopback address.
	m.PlainIMAP, m.IMAP = m.IMAP, net.JoinHostPort("127.0.0.2", portOf(m.IMAP))
	if err := m.writeDovecot(); err != nil {
		return m, err
	}
	if err := m.startDovecot(); err != nil {
		return m, err
	}
	if options.Postfix {
		if err := m.writePostfix(); err != nil {
			return m, err
		}
		if err := m.startPostfix(); err != nil {
			return m, err
		}
	}
	return m, m.waitUntilUp()
}

func (m *Mail) waitUntilUp() error {
	if m.options.Postfix {
		if err := m.postfix.waitFor(m.SMTP, m.Submission, m.SMTPS); err != nil {
			return err
		}
	}
	return m.dovecot.waitFor(m.IMAP, m.IMAPS, m.LMTP, m.saslAddress)
}

// shortTempDir is not t.TempDir, whose long names leave no room for the unix
// sockets of the servers (108 bytes).
func shortTempDir() (string, error) {
	base := os.TempDir()
	if len(base) > 40 {
		base = "/tmp"
	}
	dir, err := os.MkdirTemp(base, "postroom-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
}

func (m *Mail) makeIdentity() (err error) {
	dir := filepath.Join(m.dir, "tls")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	if m.authority, err = newAuthority(dir); err != nil {
		return err
	}
	m.CAFile, m.certificate = m.authority.CAFile, m.authority.Good
	if m.options.Identity != nil {
		m.certificate = m.options.Identity(m.authority)
	}
	return nil
}

// TLS is a client configuration that trusts this server's authority only.
func (m *Mail) TLS() *tls.Config { return m.authority.TLS() }

// Stop stops Dovecot: sessions are cut, nothing listens any more. Postfix keeps
// running and queues what it accepts.
func (m *Mail) Stop(t testing.TB) {
	t.Helper()
	if m.dovecot == nil {
		t.Fatal("Dovecot is stopped already")
	}
	p := m.dovecot
	m.dovecot = nil
	if err := p.stop(); err != nil {
		t.Fatalf("stop Dovecot: %v", err)
	}
}

// Resume starts Dovecot again after Stop, on the same ports with the same mail.
func (m *Mail) Resume(t testing.TB) {
	t.Helper()
	if m.dovecot != nil {
		t.Fatal("Dovecot is running already")
	}
	err := m.startDovecot()
	if err == nil {
		err = m.waitUntilUp()
	}
	if err != nil {
		t.Fatalf("start Dovecot again: %v\n%s", err, m.Log(20))
	}
}

// Restart cuts every session and comes back on the same ports.
func (m *Mail) Restart(t testing.TB) {
	t.Helper()
	m.Stop(t)
	m.Resume(t)
}

// Log is the last lines of what the servers had to say.
func (m *Mail) Log(lines int) string {
	return m.log(lines, func(string) bool { return true })
}

// log is Log of the lines that are wanted.
func (m *Mail) log(lines int, wanted func(line string) bool) string {
	var b strings.Builder
	for _, name := range []string{"dovecot/start.log", "dovecot/dovecot.log", "postfix/start.log", "postfix/mail.log"} {
		text, err := os.ReadFile(filepath.Join(m.dir, name))
		if err != nil || len(text) == 0 {
			continue
		}
		all := slices.DeleteFunc(strings.Split(strings.TrimSpace(string(text)), "\n"), func(line string) bool { return !wanted(line) })
		if len(all) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s:\n%s\n", name, strings.Join(all[max(0, len(all)-lines):], "\n"))
	}
	return b.String()
}

func (m *Mail) close() error {
	var err error
	for _, p := range []*process{m.postfix, m.dovecot} {
		if p != nil {
			err = errors.Join(err, p.stop())
		}
	}
	m.postfix, m.dovecot = nil, nil
	m.ports.release()
	if m.dir != "" {
		err = errors.Join(err, os.RemoveAll(m.dir))
	}
	return err
}
