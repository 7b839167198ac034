package oauth

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"postroom/desk"
)

// callback is where a browser on this machine comes back to (RFC 8252 section
// 7.3): loopback, on a port nobody else has.
type callback struct {
	// address is the redirect URL.
	address string
	// answer has room for the one that counts.
	answer chan url.Values

	path      string
	listeners []net.Listener
	server    *http.Server
	once      sync.Once
}

// listen opens the port. As redirect says, the browser comes to the name
// localhost, which may be either address, or to 127.0.0.1.
func listen(redirect url.URL) (*callback, error) {
	first, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it waits for nothing
	if err != nil {
		return nil, &desk.Error{
			Kind: desk.Offline, Code: "NO_LOOPBACK", Message: "This machine opens no port for the browser to come back to.", Err: err,
			Hint: "Use a device code (--device) where the provider allows it.",
		}
	}
	_, port, err := net.SplitHostPort(first.Addr().String())
	if err != nil {
		return nil, err
	}
	c := &callback{answer: make(chan url.Values, 1), listeners: []net.Listener{first}}
	if redirect.Host == "localhost" {
		// Without it a browser that tries IPv6 first goes on to IPv4.
		if second, err := net.Listen("tcp", "[::1]:"+port); err == nil { //nolint:noctx // it waits for nothing
			c.listeners = append(c.listeners, second)
		}
	}
	redirect.Host = redirect.Host + ":" + port
	c.address, c.path = redirect.String(), orElse(redirect.Path, "/")
	return c, nil
}

// serve hears the browser, until it is closed. hear says whether an answer is
// ours; any other page on this machine may send the browser here, so nothing
// else ends the waiting.
func (c *callback) serve(hear func(url.Values) error) {
	const short = 10 * time.Second
	c.server = &http.Server{
		ReadTimeout: short, WriteTimeout: short, MaxHeaderBytes: 64 << 10,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Set("Content-Type", "text/html; charset=utf-8")
			h.Set("Content-Security-Policy", "default-src 'none'")
			h.Set("Cache-Control", "no-store")
			h.Set("Referrer-Policy", "no-referrer") // the address has the code in it
			switch {
			case r.Method != http.MethodGet || r.URL.Path != c.path:
				w.WriteHeader(http.StatusNotFound)
			case hear(r.URL.Query()) != nil:
				w.WriteHeader(http.StatusBadRequest)
				page(w, "This is not the answer postroom waits for. Begin the sign-in again.")
			default:
				page(w, "Postroom has the answer. Close this page and go back to it.")
			}
		}),
	}
	c.server.SetKeepAlivesEnabled(false)
	for _, l := range c.listeners {
		go func() { _ = c.server.Serve(l) }()
	}
}

func page(w io.Writer, text string) {
	fmt.Fprintf(w, "<!doctype html><title>postroom</title><p>%s</p>\n", strings.TrimSpace(text))
}

// close ends it; the page that is being written gets a moment.
func (c *callback) close() {
	c.once.Do(func() {
		for _, l := range c.listeners {
			_ = l.Close()
		}
	})
}
