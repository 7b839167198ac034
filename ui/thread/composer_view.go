package thread

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// height is how much of the screen the composer takes. A readable part of the
// conversation stays above it.
func (c *composer) height(screen int) int {
	if screen < 14 {
		return max(screen-screen/3, 3)
	}
	return screen/2 + 1
}

// roomy is the height from which there is room for every head and a line
// below the text.
const roomy = 14

// view draws the composer and tells where the cursor stands.
func (c *composer) view(t *theme.Theme, width, height int) ([]string, *tea.Position) {
	var below []string
	if height >= 3 {
		below = c.below(t, width, max(height/3, 1))
	}
	lines := []string{c.title(t, width, height)}
	c.rules = c.rules[:0]
	if !c.note() {
		c.rules = append(c.rules, 0)
	}
	rule := func() {
		c.rules = append(c.rules, len(lines))
		lines = append(lines, c.rule(t, width))
	}
	var cursor *tea.Position
	for _, f := range c.shown(height) {
		if len(lines)+len(below)+1 >= height && f != c.at {
			continue
		}
		line, x := c.field(t, f, width)
		if c.at == f && !c.bar {
			cursor = &tea.Position{X: x, Y: len(lines)}
		}
		lines = append(lines, line)
	}
	if !c.note() && len(lines)+len(below)+3 < height {
		rule()
	}
	room := max(height-len(lines)-len(below), 0)
	if height >= roomy {
		room--
	}
	signature := c.signature(t, width, room)
	text, at := c.body(t, width, room-len(signature))
	if c.at == onText && !c.bar && room > 0 {
		cursor = &tea.Position{X: at.X, Y: len(lines) + at.Y}
	}
	lines = append(append(lines, text...), signature...)
	if height >= roomy {
		rule()
	}
	return widget.Fill(append(lines, below...), width, height), cursor
}

func (c *composer) rule(t *theme.Theme, width int) string {
	n := width - 2
	if c.beside {
		n++
	}
	return widget.NewLine(t, width).Space(1).Rule(theme.Rule, t.Signs.Horizontal, n).String()
}

// body draws the text. A note has its edge on every line, as it will have in
// the conversation.
func (c *composer) body(t *theme.Theme, width, height int) ([]string, tea.Position) {
	edge := widget.Blank(1)
	if c.note() {
		edge = widget.NewLine(t, 2).Sign(theme.Note, t.Signs.Note).String()
	}
	left := c.gutter()
	inner := min(width-left-1, readWidth)
	text, at := c.text.View(t, inner, height)
	pad := widget.Blank(max(width-left-inner, 0))
	for i, l := range text {
		text[i] = edge + l + pad
	}
	at.X += left
	return text, at
}

// gutter is how many cells are left of the text.
func (c *composer) gutter() int {
	if c.note() {
		return 2
	}
	return 1
}

// title says what this will be. It must not be possible to take one for the
// other, so word, sign and colour all differ.
func (c *composer) title(t *theme.Theme, width, height int) string {
	l := widget.NewLine(t, width)
	rule, role := t.Signs.Horizontal, c.role()
	if c.note() {
		rule = t.Signs.Note
	}
	l.Rule(role, rule, 1).Space(1)
	switch {
	case c.note():
		l.Put(theme.Note, safe.Const("Note, team only"))
	case c.kind == desk.DraftNew:
		l.Put(theme.Strong, safe.Const("New mail"))
	default:
		l.Put(theme.Strong, safe.Const("Reply to customer"))
	}
	l.Space(1).Rule(role, rule, 2)
	if c.conv != 0 {
		hint := safe.Const(" ctrl+r make it a note ")
		switch {
		case c.note() && c.both():
			hint = safe.Const(" ctrl+r to the reply ")
		case c.note():
			hint = safe.Const(" ctrl+r make it a reply ")
		case c.both():
			hint = safe.Const(" ctrl+r to the note ")
		}
		if l.Left() > t.Width(hint.String())+2 {
			l.Put(theme.Faint, hint).Rule(role, rule, 2)
		}
	}
	for _, from := range [...]safe.Text{c.sender(), c.address()} {
		if height < roomy && !c.note() && !from.IsEmpty() && l.Left() > t.Width(from.String())+10 {
			l.Put(theme.Faint, safe.Sprintf(" from %s ", from))
			break
		}
	}
	return l.Rule(role, rule, l.Left()).String()
}

// role is the colour of the composer: a note must not look like a reply.
func (c *composer) role() theme.Role {
	if c.note() {
		return theme.Note
	}
	return theme.Accent
}

func fieldName(f focus) safe.Text {
	switch f {
	case onFrom:
		return safe.Const("From")
	case onTo:
		return safe.Const("To")
	case onCc:
		return safe.Const("Cc")
	case onBcc:
		return safe.Const("Bcc")
	case onSubject:
		return safe.Const("Subj")
	default:
		return safe.Text{}
	}
}

// shown are the fields there is room and reason for. The one that is being
// filled in always is, and so is who gets the mail.
func (c *composer) shown(height int) []focus {
	if c.note() || !c.ready {
		return nil
	}
	var list []focus
	for f := onFrom; f < focusCount; f++ {
		switch {
		case f == c.at, f == onTo:
		case f == onFrom && height < roomy, f == onSubject && c.conv != 0 && height < roomy:
			continue
		case (f == onCc || f == onBcc) && c.fields[f].Value() == "":
			continue
		}
		list = append(list, f)
	}
	return list
}

// field draws one head of the mail and tells where its cursor stands.
func (c *composer) field(t *theme.Theme, f focus, width int) (line string, cursor int) {
	name := theme.Faint
	if c.at == f && !c.bar {
		name = theme.Accent
	}
	l := widget.NewLine(t, width).Space(1).Cell(name, fieldName(f), 6)
	if f == onFrom {
		c.from(l)
		return l.String(), 7
	}
	x := c.fields[f].Draw(l, t, l.Left()-1)
	return l.String(), 7 + x
}

func (c *composer) from(l *widget.Line) {
	role := theme.Plain
	if c.at == onFrom && !c.bar {
		role = theme.Cursor
	}
	address := c.sender()
	if address.IsEmpty() {
		address = safe.Const("no mailbox")
	}
	l.Put(role, address)
	if in, ok := c.sh.State.Inbox(c.mail.Inbox); ok && c.conv == 0 {
		l.Put(theme.Faint, safe.Sprintf("  %s", safe.Line(in.Name)))
	}
	if len(c.senders()) > 1 && c.at == onFrom {
		l.Put(theme.Faint, safe.Const("  left and right choose"))
	}
}
