package thread

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk/safe"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// height is how much of the screen the composer takes.
func (c *composer) height(screen int) int { return min(max(screen/2+1, 10), screen-3) }

// view draws the composer and tells where the cursor stands.
func (c *composer) view(t *theme.Theme, width, height int) ([]string, *tea.Position) {
	lines := []string{c.title(t, width)}
	var cursor *tea.Position
	for _, f := range c.shown(height) {
		l := widget.NewLine(t, width).Space(1).Cell(theme.Faint, fieldName(f), 6)
		if f == onFrom {
			c.from(l)
		} else {
			x := c.fields[f].Draw(l, t, l.Left()-1)
			if c.at == f && !c.bar {
				cursor = &tea.Position{X: 7 + x, Y: len(lines)}
			}
		}
		lines = append(lines, l.String())
	}
	if !c.note() {
		lines = append(lines, widget.NewLine(t, width).Space(1).Rule(theme.Rule, t.Signs.Horizontal, width-2).String())
	}
	below := c.below(t, width)
	room := max(height-len(lines)-len(below), 1)
	text, at := c.text.View(t, min(width-2, readWidth), room)
	if c.at == onText && !c.bar && c.ready {
		cursor = &tea.Position{X: 1 + at.X, Y: len(lines) + at.Y}
	}
	pad := widget.Blank(max(width-1-min(width-2, readWidth), 0))
	for _, l := range text {
		lines = append(lines, " "+l+pad)
	}
	return widget.Fill(append(lines, below...), width, height), cursor
}

// title says what this will be. It must not be possible to take one for the
// other, so word, sign and colour all differ.
func (c *composer) title(t *theme.Theme, width int) string {
	l := widget.NewLine(t, width)
	rule := t.Signs.Horizontal
	if c.note() {
		rule = t.Signs.Note
	}
	l.Rule(c.role(), rule, 1).Space(1)
	switch {
	case !c.ready:
		l.Put(theme.Faint, safe.Const("…"))
	case c.note():
		l.Put(theme.Note, safe.Const("Note, team only"))
	case c.conv == 0:
		l.Put(theme.Strong, safe.Const("New mail"))
	default:
		l.Put(theme.Strong, safe.Const("Reply to customer"))
	}
	l.Space(1).Rule(c.role(), rule, 2)
	if c.ready && c.conv != 0 {
		hint := safe.Const(" ctrl+r makes it a note ")
		if c.note() {
			hint = safe.Const(" ctrl+r makes it a reply ")
		}
		if l.Left() > 40 {
			l.Put(theme.Faint, hint)
		}
	}
	return l.Rule(c.role(), rule, l.Left()).String()
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
// filled in always is.
func (c *composer) shown(height int) []focus {
	if c.note() || !c.ready {
		return nil
	}
	var list []focus
	for f := onFrom; f < focusCount; f++ {
		switch {
		case f == c.at, f == onTo:
		case f == onFrom && height < 12, f == onSubject && c.conv != 0 && height < 12:
			continue
		case (f == onCc || f == onBcc) && c.fields[f].Value() == "":
			continue
		}
		list = append(list, f)
	}
	return list
}

func (c *composer) from(l *widget.Line) {
	role := theme.Plain
	if c.at == onFrom && !c.bar {
		role = theme.Cursor
	}
	for _, a := range c.senders() {
		if a.ID == c.draft.Account {
			l.Put(role, safe.Addr(a.Address))
		}
	}
	if len(c.senders()) > 1 && c.at == onFrom {
		l.Put(theme.Faint, safe.Const("  left and right choose"))
	}
}

// below are the lines under the text: what stands in the way of sending, and
// whether the text is safe.
func (c *composer) below(t *theme.Theme, width int) []string {
	var lines []string
	warn := func(role theme.Role, text safe.Text) {
		for _, l := range widget.Wrap(t, text, width-4) {
			lines = append(lines, widget.NewLine(t, width).Space(1).Sign(role, t.Signs.Broken).Space(1).Put(role, l).String())
		}
	}
	if !c.problem.IsEmpty() {
		warn(theme.Bad, c.problem)
	}
	for _, ca := range c.cautions {
		warn(theme.Warn, safe.Line(ca.Detail))
	}
	l := widget.NewLine(t, width).Space(1)
	switch {
	case c.sending:
		l.Put(theme.Faint, safe.Const("handing it over…"))
	case len(c.cautions) > 0:
		l.Put(theme.Strong, safe.Const("s again sends it all the same; i writes on"))
	case c.changed:
		l.Put(theme.Warn, safe.Const("the conversation went on since you began: it will ask before it sends"))
	case c.text.Edits() == c.saved && !c.savedAt.IsZero():
		l.Put(theme.Faint, safe.Const("draft saved"))
	}
	words := safe.Sprintf("%s %s", safe.Int(c.text.Words()), plural(c.text.Words(), safe.Const("word"), safe.Const("words")))
	l.To(t.Width(words.String())+1).Put(theme.Faint, words)
	return append(lines, l.String())
}
