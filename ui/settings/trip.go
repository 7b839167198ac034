package settings

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// trip is a test mail that is followed on its way.
type trip struct {
	account desk.AccountID
	began   time.Time
	far     desk.Trip
	read    shell.Lane[desk.Trip]
	over    bool
	number  int
}

// testPatience is how long a test mail may take, as on the command line.
const testPatience = 2 * time.Minute

// testPause is how often the desk is asked when nothing has rung.
const testPause = time.Second

// Facts of a test mail.
type (
	testBegun struct {
		account desk.AccountID
		out     desk.Outgoing
		err     error
	}
	testEnded struct{ err error }
	lookAgain struct{ number int }
)

func (t *trip) underWay() bool { return t != nil && !t.over }

// test sends a test mail from the account under the cursor.
func (p *inboxes) test(action.Target) tea.Cmd {
	b, _ := p.marked()
	d, inbox, account := p.s.o.Desk, b.in.Name, b.account.ID
	return shell.Do(p.s.sh, func(ctx context.Context) (desk.Outgoing, error) { return d.BeginTest(ctx, inbox, account) },
		func(out desk.Outgoing, err error) tea.Msg { return testBegun{account, out, err} })
}

// travelled hears how far the test mail has come.
func (p *inboxes) travelled(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case testBegun:
		if msg.err != nil {
			return p.s.sh.Fail(msg.err)
		}
		number := 1
		if p.trip != nil {
			number += p.trip.number
		}
		p.trip = &trip{account: msg.account, began: p.s.sh.Now(), far: desk.Trip{Outgoing: msg.out}, number: number}
		return p.trip.look(p.s)
	case lookAgain:
		if p.trip == nil || p.trip.number != msg.number {
			return nil
		}
		return p.trip.look(p.s)
	case testEnded:
		return p.s.sh.Missed(msg.err)
	}
	if p.trip == nil {
		return nil
	}
	return p.trip.seen(p.s, msg)
}

// look asks how far the mail is. A question under way is answered soon enough.
func (t *trip) look(s *Screen) tea.Cmd {
	if !t.underWay() || t.read.Busy() {
		return nil
	}
	id := t.far.Outgoing.ID
	return t.read.Ask(s.sh.Context(), func(ctx context.Context) (desk.Trip, error) { return s.o.Desk.FollowTest(ctx, id) })
}

// seen takes an answer, and ends the test when nothing is left to wait for.
func (t *trip) seen(s *Screen, msg tea.Msg) tea.Cmd {
	far, err, ok := t.read.Take(msg)
	if !ok {
		return nil
	}
	if err != nil {
		t.over = true
		return s.sh.Fail(err)
	}
	t.far = far
	if !far.Over() && s.sh.Now().Sub(t.began) < testPatience {
		return s.sh.After(testPause, lookAgain{t.number})
	}
	t.over = true
	return t.end(s)
}

// end writes into the journal how the test ended.
func (t *trip) end(s *Screen) tea.Cmd {
	far := t.far
	return shell.Do(s.sh, func(ctx context.Context) (struct{}, error) { return struct{}{}, s.o.Desk.EndTest(ctx, far) },
		func(_ struct{}, err error) tea.Msg { return testEnded{err} })
}

// Close ends a test that is under way: nobody follows it any more.
func (p *inboxes) Close() tea.Cmd {
	if !p.trip.underWay() {
		return nil
	}
	p.trip.over = true
	return p.trip.end(p.s)
}

// sheet shows the hops as they are passed.
func (t *trip) sheet(s *sheet) {
	s.title(safe.Const("Test mail"))
	passed := map[desk.Hop]time.Time{}
	for _, p := range t.far.Passed {
		passed[p.Hop] = p.At
	}
	waiting := true
	for _, hop := range desk.Hops() {
		at, ok := passed[hop]
		switch {
		case ok:
			// The clock of a mail server counts whole seconds, so what it says
			// may lie before the beginning.
			after := max(at.Sub(t.far.Outgoing.CreatedAt), 0).Seconds()
			s.step(theme.Good, s.t.Signs.Done, safe.Line(string(hop)), safe.Line(fmt.Sprintf("after %.1f s", after)))
		case !waiting:
			s.step(theme.Faint, s.t.Signs.Dot, safe.Line(string(hop)), safe.Text{})
		case t.over:
			waiting = false
			s.step(theme.Bad, s.t.Signs.Broken, safe.Line(string(hop)), safe.Const("failed"))
		default:
			waiting = false
			s.step(theme.Accent, s.t.Signs.Ellipsis, safe.Line(string(hop)), safe.Const("under way"))
		}
	}
	switch {
	case t.over && t.far.Missing == nil && len(t.far.Passed) > 0:
		s.say(theme.Good, safe.Const("It went out and came back the whole way."))
	case t.over && t.far.Missing != nil:
		s.say(theme.Bad, shell.Sentence(t.far.Missing))
	}
}
