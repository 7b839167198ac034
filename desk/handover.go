package desk

import (
	"context"
	"errors"
	"slices"
	"time"
)

// NextDue says when the account's outbox wants attention next; the zero time
// when nothing waits, or the account is paused.
func (m *Mailroom) NextDue(ctx context.Context, account AccountID) (time.Time, error) {
	var at time.Time
	err := m.d.store.Read(ctx, func(r Reader) error {
		paused, err := isPaused(r, account)
		if err != nil || paused {
			return err
		}
		at, err = r.NextDue(account)
		return err
	})
	return at, err
}

// isPaused reports whether the account is; a disconnected one is not.
func isPaused(r Reader, id AccountID) (bool, error) {
	a, err := r.Account(id)
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	return a.State == AccountPaused, err
}

// ClaimOutgoing takes the next mail of the account that is due, under the
// fence; false when there is none, or the account is paused. A row that a dead worker had claimed is
// free again; one it was submitting is in doubt from now on, because the dot
// may have been sent (promises M9).
func (m *Mailroom) ClaimOutgoing(ctx context.Context, l Lease) (Outgoing, bool, error) {
	var out Outgoing
	var found bool
	err := m.fenced(ctx, l, func(w Writer) error {
		found = false
		if err := m.abandoned(w, l); err != nil {
			return err
		}
		var err error
		out, err = w.DueOutgoing(l.Account, m.d.now())
		if errors.Is(err, ErrNoRow) {
			return nil
		}
		if err != nil {
			return err
		}
		if paused, err := isPaused(w, l.Account); err != nil || paused {
			return err
		}
		if m.d.now().Sub(out.HoldUntil) > LeftOverAge && out.Attempts == 0 {
			if out.Test() || out.Automatic() {
				return m.d.withdraw(w, out, Cancelled)
			}
			c, err := w.Conversation(out.Conversation)
			if err != nil {
				return err
			}
			_, err = m.d.takeBack(w, out, c, connectorActor())
			return err
		}
		before := out.State
		out.State, out.UpdatedAt = Claimed, m.d.now()
		out.Attempts++
		found = true
		return w.SaveOutgoing(out, before)
	})
	return out, found, err
}

// abandoned settles what an earlier holder of the lease left unfinished.
func (m *Mailroom) abandoned(w Writer, l Lease) error {
	rows, err := w.Abandoned(l.Account, l.Fence)
	if err != nil {
		return err
	}
	for _, out := range rows {
		before := out.State
		out.UpdatedAt = m.d.now()
		if before == Claimed {
			out.State = Queued
			if err := w.SaveOutgoing(out, before); err != nil {
				return err
			}
			continue
		}
		out.LastError = "the program stopped while the mail was being handed over"
		if err := m.settle(w, out, before, InDoubt, EventInDoubt); err != nil {
			return err
		}
	}
	return nil
}

// Submitting commits, before the final dot, that the mail may be sent from now
// on, with the exact bytes.
func (m *Mailroom) Submitting(ctx context.Context, l Lease, out Outgoing, raw []byte) (Outgoing, error) {
	err := m.fenced(ctx, l, func(w Writer) error {
		before := out.State
		out.State, out.Raw, out.UpdatedAt = Submitting, raw, m.d.now()
		return w.SaveOutgoing(out, before)
	})
	return out, err
}

// Settled is how handing over a mail ended.
type Settled struct {
	State OutgoingState // Accepted, Deferred, Failed or InDoubt
	// Detail is what the server or the network said.
	Detail string
	// Retry is when to try a deferred mail again.
	Retry time.Time
}

// Settle notes how handing over a mail ended. An accepted mail's bytes join the
// raw mail, and a copy for the Sent folder becomes a job, unless the provider
// files it.
func (m *Mailroom) Settle(ctx context.Context, l Lease, out Outgoing, res Settled) error {
	kind, ok := map[OutgoingState]EventKind{Accepted: EventSent, Deferred: EventDeferred, Failed: EventSendFailed, InDoubt: EventInDoubt}[res.State]
	if !ok {
		return invalid("BAD_STATE", "", "A mail cannot end %s.", res.State)
	}
	return m.fenced(ctx, l, func(w Writer) error {
		before := out.State
		out.LastError, out.NextTry = res.Detail, res.Retry
		if res.State == Accepted {
			a, err := w.Account(l.Account)
			if err != nil {
				return err
			}
			if err := errors.Join(m.keepSent(w, out, a), w.WantMirror(out.Conversation, StayPut, m.d.now())); err != nil {
				return err
			}
		}
		return m.settle(w, out, before, res.State, kind)
	})
}

// DeferredDue lists the account's deferred mails whose time has come.
func (m *Mailroom) DeferredDue(ctx context.Context, account AccountID) ([]Outgoing, error) {
	var list []Outgoing
	err := m.d.store.Read(ctx, func(r Reader) error {
		rows, err := r.OutgoingOf(account, Deferred)
		now := m.d.now()
		list = slices.DeleteFunc(slices.Clone(rows), func(out Outgoing) bool { return out.NextTry.After(now) })
		return err
	})
	return list, err
}

// PutOff lets deferred mails wait until their NextTry, for the reason they
// waited before. That is one more attempt and no event: a server that is away
// for a weekend must not fill the journal. What is no longer deferred stays as
// it is.
func (m *Mailroom) PutOff(ctx context.Context, l Lease, mails []Outgoing) error {
	return m.fenced(ctx, l, func(w Writer) error {
		for _, out := range mails {
			out.Attempts++
			out.UpdatedAt = m.d.now()
			if err := w.SaveOutgoing(out, Deferred); err != nil && !errors.Is(err, ErrStale) {
				return err
			}
		}
		return nil
	})
}

func (m *Mailroom) settle(w Writer, out Outgoing, before, after OutgoingState, kind EventKind) error {
	out.State, out.UpdatedAt = after, m.d.now()
	if err := w.SaveOutgoing(out, before); err != nil {
		return err
	}
	if after == Failed {
		if err := m.unanswered(w, out); err != nil {
			return err
		}
	}
	ev := &Event{At: m.d.now(), Actor: connectorActor(), Kind: kind, Inbox: out.Inbox, Conversation: out.Conversation, Message: out.Message, Before: state(before), After: state(after)}
	if err := w.Append(ev); err != nil || kind != EventSent || out.Test() {
		return err
	}
	return m.d.handedOver(w, out, ev)
}

// handedOver does what follows from a mail that a server has accepted.
func (d *Desk) handedOver(w Writer, out Outgoing, ev *Event) error {
	c, err := w.Conversation(out.Conversation)
	if err != nil {
		return err
	}
	msg := out.message()
	if err := d.react(w, occasion{event: ev, message: &msg}, &c); err != nil {
		return err
	}
	return w.SaveConversation(c)
}

// unanswered puts a conversation back into its queue whose answer was refused:
// the customer waits again, and what the sending closed is open.
func (m *Mailroom) unanswered(w Writer, out Outgoing) error {
	c, err := w.Conversation(out.Conversation)
	if err != nil {
		return err
	}
	if err := m.d.recount(w, &c); err != nil {
		return err
	}
	c.Version++
	queued, err := w.LastChange(c.ID, 0, []EventKind{EventQueued})
	if err != nil && !errors.Is(err, ErrNoRow) {
		return err
	}
	closed, err := w.LastChange(c.ID, 0, []EventKind{EventClosed, EventReopened})
	if err != nil && !errors.Is(err, ErrNoRow) {
		return err
	}
	if c.Status == Closed && closed.Kind == EventClosed && closed.Batch != "" && queued.Message == out.Message && closed.Batch == queued.Batch {
		if err := m.d.turnTo(w, &c, Open, connectorActor()); err != nil {
			return err
		}
		ev := &Event{At: m.d.now(), Actor: connectorActor(), Kind: EventReopened, Inbox: c.Inbox, Conversation: c.ID, Before: state(Closed), After: state(Open)}
		if err := errors.Join(w.Append(ev), w.WantMirror(c.ID, MoveAlong, m.d.now())); err != nil {
			return err
		}
	}
	return w.SaveConversation(c)
}

// keepSent stores the bytes of an accepted mail as its raw mail, and makes the
// job of the copy in Sent. The copy is later recognised by its bytes.
func (m *Mailroom) keepSent(w Writer, out Outgoing, a Account) error {
	raw, _, err := w.AddRaw(a.Inbox, a.ID, Folder{Role: RoleSent}, Fetched{At: m.d.now(), Seen: true, Packed: m.d.store.Pack(out.Raw)})
	if err != nil {
		return err
	}
	if err := w.AttachRaw(out.Message, raw); err != nil {
		return err
	}
	if a.FilesSent || out.Test() {
		return nil
	}
	return w.AddJob(Job{Account: a.ID, Kind: JobSentCopy, Outgoing: out.ID, NextTry: m.d.now()})
}

// JobKind says what a job does on the server.
type JobKind string

// JobSentCopy puts a copy of an accepted mail into the Sent folder, after
// looking whether it is there.
const JobSentCopy JobKind = "sent copy"

// Job is something to do on the mail server, made in the transaction that
// wanted it. Doing it twice does no harm; it can never repeat a send.
type Job struct {
	ID        int64
	Account   AccountID
	Kind      JobKind
	Outgoing  OutgoingID
	NextTry   time.Time
	Attempts  int
	LastError string
}

// DueJobs lists the account's jobs that are due, oldest first.
func (m *Mailroom) DueJobs(ctx context.Context, l Lease) ([]Job, error) {
	var list []Job
	err := m.d.store.Read(ctx, func(r Reader) error {
		var err error
		list, err = r.DueJobs(l.Account, m.d.now())
		return err
	})
	return list, err
}

// Outgoing gives a row of the outbox with its bytes.
func (m *Mailroom) Outgoing(ctx context.Context, id OutgoingID) (Outgoing, error) {
	var out Outgoing
	err := m.d.store.Read(ctx, func(r Reader) error {
		var err error
		out, err = r.Outgoing(id)
		return err
	})
	return out, err
}

// FinishJob removes a job that is done, or notes why it has to wait.
func (m *Mailroom) FinishJob(ctx context.Context, l Lease, j Job, failure error, retry time.Time) error {
	return m.fenced(ctx, l, func(w Writer) error {
		if failure == nil {
			return w.RemoveJob(j.ID)
		}
		j.Attempts++
		j.LastError, j.NextTry = failure.Error(), retry
		return w.SaveJob(j)
	})
}

// InDoubtSince lists the account's mails in doubt, for the search for evidence.
func (m *Mailroom) InDoubtSince(ctx context.Context, account AccountID) ([]Outgoing, error) {
	var list []Outgoing
	err := m.d.store.Read(ctx, func(r Reader) error {
		rows, err := r.OutgoingOf(account, InDoubt)
		list = slices.Clone(rows)
		return err
	})
	return list, err
}

// FoundSent settles a mail in doubt: a copy of it lies in Sent.
func (m *Mailroom) FoundSent(ctx context.Context, l Lease, out Outgoing) error {
	return m.Settle(ctx, l, out, Settled{State: Accepted, Detail: "found in Sent"})
}
