package parse

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// forwardSubject tells whether a subject says that the mail forwards another.
func forwardSubject(subject string) bool {
	subject = strings.TrimSpace(subject)
	for strings.HasPrefix(subject, "[") {
		// A tag such as [External] that a gateway put in front.
		_, rest, ok := strings.Cut(subject, "]")
		if !ok {
			break
		}
		subject = strings.TrimSpace(rest)
	}
	subject = strings.Replace(subject, "：", ":", 1)
	prefix, _, ok := strings.Cut(subject, ":")
	if !ok || len(prefix) > 30 {
		return false
	}
	switch strings.ToLower(strings.TrimSpace(prefix)) {
	case "fw", "fwd", "wg", "wtr", "tr", "rv", "i", "enc", "vb", "vs", "vl", "pd", "fs", "doorst", "inoltro",
		"reenv", "转发", "轉寄", "転送", "пересл", "преп", "továbbítás", "vidarebefordrat", "videresendt", "weitergeleitet":
		return true
	}
	return false
}

// markerText gives what stands between the hyphens of a line such as
// "-----Original Message-----", in lower case.
func markerText(text string) (inner string, ok bool) {
	text = strings.TrimSpace(text)
	if len(text) < 8 || len(text) > 160 || !strings.HasPrefix(text, "--") || !strings.HasSuffix(text, "--") {
		return "", false
	}
	inner = strings.TrimSpace(strings.Trim(text, "-"))
	return strings.ToLower(inner), inner != ""
}

// originalMarker tells whether a line stands above the mail that is answered.
func originalMarker(text string) bool {
	inner, ok := markerText(text)
	return ok && containsWord(inner, originalWords) && !containsWord(inner, forwardWords)
}

// forwardMarker tells whether a line stands above a forwarded mail.
func forwardMarker(text string) bool {
	if len(text) < 6 || len(text) > 160 {
		return false
	}
	if inner, ok := markerText(text); ok {
		return containsWord(inner, forwardWords)
	}
	if !strings.HasSuffix(text, ":") && !strings.HasSuffix(text, "：") {
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

// mayForward tells by two bytes whether it is worth looking for a marker.
func mayForward(text string) bool {
	last := lastByte(text)
	return last == '-' || last == ':' || last == 0x9a
}

func containsWord(text string, words []string) bool {
	for _, word := range words {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// headerBlock tells whether at line i begins the short header that Outlook and
// others put above the mail that is answered: who, when, to whom, about what.
func (s *splitter) headerBlock(i int) bool {
	if blockField(s.lines[i].text)&fieldFrom == 0 {
		return false
	}
	found, misses := 0, 0
	for j := i; j < len(s.lines) && j < i+14 && misses < 3; j++ {
		field := blockField(s.lines[j].text)
		if field == 0 {
			misses++
			continue
		}
		misses = 0
		found |= field
		if found&fieldSent != 0 && found&(fieldTo|fieldSubject) != 0 {
			return true
		}
	}
	return false
}

// blockField tells which field of such a header a line is, or 0.
func blockField(text string) int {
	if len(text) > 60 {
		text = text[:60] // a label is short
	}
	text = strings.TrimLeft(text, " \t*")
	colon := strings.IndexByte(text, ':')
	if wide := strings.Index(text, "："); wide >= 0 && (colon < 0 || wide < colon) {
		colon = wide
	}
	if colon <= 0 || colon > 30 {
		return 0
	}
	return blockLabels(strings.ToLower(strings.Trim(text[:colon], " \t*\u00a0")))
}

// introduction gives the number of lines, at most three, of an introduction
// such as "On Monday Ann wrote:" that begins at line i, or 0.
func (s *splitter) introduction(i int) int {
	if s.lines[i].mark == markIntro {
		n := 1
		for i+n < len(s.lines) && n < 6 && s.lines[i+n].mark == markIntro && s.lines[i+n].depth == s.lines[i].depth {
			n++
		}
		if s.introduces(i, n) {
			return n
		}
	}
	if s.lines[i].quoted() {
		return 0
	}
	for end := i; end < len(s.lines) && end < i+3; end++ {
		l := s.lines[end]
		if l.blank() || l.quoted() {
			return 0
		}
		if !endsIntroduction(l.text) {
			continue
		}
		if s.introductionStart(end, i) == i {
			return end - i + 1
		}
		return 0
	}
	return 0
}

// introductionStart finds where the introduction that ends at line end begins,
// but not above line lowest, or -1. The shortest that is complete wins, but
// one that begins as introductions do wins over one that does not.
func (s *splitter) introductionStart(end, lowest int) int {
	complete := -1
	for start := end; start >= max(lowest, end-2); start-- {
		if s.lines[start].blank() || s.lines[start].quoted() {
			break
		}
		text := s.joined(start, end)
		if !saysWho(text) {
			continue
		}
		if dated(text) && leadsIn(text) {
			return start
		}
		if complete < 0 && (dated(text) || start == end && len(text) > 12) {
			complete = start
		}
	}
	// Text that begins further up may lead in properly: then this line is not
	// its start.
	if complete >= 0 && !dated(s.joined(complete, end)) && s.directlyAbove(end) {
		return complete
	}
	if complete >= 0 && dated(s.joined(complete, end)) {
		return complete
	}
	return -1
}

// directlyAbove tells whether a quote follows line end. Only then are vague
// words such as "Ann wrote:" an introduction.
func (s *splitter) directlyAbove(end int) bool {
	for j := end + 1; j < len(s.lines) && j < end+4; j++ {
		if !s.lines[j].blank() {
			return s.lines[j].quoted()
		}
	}
	return false
}

func (s *splitter) joined(start, end int) string {
	if start == end {
		return clip(strings.TrimSpace(s.lines[start].text), 500)
	}
	var parts []string
	for _, l := range s.lines[start : end+1] {
		parts = append(parts, strings.TrimSpace(l.text))
	}
	return clip(strings.Join(parts, " "), 500)
}

// strongIntroduction tells whether the words alone are enough, without any
// quotation marks below.
func (s *splitter) strongIntroduction(i, n int) bool {
	text := s.joined(i, i+n-1)
	return dated(text) && leadsIn(text) && (strings.IndexByte(text, '@') > 0 || strings.IndexByte(text, ':') < len(text)-1)
}

func endsIntroduction(text string) bool {
	switch lastByte(text) {
	case ':':
		return true
	case 0x9a: // the last byte of the wide colon
		return strings.HasSuffix(strings.TrimSpace(text), "：")
	default:
		return false
	}
}

// saysWho tells whether a text says that somebody wrote, or ends with an
// address, which is how Russian and Japanese introductions end.
func saysWho(text string) bool {
	if len(text) < 6 || len(text) >= 500 {
		return false
	}
	trimmed := strings.TrimRight(text, ":： \u00a0")
	if strings.HasSuffix(trimmed, ">") && strings.IndexByte(trimmed, '@') > 0 {
		return true
	}
	return containsWord(strings.ToLower(text), wroteWords)
}

// dated tells whether a text holds a day and either a year or a time.
func dated(text string) bool {
	numbers, longest, clock := 0, 0, false
	run := 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i] >= '0' && text[i] <= '9' {
			run++
			continue
		}
		if run > 0 {
			if run <= 4 {
				numbers++
				if run == 4 && (text[i-4] == '1' || text[i-4] == '2') {
					longest = 4
				}
			}
			if i+1 < len(text) && (text[i] == ':' || text[i] == '.') && run <= 2 && text[i+1] >= '0' && text[i+1] <= '9' {
				clock = true
			}
			run = 0
		}
	}
	return longest == 4 && numbers >= 2 || clock && numbers >= 2
}

// leadsIn tells whether a text begins as introductions do: with a word for
// "on", with a number, a weekday, or an address.
func leadsIn(text string) bool {
	text = strings.TrimLeft(text, "*[( \t")
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return false
	}
	if unicode.IsDigit(first) || first == '<' || first == '"' {
		return true
	}
	end := strings.IndexAny(text, " ,.\u00a0")
	if end < 0 {
		end = len(text)
	}
	word := strings.ToLower(text[:end])
	for _, lead := range leadWords {
		if word == lead {
			return true
		}
	}
	// 张三 <zhang@acme.test> 于2024年1月2日周二写道：
	return first >= 0x2e80 && strings.IndexByte(text, '<') > 0
}
