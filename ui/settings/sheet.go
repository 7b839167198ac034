package settings

import (
	"postroom/desk/safe"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// sheet is what is known of a thing, line by line.
type sheet struct {
	t     *theme.Theme
	width int
	lines []string
}

// The columns of the names of facts and effects.
const (
	labelWidth  = 11
	effectWidth = 14
)

// title begins a group of facts.
func (s *sheet) title(text safe.Text) {
	s.gap()
	s.lines = append(s.lines, widget.NewLine(s.t, s.width).Space(1).Put(theme.Strong, text).String())
}

// gap leaves a line between two groups.
func (s *sheet) gap() {
	if len(s.lines) > 0 {
		s.lines = append(s.lines, widget.Blank(s.width))
	}
}

// fact is one thing that is known, behind its name.
func (s *sheet) fact(name safe.Text, role theme.Role, text safe.Text) {
	s.column(labelWidth, name, role, text)
}

// effect is one thing that would happen, behind what it happens to.
func (s *sheet) effect(name safe.Text, role theme.Role, text safe.Text) {
	s.column(effectWidth, name, role, text)
}

func (s *sheet) column(wide int, name safe.Text, role theme.Role, text safe.Text) {
	if text.IsEmpty() {
		return
	}
	label := min(wide, s.width/3)
	for i, part := range widget.Wrap(s.t, text, s.width-label-2) {
		l := widget.NewLine(s.t, s.width).Space(1)
		if i == 0 {
			l.Cell(theme.Faint, name, label)
		} else {
			l.Space(label)
		}
		s.lines = append(s.lines, l.Put(role, part).String())
	}
}

// say is a sentence.
func (s *sheet) say(role theme.Role, text safe.Text) {
	for _, part := range widget.Wrap(s.t, text, s.width-2) {
		s.lines = append(s.lines, widget.NewLine(s.t, s.width).Space(1).Put(role, part).String())
	}
}

// step is a line with a sign before it, such as a hop of a test mail.
func (s *sheet) step(role theme.Role, sign string, text, right safe.Text) {
	l := widget.NewLine(s.t, s.width).Space(1).Sign(role, sign).Space(1)
	l.Cell(theme.Plain, text, labelWidth).Put(theme.Faint, right)
	s.lines = append(s.lines, l.String())
}
