package discover

import (
	"context"
	"crypto/tls"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"unicode/utf8"

	"postroom/connector/dial"
	"postroom/desk"
)

const (
	// maxPage is how many bytes a page may have; those of big providers with
	// hundreds of domains have some 15,000.
	maxPage = 256 << 10
	// maxRedirects is how often a page may be somewhere else.
	maxRedirects = 4
	// publicListURL is where the makers of Thunderbird keep what they know of
	// providers. The domain is all they are told.
	publicListURL = "https://autoconfig.thunderbird.net/v1.1/"
)

func (f Finder) autoconfigHost(ctx context.Context, m mailbox) (Found, error) {
	return f.page(ctx, m, Autoconfig, "https://autoconfig."+m.domain+"/mail/config-v1.1.xml")
}

func (f Finder) wellKnown(ctx context.Context, m mailbox) (Found, error) {
	return f.page(ctx, m, Autoconfig, "https://"+m.domain+"/.well-known/autoconfig/mail/config-v1.1.xml")
}

func (f Finder) publicList(ctx context.Context, m mailbox) (Found, error) {
	return f.page(ctx, m, ISPDB, publicListURL+url.PathEscape(m.domain))
}

// page fetches a page and reads it.
func (f Finder) page(ctx context.Context, m mailbox, from Source, address string) (Found, error) {
	host, raw, err := f.fetch(ctx, address)
	if err != nil {
		return Found{}, err
	}
	found, err := readPage(raw, host, m)
	found.Source = from
	return found, err
}

// fetch gets a page over verified TLS. It keeps no connection and no cookies,
// and says nothing about who asks.
func (f Finder) fetch(ctx context.Context, address string) (host string, raw []byte, err error) {
	transport := &http.Transport{
		DialContext: f.Dial, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10, DisableCompression: true,
		TLSClientConfig: &tls.Config{RootCAs: f.Roots, MinVersion: tls.VersionTLS12},
	}
	if f.Dial == nil {
		transport.Proxy = http.ProxyFromEnvironment
		transport.DialContext = (&net.Dialer{Resolver: f.Resolver}).DialContext
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return "", nil, err
	}
	request.Header.Set("User-Agent", "postroom")
	host = request.URL.Host
	client := &http.Client{Transport: transport, CheckRedirect: func(to *http.Request, via []*http.Request) error {
		if to.URL.Scheme != "https" {
			return &desk.Error{Kind: desk.Conflict, Code: "NO_TLS", Message: fmt.Sprintf("%s leads to a page without TLS, which is not fetched.", host)}
		}
		if len(via) > maxRedirects {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	response, err := client.Do(request)
	if err != nil {
		return host, nil, unreached(host, err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return host, nil, errNothing
	}
	raw, err = io.ReadAll(io.LimitReader(response.Body, maxPage+1))
	if err != nil {
		return host, nil, unreached(host, err)
	}
	if len(raw) > maxPage {
		return host, nil, &desk.Error{Kind: desk.Broken, Code: "TOO_MUCH", Message: "The page with settings at " + host + " is too large."}
	}
	return host, raw, nil
}

// unreached tells a page that is not there from one that cannot be had.
func unreached(host string, err error) error {
	var dns *net.DNSError
	if errors.Is(err, syscall.ECONNREFUSED) || errors.As(err, &dns) && dns.IsNotFound {
		return errNothing
	}
	return dial.Explain(dial.Address{Host: host, Port: "443"}, err)
}

// page11 is the part of a page in Thunderbird's format, version 1.1, that
// signing in needs.
type page11 struct {
	XMLName   xml.Name `xml:"clientConfig"`
	Providers []struct {
		Name     string     `xml:"displayName"`
		Incoming []server11 `xml:"incomingServer"`
		Outgoing []server11 `xml:"outgoingServer"`
	} `xml:"emailProvider"`
}

type server11 struct {
	Type     string `xml:"type,attr"`
	Host     string `xml:"hostname"`
	Port     string `xml:"port"`
	Socket   string `xml:"socketType"`
	Username string `xml:"username"`
}

// readPage takes the servers from the page of a host. Entities that the page
// declares are not known to the decoder, so none can be blown up.
func readPage(raw []byte, host string, m mailbox) (Found, error) {
	var p page11
	if err := xml.Unmarshal(raw, &p); err != nil || len(p.Providers) == 0 {
		if looksLikeHTML(raw) {
			return Found{}, errNothing
		}
		return Found{}, &desk.Error{Kind: desk.Broken, Code: "BAD_PAGE", Message: "The page with settings at " + host + " cannot be read.", Err: err}
	}
	said := p.Providers[0]
	words := strings.NewReplacer("%EMAILADDRESS%", m.address, "%EMAILLOCALPART%", m.local, "%EMAILDOMAIN%", m.domain)
	imap, name, okIMAP := pick("imap", said.Incoming, words)
	smtp, _, okSMTP := pick("smtp", said.Outgoing, words)
	if !okIMAP || !okSMTP {
		return Found{}, &desk.Error{
			Kind: desk.Conflict, Code: "NO_TLS",
			Message: "The page with settings at " + host + " names no IMAP and SMTP server with TLS; without it no password is sent.",
		}
	}
	found := Found{Provider: short(said.Name), IMAP: imap, SMTP: smtp, Username: m.address, Domain: m.domain}
	if found.Provider == "" {
		found.Provider = m.domain
	}
	if name != "" && !strings.ContainsRune(name, '%') && len(name) <= 320 {
		found.Username = name
	}
	return found, nil
}

// looksLikeHTML: many web servers answer every question with their front page.
func looksLikeHTML(raw []byte) bool {
	head := strings.ToLower(string(raw[:min(len(raw), 1000)]))
	return strings.Contains(head, "<html") || strings.Contains(head, "<!doctype html")
}

// short is a name that fits in a line.
func short(name string) string {
	name = strings.Join(strings.Fields(strings.ToValidUTF8(name, "")), " ")
	const most = 60
	if utf8.RuneCountInString(name) > most {
		name = string([]rune(name)[:most]) + "…"
	}
	return name
}

// pick takes the first server with TLS from the first byte, else the first with
// STARTTLS; the page lists them in the order the provider prefers.
func pick(protocol string, servers []server11, words *strings.Replacer) (a dial.Address, username string, ok bool) {
	for _, way := range []struct {
		socket   string
		security dial.Security
	}{{"SSL", dial.Implicit}, {"STARTTLS", dial.StartTLS}} {
		for _, s := range servers {
			if !strings.EqualFold(s.Type, protocol) || !strings.EqualFold(strings.TrimSpace(s.Socket), way.socket) {
				continue
			}
			if a, ok := server(protocol, way.security, words.Replace(s.Host), strings.TrimSpace(s.Port)); ok {
				return a, words.Replace(strings.TrimSpace(s.Username)), true
			}
		}
	}
	return dial.Address{}, "", false
}
