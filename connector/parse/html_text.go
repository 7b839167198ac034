package parse

import (
	"bytes"
	"strings"
)

// text writes a text token: runs of white space become one blank, as in a
// browser, except inside pre.
func (w *htmlWalk) text(t string) {
	if w.raw || !w.shown() {
		return
	}
	if w.top().pre {
		w.preformatted(t)
		return
	}
	for i := 0; i < len(t); {
		switch c := t[i]; {
		case c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f':
			w.space = true
			i++
		case c < 0x80 || !special(t[i:]):
			end := wordEndAt(t, i)
			w.word(t[i:end])
			i = end
		default:
			i += w.specialRune(t[i:])
		}
	}
}

// wordEndAt finds the end of the word at i: the next white space or special
// character.
func wordEndAt(t string, i int) int {
	for i++; i < len(t); i++ {
		c := t[i]
		if c <= ' ' && (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f') {
			return i
		}
		if c >= 0xc2 && special(t[i:]) {
			return i
		}
	}
	return i
}

const (
	noBreakSpace = "\u00a0"
	softHyphen   = "\u00ad"
	joiner       = "\u034f"
	zeroWidth    = "\u200b"
	nonJoiner    = "\u200c"
	figureSpace  = "\u2007"
	wordJoiner   = "\u2060"
	byteOrder    = "\ufeff"
)

// special tells whether t begins with one of the characters that newsletters
// use as invisible filling.
func special(t string) bool {
	switch t[0] {
	case 0xc2:
		return strings.HasPrefix(t, noBreakSpace) || strings.HasPrefix(t, softHyphen)
	case 0xcd:
		return strings.HasPrefix(t, joiner)
	case 0xe2:
		return strings.HasPrefix(t, zeroWidth) || strings.HasPrefix(t, nonJoiner) ||
			strings.HasPrefix(t, figureSpace) || strings.HasPrefix(t, wordJoiner)
	case 0xef:
		return strings.HasPrefix(t, byteOrder)
	default:
		return false
	}
}

// specialRune writes or drops such a character and gives its length.
func (w *htmlWalk) specialRune(t string) int {
	switch {
	case strings.HasPrefix(t, noBreakSpace), strings.HasPrefix(t, figureSpace):
		if len(w.cur) == 0 {
			w.held = true
		} else {
			w.word(" ")
		}
		if t[0] == 0xc2 {
			return 2
		}
		return 3
	case strings.HasPrefix(t, nonJoiner):
		// Inside a Persian word it matters, elsewhere it is filling.
		if n := len(w.cur); n > 0 && w.cur[n-1] >= 0x80 && !w.space {
			w.cur = append(w.cur, t[:3]...)
		}
		return 3
	case t[0] == 0xc2 || t[0] == 0xcd:
		return 2
	default:
		return 3
	}
}

// word adds letters to the line being written.
func (w *htmlWalk) word(letters string) {
	if len(w.cur) == 0 {
		w.beginLine()
	} else if w.space {
		w.cur = append(w.cur, ' ')
		w.label(" ")
	}
	w.space = false
	w.cur = append(w.cur, letters...)
	w.size += len(letters) + 1
	if w.link.target != "" && len(w.link.label) < labelCap {
		w.link.label = append(w.link.label, letters...)
	}
}

func (w *htmlWalk) label(s string) {
	if w.link.target != "" && len(w.link.label) < labelCap {
		w.link.label = append(w.link.label, s...)
	}
}

// write adds text that is not the mail's own.
func (w *htmlWalk) write(s string) {
	if len(w.cur) == 0 {
		w.beginLine()
	}
	w.cur = append(w.cur, s...)
	w.size += len(s)
}

// beginLine writes the blank line wanted before a text, and its bullet or
// indentation.
func (w *htmlWalk) beginLine() {
	s := &w.top().state
	if n := len(w.out); w.gap > 0 && n > 0 && w.out[n-1].text != "" {
		last := w.out[n-1]
		w.out = append(w.out, line{depth: min(s.depth, last.depth), mark: s.mark})
		w.size++
	}
	w.gap, w.space, w.held = 0, false, false
	if w.bullet != "" {
		w.cur = append(w.cur, w.bullet...)
		w.bullet = ""
	} else if s.indent > 0 {
		w.cur = append(w.cur, spaces(s.indent)...)
	}
}

// flush ends the line being written.
func (w *htmlWalk) flush() {
	s := &w.top().state
	text := string(bytes.TrimRight(w.cur, " "))
	w.out = append(w.out, line{text: text, depth: s.depth, mark: s.mark, notes: w.notes})
	w.size += 1 + 2*min(s.depth, depthCap)
	w.cur, w.notes = w.cur[:0], nil
	w.space, w.held = false, false
}

// block ends the line at the edge of a block and asks for blank lines before
// the next text.
func (w *htmlWalk) block(margin int) {
	if len(w.cur) > 0 {
		w.flush()
	} else if w.held {
		w.emptyLine()
	}
	w.space = false
	w.gap = max(w.gap, margin)
}

func (w *htmlWalk) lineBreak() {
	if w.raw || !w.shown() {
		return
	}
	if len(w.cur) > 0 {
		w.flush()
		return
	}
	w.emptyLine()
}

// emptyLine writes a line without text, but not many of them in a row.
func (w *htmlWalk) emptyLine() {
	n := len(w.out)
	w.held = false
	if n == 0 || n > 1 && w.out[n-1].text == "" && w.out[n-2].text == "" {
		return
	}
	w.gap = 0
	w.flush()
}

// preformatted writes text as it stands.
func (w *htmlWalk) preformatted(t string) {
	for {
		i := strings.IndexByte(t, '\n')
		piece := t
		if i >= 0 {
			piece = t[:i]
		}
		if len(piece) > 0 {
			if len(w.cur) == 0 {
				w.beginLine()
			}
			w.cur = append(w.cur, strings.ReplaceAll(piece, noBreakSpace, " ")...)
			w.size += len(piece)
			w.label(piece)
		}
		if i < 0 {
			return
		}
		if len(w.cur) > 0 {
			w.flush()
		} else {
			w.emptyLine()
		}
		t = t[i+1:]
	}
}
