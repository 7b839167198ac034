package thread

import (
	"fmt"
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
	// middle is how many entries this one stands for; 0 for an entry itself.
	middle int
	people map[desk.UserID]string

	lines []string
	drawn blockKey
}

// paper is what entries are drawn on.
type paper struct {
	t     *theme.Theme
	width int
	now   time.Time
}

// blockKey is what the lines were made from.
type blockKey struct {
	theme                     *theme.Theme
	width, day                int
	folded, quoted, isNew, on bool
	state                     desk.OutgoingState
}

// indent is the gutter of a text. Nothing in a mail can draw in it, so what
// stands there is always ours (promises A5).
const indent = 3

// render draws the entry, once for each width and state.
func (b *block) render(p paper, current bool) []string {
	key := blockKey{theme: p.t, width: p.width, day: p.now.YearDay(), folded: b.folded, quoted: b.quoted, isNew: b.isNew, on: current}
	if b.item.Message != nil {
		key.state = b.item.Message.State
	}
	if b.lines != nil && b.drawn == key {
		return b.lines
	}
	b.drawn = key
	switch {
	case b.middle > 0:
		b.lines = []string{b.middleLine(p, current), widget.Blank(p.width)}
	case b.item.Message != nil:
		b.lines = b.message(p, current)
	case b.item.Note != nil:
		b.lines = b.note(p, current)
	default:
		b.lines = []string{b.event(p), widget.Blank(p.width)}
	}
	return b.lines
}

func (b *block) middleLine(p paper, current bool) string {
	l := p.head(current, p.t.Signs.Open)
	return l.Put(theme.Accent, safe.Sprintf("%s earlier", safe.Int(b.middle))).Put(theme.Faint, safe.Const("  enter shows them")).String()
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

func (b *block) message(p paper, current bool) []string {
	lines := []string{b.messageHead(p, current)}
	if b.folded {
		return lines
	}
	m := b.item.Message
	put := func(role theme.Role, text safe.Text) {
		for _, l := range widget.Wrap(p.t, text, p.room()) {
			lines = append(lines, p.line().Space(indent).Put(role, l).String())
		}
	}
	if m.Unreadable {
		put(theme.Warn, safe.Const("This mail could not be read as one. Here are its bytes as text:"))
	}
	put(theme.Plain, safe.Clean(m.Mail.Text))
	if m.Mail.Text == "" && m.Mail.Quoted == "" {
		put(theme.Faint, safe.Const("(no text)"))
	}
	b.hidden(p, &lines, put)
	if l := p.attachments(m.Mail.Attachments); l != "" {
		lines = append(lines, l)
	}
	return append(lines, widget.Blank(p.width))
}

// hidden is what was split off a text: shown on demand.
func (b *block) hidden(p paper, lines *[]string, put func(theme.Role, safe.Text)) {
	m := b.item.Message.Mail
	quoted, signature := safe.Clean(m.Quoted), safe.Clean(m.Signature)
	n := len(quoted.Lines())
	switch {
	case n == 0 && signature.IsEmpty():
		return
	case b.quoted:
		put(theme.Faint, signature)
		put(theme.Faint, quoted)
		return
	}
	what := safe.Const("signature")
	if n > 0 {
		what = safe.Sprintf("%s quoted %s", safe.Int(n), plural(n, safe.Const("line"), safe.Const("lines")))
		if !signature.IsEmpty() {
			what = safe.Sprintf("%s and a signature", what)
		}
	}
	*lines = append(*lines, p.line().Space(indent).Put(theme.Faint, safe.Sprintf("%s %s · space to show", safe.Line(p.t.Signs.Ellipsis), what)).String())
}

func plural(n int, one, many safe.Text) safe.Text {
	if n == 1 {
		return one
	}
	return many
}

// messageHead says who wrote to whom, when, and how it stands.
func (b *block) messageHead(p paper, current bool) string {
	m, t := b.item.Message, p.t
	sign := t.Signs.Unfolded
	if b.folded {
		sign = t.Signs.Open
	}
	l := p.head(current, sign)
	right, role := state(m)
	when := p.moment(m.At)
	room := t.Width(when.String()) + 1
	if w := t.Width(right.String()); w > 0 {
		room += w + 2
	}
	if b.isNew {
		room += 6
	}
	l.Put(theme.Faint, safe.Sprintf("%s ", safe.Int(b.number)))
	name, rest := sender(m)
	left := max(l.Left()-room-1, 10)
	l.Cell(theme.Strong, name, min(t.Width(name.String()), left))
	left -= t.Width(name.String())
	switch {
	case b.folded:
		l.Cell(theme.Faint, safe.Sprintf("  %s", safe.Line(desk.Snippet(m.Mail.Text, 80))), max(left, 0))
	case left > 4:
		l.Cell(theme.Faint, safe.Sprintf("  %s", rest), left)
	}
	l.To(room).Put(theme.Faint, when)
	if !right.IsEmpty() {
		l.Space(2).Put(role, right)
	}
	if b.isNew {
		l.Space(1).Sign(theme.Accent, t.Signs.Unread).Put(theme.Accent, safe.Const(" new"))
	}
	return l.String()
}

// sender is who wrote a message, and the address or the recipients.
func sender(m *desk.Message) (name, rest safe.Text) {
	var from desk.Mailbox
	if len(m.Mail.From) > 0 {
		from = m.Mail.From[0]
	}
	name = safe.Line(from.Name)
	if m.AuthorName != "" {
		name = safe.Line(m.AuthorName)
	}
	if name.IsEmpty() {
		name = safe.Addr(from.Addr)
	} else {
		rest = safe.Sprintf("<%s>", safe.Addr(from.Addr))
	}
	if name.IsEmpty() {
		name = safe.Const("(no sender)")
	}
	if m.Direction == desk.Out {
		rest = safe.Sprintf("to %s", people(m.Mail.To))
	}
	return name, rest
}

// people are the first recipients of a list, and how many more there are.
func people(list []desk.Mailbox) safe.Text {
	if len(list) == 0 {
		return safe.Const("nobody")
	}
	first := safe.Line(list[0].Name)
	if first.IsEmpty() {
		first = safe.Addr(list[0].Addr)
	}
	if len(list) == 1 {
		return first
	}
	return safe.Sprintf("%s and %s more", first, safe.Int(len(list)-1))
}

// state says in a word how a message stands, where that is worth a word.
func state(m *desk.Message) (safe.Text, theme.Role) {
	switch m.State {
	case desk.Queued, desk.Claimed:
		return safe.Const("waiting to leave"), theme.Warn
	case desk.Submitting:
		return safe.Const("leaving"), theme.Warn
	case desk.Deferred:
		return safe.Const("will be tried again"), theme.Warn
	case desk.Failed:
		return safe.Const("not sent"), theme.Bad
	case desk.InDoubt:
		return safe.Const("in doubt"), theme.Bad
	case desk.Accepted:
		return safe.Const("sent"), theme.Faint
	default:
	}
	switch {
	case m.Direction == desk.Out && m.Outgoing == 0:
		return safe.Const("from another client"), theme.Faint
	case m.Mail.Auto.Kind == desk.AutoBounce:
		return safe.Const("bounce"), theme.Bad
	case m.Mail.Auto.Kind != desk.AutoNone && m.Mail.Auto.Kind != "":
		return safe.Const("automatic"), theme.Faint
	}
	return safe.Text{}, theme.Plain
}

func (p paper) attachments(list []desk.Attachment) string {
	if len(list) == 0 {
		return ""
	}
	l := p.line().Space(indent)
	for i, a := range list {
		l.Put(theme.Accent, safe.Sprintf("[%s] ", safe.Int(i+1))).Put(theme.Plain, safe.FileName(a.Filename)).
			Put(theme.Faint, safe.Sprintf("  %s    ", bytes(a.Size)))
	}
	return l.String()
}

// bytes is a size as people read it.
func bytes(n int64) safe.Text {
	switch {
	case n < 1000:
		return safe.Line(fmt.Sprintf("%d B", n))
	case n < 1000*1000:
		return safe.Line(fmt.Sprintf("%d kB", (n+500)/1000))
	default:
		return safe.Line(fmt.Sprintf("%.1f MB", float64(n)/1e6))
	}
}

// note draws a note with its edge on every line.
func (b *block) note(p paper, current bool) []string {
	n, t := b.item.Note, p.t
	l := p.head(current, t.Signs.Note)
	when := p.moment(n.At)
	l.Put(theme.Note, safe.Sprintf("internal note · %s", safe.Line(n.AuthorName)))
	if b.folded {
		l.Put(theme.Faint, safe.Sprintf("  %s", safe.Line(desk.Snippet(n.Text, 80))))
	}
	l.To(t.Width(when.String())+1).Put(theme.Faint, when)
	lines := []string{l.String()}
	if b.folded {
		return lines
	}
	for _, text := range widget.Wrap(t, safe.Clean(n.Text), p.room()) {
		lines = append(lines, p.line().Space(1).Sign(theme.Note, t.Signs.Note).Space(1).Put(theme.Note, text).String())
	}
	return append(lines, widget.Blank(p.width))
}

// moment is when something happened, as people say it.
func (p paper) moment(at time.Time) safe.Text {
	at = at.In(p.now.Location())
	switch days := p.now.Sub(at); {
	case at.YearDay() == p.now.YearDay() && at.Year() == p.now.Year():
		return safe.Line("today " + at.Format("15:04"))
	case days < 300*24*time.Hour:
		return safe.Line(at.Format("Mon 2 Jan 15:04"))
	default:
		return safe.Line(at.Format("2 Jan 2006"))
	}
}
