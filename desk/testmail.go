package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// A test mail goes the whole way of a customer's mail: out through an account
// to that account's own address, back through the mail server, and into its
// conversation by the thread token (row S144). Its hops are told from what lies
// in the desk alone, so it does not matter which process sends and fetches.
//
// It never looks like work. The conversations of tests, one for each inbox and
// month, are closed from the beginning; the mail answers a token that says
// "test" under the desk's signature, and what comes back with it from an
// address of ours is mail of our own: it opens nothing, nobody waits for an
// answer to it, nobody finds it unread. A mail that only looks like one is a
// mail like any other.

// Hop is a part of the way of a test mail.
type Hop string

// The hops, in the order of the way.
const (
	HopSent      Hop = "sent"      // the outgoing server has taken it
	HopDelivered Hop = "delivered" // the incoming server has put it into a mailbox
	HopFetched   Hop = "fetched"   // it is stored here
	HopThreaded  Hop = "threaded"  // it is in the conversation it answers
	HopRouted    Hop = "routed"    // it is in its inbox, and not in the spam
	HopLogged    Hop = "logged"    // the timeline of its contact shows it
)

// Hops are all hops in order.
func Hops() []Hop {
	return []Hop{HopSent, HopDelivered, HopFetched, HopThreaded, HopRouted, HopLogged}
}

// Passage is a hop that is behind a test mail. At is when it was; of
// [HopDelivered] by the clock of the mail server, in whole seconds.
type Passage struct {
	Hop Hop
	At  time.Time
}

// Trip is how far a test mail has come.
type Trip struct {
	Outgoing Outgoing
	// Passed are the hops behind it, in order.
	Passed []Passage
	// Next is the hop that is missing, and Missing says why in the user's
	// words, were the test to end now; empty and nil when all are passed.
	Next    Hop
	Missing error
	// Stuck says that waiting does not help.
	Stuck bool
}

// Has reports whether a hop is behind the mail.
func (t Trip) Has(h Hop) bool {
	for _, p := range t.Passed {
		if p.Hop == h {
			return true
		}
	}
	return false
}

// Over reports whether there is nothing to wait for.
func (t Trip) Over() bool { return t.Stuck || t.Missing == nil }

// TestTime is how long a test mail may take at most: what is left of older
// tests is withdrawn.
const TestTime = time.Hour

// BeginTest queues a test mail from an account of an inbox to its own address.
// Only who may configure the inbox or answer in it may.
func (s *Seat) BeginTest(ctx context.Context, inbox string, account AccountID) (Outgoing, error) {
	var out Outgoing
	err := s.write(ctx, func(w Writer) error {
		in, err := s.mayIn(w, inbox, RightConfigure, RightReply)
		if err != nil {
			return err
		}
		a, err := w.Account(account)
		if errors.Is(err, ErrNoRow) || err == nil && a.Inbox != in.ID {
			return conflict("OTHER_ACCOUNT", "Choose an account of this inbox.", "The mail would leave from an account of another inbox.")
		}
		if err != nil {
			return err
		}
		out, err = s.beginTest(w, in, a, Outgoing{
			From: Mailbox{Name: "postroom", Addr: a.Address}, To: []Mailbox{{Addr: a.Address}},
			Subject: oneLine("Test mail of the inbox " + in.Name),
			Text:    "postroom has sent this mail to itself, to see whether mail leaves and arrives. Nothing is to be done.",
		})
		return err
	})
	return out, err
}

// beginTest queues a mail of the account as a test, into the conversation of
// this month's.
func (s *Seat) beginTest(w Writer, in Inbox, a Account, out Outgoing) (Outgoing, error) {
	if a.State == AccountPaused {
		return out, conflict("ACCOUNT_PAUSED", "Resume it with: postroom account resume "+a.Address, "%s is paused, so nothing is sent or fetched.", a.Address)
	}
	if err := s.d.withdrawOld(w, a.ID); err != nil {
		return out, err
	}
	anchor := s.d.testAnchor(in.ID) + "@" + a.Domain()
	now := s.d.now()
	out.Inbox, out.Account, out.Author, out.State = in.ID, a.ID, s.actor.User, Queued
	out.CreatedAt, out.UpdatedAt, out.HoldUntil = now, now, now
	c, err := s.testConversation(w, out, anchor)
	if err != nil {
		return out, err
	}
	out.Conversation = c.ID
	out.HeaderID = makeToken(s.d.key, c.ID, s.d.nonce()) + "@" + a.Domain()
	out.InReplyTo = makeToken(s.d.key, c.ID, testMark+s.d.nonce()) + "@" + a.Domain()
	out.References = []string{anchor, out.InReplyTo}
	if err := s.enqueue(w, &out, &c, ""); err != nil {
		return out, err
	}
	c.Version++
	return out, w.SaveConversation(c)
}

// testAnchor is an id that all test mails of an inbox in a month refer to, and
// so how their conversation is found again.
func (d *Desk) testAnchor(in InboxID) string {
	return tokenMark + testMark + "." + tokenMAC(d.key, fmt.Sprintf("tests.%d.%s", in, d.now().Format("2006-01")))
}

// testConversation is where the tests of this month are, made if need be.
func (s *Seat) testConversation(w Writer, out Outgoing, anchor string) (Conversation, error) {
	known, err := w.AnswersTo(out.Inbox, anchor)
	if err != nil {
		return Conversation{}, err
	}
	if len(known) > 0 {
		return standing(w, known[0].Conversation)
	}
	c, err := s.newConversation(w, out)
	c.Status, c.Touched = Closed, true // so that it joins no other
	return c, err
}

// withdrawOld gives up what is left of tests that were killed.
func (d *Desk) withdrawOld(w Writer, account AccountID) error {
	for _, st := range []OutgoingState{Queued, Deferred, Failed, InDoubt} {
		rows, err := w.OutgoingOf(account, st)
		if err != nil {
			return err
		}
		for _, out := range rows {
			if !out.Test() || d.now().Sub(out.CreatedAt) < TestTime {
				continue
			}
			if err := d.withdraw(w, out, Cancelled); err != nil {
				return err
			}
		}
	}
	return nil
}

// withdraw ends a test mail that no worker has in hand. Nobody wants its text
// back, so it becomes no draft; it stays in the timeline.
func (d *Desk) withdraw(w Writer, out Outgoing, to OutgoingState) error {
	before := out.State
	out.State, out.UpdatedAt = to, d.now()
	return w.SaveOutgoing(out, before)
}

// Test reports whether it is a test mail.
func (o Outgoing) Test() bool { return markedTest(o.InReplyTo) }

// isTest reports whether a mail answers the token of a test of this desk.
func (d *Desk) isTest(m Mail) bool {
	if len(m.InReplyTo) == 0 || !markedTest(m.InReplyTo[0]) {
		return false
	}
	_, ours := readToken(d.key, m.InReplyTo[0])
	return ours
}

// FollowTest tells how far a test mail has come. Its author only.
func (s *Seat) FollowTest(ctx context.Context, id OutgoingID) (Trip, error) {
	var t Trip
	err := s.d.store.Read(ctx, func(r Reader) error {
		t = Trip{}
		out, c, err := s.mustOwn(r, id)
		if err != nil {
			return err
		}
		if !out.Test() {
			return conflict("NO_TEST", "", "Outgoing mail %d is no test mail.", id)
		}
		t.Outgoing = out
		a, err := r.Account(out.Account)
		if errors.Is(err, ErrNoRow) {
			return conflict("NO_ACCOUNT", "Connect it again with: postroom account connect ADDRESS --inbox NAME", "The account has been disconnected.")
		}
		if err != nil {
			return err
		}
		w := way{r: r, viewer: s.actor.User, account: a, home: c}
		return w.follow(&t)
	})
	return t, err
}

// EndTest writes into the journal how a test ended, and withdraws its mail if
// that has not left.
func (s *Seat) EndTest(ctx context.Context, t Trip) error {
	return s.write(ctx, func(w Writer) error {
		out, c, err := s.mustOwn(w, t.Outgoing.ID)
		if err != nil {
			return err
		}
		switch out.State {
		case Queued, Deferred, Failed:
			err = s.d.withdraw(w, out, Cancelled)
		case InDoubt:
			to := Cancelled
			if t.Has(HopFetched) {
				to = Accepted // nothing proves it better
			}
			err = s.d.withdraw(w, out, to)
		case Claimed, Submitting, Accepted, Cancelled:
		}
		if err != nil {
			return err
		}
		ev := s.event(EventTested, c.Inbox, c.ID, nil, state(TestResult{Passed: t.Missing == nil, Hop: t.Next}))
		ev.Message = out.Message
		return w.Append(ev)
	})
}

// TestResult is what the journal keeps of a test: Hop is the one that failed.
type TestResult struct {
	Passed bool `json:"passed"`
	Hop    Hop  `json:"hop"`
}

// testMark begins the nonce of a test's token. Nonces are hexadecimal
// otherwise.
const testMark = "t"

// markedTest reports whether an id has the form of a test's token, whoever
// made it.
func markedTest(id string) bool {
	token, _, _ := strings.Cut(strings.ToLower(id), "@")
	parts := strings.Split(token, ".")
	return len(parts) == 4 && parts[0] == tokenMark && strings.HasPrefix(parts[2], testMark)
}
