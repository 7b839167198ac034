package discover

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"

	"postroom/connector/dial"
	"postroom/desk"
)

// Source is where settings are from.
type Source string

// The sources, in no order.
const (
	BuiltIn    Source = "built-in"   // the table in this program, by the domain
	Autoconfig Source = "autoconfig" // a page of the domain itself
	SRV        Source = "srv"        // service records of the domain
	MX         Source = "mx"         // where the domain's mail goes, then the table
	ISPDB      Source = "ispdb"      // the public list of providers
)

// Found is what signs an address in, as somebody says it; only signing in
// proves it.
type Found struct {
	Source Source
	// Provider is who runs the servers, in words of the source.
	Provider   string
	IMAP, SMTP dial.Address
	// Username is what to sign in as.
	Username string
	// FilesSent says that the provider puts sent mail into Sent by itself.
	FilesSent bool
	// Note is what people have to know before they sign in there, or empty.
	Note string
	// Domain is that of the address, in ASCII.
	Domain string
}

// From says where the settings are from.
func (f Found) From() string {
	switch f.Source {
	case BuiltIn:
		return "from the settings of " + f.Provider + " that postroom knows"
	case MX:
		return "the mail of " + f.Domain + " goes to " + f.Provider + ", whose settings postroom knows"
	case Autoconfig:
		return "from " + f.Domain + "'s own settings"
	case SRV:
		return "from " + f.Domain + "'s own settings in DNS"
	case ISPDB:
		return "from the public list of mail providers, as " + f.Provider
	default:
		return ""
	}
}

// Elsewhere are the hosts outside the domain of the address, each once. This
// machine is none of them.
func (f Found) Elsewhere() []string {
	var hosts []string
	for _, h := range []string{f.IMAP.Host, f.SMTP.Host} {
		if publicName(h) && h != f.Domain && !strings.HasSuffix(h, "."+f.Domain) && !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// Doubtful reports whether nothing but DNS leads to a host of somebody
// unknown: a person has to look at it before a password goes there (RFC 6186,
// section 6).
func (f Found) Doubtful() bool {
	return f.Source == SRV && slices.ContainsFunc(f.Elsewhere(), func(h string) bool { return !knownHost(h) })
}

// Finder asks the sources. The zero value asks as this machine does.
type Finder struct {
	// Offline asks nobody: only the table in this program is looked at.
	Offline bool
	// Patience is how long the sources may take that are asked at the same
	// time; 5 seconds if 0. There are two rounds at most.
	Patience time.Duration
	// Resolver looks names up; nil for that of the machine.
	Resolver *net.Resolver
	// Dial connects to a page; nil for a connection of the machine, also
	// through the proxy of its environment.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Roots are the authorities that pages are verified with; nil for the
	// machine's.
	Roots *x509.CertPool
}

// errNothing is the answer of a source that knows nothing of a domain.
var errNothing = errors.New("nothing there")

// source looks for settings in one place. It gives errNothing where there are
// none, and a [desk.Error] where it could not look or may not use what it saw.
type source func(context.Context, mailbox) (Found, error)

// answer is what a source has found.
type answer struct {
	found Found
	err   error
}

// Find gives the settings of an address. Errors are [desk.Error]: NotFound
// where nobody knows any, Offline where nobody could be asked, Invalid for what
// is no address.
func (f Finder) Find(ctx context.Context, address string) (Found, error) {
	m, err := parse(address)
	if err != nil {
		return Found{}, err
	}
	if p, ok := providerOf(m.domain); ok {
		return p.settings(m, BuiltIn), nil
	}
	if f.Offline {
		return Found{}, &desk.Error{
			Kind: desk.NotFound, Code: "NO_SETTINGS", Message: fmt.Sprintf("%s is none of the providers postroom knows, and nobody is asked.", m.domain),
			Hint: giveThem,
		}
	}
	round := f.ask(ctx, m, f.autoconfigHost, f.wellKnown, f.services, f.exchangers)
	services := &round[2]
	for i := range round {
		if a := &round[i]; a.err == nil && !a.found.Doubtful() {
			return a.found, nil
		}
	}
	if listed := f.ask(ctx, m, f.publicList); listed[0].err == nil {
		return listed[0].found, nil
	}
	if err := ctx.Err(); err != nil {
		return Found{}, err
	}
	if services.err == nil {
		return services.found, nil
	}
	return Found{}, nothing(m, round)
}

// ask asks sources at the same time and waits for all of them.
func (f Finder) ask(ctx context.Context, m mailbox, sources ...source) []answer {
	patience := f.Patience
	if patience <= 0 {
		patience = 5 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answers := make([]answer, len(sources))
	var all sync.WaitGroup
	for i, look := range sources {
		all.Go(func() { answers[i].found, answers[i].err = look(ctx, m) })
	}
	all.Wait()
	return answers
}

const giveThem = "Give the servers with --imap HOST:PORT --smtp HOST:PORT; the provider's help pages name them."

// nothing says that there are no settings, and what stood in the way.
func nothing(m mailbox, answers []answer) error {
	e := &desk.Error{
		Kind: desk.NotFound, Code: "NO_SETTINGS", Message: fmt.Sprintf("Nobody says which mail servers %s has.", m.domain),
		Hint: giveThem,
	}
	var why *desk.Error
	// The exchangers come last. When even they cannot be looked up nothing can.
	if errors.As(answers[len(answers)-1].err, &why) {
		e.Kind, e.Code, e.Message = why.Kind, why.Code, why.Message
		e.Hint = why.Hint + " Or give the servers with --imap HOST:PORT --smtp HOST:PORT."
		return e
	}
	for _, a := range answers {
		if errors.As(a.err, &why) && !strings.Contains(e.Message, why.Message) {
			e.Message += " " + why.Message
		}
	}
	return e
}

// mailbox is an address taken apart.
type mailbox struct {
	address, local string
	domain         string // ASCII, small letters
}

func parse(address string) (mailbox, error) {
	address = strings.TrimSpace(address)
	if err := desk.CheckAddress(address); err != nil {
		return mailbox{}, err
	}
	at := strings.IndexByte(address, '@')
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil || !publicName(domain) {
		return mailbox{}, &desk.Error{
			Kind: desk.Invalid, Code: "BAD_ADDRESS", Message: fmt.Sprintf("%q is not an address on the internet.", address),
			Hint: "Write it as name@example.org, or name the servers with --imap and --smtp.",
		}
	}
	return mailbox{address, address[:at], strings.ToLower(domain)}, nil
}

// publicName tells whether a host is one that a source outside may name: a
// name with a dot, neither an address nor this machine.
func publicName(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil || len(host) > 253 || strings.Contains(host, "..") {
		return false
	}
	if !strings.Contains(strings.Trim(host, "."), ".") || strings.HasPrefix(host, ".") || strings.HasSuffix(host, ".localhost") {
		return false
	}
	return strings.Trim(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") == ""
}

// server makes an address of what a source says; not ok for what cannot be one.
func server(protocol string, s dial.Security, host, port string) (dial.Address, bool) {
	host = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(host), "."))
	a := dial.Address{Protocol: protocol, Security: s, Host: host, Port: port}
	if s == dial.Plain || !publicName(host) {
		return a, false
	}
	parsed, err := dial.Parse(a.String())
	return parsed, err == nil
}
