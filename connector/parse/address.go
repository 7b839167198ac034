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
		case box.Addr == "" && surname != "" && scan.end == ';':
			// `Lee, Ann; Doe, John`: Outlook's list of names alone.
			list = append(list, desk.Mailbox{Name: surname + ", " + box.Name})
			surname = ""
		case box.Addr == "":
			if surname != "" {
				list = append(list, lonely(surname))
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
	// end is the separator behind the piece, 0 behind the last one.
	end byte
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
			s.end = s.rest[i]
			piece, s.rest = s.rest[start:i], s.rest[i+1:]
			return piece, true
		}
	}
	s.end = 0
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
	depth := 1 // of comments, which may be nested
	route := i+1 < len(s.rest) && s.rest[i+1] == '@'
	for j := i + 1; j < len(s.rest); j++ {
		s.work++
		switch c := s.rest[j]; {
		case c == closing:
			if depth--; depth == 0 {
				return j
			}
		case closing != '>':
			if c == '\\' {
				j++
			} else if c == '(' && closing == ')' {
				depth++
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
	is := splitMailbox(piece)
	before, comment := is.before, is.comment
	switch {
	case is.angle:
		box.Addr = r.address(is.inner)
		if box.Name = r.displayName(before); box.Name == "" {
			box.Name = r.displayName(is.after)
		}
	case quotedLocal(before):
		box.Addr = r.address(before)
	case strings.IndexByte(before, '@') >= 0:
		// `Ann Lee ann@acme.test`: the last word with an @ is the address.
		words := strings.Fields(before)
		for i := len(words) - 1; i >= 0; i-- {
			if strings.IndexByte(words[i], '@') >= 0 {
				box.Addr = r.address(bareWord(words[i]))
				words = append(words[:i], words[i+1:]...)
				break
			}
		}
		box.Name = r.displayName(strings.Join(words, " "))
	case strings.IndexByte(comment, '@') > 0 && strings.IndexByte(comment, ' ') < 0:
		// `Ann Lee (ann@acme.test)`
		box.Addr, comment = r.address(comment), ""
		box.Name = r.displayName(before)
	default:
		box.Name = r.displayName(before)
		if inside := box.Name; strings.HasPrefix(piece, "=?") && strings.HasSuffix(inside, ">") && strings.Contains(inside, "@") {
			// `=?utf-8?Q?Ann_<ann=40acme.test>?=`: the address was encoded
			// along with the name, which RFC 2047 section 5 forbids.
			if name, addr, ok := strings.Cut(inside, "<"); ok {
				box.Name, box.Addr = r.displayName(name), r.address(addr)
			}
		}
	}
	named = box.Name != ""
	if box.Name == "" && comment != "" {
		box.Name = r.displayName(comment)
	}
	if is.angle && box.Addr == "" && box.Name == "" {
		return box, false
	}
	if box.Addr == "" && strings.Contains(box.Name, "@") && !strings.Contains(piece, "=?") {
		box.Addr, box.Name = box.Name, ""
	}
	return box, named
}

// quotedLocal tells whether an address begins with a quoted string, such as
// `"john doe"@acme.test`.
func quotedLocal(s string) bool {
	at := strings.LastIndex(s, `"@`)
	return at > 0 && s[0] == '"' && strings.IndexByte(s[at:], ' ') < 0
}

// bareWord takes off the quotes and brackets in which people set an address.
func bareWord(word string) string {
	word = strings.Trim(word, `"'`)
	if word != "" && (word[0] == '[' || word[0] == '{') {
		word = strings.Trim(word, "[]{}")
	}
	return word
}

// mailboxParts are the pieces of a mailbox as written.
type mailboxParts struct {
	before  string // the text before the angle brackets, without comments
	comment string // the last comment
	angle   bool
	inner   string // what is in the angle brackets
	after   string // what stands behind them
}

func splitMailbox(piece string) mailboxParts {
	var is mailboxParts
	var b strings.Builder
	scan := addressScanner{rest: piece}
	for i := 0; i < len(piece) && !is.angle; i++ {
		switch c := piece[i]; c {
		case '"':
			j := scan.skip(i, '"', &scan.noQuote)
			b.WriteString(piece[i : j+1])
			i = j
		case '(':
			j := scan.skip(i, ')', &scan.noParen)
			if j > i {
				is.comment = piece[i+1 : j]
			} else {
				b.WriteByte(c)
			}
			i = j
		case '<':
			is.angle, is.inner = true, piece[i+1:]
		case '=':
			j := scan.skipWord(i)
			b.WriteString(piece[i : j+1])
			i = j
		default:
			b.WriteByte(c)
		}
	}
	is.before = b.String()
	if end := strings.LastIndexByte(is.inner, '>'); end >= 0 {
		is.inner, is.after = is.inner[:end], is.inner[end+1:]
	}
	if open := strings.IndexByte(is.after, '('); open >= 0 {
		is.comment = strings.Trim(is.after[open:], "() ")
		is.after = is.after[:open]
	}
	return is
}

// address cleans an addr-spec: no blanks, no brackets, no route (RFC 5322
// section 4.4), no mailto.
func (r *reading) address(s string) string {
	s = strings.Trim(s, "<> \t\r\n,;")
	if at := strings.LastIndex(s, "<"); at >= 0 && !quotedLocal(s) {
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
	s = strings.Trim(tidy(s), "'")
	if strings.IndexByte(s, '@') > 0 {
		s = strings.TrimRight(s, ".")
	}
	return s
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
	if len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' {
		s = s[1 : len(s)-1]
	}
	return strings.TrimSpace(s)
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
