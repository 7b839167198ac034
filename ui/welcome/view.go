package welcome

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// boxWidth is how wide the welcome is where there is room.
const boxWidth = 72

// View draws the choice, in a box where there is room for one.
func (s *Screen) View(size shell.Size) shell.Picture {
	t := s.sh.Theme()
	box := widget.Box{Title: safe.Const("postroom"), Hint: safe.Const("enter choose · esc not now"), Width: min(boxWidth, size.W)}
	inside, room := box.Inside(), size.H-2
	framed := size.H >= 12
	if !framed {
		inside, room = size.W, size.H
	}
	var cursor *tea.Position
	box.Lines, cursor = s.choices(t, inside, room)
	if !framed {
		return picture(widget.Fill(box.Lines, size.W, size.H), cursor, 0, 0)
	}
	lines := box.View(t)
	x, y := (size.W-box.Width)/2, max((size.H-len(lines))/3, 0)
	all := make([]string, 0, size.H)
	for range y {
		all = append(all, widget.Blank(size.W))
	}
	for _, l := range lines {
		all = append(all, widget.Blank(x)+l+widget.Blank(size.W-x-box.Width))
	}
	return picture(widget.Fill(all, size.W, size.H), cursor, x+2, y+1)
}

func picture(lines []string, cursor *tea.Position, x, y int) shell.Picture {
	p := shell.Picture{Lines: lines}
	if cursor != nil {
		p.Cursor = tea.NewCursor(x+cursor.X, y+cursor.Y)
	}
	return p
}

// choices draws the ways to begin. Where there is little room the words around
// them give way.
func (s *Screen) choices(t *theme.Theme, width, room int) ([]string, *tea.Position) {
	put := func(lines []string, role theme.Role, text safe.Text) []string {
		for _, l := range widget.Wrap(t, text, width-2) {
			lines = append(lines, widget.NewLine(t, width).Space(1).Put(role, l).String())
		}
		return lines
	}
	blank := widget.Blank(width)
	var list []string
	for i, o := range s.options() {
		list = append(list, s.option(t, i, o, width))
	}
	head := put([]string{blank}, theme.Plain, safe.Const("Welcome. postroom keeps your team mail on this machine and talks to your mail server. Nothing leaves it otherwise."))
	head = put(append(head, blank), theme.Strong, safe.Const("What do you want first?"))
	head = append(head, blank)
	foot := put([]string{blank}, theme.Faint, s.terminal())
	foot = append(foot, blank)
	lines := list
	if room >= len(head)+len(list) {
		lines = append(head, list...)
	}
	at := len(lines) - len(list) + s.cursor
	if room >= len(lines)+len(foot) {
		lines = append(lines, foot...)
	}
	return lines, &tea.Position{X: 0, Y: at}
}

func (s *Screen) option(t *theme.Theme, i int, o option, width int) string {
	base, sign := theme.Plain, " "
	if i == s.cursor {
		base, sign = theme.Cursor, t.Signs.Cursor
	}
	l := widget.NewLineOn(t, base, width).Sign(theme.Plain, sign).Space(1)
	l.Put(theme.Accent, safe.Int(i+1)).Space(2)
	title, hint := theme.Plain, o.hint
	if o.off {
		title, hint = theme.Faint, safe.Const("not possible here")
	}
	l.Put(title, o.title)
	w := t.Width(hint.String())
	if o.half {
		w = min(w, l.Left()-3) // whose end is cut: nothing else says that there is one
	}
	if w > 0 && w+2 < l.Left() {
		l.To(w+1).Cell(theme.Faint, hint, w)
	}
	return l.String()
}

// terminal says what has been found out about the terminal, so that whoever
// sees wrong signs knows what was taken for granted.
func (s *Screen) terminal() safe.Text {
	o := s.sh.Theme().Options()
	ground, colours, signs := safe.Const("Dark terminal"), safe.Const("colours"), safe.Const("line signs")
	if o.Light {
		ground = safe.Const("Light terminal")
	}
	if o.Monochrome {
		colours = safe.Const("no colours")
	}
	if o.ASCII {
		signs = safe.Const("ASCII signs")
	}
	return safe.Sprintf("%s, %s, %s: all fine.", ground, colours, signs)
}
