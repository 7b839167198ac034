package oauth

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"postroom/connector/dial"
	"postroom/desk"
)

const (
	// AskTime is how long one request to a provider may take, in all.
	AskTime = 20 * time.Second
	// answerCap is how much of an answer is read: tokens of big organisations
	// have some ten thousand bytes.
	answerCap = 1 << 20
)

// Web is how providers are asked. The zero value asks as this machine does.
type Web struct {
	// CA is a PEM bundle trusted besides the system's, for a provider of one's
	// own.
	CA string
	// Now is the desk's clock; that of the machine if nil.
	Now func() time.Time
}

func (w Web) now() time.Time {
	if w.Now == nil {
		return time.Now()
	}
	return w.Now()
}

// client makes what asks. onDate hears what the provider believes the time is.
func (w Web) client(onDate func(time.Time)) (*http.Client, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if w.CA != "" {
		var err error
		if config.RootCAs, err = dial.Roots(w.CA); err != nil {
			return nil, err
		}
	}
	return &http.Client{
		Timeout: AskTime,
		// A token request that is sent elsewhere would take its secrets along.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &guarded{
			inner: &http.Transport{
				Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, DisableKeepAlives: true,
				TLSHandshakeTimeout: AskTime, MaxResponseHeaderBytes: answerCap,
				DialContext: (&net.Dialer{Timeout: AskTime}).DialContext,
			},
			onDate: onDate,
		},
	}, nil
}

// guarded refuses what must not be asked in clear, and ends an answer that does
// not.
type guarded struct {
	inner  http.RoundTripper
	onDate func(time.Time)
}

// RoundTrip asks.
func (g *guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if !private(r.URL) {
		return nil, &desk.Error{
			Kind: desk.Invalid, Code: "NO_TLS", Message: fmt.Sprintf("The provider is to be asked in clear, at %s.", r.URL.Host),
			Hint: "Its addresses have to begin with https://.",
		}
	}
	answer, err := g.inner.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if date, err := http.ParseTime(answer.Header.Get("Date")); err == nil && g.onDate != nil {
		g.onDate(date)
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(answer.Body, answerCap), answer.Body}
	return answer, nil
}

// private reports whether nobody in between can listen: TLS, or this machine.
func private(u *url.URL) bool {
	if u.Scheme == "https" {
		return true
	}
	at, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "http" && (u.Hostname() == "localhost" || err == nil && at.IsLoopback())
}

// unreachable says why a provider could not be asked, and who tries again.
func unreachable(where, retry string, err error) error {
	e := &desk.Error{
		Kind: desk.Offline, Code: "PROVIDER_DOWN", Err: err,
		Message: "The sign-in provider cannot be asked.", Hint: retry,
	}
	u, parse := url.Parse(where)
	if parse != nil {
		return e
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	var said *desk.Error
	if as(dial.Explain(dial.Address{Protocol: "https", Security: dial.Implicit, Host: u.Hostname(), Port: port}, err), &said) {
		e.Message = "The sign-in provider cannot be asked: " + said.Message
		if strings.HasPrefix(said.Code, "CERT_") {
			e.Hint = said.Hint
		}
		if said.Code == "UNKNOWN_HOST" && retry == byHand {
			e.Hint = "Look at how its address is spelled."
		}
	}
	return e
}

// get reads a page of a provider.
func (w Web) get(ctx context.Context, page string) ([]byte, int, error) {
	client, err := w.client(nil)
	if err != nil {
		return nil, 0, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return nil, 0, err
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	return body, answer.StatusCode, err
}
