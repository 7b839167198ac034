package discover_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"postroom/connector/discover"
	"postroom/desk"
	"postroom/internal/testserver"
)

const (
	domain  = "acme.test"
	address = "maya@" + domain
	ownHost = "autoconfig." + domain
	list    = "autoconfig.thunderbird.net"
)

// outside is the part of the world that is asked: a name server and pages.
type outside struct {
	t     *testing.T
	names *testserver.Names
	pages map[string]http.HandlerFunc // by host; one that is not here refuses
	cert  *tls.Certificate            // nil for a good one
	mu    sync.Mutex
	asked []string
}

func newOutside(t *testing.T) *outside {
	t.Helper()
	o := &outside{t: t, names: testserver.NewNames(t), pages: map[string]http.HandlerFunc{}}
	return o
}

// finder asks this outside and nothing else.
func (o *outside) finder() discover.Finder {
	o.t.Helper()
	authority := testserver.Certificates(o.t)
	cert := authority.Issue(o.t, domain, ownHost, list).TLS
	if o.cert != nil {
		cert = *o.cert
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		o.asked = append(o.asked, r.Host+r.URL.String())
		o.mu.Unlock()
		o.pages[r.Host](w, r)
	}))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	o.t.Cleanup(s.Close)
	dial := func(ctx context.Context, network, to string) (net.Conn, error) {
		host, port, _ := net.SplitHostPort(to)
		if o.pages[host] == nil || port != "443" {
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		}
		var d net.Dialer
		return d.DialContext(ctx, network, s.Listener.Addr().String())
	}
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", o.names.Addr)
	}}
	return discover.Finder{Resolver: resolver, Dial: dial, Roots: authority.Pool, Patience: 30 * time.Second}
}

// page is a handler that gives a text.
func page(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }
}

// config is a page with servers, each as "type host port socket".
func config(name string, servers ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="x"><domain>acme.test</domain><displayName>%s</displayName>`, name)
	for _, s := range servers {
		f := strings.Fields(s)
		tag := "incomingServer"
		if f[0] == "smtp" {
			tag = "outgoingServer"
		}
		fmt.Fprintf(&b, `<%s type="%s"><hostname>%s</hostname><port>%s</port><socketType>%s</socketType><username>%%EMAILLOCALPART%%</username></%s>`, tag, f[0], f[1], f[2], f[3], tag)
	}
	return b.String() + `</emailProvider></clientConfig>`
}

func good(from string) string {
	return config(from, "imap imap."+from+" 993 SSL", "smtp smtp."+from+" 465 SSL")
}

// services are the records of a domain whose servers are at a host.
func (o *outside) services(host string) {
	o.names.Service("_imaps._tcp."+domain, host, 993)
	o.names.Service("_submissions._tcp."+domain, host, 465)
}

func one(f discover.Found) string {
	return fmt.Sprintf("%s %s %s %s %s", f.Source, f.Provider, f.IMAP, f.SMTP, f.Username)
}

// TestEachSource: what each one says alone, and who comes before whom.
func TestEachSource(t *testing.T) {
	ask := func(have ...func(*outside)) (discover.Found, error) {
		o := newOutside(t)
		for _, h := range have {
			h(o)
		}
		return o.finder().Find(t.Context(), address)
	}
	own := func(o *outside) { o.pages[ownHost] = page(good("own.acme.test")) }
	wellKnown := func(o *outside) { o.pages[domain] = page(good("known.acme.test")) }
	srv := func(o *outside) { o.services("mail.acme.test.") }
	mx := func(o *outside) { o.names.Exchanger(domain, "in1-smtp.messagingengine.com.") }
	public := func(o *outside) { o.pages[list] = page(good("listed.test")) }
	astray := func(o *outside) { o.services("mail.stranger.test.") }
	for i, c := range []struct {
		have func(*outside)
		want string
	}{
		{own, "autoconfig own.acme.test imaps://imap.own.acme.test:993 smtps://smtp.own.acme.test:465 maya"},
		{wellKnown, "autoconfig known.acme.test imaps://imap.known.acme.test:993 smtps://smtp.known.acme.test:465 maya"},
		{srv, "srv acme.test imaps://mail.acme.test:993 smtps://mail.acme.test:465 maya@acme.test"},
		{mx, "mx Fastmail imaps://imap.fastmail.com:993 smtps://smtp.fastmail.com:465 maya@acme.test"},
		{public, "ispdb listed.test imaps://imap.listed.test:993 smtps://smtp.listed.test:465 maya"},
		{astray, "srv acme.test imaps://mail.stranger.test:993 smtps://mail.stranger.test:465 maya@acme.test"},
	} {
		// Alone, and together with all that come after it; astray speaks for
		// the same records as srv, so that not both can.
		last := 6
		if i <= 2 {
			last = 5
		}
		later := []func(*outside){own, wellKnown, srv, mx, public, astray}[i:last]
		for _, set := range [][]func(*outside){{c.have}, later} {
			found, err := ask(set...)
			if err != nil || one(found) != c.want {
				t.Errorf("found %q, %v; want %q", one(found), err, c.want)
			}
		}
	}
	if found, err := ask(astray); err != nil || !found.Doubtful() || len(found.Elsewhere()) != 1 {
		t.Errorf("a stranger in DNS is not doubtful: %+v, %v", found, err)
	}
	if found, err := ask(srv); err != nil || found.Doubtful() || len(found.Elsewhere()) != 0 {
		t.Errorf("a host of the domain is doubtful: %+v, %v", found, err)
	}
	if found, err := ask(func(o *outside) { o.services("imap.fastmail.com.") }); err != nil || found.Doubtful() || len(found.Elsewhere()) != 1 {
		t.Errorf("a provider we know is doubtful, or not named: %+v, %v", found, err)
	}
}

// TestServicesWithStartTLS: older records mean STARTTLS, and the root as a
// target means that there is none.
func TestServicesWithStartTLS(t *testing.T) {
	o := newOutside(t)
	o.names.Service("_imaps._tcp."+domain, ".", 0)
	o.names.Service("_imap._tcp."+domain, "mail.acme.test.", 143)
	o.names.Service("_submission._tcp."+domain, "mail.acme.test.", 587)
	found, err := o.finder().Find(t.Context(), address)
	if want := "srv acme.test imap+starttls://mail.acme.test:143 smtp+starttls://mail.acme.test:587 maya@acme.test"; err != nil || one(found) != want {
		t.Fatalf("found %q, %v; want %q", one(found), err, want)
	}
}

// TestTheTableAsksNobody: the providers we know, and --no-lookup.
func TestTheTableAsksNobody(t *testing.T) {
	o := newOutside(t)
	f := o.finder()
	for address, imap := range map[string]string{
		"a@gmail.com": "imaps://imap.gmail.com:993", "a@GMX.de": "imaps://imap.gmx.net:993", "a@acme.onmicrosoft.com": "imaps://outlook.office365.com:993",
		"a@proton.me": "imap+starttls://127.0.0.1:1143",
	} {
		if found, err := f.Find(t.Context(), address); err != nil || found.IMAP.String() != imap || found.Source != discover.BuiltIn {
			t.Errorf("%s: found %q, %v", address, one(found), err)
		}
	}
	f.Offline = true
	if _, err := f.Find(t.Context(), address); desk.KindOf(err) != desk.NotFound {
		t.Errorf("offline: %v", err)
	}
	if asked := append(o.names.Asked(), o.asked...); len(asked) != 0 {
		t.Errorf("asked %q", asked)
	}
	// The control: without Offline the same address is asked about, and nobody
	// hears who writes.
	o.pages[list] = http.NotFound
	f.Offline = false
	_, err := f.Find(t.Context(), address)
	asked := strings.Join(append(o.names.Asked(), o.asked...), " ")
	if desk.KindOf(err) != desk.NotFound || !strings.Contains(asked, "_imaps._tcp.acme.test.") || !strings.Contains(asked, list+"/v1.1/acme.test") {
		t.Errorf("%v, asked %q", err, asked)
	}
	if strings.Contains(asked, "maya") {
		t.Errorf("somebody was told the address: %q", asked)
	}
}

// TestHostilePages: a page that lies is no page, and stops nobody else.
func TestHostilePages(t *testing.T) {
	bomb := `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><clientConfig><emailProvider><displayName>&b;</displayName></emailProvider></clientConfig>`
	for name, c := range map[string]struct {
		page http.HandlerFunc
		says string
	}{
		"plain sockets":  {page(config("x", "imap imap.acme.test 143 plain", "smtp smtp.acme.test 587 plain")), "names no IMAP and SMTP server with TLS"},
		"only POP":       {page(config("x", "pop3 pop.acme.test 995 SSL", "smtp smtp.acme.test 465 SSL")), "names no IMAP and SMTP server with TLS"},
		"this machine":   {page(config("x", "imap 127.0.0.1 993 SSL", "smtp localhost 465 SSL")), "names no IMAP and SMTP server with TLS"},
		"no host":        {page(config("x", "imap imap.acme.test/x 993 SSL", "smtp a@b.test 465 SSL")), "names no IMAP and SMTP server with TLS"},
		"no port":        {page(config("x", "imap imap.acme.test 99999 SSL", "smtp smtp.acme.test 0 SSL")), "names no IMAP and SMTP server with TLS"},
		"an entity bomb": {page(bomb), "cannot be read"},
		"no XML":         {page("\x00\x01"), "cannot be read"},
		"too large":      {page(good("acme.test") + strings.Repeat(" ", 1<<20)), "is too large"},
		"a way out of TLS": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://acme.test/config.xml", http.StatusFound)
		}, "leads to a page without TLS"},
		"a circle":     {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, "Nobody says"},
		"a front page": {page("<!DOCTYPE html><html><br></html>"), "Nobody says"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOutside(t)
			o.pages[ownHost] = c.page
			f := o.finder()
			_, err := f.Find(t.Context(), address)
			var e *desk.Error
			if !errors.As(err, &e) || e.Code != "NO_SETTINGS" || !strings.Contains(e.Message, c.says) {
				t.Fatalf("got %v, want %q", err, c.says)
			}
			o.pages[domain] = page(good("acme.test"))
			if found, err := f.Find(t.Context(), address); err != nil || found.IMAP.Host != "imap.acme.test" {
				t.Errorf("it stops the others: %+v, %v", found, err)
			}
		})
	}
}

// TestPagesOfOthers: a page is believed only from who it says it is.
func TestPagesOfOthers(t *testing.T) {
	authority := testserver.Certificates(t)
	for name, cert := range map[string]testserver.Certificate{"another authority": authority.Good, "self-signed": authority.SelfSigned, "expired": authority.Expired} {
		o := newOutside(t)
		o.pages[ownHost] = page(good("acme.test"))
		if _, err := o.finder().Find(t.Context(), address); err != nil {
			t.Fatalf("the control: %v", err)
		}
		o.cert = &cert.TLS
		if found, err := o.finder().Find(t.Context(), address); err == nil || !strings.Contains(err.Error(), "certificate") {
			t.Errorf("%s: found %+v, %v", name, found, err)
		}
	}
}

// TestSilence: a page that drips, and no network at all, end in words.
func TestSilence(t *testing.T) {
	o := newOutside(t)
	o.pages[ownHost] = func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("<"))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	f := o.finder()
	f.Patience = 50 * time.Millisecond
	if _, err := f.Find(t.Context(), address); err == nil {
		t.Error("a page that never ends was read")
	}
	o.names.Fail()
	f.Patience = 30 * time.Second
	o.pages = map[string]http.HandlerFunc{}
	_, err := f.Find(t.Context(), address)
	var e *desk.Error
	if !errors.As(err, &e) || e.Kind != desk.Offline || e.Code != "NO_NAMES" || !strings.Contains(e.Hint, "--imap") {
		t.Errorf("no names: %v", err)
	}
	f.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done() // a name server that is never heard from
		return nil, ctx.Err()
	}}
	f.Patience = 50 * time.Millisecond
	if _, err = f.Find(t.Context(), address); desk.KindOf(err) != desk.Offline {
		t.Errorf("silence: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Find(ctx, address); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

func TestNoAddress(t *testing.T) {
	for _, a := range []string{"", "maya", "@acme.test", "maya@", "maya@localhost", "maya@127.0.0.1", "maya@a b.test", "maya@acme..test", "maya@acme.test/x"} {
		if found, err := (discover.Finder{Offline: true}).Find(t.Context(), a); desk.KindOf(err) != desk.Invalid {
			t.Errorf("%q: %+v, %v", a, found, err)
		}
	}
}
