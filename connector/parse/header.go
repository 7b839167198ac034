package parse

import (
	"bytes"
	"strings"
)

// field is one header field: its name as written and its value still folded
// and encoded. Both point into the raw message.
type field struct {
	name  []byte
	value []byte
}

// header is the list of fields of a message or part in the order written.
type header struct {
	fields []field
	// cut is true when fields beyond the cap were left out.
	cut bool
	// garbled is true when a line among the fields was no field.
	garbled bool
	// open is true when the body began without the blank line.
	open bool
}

// get gives the first field of this lower-case name, unfolded and trimmed.
func (h *header) get(name string) (string, bool) {
	for i := range h.fields {
		if sameName(h.fields[i].name, name) {
			return unfold(h.fields[i].value), true
		}
	}
	return "", false
}

// text is get for callers to whom a missing and an empty field are the same.
func (h *header) text(name string) string {
	v, _ := h.get(name)
	return v
}

func (h *header) has(name string) bool {
	for i := range h.fields {
		if sameName(h.fields[i].name, name) {
			return true
		}
	}
	return false
}

// all gives the values of every field of this name, topmost first.
func (h *header) all(name string) []string {
	var values []string
	for i := range h.fields {
		if sameName(h.fields[i].name, name) {
			values = append(values, unfold(h.fields[i].value))
		}
	}
	return values
}

// sameName compares a field name with a lower-case one. Field names are ASCII.
func sameName(name []byte, lower string) bool {
	if len(name) != len(lower) {
		return false
	}
	for i, c := range name {
		if c != lower[i] && (c < 'A' || c > 'Z' || c+'a'-'A' != lower[i]) {
			return false
		}
	}
	return true
}

// unfold removes the line breaks of a folded value (RFC 5322 section 2.2.3)
// and the white space around it.
func unfold(value []byte) string {
	value = bytes.TrimSpace(value)
	if bytes.IndexByte(value, '\n') < 0 && bytes.IndexByte(value, '\r') < 0 {
		return string(value)
	}
	var b strings.Builder
	b.Grow(len(value))
	for len(value) > 0 {
		end := bytes.IndexAny(value, "\r\n")
		if end < 0 {
			b.Write(value)
			break
		}
		b.Write(value[:end])
		value = value[end+1:]
		if len(value) > 0 && value[0] != ' ' && value[0] != '\t' && value[0] != '\n' && value[0] != '\r' {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// splitHeader divides a message or part into its header and its body. It
// accepts LF, CRLF and lone CR, fields that are no fields, and a missing blank
// line. Fields that begin beyond limit bytes are left out, but the body is
// still found.
func splitHeader(raw []byte, limit int) (header, []byte) {
	var h header
	pos := 0
	valueStart := 0 // of the last field
	for pos < len(raw) {
		line, next := cutLine(raw, pos)
		if len(line) == 0 {
			return h, raw[next:]
		}
		if isSpace(line[0]) {
			if blank(line) && !followedByField(raw, foldedEnd(raw, next)) {
				// A line of spaces where the blank line should be.
				return h, raw[next:]
			}
			h.garbled = h.garbled || len(h.fields) == 0
			pos = next
			continue
		}
		nameEnd, colon := fieldName(line)
		if colon < 0 {
			if !goesOn(raw, next, len(h.fields) > 0) {
				h.open = true
				return h, raw[pos:]
			}
			h.garbled = true
			if n := len(h.fields); n > 0 && next <= limit && lostFold(h.fields[n-1]) {
				h.fields[n-1].value = raw[valueStart:next]
			}
			pos = next
			continue
		}
		valueEnd := foldedEnd(raw, next)
		if pos >= limit {
			h.cut = true
		} else {
			valueStart = pos + colon + 1
			h.fields = append(h.fields, field{name: line[:nameEnd], value: raw[valueStart:min(valueEnd, pos+limit)]})
		}
		pos = valueEnd
	}
	return h, nil
}

// cutLine gives the line at pos without its end, and where the next begins.
func cutLine(raw []byte, pos int) (line []byte, next int) {
	// One loop for both line ends: to look for LF first would cost the square
	// in a mail that has only CR.
	for i := pos; i < len(raw); i++ {
		switch raw[i] {
		case '\n':
			return raw[pos:i], i + 1
		case '\r':
			return raw[pos:i], i + breakLength(raw[i:])
		}
	}
	return raw[pos:], len(raw)
}

// breakLength is the length of the line end that begins with the CR at the
// start of b. CR CR LF is one line end that was converted twice.
func breakLength(b []byte) int {
	switch {
	case len(b) > 1 && b[1] == '\n':
		return 2
	case len(b) > 2 && b[1] == '\r' && b[2] == '\n':
		return 3
	default:
		return 1
	}
}

// foldedEnd gives the end of a value whose first line ended before pos: the
// lines that begin with white space and hold more than that belong to it.
func foldedEnd(raw []byte, pos int) int {
	for pos < len(raw) && isSpace(raw[pos]) {
		line, next := cutLine(raw, pos)
		if blank(line) {
			break
		}
		pos = next
	}
	return pos
}

// strayCap is how many lines that are no fields may stand among the fields.
const strayCap = 4

// goesOn tells whether the header goes on at pos, behind a line that is no
// field. After one such line any field tells so; after more it has to be one
// that every mail has, for text has colons too.
func goesOn(raw []byte, pos int, inside bool) bool {
	if followedByField(raw, pos) {
		return true
	}
	for n := 1; inside && n < strayCap; n++ {
		line, next := cutLine(raw, pos)
		if len(line) == 0 || isSpace(line[0]) {
			return false
		}
		if nameEnd, colon := fieldName(line); colon >= 0 {
			return commonField(line[:nameEnd])
		}
		pos = next
	}
	return false
}

// lostFold tells whether the next line can belong to this field although it
// is not indented: a gateway took the blanks away.
func lostFold(f field) bool {
	value := bytes.TrimSpace(f.value)
	return sameName(f.name, "subject") || bytes.HasSuffix(value, []byte(",")) || bytes.HasSuffix(value, []byte(";"))
}

// commonField tells whether a name is one of the fields that mail programs
// write (RFC 5322, RFC 2045) and that people do not begin a line of text with.
func commonField(name []byte) bool {
	switch strings.ToLower(string(name)) {
	case "from", "to", "cc", "bcc", "subject", "date", "sender", "reply-to", "message-id", "in-reply-to", "references",
		"received", "return-path", "delivered-to", "envelope-to", "mime-version", "errors-to", "precedence",
		"apparently-to", "auto-submitted", "user-agent", "thread-topic", "thread-index", "dkim-signature",
		"authentication-results", "received-spf", "return-receipt-to", "disposition-notification-to", "mailing-list",
		"feedback-id", "feedback-type", "followup-to", "newsgroups", "reporting-mta", "final-recipient":
		return true
	}
	for _, prefix := range []string{"content-", "x-", "list-", "resent-", "arc-", "original-", "ms-exchange-"} {
		if len(name) > len(prefix) && sameName(name[:len(prefix)], prefix) {
			return true
		}
	}
	return false
}

// common tells whether any field is one that mail programs write.
func (h *header) common() bool {
	for i := range h.fields {
		if commonField(h.fields[i].name) {
			return true
		}
	}
	return false
}

func followedByField(raw []byte, pos int) bool {
	line, _ := cutLine(raw, pos)
	if len(line) == 0 || isSpace(line[0]) {
		return false
	}
	_, colon := fieldName(line)
	return colon >= 0
}

// fieldName finds where the field name ends and where its colon is; colon is
// negative when the line is no field. Names with odd characters and blanks
// occur in extension fields, so those are taken when they begin with X-.
func fieldName(line []byte) (nameEnd, colon int) {
	colon = bytes.IndexByte(line, ':')
	if colon <= 0 || colon > 1000 {
		return 0, -1
	}
	nameEnd = colon
	for nameEnd > 0 && isSpace(line[nameEnd-1]) {
		nameEnd--
	}
	extension := len(line) > 2 && line[0]|0x20 == 'x' && line[1] == '-'
	for _, c := range line[:nameEnd] {
		if c >= 0x7f || c < '!' && !extension {
			return 0, -1
		}
	}
	return nameEnd, colon
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

func blank(line []byte) bool {
	for _, c := range line {
		if !isSpace(c) && c != '\r' && c != '\n' {
			return false
		}
	}
	return true
}

// skipEnvelope drops what some transports leave before the first field: blank
// lines, a byte order mark, NUL bytes and the From line of an mbox (RFC 4155).
// A mail that a program saved as UTF-16 is turned back into bytes.
func skipEnvelope(raw []byte) []byte {
	if text, ok := markedUTF16(raw); ok {
		raw = []byte(text)
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	trimmed := bytes.TrimLeft(raw, "\x00\r\n \t")
	if followedByField(trimmed, 0) || isFromLine(trimmed) {
		raw = trimmed
	}
	for isFromLine(raw) {
		_, next := cutLine(raw, 0)
		raw = raw[next:]
	}
	return raw
}

func isFromLine(raw []byte) bool {
	return bytes.HasPrefix(raw, []byte("From ")) || bytes.HasPrefix(raw, []byte(">From "))
}
