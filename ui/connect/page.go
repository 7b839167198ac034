package connect

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/widget"
)

// step names a question. Names are kept in the desk, so they stay.
type step string

// The questions, in their order.
const (
	atResume  step = "resume" // whether to go on with what was begun
	atGoal    step = "goal"
	atAddress step = "address"
	atRole    step = "role" // the address does not look like it
	atServers step = "servers"
	atSignIn  step = "sign-in"
	atConsent step = "consent" // at the provider's pages
	atFit     step = "fit"     // its mail does not look like it
	atInbox   step = "inbox"
	atPurpose step = "purpose" // what a team's new inbox is for
	atTickets step = "tickets" // and whether its conversations become tickets
	atPreview step = "preview"
	atTest    step = "test"
	atAccess  step = "access"
)

// way are the questions that everybody is asked. Those that only some are come
// with the one before.
func way() []step {
	return []step{atGoal, atAddress, atServers, atSignIn, atInbox, atPreview, atTest, atAccess}
}

// number is the place of a question on the way, from 1.
func (at step) number() int {
	switch at {
	case atRole:
		at = atAddress
	case atFit, atConsent:
		at = atSignIn
	case atPurpose, atTickets:
		at = atInbox
	default:
	}
	for i, w := range way() {
		if w == at {
			return i + 1
		}
	}
	return 0
}

// before is the question one goes back to; empty where there is none.
func (at step) before() step {
	switch at {
	case atRole:
		return atAddress
	case atFit, atConsent:
		return atSignIn
	case atPurpose:
		return atInbox
	case atTickets:
		return atPurpose
	case atResume, atGoal, atTest, atAccess:
		return ""
	default:
		return way()[at.number()-2]
	}
}

// page is one question.
type page struct {
	at       step
	title    safe.Text // where one is, in a word
	question safe.Text
	form     widget.Form
	// above is what one has to know before answering, line by line.
	above func(*Screen, *sheet)
	// read notes what stands in the form.
	read func(*Screen)
	// chose, if set, follows from another choice in the form.
	chose func(*Screen) tea.Cmd
	// take goes on from what was noted; second is the second button.
	take, second func(*Screen) tea.Cmd
}

// show makes the page of a question.
func (s *Screen) show(at step) tea.Cmd {
	makers := map[step]func(*Screen) (*page, tea.Cmd){
		atResume: resumePage, atGoal: goalPage, atAddress: addressPage, atRole: rolePage, atServers: serversPage, atSignIn: signInPage,
		atConsent: consentPage, atFit: fitPage, atInbox: inboxPage, atPurpose: purposePage, atTickets: ticketsPage, atPreview: previewPage, atTest: testPage, atAccess: accessPage,
	}
	if at == atPreview && s.makesTeam() && s.said.Tickets == "" {
		at = atTickets // nobody gets by it, also who began before it was asked
	}
	s.doing, s.remark, s.problem, s.fresh = safe.Text{}, safe.Text{}, safe.Text{}, false
	p, cmd := makers[at](s)
	p.at = at
	if p.read == nil {
		p.read = func(*Screen) {}
	}
	if p.second == nil {
		p.second = func(s *Screen) tea.Cmd {
			if cmd, done := s.Back(); done {
				return cmd
			}
			return s.sh.Back()
		}
	}
	if len(p.form.Buttons) == 0 {
		p.form.Buttons = []safe.Text{safe.Const("Next"), safe.Const("Back")}
	}
	s.page = p
	if at != atResume {
		s.said.Step = string(at)
	}
	return tea.Batch(cmd, s.keep())
}

// press takes a key. Among choices that stand one below the other up and down
// go from one to the next, and a number takes one at once.
func (p *page) press(msg tea.KeyPressMsg) int {
	if !p.choosing() {
		return p.form.Press(msg)
	}
	row := &p.form.Rows[p.form.At()]
	switch key := msg.Keystroke(); {
	case key == "down" && row.Chosen < len(row.Choices)-1:
		row.Chosen++
	case key == "up" && row.Chosen > 0:
		row.Chosen--
	case len(key) == 1 && key[0] >= '1' && int(key[0]-'1') < len(row.Choices):
		row.Chosen = int(key[0] - '1')
	default:
		return p.form.Press(msg)
	}
	row.Problem = safe.Text{}
	return -1
}

// choosing reports whether the focus is on a choice.
func (p *page) choosing() bool {
	at := p.form.At()
	return at < len(p.form.Rows) && len(p.form.Rows[at].Choices) > 0
}

// chosen is the choice under the focus; -1 where there is none.
func (p *page) chosen() int {
	if !p.choosing() {
		return -1
	}
	return p.form.Rows[p.form.At()].Chosen
}

// wrong says what is wrong with a field, and goes there.
func (p *page) wrong(row int, why safe.Text) tea.Cmd {
	p.form.Rows[row].Problem = why
	p.form.Go(row)
	return nil
}

// needed reports whether a field has been filled in, and says so when not.
func (p *page) needed(row int, why safe.Text) bool {
	if p.form.Value(row) != "" {
		return true
	}
	p.wrong(row, why)
	return false
}

// put writes what is known into fields.
func put(f *widget.Form, values ...string) {
	for i, v := range values {
		if v != "" {
			f.Rows[i].Field.Set(v)
		}
	}
}

// kindWords are what an inbox of a kind is called in questions.
func kindWords(k desk.InboxKind) safe.Text {
	if k == desk.Shared {
		return safe.Const("a team's mailbox")
	}
	return safe.Const("my own mailbox")
}
