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
	for pos < len(raw) {
		line, next := cutLine(raw, pos)
		if len(line) == 0 {
			return h, raw[next:]
		}
		if isSpace(line[0]) {
			if blank(line) && !followedByField(raw, next) {
				// A line of spaces where the blank line should be.
				return h, raw[next:]
			}
			h.garbled = h.garbled || len(h.fields) == 0
			pos = next
			continue
		}
		nameEnd, colon := fieldName(line)
		if colon < 0 {
			if !followedByField(raw, next) {
				h.open = true
				return h, raw[pos:]
			}
			h.garbled = true
			pos = next
			continue
		}
		valueEnd := foldedEnd(raw, next)
		if pos >= limit {
			h.cut = true
		} else {
			value := raw[pos+colon+1 : min(valueEnd, pos+limit)]
			h.fields = append(h.fields, field{name: line[:nameEnd], value: value})
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
			if i+1 < len(raw) && raw[i+1] == '\n' {
				return raw[pos:i], i + 2
			}
			return raw[pos:i], i + 1
		}
	}
	return raw[pos:], len(raw)
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
func skipEnvelope(raw []byte) []byte {
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
