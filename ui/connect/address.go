package connect

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// resumePage asks whether to go on with what was begun.
func resumePage(s *Screen) (*page, tea.Cmd) {
	u := s.saved
	p := &page{title: safe.Const("go on"), question: safe.Const("You have begun to connect a mailbox. Go on with it?")}
	p.form.Rows = []widget.FormRow{{Label: safe.Const("Then"), Choices: []widget.Choice{
		{Label: safe.Sprintf("go on with %s", safe.Addr(u.Address)), Hint: kindWords(u.Kind)},
		{Label: safe.Const("begin anew"), Hint: safe.Const("what was said is forgotten")},
	}}}
	p.form.Buttons = []safe.Text{safe.Const("Go on"), safe.Const("Not now")}
	p.second = func(s *Screen) tea.Cmd { return s.sh.Back() }
	p.take = func(s *Screen) tea.Cmd {
		if p.form.Rows[0].Chosen == 1 {
			return tea.Batch(s.forget(), s.anew())
		}
		s.said, s.kept, s.saved = *u, *u, nil
		return s.goOn(step(u.Step))
	}
	return p, nil
}

// goOn takes the way up where it was left. What comes after the sign-in needs
// the password, which was not kept.
func (s *Screen) goOn(at step) tea.Cmd {
	switch {
	case s.said.Connected:
		return s.show(atTest)
	case at == atConsent:
		return s.show(atSignIn)
	case at == atFit, at == atInbox, at == atPurpose, at == atTickets, at == atPreview:
		s.resume = at
		cmd := s.show(atSignIn)
		s.remark = safe.Const("What signs in is kept nowhere, so it is asked for again. All else is as you left it.")
		return cmd
	case slices.Contains([]step{atGoal, atAddress, atRole, atServers, atSignIn}, at):
		return s.show(at)
	default:
		return s.show(atGoal)
	}
}

// goalPage asks whose mail it is: everything else follows from that.
func goalPage(s *Screen) (*page, tea.Cmd) {
	p := &page{title: safe.Const("goal"), question: safe.Const("Whose mail is it?")}
	p.form.Rows = []widget.FormRow{{Label: safe.Const("The mail is"), Choices: []widget.Choice{
		{Label: safe.Const("my own"), Hint: safe.Const("written to me; only I see it")},
		{Label: safe.Const("a team's"), Hint: safe.Const("a queue that several work on")},
	}}}
	if s.said.Kind == desk.Shared {
		p.form.Rows[0].Chosen = 1
	}
	p.form.Buttons = []safe.Text{safe.Const("Next"), safe.Const("Not now")}
	p.second = func(s *Screen) tea.Cmd { return s.sh.Back() }
	p.read = func(s *Screen) { s.said.Kind = [...]desk.InboxKind{desk.Personal, desk.Shared}[p.form.Rows[0].Chosen] }
	p.take = func(s *Screen) tea.Cmd {
		if s.said.Kind == desk.Shared && !s.mayShare() {
			return p.wrong(0, safe.Const("A team's mailbox needs an admin: ask one to connect it, or to let you configure the inbox it is for."))
		}
		return s.show(atAddress)
	}
	return p, nil
}

// mayShare reports whether the person can give a mailbox to a team: as an
// admin, or in an inbox he may configure.
func (s *Screen) mayShare() bool {
	return !s.sh.State.Known || s.sh.State.Me.Admin() || len(s.inboxes(desk.Shared)) > 0
}

// addressPage asks for the address, and looks at it before anything else does.
func addressPage(s *Screen) (*page, tea.Cmd) {
	p := &page{title: safe.Const("address"), question: safe.Const("Which address is it?")}
	hint := safe.Const("you@example.org")
	if s.said.Kind == desk.Shared {
		hint = safe.Const("support@example.org")
	}
	p.form.Rows = []widget.FormRow{{Label: safe.Const("Address"), Hint: hint}}
	put(&p.form, s.said.Address)
	p.read = func(s *Screen) { s.setAddress(p.form.Value(0)) }
	p.take = func(s *Screen) tea.Cmd {
		if !p.needed(0, safe.Const("The address of the mailbox is needed.")) {
			return nil
		}
		d, address := s.o.Desk, s.said.Address
		return s.ask(safe.Const("Looking whether the address is free…"), func(ctx context.Context) error { return d.AddressFree(ctx, address) })
	}
	return p, nil
}

// setAddress notes the address. The servers that were found for another one go
// with it; what was typed stays.
func (s *Screen) setAddress(address string) {
	if address == s.said.Address {
		return
	}
	if s.said.Found != "" {
		s.said.IMAP, s.said.SMTP, s.said.Username, s.said.FilesSent = "", "", "", false
	}
	s.said.Address, s.said.Found, s.note = address, "", ""
	s.find.Drop()
}

// ask waits for an answer of the desk before going on.
func (s *Screen) ask(doing safe.Text, question func(context.Context) error) tea.Cmd {
	s.doing = doing
	return s.check.Ask(s.sh.Context(), func(ctx context.Context) (struct{}, error) { return struct{}{}, question(ctx) })
}

// checked goes on from the address, the servers, or the name of the inbox.
func (s *Screen) checked(msg tea.Msg) tea.Cmd {
	_, err, ok := s.check.Take(msg)
	if !ok {
		return nil
	}
	s.doing = safe.Text{}
	if err != nil {
		return s.failed(err)
	}
	switch {
	case s.page.at == atServers:
		return s.show(atSignIn)
	case s.page.at == atTickets:
		return s.show(atPreview)
	case s.page.at == atInbox && s.makesTeam():
		return s.show(atPurpose)
	case s.page.at == atInbox:
		return s.show(atPreview)
	case len(s.doubts(desk.Traffic{})) > 0:
		return s.show(atRole)
	}
	return s.show(atServers)
}

// doubts are the reasons why the mailbox may be of the other kind, without
// those that somebody has answered.
func (s *Screen) doubts(t desk.Traffic) []string {
	return slices.DeleteFunc(desk.RoleDoubts(s.said.Kind, s.said.Address, t, s.names...), func(d string) bool { return slices.Contains(s.said.Confirmed, d) })
}

// rolePage asks about an address that looks like one of the other kind.
func rolePage(s *Screen) (*page, tea.Cmd) {
	return s.doubtPage(s.doubts(desk.Traffic{}), atServers), nil
}

// fitPage asks about a mailbox whose mail looks like that of the other kind.
func fitPage(s *Screen) (*page, tea.Cmd) {
	next := atInbox
	if s.resume != "" {
		next = s.resume
	}
	return s.doubtPage(s.doubts(s.look.Traffic), next), nil
}

// doubtPage says what speaks against the kind. Whoever knows better types the
// address: that is not done by habit (S54).
func (s *Screen) doubtPage(doubts []string, next step) *page {
	p := &page{title: safe.Const("is it right?"), question: safe.Sprintf("Is it really %s?", kindWords(s.said.Kind))}
	p.above = func(_ *Screen, out *sheet) {
		for _, d := range doubts {
			out.say(theme.Warn, safe.Line(d))
		}
		out.gap()
	}
	other := desk.Personal
	if s.said.Kind == desk.Personal {
		other = desk.Shared
	}
	p.form.Rows = []widget.FormRow{{Label: safe.Const("It is right"), Hint: safe.Const("type the address again to say so")}}
	p.form.Buttons = []safe.Text{safe.Const("It is right, go on"), safe.Sprintf("It is %s", kindWords(other))}
	p.take = func(s *Screen) tea.Cmd {
		if desk.FoldAddress(p.form.Value(0)) != desk.FoldAddress(s.said.Address) {
			return p.wrong(0, safe.Sprintf("Type %s to say that it is right, or choose the other button, or go back with esc.", safe.Addr(s.said.Address)))
		}
		s.said.Confirmed = append(slices.Clone(s.said.Confirmed), doubts...)
		return s.show(next)
	}
	p.second = func(s *Screen) tea.Cmd {
		if other == desk.Shared && !s.mayShare() {
			return p.wrong(0, safe.Const("A team's mailbox needs an admin: ask one to connect it."))
		}
		s.said.Kind, s.said.Inbox, s.said.Existing = other, "", false
		if s.page.at == atFit && len(s.doubts(s.look.Traffic)) == 0 {
			return s.show(atInbox)
		}
		if s.page.at == atRole && len(s.doubts(desk.Traffic{})) == 0 {
			return s.show(atServers)
		}
		return s.show(s.page.at)
	}
	return p
}

// failed says what is wrong at the field where it can be put right, whichever
// question that belongs to.
func (s *Screen) failed(err error) tea.Cmd {
	at, row := s.culprit(err)
	if at == "" {
		s.problem = shell.Sentence(err)
		return nil
	}
	var cmd tea.Cmd
	if s.page.at != at {
		cmd = s.show(at)
	}
	s.page.wrong(row, inTheForm(err))
	return cmd
}

// local is the part of the address before the @, for the name of an inbox.
func local(address string) string {
	name, _, _ := strings.Cut(address, "@")
	return name
}
