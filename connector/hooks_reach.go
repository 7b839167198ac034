package connector

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"syscall"

	"postroom/desk"
)

// A rule is written by whoever may configure an inbox, and called is from the
// machine that serves the mail. So that nobody reaches through it what he could
// not reach himself, calls go to public addresses only, and to the networks
// that whoever runs the machine has named.

// ParseNetworks reads networks as in 10.0.0.0/8, fd00::/8, 192.168.1.7, with
// commas or blanks between.
func ParseNetworks(text string) ([]netip.Prefix, error) {
	var list []netip.Prefix
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		network, err := netip.ParsePrefix(word)
		if err != nil {
			var one netip.Addr
			if one, err = netip.ParseAddr(word); err == nil {
				network, err = one.Prefix(one.BitLen())
			}
		}
		if err != nil {
			return nil, &desk.Error{
				Kind: desk.Invalid, Code: "BAD_NETWORK", Message: fmt.Sprintf("%q is no network.", desk.Snippet(word, 60)),
				Hint: "For example: 10.0.0.0/8, 127.0.0.1, fd00::/8",
			}
		}
		list = append(list, network.Masked())
	}
	return list, nil
}

// special are networks in which a public address never is, besides those that
// [netip.Addr] knows (RFC 6890).
func special() []netip.Prefix {
	var list []netip.Prefix
	for _, one := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4",
		// What leads from IPv6 to any address of IPv4.
		"64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32",
	} {
		list = append(list, netip.MustParsePrefix(one))
	}
	return list
}

// hookTransport asks no proxy: where the way behind one leads could not be seen.
func hookTransport(allowed []netip.Prefix) *http.Transport {
	return &http.Transport{
		DialContext: hookDialer(allowed).DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10,
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
	}
}

// hookDialer connects to what may be called. It looks at the address that is
// connected to, not at the name: a name may lead somewhere else a moment later.
func hookDialer(allowed []netip.Prefix) *net.Dialer {
	closed := special()
	within := func(list []netip.Prefix, a netip.Addr) bool {
		return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	return &net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		a := to.Addr().Unmap().WithZone("")
		if within(allowed, a) || a.IsGlobalUnicast() && !a.IsPrivate() && !within(closed, a) {
			return nil
		}
		return &desk.Error{
			Kind: desk.Denied, Code: "NOT_PUBLIC",
			Message: fmt.Sprintf("%s is no public address; POSTROOM_WEBHOOK_NETWORKS of who serves the mail can allow it.", a),
		}
	}}
}
