package settings

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// Where there is room for three columns, the first two are so wide.
const (
	threeColumns = 110
	partsWidth   = 22
	listWidth    = 38
)

// picture is the last frame, and what it was made from.
type picture struct {
	stale  bool
	size   shell.Size
	theme  *theme.Theme
	minute time.Time
	drawn  shell.Picture
}

// View draws three columns, or the one that has the keys.
func (s *Screen) View(size shell.Size) shell.Picture {
	t, minute := s.sh.Theme(), s.sh.Now().Truncate(time.Minute)
	p := &s.picture
	if p.drawn.Lines == nil || p.stale || p.size != size || p.theme != t || !p.minute.Equal(minute) {
		*p = picture{size: size, theme: t, minute: minute}
		p.drawn = s.draw(t, size)
	}
	return p.drawn
}

func (s *Screen) draw(t *theme.Theme, size shell.Size) shell.Picture {
	if size.W < threeColumns {
		lines, cursor := s.column(t, s.focus, size)
		return shell.Picture{Lines: lines, Cursor: at(cursor, 0)}
	}
	parts, _ := s.column(t, onParts, shell.Size{W: partsWidth, H: size.H})
	list, _ := s.column(t, onList, shell.Size{W: listWidth, H: size.H})
	last, cursor := s.column(t, onSheet, shell.Size{W: size.W - partsWidth - listWidth - 2, H: size.H})
	bar := t.Open(theme.Plain, theme.Rule) + t.Signs.Vertical + theme.Reset
	lines := make([]string, size.H)
	for y := range lines {
		lines[y] = parts[y] + bar + list[y] + bar + last[y]
	}
	rule := widget.NewLine(t, size.W)
	rule.Rule(theme.Rule, t.Signs.Horizontal, partsWidth).Sign(theme.Rule, t.Signs.TeeDown)
	rule.Rule(theme.Rule, t.Signs.Horizontal, listWidth).Sign(theme.Rule, t.Signs.TeeDown)
	drawn := rule.Rule(theme.Rule, t.Signs.Horizontal, rule.Left()).String()
	return shell.Picture{Lines: lines, Rule: &drawn, Cursor: at(cursor, partsWidth+listWidth+2)}
}

func at(cursor *tea.Position, x int) *tea.Cursor {
	if cursor == nil {
		return nil
	}
	return tea.NewCursor(x+cursor.X, cursor.Y)
}

// column draws one of the columns: exactly size.H lines.
func (s *Screen) column(t *theme.Theme, c column, size shell.Size) ([]string, *tea.Position) {
	switch {
	case c == onParts:
		return s.partLines(t, size), nil
	case c == onList:
		head := s.heading(t, s.part().about().Title, c, size.W)
		body := s.part().here().draw(t, shell.Size{W: size.W, H: size.H - len(head)}, s.focus == onList)
		return append(head, body...), nil
	case s.form == nil:
		return s.sheetLines(t, size), nil
	}
	head := s.heading(t, s.form.title, c, size.W)
	body, cursor := s.form.draw(t, shell.Size{W: size.W, H: size.H - len(head)})
	if cursor != nil {
		cursor.Y += len(head)
	}
	return append(head, body...), cursor
}

// heading is the title of a column: bold where the keys go.
func (s *Screen) heading(t *theme.Theme, title safe.Text, c column, width int) []string {
	role := theme.Faint
	if s.focus == c {
		role = theme.Strong
	}
	return []string{widget.NewLine(t, width).Space(1).Put(role, title).String(), widget.Blank(width)}
}

// partLines are the settings one can choose from.
func (s *Screen) partLines(t *theme.Theme, size shell.Size) []string {
	lines := s.heading(t, safe.Const("SETTINGS"), onParts, size.W)[:1]
	system, marked := false, 0
	for i, p := range s.parts {
		a := p.about()
		if a.system && !system {
			system = true
			lines = append(lines, widget.Blank(size.W), s.heading(t, safe.Const("SYSTEM"), onParts, size.W)[0])
		}
		if i == s.at {
			marked = len(lines)
		}
		lines = append(lines, s.partLine(t, p, i == s.at, size.W))
	}
	return widget.Fill(lines[widget.Scroll(0, marked, size.H, len(lines)):], size.W, size.H)
}

func (s *Screen) partLine(t *theme.Theme, p part, marked bool, width int) string {
	base, role, edge := theme.Plain, theme.Plain, " "
	if marked {
		role, edge = theme.Strong, t.Signs.Cursor
		if s.focus == onParts {
			base = theme.Cursor
		}
	}
	text, dress := p.mark()
	w := t.Width(text.String())
	l := widget.NewLineOn(t, base, width).Sign(theme.Accent, edge).Space(2)
	return l.Cell(role, p.about().Title, max(l.Left()-w-2, 0)).To(w+1).Put(dress, text).String()
}

// sheetLines are what is known of the thing under the cursor, with the buttons
// below it. The facts scroll, the buttons stay.
func (s *Screen) sheetLines(t *theme.Theme, size shell.Size) []string {
	l, title := s.part().here(), s.part().about().Title
	switch {
	case l.lost:
		gone := &sheet{t: t, width: size.W}
		gone.say(theme.Faint, safe.Const("It is gone: somebody else has taken it away. Move on with j and k."))
		return widget.Fill(append(s.heading(t, title, onSheet, size.W), gone.lines...), size.W, size.H)
	case l.at < len(l.rows):
		title = l.rows[l.at].title
	}
	head := s.heading(t, title, onSheet, size.W)
	buttons := s.buttons(t, size.W)
	known := &sheet{t: t, width: size.W}
	s.part().sheet(known)
	room := max(size.H-len(head)-len(buttons), 1)
	more := len(known.lines) - room
	s.scroll = max(min(s.scroll, more), 0)
	body := widget.Fill(known.lines[s.scroll:], size.W, room)
	if s.scroll < more {
		body[room-1] = widget.NewLine(t, size.W).Space(1).Put(theme.Faint, safe.Sprintf("%s more lines · j", safe.Int(more-s.scroll+1))).String()
	}
	return widget.Fill(append(append(head, body...), buttons...), size.W, size.H)
}

// buttons are the verbs of the part, in as many lines as they need. What cannot
// be done now stays, faint, and says why when it is pressed; what is not his to
// do is no button, and said above them.
func (s *Screen) buttons(t *theme.Theme, width int) []string {
	verbs, refused := offered(s.part().verbs())
	s.button = max(min(s.button, len(verbs)-1), 0)
	var lines []string
	l := widget.NewLine(t, width).Space(1)
	for i, v := range verbs {
		text := safe.Sprintf("[ %s ]", v.button)
		if w := t.Width(text.String()); w > l.Left() && l.Left() < width-1 {
			lines = append(lines, l.String())
			l = widget.NewLine(t, width).Space(1)
		}
		role := theme.Plain
		switch {
		case s.focus == onSheet && i == s.button:
			role = theme.Cursor
		case v.Missing(nil) != "":
			role = theme.Faint
		}
		l.Put(role, text).Space(1)
	}
	if len(verbs) > 0 {
		lines = append(lines, l.String())
	}
	above := &sheet{t: t, width: width}
	for _, why := range refused {
		above.say(theme.Faint, safe.Line(strings.ToUpper(why[:1])+why[1:]))
	}
	if lines = append(above.lines, lines...); len(lines) > 0 {
		lines = append([]string{widget.Blank(width)}, lines...)
	}
	return lines
}
