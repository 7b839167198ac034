package parse

import (
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"
)

// start handles a start tag.
func (w *htmlWalk) start(t *token) {
	tag, a := t.tag, &t.attributes
	if rawTag(tag) {
		w.raw, w.style = true, tag == atom.Style
		return
	}
	w.raw, w.style = false, false
	switch tag {
	case atom.Br:
		w.lineBreak()
		return
	case atom.Img:
		w.image(a)
		return
	case atom.Hr:
		if w.shown() {
			w.block(0)
			w.write("----------")
			w.block(0)
		}
		return
	case atom.A:
		w.endLink()
	}
	if voidTag(tag) {
		return
	}
	w.closeImplied(tag)
	if len(w.stack) >= stackCap {
		if blockTag(tag) {
			w.block(0)
		}
		return
	}
	inner := element{tag: tag, state: w.top().state}
	w.dress(&inner.state, tag, a)
	inner.hidden = inner.hidden || a.hidden || unseenTag(tag)
	inner.tight = tag == atom.P && closeParagraph(a)
	if blockTag(tag) {
		w.block(w.margin(inner))
	}
	w.mark(&inner, a)
	w.open(&inner, a)
	w.stack = append(w.stack, inner)
	switch {
	case tag == atom.A && w.shown():
		w.beginLink(a.href)
	case tag == atom.Rt:
		w.text("(")
	}
}

// dress takes over how an element looks: from its attributes, from the sheet,
// and from its own style, which goes before both.
func (w *htmlWalk) dress(s *state, tag atom.Atom, a *attributes) {
	if tag == atom.A {
		s.color = 0 // a link has a colour of its own
	}
	if a.background != "" {
		s.setBackground(readColor(a.background))
	}
	w.work += w.sheet.apply(s, tag.String(), a)
	if a.style != "" {
		applyStyle(s, a.style)
	}
	s.hidden = s.hidden || s.gone
	s.gone, s.fixed = false, false
}

// closeImplied closes what a start tag ends without saying so: a paragraph at
// the next block, a row at the next row.
func (w *htmlWalk) closeImplied(tag atom.Atom) {
	for i := len(w.stack) - 1; i > 0 && len(w.stack)-i <= 8; i-- {
		open := w.stack[i].tag
		var implied bool
		switch tag {
		case atom.Li:
			implied = open == atom.Li
		case atom.Td, atom.Th:
			implied = cellTag(open)
		case atom.Tr:
			implied = cellTag(open) || open == atom.Tr
		case atom.Tbody, atom.Tfoot:
			implied = cellTag(open) || open == atom.Tr || open == atom.Thead || open == atom.Tbody
		case atom.Dt, atom.Dd:
			implied = open == atom.Dt || open == atom.Dd
		default:
			implied = open == atom.P && blockTag(tag)
			if !implied {
				return
			}
		}
		if implied {
			w.closeTo(i)
			continue
		}
		if blockTag(open) && open != atom.P {
			return
		}
	}
}

// closeParagraph tells whether a paragraph stands close to its neighbours.
// Outlook writes every line as such a one.
func closeParagraph(a *attributes) bool {
	return strings.HasPrefix(a.class, "Mso") || strings.HasPrefix(a.class, "x_Mso") || zeroMargin(a.style)
}

// open writes what the start of an element means.
func (w *htmlWalk) open(inner *element, a *attributes) {
	switch inner.tag {
	case atom.Blockquote:
		inner.depth++
		w.leaveIntro(inner)
	case atom.Pre, atom.Xmp, atom.Plaintext, atom.Listing:
		inner.pre = true
	case atom.Ul, atom.Ol:
		inner.ordered = inner.tag == atom.Ol
		inner.number = 1
		if n, err := strconv.Atoi(a.start); err == nil && n > 0 && n < 1e6 {
			inner.number = n
		}
	case atom.Li:
		w.item(inner)
	case atom.Dd:
		inner.indent = min(inner.indent+2, indentCap)
	case atom.Table:
		w.beginTable(a.border)
	case atom.Tr:
		w.beginRow()
	case atom.Td, atom.Th:
		span, err := strconv.Atoi(a.colspan)
		if err != nil {
			span = 1
		}
		w.beginCell(inner.tag == atom.Th, span)
	}
}

// indentCap keeps deep lists readable and their cost linear.
const indentCap = 24

// item begins a list item: its bullet is written before its first text.
func (w *htmlWalk) item(inner *element) {
	list := w.top()
	for i := len(w.stack) - 1; i > 0 && len(w.stack)-i <= 8; i-- {
		if w.stack[i].tag == atom.Ul || w.stack[i].tag == atom.Ol {
			list = &w.stack[i]
			break
		}
	}
	bullet := "- "
	if list.ordered {
		bullet = strconv.Itoa(list.number) + ". "
		list.number++
	}
	if !inner.hidden {
		w.bullet = spaces(list.indent) + bullet
	}
	inner.indent = min(list.indent+len(bullet), indentCap)
}

func spaces(n int) string { return "                                        "[:min(n, 40)] }

// image writes the text that stands for an image. Images without text, and
// those of one pixel that only report the reading, are nothing.
func (w *htmlWalk) image(a *attributes) {
	if !w.shown() || a.hidden || pixel(a.width) || pixel(a.height) {
		return
	}
	s := state{}
	w.dress(&s, atom.Img, a)
	alt := tidy(a.alt)
	if s.hidden || s.invisible || styledPixel(a.style) {
		return
	}
	if alt == "" {
		w.link.image = true
		return
	}
	w.text("[" + clip(alt, 300) + "]")
}

func pixel(size string) bool {
	size = strings.TrimSuffix(strings.TrimSpace(size), "px")
	return size == "0" || size == "1"
}
