package safe

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxMarks = 4 // combining marks on one base
	maxJoins = 4 // joiners in one emoji; the longest in use have three
	tabStop  = 8

	dottedCircle = '\u25CC'
)

// mode is the kind of text that is cleaned.
type mode uint8

const (
	body mode = iota // several lines
	line             // one line
	name             // one line, disguises shown
)

// last is what the next rune would attach itself to.
type last uint8

const (
	nothing last = iota // start of a line, or a blank
	base                // a rune that may carry marks
	picture             // an emoji that may be dressed and joined
	dressed             // an emoji with its selector, which may have a tone
	toned               // an emoji with its tone, which may be joined
)

// cleaner walks over a text once. Every decision depends on what was written
// so far and not on what was read, which is why cleaning twice changes nothing.
type cleaner struct {
	to     writer
	mode   mode
	last   last
	marks  int  // marks on the last base
	joins  int  // joiners in the last emoji
	joiner bool // a joiner was read and waits for an emoji
	gap    bool // a blank was read and waits for a word (one line only)
	column int  // cells since the start of the line (several lines only)
}

// clean applies the policy.
func clean(s string, m mode) string {
	c := cleaner{to: writer{from: s}, mode: m}
	for i := 0; i < len(s); {
		if n := plainRun(s[i:], m); n > 0 {
			c.run(s[i : i+n])
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case r == utf8.RuneError && size == 1:
			c.visible(utf8.RuneError, base)
		case r == '\r' && i < len(s) && s[i] == '\n':
			// The line feed follows and does the work of both.
		default:
			c.rune(r, classOf(r))
		}
	}
	return c.to.result()
}

// plainRun returns how many bytes at the start of s are ASCII that passes
// unchanged and needs no thought. In one line a blank only does so between
// two words.
func plainRun(s string, m mode) int {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return i
		}
		if s[i] != ' ' || m == body {
			continue
		}
		if i == 0 || i+1 == len(s) || s[i+1] <= ' ' || s[i+1] > '~' {
			return i
		}
	}
	return len(s)
}

// trimASCII saves the copy that a blank at the start would otherwise cost.
func trimASCII(s string) string { return strings.Trim(s, " \t\r\n") }

// run writes a run of plain ASCII.
func (c *cleaner) run(s string) {
	c.separate()
	c.to.text(s)
	c.column += len(s)
	c.marks, c.joins, c.last = 0, 0, base
	if s[len(s)-1] == ' ' {
		c.last = nothing
	}
}

// rune writes what becomes of r.
func (c *cleaner) rune(r rune, is class) {
	switch is {
	case graphic:
		c.visible(r, base)
	case emoji:
		c.emoji(r)
	case flag:
		c.flag(r)
	case mark:
		c.mark(r)
	case blank:
		c.blanks(1)
	case tab:
		c.blanks(tabStop - c.column%tabStop)
	case newline, carriage:
		c.newline()
	case joiner:
		c.joiner = c.mode == body && (c.last == picture || c.last == dressed || c.last == toned)
	case selector:
		c.dress(r, dressed, c.last == picture)
	case tone:
		c.dress(r, toned, c.last == picture || c.last == dressed)
	case disguise:
		if c.mode == name {
			c.visible(utf8.RuneError, base)
		}
	case hidden:
	case foreign:
		c.visible(utf8.RuneError, base)
	}
}

// separate writes the blank that waits and forgets the joiner that waits.
func (c *cleaner) separate() {
	if c.gap && !c.to.empty() {
		c.to.rune(' ')
	}
	c.gap, c.joiner = false, false
}

// visible writes a rune with cells of its own.
func (c *cleaner) visible(r rune, becomes last) {
	c.separate()
	c.to.rune(r)
	c.column += width(r)
	c.marks, c.joins, c.last = 0, 0, becomes
}

// emoji writes an emoji, joined to the one before it if that was asked for.
func (c *cleaner) emoji(r rune) {
	joins := c.joins + 1
	if !c.joiner || joins > maxJoins {
		c.visible(r, picture)
		return
	}
	c.to.rune('\u200D')
	column := c.column
	c.visible(r, picture)
	c.joins, c.column = joins, column
}

// dress writes a selector or tone behind an emoji and drops it elsewhere.
func (c *cleaner) dress(r rune, becomes last, fits bool) {
	if c.mode != body || !fits {
		return
	}
	c.joiner = false
	c.to.rune(r)
	c.last = becomes
}

// flag writes a regional indicator, in one line as the letter it stands for.
func (c *cleaner) flag(r rune) {
	if c.mode != body {
		r += 'A' - '\U0001F1E6'
	}
	c.visible(r, base)
}

// mark writes a combining mark as long as its base can carry it.
func (c *cleaner) mark(r rune) {
	if c.last == nothing {
		c.visible(dottedCircle, base)
	}
	if c.marks == maxMarks {
		return
	}
	c.joiner = false
	c.to.rune(r)
	c.marks++
	c.last = base
}

// blanks writes n blanks, or in one line remembers that there was one.
func (c *cleaner) blanks(n int) {
	c.joiner, c.last = false, nothing
	if c.mode != body {
		c.gap = true
		return
	}
	for range n {
		c.to.rune(' ')
	}
	c.column += n
}

// newline ends the line.
func (c *cleaner) newline() {
	if c.mode != body {
		c.blanks(1)
		return
	}
	c.joiner, c.last, c.column = false, nothing, 0
	c.to.rune('\n')
}

// width returns the cells of a rune for the sake of tab stops.
func width(r rune) int {
	if r >= 0x1100 && unicode.Is(wide, r) {
		return 2
	}
	return 1
}

// writer takes the cleaned text. As long as it equals the start of the
// original there is nothing to store, and often there never is.
type writer struct {
	from  string
	same  int  // length of the common start
	apart bool // the texts differ from same on
	out   strings.Builder
}

func (w *writer) empty() bool { return !w.apart && w.same == 0 }

// rune appends one rune.
func (w *writer) rune(r rune) {
	if !w.apart {
		next, size := utf8.DecodeRuneInString(w.from[w.same:])
		if next == r && (next != utf8.RuneError || size > 1) {
			w.same += size
			return
		}
		w.part()
	}
	w.out.WriteRune(r)
}

// text appends a run of ASCII.
func (w *writer) text(s string) {
	if !w.apart {
		if strings.HasPrefix(w.from[w.same:], s) {
			w.same += len(s)
			return
		}
		w.part()
	}
	w.out.WriteString(s)
}

// part copies the common start before the first difference is written.
func (w *writer) part() {
	w.apart = true
	w.out.Grow(len(w.from) + len(w.from)/8 + utf8.UTFMax)
	w.out.WriteString(w.from[:w.same])
}

func (w *writer) result() string {
	if !w.apart {
		return w.from[:w.same]
	}
	return w.out.String()
}
