package safe

import (
	"fmt"
	"strconv"
	"strings"
)

// Text is text that may be printed. The zero value is the empty text.
type Text struct{ s string }

// constant makes [Const] and its relatives accept constants of the source
// code only: the name is not exported, so a caller has no way to convert a
// variable to it.
type constant string

// Clean returns a text of several lines, such as a body.
func Clean(s string) Text { return Text{clean(s, body)} }

// Line returns a text of one line, such as a subject, a name or the answer of
// a server.
func Line(s string) Text { return Text{clean(trimASCII(s), line)} }

// Bytes is [Clean] for bytes that are perhaps not UTF-8.
func Bytes(b []byte) Text { return Clean(string(b)) }

// Const returns our own words. They are held to the policy too, so that every
// Text there is obeys it.
func Const(c constant) Text { return Clean(string(c)) }

// Int returns a number in decimal digits.
func Int(n int) Text { return Text{strconv.Itoa(n)} }

// Join puts parts one after the other with sep between them.
func Join(sep constant, parts ...Text) Text {
	switch len(parts) {
	case 0:
		return Text{}
	case 1:
		return parts[0]
	}
	between := Const(sep).s
	size := len(between) * (len(parts) - 1)
	for _, p := range parts {
		size += len(p.s)
	}
	var b strings.Builder
	b.Grow(size)
	for i, p := range parts {
		if i > 0 {
			b.WriteString(between)
		}
		b.WriteString(p.s)
	}
	return Text{b.String()}
}

// Sprintf puts texts into a sentence of ours, one for each %s; numbers come
// from [Int]. A percent sign is written %%.
func Sprintf(format constant, args ...Text) Text {
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = a.s
	}
	// Verbs such as %.3s can cut a text at a place where it is no longer
	// clean, hence the second look.
	return Clean(fmt.Sprintf(string(format), values...))
}

// String returns the text, safe to print.
func (t Text) String() string { return t.s }

// IsEmpty tells whether there is nothing to print.
func (t Text) IsEmpty() bool { return t.s == "" }

// Lines returns the lines without their line feeds. A line feed at the very
// end closes the last line and opens no other; the empty text has no lines.
func (t Text) Lines() []Text {
	if t.s == "" {
		return nil
	}
	lines := make([]Text, 0, 1+strings.Count(t.s, "\n"))
	for l := range strings.SplitSeq(strings.TrimSuffix(t.s, "\n"), "\n") {
		lines = append(lines, Text{l})
	}
	return lines
}

// MarshalText writes the text where an encoder asks for it, such as JSON or a
// log. There is no way back: what was read is not yet clean.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.s), nil }
