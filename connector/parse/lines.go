package parse

import "strings"

// mark is what the HTML said about a line.
type mark uint8

const (
	markNone mark = iota
	// markQuote: the mail program marked this as text of an earlier mail.
	markQuote
	// markRest: from here to the end everything is an earlier mail.
	markRest
	// markBox: the mail program keeps an earlier mail in this, be it answered
	// or forwarded.
	markBox
	// markHead: a border as Outlook draws it above the header of an earlier
	// mail. Whether it is one, its words must tell.
	markHead
	// markIntro: this introduces a quote, in whatever language.
	markIntro
	// markOwn: a blockquote that the writer made for emphasis.
	markOwn
	// markSignature: the mail program marked this as the signature.
	markSignature
)

// line is one line of the body.
type line struct {
	text string
	// depth is the number of blockquotes around a line of HTML. Lines of
	// plain text have depth 0 and carry their > themselves.
	depth int
	mark  mark
	// notes are the link targets that the line refers to.
	notes []string
}

// lineCap is how many lines are looked at one by one. It bounds the memory that
// a mail of nothing but line breaks can take.
const lineCap = 200_000

// depthCap is how many > stand before a line at most.
const depthCap = 12

func (l line) blank() bool { return firstByte(l.text) == 0 }

// firstByte gives the first byte that is no white space, or 0.
func firstByte(s string) byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !whiteSpace(c) {
			if c == 0xc2 && strings.TrimSpace(s) == "" {
				return 0
			}
			return c
		}
	}
	return 0
}

func whiteSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// lastByte gives the last byte that is no white space, or 0.
func lastByte(s string) byte {
	for i := len(s) - 1; i >= 0; i-- {
		switch {
		case whiteSpace(s[i]):
		case s[i] == 0xa0 && i > 0 && s[i-1] == 0xc2:
			i--
		default:
			return s[i]
		}
	}
	return 0
}

// quoted tells whether the line carries quotation marks.
func (l line) quoted() bool {
	if l.depth > 0 || l.mark == markQuote || l.mark == markBox {
		return l.mark != markOwn
	}
	return firstByte(l.text) == '>' && !strings.HasPrefix(l.text, ">From ")
}

// bare is the text of the line without quotation marks.
func (l line) bare() string { return strings.Trim(l.text, "> \t") }

// textLines cuts a text into lines. The last of limit lines is all the rest.
func textLines(text string, limit int) []line {
	lines := make([]line, 0, max(0, min(strings.Count(text, "\n")+1, limit)))
	for text != "" {
		if len(lines) >= limit-1 {
			return append(lines, line{text: text})
		}
		one, rest, _ := strings.Cut(text, "\n")
		lines = append(lines, line{text: one})
		text = rest
	}
	return lines
}

// joinLines writes lines as text, with the link targets they refer to below.
func joinLines(lines []line) string {
	size := 0
	for _, l := range lines {
		size += len(l.text) + 1 + 2*min(l.depth, depthCap)
	}
	var b strings.Builder
	b.Grow(size)
	var notes []string
	var seen map[string]bool
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		for n := min(l.depth, depthCap); n > 0; n-- {
			b.WriteByte('>')
			if n > 1 || l.text != "" {
				b.WriteByte(' ')
			}
		}
		b.WriteString(l.text)
		for _, note := range l.notes {
			if !seen[note] {
				if seen == nil {
					seen = map[string]bool{}
				}
				seen[note] = true
				notes = append(notes, note)
			}
		}
	}
	if len(notes) > 0 {
		b.WriteString("\n\n")
		b.WriteString(strings.Join(notes, "\n"))
	}
	return b.String()
}

// trimBlank takes blank lines from both ends.
func trimBlank(lines []line) []line {
	for len(lines) > 0 && lines[0].blank() {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1].blank() {
		lines = lines[:len(lines)-1]
	}
	return lines
}
