package parse

import "strings"

// headerLines is how many lines the header above an earlier mail may have.
const headerLines = 14

// header tells whether at line i begins the short header that Outlook and
// others put above an earlier mail: who, when, to whom, about what. The time
// of day must stand in it, which people leave out when they write of a
// journey from here to there.
func (s *splitter) header(i int) bool {
	label, _ := cutLabel(s.lines[i].bare())
	if label == "" {
		return false
	}
	if blockLabels(strings.ToLower(label)) == 0 {
		return s.setApart(i) && s.unknownHeader(i)
	}
	found, misses, named := 0, 0, false
	for j := i; j < len(s.lines) && j < i+headerLines && misses < 3; j++ {
		s.work++
		field, value := blockField(s.lines[j].bare())
		if field == 0 {
			misses++
			continue
		}
		misses = 0
		if field == fieldSent && !clocked(value) {
			continue
		}
		found |= field
		named = named || field == fieldFrom && (strings.IndexByte(value, '@') > 0 || len(s.lines[j].notes) > 0)
		if found&fieldFrom != 0 && found&fieldSent != 0 && (found&fieldSubject != 0 || named && found&fieldTo != 0) {
			return true
		}
	}
	return s.setApart(i) && s.unknownHeader(i)
}

// setApart tells whether something sure stands directly above line i: a border
// of the mail program, a wide rule, or words between hyphens.
func (s *splitter) setApart(i int) bool {
	if s.lines[i].mark == markHead {
		return true
	}
	for j := i - 1; j >= 0 && j >= i-2; j-- {
		text := s.lines[j].bare()
		if text == "" {
			continue
		}
		if _, ok := markerText(text); ok {
			return true
		}
		return len(text) >= 20 && strings.Trim(text, "_") == ""
	}
	return false
}

// unknownHeader tells whether the lines from i on are a header in a language
// that nobody taught us: three labels at least, a time and an address.
func (s *splitter) unknownHeader(i int) bool {
	labels, time, address := 0, false, false
	for j := i; j < len(s.lines) && j < i+6; j++ {
		text := s.lines[j].bare()
		label, value := cutLabel(text)
		if label == "" {
			break
		}
		labels++
		time = time || clocked(value)
		address = address || strings.IndexByte(value, '@') > 0
	}
	return labels >= 3 && time && address
}

// blockField tells which field of such a header a line is, or 0, and gives its
// value.
func blockField(text string) (field int, value string) {
	label, value := cutLabel(text)
	if label == "" {
		return 0, ""
	}
	return blockLabels(strings.ToLower(label)), value
}

// cutLabel cuts a line such as "From: Ann" at its colon.
func cutLabel(text string) (label, value string) {
	head := text
	if len(head) > 60 {
		head = head[:60] // a label is short
	}
	colon, wide := strings.IndexByte(head, ':'), strings.Index(head, "：")
	width := 1
	if wide >= 0 && (colon < 0 || wide < colon) {
		colon, width = wide, len("：")
	}
	if colon <= 0 || colon > 40 {
		return "", ""
	}
	return strings.Trim(text[:colon], labelEdges), text[colon+width:]
}

// labelEdges are what stands around a label: blanks, the asterisks of bold
// text, and the marks for the direction of writing.
const labelEdges = " \t*|\u00a0\u200e\u200f\u202a\u202b\u202c"

// clocked tells whether a text holds a day and the time of it.
func clocked(text string) bool {
	day := scanDate(text)
	return day.clock && day.numbers >= 4
}
