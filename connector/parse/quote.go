package parse

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// introLines is over how many lines an introduction may be broken.
const introLines = 4

// introduction gives the number of lines of an introduction such as "On
// Monday Ann wrote:" that begins at line i, or 0.
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
	for end := i; end < len(s.lines) && end < i+introLines; end++ {
		l := s.lines[end]
		if l.blank() || l.quoted() && !s.closesAddress(end) {
			return 0
		}
		if !endsIntroduction(l.text) && !s.endsBetweenHyphens(i, end) {
			continue
		}
		if s.introductionStart(end, i) == i {
			return end - i + 1
		}
	}
	return 0
}

// closesAddress tells whether the > at the start of line i ends an address
// that the line above began, where Gmail broke the introduction.
func (s *splitter) closesAddress(i int) bool {
	if i == 0 || s.lines[i].depth > 0 || len(s.lines[i].text) > 60 || s.lines[i-1].quoted() {
		return false
	}
	above := s.lines[i-1].text
	return endsIntroduction(s.lines[i].text) && strings.LastIndexByte(above, '<') > strings.LastIndexByte(above, '>')
}

// endsBetweenHyphens tells whether the lines from i to end are an introduction
// of the form "---- On Monday Ann wrote ----".
func (s *splitter) endsBetweenHyphens(i, end int) bool {
	return lastByte(s.lines[end].text) == '-' && strings.HasPrefix(s.lines[i].text, "---- ") && strings.HasSuffix(strings.TrimSpace(s.lines[end].text), " ----")
}

// introductionStart finds where the introduction that ends at line end begins,
// but not above line lowest, or -1. The shortest of the surest kind wins.
func (s *splitter) introductionStart(end, lowest int) int {
	above := s.introduces(end, 1)
	start, surest := -1, 0
	for i := end; i >= max(lowest, end-introLines+1); i-- {
		if s.lines[i].blank() || s.lines[i].quoted() && !s.closesAddress(i) {
			break
		}
		s.work++
		text := s.joined(i, end)
		says, date := saysWho(text), dated(text)
		sure := 0
		switch {
		case says && date && leadsIn(text):
			return s.brokenAbove(i, end, lowest)
		case says && date:
			sure = 3
		case above && (date || says && leadsIn(text) && strings.IndexByte(text, '@') > 0):
			sure = 2
		case says && i == end && len(text) > 12 && s.directlyAbove(end):
			sure = 1
		}
		if sure > surest {
			start, surest = i, sure
		}
	}
	if surest < 2 {
		return start
	}
	return s.brokenAbove(start, end, lowest)
}

// brokenAbove steps up where mail programs break a long introduction: between
// the name and the address, between the address and the date, and inside the
// date.
func (s *splitter) brokenAbove(start, end, lowest int) int {
	for start > lowest {
		s.work++
		above, text := strings.TrimSpace(s.lines[start-1].text), s.joined(start, end)
		if above == "" || s.lines[start-1].quoted() || len(above) > 100 {
			break
		}
		first, _ := utf8.DecodeRuneInString(text)
		switch {
		case first == '<':
		case strings.IndexByte(text, '@') < 0 && strings.IndexByte(above, '@') > 0 && strings.HasSuffix(strings.TrimRight(above, ","), ">"):
		case scanDate(text).numbers < 3 && scanDate(above).numbers > 0:
		case unicode.IsDigit(first) && leadsIn(above) && scanDate(above).numbers > 0:
		default:
			return start
		}
		start--
	}
	return start
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
	return dated(text) && saysWho(text) && leadsIn(text) && (strings.IndexByte(text, '@') > 0 || strings.IndexByte(text, ':') < len(text)-1)
}

// runsOn tells whether a line is an introduction with the earlier mail in the
// same line, as Yahoo's telephones write plain text.
func runsOn(text string) bool {
	at := strings.Index(text, ":   ")
	if at < 20 || at > 300 {
		return false
	}
	text = strings.TrimSpace(text[:at+1])
	return strings.IndexByte(text, '@') > 0 && leadsIn(text) && dated(text) && saysWho(text)
}

// endsIntroduction tells whether a line ends with a colon, maybe with a mark
// for the direction of writing behind it.
func endsIntroduction(text string) bool {
	switch last := lastByte(text); {
	case last == ':':
		return true
	case last >= 0x80:
		text = strings.TrimRight(text, labelEdges)
		return strings.HasSuffix(text, "：") || strings.HasSuffix(text, ":")
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
	trimmed := strings.TrimRight(text, ":："+labelEdges)
	if strings.HasSuffix(trimmed, ">") && strings.IndexByte(trimmed, '@') > 0 {
		return true
	}
	return containsWord(strings.ToLower(text), wroteWords)
}

// dateNumbers is what the digits of a text look like.
type dateNumbers struct {
	numbers int  // runs of one to four digits
	year    bool // one of them is a year of four digits
	clock   bool // two stand together as hours and minutes do
}

// scanDate looks at the digits of a text. The address of a host is no date.
func scanDate(text string) dateNumbers {
	var d dateNumbers
	text = plainDigits(text)
	run, dotted := 0, 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i] >= '0' && text[i] <= '9' {
			run++
			continue
		}
		if run == 0 {
			dotted = 0
			continue
		}
		if run <= 4 {
			d.numbers++
			d.year = d.year || run == 4 && (text[i-4] == '1' || text[i-4] == '2')
		}
		joined := i+1 < len(text) && (text[i] == ':' || text[i] == '.' || text[i] == 'h') && text[i+1] >= '0' && text[i+1] <= '9'
		d.clock = d.clock || joined && run <= 2
		if dotted++; dotted == 4 {
			return dateNumbers{}
		}
		if !joined || text[i] != '.' {
			dotted = 0
		}
		run = 0
	}
	return d
}

// plainDigits writes the digits of Arabic and Persian as those of ASCII and
// leaves out the marks for the direction of writing, which Windows Mail puts
// around every number.
func plainDigits(text string) string {
	if !strings.ContainsAny(text, "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹\u200e\u200f") {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return '0' + r - '٠'
		case r >= '۰' && r <= '۹':
			return '0' + r - '۰'
		case r == '\u200e' || r == '\u200f':
			return -1
		}
		return r
	}, text)
}

// dated tells whether a text holds a day and either a year or a time.
func dated(text string) bool {
	d := scanDate(text)
	return d.numbers >= 2 && (d.year || d.clock)
}

// leadsIn tells whether a text begins as introductions do: with a word for
// "on", with a number, a weekday, or an address.
func leadsIn(text string) bool {
	text = strings.TrimLeft(text, "-([<"+labelEdges)
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return false
	}
	if unicode.IsDigit(first) || first == '"' {
		return true
	}
	end := strings.IndexAny(text, " ,.\u00a0")
	if end < 0 {
		end = len(text)
	}
	if oneOf(strings.ToLower(text[:end]), leadWords) {
		return true
	}
	// 张三 <zhang@acme.test> 于2024年1月2日周二写道：
	return first >= 0x2e80 && strings.IndexByte(text, '<') > 0
}
