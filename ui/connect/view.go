package connect

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// boxWidth is how wide a question is where there is room.
const boxWidth = 76

// View draws the question, in a box where there is room for one.
func (s *Screen) View(size shell.Size) shell.Picture {
	if s.page == nil {
		return shell.Picture{Lines: widget.Fill(nil, size.W, size.H)}
	}
	t := s.sh.Theme()
	box := widget.Box{Title: s.title(), Hint: s.hint(), Width: min(boxWidth, size.W)}
	framed := size.H >= 14
	if !framed {
		lines, cursor := s.page.draw(s, t, shell.Size{W: size.W, H: size.H})
		return picture(widget.Fill(lines, size.W, size.H), cursor, 0, 0)
	}
	lines, cursor := s.page.draw(s, t, shell.Size{W: box.Inside(), H: size.H - 2})
	box.Lines = lines
	drawn := box.View(t)
	x, y := (size.W-box.Width)/2, max((size.H-len(drawn))/3, 0)
	all := make([]string, 0, size.H)
	for range y {
		all = append(all, widget.Blank(size.W))
	}
	for _, l := range drawn {
		all = append(all, widget.Blank(x)+l+widget.Blank(size.W-x-box.Width))
	}
	return picture(widget.Fill(all, size.W, size.H), cursor, x+2, y+1)
}

// hint says which keys count: while something is waited for only esc does, and
// not even that while it is being written.
func (s *Screen) hint() safe.Text {
	switch {
	case !s.doing.IsEmpty() && s.stoppable():
		return safe.Const("esc stops")
	case !s.doing.IsEmpty():
		return safe.Text{}
	case s.back() == "":
		return safe.Const("tab next · enter on · esc leaves")
	}
	return safe.Const("tab next · enter on · esc back")
}

// title says where one is.
func (s *Screen) title() safe.Text {
	if n := s.page.at.number(); n > 0 {
		return safe.Sprintf("connect a mailbox · %s of %s · %s", safe.Int(n), safe.Int(len(way())), s.page.title)
	}
	return safe.Sprintf("connect a mailbox · %s", s.page.title)
}

func picture(lines []string, cursor *tea.Position, x, y int) shell.Picture {
	p := shell.Picture{Lines: lines}
	if cursor != nil {
		p.Cursor = tea.NewCursor(x+cursor.X, y+cursor.Y)
	}
	return p
}

// draw draws the question with what is to be known above the form and what is
// to be said below.
func (p *page) draw(s *Screen, t *theme.Theme, size shell.Size) ([]string, *tea.Position) {
	head, foot := &sheet{t: t, width: size.W}, &sheet{t: t, width: size.W}
	head.gap()
	head.say(theme.Strong, p.question)
	head.gap()
	if p.above != nil {
		p.above(s, head)
	}
	said := s.below(foot)
	all, _ := p.form.View(t, size.W, 1<<10)
	if size.H >= len(head.lines)+len(all)+len(foot.lines)+2 {
		foot.lines = append(append([]string{widget.Blank(size.W)}, foot.lines...), widget.Blank(size.W))
	} else {
		makeRoom(head, foot, size.H-len(all), said)
	}
	all, cursor := p.form.View(t, size.W, max(size.H-len(head.lines)-len(foot.lines), 1))
	if cursor != nil {
		cursor.Y += len(head.lines)
	}
	if !s.doing.IsEmpty() {
		cursor = nil
	}
	return append(append(head.lines, all...), foot.lines...), cursor
}

// makeRoom leaves out what is missed least, until so many lines are left: words
// that are always there, then blank lines, then the end of what is to be known.
func makeRoom(head, foot *sheet, room int, said bool) {
	if !said && len(head.lines)+len(foot.lines) > room {
		foot.lines = nil
	}
	if len(head.lines)+len(foot.lines) > room {
		head.lines = slices.DeleteFunc(head.lines, func(l string) bool { return strings.TrimSpace(l) == "" })
	}
	foot.lines = foot.lines[:min(len(foot.lines), max(room/2, 1))]
	head.lines = head.lines[:min(len(head.lines), max(room-len(foot.lines), 0))]
}

// below says what is being done, what is wrong, or how far the answer goes, and
// reports whether it is more than what always stands there.
func (s *Screen) below(out *sheet) (news bool) {
	switch {
	case !s.doing.IsEmpty():
		out.say(theme.Accent, s.doing)
	case !s.problem.IsEmpty():
		out.say(theme.Bad, safe.Sprintf("! %s", s.problem))
	case !s.remark.IsEmpty():
		out.say(theme.Faint, s.remark)
	case s.signing.Busy():
		out.say(theme.Accent, safe.Const("Waiting until somebody has agreed there… esc stops"))
	case s.recount.Busy():
		out.say(theme.Accent, safe.Const("Counting…"))
	case s.page.at == atResume, s.said.Connected:
		return false
	case s.page.at == atPreview:
		out.say(theme.Faint, safe.Const(desk.NothingImported))
		return false
	default:
		out.say(theme.Faint, safe.Const("You can leave at any time and go on later: what you say is kept, but never a password. "+desk.NothingImported))
		return false
	}
	return true
}

// sheet is what is to be read, line by line.
type sheet struct {
	t     *theme.Theme
	width int
	lines []string
}

// gap leaves a line.
func (s *sheet) gap() { s.lines = append(s.lines, widget.Blank(s.width)) }

// say is a sentence.
func (s *sheet) say(role theme.Role, text safe.Text) {
	for _, part := range widget.Wrap(s.t, text, s.width-3) {
		s.lines = append(s.lines, widget.NewLine(s.t, s.width).Space(2).Put(role, part).String())
	}
}

// factWidth is the column of the names of facts.
const factWidth = 15

// fact is one thing that is known, under its name.
func (s *sheet) fact(name safe.Text, role theme.Role, text safe.Text) {
	label := min(factWidth, s.width/3)
	for i, part := range widget.Wrap(s.t, text, s.width-label-3) {
		l := widget.NewLine(s.t, s.width).Space(2)
		if i == 0 {
			l.Cell(theme.Faint, name, label-1).Space(1)
		} else {
			l.Space(label)
		}
		s.lines = append(s.lines, l.Put(role, part).String())
	}
}

// step is a line with a sign before it.
func (s *sheet) step(role theme.Role, sign string, text, right safe.Text) {
	l := widget.NewLine(s.t, s.width).Space(2).Sign(role, sign).Space(1)
	s.lines = append(s.lines, l.Cell(theme.Plain, text, factWidth-2).Put(theme.Faint, right).String())
}
