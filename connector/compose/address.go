package compose

import (
	"errors"
	"strings"

	"golang.org/x/net/idna"

	"postroom/desk"
)

var errNoAddress = errors.New("not a mail address")

// Address brings a mail address to the form in which it stands in a header
// (addr-spec, RFC 5322 3.4.1) and in the envelope (Mailbox, RFC 5321 4.1.2): a
// local part that needs it in quotes, an international domain in its ASCII
// form (RFC 5891).
func Address(addr string) (string, error) {
	addr = strings.TrimSpace(addr)
	at := strings.LastIndexByte(addr, '@')
	if at < 1 || at == len(addr)-1 {
		return "", errNoAddress
	}
	local, err := localPart(addr[:at])
	if err != nil {
		return "", err
	}
	domain, err := asciiDomain(addr[at+1:])
	if err != nil || len(local)+len(domain) > 320 {
		return "", errNoAddress
	}
	return local + "@" + domain, nil
}

// localPart quotes what is no dot-atom.
func localPart(local string) (string, error) {
	if n := len(local); n >= 2 && local[0] == '"' && local[n-1] == '"' {
		local = unquote(local[1 : n-1])
	}
	if len(local) == 0 || len(local) > 254 {
		return "", errNoAddress
	}
	plain := !strings.HasPrefix(local, ".") && !strings.HasSuffix(local, ".") && !strings.Contains(local, "..")
	for _, r := range local {
		switch {
		case r < ' ' || r == 0x7f || r == '\uFFFD':
			return "", errNoAddress
		case r < 0x80 && r != '.' && !isAtext(byte(r)):
			plain = false
		}
	}
	if plain {
		return local, nil
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(local) + `"`, nil
}

func unquote(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func asciiDomain(domain string) (string, error) {
	if literal, ok := strings.CutPrefix(domain, "["); ok {
		literal, ok = strings.CutSuffix(literal, "]")
		for i := range len(literal) {
			if !isAtext(literal[i]) && literal[i] != '.' && literal[i] != ':' {
				ok = false
			}
		}
		if !ok || literal == "" {
			return "", errNoAddress
		}
		return domain, nil
	}
	ascii := domain
	for i := range len(domain) {
		if domain[i] >= 0x80 {
			var err error
			if ascii, err = idna.Lookup.ToASCII(domain); err != nil {
				return "", errNoAddress
			}
			break
		}
	}
	for _, label := range strings.Split(ascii, ".") {
		if label == "" || len(label) > 63 {
			return "", errNoAddress
		}
		for i := range len(label) {
			if c := label[i]; !isAtext(c) {
				return "", errNoAddress
			}
		}
	}
	return ascii, nil
}

// NeedsUTF8 tells whether a mail can only go through a server that takes
// international addresses (SMTPUTF8, RFC 6531): when a local part is not ASCII.
func NeedsUTF8(out desk.Outgoing) bool {
	lists := [...][]desk.Mailbox{{out.From, {Addr: out.ReplyTo}}, out.To, out.Cc, out.Bcc}
	for _, list := range lists {
		for _, m := range list {
			local := m.Addr[:max(0, strings.LastIndexByte(m.Addr, '@'))]
			for i := range len(local) {
				if local[i] >= 0x80 {
					return true
				}
			}
		}
	}
	return false
}
