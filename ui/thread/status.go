package thread

import (
	"postroom/desk/safe"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// warning is a line about what stands in the way of sending.
type warning struct {
	role theme.Role
	text safe.Text
}

// below are the lines under the text: what stands in the way of sending, and
// whether the text is safe. Where they are too many what is wrong comes first,
// from its beginning.
func (c *composer) below(t *theme.Theme, width, most int) []string {
	list := c.warnings(t, width-4)
	room := max(most-1, 1)
	if len(list) > room {
		last := &list[room-1]
		last.text = safe.Sprintf("%s %s", last.text, list[room].text)
		list = list[:room]
	}
	var lines []string
	for _, w := range list {
		lines = append(lines, widget.NewLine(t, width).Space(1).Sign(w.role, t.Signs.Broken).Space(1).Cell(w.role, w.text, max(width-4, 0)).String())
	}
	if len(lines) < most {
		lines = append(lines, c.standing(t, width))
	}
	return lines
}

// warnings are what is wrong, in lines of a width.
func (c *composer) warnings(t *theme.Theme, width int) []warning {
	var list []warning
	warn := func(role theme.Role, text safe.Text) {
		for _, l := range widget.Wrap(t, text, width) {
			list = append(list, warning{role, l})
		}
	}
	if !c.problem.IsEmpty() {
		warn(theme.Bad, c.problem)
	}
	for _, ca := range c.cautions {
		warn(theme.Warn, safe.Line(ca.Detail))
	}
	if c.changed && !c.note() && len(c.cautions) == 0 {
		warn(theme.Warn, safe.Const("The conversation went on since you began: it will ask before it sends."))
	}
	if c.betrays() {
		warn(theme.Warn, safe.Const("This was a note for the team: it will ask before it goes to the customer."))
	}
	return list
}

// standing says where the text stands and how long it is.
func (c *composer) standing(t *theme.Theme, width int) string {
	n := c.count()
	words := safe.Sprintf("%s %s", safe.Int(n), plural(n, safe.Const("word"), safe.Const("words")))
	right := t.Width(words.String()) + 1
	text, role := c.status()
	l := widget.NewLine(t, width).Space(1)
	l.Cell(role, text, max(l.Left()-right-1, 0))
	return l.To(right).Put(theme.Faint, words).String()
}

// status says in one line where the text stands.
func (c *composer) status() (safe.Text, theme.Role) {
	k := &c.saves
	switch {
	case !c.ready:
		return safe.Const("opening…"), theme.Faint
	case c.sending:
		return safe.Const("handing it over…"), theme.Faint
	case c.leaving:
		return safe.Const("saving the draft…"), theme.Faint
	case len(c.cautions) > 0 && c.bar:
		return safe.Const("s again sends it all the same · i writes on"), theme.Strong
	case c.bar && c.note():
		return safe.Const("s puts it into the conversation; only the team sees it"), theme.Note
	case c.bar:
		return safe.Sprintf("s sends it to %s", people(c.everybody())), theme.Strong
	case k.edits == k.done && !k.at.IsZero() && k.edits == 0:
		p := paper{now: c.sh.Now()}
		return safe.Sprintf("draft of %s", p.moment(k.at)), theme.Faint
	case k.edits == k.done && k.edits > 0:
		return safe.Const("draft saved"), theme.Faint
	}
	return safe.Text{}, theme.Plain
}

// count is the number of words, counted once for each change.
func (c *composer) count() int {
	if e := c.text.Edits(); c.words.edits != e {
		c.words = counted{e, c.text.Words()}
	}
	return c.words.n
}
