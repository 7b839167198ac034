package thread

import (
	"slices"
	"time"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// block is one entry of the timeline and how it is shown.
type block struct {
	item desk.Item
	// id is the message or note; 0 for an event or the fold of the middle.
	id     desk.MessageID
	number int
	isNew  bool
	// folded shows the entry as one line; quoted shows also what was quoted
	// and the signature.
	folded, quoted bool
	// middle is how many messages and notes this one stands for; 0 for an
	// entry itself.
	middle int
	// tight leaves out the blank line below: what happened one after the other
	// stays together.
	tight  bool
	people map[desk.UserID]string
	teams  map[desk.TeamID]string

	// body are the lines below the first, which do not change with the cursor:
	// a long mail is not wrapped again because a key moved past it.
	body    []string
	bodyKey bodyKey
	lines   []string
	drawn   blockKey
}

// paper is what entries are drawn on.
type paper struct {
	t     *theme.Theme
	width int
	now   time.Time
}

// bodyKey is what the body was made from, blockKey what the lines were.
type bodyKey struct {
	theme  *theme.Theme
	width  int
	quoted bool
}

type blockKey struct {
	body              bodyKey
	day               int
	folded, isNew, on bool
	state             desk.OutgoingState
}

// indent is the gutter of a text. Nothing in a mail can draw in it, so what
// stands there is always ours (promises A5).
const indent = 3

// render draws the entry, once for each width and state.
func (b *block) render(p paper, current bool) []string {
	key := blockKey{body: bodyKey{p.t, p.width, b.quoted}, day: p.now.YearDay(), folded: b.folded, isNew: b.isNew, on: current}
	if b.item.Message != nil {
		key.state = b.item.Message.State
	}
	if b.lines != nil && b.drawn == key {
		return b.lines
	}
	b.drawn = key
	head := b.head(p, current)
	switch {
	case b.folded, b.tight:
		b.lines = []string{head}
	case b.id == 0:
		b.lines = []string{head, widget.Blank(p.width)}
	default:
		if b.body == nil || b.bodyKey != key.body {
			b.body, b.bodyKey = b.text(p), key.body
		}
		b.lines = slices.Concat([]string{head}, b.body)
	}
	return b.lines
}

// head is the first line of an entry.
func (b *block) head(p paper, current bool) string {
	switch {
	case b.middle > 0:
		return b.middleHead(p, current)
	case b.item.Message != nil:
		return b.messageHead(p, current)
	case b.item.Note != nil:
		return b.noteHead(p, current)
	default:
		return b.event(p)
	}
}

// text are the lines below it, with a blank one at the end.
func (b *block) text(p paper) []string {
	if b.item.Note != nil {
		return b.noteText(p)
	}
	return b.messageText(p)
}

func (b *block) middleHead(p paper, current bool) string {
	l := p.head(current, p.t.Signs.Open)
	what := safe.Sprintf("%s earlier %s", safe.Int(b.middle), plural(b.middle, safe.Const("entry"), safe.Const("entries")))
	return l.Put(theme.Accent, what).Put(theme.Faint, safe.Const(" · enter shows them")).String()
}

// head begins the first line of an entry: cursor and fold sign.
func (p paper) head(current bool, sign string) *widget.Line {
	l := p.line()
	if current {
		l.Sign(theme.Accent, p.t.Signs.Cursor)
	} else {
		l.Space(1)
	}
	return l.Sign(theme.Plain, sign).Space(1)
}

func (p paper) line() *widget.Line { return widget.NewLine(p.t, p.width) }

// room is how wide a text may be.
func (p paper) room() int { return min(p.width-indent-1, readWidth) }

// noteHead says in a word that only the team sees this.
func (b *block) noteHead(p paper, current bool) string {
	n, t := b.item.Note, p.t
	l := p.head(current, t.Signs.Note)
	when := p.moment(n.At)
	room := t.Width(when.String()) + 1
	if b.isNew {
		room += newWidth
	}
	l.Put(theme.Faint, safe.Sprintf("%s ", safe.Int(b.number)))
	who := safe.Sprintf("internal note · %s", safe.Line(n.AuthorName))
	left := max(l.Left()-room-1, 10)
	l.Cell(theme.Note, who, min(t.Width(who.String()), left))
	if left -= t.Width(who.String()); b.folded && left > 4 {
		l.Cell(theme.Faint, safe.Sprintf("  %s", safe.Line(desk.Snippet(n.Text, 120))), left)
	}
	l.To(room).Put(theme.Faint, when)
	return b.newSign(t, l).String()
}

// newWidth is how wide the sign of what is new is.
const newWidth = 6

func (b *block) newSign(t *theme.Theme, l *widget.Line) *widget.Line {
	if !b.isNew {
		return l
	}
	return l.Space(1).Sign(theme.Accent, t.Signs.Unread).Put(theme.Accent, safe.Const(" new"))
}

// noteText draws the edge on every line, so that a part of a long note is told
// from a mail too.
func (b *block) noteText(p paper) []string {
	var lines []string
	for _, text := range widget.Wrap(p.t, safe.Clean(b.item.Note.Text), p.room()) {
		lines = append(lines, p.line().Space(1).Sign(theme.Note, p.t.Signs.Note).Space(indent-2).Put(theme.Note, text).String())
	}
	return append(lines, widget.Blank(p.width))
}
