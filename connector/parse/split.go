package parse

import (
	"strings"

	"postroom/desk"
)

// kind is what the splitter takes a line for.
type kind uint8

const (
	kindBlank kind = iota
	kindText
	kindQuote
	kindSignature
)

// split divides the lines of a body into the new text, the quoted text and the
// signature. Nothing is lost: every line with letters comes out in exactly
// one of the three. When in doubt it is text.
func (r *reading) split(mail *desk.Mail, lines []line) {
	s := splitter{body: mail.BodyText, lines: lines, kinds: make([]kind, len(lines)), purpose: purposeOf(mail), forward: len(lines)}
	s.classify()
	mail.Forwarded = r.forwardedFrom(&s)
	s.findSignature()
	s.keepContext()
	r.work += s.work
	if s.count(0, len(lines), kindQuote)+s.count(0, len(lines), kindSignature) == 0 {
		mail.Text = trimBlankText(mail.BodyText)
		return
	}
	mail.Text, mail.Quoted, mail.Signature = s.part(kindText), s.part(kindQuote), s.part(kindSignature)
}

// trimBlankText takes blank lines from both ends of a text.
func trimBlankText(body string) string {
	for {
		one, rest, more := strings.Cut(body, "\n")
		if firstByte(one) != 0 {
			break
		}
		if !more {
			return ""
		}
		body = rest
	}
	for {
		i := strings.LastIndexByte(body, '\n')
		if i < 0 || firstByte(body[i+1:]) != 0 {
			return body
		}
		body = body[:i]
	}
}

type splitter struct {
	body    string
	lines   []line
	kinds   []kind
	purpose purpose
	// forward is where a forwarded mail begins, which is never a quote.
	forward int
	// introduced is true when some quote was introduced or marked, so that it
	// is one even if nothing else stands in the mail.
	introduced bool
	// points is whether the text above the first earlier mail points into it.
	points answeredBelow
	work   int // steps of the loops that look ahead or back, for a test
}

// classify tells text and quotes apart, from the top.
func (s *splitter) classify() {
	if s.purpose == purposeForward {
		s.findForward()
		return
	}
	for i := 0; i < len(s.lines); {
		if s.lines[i].blank() {
			i++
			continue
		}
		s.work++
		i = s.classifyAt(i)
	}
}

// classifyAt decides what line i is, and maybe the lines after it, and gives
// the first line that it did not decide.
func (s *splitter) classifyAt(i int) int {
	l := s.lines[i]
	if s.forwardAt(i) {
		return s.restIsText(i)
	}
	if s.startsRest(i) {
		if s.purpose != purposeAnswer || s.pointsBelow(i) {
			return s.restIsText(i)
		}
		return s.restIsQuote(s.withSeparators(i))
	}
	if n := s.introduction(i); n > 0 {
		switch {
		case s.introduces(i, n):
			return s.takeQuote(s.withSeparators(i), i+n)
		case !s.strongIntroduction(i, n):
			return s.set(i, i+n, kindText)
		case l.depth > 0:
			return s.restOfDepth(i)
		case s.pointsBelow(i):
			return s.restIsText(i)
		}
		return s.restIsQuote(i)
	}
	if l.mark == markBox && (s.purpose != purposeAnswer || s.pointsBelow(i)) {
		return s.restIsText(i)
	}
	if l.quoted() {
		return s.takeQuote(i, i)
	}
	return s.set(i, i+1, kindText)
}

// startsRest tells whether an earlier mail without quotation marks begins at
// line i and goes on to the end.
func (s *splitter) startsRest(i int) bool {
	l := s.lines[i]
	if l.mark == markRest {
		return true
	}
	return !l.quoted() && (originalMarker(l.text) || s.header(i) || runsOn(l.text))
}

// withSeparators steps back over the rule that stands above an earlier mail.
func (s *splitter) withSeparators(i int) int {
	start := i
	for j := i - 1; j >= 0 && j >= i-4; j-- {
		switch {
		case s.lines[j].blank():
		case ruler(s.lines[j].text):
			start = j
		default:
			return start
		}
	}
	return start
}

// ruler tells whether a line is drawn with hyphens, underscores or their like.
func ruler(text string) bool {
	text = strings.TrimSpace(text)
	return len(text) >= 5 && strings.Trim(text, "-_=*—–─ ") == ""
}

// set gives the lines before to their kind, and gives to.
func (s *splitter) set(from, to int, k kind) int {
	for i := from; i < to; i++ {
		if s.lines[i].blank() {
			s.kinds[i] = kindBlank
		} else {
			s.kinds[i] = k
		}
	}
	return to
}

func (s *splitter) restIsText(i int) int {
	s.forward = i
	return s.set(i, len(s.lines), kindText)
}

// restOfDepth takes the lines from i to the end of their blockquote as quote,
// and gives the line after them.
func (s *splitter) restOfDepth(i int) int {
	end := i
	for end < len(s.lines) && (s.lines[end].depth >= s.lines[i].depth || s.lines[end].blank()) {
		end++
	}
	return s.set(i, end, kindQuote)
}

func (s *splitter) restIsQuote(i int) int { return s.set(i, len(s.lines), kindQuote) }

// afterQuote tells whether the nearest line above i is of a quote: then a
// marker at i is inside that quote.
func (s *splitter) afterQuote(i int) bool {
	for i--; i >= 0; i-- {
		s.work++
		if !s.lines[i].blank() {
			return s.kinds[i] == kindQuote
		}
	}
	return false
}

// takeQuote takes the lines from start as introduction and the marked lines
// from body on as quote, and gives the line after them.
func (s *splitter) takeQuote(start, body int) int {
	i := body
	for i < len(s.lines) && s.lines[i].blank() {
		i++
	}
	last := i
	for ; i < len(s.lines); i++ {
		s.work++
		l := s.lines[i]
		if l.blank() {
			continue
		}
		// After an introduction, a plain blockquote is a quote as well.
		if !l.quoted() && !(body > start && l.depth > 0) {
			break
		}
		last = i + 1
	}
	s.set(start, last, kindQuote)
	if body > start || s.lines[body].mark == markQuote || s.lines[body].mark == markBox || s.introducedInside(start) {
		s.introduced = true
	}
	return last
}

// introducedInside tells whether the introduction is quoted itself, which is
// how the iPhone writes it.
func (s *splitter) introducedInside(start int) bool {
	text := ""
	for i := start; i < len(s.lines) && i < start+3 && s.lines[i].quoted(); i++ {
		text += s.lines[i].bare() + " "
		if endsIntroduction(text) && saysWho(text) && dated(text) {
			return true
		}
	}
	return false
}

// introduces tells whether the n lines at i stand directly above a quote.
func (s *splitter) introduces(i, n int) bool {
	for j := i + n; j < len(s.lines); j++ {
		s.work++
		l := s.lines[j]
		if !l.blank() {
			return l.quoted() || l.depth > s.lines[i].depth
		}
	}
	return false
}

// keepContext decides which quotes stay in the text: those between answers
// belong to them. In an answer a single quote that was introduced does not, be
// it above the new text, below it, or below a greeting.
func (s *splitter) keepContext() {
	first, last, runs := -1, -1, 0
	quoting := false
	for i, k := range s.kinds {
		if k == kindBlank {
			continue
		}
		if k == kindText {
			if first < 0 {
				first = i
			}
			last = i
		}
		if k == kindQuote && !quoting {
			runs++
		}
		quoting = k == kindQuote
	}
	switch {
	case first < 0 && !s.introduced:
		s.replace(0, len(s.lines), kindQuote, kindText)
	case first < 0 || s.count(first, last, kindQuote) == 0:
	case runs == 1 && s.introduced && s.purpose == purposeAnswer:
	default:
		s.replace(0, last, kindQuote, kindText)
	}
}

func (s *splitter) count(from, to int, k kind) int {
	n := 0
	for i := from; i < to; i++ {
		if s.kinds[i] == k {
			n++
		}
	}
	return n
}

func (s *splitter) replace(from, to int, old, k kind) {
	for i := from; i < to; i++ {
		if s.kinds[i] == old {
			s.kinds[i] = k
		}
	}
}

// part gives the lines of one kind as text. Blank lines go with the line above
// them.
func (s *splitter) part(k kind) string {
	if k != kindText && s.count(0, len(s.kinds), k) == 0 {
		return ""
	}
	first, last, runs := -1, -1, 0
	with := false
	for i := range s.lines {
		if s.kinds[i] == kindBlank {
			continue
		}
		before := with
		if with = s.kinds[i] == k; !with {
			continue
		}
		if !before {
			runs++
		}
		if first < 0 {
			first = i
		}
		last = i
	}
	if first < 0 {
		return ""
	}
	if runs == 1 {
		if text, ok := s.cutBody(first, last); ok {
			return text
		}
		return joinLines(s.lines[first : last+1])
	}
	chosen := make([]line, 0, last+1-first)
	with = false
	for i, l := range s.lines[first : last+1] {
		if s.kinds[first+i] != kindBlank {
			with = s.kinds[first+i] == k
		}
		if with {
			chosen = append(chosen, l)
		}
	}
	return joinLines(chosen)
}

// cutBody gives the lines from first to last as a piece of the body, without a
// copy, where the body is just these lines.
func (s *splitter) cutBody(first, last int) (string, bool) {
	start, at := 0, 0
	for i, l := range s.lines[:last+1] {
		if i == first {
			start = at
		}
		if at+len(l.text) > len(s.body) || l.depth > 0 || len(l.notes) > 0 {
			return "", false
		}
		at += len(l.text) + 1
	}
	return s.body[start : at-1], true
}
