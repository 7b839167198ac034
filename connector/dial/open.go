package dial

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/netip"
	"time"

	"postroom/desk"
)

// Target says where to connect and whom to trust there.
type Target struct {
	// URL is one of the schemes of [Parse].
	URL string
	// CA is a PEM bundle trusted besides the system's roots. A server's own
	// self-signed certificate works too: it is then pinned.
	CA string
	// Timeout is for name, connection and TLS together; 30 seconds if 0.
	Timeout time.Duration
}

const (
	connectTimeout = 30 * time.Second
	// userTimeout is how long sent bytes may stay unacknowledged, and about
	// how long a silent peer that is gone stays unnoticed.
	userTimeout = 2 * time.Minute
)

// Open connects. For imaps and smtps TLS is up and verified when it returns.
// For the STARTTLS schemes the caller upgrades with [Conn.StartTLS] before
// anything else. Errors are [desk.Error] of kind Offline, or Invalid when the
// target itself makes no sense.
func Open(ctx context.Context, target Target) (*Conn, error) {
	a, err := Parse(target.URL)
	if err != nil {
		return nil, err
	}
	var config *tls.Config
	if a.Security != Plain { // reading the system's roots takes longer than connecting
		if config, err = tlsConfig(a, target.CA); err != nil {
			return nil, err
		}
	}
	timeout := target.Timeout
	if timeout <= 0 {
		timeout = connectTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	dialer := net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: time.Minute, Interval: 20 * time.Second, Count: 3},
		Control:         limitSilence,
	}
	raw, err := dialer.DialContext(ctx, "tcp", a.HostPort())
	if err != nil {
		return nil, Explain(a, err)
	}
	switch a.Security {
	case Implicit:
		secure := tls.Client(raw, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			_ = raw.Close()
			return nil, Explain(a, err)
		}
		c := newConn(secure, a, nil)
		return c, c.verified(secure.ConnectionState())
	case StartTLS:
		c := newConn(raw, a, config)
		config.VerifyConnection = c.verified
		return c, nil
	default:
		// The name said loopback; the resolver may have said something else.
		peer, err := netip.ParseAddrPort(raw.RemoteAddr().String())
		if err != nil || !peer.Addr().Unmap().IsLoopback() {
			_ = raw.Close()
			return nil, notPlain(a)
		}
		return newConn(raw, a, nil), nil
	}
}

// tlsConfig trusts the system's roots and the given bundle.
func tlsConfig(a Address, bundle string) (*tls.Config, error) {
	config := &tls.Config{ServerName: a.Host, MinVersion: tls.VersionTLS12}
	if bundle == "" {
		return config, nil
	}
	var err error
	config.RootCAs, err = Roots(bundle)
	return config, err
}

// Roots are the authorities of this machine and those of a bundle in PEM. One
// without a certificate is refused, and so whoever reads a bundle asks this
// before a server is.
func Roots(bundle string) (*x509.CertPool, error) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		// A machine without roots still reaches the server of this bundle.
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM([]byte(bundle)) {
		return nil, &desk.Error{
			Kind: desk.Invalid, Code: "BAD_CA", Message: "The file for the certificates to trust holds none.",
			Hint: "It has to be PEM: a block that begins with -----BEGIN CERTIFICATE-----.",
		}
	}
	return roots, nil
}
