package thread

import (
	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// panelLines draws what is known about the conversation, each line with the
// key that changes it.
func (s *Screen) panelLines(t *theme.Theme, width, height int) []string {
	var lines []string
	title := func(text safe.Text) {
		if len(lines) > 0 {
			lines = append(lines, widget.Blank(width))
		}
		lines = append(lines, widget.NewLine(t, width).Space(1).Put(theme.Strong, text).String())
	}
	fact := func(name, value safe.Text, role theme.Role, key safe.Text) {
		l := widget.NewLine(t, width).Space(2).Cell(theme.Faint, name, 10)
		l.Cell(role, value, max(width-18, 4))
		lines = append(lines, l.To(5).Put(theme.Accent, key).String())
	}
	if !s.known {
		return widget.Fill(lines, width, height)
	}
	title(safe.Const("CONVERSATION"))
	status, key := s.status()
	fact(safe.Const("status"), status, theme.Plain, key)
	if s.t.Ticket != 0 {
		fact(safe.Const("stage"), safe.Line(s.t.StageName), theme.Plain, safe.Const("s"))
	}
	if !s.t.DueAt.IsZero() {
		l := widget.NewLine(t, width).Space(2).Cell(theme.Faint, safe.Const("clock"), 10)
		shell.DrawClock(l, s.t.Conversation, s.sh.Now())
		lines = append(lines, l.Put(theme.Faint, safe.Line(string(s.t.Due))).String())
		fact(safe.Const("due"), s.sh.When(s.t.DueAt), theme.Plain, safe.Text{})
	}
	who := safe.Line(s.t.AssigneeName)
	if who.IsEmpty() {
		who = safe.Const("nobody")
	}
	fact(safe.Const("assignee"), who, theme.Plain, safe.Const("a A"))
	fact(safe.Const("inbox"), safe.Line(s.t.InboxName), theme.Plain, safe.Text{})
	if s.waits() {
		fact(safe.Const("waiting"), waited(s.sh.Now().Sub(s.t.WaitingSince)), theme.Warn, safe.Text{})
	}
	if s.t.AnsweredOutside {
		fact(safe.Const("answered"), safe.Const("outside"), theme.Faint, safe.Text{})
	}
	title(safe.Const("CUSTOMER"))
	name, addr := s.customer()
	lines = append(lines, widget.NewLine(t, width).Space(2).Put(theme.Plain, name).String())
	if addr != name {
		lines = append(lines, widget.NewLine(t, width).Space(2).Put(theme.Faint, addr).String())
	}
	if s.t.RelatedTo != 0 {
		title(safe.Const("MAYBE RELATED"))
		lines = append(lines, widget.NewLine(t, width).Space(2).Put(theme.Accent, safe.Sprintf("#%s", safe.Int(int(s.t.RelatedTo)))).Put(theme.Faint, safe.Const("  : opens it by number")).String())
	}
	if width > panelWidth {
		lines = append(lines, widget.Blank(width), widget.NewLine(t, width).Space(1).Put(theme.Accent, safe.Const("i")).Put(theme.Faint, safe.Const(" back to the conversation")).String())
	}
	return widget.Fill(lines, width, height)
}

// waits reports whether the customer waits for us. Whoever closed it has said
// that he does not.
func (s *Screen) waits() bool { return s.t.Owed() && s.t.Place() == desk.InOpen }

func (s *Screen) status() (text, key safe.Text) {
	switch {
	case s.t.Spam:
		return safe.Const("spam"), safe.Text{}
	case s.t.Status == desk.Closed:
		return safe.Const("closed"), safe.Const("O")
	default:
		return safe.Const("open"), safe.Const("e")
	}
}

// customer is who the conversation is with: the newest sender from outside.
func (s *Screen) customer() (name, addr safe.Text) {
	for i := len(s.t.Items) - 1; i >= 0; i-- {
		m := s.t.Items[i].Message
		if m == nil || m.Direction != desk.In || len(m.Mail.From) == 0 {
			continue
		}
		addr = safe.Addr(m.Mail.From[0].Addr)
		if name = safe.Line(m.Mail.From[0].Name); name.IsEmpty() {
			name = addr
		}
		return name, addr
	}
	name = safe.Line(s.t.Who)
	return name, name
}

// summary is the panel as one line, where there is no room for it.
func (s *Screen) summary(t *theme.Theme, width int) string {
	l := widget.NewLine(t, width).Space(1)
	if !s.known {
		return l.String()
	}
	name, _ := s.customer()
	status, _ := s.status()
	dot := func() { l.Put(theme.Faint, safe.Const(" · ")) }
	l.Cell(theme.Strong, name, min(t.Width(name.String()), width/3))
	dot()
	l.Put(theme.Plain, status)
	dot()
	if s.t.Ticket != 0 {
		l.Put(theme.Plain, safe.Line(s.t.StageName))
		dot()
	}
	if !s.t.DueAt.IsZero() {
		shell.DrawClock(l, s.t.Conversation, s.sh.Now())
		dot()
	}
	if holder := s.t.Holder(); holder == "" {
		l.Put(theme.Warn, safe.Const("nobody has it"))
	} else {
		l.Put(theme.Plain, safe.Line(holder))
	}
	dot()
	l.Put(theme.Plain, safe.Line(s.t.InboxName))
	if s.waits() {
		dot()
		l.Put(theme.Warn, safe.Sprintf("waiting %s", waited(s.sh.Now().Sub(s.t.WaitingSince))))
	}
	if s.composer == nil && l.Left() > 10 {
		l.To(7).Put(theme.Accent, safe.Const("i")).Put(theme.Faint, safe.Const(" more"))
	}
	return l.String()
}
