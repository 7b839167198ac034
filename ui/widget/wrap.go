package widget

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"postroom/desk/safe"
	"postroom/ui/theme"
)

// Wrap breaks a text of several lines so that each fits into width: at blanks,
// between wide letters, behind the hyphen of a compound, and only where there
// is none of these inside of a word. The name of a host is never broken at its
// hyphens, so that no half of it can pass for the whole.
func Wrap(t *theme.Theme, text safe.Text, width int) []safe.Text {
	if width <= 0 {
		return nil
	}
	var out []safe.Text
	for _, l := range text.Lines() {
		s := l.String()
		if t.Width(s) <= width {
			out = append(out, l)
			continue
		}
		for _, row := range Rows(t.Options().Measure, s, width, true) {
			out = append(out, safe.Clean(row))
		}
	}
	return out
}

// Rows breaks one line into rows of at most width cells; see [Wrap]. Unless it
// is hard, words that are longer stay whole.
func Rows(measure ansi.Method, line string, width int, hard bool) []string {
	b := breaker{measure: measure, line: line, width: max(width, 1), hard: hard}
	for b.at < len(line) {
		b.step()
	}
	return append(b.rows, strings.TrimRightFunc(line[b.start:], blank))
}

// breaker goes through a line once.
type breaker struct {
	measure ansi.Method
	line    string
	width   int
	hard    bool
	rows    []string

	start, at int // of the row, of what comes next
	used      int // the cells from start to at
	// end is the last place where the row can end, with the cells up to there;
	// where it is start there is none.
	end, endUsed int
	// word is where the word around at ends, compound whether it may break
	// behind a hyphen.
	word     int
	compound bool
	// inked says that there is more than blanks since start.
	inked bool
}

func (b *breaker) step() {
	n, cells := b.letter()
	next, size := utf8.DecodeRuneInString(b.line[b.at:])
	switch {
	case blank(next) && size == n:
		b.take(n, cells)
		if b.inked {
			b.mayEnd()
		}
		return
	case b.used+cells > b.width && b.end > b.start:
		b.rows = append(b.rows, strings.TrimRightFunc(b.line[b.start:b.end], blank))
		b.start, b.used, b.inked = b.end, b.used-b.endUsed, b.at > b.end
		return
	case b.used+cells > b.width && b.at > b.start && b.hard:
		b.rows = append(b.rows, strings.TrimRightFunc(b.line[b.start:b.at], blank))
		b.start, b.end, b.used = b.at, b.at, 0
	}
	b.inked = true
	if cells > 1 && b.at > b.start && !strings.ContainsRune(opening, before(b.line[:b.at])) && !strings.ContainsRune(closing, next) {
		b.mayEnd()
	}
	hyphen := b.line[b.at] == '-' && b.hyphenates()
	b.take(n, cells)
	if hyphen || cells > 1 && !strings.ContainsRune(opening, before(b.line[:b.at])) && !strings.ContainsRune(closing, first(b.line[b.at:])) {
		b.mayEnd()
	}
}

// What no row begins with, and what none ends with.
const (
	closing = "、。，．）」』】〉》〕！？：；ー…‥’”々ゝっッゃャゅュょョ),.:;!?"
	opening = "（「『【〈《〔‘“("
)

func (b *breaker) take(n, cells int) {
	b.at += n
	b.used += cells
}

func (b *breaker) mayEnd() { b.end, b.endUsed = b.at, b.used }

// letter is the length and the width of what a reader takes for one letter.
func (b *breaker) letter() (length, cells int) {
	rest := b.line[b.at:]
	if rest[0] < utf8.RuneSelf && (len(rest) == 1 || rest[1] < utf8.RuneSelf) {
		return 1, 1
	}
	cluster, cells := ansi.FirstGraphemeCluster(rest, b.measure)
	return len(cluster), cells
}

// hyphenates reports whether a row may end behind the hyphen that comes next:
// it joins letters, and the word is no address.
func (b *breaker) hyphenates() bool {
	if b.at >= b.word {
		end := strings.IndexByte(b.line[b.at:], ' ')
		if end < 0 {
			end = len(b.line) - b.at
		}
		b.word = b.at + end
		begin := strings.LastIndexByte(b.line[:b.at], ' ') + 1
		b.compound = !strings.ContainsAny(strings.TrimRight(b.line[begin:b.word], ".,:;!?)"), "./:@\\")
	}
	return b.compound && unicode.IsLetter(before(b.line[:b.at])) && unicode.IsLetter(first(b.line[b.at+1:]))
}

func blank(c rune) bool { return c != '\u00a0' && unicode.IsSpace(c) }

func first(s string) rune {
	c, _ := utf8.DecodeRuneInString(s)
	return c
}

func before(s string) rune {
	c, _ := utf8.DecodeLastRuneInString(s)
	return c
}
