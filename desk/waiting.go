package desk

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Waiting is a conversation nobody could be found for when it came. It is seen
// as unassigned like any other, and given to the first who can have it, those
// first whose customer waits longest.
type Waiting struct {
	Since        time.Time
	Conversation ConversationID
	Inbox        InboxID
	// Chain is what is gone along again.
	Chain []Choice
	// Without is who had it and did nothing, see [Silence]: it is not given to
	// him again by itself. 0 is nobody.
	Without UserID
}

// waitsSince is what the place among those who wait depends on.
func (c Conversation) waitsSince() time.Time {
	if c.Owed() {
		return c.WaitingSince
	}
	return c.LastAt
}

const (
	// drainPage is how many of those who wait are read at once, drainMost how
	// many are looked at in one transaction.
	drainPage = 100
	drainMost = 1000
)

// drain gives what waits to who can have it now, the longest waiting first.
// more says that there was too much for one transaction.
func (d *Desk) drain(w Writer) (more bool, err error) {
	var after Waiting
	hopeless := map[string]bool{}
	for looked := 0; looked < drainMost; looked += drainPage {
		page, err := w.Waiting(after, drainPage)
		if err != nil {
			return false, err
		}
		for _, wait := range page {
			after = wait
			key := fmt.Sprint(wait.Inbox, wait.Chain, wait.Without)
			if hopeless[key] {
				continue
			}
			if hopeless[key], err = d.retry(w, wait); err != nil {
				return false, err
			}
		}
		if len(page) < drainPage {
			return false, nil
		}
	}
	return true, nil
}

// retry goes along the chain of one that waits again. hopeless says that
// nobody was found, and that nobody will be for the next with this chain.
func (d *Desk) retry(w Writer, wait Waiting) (hopeless bool, err error) {
	c, err := w.Conversation(wait.Conversation)
	if errors.Is(err, ErrNoRow) {
		return false, w.DropWaiting(wait.Conversation)
	}
	if err != nil {
		return false, err
	}
	switch {
	case c.JoinedTo == 0 && c.Assignee == 0 && c.Place() == InSnoozed:
		return false, nil // it comes back into the queue by itself
	case c.JoinedTo != 0 || c.Assignee != 0 || c.Place() != InOpen || c.Inbox != wait.Inbox:
		return false, w.DropWaiting(c.ID)
	}
	found, err := d.find(w, c, wait.Chain, wait.Without)
	if err != nil {
		return false, err
	}
	if found.Waits {
		return c.Team == 0 && !found.personal(), nil
	}
	before := c.Assignment()
	if err := d.take(w, &c, found, connectorActor()); err != nil {
		return false, err
	}
	if err := d.given(w, &c, before, connectorActor()); err != nil {
		return false, err
	}
	c.Version++
	return false, w.SaveConversation(c)
}

// personal reports whether it depended on whose conversation it is.
func (r Routed) personal() bool {
	return slices.ContainsFunc(r.Steps, func(s RoutedStep) bool { return s.Kind != "" && !s.Kind.chooses() })
}

// frees reports whether somebody may be able to have more, now that these
// events have happened.
func frees(events []*Event) bool {
	return slices.ContainsFunc(events, func(e *Event) bool {
		switch e.Kind {
		case EventAssigned, EventClosed, EventSpam, EventQueued, EventSentOutside, EventJoined, EventUndone, EventAvailability,
			EventMemberAdded, EventMemberChanged, EventTeamJoined, EventUserEnabled, EventUserVerified, EventOwnerChanged,
			EventInboxSet, EventStrategySet:
			return true
		default:
			return false
		}
	})
}

// drainFreed gives what waits to those whom these events have freed, or shown
// to be back at work, in the transaction of the events.
func (d *Desk) drainFreed(w Writer, events []*Event) error {
	freed := frees(events)
	for i, e := range events {
		if e.Actor.Kind != ActorUser || i > 0 && events[i-1].Actor.User == e.Actor.User {
			continue
		}
		back, err := w.SaveSeen(e.Actor.User, e.At)
		if err != nil {
			return err
		}
		freed = freed || back
	}
	if !freed {
		return nil
	}
	return d.drainIfAny(w)
}

// seenAt notes that a user does something that leaves no event.
func (d *Desk) seenAt(w Writer, u UserID) error {
	if back, err := w.SaveSeen(u, d.now()); err != nil || !back {
		return err
	}
	return d.drainIfAny(w)
}

func (d *Desk) drainIfAny(w Writer) error {
	if any, err := w.AnyWaiting(); err != nil || !any {
		return err
	}
	_, err := d.drain(w)
	return err
}

// freedByTime is when the clock alone lets somebody have what waits: working
// hours that begin, an absence that is over. It is zero while nothing waits.
// All that was so when this process last looked is done.
func (d *Desk) freedByTime(r Reader, now time.Time) (time.Time, error) {
	if any, err := r.AnyWaiting(); err != nil || !any {
		return time.Time{}, err
	}
	d.mu.Lock()
	last := d.drained
	d.mu.Unlock()
	if last.IsZero() {
		return now, nil
	}
	return d.nextAvailable(r, last)
}

// drainTimed gives what waits to those for whom only time has passed.
func (d *Desk) drainTimed(w Writer, now time.Time) error {
	more, err := d.drain(w)
	if err == nil && !more {
		d.mu.Lock()
		d.drained = now
		d.mu.Unlock()
	}
	return err
}

// nextAvailable is when, after a moment, the clock alone lets the next user have
// more; zero when it lets nobody.
func (d *Desk) nextAvailable(r Reader, since time.Time) (time.Time, error) {
	var next time.Time
	all, err := r.AllAgents()
	if err != nil {
		return next, err
	}
	for _, a := range all {
		if _, until := d.free(a.Availability, since); a.Active() && !until.IsZero() && (next.IsZero() || until.Before(next)) {
			next = until
		}
	}
	return next, nil
}
