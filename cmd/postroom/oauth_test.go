package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

// signer sits at a terminal and at a browser: what the program prints there he
// opens, signs in, and pastes where he is asked to.
type signer struct {
	t        *testing.T
	provider *testserver.OpenID
	user     string
	paste    *io.PipeWriter // nil for a browser on this machine
	mu       sync.Mutex
	said     bytes.Buffer
	opened   sync.WaitGroup
}

// Write reads the screen.
func (p *signer) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said.Write(b)
	for line := range strings.Lines(string(b)) {
		if page := strings.TrimSpace(line); strings.HasPrefix(page, p.provider.Issuer) && strings.Contains(page, "state=") {
			p.opened.Go(func() {
				if p.paste == nil {
					p.provider.Approve(p.t, page, p.user)
					return
				}
				_, _ = io.WriteString(p.paste, p.provider.Redirect(p.t, page, p.user)+"\n")
			})
		}
		if _, code, ok := strings.Cut(line, "type "); ok && strings.HasSuffix(strings.TrimSpace(line), "there:") {
			code, _, _ = strings.Cut(code, " ")
			p.provider.ApproveDevice(p.t, code, p.user)
		}
	}
	return len(b), nil
}

// signingDesk is a desk set up for a provider that its mail server asks.
type signingDesk struct {
	*desktop
	provider *testserver.OpenID
	mail     *testserver.Mail
}

func newSigningDesk(t *testing.T) *signingDesk {
	t.Helper()
	d := &signingDesk{desktop: newDesktop(t), provider: testserver.StartOpenID(t, time.Minute, anna, "ben@example.test")}
	d.mail = testserver.Start(t, testserver.Options{Users: []string{anna, us}, Postfix: true, OAuth: d.provider.Introspection})
	d.must("inbox", "create", "Anna")
	d.must("inbox", "create", "Support", "--shared")
	return d
}

// signs runs a command in which a person signs in.
func (d *signingDesk) signs(user string, args ...string) ran {
	d.t.Helper()
	who := &signer{t: d.t, provider: d.provider, user: user}
	in := io.Reader(strings.NewReader(""))
	for _, a := range args {
		if a == "--paste" {
			in, who.paste = io.Pipe()
		}
	}
	var out bytes.Buffer
	code := newProgram(world{
		args: args, getenv: func(k string) string { return d.env[k] }, in: in, out: &out, err: who,
		login: func() (string, error) { return d.login, nil }, clock: time.Now,
	}).execute(d.t.Context())
	who.opened.Wait()
	return ran{code, out.String(), who.said.String()}
}

func (d *signingDesk) servers(args ...string) []string {
	return append(args, "--imap", "imaps://"+d.mail.IMAPS, "--smtp", "smtp+starttls://"+d.mail.Submission, "--ca", d.mail.CAFile)
}

// A mailbox is connected by signing in at a provider, in each of the three
// ways, and nobody ever sees a token (S82, S83, S140).
func TestConnectBySigningIn(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	issuer := d.provider.Issuer
	var heard strings.Builder
	note := func(r ran) ran { heard.WriteString(r.out + r.err); return r }

	r := note(d.signs(anna, d.servers("account", "connect", anna, "--inbox", "Anna", "--oauth", issuer)...))
	if r.code != exitNotFound || !strings.Contains(r.err, "oauth set") {
		t.Fatalf("without a client: %d %s", r.code, r.err)
	}
	d.in = testserver.ClientSecret + "\n"
	note(d.desktop.run("oauth", "set", issuer+"/", "--client-id", testserver.SecretClientID, "--secret-file", "-", "--scope", testserver.ReadScope))
	if list := note(d.desktop.run("oauth", "list", "--json")).out; !strings.Contains(list, `"secret": true`) || !strings.Contains(list, testserver.SecretClientID) {
		t.Errorf("listed is %s", list)
	}
	d.mail.Deliver(t, anna, []byte("From: a@b.test\r\nTo: anna@example.test\r\nSubject: here\r\n\r\ntext\r\n"))
	r = note(d.signs(anna, d.servers("account", "connect", anna, "--inbox", "Anna", "--oauth", issuer, "--dry-run")...))
	if r.code != exitDone || !strings.Contains(r.err, "use what it calls "+testserver.ReadScope) {
		t.Fatalf("a rehearsal: %d %s", r.code, r.err)
	}
	r = note(d.signs(anna, d.servers("account", "connect", anna, "--inbox", "Anna", "--oauth", "auto", "--paste")...))
	if r.code != exitDone {
		t.Fatalf("connect: %d %s", r.code, r.err)
	}
	if synced := note(d.desktop.run("sync", "--once")); synced.code != exitDone || !strings.Contains(synced.out, "1 new") {
		t.Errorf("sync: %d %s%s", synced.code, synced.out, synced.err)
	}
	if got := note(d.desktop.run("account", "get", anna, "sign-in")).out; got != issuer+" as "+anna+"\n" {
		t.Errorf("it signs in with %s", got)
	}
	heard.WriteString(d.rehearsesServers())
	// Nothing but the sign-in is new: the mail is known.
	for _, how := range []string{"", "--device", "--paste"} {
		args := []string{"account", "reauth", anna, "--json"}
		if how != "" {
			args = append(args, how)
		}
		if r = note(d.signs(anna, args...)); r.code != exitDone {
			t.Fatalf("reauth %s: %d %s", how, r.code, r.err)
		}
	}
	if r = note(d.signs("ben@example.test", "account", "reauth", anna)); r.code != exitNotAllowed || !strings.Contains(r.err, "does not let ben@example.test into the mailbox anna@example.test") {
		t.Errorf("the wrong person: %d %s", r.code, r.err)
	}
	if synced := note(d.desktop.run("sync", "--once")); synced.code != exitDone || strings.Contains(synced.out, "1 new") {
		t.Errorf("after it: %d %s%s", synced.code, synced.out, synced.err)
	}
	if r = note(d.desktop.run("oauth", "remove", issuer)); r.code != exitConflict {
		t.Errorf("a provider that is used is removed: %s", r.out)
	}
	// Back to a password and the provider can go.
	d.env["POSTROOM_PASSWORD"] = testserver.Password
	note(d.desktop.run("account", "reauth", anna, "--password"))
	if r = note(d.desktop.run("oauth", "remove", issuer)); r.code != exitDone {
		t.Errorf("it cannot be removed: %s", r.err)
	}
	d.tellNoSecrets(heard.String() + note(d.desktop.run("journal", "--json")).out)
}

// rehearsesServers tries servers in a rehearsal, when the token has ended: the
// provider takes each refresh token once, so the next one is kept although all
// else is taken back. The repeated renewal is the proof: with the clock set
// back the token of the rehearsal counts no more.
func (d *signingDesk) rehearsesServers() string {
	d.t.Helper()
	before := d.must("account", "list", "--json")
	renewed, _ := d.provider.Refreshes()
	var out, problems bytes.Buffer
	w := d.world([]string{"account", "set", anna, "imap=imaps://" + d.mail.IMAPS, "smtp=smtps://" + d.mail.SMTPS, "--dry-run"}, &out, &problems)
	w.clock = func() time.Time { return time.Now().Add(time.Hour) }
	if code := newProgram(w).execute(d.t.Context()); code != exitDone || !strings.Contains(out.String(), "smtps://"+d.mail.SMTPS) {
		d.t.Errorf("the rehearsal: %d %s%s", code, &out, &problems)
	}
	if now, _ := d.provider.Refreshes(); now != renewed+1 {
		d.t.Errorf("the rehearsal renewed the sign-in %d times, so this shows nothing", now-renewed)
	}
	if after := d.must("account", "list", "--json"); after != before {
		d.t.Errorf("the rehearsal leaves %s, was %s", after, before)
	}
	synced := d.run("sync", "--once")
	if now, reused := d.provider.Refreshes(); synced.code != exitDone || now != renewed+2 || reused != 0 {
		d.t.Errorf("after it: %d, %d renewals, %d with a used token: %s%s", synced.code, now-renewed, reused, synced.out, synced.err)
	}
	return out.String() + problems.String() + synced.out + synced.err
}

// tellNoSecrets looks for codes and tokens in what was said, and in every file
// of the desk. The control is that there are some.
func (d *signingDesk) tellNoSecrets(heard string) {
	d.t.Helper()
	places := map[string]string{"what was printed": heard}
	err := filepath.WalkDir(d.env["HOME"], func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		places[path] = string(b)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	secrets := d.provider.Secrets()
	if len(secrets) < 10 || len(places) < 2 {
		d.t.Fatalf("only %d secrets and %d places", len(secrets), len(places))
	}
	for where, text := range places {
		for _, s := range secrets {
			if strings.Contains(text, s) {
				d.t.Errorf("%s has a secret in it", where)
			}
		}
	}
}

// An admin of the provider has to agree first: the account waits for that, and
// nothing is said twice (S239).
func TestConnectWaitsForAnAdmin(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	d.must("oauth", "set", d.provider.Issuer, "--client-id", testserver.ClientID, "--public", "--scope", testserver.ReadScope)
	d.provider.Refuse(testserver.Entra(90094, "access_denied", "", "The grant requires admin permission."))
	r := d.signs(anna, d.servers("account", "connect", anna, "--inbox", "Anna", "--oauth", d.provider.Issuer)...)
	if r.code != exitNotAllowed || !strings.Contains(r.err, "Only an admin of example.test") || !strings.Contains(r.err, "is connected and waits") {
		t.Fatalf("connect: %d %s", r.code, r.err)
	}
	if list := d.must("account", "list", "--json"); !strings.Contains(list, `"waiting for admin consent"`) {
		t.Errorf("listed is %s", list)
	}
	if r = d.desktop.run("sync", "--once", "--json"); !strings.Contains(r.out, "Only an admin of example.test") {
		t.Errorf("a pass says %s%s", r.out, r.err)
	}
	if list := d.must("account", "list", "--json"); !strings.Contains(list, `"waiting for admin consent"`) {
		t.Errorf("after a pass listed is %s", list)
	}
	d.provider.Refuse(nil)
	if r = d.signs(anna, "account", "reauth", anna); r.code != exitDone {
		t.Fatalf("reauth: %d %s", r.code, r.err)
	}
	d.must("sync", "--once")
}

// Somebody signs in for a mailbox that is not his own: he is asked for at the
// provider, the mailbox at its server.
func TestSharedMailbox(t *testing.T) {
	t.Parallel()
	provider := testserver.StartOpenID(t, time.Minute, anna)
	server := testserver.Script(t, nil, testserver.Say("* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR] ready"), testserver.Expect("AUTHENTICATE XOAUTH2 dXNlcj1zdXBwb3J0QGV4YW1wbGUudGVzdAFhdXRoPUJlYXJlci"), testserver.Hangup())
	d := &signingDesk{desktop: newDesktop(t), provider: provider}
	d.must("inbox", "create", "Support", "--shared")
	d.must("oauth", "set", provider.Issuer, "--client-id", testserver.ClientID, "--public")
	r := d.signs(anna, "account", "connect", anna, "--mailbox", us, "--inbox", "Support", "--oauth", provider.Issuer, "--imap", "imap://"+server.Address, "--smtp", "smtp://127.0.0.1:1")
	if r.code != exitFailed || !strings.Contains(r.err, "login_hint=anna%40example.test") || !strings.Contains(r.err, "ended the connection") {
		t.Errorf("%d %s", r.code, r.err)
	}
}

// A password for a provider that takes none is warned of, and not even asked
// for where the desk is set up (S127).
func TestPasswordForGoogle(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	var said bytes.Buffer
	p := newProgram(world{getenv: func(k string) string { return d.env[k] }, in: strings.NewReader(""), out: io.Discard, err: &said, login: func() (string, error) { return "root", nil }, clock: time.Now})
	choose := func(s signingIn, imap string) string {
		h, err := p.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = h.close() }()
		key, err := p.chooseProvider(context.Background(), h, s, desk.Account{IMAP: imap})
		if err != nil {
			return err.Error()
		}
		return key
	}
	for _, c := range []struct {
		how  signingIn
		imap string
		want string
		says string
	}{
		{signingIn{}, "imaps://imap.gmail.com", "", "--oauth google"},
		{signingIn{}, "imaps://outlook.office365.com", "", "--oauth microsoft"},
		{signingIn{}, "imaps://mail.acme.test", "", ""},
		{signingIn{password: true}, "imaps://imap.gmail.com", "", ""},
		{signingIn{provider: "auto"}, "imaps://imap.gmail.com", "google", ""},
		{signingIn{provider: "https://id.acme.test/"}, "imaps://imap.gmail.com", "https://id.acme.test", ""},
		{signingIn{provider: "auto"}, "imaps://mail.acme.test", "Nobody knows which provider signs in to mail.acme.test:993.", ""},
	} {
		said.Reset()
		if got := choose(c.how, c.imap); got != c.want || !strings.Contains(said.String(), c.says) || c.says == "" && said.Len() > 0 {
			t.Errorf("%+v at %s: %q, and it says %q", c.how, c.imap, got, said.String())
		}
	}
	d.must("oauth", "set", "google", "--client-id", "x", "--public")
	if got := choose(signingIn{}, "imaps://imap.gmail.com"); got != "google" {
		t.Errorf("set up, it is %q", got)
	}
}
