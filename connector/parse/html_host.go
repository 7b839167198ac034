package parse

import (
	"net/url"
	"strings"

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
	switch {
	case ascii != host:
		if note = strings.Replace(target, host, ascii, 1); note == target {
			note += " (leads to " + ascii + ")"
		}
		note += " (looks like " + host + ")"
	case strings.Contains(host, "xn--"):
		if unicode, err := idna.ToUnicode(host); err == nil && unicode != host {
			note += " (looks like " + unicode + ")"
		}
	}
	if scheme != "mailto" && disguised(target, host) {
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

// asciiHost gives a host in the form of the DNS (RFC 5890). What cannot be
// one stays as it is.
func asciiHost(host string) string {
	if isASCII([]byte(host)) || len(host) > 255 {
		return host
	}
	if ascii, err := idna.ToASCII(host); err == nil {
		return ascii
	}
	return host
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
	a, b = strings.TrimPrefix(a, "www."), strings.TrimPrefix(b, "www.")
	return a == b || strings.HasSuffix(a, "."+b) || strings.HasSuffix(b, "."+a)
}
