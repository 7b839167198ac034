package desk

import (
	"context"
	"time"
)

// What time alone brings: nobody does anything, and yet something has to
// happen. Nothing polls for it. Each part says when it is due, and whoever
// serves the accounts calls [Mailroom.Tick] then.

const (
	// tickRows is how many conversations a part changes in one transaction, so
	// that nobody waits long for the database.
	tickRows = 100
	// tickTurns is how many transactions one call makes at most.
	tickTurns = 50
)

// timed is one part of what time brings. All of it must bear being asked and
// done at any moment, by several processes at once: what is done is looked up
// by its index and checked again in the transaction that does it.
type timed struct {
	// due is when there is something to do next; the zero time while nothing
	// in the database says so. It is asked at each bell, so it reads one index.
	due func(d *Desk, r Reader, now time.Time) (time.Time, error)
	// do does what is due at now, at most [tickRows] of it; the rest is still
	// due then.
	do func(d *Desk, w Writer, now time.Time) error
}

// timedParts are all of them.
func timedParts() []timed {
	return []timed{
		{(*Desk).snoozeEnds, (*Desk).wakeSnoozed},
		{(*Desk).clockEnds, (*Desk).tellClocks},
		{(*Desk).silenceEnds, (*Desk).endSilences},
		{(*Desk).freedByTime, (*Desk).drainTimed},
		{(*Desk).rulesDue, (*Desk).runTimedRules},
		{(*Desk).ruleRunsEnd, (*Desk).forgetRuleRuns},
	}
}

// Tick does what time alone has brought, and says when it wants to be called
// next: the zero time while nothing is to come, a time that is over when there
// is more to do. It is to be called then, at each bell, and at the start; any
// number of processes may do that.
func (m *Mailroom) Tick(ctx context.Context) (next time.Time, err error) {
	for range tickTurns {
		now := m.d.now()
		var due []timed
		err := m.d.store.Read(ctx, func(r Reader) error {
			next, due = time.Time{}, nil
			for _, part := range timedParts() {
				at, err := part.due(m.d, r, now)
				if err != nil {
					return err
				}
				if at.IsZero() {
					continue
				}
				if next.IsZero() || at.Before(next) {
					next = at
				}
				if !at.After(now) {
					due = append(due, part)
				}
			}
			return nil
		})
		if err != nil || len(due) == 0 {
			return next, err
		}
		for _, part := range due {
			if err := m.d.write(ctx, func(w Writer) error { return part.do(m.d, w, now) }); err != nil {
				return next, err
			}
		}
	}
	return next, nil
}

// snoozeEnds is when the next snooze ends, or has.
func (d *Desk) snoozeEnds(r Reader, now time.Time) (time.Time, error) {
	ended, next, err := r.Snoozed(now, 1)
	if len(ended) > 0 {
		next = now
	}
	return next, err
}

// wakeSnoozed brings back what was snoozed until now. What was closed or thrown
// away meanwhile stays where it is, and nobody is told.
func (d *Desk) wakeSnoozed(w Writer, now time.Time) error {
	ids, _, err := w.Snoozed(now, tickRows)
	if err != nil {
		return err
	}
	for _, id := range ids {
		c, err := w.Conversation(id)
		if err != nil {
			return err
		}
		if err := d.wake(w, c); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) wake(w Writer, c Conversation) error {
	until, was := c.SnoozedUntil, c.Place()
	c.SnoozedUntil = time.Time{}
	if was != InSnoozed || c.JoinedTo != 0 {
		return w.SaveConversation(c)
	}
	if err := d.backTo(w, &c, connectorActor()); err != nil {
		return err
	}
	c.Version++
	ev := &Event{At: d.now(), Actor: connectorActor(), Kind: EventWoken, Inbox: c.Inbox, Conversation: c.ID, Before: state(until), After: state(c.SnoozedUntil)}
	if err := w.Append(ev); err != nil {
		return err
	}
	if err := d.react(w, occasion{event: ev}, &c); err != nil {
		return err
	}
	return w.SaveConversation(c)
}
