package triage

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// panes remembers the last picture of each pane and what it was made from.
type panes struct {
	sidebar []string
	sideKey sideKey
	rule    string
	ruleKey ruleKey
	rows    []string
	joined  []string
	parts   []parts
}

// parts are the pieces of one line of the screen. Most lines of two frames
// that follow each other have the same pieces, and then the same string.
type parts struct {
	left, middle, right string
	bars                uint8
}

type sideKey struct {
	version int
	size    shell.Size
	theme   *theme.Theme
	focused bool
}

type ruleKey struct {
	areas shell.Areas
	theme *theme.Theme
}

// listHead is how many lines of the list pane are above the rows: the title
// where the header of the screen does not have it, the columns, and the query.
func (s *Screen) listHead() int {
	n := 1
	if s.size.W >= 100 {
		n++
	}
	if s.search.open {
		n++
	}
	return n
}

// listFoot is how many lines are below: what has come in above the sight, and
// what can be done with the selection.
func (s *Screen) listFoot() int { return 1 }

// View draws the panes side by side, or one above the other.
func (s *Screen) View(size shell.Size) shell.Picture {
	a := s.areas
	side := s.sidebarLines()
	list := s.listLines()
	var below []string
	if !a.Preview.Empty() {
		below = s.preview.lines(shell.Size{W: a.Preview.W, H: a.Preview.H}, s.focus == onPreview)
	}
	t := s.sh.Theme()
	bar := t.Open(theme.Plain, theme.Rule) + t.Signs.Vertical + theme.Reset
	if len(s.panes.joined) != size.H {
		s.panes.joined, s.panes.parts = make([]string, size.H), make([]parts, size.H)
	}
	for y := range size.H {
		var p parts
		if !a.Sidebar.Empty() {
			p.left = at(side, y, a.Sidebar.W)
			if !a.SideRule.Empty() {
				p.bars |= barLeft
			}
		}
		switch {
		case a.List.Empty():
		case a.Stacked && y == a.List.H:
			p.middle = s.midRule(a.MidRule.W)
		case a.Stacked && y > a.List.H:
			p.middle = at(below, y-a.List.H-1, a.Preview.W)
		case a.Preview.Empty() || a.Stacked:
			p.middle = at(list, y, a.List.W)
		default:
			p.middle, p.right = at(list, y, a.List.W), at(below, y, a.Preview.W)
			p.bars |= barRight
		}
		if s.panes.parts[y] != p || s.panes.joined[y] == "" {
			s.panes.parts[y], s.panes.joined[y] = p, p.join(bar)
		}
	}
	return shell.Picture{Lines: s.panes.joined, Rule: s.topRule(), Cursor: s.cursor()}
}

const (
	barLeft = 1 << iota
	barRight
)

func (p parts) join(bar string) string {
	switch p.bars {
	case barLeft | barRight:
		return p.left + bar + p.middle + bar + p.right
	case barLeft:
		return p.left + bar + p.middle
	case barRight:
		return p.middle + bar + p.right
	default:
		return p.left + p.middle
	}
}

func at(lines []string, y, width int) string {
	if y < len(lines) {
		return lines[y]
	}
	return widget.Blank(width)
}

func (s *Screen) sidebarLines() []string {
	r := s.areas.Sidebar
	if r.Empty() {
		return nil
	}
	k := sideKey{s.sidebar.version, shell.Size{W: r.W, H: r.H}, s.sh.Theme(), s.focus == onSidebar}
	if s.panes.sideKey != k || s.panes.sidebar == nil {
		s.panes.sideKey = k
		s.panes.sidebar = s.sidebar.draw(k.theme, s.sh.State, k.size, k.focused)
	}
	return s.panes.sidebar
}

// listLines are the title, the columns, the rows, and the line below.
func (s *Screen) listLines() []string {
	r := s.areas.List
	if r.Empty() {
		return nil
	}
	t := s.sh.Theme()
	out := s.panes.rows[:0]
	if s.size.W >= 100 {
		out = append(out, s.listTitle(r.W))
	}
	if s.search.open {
		out = append(out, s.search.line(t, r.W))
	}
	out = append(out, s.columnTitles(r.W))
	look, minute := s.look(), s.sh.Now().Unix()/60
	for i := s.win.top; i < min(s.win.top+s.win.height, len(s.win.rows)); i++ {
		out = append(out, s.row(i, r.W, look, minute))
	}
	if len(s.win.rows) == 0 && s.win.height > 0 {
		out = append(out, s.nothing(r.W, s.win.height)...)
	}
	out = widget.Fill(out, r.W, r.H-s.listFoot())
	out = append(out, s.below(r.W))
	s.panes.rows = out
	return out
}

func (s *Screen) listTitle(width int) string {
	t := s.sh.Theme()
	role := theme.Plain
	if s.focus == onList {
		role = theme.Strong
	}
	tally := s.tally()
	right := safe.Join(" · ", order(s.where.view.Sort))
	if !tally.IsEmpty() {
		right = safe.Join(" · ", tally, order(s.where.view.Sort))
	}
	w := t.Width(right.String())
	l := widget.NewLine(t, width).Space(1)
	l.Cell(role, s.where.name, min(t.Width(s.where.name.String()), l.Left()-1))
	if w+2 > l.Left() {
		right, w = tally, t.Width(tally.String())
	}
	if w+2 <= l.Left() {
		l.To(w+1).Put(theme.Faint, right)
	}
	return l.String()
}

func (s *Screen) columnTitles(width int) string {
	t := s.sh.Theme()
	c := columnsFor(width, s.look())
	l := widget.NewLine(t, width).Space(4)
	if c.priority > 0 {
		l.Cell(theme.Faint, safe.Const("P"), c.priority).Space(1)
	}
	if c.clock > 0 {
		l.Cell(theme.Faint, safe.Const("  due"), c.clock).Space(1)
	}
	since := safe.Const("since")
	if s.where.view.Sort == desk.ByNewest {
		since = safe.Const("last")
	}
	if c.age < 5 {
		since = safe.Const("age")
	}
	l.Cell(theme.Faint, since, c.age).Space(1)
	l.Cell(theme.Faint, safe.Const("who"), c.who).Space(2)
	room := max(l.Left()-c.right(), 0)
	l.Cell(theme.Faint, s.subjectTitle(room), room)
	for _, part := range [...]struct {
		text  safe.Text
		cells int
	}{{safe.Const("stage"), c.stage}, {safe.Const("number"), c.number}, {safe.Const("has it"), c.assignee}, {safe.Const("inbox"), c.inbox}} {
		if part.cells > 0 {
			l.Space(1).Cell(theme.Faint, part.text, part.cells)
		}
	}
	return l.String()
}

// subjectTitle names the widest column, and behind it the order of the list
// where no line above does.
func (s *Screen) subjectTitle(room int) safe.Text {
	subject := safe.Const("subject")
	if s.size.W >= 100 {
		return subject
	}
	short := inShort(s.where.view.Sort)
	for _, text := range [...]safe.Text{safe.Join(" · ", subject, order(s.where.view.Sort)), safe.Join(" · ", subject, short), short} {
		if s.sh.Theme().Width(text.String()) <= room {
			return text
		}
	}
	return subject
}

// nothing draws a list without rows: what it says in the middle.
func (s *Screen) nothing(width, height int) []string {
	t := s.sh.Theme()
	var lines []string
	text := widget.Wrap(t, s.empty(), min(width-4, 56))
	for range min(max(height-len(text), 0)/3, 6) {
		lines = append(lines, widget.Blank(width))
	}
	for _, l := range text {
		lines = append(lines, widget.NewLine(t, width).Space((width-t.Width(l.String()))/2).Put(theme.Faint, l).String())
	}
	return widget.Fill(lines, width, min(len(lines), height))
}

// empty is what a list without rows says.
func (s *Screen) empty() safe.Text {
	text := safe.Const("Nothing here.")
	switch {
	case s.search.failed != "":
		text = safe.Const("No result while the query cannot be read.")
	case s.turning:
		text = safe.Text{}
	case !s.win.loaded:
		text = safe.Const("Reading…")
	case len(s.sh.State.Inboxes) == 0 && s.sh.State.Known:
		text = s.noInbox()
	case s.where.count == nil:
		text = safe.Const("Nothing matches.")
	case s.where.view.Sort == desk.ByDue:
		text = safe.Const("Nothing here has a clock that runs. S sorts by something else.")
	case s.where.key == "unassigned":
		text = safe.Const("Everything has somebody. Well done.")
	case s.where.key == "mine":
		text = safe.Const("Nothing is assigned to you. g u shows what nobody has.")
	}
	return text
}

// noInbox is what an empty desk says: how it gets an inbox.
func (s *Screen) noInbox() safe.Text {
	if s.sh.Screens().Welcome == nil {
		return safe.Const("You work in no inbox yet.\n\n“postroom inbox create” makes one. An admin can also add you to another.")
	}
	return safe.Const("You work in no inbox yet.\n\nPress g w to add your own or a team address, or to look around with sample mail.")
}

// below is the line under the rows: what can be done with the selection, and
// what is new above them.
func (s *Screen) below(width int) string {
	t := s.sh.Theme()
	l := widget.NewLine(t, width).Space(1)
	n, several := s.win.newAbove(), s.chosen.count() > 0
	if n == 0 {
		s.selected(l, l.Left())
		return l.String()
	}
	many := safe.Int(n)
	if n >= 99 {
		many = safe.Const("99 or more")
	}
	before, after := safe.Const(" new above · press "), safe.Const(" to show")
	if several {
		before, after = safe.Const(" new above "), safe.Text{}
		room := t.Width(many.String()) + t.Width(before.String()) + 4
		s.selected(l, l.Left()-room)
		l.To(room)
	}
	l.Sign(theme.Accent, t.Signs.Up).Space(1).Put(theme.Strong, many).Put(theme.Plain, before)
	return l.Put(theme.Accent, safe.Const(".")).Put(theme.Plain, after).String()
}

// selected writes what can be done with the selection into so many cells. How
// to be rid of it is never left out.
func (s *Screen) selected(l *widget.Line, room int) {
	n := s.chosen.count()
	if n == 0 {
		return
	}
	t, end := s.sh.Theme(), l.Left()-room
	type word struct {
		key, word safe.Text
		needs     action.Need
	}
	clear := word{key: safe.Const("esc"), word: safe.Const("clear")}
	cells := func(w word) int { return t.Width(w.key.String()) + t.Width(w.word.String()) + 3 }
	put := func(w word) {
		key, word := theme.Accent, theme.Plain
		if w.needs != nil && w.needs(s.chosen.ids) != "" {
			key, word = theme.Faint, theme.Faint
		}
		l.Put(key, w.key).Space(1).Put(word, w.word).Space(2)
	}
	l.Put(theme.Strong, safe.Sprintf("%s selected", safe.Int(n))).Space(2)
	for _, w := range [...]word{
		{safe.Const("a"), safe.Const("assign"), s.sh.MayAssign()}, {safe.Const("A"), safe.Const("take"), s.sh.MayReply()}, {safe.Const("e"), safe.Const("close"), s.sh.MayWork()},
	} {
		if cells(w)+cells(clear) > l.Left()-end {
			break
		}
		put(w)
	}
	put(clear)
}

// midRule divides list and preview where one is above the other.
func (s *Screen) midRule(width int) string {
	t := s.sh.Theme()
	l := widget.NewLine(t, width).Rule(theme.Rule, t.Signs.Horizontal, 2)
	if title := s.preview.title(); !title.IsEmpty() {
		l.Space(1).Cell(theme.Strong, title, min(t.Width(title.String()), l.Left()-4)).Space(1)
	}
	return l.Rule(theme.Rule, t.Signs.Horizontal, l.Left()).String()
}

// topRule is the line between header and panes, with a tee above each border.
func (s *Screen) topRule() *string {
	k := ruleKey{s.areas, s.sh.Theme()}
	if s.panes.ruleKey == k {
		return &s.panes.rule
	}
	s.panes.ruleKey = k
	t := s.sh.Theme()
	l := widget.NewLine(t, s.size.W)
	for _, r := range [...]shell.Rect{s.areas.SideRule, s.areas.MidRule} {
		if r.Empty() || r.W != 1 {
			continue
		}
		l.Rule(theme.Rule, t.Signs.Horizontal, r.X-(s.size.W-l.Left())).Sign(theme.Rule, t.Signs.TeeDown)
	}
	s.panes.rule = l.Rule(theme.Rule, t.Signs.Horizontal, l.Left()).String()
	return &s.panes.rule
}

// cursor is where the terminal's cursor stands: in the query while one is
// typed.
func (s *Screen) cursor() *tea.Cursor {
	if !s.search.typing {
		return nil
	}
	y := 0
	if s.size.W >= 100 {
		y = 1
	}
	return tea.NewCursor(s.areas.List.X+s.search.at, y)
}
