package parse

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// rendered is HTML turned into lines of text.
type rendered struct {
	lines []line
	// cut is true when the text grew over its cap.
	cut bool
	// work is the number of open elements that end tags looked at.
	work int
}

// renderHTML turns HTML into text. It walks over the tokens and never builds
// a tree, so neither depth nor broken nesting costs anything.
func renderHTML(source string, limit int) rendered {
	w := &htmlWalk{limit: limit}
	w.stack = append(make([]element, 0, 64), element{})
	w.out = make([]line, 0, len(source)/200+8)
	tokens := tokenizer{source: source}
	var t token
	for w.size <= w.limit && len(w.out) < lineCap {
		switch tokens.next(&t); t.kind {
		case tokenEnd:
			w.endLink()
			w.block(0)
			return rendered{lines: trimBlank(w.out), work: w.work}
		case tokenText:
			switch {
			case w.style:
				w.readSheet(t.text)
			case !w.raw:
				w.text(unescape(t.text))
			}
		case tokenOpen:
			w.start(&t)
		case tokenClose:
			w.end(t.tag)
		case tokenOther:
		}
	}
	w.endLink()
	w.block(0)
	return rendered{lines: trimBlank(w.out), cut: true, work: w.work}
}

// htmlWalk is the state of one walk over the tokens of an HTML text.
type htmlWalk struct {
	stack []element
	limit int
	size  int
	work  int

	out   []line
	cur   []byte   // the line being written
	notes []string // link targets of the line being written
	// space is true when white space was read that is not written yet; held
	// when the line holds something that forces it to exist, such as &nbsp;.
	space, held bool
	// gap is the number of blank lines wanted before the next text.
	gap    int
	bullet string

	raw     bool // inside script, style and their like
	style   bool // inside style
	sheet   styleSheet
	read    int // bytes of sheets that were read
	link    openLink
	targets map[string]int
	table   *openTable
}

// readSheet reads the content of a style element.
func (w *htmlWalk) readSheet(css string) {
	css = css[:min(len(css), sheetCap-w.read)]
	w.read += len(css)
	if w.sheet == nil {
		w.sheet = styleSheet{}
	}
	w.sheet.read(css)
}

// unescape decodes the character references of a text.
func unescape(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	return clean(html.UnescapeString(s))
}

// element is an open element and the state that holds inside it.
type element struct {
	tag   atom.Atom
	tight bool // a paragraph without margins
	state
}

// state is what an element inherits from those around it.
type state struct {
	hidden    bool // not shown, nor anything inside
	gone      bool // display none by the rules read so far
	fixed     bool // the display was marked as important
	tiny      bool // font-size 0, which an inner element may undo
	invisible bool // visibility hidden, which an inner element may undo
	color     color
	// background is the colour behind the text.
	background color
	pre        bool
	gmail      bool // in the quote of Gmail, before its blockquote
	depth      int
	indent     int
	mark       mark
	number     int // the next number of an ordered list
	ordered    bool
}

func (w *htmlWalk) top() *element { return &w.stack[len(w.stack)-1] }

func (w *htmlWalk) shown() bool {
	s := &w.top().state
	return !s.hidden && !s.tiny && !s.invisible && !s.unseenColor()
}

// stackCap is how many elements may be open. Beyond it the text goes on, but
// further elements change nothing.
const stackCap = 5000

// searchCap is how far up an end tag looks for its start tag. Beyond it the
// nesting is hostile and the tag is passed over.
const searchCap = 256

// end closes the innermost element of this tag and all inside it. A tag that
// is not of the table family does not reach out of its table cell.
func (w *htmlWalk) end(tag atom.Atom) {
	w.raw, w.style = false, false
	switch tag {
	case 0:
		return
	case atom.A:
		w.endLink()
	case atom.Br:
		w.lineBreak()
		return
	}
	for i := len(w.stack) - 1; i > 0 && len(w.stack)-i <= searchCap; i-- {
		w.work++
		open := w.stack[i].tag
		if open == tag {
			w.closeTo(i)
			return
		}
		if cellTag(open) && !tableTag(tag) || open == atom.Table {
			return
		}
	}
}

// closeTo closes the elements from index i up, the innermost first.
func (w *htmlWalk) closeTo(i int) {
	for j := len(w.stack) - 1; j >= i; j-- {
		w.closed(w.stack[j])
		w.stack = w.stack[:j]
	}
}

// closed writes what the end of an element means.
func (w *htmlWalk) closed(e element) {
	switch tag := e.tag; {
	case cellTag(tag):
		w.block(0)
		w.endCell()
	case tag == atom.Table:
		w.block(0)
		w.endTable()
		w.gap = max(w.gap, w.margin(e))
	case tag == atom.Li:
		w.block(0)
		w.bullet = ""
	case tag == atom.Rt:
		w.text(")") // how a word of Chinese characters is read
	case blockTag(tag):
		w.block(w.margin(e))
	}
}

// margin is the number of blank lines around a block.
func (w *htmlWalk) margin(e element) int {
	switch e.tag {
	case atom.P:
		if !e.tight {
			return 1
		}
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Pre, atom.Dl, atom.Table, atom.Figure:
		return 1
	case atom.Ul, atom.Ol:
		if w.top().indent == 0 {
			return 1
		}
	}
	return 0
}

func tableTag(tag atom.Atom) bool {
	switch tag {
	case atom.Table, atom.Tbody, atom.Thead, atom.Tfoot, atom.Tr, atom.Td, atom.Th, atom.Caption, atom.Body, atom.Html:
		return true
	}
	return false
}

func cellTag(tag atom.Atom) bool { return tag == atom.Td || tag == atom.Th }

func blockTag(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Div, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Li,
		atom.Blockquote, atom.Pre, atom.Table, atom.Tr, atom.Td, atom.Th, atom.Tbody, atom.Thead, atom.Tfoot,
		atom.Caption, atom.Dl, atom.Dt, atom.Dd, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main,
		atom.Aside, atom.Nav, atom.Address, atom.Center, atom.Form, atom.Fieldset, atom.Figure, atom.Figcaption,
		atom.Details, atom.Summary, atom.Body, atom.Html, atom.Hr, atom.Xmp, atom.Plaintext, atom.Listing:
		return true
	}
	return false
}

func voidTag(tag atom.Atom) bool {
	switch tag {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta,
		atom.Param, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}

// rawTag tells which elements hold text that is not shown.
func rawTag(tag atom.Atom) bool {
	switch tag {
	case atom.Script, atom.Style, atom.Title, atom.Textarea, atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript:
		return true
	}
	return false
}

// unseenTag tells which elements are not shown with all that is inside them.
func unseenTag(tag atom.Atom) bool {
	switch tag {
	case atom.Rp, atom.Svg, atom.Math, atom.Template, atom.Object, atom.Audio, atom.Video, atom.Canvas, atom.Select, atom.Datalist:
		return true
	}
	return false
}
