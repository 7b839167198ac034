package settings

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// test sends a test mail from the account under the cursor.
func (p *inboxes) test(action.Target) tea.Cmd {
	b, _ := p.marked()
	var cmd tea.Cmd
	p.trip, cmd = shell.SendTest(p.s.sh, p.s.o.Desk, b.in.Name, b.account.ID)
	return cmd
}

// Close ends a test that is under way: nobody follows it any more.
func (p *inboxes) Close() tea.Cmd { return p.trip.Close() }

// hops shows the way of a test mail as far as it is known; writes says whether
// the address that it verifies may be written from now.
func (s *sheet) hops(j *shell.Journey, writes bool) {
	title := safe.Const("Test mail")
	if j.Address != "" {
		title = safe.Sprintf("Verification of %s", safe.Addr(j.Address))
	}
	s.title(title)
	for _, l := range j.Lines() {
		name := safe.Line(string(l.Hop))
		switch l.State {
		case shell.HopPassed:
			s.step(theme.Good, s.t.Signs.Done, name, safe.Line(fmt.Sprintf("after %.1f s", l.After)))
		case shell.HopUnderWay:
			s.step(theme.Accent, s.t.Signs.Ellipsis, name, safe.Const("under way"))
		case shell.HopFailed:
			s.step(theme.Bad, s.t.Signs.Broken, name, safe.Const("failed"))
		case shell.HopAhead:
			s.step(theme.Faint, s.t.Signs.Dot, name, safe.Text{})
		}
	}
	switch far := j.Trip(); {
	case j.Waits() != nil:
		s.say(theme.Warn, safe.Sprintf("It is tried again. %s", shell.Sentence(j.Waits())))
	case j.UnderWay():
	case far.Missing == nil && writes:
		s.say(theme.Good, safe.Sprintf("%s can be written from.", safe.Addr(j.Address)))
	case far.Missing == nil && j.Address != "" && len(far.Passed) > 0:
		s.say(theme.Bad, shell.Sentence(desk.FromChanged(j.Address)))
	case far.Missing == nil && len(far.Passed) > 0:
		s.say(theme.Good, safe.Const("It went out and came back the whole way."))
	case far.Missing != nil:
		s.say(theme.Bad, shell.Sentence(far.Missing))
	}
}
