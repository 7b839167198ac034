package discover

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"

	"postroom/connector/dial"
)

// service is the name under which a domain says where one of its servers is.
type service struct {
	name     string
	security dial.Security
}

// TLS from the first byte is better (RFC 8314, 3). The other names mean
// STARTTLS to us, whatever the server would do without.
var (
	imapServices = [...]service{{"imaps", dial.Implicit}, {"imap", dial.StartTLS}}
	smtpServices = [...]service{{"submissions", dial.Implicit}, {"submission", dial.StartTLS}}
)

func (f Finder) resolver() *net.Resolver {
	if f.Resolver != nil {
		return f.Resolver
	}
	return net.DefaultResolver
}

// services looks at the service records of the domain (RFC 6186, RFC 8314).
func (f Finder) services(ctx context.Context, m mailbox) (Found, error) {
	found := Found{Source: SRV, Provider: m.domain, Username: m.address, Domain: m.domain}
	var err error
	if found.IMAP, err = f.serves(ctx, m.domain, "imap", imapServices[:]); err != nil {
		return Found{}, err
	}
	found.SMTP, err = f.serves(ctx, m.domain, "smtp", smtpServices[:])
	return found, err
}

// serves gives the best server of a domain for a protocol. A record whose
// target is the root says that there is none (RFC 6186, 3.4).
func (f Finder) serves(ctx context.Context, domain, protocol string, services []service) (dial.Address, error) {
	for _, s := range services {
		_, records, err := f.resolver().LookupSRV(ctx, s.name, "tcp", domain)
		if len(records) == 0 && err != nil {
			if err := unknown(domain, err); !errors.Is(err, errNothing) {
				return dial.Address{}, err
			}
		}
		for _, r := range records {
			if a, ok := server(protocol, s.security, r.Target, strconv.Itoa(int(r.Port))); ok {
				return a, nil
			}
		}
	}
	return dial.Address{}, errNothing
}

// exchangers looks at where the mail of the domain goes. What DNS says here
// only chooses among providers we know.
func (f Finder) exchangers(ctx context.Context, m mailbox) (Found, error) {
	records, err := f.resolver().LookupMX(ctx, m.domain)
	if len(records) == 0 && err != nil {
		return Found{}, unknown(m.domain, err)
	}
	for _, r := range records {
		if p, ok := providerBehind(strings.ToLower(strings.TrimSuffix(r.Host, "."))); ok {
			return p.settings(m, MX), nil
		}
	}
	return Found{}, errNothing
}

// unknown tells a name that is not there from one that cannot be looked up.
func unknown(host string, err error) error {
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return errNothing
	}
	if !errors.As(err, &dns) {
		err = &net.DNSError{Err: err.Error(), Name: host, IsTemporary: true}
	}
	return dial.Explain(dial.Address{Host: host}, err)
}
