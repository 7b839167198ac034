package connect

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// ages are how far back mail counts as work, in days.
func ages() []int { return []int{7, 30, 90, 365} }

// cutOff is what was chosen, or the usual time.
func (s *Screen) cutOff() time.Time {
	if s.said.CutOff.IsZero() {
		s.said.CutOff = s.sh.Now().Add(-desk.CutOffAge).Truncate(time.Minute).UTC()
	}
	return s.said.CutOff
}

// previewPage shows what the first sync will bring, before anything is written.
func previewPage(s *Screen) (*page, tea.Cmd) {
	p := &page{title: safe.Const("preview"), question: safe.Sprintf("Connect %s to %s?", safe.Addr(s.said.Address), safe.Line(s.said.Inbox))}
	if s.waits() {
		p.above = func(s *Screen, out *sheet) {
			out.say(theme.Warn, safe.Line(s.account.Cause))
			out.gap()
			s.becoming(out)
			out.say(theme.Plain, safe.Const("Until then nobody can look what is in it. Connected now, it waits for that and nothing has to be typed again; “postroom account list” shows this page too."))
			out.gap()
		}
		p.form.Buttons = []safe.Text{safe.Const("Connect, and wait"), safe.Const("Back")}
		p.take = (*Screen).connect
		return p, nil
	}
	row := widget.FormRow{Label: safe.Const("Work is"), Choices: make([]widget.Choice, 0, len(ages()))}
	days := int(s.sh.Now().Sub(s.cutOff()).Hours()/24 + 0.5)
	for i, age := range ages() {
		row.Choices = append(row.Choices, widget.Choice{Label: safe.Sprintf("mail of the last %s days", safe.Int(age))})
		if age == days {
			row.Chosen = i
		}
	}
	row.Choices[3].Label = safe.Const("mail of the last year")
	p.form.Rows = []widget.FormRow{row}
	p.form.Buttons = []safe.Text{safe.Const("Connect"), safe.Const("Back")}
	p.above = (*Screen).previewed
	p.read = func(s *Screen) {
		age := ages()[p.form.Rows[0].Chosen]
		if age != days {
			days = age
			s.said.CutOff = s.sh.Now().AddDate(0, 0, -age).Truncate(time.Minute).UTC()
		}
	}
	p.chose = (*Screen).counts
	p.take = func(s *Screen) tea.Cmd {
		if s.recount.Busy() {
			return nil // what has not been seen is not agreed to
		}
		return s.connect()
	}
	return p, nil
}

// waits reports whether an admin of the provider has to agree before anybody
// can sign in to the mailbox.
func (s *Screen) waits() bool { return s.account.State == desk.AccountNeedsConsent }

// previewed says what was seen: what comes in from each folder, and whose mail
// it is.
func (s *Screen) previewed(out *sheet) {
	for _, f := range s.look.Folders {
		what := safe.Sprintf("%s as work", mails(f.Messages-f.Old))
		switch {
		case f.Role == desk.RoleJunk:
			what = safe.Sprintf("%s as spam", mails(f.Messages))
		case f.Role == desk.RoleSent:
			what = safe.Sprintf("%s as sent", mails(f.Messages))
		case f.Old > 0:
			what = safe.Sprintf("%s, %s older ones closed and silent", what, safe.Int(f.Old))
		}
		out.fact(safe.Line(f.Name), theme.Plain, what)
	}
	if t := s.look.Traffic; t.Looked > 0 {
		out.fact(safe.Const("Newest mail"), theme.Faint, safe.Sprintf("of %s in INBOX, %s: %s from people at %s (%s from colleagues, %s from others who write often), %s automatic",
			safe.Int(t.Looked), conversations(t.Conversations), safe.Int(t.Human()), addresses(t.People), safe.Int(t.Colleagues), safe.Int(t.Regulars), safe.Int(t.Automatic)))
	}
	if until := s.look.Until; !until.IsZero() {
		out.fact(safe.Const("Not again"), theme.Warn, safe.Line(desk.Stays(until.In(s.sh.Now().Location()))))
	}
	s.becoming(out)
	s.logs(out)
	out.say(theme.Faint, safe.Const(desk.FirstSyncIsQuiet))
	out.gap()
}

// logs says what of one's own mail will be on contacts. What has been chosen for
// an inbox that is there already is the desk's to tell.
func (s *Screen) logs(out *sheet) {
	switch {
	case s.said.Kind != desk.Personal:
	case s.said.Existing:
		out.fact(safe.Const("Logged"), theme.Plain, safe.Sprintf("on contacts as was chosen for %s; see postroom inbox logged", safe.Line(s.said.Inbox)))
	default:
		_, says := desk.LoggingAhead(s.said.Inbox, nil, s.look.Traffic)
		out.fact(safe.Const("Logged"), theme.Plain, safe.Line(says))
	}
}

// mails are so many of them: one conversation may have several.
func mails(n int) safe.Text {
	if n == 1 {
		return safe.Const("1 mail")
	}
	return safe.Sprintf("%s mails", safe.Int(n))
}

// conversations are so many of them.
func conversations(n int) safe.Text {
	if n == 1 {
		return safe.Const("1 conversation")
	}
	return safe.Sprintf("%s conversations", safe.Int(n))
}

// addresses are so many of them.
func addresses(n int) safe.Text {
	if n == 1 {
		return safe.Const("1 address")
	}
	return safe.Sprintf("%s addresses", safe.Int(n))
}

// counts asks how much is history with another cut-off.
func (s *Screen) counts() tea.Cmd {
	o, a, password := s.o, s.account, s.secret()
	if a.CutOff.Equal(s.cutOff()) {
		return nil
	}
	a.CutOff = s.cutOff()
	s.account = a
	return s.recount.Ask(s.sh.Context(), func(ctx context.Context) (Look, error) {
		var err error
		if a.PasswordCommand != "" {
			if password, err = o.Password(ctx, a); err != nil {
				return Look{}, err
			}
		}
		return o.Look(ctx, a, password)
	})
}

func (s *Screen) recounted(msg tea.Msg) tea.Cmd {
	look, err, ok := s.recount.Take(msg)
	if !ok {
		return nil
	}
	if err != nil {
		return s.sh.Fail(err)
	}
	s.look = look
	return nil
}

// connected is the fact that inbox and account have been written, or not.
type connected struct {
	screen  *Screen
	account desk.Account
	further []string
	err     error
}

// connect seals the password, and makes the inbox with its account: both or
// neither. It is the first thing that writes more than how far one has come.
func (s *Screen) connect() tea.Cmd {
	o, a, u, signed, password := s.o, s.account, s.said, s.signed, s.password.Value()
	a.CutOff = u.CutOff
	s.doing = safe.Const("Writing the inbox…")
	s.recount.Drop()
	return shell.Do(s.sh, func(ctx context.Context) (connected, error) {
		c := connected{screen: s}
		var err error
		if a.Secret, err = o.sealed(ctx, a, signed, password); err != nil {
			return c, err
		}
		if u.Existing {
			c.account, err = o.Desk.Connect(ctx, u.Inbox, a)
		} else {
			c.account, _, err = o.Desk.ConnectNew(ctx, u.New(), a)
		}
		if err != nil {
			return c, err
		}
		if all, err := o.Desk.Addresses(ctx); err == nil { // a later look at the inbox tells them too
			c.further = desk.Further(all, c.account.ID)
		}
		return c, nil
	}, func(c connected, err error) tea.Msg { c.err = err; return c })
}

// connected goes on when the account is there.
func (s *Screen) connected(c connected) tea.Cmd {
	if c.screen != s {
		return nil
	}
	s.doing = safe.Text{}
	if c.err != nil {
		return tea.Batch(s.failed(c.err), s.keep())
	}
	s.password.Erase()
	s.signed = nil
	s.said.Connected, s.account, s.further = true, c.account, c.further
	if s.waits() {
		text := safe.Sprintf("%s is connected and waits for admin consent.", safe.Addr(s.said.Address))
		return tea.Batch(s.show(atAccess), s.sh.Say(shell.Toast{Text: text, Role: theme.Warn}))
	}
	n := s.look.Messages()
	text := safe.Sprintf("%s is connected; its %s mails come in now, the newest first.", safe.Addr(s.said.Address), safe.Int(n))
	switch {
	case !s.look.Until.IsZero():
		text = safe.Sprintf("%s is connected again; what has arrived since it was disconnected comes in now.", safe.Addr(s.said.Address))
	case n == 0:
		text = safe.Sprintf("%s is connected. It is empty; what arrives comes in here.", safe.Addr(s.said.Address))
	case n == 1:
		text = safe.Sprintf("%s is connected; its one mail comes in now.", safe.Addr(s.said.Address))
	}
	return tea.Batch(s.show(atTest), s.sh.Say(shell.Toast{Text: text, Role: theme.Good}))
}
