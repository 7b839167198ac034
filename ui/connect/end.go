package connect

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// testPage offers a test mail through the outside.
func testPage(s *Screen) (*page, tea.Cmd) {
	if a, ok := s.there(); ok && a.State == desk.AccountNeedsConsent {
		return waitingPage(a), nil
	}
	p := &page{title: safe.Const("test"), question: safe.Const("Does a mail go out and come back?")}
	p.form.Buttons = []safe.Text{safe.Const("Send a test mail"), safe.Const("Go on")}
	p.above = func(s *Screen, out *sheet) {
		s.cameBack(out)
		if s.journey == nil {
			out.say(theme.Faint, safe.Sprintf("A test mail goes from %s to itself, through the outside. It is filed as closed, and nobody has to answer it.", safe.Addr(s.said.Address)))
			return
		}
		out.hops(s.journey)
	}
	p.take = func(s *Screen) tea.Cmd {
		if s.journey.UnderWay() {
			return nil
		}
		a, ok := s.there()
		if !ok {
			s.problem = safe.Sprintf("%s is not connected any more.", safe.Addr(s.said.Address))
			return nil
		}
		var cmd tea.Cmd
		s.journey, cmd = shell.SendTest(s.sh, s.o.Desk, s.said.Inbox, a.ID)
		p.form.Go(1)
		return cmd
	}
	p.second = func(s *Screen) tea.Cmd { return s.show(atAccess) }
	return p, nil
}

// waitingPage says what an account waits for that is connected and cannot be
// signed in to yet.
func waitingPage(a desk.Account) *page {
	p := &page{title: safe.Const("waiting"), question: safe.Sprintf("%s is connected and waits for admin consent.", safe.Addr(a.Address))}
	p.form.Buttons = []safe.Text{safe.Const("Go on"), safe.Const("Not now")}
	p.above = func(s *Screen, out *sheet) {
		s.cameBack(out)
		out.say(theme.Warn, safe.Line(a.Cause))
		out.gap()
		out.say(theme.Plain, safe.Const("It is tried again by itself every half hour; nothing has to be typed again. A test mail can be sent when it is connected: “postroom inbox test”."))
		out.gap()
	}
	p.take = func(s *Screen) tea.Cmd { return s.show(atAccess) }
	p.second = func(s *Screen) tea.Cmd { return s.sh.Back() }
	return p
}

// cameBack names the addresses that an account has again which had been
// connected before.
func (s *Screen) cameBack(out *sheet) {
	if len(s.further) == 0 {
		return
	}
	out.say(theme.Plain, safe.Sprintf("It has its further addresses again: %s.", safe.Addrs(s.further)))
	out.gap()
}

// there is the account that was connected, in this run or one before, as it is
// now.
func (s *Screen) there() (desk.Account, bool) {
	for _, in := range s.sh.State.Inboxes {
		for _, a := range in.Accounts {
			if desk.FoldAddress(a.Address) == desk.FoldAddress(s.said.Address) {
				return a, true
			}
		}
	}
	return s.account, s.account.ID != 0
}

// hops shows the way of a test mail as far as it is known.
func (out *sheet) hops(j *shell.Journey) {
	for _, l := range j.Lines() {
		name := safe.Line(string(l.Hop))
		switch l.State {
		case shell.HopPassed:
			out.step(theme.Good, out.t.Signs.Done, name, safe.Line(fmt.Sprintf("after %.1f s", l.After)))
		case shell.HopUnderWay:
			out.step(theme.Accent, out.t.Signs.Ellipsis, name, safe.Const("under way"))
		case shell.HopFailed:
			out.step(theme.Bad, out.t.Signs.Broken, name, safe.Const("failed"))
		case shell.HopAhead:
			out.step(theme.Faint, out.t.Signs.Dot, name, safe.Text{})
		}
	}
	far := j.Trip()
	switch {
	case j.Waits() != nil:
		out.say(theme.Warn, safe.Sprintf("It is tried again. %s", shell.Sentence(j.Waits())))
	case j.UnderWay():
	case far.Missing == nil && len(far.Passed) > 0:
		out.say(theme.Good, safe.Const("It went out and came back the whole way."))
	case far.Missing != nil:
		out.say(theme.Bad, shell.Sentence(far.Missing))
	}
}

// accessPage shows what everybody may do in the inbox: the look that a rollout
// forgets (S133).
func accessPage(s *Screen) (*page, tea.Cmd) {
	p := &page{title: safe.Const("access"), question: safe.Sprintf("This is who can do what in %s.", safe.Line(s.said.Inbox))}
	p.form.Buttons = []safe.Text{safe.Const("Done")}
	p.above = (*Screen).whoMay
	p.take = (*Screen).done
	d, name := s.o.Desk, s.said.Inbox
	return p, s.access.Ask(s.sh.Context(), func(ctx context.Context) (desk.InboxAccess, error) { return d.Access(ctx, name) })
}

func (s *Screen) accessRead(msg tea.Msg) tea.Cmd {
	list, err, ok := s.access.Take(msg)
	if !ok {
		return nil
	}
	s.users = list.Users
	return s.sh.Missed(err)
}

// whoMay lists what everybody can do, as the desk has tried it.
func (s *Screen) whoMay(out *sheet) {
	answer := 0
	for _, a := range s.users {
		var can []safe.Text
		for i, what := range desk.AllRights() {
			if a.Can[what] {
				can = append(can, [...]safe.Text{safe.Const("sees"), safe.Const("answers"), safe.Const("assigns"), safe.Const("configures")}[i])
			}
		}
		if a.Can[desk.RightReply] {
			answer++
		}
		if a.Flag != "" {
			can = append(can, safe.Line(a.Flag))
		}
		out.fact(safe.Line(a.User.Name), theme.Plain, safe.Join(", ", can...))
	}
	switch {
	case s.access.Busy():
		out.say(theme.Faint, safe.Const("Trying…"))
	case s.said.Kind == desk.Personal:
		out.say(theme.Faint, safe.Const("It is yours alone: admins see that it exists and how it is, never what is in it."))
	case answer == 0:
		out.say(theme.Warn, safe.Const("Nobody can answer there yet: “postroom inbox member add” lets somebody in."))
	case answer == 1:
		out.say(theme.Warn, safe.Const("Only one person can answer there yet: “postroom inbox member add” lets others in."))
	}
}
