package parse

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// tokenKind is what a piece of HTML source is.
type tokenKind uint8

const (
	tokenEnd tokenKind = iota // there is nothing more
	tokenText
	tokenOpen
	tokenClose
	tokenOther // a comment, a doctype, what a browser takes for one
)

// token is one piece of HTML source.
type token struct {
	kind tokenKind
	tag  atom.Atom
	text string // the source of a text
	attributes
}

// tokenizer cuts HTML source into tokens as a browser does (HTML Living
// Standard, section 13.2.5). It is ours because nothing here needs a copy of
// any name or value: everything is a piece of the source, which makes it
// several times as fast as one that hands out bytes of its own. A test holds
// it against golang.org/x/net/html.
type tokenizer struct {
	source string
	at     int
	raw    string // the name of the element whose content is no markup
}

func (z *tokenizer) next(t *token) {
	t.kind, t.tag, t.text = tokenEnd, 0, ""
	if z.at >= len(z.source) {
		return
	}
	if z.raw != "" {
		if z.rawText(t) {
			return
		}
	}
	start := z.at
	for i := start; i < len(z.source); i++ {
		next := strings.IndexByte(z.source[i:], '<')
		if next < 0 {
			break
		}
		i += next
		if !opensMarkup(z.source[i:]) {
			continue
		}
		if i > start {
			t.kind, t.text, z.at = tokenText, z.source[start:i], i
			return
		}
		z.markup(t)
		return
	}
	t.kind, t.text, z.at = tokenText, z.source[start:], len(z.source)
}

// opensMarkup tells whether the angle bracket at the start of s is more than a
// character of the text.
func opensMarkup(s string) bool {
	if len(s) < 2 {
		return false
	}
	c := s[1]
	if c == '/' {
		return len(s) > 2
	}
	return letter(c) || c == '!' || c == '?'
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// rawText reads the content of an element such as style up to its end tag.
func (z *tokenizer) rawText(t *token) bool {
	name := z.raw
	z.raw = ""
	end := len(z.source)
	for i := z.at; name != "plaintext"; {
		next := strings.Index(z.source[i:], "</")
		if next < 0 {
			break
		}
		i += next + 2
		rest := z.source[i:]
		if len(rest) > len(name) && strings.EqualFold(rest[:len(name)], name) && endsName(rest[len(name)]) {
			end = i - 2
			break
		}
	}
	if end == z.at {
		return false
	}
	t.kind, t.text, z.at = tokenText, z.source[z.at:end], end
	return true
}

// markup reads the tag or comment that begins here.
func (z *tokenizer) markup(t *token) {
	inside := z.source[z.at+1:]
	switch c := inside[0]; {
	case letter(c):
		z.openTag(t, inside)
	case c == '/' && letter(inside[1]):
		t.tag, inside = tagName(inside[1:])
		for ok := true; ok; {
			_, _, inside, ok = cutAttribute(inside)
		}
		z.endTag(t, tokenClose, inside)
	case strings.HasPrefix(inside, "!--"):
		t.kind = tokenOther
		z.at += 4 + commentLength(inside[3:])
	default:
		t.kind = tokenOther
		if end := strings.IndexByte(inside, '>'); end >= 0 {
			z.at += end + 2
		} else {
			z.at = len(z.source)
		}
	}
}

func (z *tokenizer) openTag(t *token, inside string) {
	name := inside
	t.tag, inside = tagName(inside)
	name = name[:len(name)-len(inside)]
	t.attributes = attributes{}
	for {
		key, value, rest, ok := cutAttribute(inside)
		inside = rest
		if !ok {
			break
		}
		t.take(key, value)
	}
	z.endTag(t, tokenOpen, inside)
	if rawTag(t.tag) || t.tag == atom.Xmp || t.tag == atom.Plaintext {
		z.raw = strings.ToLower(name)
	}
}

// endTag steps over the closing bracket. A tag that the source ends in the
// middle of is dropped, as browsers do.
func (z *tokenizer) endTag(t *token, kind tokenKind, inside string) {
	if inside == "" {
		z.at = len(z.source)
		t.kind = tokenEnd
		return
	}
	t.kind = kind
	z.at = len(z.source) - len(inside) + 1
}

// commentLength gives the length of what is left of a comment with its end.
func commentLength(s string) int {
	if strings.HasPrefix(s, ">") {
		return 1
	}
	if strings.HasPrefix(s, "->") {
		return 2
	}
	for i := 0; ; {
		next := strings.Index(s[i:], "--")
		if next < 0 {
			return len(s)
		}
		i += next + 2
		switch {
		case strings.HasPrefix(s[i:], ">"):
			return i + 1
		case strings.HasPrefix(s[i:], "!>"):
			return i + 2
		}
		i-- // the second hyphen can be the first of the end
	}
}

// tagName cuts the name from the inside of a tag. A name that is not one of
// HTML is 0.
func tagName(tag string) (name atom.Atom, rest string) {
	var lower [16]byte
	i := 0
	for i < len(tag) && !endsName(tag[i]) {
		c := tag[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if i < len(lower) {
			lower[i] = c
		}
		i++
	}
	if i > len(lower) {
		return 0, tag[i:]
	}
	return atom.Lookup(lower[:i]), tag[i:]
}

func endsName(c byte) bool { return htmlSpace(c) || c == '>' || c == '/' }

func htmlSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// cutAttribute cuts the first attribute from the inside of a tag. ok is false
// when there is none; rest then begins with the closing bracket or is empty.
func cutAttribute(s string) (key, value, rest string, ok bool) {
	i := 0
	for i < len(s) && (htmlSpace(s[i]) || s[i] == '/') {
		i++
	}
	if i >= len(s) || s[i] == '>' {
		return "", "", s[i:], false
	}
	start := i
	for i++; i < len(s) && !endsName(s[i]) && s[i] != '='; i++ {
	}
	key = s[start:i]
	for i < len(s) && htmlSpace(s[i]) {
		i++
	}
	if i >= len(s) || s[i] != '=' {
		return key, "", s[i:], true
	}
	for i++; i < len(s) && htmlSpace(s[i]); i++ {
	}
	if i < len(s) && (s[i] == '"' || s[i] == '\'') {
		end := strings.IndexByte(s[i+1:], s[i])
		if end < 0 {
			return key, s[i+1:], "", true
		}
		return key, s[i+1 : i+1+end], s[i+end+2:], true
	}
	start = i
	for i < len(s) && !htmlSpace(s[i]) && s[i] != '>' {
		i++
	}
	return key, s[start:i], s[i:], true
}
