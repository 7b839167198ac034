package parse

import "strings"

const (
	// strictLines is how long a signature after "-- " may be. What is longer
	// is more likely text under a line somebody drew.
	strictLines = 60
	// looseLines is the same for "--" without its blank.
	looseLines = 14
)

// findSignature marks the signature of the sender: of the last text of the
// mail, above the forwarded mail if there is one. Where only a signature
// stands below a quote, the text above the quote is looked at too.
func (s *splitter) findSignature() {
	end := s.forward
	for range 2 {
		last := s.lastText(end)
		if last < 0 {
			return
		}
		first := last
		for first > 0 && s.kinds[first-1] != kindQuote && s.kinds[first-1] != kindSignature {
			first--
		}
		start := s.signatureStart(first, last)
		if start < 0 {
			return
		}
		s.replace(start, last+1, kindText, kindSignature)
		if s.count(first, start, kindText) > 0 {
			return
		}
		end = first
	}
}

func (s *splitter) lastText(end int) int {
	for i := min(end, len(s.kinds)) - 1; i >= 0; i-- {
		if s.kinds[i] == kindText {
			return i
		}
	}
	return -1
}

// signatureStart finds where the signature begins among the lines from first
// to last, or -1. The uppermost sure sign wins: below "-- " a telephone's line
// belongs to the signature.
func (s *splitter) signatureStart(first, last int) int {
	start, footer := -1, true // only footers stand below
	for i := last; i >= first && last-i <= strictLines; i-- {
		s.work++
		l := s.lines[i]
		signed := l.mark == markSignature || footer && mobileLine(l.text)
		footer = footer && (signed || l.blank() || pageAddress(l.text))
		switch {
		case l.depth > 0:
			return start
		case l.text == "-- " || l.text == "--\u00a0":
			return i
		case last-i <= looseLines && (l.text == "--" || l.text == "—" || l.text == "__") && !s.asks(i, last):
			start = i
		case signed && footer:
			start = i
		case listFooter(l.text) && last-i <= looseLines && i < last:
			start = i
		}
	}
	return start
}

// pageAddress tells whether a line is the address of a page, as below the line
// of a telephone.
func pageAddress(text string) bool { return strings.HasPrefix(strings.TrimLeft(text, " <("), "http") }

// asks tells whether a question stands from line i on, which no signature
// holds.
func (s *splitter) asks(i, last int) bool {
	for ; i <= last; i++ {
		s.work++
		text := strings.TrimSpace(s.lines[i].text)
		if strings.HasSuffix(text, "?") || strings.HasSuffix(text, "？") || strings.HasSuffix(text, "؟") {
			return true
		}
	}
	return false
}

// mobileLine tells whether a line is of the kind "Sent from my telephone".
func mobileLine(text string) bool {
	text = strings.Trim(text, labelEdges)
	if len(text) < 6 || len(text) > 160 {
		return false
	}
	text, _, linked := strings.Cut(text, "<http") // the address behind the name
	lower := strings.ToLower(strings.ReplaceAll(text, "\u00a0", " "))
	lower = strings.Trim(lower, "*_-–—<[()]>. ")
	words := strings.Count(lower, " ") + 1
	if words > 13 || strings.Contains(lower, "?") {
		return false // a sentence of the writer
	}
	device := containsWord(lower, devices)
	for _, phrase := range mobileWords {
		if strings.HasPrefix(lower, phrase) {
			return words <= 8 || device
		}
	}
	if linked && strings.HasPrefix(lower, "sent from ") {
		return words <= 8
	}
	if words > 8 || !device {
		return false
	}
	for _, word := range sentWords {
		if strings.HasPrefix(lower, word) || strings.HasSuffix(lower, word) {
			return true
		}
	}
	return false
}

// listFooter is the line with which Mailman and Google Groups begin what they
// add to a mail.
func listFooter(text string) bool {
	return strings.HasPrefix(text, "________________________________") && strings.Trim(text, "_") == "" && len(text) >= 40
}
