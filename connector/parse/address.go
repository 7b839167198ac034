package parse

import (
	"strings"

	"postroom/desk"
)

// addressCap is how much of one address field is read. Longer ones are lists
// that nobody typed.
const addressCap = 64 << 10

// addresses reads an address list (RFC 5322 section 3.4) as people and
// programs really write it: groups, semicolons, open quotes, commas in names,
// bare addresses, comments for names. It looks at every byte a bounded number
// of times.
func (r *reading) addresses(value string) []desk.Mailbox {
	if len(value) > addressCap {
		value = value[:addressCap]
		r.defect("an address field is too long and was cut")
	}
	list := []desk.Mailbox{}
	surname := "" // a piece without address: perhaps the part of a name before its comma
	scan := addressScanner{rest: value}
	defer func() { r.work += scan.work }()
	for {
		piece, ok := scan.next()
		if !ok {
			break
		}
		box, named := r.mailbox(piece)
		switch {
		case box.Addr == "" && box.Name == "":
		case box.Addr == "":
			if surname != "" {
				list = append(list, desk.Mailbox{Addr: surname})
			}
			surname = box.Name
		default:
			if surname != "" && named {
				box.Name = surname + ", " + box.Name
			} else if surname != "" {
				list = append(list, lonely(surname))
			}
			surname = ""
			list = append(list, box)
		}
	}
	if surname != "" {
		list = append(list, lonely(surname))
	}
	return list
}

// lonely makes a mailbox of a piece that has no address: one word is a local
// account such as root, more words are a name.
func lonely(piece string) desk.Mailbox {
	if strings.ContainsAny(piece, " \t") {
		return desk.Mailbox{Name: piece}
	}
	return desk.Mailbox{Addr: piece}
}

// addressScanner cuts an address list into pieces of one mailbox each.
type addressScanner struct {
	rest string
	// The closing characters that are known not to come any more. Without
	// this memory a list of ten thousand open quotes would cost the square.
	noQuote, noParen, noAngle, noGroup bool
	// work counts the steps, for the test that they stay linear.
	work int
}

// angleCap is how long an address in angle brackets may be.
const angleCap = 1000

func (s *addressScanner) next() (piece string, ok bool) {
	if s.rest == "" {
		return "", false
	}
	start := 0
	sawAddress := false
	for i := 0; i < len(s.rest); i++ {
		s.work++
		switch s.rest[i] {
		case '"':
			i = s.skip(i, '"', &s.noQuote)
		case '(':
			i = s.skip(i, ')', &s.noParen)
		case '<':
			sawAddress = true
			i = s.skip(i, '>', &s.noAngle)
		case '=':
			i = s.skipWord(i)
		case '@':
			sawAddress = true
		case ':':
			// A group's name; but a colon in a name with no closing semicolon
			// after it belongs to the name.
			if sawAddress || s.noGroup {
				continue
			}
			if strings.IndexByte(s.rest[i:], ';') > 0 {
				start = i + 1
			} else {
				s.noGroup = true
			}
		case ',', ';':
			piece, s.rest = s.rest[start:i], s.rest[i+1:]
			return piece, true
		}
	}
	piece, s.rest = s.rest[start:], ""
	return piece, true
}

// skip gives the position of the closing character, or i itself when there is
// none.
func (s *addressScanner) skip(i int, closing byte, none *bool) int {
	if *none {
		return i
	}
	at := false
	route := i+1 < len(s.rest) && s.rest[i+1] == '@'
	for j := i + 1; j < len(s.rest); j++ {
		s.work++
		switch c := s.rest[j]; {
		case c == closing:
			return j
		case closing != '>':
			if c == '\\' {
				j++
			}
		case c == '@':
			at = true
		case at && !route && (c == ',' || c == ';') || j-i > angleCap:
			// `<a@b, <c@d>`: the first one was never closed.
			return i
		}
	}
	*none = true
	return i
}

// skipWord passes over an encoded word, which may hold commas.
func (s *addressScanner) skipWord(i int) int {
	if !strings.HasPrefix(s.rest[i:], "=?") {
		return i
	}
	parts := 0
	for j := i + 2; j < len(s.rest) && j < i+1000; j++ {
		s.work++
		if s.rest[j] != '?' {
			continue
		}
		if parts++; parts >= 3 && j+1 < len(s.rest) && s.rest[j+1] == '=' {
			return j + 1
		}
		if parts == 1 && j-i > 40 {
			return i
		}
	}
	return i
}

// mailbox reads one piece. named is true when a display name stands before an
// address in angle brackets.
func (r *reading) mailbox(piece string) (box desk.Mailbox, named bool) {
	piece = strings.TrimSpace(piece)
	before, comment, inner, hasAngle := splitMailbox(piece)
	switch {
	case hasAngle:
		box.Addr = r.address(inner)
		box.Name = r.displayName(before)
	case strings.IndexByte(before, '@') >= 0:
		// `Ann Lee ann@acme.test`: the last word with an @ is the address.
		words := strings.Fields(before)
		for i := len(words) - 1; i >= 0; i-- {
			if strings.IndexByte(words[i], '@') >= 0 {
				box.Addr = r.address(words[i])
				words = append(words[:i], words[i+1:]...)
				break
			}
		}
		box.Name = r.displayName(strings.Join(words, " "))
	default:
		box.Name = r.displayName(before)
	}
	named = box.Name != ""
	if box.Name == "" && comment != "" {
		box.Name = r.displayName(comment)
	}
	if hasAngle && box.Addr == "" && box.Name == "" {
		return box, false
	}
	if box.Addr == "" && strings.Contains(box.Name, "@") && !strings.Contains(piece, "=?") {
		box.Addr, box.Name = box.Name, ""
	}
	return box, named
}

// splitMailbox divides a piece into the text before the angle brackets with
// comments taken out, the last comment, and what is in the brackets.
func splitMailbox(piece string) (before, comment, inner string, hasAngle bool) {
	var b strings.Builder
	scan := addressScanner{rest: piece}
	for i := 0; i < len(piece); i++ {
		switch c := piece[i]; c {
		case '"':
			j := scan.skip(i, '"', &scan.noQuote)
			b.WriteString(piece[i : j+1])
			i = j
		case '(':
			j := scan.skip(i, ')', &scan.noParen)
			if j > i {
				comment = piece[i+1 : j]
			} else {
				b.WriteByte(c)
			}
			i = j
		case '<':
			inner = piece[i+1:]
			if end := strings.LastIndexByte(inner, '>'); end >= 0 {
				inner = inner[:end]
			}
			return b.String(), comment, inner, true
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), comment, "", false
}

// address cleans an addr-spec: no blanks, no brackets, no route (RFC 5322
// section 4.4), no mailto.
func (r *reading) address(s string) string {
	s = strings.Trim(s, "<> \t\r\n,;")
	if at := strings.LastIndex(s, "<"); at >= 0 {
		s = s[at+1:]
	}
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	if strings.HasPrefix(s, "@") {
		if _, routed, ok := strings.Cut(s, ":"); ok {
			s = routed
		}
	}
	s = r.rawText(s)
	if strings.IndexByte(s, '"') < 0 {
		s = strings.Join(strings.Fields(s), "")
	}
	return strings.Trim(tidy(s), "'")
}

// displayName decodes a display name and takes the quotes off it.
func (r *reading) displayName(s string) string {
	s = strings.TrimSpace(s)
	if strings.IndexByte(s, '"') >= 0 || strings.IndexByte(s, '\\') >= 0 {
		s = unquoteName(s)
	}
	s = r.words(s)
	if len(s) > 1 && s[0] == '\'' && s[len(s)-1] == '\'' {
		s = strings.TrimSpace(s[1 : len(s)-1])
	}
	return strings.TrimSpace(strings.Trim(s, "\""))
}

func unquoteName(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
