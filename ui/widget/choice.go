package widget

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk/safe"
	"postroom/ui/theme"
)

// Choice is one of several answers in a form, with a word on what it means.
type Choice struct{ Label, Hint safe.Text }

// choose goes to the next choice or the one before. What was wrong with the
// old one may not be wrong with the new.
func (r *FormRow) choose(key string) {
	n := len(r.Choices)
	switch key {
	case "right", "space":
		r.Chosen = (r.Chosen + 1) % n
	case "left":
		r.Chosen = (r.Chosen + n - 1) % n
	default:
		return
	}
	r.Problem = safe.Text{}
}

// leastHint is how many cells a hint needs behind its choice; where there are
// fewer it stands below.
const leastHint = 16

// choices draws the choices one below the other; the first goes on after the
// label. The cursor stands on the chosen one. A hint that is too long goes on in
// the next line. Folded only the chosen one is drawn.
func (r *FormRow) choices(t *theme.Theme, first *Line, width int, folded bool) ([]string, tea.Position) {
	const sign = 4
	x := width - first.Left()
	longest := 0
	for _, c := range r.Choices {
		longest = max(longest, t.Width(c.Label.String()))
	}
	hints := x + sign + longest + 2
	below := width-hints < leastHint
	if below {
		hints = x + sign
	}
	var lines []string
	at := 0
	for i, c := range r.Choices {
		if folded && i != r.Chosen {
			continue
		}
		l := first
		if len(lines) > 0 {
			l = NewLine(t, width).Space(x)
		}
		role, mark := theme.Plain, " "
		if i == r.Chosen {
			role, mark, at = theme.Strong, t.Signs.Health, len(lines)
		}
		l.Put(role, safe.Const("(")).Sign(role, mark).Put(role, safe.Const(") ")).Put(role, c.Label)
		for j, part := range hint(t, c.Hint, width-hints) {
			if j > 0 || below {
				lines = append(lines, l.String())
				l = NewLine(t, width)
			}
			l.To(width-hints).Put(theme.Faint, part)
		}
		lines = append(lines, l.String())
	}
	return lines, tea.Position{X: min(x+1, max(width-1, 0)), Y: at}
}

// hint is a hint in as many lines as it needs.
func hint(t *theme.Theme, text safe.Text, width int) []safe.Text {
	if text.IsEmpty() {
		return nil
	}
	return Wrap(t, text, width)
}
