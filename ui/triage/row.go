package triage

import (
	"time"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// columns are the widths of a row's parts. A part that does not fit is left
// out whole: the assignee first, then the inbox. Mark, age, who and subject
// are always there.
type columns struct{ age, who, assignee, inbox int }

// columnsFor divides a row. Where it shows how long somebody waits there is
// room for the word about those who do not.
func columnsFor(width int, spans, waiting bool) columns {
	c := columns{age: 5, who: 14}
	if waiting && width >= 50 {
		c.age = 8
	}
	switch {
	case width < 50:
		c.who = 12
	case width >= 100:
		c.who = 22
	case width >= 70:
		c.who = 18
	}
	if spans && width >= 78 {
		c.inbox = 11
	}
	if width >= 64 {
		c.assignee = 10
		if width >= 100 {
			c.assignee = 14
		}
	}
	return c
}

// A ticket's number and stage stand in a row where there is room for them.
const stageFrom, stageWidth = 90, 20

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
)

func (s *Screen) row(i, width int, minute int64) string {
	r := &s.win.rows[i]
	look := uint32(0)
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
	set(s.where.view.Inbox == 0, lookSpans)
	set(s.where.view.Place != "", lookPlaced)
	set(s.where.view.Sort == desk.ByNewest, lookNewest)
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
	c := columnsFor(width, has(lookSpans), !has(lookNewest))
	l := widget.NewLineOn(t, base, width)
	l.Sign(theme.Accent, sign(has(lookCursor), t.Signs.Cursor))
	l.Sign(theme.Good, sign(has(lookChosen), t.Signs.Chosen))
	l.Sign(theme.Unread, sign(has(lookUnread), t.Signs.Unread)).Space(1)
	ageRole := plain
	if !r.Owed() {
		ageRole = theme.Faint
	}
	l.Cell(ageRole, rowAge(r, s.sh.Now(), has(lookNewest), c.age), c.age).Space(1)
	l.Cell(strong, safe.Line(r.Who), c.who).Space(2)
	right := 0
	if c.inbox > 0 {
		right += c.inbox + 1
	}
	if c.assignee > 0 {
		right += c.assignee + 1
	}
	stage := r.Ticket != 0 && width >= stageFrom
	if stage {
		right += stageWidth + 1
	}
	s.drawSubject(l, r, l.Left()-right, strong, look)
	if stage {
		l.Space(1).Cell(theme.Faint, safe.Sprintf("#%s %s", safe.Int(int(r.Ticket)), safe.Line(r.StageName)), stageWidth)
	}
	if c.assignee > 0 {
		l.Space(1).Cell(theme.Faint, safe.Line(r.Holder()), c.assignee)
	}
	if c.inbox > 0 {
		l.Space(1).Cell(theme.Faint, safe.Line(r.InboxName), c.inbox)
	}
	return l.String()
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
		return age(now.Sub(r.LastAt))
	case r.Owed():
		return age(now.Sub(r.WaitingSince))
	case width >= 8 && (r.Touched || r.AnsweredOutside || r.Last != r.LastIn):
		return safe.Const("answered")
	default:
		return safe.Const("-")
	}
}

// age writes a duration in at most four cells.
func age(d time.Duration) safe.Text {
	switch {
	case d < time.Minute:
		return safe.Const("now")
	case d < time.Hour:
		return safe.Sprintf("%sm", safe.Int(int(d.Minutes())))
	case d < 48*time.Hour:
		return safe.Sprintf("%sh", safe.Int(int(d.Hours())))
	case d < 14*24*time.Hour:
		return safe.Sprintf("%sd", safe.Int(int(d.Hours()/24)))
	case d < 365*24*time.Hour:
		return safe.Sprintf("%sw", safe.Int(int(d.Hours()/24/7)))
	default:
		return safe.Sprintf("%sy", safe.Int(int(d.Hours()/24/365)))
	}
}
