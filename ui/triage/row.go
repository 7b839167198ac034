package triage

import (
	"time"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// columns are the widths of a row's parts; 0 is not there.
type columns struct{ priority, clock, age, who, assignee, stage, number, inbox int }

// leastSubject is how wide the subject stays when other parts ask for room.
const leastSubject = 21

// columnsFor divides a row. Mark, priority, clock, age, who and subject are
// always there, the priority and the clock where a row of the view has one.
// What does not fit beside them is left out whole: the inbox first, then the
// number of the ticket, its stage, and last who has it.
func columnsFor(width int, look uint32) columns {
	has := func(bit uint32) bool { return look&bit != 0 }
	c := columns{age: 5, who: 14}
	if has(lookWaiting) && width >= 50 {
		c.age = 8 // with the word about those who do not wait
	}
	switch {
	case width < 50, width < 56 && has(lookClock):
		c.who = 12
	case width >= 100:
		c.who = 22
	case width >= 70 && !has(lookClock):
		c.who = 18
	}
	if has(lookPriority) {
		c.priority = 1
	}
	if has(lookClock) {
		c.clock = shell.ClockWidth
		if width < 100 {
			c.age = 4
		}
	}
	room := width - 4 - behind(c.priority) - behind(c.clock) - behind(c.age) - c.who - 2
	take := func(column *int, cells int, wanted bool) {
		if wanted && room-cells-1 >= leastSubject {
			*column = cells
			room -= cells + 1
		}
	}
	assignee, stage := 10, 13
	if width >= 100 {
		assignee, stage = 14, 18
	}
	take(&c.assignee, assignee, true)
	take(&c.stage, stage, has(lookTicket))
	take(&c.number, 7, has(lookTicket))
	take(&c.inbox, 11, has(lookSpans))
	return c
}

// behind is how many cells a column takes with the blank behind it.
func behind(cells int) int {
	if cells == 0 {
		return 0
	}
	return cells + 1
}

// right is how many cells the columns behind the subject take.
func (c columns) right() int {
	return behind(c.stage) + behind(c.number) + behind(c.assignee) + behind(c.inbox)
}

// The bits of a row's look.
const (
	lookCursor = 1 << iota
	lookFocus
	lookChosen
	lookUnread
	lookGone
	lookSpans
	lookPlaced
	lookNewest
	lookWaiting
	// What some row of the view has: each has a column then.
	lookPriority
	lookClock
	lookTicket
)

// look is how the rows of the view look: what there are columns for.
func (s *Screen) look() uint32 {
	look := s.used
	if s.where.view.Inbox == 0 {
		look |= lookSpans
	}
	if s.where.view.Place != "" {
		look |= lookPlaced
	}
	switch s.where.view.Sort {
	case desk.ByNewest:
		look |= lookNewest
	case desk.ByWaiting:
		look |= lookWaiting
	default:
	}
	return look
}

// usedBy is what of the columns for tickets some row has something for.
func usedBy(rows []desk.Row) uint32 {
	used := uint32(0)
	for _, r := range rows {
		if r.Priority != desk.NoPriority {
			used |= lookPriority
		}
		if !r.DueAt.IsZero() {
			used |= lookClock
		}
		if r.Ticket != 0 {
			used |= lookTicket
		}
	}
	return used
}

func (s *Screen) row(i, width int, look uint32, minute int64) string {
	r := &s.win.rows[i]
	set := func(on bool, bit uint32) {
		if on {
			look |= bit
		}
	}
	set(i == s.win.cursor, lookCursor)
	set(s.focus == onList, lookFocus)
	set(s.chosen.has(r.ID), lookChosen)
	set(r.Unread, lookUnread)
	set(r.ID == s.win.gone, lookGone)
	k := widget.RowKey{ID: int64(r.ID), Version: r.Version, Width: width, Look: look, Theme: s.sh.Theme(), Minute: minute}
	return s.cache.Row(k, func() string { return s.drawRow(*r, width, look) })
}

func (s *Screen) drawRow(r desk.Row, width int, look uint32) string {
	t := s.sh.Theme()
	has := func(bit uint32) bool { return look&bit != 0 }
	base := theme.Plain
	if has(lookCursor) {
		base = theme.Rest
		if has(lookFocus) {
			base = theme.Cursor
		}
	}
	plain, strong := theme.Plain, theme.Plain
	if has(lookUnread) {
		strong = theme.Unread
	}
	if has(lookGone) {
		plain, strong = theme.Faint, theme.Faint
	}
	sign := func(on bool, s string) string {
		if on {
			return s
		}
		return " "
	}
	c := columnsFor(width, look)
	l := widget.NewLineOn(t, base, width)
	l.Sign(theme.Accent, sign(has(lookCursor), t.Signs.Cursor))
	l.Sign(theme.Good, sign(has(lookChosen), t.Signs.Chosen))
	l.Sign(theme.Unread, sign(has(lookUnread), t.Signs.Unread)).Space(1)
	if c.priority > 0 {
		shell.DrawPriority(l, t, r.Priority)
	}
	if c.clock > 0 {
		shell.DrawClock(l, r.Conversation, s.sh.Now())
	}
	ageRole := plain
	if !r.Owed() {
		ageRole = theme.Faint
	}
	l.Cell(ageRole, rowAge(r, s.sh.Now(), has(lookNewest), c.age), c.age).Space(1)
	l.Cell(strong, safe.Line(r.Who), c.who).Space(2)
	s.drawSubject(l, r, l.Left()-c.right(), strong, look)
	drawRight(l, c, r)
	return l.String()
}

// drawRight writes the columns behind the subject.
func drawRight(l *widget.Line, c columns, r desk.Row) {
	number := safe.Text{}
	if r.Ticket != 0 {
		number = safe.Sprintf("#%s", safe.Int(int(r.Ticket)))
	}
	for _, part := range [...]struct {
		text  safe.Text
		cells int
	}{{safe.Line(r.StageName), c.stage}, {number, c.number}, {safe.Line(r.Holder()), c.assignee}, {safe.Line(r.InboxName), c.inbox}} {
		if part.cells > 0 {
			l.Space(1).Cell(theme.Faint, part.text, part.cells)
		}
	}
}

// drawSubject writes the subject, and as much of the newest text as there is
// room for behind it.
func (s *Screen) drawSubject(l *widget.Line, r desk.Row, width int, role theme.Role, look uint32) {
	t := s.sh.Theme()
	end := l.Left() - width
	if r.Attachments && width > 12 {
		end += 2
	}
	if (look&lookGone != 0 || look&lookPlaced == 0) && r.Place() != desk.InOpen {
		l.Put(theme.Faint, safe.Line(string(r.Place()))).Space(1)
	}
	subject := safe.Line(r.Subject)
	if subject.IsEmpty() {
		subject = safe.Const("(no subject)")
	}
	l.Cell(role, subject, min(t.Width(subject.String()), max(l.Left()-end, 0)))
	if room := l.Left() - end; room > 16 && r.Snippet != "" {
		l.Space(2).Cell(theme.Faint, safe.Line(r.Snippet), room-2)
	}
	l.To(end)
	if r.Attachments && width > 12 {
		l.Space(1).Sign(theme.Faint, t.Signs.Clip)
	}
}

// rowAge is what the order of the list goes by: how old the last message is, or
// how long the customer waits. Who does not wait stands behind those who do,
// and has the word for it; mail of a machine that nobody answered has none.
func rowAge(r desk.Row, now time.Time, newest bool, width int) safe.Text {
	switch {
	case newest:
		return shell.Age(now.Sub(r.LastAt))
	case r.Owed():
		return shell.Age(now.Sub(r.WaitingSince))
	case width >= 8 && (r.Touched || r.AnsweredOutside || r.Last != r.LastIn):
		return safe.Const("answered")
	default:
		return safe.Const("-")
	}
}
