package dial

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"postroom/desk"
)

// Security is how a connection gets its TLS.
type Security int

// The ways to TLS. Plain is for loopback only.
const (
	Implicit Security = iota // TLS from the first byte (RFC 8314)
	StartTLS                 // a plain greeting, then TLS (RFC 3207, RFC 9051 6.2.1)
	Plain
)

// Address is a server URL taken apart.
type Address struct {
	Protocol string // imap or smtp
	Security Security
	Host     string // without brackets
	Port     string
}

// String is the URL of the address, with its port.
func (a Address) String() string { return a.scheme() + "://" + a.HostPort() }

// HostPort is host:port, for the dialer.
func (a Address) HostPort() string { return net.JoinHostPort(a.Host, a.Port) }

func (a Address) scheme() string {
	switch a.Security {
	case Implicit:
		return a.Protocol + "s"
	case StartTLS:
		return a.Protocol + "+starttls"
	default:
		return a.Protocol
	}
}

// Parse reads a server URL: imaps, imap+starttls, imap, smtps, smtp+starttls
// or smtp. Without a port the scheme's own is taken. A plain scheme is refused
// unless the host is this machine.
func Parse(raw string) (Address, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" {
		return Address{}, badAddress(raw)
	}
	a := Address{Host: u.Hostname(), Port: u.Port()}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" || !validHost(a.Host) {
		return Address{}, badAddress(raw)
	}
	var standard string
	switch strings.ToLower(u.Scheme) {
	case "imaps":
		a.Protocol, a.Security, standard = "imap", Implicit, "993"
	case "imap+starttls":
		a.Protocol, a.Security, standard = "imap", StartTLS, "143"
	case "imap":
		a.Protocol, a.Security, standard = "imap", Plain, "143"
	case "smtps":
		a.Protocol, a.Security, standard = "smtp", Implicit, "465"
	case "smtp+starttls":
		a.Protocol, a.Security, standard = "smtp", StartTLS, "587"
	case "smtp":
		a.Protocol, a.Security, standard = "smtp", Plain, "587"
	default:
		return Address{}, badAddress(raw)
	}
	if a.Port == "" {
		a.Port = standard
	}
	if n, err := strconv.Atoi(a.Port); err != nil || n < 1 || n > 65535 {
		return Address{}, badAddress(raw)
	}
	if a.Security == Plain && !a.loopback() {
		return Address{}, notPlain(a)
	}
	return a, nil
}

// ParseHostPort reads what follows --imap or --smtp: a URL as [Parse] takes
// it, or HOST or HOST:PORT, which always mean TLS. The port says which kind:
// 143, 587 and 25 begin plain and upgrade by STARTTLS, every other port speaks
// TLS from the first byte. Nothing is found out by trying: the same words
// always mean the same connection. protocol is imap or smtp.
func ParseHostPort(protocol, s string) (Address, error) {
	s = strings.TrimSpace(s)
	if strings.Contains(s, "://") {
		a, err := Parse(s)
		if err == nil && a.Protocol != protocol {
			return Address{}, &desk.Error{
				Kind: desk.Invalid, Code: "BAD_SERVER", Message: fmt.Sprintf("%s is no address of an %s server.", a, strings.ToUpper(protocol)),
				Hint: "Write it as --" + protocol + " HOST:PORT.",
			}
		}
		return a, err
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		host, port = strings.Trim(s, "[]"), ""
	}
	a := Address{Protocol: protocol, Host: host, Port: port}
	switch {
	case port == "" && protocol == "imap":
		a.Port = "993"
	case port == "":
		a.Port = "465"
	case protocol == "imap" && port == "143", protocol == "smtp" && (port == "587" || port == "25"):
		a.Security = StartTLS
	}
	if !validHost(host) {
		return Address{}, badAddress(s)
	}
	return Parse(a.String())
}

// loopback tells whether the host is this machine by its name. [Open] looks
// again at the address it has really reached.
func (a Address) loopback() bool {
	if strings.EqualFold(strings.TrimSuffix(a.Host, "."), "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(a.Host)
	return err == nil && ip.Unmap().IsLoopback()
}

// validHost takes host names and addresses; it keeps out what could be taken
// for something else in a message or by a resolver.
func validHost(host string) bool {
	if host == "" || len(host) > 253 || strings.HasPrefix(host, "-") {
		return false
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	for _, c := range host {
		if c <= ' ' || c == 0x7f || strings.ContainsRune(`/\:@<>[]"'%,;?#`, c) {
			return false
		}
	}
	return true
}

func badAddress(raw string) error {
	return &desk.Error{
		Kind: desk.Invalid, Code: "BAD_SERVER", Message: fmt.Sprintf("%q is not the address of a mail server.", raw),
		Hint: "Write HOST:PORT, or a URL like imaps://mail.example.org or smtp+starttls://mail.example.org:587.",
	}
}

func notPlain(a Address) error {
	return &desk.Error{
		Kind: desk.Invalid, Code: "NO_TLS", Message: fmt.Sprintf("%s would send the password in clear, which is allowed on this machine only.", a),
		Hint: fmt.Sprintf("Use %ss://%s or %s+starttls://%s.", a.Protocol, a.Host, a.Protocol, a.Host),
	}
}
