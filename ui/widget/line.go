package widget

import (
	"strings"

	"postroom/desk/safe"
	"postroom/ui/theme"
)

// Line builds one line of exactly the width it was made for. What does not fit
// is cut with an ellipsis, what is left over is blank.
type Line struct {
	t    *theme.Theme
	base theme.Role
	left int
	b    strings.Builder
}

// NewLine begins a line on a plain ground.
func NewLine(t *theme.Theme, width int) *Line { return NewLineOn(t, theme.Plain, width) }

// NewLineOn begins a line on the ground of a role, such as that of the cursor.
func NewLineOn(t *theme.Theme, base theme.Role, width int) *Line {
	l := &Line{t: t, base: base, left: max(width, 0)}
	l.b.Grow(l.left + 48)
	return l
}

// Left is how many cells are free.
func (l *Line) Left() int { return l.left }

// Put writes a text as far as there is room.
func (l *Line) Put(r theme.Role, text safe.Text) *Line { return l.Cell(r, text, -1) }

// Cell writes a text into a column of width cells; -1 takes what it needs.
func (l *Line) Cell(r theme.Role, text safe.Text, width int) *Line {
	room := l.left
	if width >= 0 {
		room = min(width, l.left)
	}
	s, w := l.t.Fit(text.String(), room)
	l.write(r, s)
	l.left -= w
	if width >= 0 {
		l.Space(room - w)
	}
	return l
}

// Right writes a text at the right end of a column.
func (l *Line) Right(r theme.Role, text safe.Text, width int) *Line {
	room := min(width, l.left)
	s, w := l.t.Fit(text.String(), room)
	l.Space(room - w)
	l.write(r, s)
	l.left -= w
	return l
}

// Sign writes a sign of the theme.
func (l *Line) Sign(r theme.Role, sign string) *Line {
	switch {
	case l.left <= 0:
	case sign == " ":
		l.Space(1)
	default:
		l.write(r, sign)
		l.left--
	}
	return l
}

// Rule draws a sign over n cells.
func (l *Line) Rule(r theme.Role, sign string, n int) *Line {
	n = min(max(n, 0), l.left)
	l.write(r, strings.Repeat(sign, n))
	l.left -= n
	return l
}

// Space leaves n cells blank.
func (l *Line) Space(n int) *Line {
	if n = min(n, l.left); n > 0 {
		l.write(theme.Plain, blanks(n))
		l.left -= n
	}
	return l
}

// To leaves cells blank until only n are left.
func (l *Line) To(n int) *Line { return l.Space(l.left - n) }

// String ends the line.
func (l *Line) String() string {
	l.Space(l.left)
	return l.b.String()
}

func (l *Line) write(r theme.Role, s string) {
	if s == "" {
		return
	}
	open := l.t.Open(l.base, r)
	if open == "" {
		l.b.WriteString(s)
		return
	}
	l.b.WriteString(open)
	l.b.WriteString(s)
	l.b.WriteString(theme.Reset)
}

// blanks is n blanks, without building them for the widths screens have.
func blanks(n int) string {
	const many = "                                                                                                                                                                                                                                                                                                                "
	if n <= len(many) {
		return many[:n]
	}
	return strings.Repeat(" ", n)
}

// Blank is an empty line.
func Blank(width int) string { return blanks(max(width, 0)) }

// Fill brings a block to exactly height lines: what is too long is cut, what
// is missing is blank.
func Fill(lines []string, width, height int) []string {
	if len(lines) > height {
		return lines[:max(height, 0)]
	}
	for len(lines) < height {
		lines = append(lines, Blank(width))
	}
	return lines
}
