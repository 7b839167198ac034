package dial

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// ErrBudget is what reading gives when a server sends more than it was allowed
// to. The connection is of no more use then.
var ErrBudget = errors.New("the server sends more than it may")

// ErrClear is what writing gives when something was to be sent in clear on a
// connection that first has to upgrade to TLS.
var ErrClear = errors.New("nothing may be sent before the connection is encrypted")

// Conn is a connection to a mail server with a byte budget and an absolute
// deadline. It is safe for one reader, one writer and any number of others who
// set limits.
type Conn struct {
	net.Conn
	address Address
	// upgrade is what to begin TLS with; nil when the connection needs none.
	upgrade *tls.Config
	now     func() time.Time

	mu sync.Mutex
	// left is how much may still be read; only meaningful while limited.
	left    int64
	limited bool
	// until ends the operation; readBy and writeBy are what the protocol
	// library has asked for. The earlier one counts.
	until, readBy, writeBy time.Time
	// clear is set as long as the connection still has to begin TLS.
	clear bool
	// ends is when the first of the server's certificates does.
	ends time.Time
}

func newConn(inner net.Conn, a Address, upgrade *tls.Config) *Conn {
	return &Conn{Conn: inner, address: a, upgrade: upgrade, now: time.Now, clear: upgrade != nil}
}

// verified notes until when the certificates are good that a server has just
// proven itself with: the first to end breaks the chain.
func (c *Conn) verified(state tls.ConnectionState) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, chain := range state.VerifiedChains[:min(len(state.VerifiedChains), 1)] {
		for _, cert := range chain {
			if c.ends.IsZero() || cert.NotAfter.Before(c.ends) {
				c.ends = cert.NotAfter
			}
		}
	}
	return nil
}

// CertificateEnds is when the first of the server's certificates ends; zero on
// a connection without TLS, or before it has begun.
func (c *Conn) CertificateEnds() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ends
}

// Address is where the connection leads.
func (c *Conn) Address() Address { return c.address }

// StartTLS is the configuration the protocol library has to upgrade the
// connection with, before anything else; nil when the connection needs no
// upgrade. Errors of the upgrade are put in words by [Explain].
func (c *Conn) StartTLS() *tls.Config {
	if c.upgrade == nil {
		return nil
	}
	return c.upgrade.Clone()
}

// SetBudget allows n more bytes to be read, from now on and until the next
// call; 0 takes the limit away. Call it before each command. After STARTTLS
// the bytes are those of the encrypted stream, a little more than the text.
func (c *Conn) SetBudget(n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left, c.limited = n, n > 0
}

// Until sets the moment at which every read and write fails, whatever deadlines
// the protocol library sets in between; the zero time takes it away. It also
// wakes a read or write that waits already.
func (c *Conn) Until(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = t
	return errors.Join(c.Conn.SetReadDeadline(earlier(t, c.readBy)), c.Conn.SetWriteDeadline(earlier(t, c.writeBy)))
}

// Within runs one operation that has to end in d. When it does not, the error
// says so. The operation must be one that gives up when reading or writing
// fails.
func (c *Conn) Within(d time.Duration, operation func() error) error {
	end := c.now().Add(d)
	if err := c.Until(end); err != nil {
		return Explain(c.address, err)
	}
	err := operation()
	late := err != nil && !c.now().Before(end)
	if clear := c.Until(time.Time{}); err == nil {
		return Explain(c.address, clear)
	}
	if late && !errors.Is(err, os.ErrDeadlineExceeded) {
		err = fmt.Errorf("%w (%w)", os.ErrDeadlineExceeded, err)
	}
	return err
}

// CloseWith closes the connection when ctx ends, which is the only way out of
// a protocol library that knows no contexts. Call stop when done.
func (c *Conn) CloseWith(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { _ = c.Close() })
}

// Read reads at most the budget.
func (c *Conn) Read(b []byte) (int, error) {
	c.mu.Lock()
	limited, left := c.limited, c.left
	c.mu.Unlock()
	if limited && left <= 0 {
		return 0, fmt.Errorf("%s: %w", c.address.HostPort(), ErrBudget)
	}
	if limited && int64(len(b)) > left {
		b = b[:left]
	}
	n, err := c.Conn.Read(b)
	c.mu.Lock()
	c.left -= int64(n)
	c.mu.Unlock()
	return n, err
}

// Write writes, but on a connection that has to upgrade first only what leads
// there. The guard stands here because a mistake in a protocol library, or a
// server that plays tricks on it, must not cost a password (promises A12).
func (c *Conn) Write(b []byte) (int, error) {
	c.mu.Lock()
	if c.clear && len(b) > 0 {
		switch {
		case b[0] == tlsHandshake:
			c.clear = false
		case !leadsToTLS(b):
			c.mu.Unlock()
			return 0, ErrClear
		}
	}
	c.mu.Unlock()
	return c.Conn.Write(b)
}

// tlsHandshake is the first byte of a TLS handshake record (RFC 8446 5.1); no
// command of IMAP or SMTP begins with it.
const tlsHandshake = 0x16

// leadsToTLS knows the commands a client needs up to STARTTLS, with or without
// an IMAP tag. One write is one command.
func leadsToTLS(b []byte) bool {
	line, rest, _ := bytes.Cut(b, []byte("\r\n"))
	words := bytes.Fields(line)
	if len(rest) > 0 || len(words) == 0 {
		return false
	}
	switch string(bytes.ToUpper(words[0])) {
	case "EHLO", "HELO":
		return len(words) == 2
	case "STARTTLS", "QUIT":
		return len(words) == 1
	}
	if len(words) != 2 {
		return false
	}
	switch string(bytes.ToUpper(words[1])) {
	case "STARTTLS", "CAPABILITY", "LOGOUT":
		return true
	}
	return false
}

// SetDeadline is for the protocol library; see [Conn.Until].
func (c *Conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline is for the protocol library; see [Conn.Until].
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readBy = t
	return c.Conn.SetReadDeadline(earlier(c.until, t))
}

// SetWriteDeadline is for the protocol library; see [Conn.Until].
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writeBy = t
	return c.Conn.SetWriteDeadline(earlier(c.until, t))
}

// earlier is the earlier of two deadlines; the zero time is none.
func earlier(a, b time.Time) time.Time {
	switch {
	case a.IsZero():
		return b
	case b.IsZero() || a.Before(b):
		return a
	default:
		return b
	}
}
