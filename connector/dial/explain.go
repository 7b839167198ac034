package dial

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"postroom/desk"
)

// Explain puts a failure of the network or of TLS in words: one sentence and
// the next step, as a [desk.Error] of kind Offline. What is a [desk.Error]
// already, and nil, stay as they are.
func Explain(a Address, err error) error {
	if err == nil {
		return nil
	}
	var known *desk.Error
	if errors.As(err, &known) {
		return err
	}
	for _, explain := range [...]func(Address, error) *desk.Error{explainCertificate, explainTLS, explainNetwork} {
		if e := explain(a, err); e != nil {
			e.Kind, e.Err = desk.Offline, err
			return e
		}
	}
	return &desk.Error{
		Kind: desk.Offline, Code: "CONNECTION_LOST", Err: err,
		Message: fmt.Sprintf("The connection to %s failed.", a.HostPort()), Hint: "Try again; if it stays, see: postroom doctor",
	}
}

func explainCertificate(a Address, err error) *desk.Error {
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var other x509.HostnameError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return explainDates(a, invalid.Cert)
	case errors.As(err, &other):
		names := certificateNames(other.Certificate)
		return &desk.Error{
			Code: "CERT_OTHER_NAME", Message: fmt.Sprintf("The certificate of %s is for another name: %s.", a.HostPort(), names),
			Hint: "Connect to the server by a name its certificate has; an account that is connected: postroom account set ADDRESS imap=HOST:PORT smtp=HOST:PORT",
		}
	case errors.As(err, &unknown):
		what := "comes from an authority this machine does not know"
		if c := unknown.Cert; c != nil && c.CheckSignatureFrom(c) == nil || selfSigned(err) {
			what = "is self-signed"
		}
		return &desk.Error{
			Code: "CERT_UNKNOWN", Message: fmt.Sprintf("The certificate of %s %s.", a.HostPort(), what),
			Hint: "If that is your own server, give its authority (or the certificate itself) with --ca FILE; to an account that is connected: postroom account set ADDRESS ca=FILE",
		}
	case errors.As(err, &invalid):
		return &desk.Error{
			Code: "CERT_INVALID", Message: fmt.Sprintf("The certificate of %s cannot be trusted.", a.HostPort()),
			Hint: "Ask whoever runs the server to renew it.",
		}
	}
	return nil
}

// selfSigned looks at the server's own certificate: one that is no authority
// fails [x509.Certificate.CheckSignatureFrom] even when it signed itself.
func selfSigned(err error) bool {
	var bad *tls.CertificateVerificationError
	if !errors.As(err, &bad) || len(bad.UnverifiedCertificates) == 0 {
		return false
	}
	c := bad.UnverifiedCertificates[0]
	return c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

func explainDates(a Address, c *x509.Certificate) *desk.Error {
	if time.Now().Before(c.NotBefore) {
		return &desk.Error{
			Code: "CERT_NOT_YET", Message: fmt.Sprintf("The certificate of %s is valid only from %s on.", a.HostPort(), c.NotBefore.UTC().Format(time.DateOnly)),
			Hint: "Look at the clock of this machine first.",
		}
	}
	return &desk.Error{
		Code: "CERT_EXPIRED", Message: fmt.Sprintf("The certificate of %s expired on %s.", a.HostPort(), c.NotAfter.UTC().Format(time.DateOnly)),
		Hint: "Ask whoever runs the server to renew it, and look at the clock of this machine.",
	}
}

// certificateNames lists what a certificate is for, as far as a sentence can
// hold it.
func certificateNames(c *x509.Certificate) string {
	var names []string
	if c != nil {
		names = append(names, c.DNSNames...)
		for _, ip := range c.IPAddresses {
			names = append(names, ip.String())
		}
	}
	if len(names) == 0 {
		return "it names no host"
	}
	const room = 4
	for i, n := range names {
		names[i] = n[:min(len(n), 100)]
	}
	if len(names) > room {
		return strings.Join(names[:room], ", ") + fmt.Sprintf(" and %d more", len(names)-room)
	}
	return strings.Join(names, ", ")
}

func explainTLS(a Address, err error) *desk.Error {
	var record tls.RecordHeaderError
	if errors.As(err, &record) {
		e := &desk.Error{Code: "NO_TLS", Message: fmt.Sprintf("%s does not speak TLS on that port.", a.HostPort()), Hint: "Look up the port for TLS."}
		if a.Security == Implicit {
			e.Hint = fmt.Sprintf("If it begins plain and upgrades, write %s+starttls://%s.", a.Protocol, a.HostPort())
		}
		return e
	}
	// crypto/tls keeps the type of an alert to itself; its text is stable.
	text := err.Error()
	if strings.Contains(text, "protocol version not supported") || strings.Contains(text, "unsupported protocol version") {
		return &desk.Error{
			Code: "TLS_TOO_OLD", Message: fmt.Sprintf("%s only speaks TLS versions that are no longer safe.", a.HostPort()),
			Hint: "Ask whoever runs the server to switch on TLS 1.2 or newer.",
		}
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return &desk.Error{Code: "TLS_REFUSED", Message: fmt.Sprintf("%s refuses to agree on TLS.", a.HostPort()), Hint: "Ask whoever runs the server which TLS settings it takes."}
	}
	if a.Security == StartTLS && strings.Contains(strings.ToUpper(text), "STARTTLS") {
		return &desk.Error{
			Code: "NO_TLS", Message: fmt.Sprintf("%s offers no TLS, so no password is sent there.", a.HostPort()),
			Hint: fmt.Sprintf("If the server has a port with TLS from the start, write %ss://%s:PORT.", a.Protocol, a.Host),
		}
	}
	return nil
}

func explainNetwork(a Address, err error) *desk.Error {
	var name *net.DNSError
	var network net.Error
	switch {
	case errors.Is(err, ErrBudget):
		return &desk.Error{Code: "TOO_MUCH", Message: fmt.Sprintf("%s sends more than it may in one answer.", a.HostPort()), Hint: "If it stays, see: postroom doctor"}
	case errors.Is(err, context.Canceled):
		return &desk.Error{Code: "CANCELLED", Message: "The connection was given up."}
	case errors.As(err, &name) && name.IsNotFound:
		return &desk.Error{Code: "UNKNOWN_HOST", Message: fmt.Sprintf("There is no server called %s.", a.Host), Hint: "Look at the spelling of the name; of an account that is connected: postroom account set ADDRESS imap=HOST:PORT smtp=HOST:PORT"}
	case errors.As(err, &name):
		return &desk.Error{Code: "NO_NAMES", Message: fmt.Sprintf("The name %s cannot be looked up now.", a.Host), Hint: "Look at the network of this machine."}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &desk.Error{Code: "REFUSED", Message: fmt.Sprintf("Nothing answers at %s: the connection is refused.", a.HostPort()), Hint: "Look at the port."}
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETDOWN):
		return &desk.Error{Code: "UNREACHABLE", Message: fmt.Sprintf("There is no way from here to %s.", a.HostPort()), Hint: "Look at the network of this machine."}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT), errors.As(err, &network) && network.Timeout():
		e := &desk.Error{Code: "TIMEOUT", Message: fmt.Sprintf("%s does not answer in time.", a.HostPort()), Hint: "Look at host and port; a firewall may be in between."}
		if a.Security == StartTLS {
			// A server that speaks TLS from the start waits for the client to begin.
			e.Hint = fmt.Sprintf("If this port speaks TLS from the start, write %ss://%s.", a.Protocol, a.HostPort())
		}
		return e
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		return &desk.Error{Code: "CONNECTION_LOST", Message: fmt.Sprintf("%s ended the connection.", a.HostPort()), Hint: "Try again; if it stays, look at host and port."}
	}
	return nil
}
