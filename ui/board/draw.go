package board

import (
	"strings"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// narrowest is how wide a column is at least; a narrower screen has one.
const narrowest = 26

// cardHeight is how many lines a ticket takes: who and when, and the subject.
const cardHeight = 2

// fits is how many tickets stand one above the other: head, rule and foot of
// the column take three lines.
func (s *Screen) fits() int { return max((s.size.H-shellLines-3)/cardHeight, 1) }

// shellLines are those of the screen that are not this one's.
const shellLines = 4

// View draws the columns that fit, among them the one with the cursor.
func (s *Screen) View(size shell.Size) shell.Picture {
	t := s.sh.Theme()
	if !s.loaded {
		return shell.Picture{Lines: widget.Fill([]string{widget.NewLine(t, size.W).Space(1).Put(theme.Faint, safe.Const("Reading…")).String()}, size.W, size.H)}
	}
	n := max(min((size.W+1)/(narrowest+1), len(s.b.Columns)), 1)
	s.left = min(max(min(s.left, s.col), s.col-n+1), max(len(s.b.Columns)-n, 0))
	room := size.W - (n - 1)
	var columns [][]string
	for i := range n {
		columns = append(columns, s.column(s.left+i, shell.Size{W: columnWidth(room, n, i), H: size.H}, i == 0, i == n-1))
	}
	return shell.Picture{Lines: side(t, columns, size.H), Rule: topRule(t, room, n)}
}

// side puts columns of equal height side by side.
func side(t *theme.Theme, columns [][]string, height int) []string {
	open := t.Open(theme.Plain, theme.Rule)
	lines := make([]string, height)
	for y := range lines {
		var b strings.Builder
		for i, c := range columns {
			switch {
			case i == 0:
			case y == 1:
				b.WriteString(open + t.Signs.Cross + theme.Reset)
			default:
				b.WriteString(open + t.Signs.Vertical + theme.Reset)
			}
			b.WriteString(c[y])
		}
		lines[y] = b.String()
	}
	return lines
}

// topRule is the line below the header, with a tee above each border.
func topRule(t *theme.Theme, room, n int) *string {
	l := widget.NewLine(t, room+n-1)
	for i := range n {
		if i > 0 {
			l.Sign(theme.Rule, t.Signs.TeeDown)
		}
		l.Rule(theme.Rule, t.Signs.Horizontal, columnWidth(room, n, i))
	}
	s := l.String()
	return &s
}

// columnWidth divides the cells among n columns; the first ones have what is
// left over.
func columnWidth(room, n, i int) int {
	w := room / n
	if i < room%n {
		w++
	}
	return w
}

// column draws one stage. At the edges of the screen its head shows that there
// are others beyond.
func (s *Screen) column(at int, size shell.Size, first, last bool) []string {
	t, c := s.sh.Theme(), s.b.Columns[at]
	role := theme.Plain
	if at == s.col {
		role = theme.Strong
	}
	before, beyond := " ", " "
	if first && at > 0 {
		before = t.Signs.Left
	}
	if last && at < len(s.b.Columns)-1 {
		beyond = t.Signs.Open
	}
	total := safe.Int(c.Total)
	w := t.Width(total.String())
	head := widget.NewLine(t, size.W).Sign(theme.Accent, before)
	name := safe.Line(c.Name)
	head.Cell(role, name, min(t.Width(name.String()), size.W-w-5)).Space(2).Put(theme.Plain, total)
	lines := []string{head.To(1).Sign(theme.Accent, beyond).String(), widget.NewLine(t, size.W).Rule(theme.Rule, t.Signs.Horizontal, size.W).String()}
	room := max((size.H-3)/cardHeight, 0)
	line := min(s.lines[c.Stage.ID], max(len(c.Rows)-1, 0))
	if at == s.col {
		line = s.line
	}
	top := widget.Scroll(0, line, room, len(c.Rows))
	end := min(top+room, len(c.Rows))
	for i := top; i < end; i++ {
		lines = append(lines, s.card(c.Rows[i], size.W, at == s.col && i == s.line)...)
	}
	if len(c.Rows) == 0 && room > 0 {
		lines = append(lines, widget.NewLine(t, size.W).Space(3).Put(theme.Faint, safe.Const("nothing")).String())
	}
	lines = widget.Fill(lines, size.W, size.H-1)
	return append(lines, widget.NewLine(t, size.W).Space(3).Put(theme.Faint, s.rest(c, end)).String())
}

// rest says how many tickets of a stage are not in sight.
func (s *Screen) rest(c desk.BoardColumn, shown int) safe.Text {
	var parts []safe.Text
	if n := c.Total - shown; n > 0 {
		parts = append(parts, safe.Sprintf("%s more", safe.Int(n)))
	}
	if c.Snoozed > 0 {
		parts = append(parts, safe.Sprintf("%s snoozed", safe.Int(c.Snoozed)))
	}
	return safe.Join(" · ", parts...)
}

// card draws a ticket: the number, the clock and who; below it the subject and
// who has it.
func (s *Screen) card(r desk.Row, width int, at bool) []string {
	t := s.sh.Theme()
	base, edge, plain, strong := theme.Plain, " ", theme.Plain, theme.Plain
	if at {
		base, edge = theme.Cursor, t.Signs.Cursor
	}
	unread := " "
	if r.Unread {
		strong, unread = theme.Unread, t.Signs.Unread
	}
	if r.ID == s.gone {
		plain, strong = theme.Faint, theme.Faint
	}
	l := widget.NewLineOn(t, base, width).Sign(theme.Accent, edge).Sign(theme.Unread, unread).Space(1)
	shell.DrawPriority(l, t, r.Priority)
	number := safe.Sprintf("#%s", safe.Int(int(r.ID)))
	clock := 0
	if !r.DueAt.IsZero() {
		clock = shell.ClockWidth + 1
	}
	l.Cell(strong, safe.Line(r.Who), max(l.Left()-t.Width(number.String())-2-clock, 0)).Space(1)
	if clock > 0 {
		shell.DrawClock(l, r.Conversation, s.sh.Now())
	}
	top := l.Put(theme.Faint, number).String()
	holder := safe.Line(r.Holder())
	w := min(t.Width(holder.String()), 10)
	b := widget.NewLineOn(t, base, width).Sign(theme.Accent, edge).Space(2)
	b.Cell(plain, safe.Line(r.Subject), max(b.Left()-w-2, 0)).Space(1)
	return []string{top, b.Cell(theme.Faint, holder, w).String()}
}
