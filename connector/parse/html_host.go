package parse

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// linkNote is the footnote of a link: its target with the true host, and what
// about it could mislead a reader.
func linkNote(target, label string) string {
	host, scheme := linkHost(target)
	if host == "" {
		return target
	}
	note := target
	ascii := asciiHost(host)
	hides := scheme != "mailto" && disguised(target, host)
	switch {
	case ascii != host:
		note = strings.Replace(target, host, ascii, 1)
		hides = hides || note == target
		if seen := strings.Map(visible, host); seen != ascii && !isASCII([]byte(host)) {
			note += " (looks like " + seen + ")"
		}
	case strings.Contains(host, "xn--"):
		if seen, err := idna.ToUnicode(host); err == nil && seen != host {
			note += " (looks like " + seen + ")"
		}
	}
	if hides {
		note += " (leads to " + ascii + ")"
	}
	if says := labelHost(label); says != "" && !sameSite(asciiHost(says), ascii) {
		note += " (the text says " + says + ")"
	}
	return note
}

// linkHost gives the host that a browser goes to (URL Living Standard), or the
// one behind the at sign of a mail address. It gives "" where there is none.
func linkHost(target string) (host, scheme string) {
	scheme, rest, ok := strings.Cut(target, ":")
	if !ok {
		return "", ""
	}
	scheme = strings.ToLower(scheme)
	if scheme == "mailto" {
		rest, _, _ = strings.Cut(rest, "?")
		host = rest[strings.LastIndexByte(rest, '@')+1:]
		if host == rest {
			return "", scheme
		}
		return strings.ToLower(host), scheme
	}
	// Browsers take backslashes for slashes, and any number of them for two.
	rest = strings.TrimLeft(rest, `/\`)
	if end := strings.IndexAny(rest, `/\?#`); end >= 0 {
		rest = rest[:end]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if colon := strings.LastIndexByte(rest, ':'); colon >= 0 && strings.Trim(rest[colon+1:], "0123456789") == "" {
		rest = rest[:colon]
	}
	if decoded, err := url.PathUnescape(rest); err == nil {
		rest = clean(tidy(decoded))
	}
	return strings.ToLower(rest), scheme
}

// disguised tells whether the target is written so that a reader takes another
// name in it for the host.
func disguised(target, host string) bool {
	_, rest, _ := strings.Cut(target, ":")
	return len(rest) < 3 || rest[:2] != "//" || !strings.HasPrefix(strings.ToLower(rest[2:]), host)
}

// visible drops what takes no room on a screen.
func visible(c rune) rune {
	if unicode.In(c, unicode.Cf) {
		return -1
	}
	return c
}

// asciiHost gives a host in the form of the DNS (RFC 5890), or the address that
// a number in its place is. Names are read as browsers do (UTS 46): wide
// letters, letters in circles and the full stops of other scripts are what they
// stand for, and what cannot be seen is dropped. What cannot be a host stays as
// it is.
func asciiHost(host string) string {
	if len(host) > 255 {
		return host
	}
	if !isASCII([]byte(host)) {
		ascii, err := idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false)).ToASCII(host)
		if err != nil {
			ascii, err = idna.ToASCII(host)
		}
		if err != nil {
			return host
		}
		host = ascii
	}
	if address, ok := numberHost(host); ok {
		return address
	}
	return host
}

// numberHost reads a host that is a number as browsers do (URL Living Standard,
// IPv4 parser): one to four parts, decimal, octal or hexadecimal, of which the
// last fills what is left.
func numberHost(host string) (address string, ok bool) {
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	if len(parts) > 4 {
		return "", false
	}
	var n uint64
	for i, p := range parts {
		v, err := strconv.ParseUint(p, 0, 32)
		if strings.EqualFold(p, "0x") {
			v, err = 0, nil
		}
		room := uint64(1) << 8
		if i == len(parts)-1 {
			room = 1 << (8 * (5 - len(parts)))
		}
		if err != nil || v >= room || strings.ContainsAny(p, "_oObB") && !strings.HasPrefix(strings.ToLower(p), "0x") {
			return "", false
		}
		n = n*room + v
	}
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}).String(), true
}

// labelHost gives the host that the label of a link names, if it names one: a
// target, a mail address, or the bare name of a host.
func labelHost(label string) string {
	label = strings.Trim(strings.TrimSpace(label), "<>()[].,;:!?\"'»«“”")
	if label == "" || len(label) >= labelCap || strings.ContainsAny(label, " \n\t") {
		return ""
	}
	lower := strings.ToLower(label)
	for _, scheme := range []string{"http://", "https://", "mailto:"} {
		if strings.HasPrefix(lower, scheme) {
			host, _ := linkHost(lower)
			return host
		}
	}
	host, _, _ := strings.Cut(lower, "/")
	host = host[strings.LastIndexByte(host, '@')+1:]
	dot := strings.LastIndexByte(host, '.')
	if dot <= 0 || !topLevel(host[dot+1:]) || strings.ContainsAny(host, `%=&()'",*#?`) {
		return ""
	}
	return host
}

// topLevel tells whether a word can be the last label of a host in a text, and
// not the ending of a file.
func topLevel(word string) bool {
	if len(word) < 2 || len(word) > 24 {
		return false
	}
	switch word {
	case "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "csv", "txt", "rtf", "html", "htm", "xml", "json", "zip",
		"gz", "rar", "jpg", "jpeg", "png", "gif", "svg", "webp", "mp3", "mp4", "mov", "eml", "ics", "vcf", "exe", "js", "css", "php", "asp", "aspx":
		return false
	}
	for i := range len(word) {
		if !letter(word[i]) && word[i] < 0x80 {
			return false
		}
	}
	return true
}

// sameSite tells whether two hosts belong together: they are the same, or one
// is below the other.
func sameSite(a, b string) bool {
	a, b = strings.TrimPrefix(strings.TrimSuffix(a, "."), "www."), strings.TrimPrefix(strings.TrimSuffix(b, "."), "www.")
	return a == b || strings.HasSuffix(a, "."+b) || strings.HasSuffix(b, "."+a)
}
