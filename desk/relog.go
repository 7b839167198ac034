package desk

import (
	"context"
	"errors"
)

// relog brings a conversation in line with what holds now, and reports whether
// that has changed anything.
func (d *Desk) relog(w Writer, b logbook, c *Conversation) (bool, error) {
	n, err := b.counts(w, *c)
	if err != nil {
		return false, err
	}
	had := c.Contact
	c.Contact = 0
	if n.why == "" {
		if c.Contact, err = d.contactFor(w, c.Inbox, n.with, n.mail.At); err != nil {
			return false, err
		}
	}
	if had == 0 || c.Contact == 0 {
		return had != c.Contact, nil
	}
	// Two that were made one are one.
	was, err := w.Contact(had)
	if err != nil {
		return false, err
	}
	now, err := w.Contact(c.Contact)
	if was.ID == now.ID {
		c.Contact = had
	}
	return c.Contact != had, err
}

// Relogged is what one step of [Seat.Relog] has done.
type Relogged struct {
	// Logged conversations have got a contact, or another one; Unlogged ones
	// are with nobody now.
	Logged, Unlogged int
	// Batch takes it back, with all steps it was handed on to; empty before
	// anything has changed.
	Batch string
	// Next is where the next step goes on; 0 at the end.
	Next ConversationID
}

// Relog brings what is logged already of a personal inbox in line with what
// holds now: mode, never-log list, and what was switched off by hand. Each step
// is a transaction and goes on behind after, with the batch of the one before.
func (s *Seat) Relog(ctx context.Context, inbox string, after ConversationID, batch string) (Relogged, error) {
	res := Relogged{}
	err := s.write(ctx, func(w Writer) error {
		res = Relogged{Batch: batch}
		in, err := s.mayIn(w, inbox, RightConfigure)
		if err != nil {
			return err
		}
		b, list, err := personalBook(w, in, after)
		if err != nil {
			return err
		}
		for _, c := range list {
			had := c.Contact
			different, err := s.d.relog(w, b, &c)
			if err != nil {
				return err
			}
			if !different {
				continue
			}
			if res.Batch == "" {
				res.Batch = s.d.newBatch()
			}
			if res.Logged++; c.Contact == 0 {
				res.Logged, res.Unlogged = res.Logged-1, res.Unlogged+1
			}
			c.Version++
			ev := s.event(EventLogged, c.Inbox, c.ID, state(LogState{Contact: had}), state(LogState{Contact: c.Contact}))
			ev.Batch = res.Batch
			if err := errors.Join(w.SaveConversation(c), w.Append(ev)); err != nil {
				return err
			}
		}
		if len(list) == logPage {
			res.Next = list[len(list)-1].ID
		}
		return nil
	})
	return res, err
}

// RelogAll goes through the whole inbox with [Seat.Relog], in the batch if there
// is one.
func (s *Seat) RelogAll(ctx context.Context, inbox, batch string) (Relogged, error) {
	sum, next := Relogged{Batch: batch}, ConversationID(0)
	for first := true; first || next != 0; first = false {
		step, err := s.Relog(ctx, inbox, next, sum.Batch)
		if err != nil {
			return sum, err
		}
		sum.Logged, sum.Unlogged, sum.Batch, next = sum.Logged+step.Logged, sum.Unlogged+step.Unlogged, step.Batch, step.Next
	}
	return sum, nil
}

// NeverLogPast changes a never-log list and then brings all personal inboxes of
// the actor in line with it. All is one batch, but not one transaction: mail
// comes in while a long past is gone through, and what is done when that ends
// early is undone with the rest. A rehearsal has to see what it will not keep,
// and is one.
func (s *Seat) NeverLogPast(ctx context.Context, change func(context.Context) (NeverLogChange, error)) (NeverLogChange, Relogged, error) {
	var n NeverLogChange
	var past Relogged
	run := func(ctx context.Context) (err error) {
		if n, err = change(ctx); err != nil {
			return err
		}
		var mine []Inbox
		if err = s.read(ctx, func(r Reader) error { mine, err = s.personals(r); return err }); err != nil {
			return err
		}
		past = Relogged{Batch: n.Batch}
		for _, in := range mine {
			step, err := s.RelogAll(ctx, in.Name, past.Batch)
			if err != nil {
				return err
			}
			past = Relogged{Logged: past.Logged + step.Logged, Unlogged: past.Unlogged + step.Unlogged, Batch: step.Batch}
		}
		return nil
	}
	if Rehearsing(ctx) {
		err := s.d.together(ctx, run)
		return n, past, err
	}
	err := run(ctx)
	return n, past, err
}
