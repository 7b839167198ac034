package shell

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
)

// Testing is the part of the desk that a test mail goes through.
type Testing interface {
	BeginTest(ctx context.Context, inbox string, account desk.AccountID) (desk.Outgoing, error)
	FollowTest(context.Context, desk.OutgoingID) (desk.Trip, error)
	EndTest(context.Context, desk.Trip) error
}

// Verifying is the part of the desk that verifies an address by such a mail.
type Verifying interface {
	Testing
	BeginVerify(ctx context.Context, address string) (desk.Outgoing, error)
}

// Journey is a test mail that is followed on its way. A screen that has one
// hands it every fact it hears, and closes it when it goes; nil is none.
type Journey struct {
	// Account is whose way is tested, Address what it verifies, if anything.
	Account desk.AccountID
	Address string

	sh    *Shell
	desk  Testing
	began time.Time
	sent  bool
	far   desk.Trip
	read  Lane[desk.Trip]
	over  bool
}

// testPatience is how long a test mail may take, as on the command line.
const testPatience = 2 * time.Minute

// testPause is how often the desk is asked when nothing has rung.
const testPause = time.Second

// Facts of a test mail. Each belongs to one journey.
type (
	testBegun struct {
		journey *Journey
		out     desk.Outgoing
		err     error
	}
	testEnded struct {
		journey *Journey
		err     error
	}
	testLooks struct{ journey *Journey }
)

// SendTest sends a test mail from an account of an inbox.
func SendTest(s *Shell, d Testing, inbox string, account desk.AccountID) (*Journey, tea.Cmd) {
	j := &Journey{Account: account, sh: s, desk: d, began: s.Now()}
	return j, j.begin(func(ctx context.Context) (desk.Outgoing, error) { return d.BeginTest(ctx, inbox, account) })
}

// SendVerification sends the mail that verifies an address of an account.
func SendVerification(s *Shell, d Verifying, address string, account desk.AccountID) (*Journey, tea.Cmd) {
	j := &Journey{Account: account, Address: address, sh: s, desk: d, began: s.Now()}
	return j, j.begin(func(ctx context.Context) (desk.Outgoing, error) { return d.BeginVerify(ctx, address) })
}

func (j *Journey) begin(send func(context.Context) (desk.Outgoing, error)) tea.Cmd {
	return Do(j.sh, send, func(out desk.Outgoing, err error) tea.Msg { return testBegun{j, out, err} })
}

// UnderWay reports whether there is something to wait for.
func (j *Journey) UnderWay() bool { return j != nil && !j.over }

// Waits is why the mail has not left while it is tried again; nil where nothing
// is known against it.
func (j *Journey) Waits() error {
	if j.UnderWay() && j.far.Outgoing.State == desk.Deferred {
		return j.far.Missing
	}
	return nil
}

// Trip is how far the mail has come.
func (j *Journey) Trip() desk.Trip { return j.far }

// Update hears how far the mail has come.
func (j *Journey) Update(msg tea.Msg) tea.Cmd {
	if j == nil {
		return nil
	}
	switch msg := msg.(type) {
	case testBegun:
		if msg.journey != j {
			return nil
		}
		if msg.err != nil {
			j.over = true
			return j.sh.Fail(msg.err)
		}
		j.sent, j.far = true, desk.Trip{Outgoing: msg.out}
		if j.over { // closed before it was queued
			return j.end()
		}
		return j.look()
	case testLooks:
		if msg.journey == j {
			return j.look()
		}
		return nil
	case testEnded:
		if msg.journey == j {
			return j.sh.Missed(msg.err)
		}
		return nil
	case Changed:
		return j.look()
	}
	return j.seen(msg)
}

// look asks how far the mail is. A question under way is answered soon enough.
func (j *Journey) look() tea.Cmd {
	if j.over || !j.sent || j.read.Busy() {
		return nil
	}
	id := j.far.Outgoing.ID
	return j.read.Ask(j.sh.Context(), func(ctx context.Context) (desk.Trip, error) { return j.desk.FollowTest(ctx, id) })
}

// seen takes an answer, and ends the test when nothing is left to wait for.
func (j *Journey) seen(msg tea.Msg) tea.Cmd {
	far, err, ok := j.read.Take(msg)
	if !ok {
		return nil
	}
	if err != nil {
		j.over = true
		return j.sh.Fail(err)
	}
	j.far = far
	if !far.Over() && j.sh.Now().Sub(j.began) < testPatience {
		return j.sh.After(testPause, testLooks{j})
	}
	j.over = true
	return j.end()
}

// end writes into the journal how the test ended.
func (j *Journey) end() tea.Cmd {
	far := j.far
	return Do(j.sh, func(ctx context.Context) (struct{}, error) { return struct{}{}, j.desk.EndTest(ctx, far) },
		func(_ struct{}, err error) tea.Msg { return testEnded{j, err} })
}

// Close ends a test that is under way: nobody follows it any more.
func (j *Journey) Close() tea.Cmd {
	if !j.UnderWay() {
		return nil
	}
	j.over = true
	j.read.Drop()
	if !j.sent {
		return nil // the answer ends it
	}
	return j.end()
}

// HopState says how a hop of a test mail is.
type HopState uint8

// The states of a hop.
const (
	HopPassed HopState = iota
	HopUnderWay
	HopFailed
	HopAhead
)

// HopLine is a hop with its state and, where it is behind the mail, how many
// seconds after the beginning that was.
type HopLine struct {
	Hop   desk.Hop
	State HopState
	After float64
}

// Lines are all hops in order.
func (j *Journey) Lines() []HopLine {
	passed := map[desk.Hop]time.Time{}
	for _, p := range j.far.Passed {
		passed[p.Hop] = p.At
	}
	var list []HopLine
	next := HopUnderWay
	if j.over {
		next = HopFailed
	}
	for _, hop := range desk.Hops() {
		if at, ok := passed[hop]; ok {
			// The clock of a mail server counts whole seconds, so what it says
			// may lie before the beginning.
			list = append(list, HopLine{hop, HopPassed, max(at.Sub(j.far.Outgoing.CreatedAt), 0).Seconds()})
			continue
		}
		list = append(list, HopLine{Hop: hop, State: next})
		next = HopAhead
	}
	return list
}
