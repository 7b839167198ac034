package desk

import (
	"errors"
	"time"
)

// clockEnds is when there is something to tell of a clock next, or has been.
func (d *Desk) clockEnds(r Reader, now time.Time) (time.Time, error) {
	due, next, err := r.ClocksTold(now, 1)
	if len(due) > 0 {
		next = now
	}
	return next, err
}

// tellClocks tells what is due soon and what is overdue by now.
func (d *Desk) tellClocks(w Writer, now time.Time) error {
	due, _, err := w.ClocksTold(now, tickRows)
	if err != nil {
		return err
	}
	for _, k := range due {
		c, err := w.Conversation(k.Conversation)
		if err != nil {
			return err
		}
		told := k.Told
		if k.Told = ClockSoon; !now.Before(k.DueAt) {
			k.Told = ClockOverdue
		}
		if err := w.SaveClock(k, told); errors.Is(err, ErrStale) {
			continue // another process has told it
		} else if err != nil {
			return err
		}
		t, err := d.timing(w, &c)
		if err != nil {
			return err
		}
		t.show()
		if err := d.tellClock(w, &c, k, connectorActor()); err != nil {
			return err
		}
		c.Version++
		if err := w.SaveConversation(c); err != nil {
			return err
		}
	}
	return nil
}

// rewind counts all open tickets by the policies and calendars as they are now,
// from when their clocks began, and says how many that has changed.
func (d *Desk) rewind(w Writer, by Actor) (int, error) {
	tickets, err := w.OpenTickets()
	if err != nil {
		return 0, err
	}
	changed := 0
	for _, id := range tickets {
		c, err := w.Conversation(id)
		if err != nil {
			return 0, err
		}
		t, err := d.timing(w, &c)
		if err != nil {
			return 0, err
		}
		t.earlier = func() (past, error) { return pastOf(w, c) }
		switch p, err := policyFor(w, c); {
		case err != nil && !errors.Is(err, ErrNoRow):
			return 0, err
		case err != nil:
			continue
		case len(t.clocks) > 0:
			if err := t.goBy(p); err != nil {
				return 0, err
			}
		default:
			if err := t.begin(occasion{event: &Event{Kind: EventTicketMade}}); err != nil {
				return 0, err
			}
		}
		t.stand()
		if err := t.wait(); err != nil {
			return 0, err
		}
		was := c
		if err := t.save(d, w, by); err != nil {
			return 0, err
		}
		if was.DueAt.Equal(c.DueAt) && was.Due == c.Due {
			continue
		}
		changed++
		c.Version++
		if err := w.SaveConversation(c); err != nil {
			return 0, err
		}
	}
	return changed, nil
}
