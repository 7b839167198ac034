package parse

import (
	"strings"

	"postroom/desk"
)

// forwardAt tells whether a forwarded mail begins at line i: at a line that
// says so, or at any line of words above the header of an earlier mail where
// nothing says that the mail is an answer.
func (s *splitter) forwardAt(i int) bool {
	l := s.lines[i]
	if !mayForward(l.text) || l.quoted() && s.afterQuote(i) {
		return false
	}
	text := l.bare()
	if forwardMarker(text) {
		return true
	}
	if s.purpose == purposeAnswer || len(text) > 120 || dated(text) {
		return false
	}
	if _, ok := markerText(text); !ok && !endsIntroduction(text) {
		return false
	}
	for j := i + 1; j < len(s.lines) && j < i+4; j++ {
		if !s.lines[j].blank() && s.lines[j].bare() != "" {
			return s.header(j)
		}
	}
	return false
}

// findForward finds where the forwarded mail begins in a mail that is a
// forward by its subject. All of it is text.
func (s *splitter) findForward() {
	s.set(0, len(s.lines), kindText)
	for i := range s.lines {
		if s.lines[i].blank() {
			continue
		}
		if s.forwardAt(i) || s.lines[i].quoted() || s.startsRest(i) || s.introduction(i) > 0 {
			s.forward = i
			return
		}
	}
	// Where it begins is not known: then no signature in it is the sender's.
	s.forward = 0
}

// forwardedFrom gives who wrote the mail that is forwarded, by the header above
// it, or nobody. Only a mail that says it is a forward is one, in its subject or
// in a line, and a From of several addresses is of nobody.
func (r *reading) forwardedFrom(s *splitter) []desk.Mailbox {
	at := s.forward
	if at >= len(s.lines) || s.purpose == purposeAnswer || s.purpose != purposeForward && !forwardMarker(s.lines[at].bare()) {
		return nil
	}
	defer func(told []string) { r.defects = told }(r.defects) // it is text, and no field

	const above = 6 // lines between the words of the marker and the header
	for i := at; i < len(s.lines) && i < at+above; i++ {
		if s.lines[i].blank() || !s.header(i) {
			continue
		}
		for j := i; j < len(s.lines) && j < i+headerLines; j++ {
			field, value := blockField(strings.TrimLeft(s.lines[j].text, "> \t"))
			if field != fieldFrom {
				continue
			}
			// Outlook: Ann Lee [mailto:ann@x.test]
			value = strings.NewReplacer("[mailto:", "<", "]", ">", "*", "").Replace(value)
			if list := r.addresses(value); len(list) == 1 && strings.Contains(list[0].Addr, "@") {
				return list
			}
			return nil
		}
		return nil
	}
	return nil
}

// mayForward tells by the last byte whether it is worth looking for a marker.
func mayForward(text string) bool {
	switch lastByte(text) {
	case '-', '=', ':', 0x9a, 0x90:
		return true
	}
	return false
}

// forwardMarker tells whether a line says that a forwarded mail follows.
func forwardMarker(text string) bool {
	if len(text) < 6 || len(text) > 160 {
		return false
	}
	if inner, ok := markerText(text); ok {
		return containsWord(inner, forwardWords)
	}
	if !endsIntroduction(text) {
		return false
	}
	lower := strings.ToLower(text)
	for _, phrase := range forwardPhrases {
		if strings.HasPrefix(lower, phrase) {
			return len(lower)-len(phrase) <= 8
		}
	}
	return false
}

// originalMarker tells whether a line stands above the mail that is answered.
func originalMarker(text string) bool {
	if !mayForward(text) {
		return false
	}
	inner, ok := markerText(text)
	return ok && (inner == "original" || containsWord(inner, originalWords)) && !containsWord(inner, forwardWords)
}

// markerText gives what stands between the hyphens of a line such as
// "-----Original Message-----", in lower case.
func markerText(text string) (inner string, ok bool) {
	text = strings.Trim(text, " \t\u00a0*")
	if len(text) < 8 || len(text) > 160 || !drawn(text) {
		return "", false
	}
	inner = strings.Trim(text, "-=‐ \t\u00a0")
	return strings.ToLower(inner), inner != ""
}

// drawn tells whether a text begins and ends with two hyphens or their like.
func drawn(text string) bool {
	for _, hyphens := range []string{"--", "==", "‐‐"} {
		if strings.HasPrefix(text, hyphens) && strings.HasSuffix(text, hyphens) {
			return true
		}
	}
	return false
}

func containsWord(text string, words []string) bool {
	for _, word := range words {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
