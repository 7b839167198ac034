package widget

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk/safe"
	"postroom/ui/theme"
)

// FormRow is one field of a form.
type FormRow struct {
	Label safe.Text
	// Hint stands in the field while it is empty: an example, or what is taken
	// when nothing is typed.
	Hint  safe.Text
	Field Field
	// Secret shows signs instead of letters.
	Secret bool
	// Choices, where there are any, stand in the place of the field: one of
	// them is chosen.
	Choices []Choice
	Chosen  int
	// Lines, where it is set, stands in the place of the field too: a text of
	// several lines.
	Lines *Editor
	// Problem says below the field what is wrong with it.
	Problem safe.Text
}

// Text is what has been typed.
func (r *FormRow) Text() string {
	if r.Lines != nil {
		return r.Lines.Value()
	}
	return r.Field.Value()
}

// Form is a column of fields with buttons below. Letters belong to the fields,
// so what can be done are buttons: tab, up and down go about, enter goes on to
// the next field and presses a button; among choices left, right and space go
// from one to the next. In a text of several lines enter and the arrows belong to
// the text: tab leaves it.
type Form struct {
	Rows    []FormRow
	Buttons []safe.Text
	at      int
	top     int
}

// At is the field or, behind the last field, the button with the focus.
func (f *Form) At() int { return f.at }

// Go puts the focus on a field.
func (f *Form) Go(i int) { f.at = min(max(i, 0), len(f.Rows)+len(f.Buttons)-1) }

// Value is what stands in a field, without blanks around it.
func (f *Form) Value(i int) string { return strings.TrimSpace(f.Rows[i].Field.Value()) }

// Press takes a key. It returns the button that was pressed, or -1.
func (f *Form) Press(msg tea.KeyPressMsg) int {
	all := len(f.Rows) + len(f.Buttons)
	onButton := f.at >= len(f.Rows)
	inText := !onButton && f.Rows[f.at].Lines != nil
	switch key := msg.Keystroke(); {
	case inText && key != "tab" && key != "shift+tab":
		f.change(func(row *FormRow) { row.Lines.Press(msg) })
	case key == "tab", key == "down":
		f.at = (f.at + 1) % all
	case key == "shift+tab", key == "up":
		f.at = (f.at + all - 1) % all
	case onButton && key == "right":
		f.Go(f.at + 1)
	case onButton && key == "left":
		f.at = max(f.at-1, len(f.Rows))
	case onButton && (key == "enter" || key == "space"):
		return f.at - len(f.Rows)
	case onButton:
	case key == "enter":
		f.at++
	case len(f.Rows[f.at].Choices) > 0:
		f.Rows[f.at].choose(key)
	default:
		f.change(func(row *FormRow) { row.Field.Press(msg) })
	}
	return -1
}

// Paste types a text. The line break that often ends what was copied is no
// part of it: at the end of a password it would be a blank nobody sees.
func (f *Form) Paste(text string) {
	f.change(func(row *FormRow) {
		if row.Lines != nil {
			row.Lines.Insert(text)
			return
		}
		row.Field.Insert(strings.TrimRight(text, "\r\n"))
	})
}

// change lets the field with the focus change; what was wrong with it may not
// be wrong any more.
func (f *Form) change(do func(*FormRow)) {
	if f.at >= len(f.Rows) || len(f.Rows[f.at].Choices) > 0 {
		return
	}
	row := &f.Rows[f.at]
	before := row.Text()
	if do(row); row.Text() != before {
		row.Problem = safe.Text{}
	}
}

// pinned is how many lines there have to be so that the buttons stay in sight:
// theirs, and as many as the longest choice usually has.
const pinned = 6

// formLabel is the width of the labels.
const formLabel = 14

// View draws as much of the form around the focus as fits into height lines,
// and tells where the cursor stands; nil on a button. The buttons stay in sight
// wherever there is room for them and a field.
func (f *Form) View(t *theme.Theme, width, height int) ([]string, *tea.Position) {
	var lines []string
	var cursor *tea.Position
	first, last := 0, 0
	folded := f.tall() > height
	for i := range f.Rows {
		row, at := f.row(t, i, width, folded)
		if i == f.at {
			first = len(lines)
			cursor = &tea.Position{X: at.X, Y: first + at.Y}
		}
		lines = append(lines, row...)
		lines = append(lines, problem(t, f.Rows[i].Problem, width)...)
		if i == f.at {
			last = len(lines) - 1
			if f.Rows[i].Lines != nil && len(row) > height-2 {
				first, last = cursor.Y, cursor.Y // it does not fit: where one writes does
			}
		}
	}
	buttons := []string{Blank(width), f.buttons(t, width)}
	switch {
	case height <= 0:
		return nil, nil
	case height >= pinned:
		height -= len(buttons)
	default:
		lines, buttons = append(lines, buttons...), nil
	}
	if f.at >= len(f.Rows) {
		first, last = max(len(lines)-1, 0), max(len(lines)-1, 0)
	}
	f.top = max(min(f.top, first, len(lines)-height), last-height+1, 0)
	f.top = min(f.top, first)
	if cursor != nil {
		cursor.Y -= f.top
	}
	return append(Fill(lines[f.top:], width, min(height, len(lines))), buttons...), cursor
}

// tall is how many lines the form takes with its buttons, where no text is
// wrapped.
func (f *Form) tall() int {
	n := 2
	for i := range f.Rows {
		switch r := &f.Rows[i]; {
		case len(r.Choices) > 0:
			n += len(r.Choices)
		case r.Lines != nil:
			n += textLines
		default:
			n++
		}
		if !f.Rows[i].Problem.IsEmpty() {
			n++
		}
	}
	return n
}

// labelCells is how wide the labels are in a form of that width.
func labelCells(width int) int { return min(formLabel, max(width/3, 1)) }

// row draws a field, and tells where in it the cursor would stand. Choices that
// are folded show what is chosen and nothing else, unless the focus is on them.
func (f *Form) row(t *theme.Theme, i, width int, folded bool) ([]string, tea.Position) {
	row := &f.Rows[i]
	label := labelCells(width)
	l := NewLine(t, width)
	if row.Lines != nil {
		l = NewLine(t, label+5) // the text and its edge follow
	}
	name := theme.Faint
	if i == f.at {
		name = theme.Accent
		l.Sign(theme.Accent, t.Signs.Cursor)
	} else {
		l.Space(1)
	}
	l.Space(1).Cell(name, row.Label, label).Space(1)
	if len(row.Choices) > 0 {
		return row.choices(t, l, width, folded && i != f.at)
	}
	if row.Lines != nil {
		return row.lines(t, l, width)
	}
	x := width - l.Left()
	switch {
	case row.Field.Value() == "":
		l.Cell(theme.Faint, row.Hint, l.Left())
	case row.Secret:
		x += row.Field.DrawHidden(l, t, l.Left())
	default:
		x += row.Field.Draw(l, t, l.Left())
	}
	return []string{l.String()}, tea.Position{X: min(x, max(width-1, 0))}
}

// textLines is how many lines of a text are in sight while it is written.
const textLines = 5

// lines draws a text of several lines at the right of its label, with an edge
// that shows how far it goes.
func (r *FormRow) lines(t *theme.Theme, first *Line, width int) ([]string, tea.Position) {
	const edge = 2
	label := labelCells(width) + 3
	room := max(width-label-edge, 2)
	text, at := r.Lines.View(t, room, textLines)
	if r.Lines.Value() == "" {
		text[0] = NewLine(t, room).Put(theme.Faint, r.Hint).String()
	}
	lines := make([]string, len(text))
	for i := range text {
		l := first
		if i > 0 {
			l = NewLine(t, label+edge).Space(label)
		}
		lines[i] = l.Sign(theme.Rule, t.Signs.Vertical).Space(1).String() + text[i]
	}
	return lines, tea.Position{X: label + edge + at.X, Y: at.Y}
}

func problem(t *theme.Theme, text safe.Text, width int) []string {
	const indent = 3
	if text.IsEmpty() {
		return nil
	}
	var lines []string
	for i, w := range Wrap(t, text, width-indent-2) {
		l := NewLine(t, width).Space(indent)
		if i == 0 {
			l.Sign(theme.Bad, t.Signs.Broken)
		} else {
			l.Space(1)
		}
		lines = append(lines, l.Space(1).Put(theme.Bad, w).String())
	}
	return lines
}

func (f *Form) buttons(t *theme.Theme, width int) string {
	l := NewLine(t, width).Space(2)
	for i, b := range f.Buttons {
		role := theme.Plain
		if len(f.Rows)+i == f.at {
			role = theme.Cursor
		}
		l.Put(role, safe.Sprintf("[ %s ]", b)).Space(2)
	}
	return l.String()
}
