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

// choices draws one line for each choice; the first goes on after the label.
// The cursor stands on the chosen one.
func (r *FormRow) choices(t *theme.Theme, first *Line, width int) ([]string, tea.Position) {
	x := width - first.Left()
	longest := 0
	for _, c := range r.Choices {
		longest = max(longest, t.Width(c.Label.String()))
	}
	lines := make([]string, len(r.Choices))
	for i, c := range r.Choices {
		l := first
		if i > 0 {
			l = NewLine(t, width).Space(x)
		}
		role, sign := theme.Plain, " "
		if i == r.Chosen {
			role, sign = theme.Strong, t.Signs.Health
		}
		l.Put(role, safe.Const("(")).Sign(role, sign).Put(role, safe.Const(") ")).Cell(role, c.Label, longest)
		if !c.Hint.IsEmpty() {
			l.Space(2).Put(theme.Faint, c.Hint)
		}
		lines[i] = l.String()
	}
	return lines, tea.Position{X: min(x+1, max(width-1, 0)), Y: r.Chosen}
}
