package desk

import (
	"context"
	"time"
)

// Outcome is what became of an action on several conversations.
type Outcome struct {
	// Done are the conversations that changed.
	Done []ConversationID
	// Skipped are those that did not, each with the reason in a sentence.
	Skipped []Skipped
	// Batch is what [Seat.Undo] takes back; empty when nothing changed.
	Batch string
	// Said are sentences about what was done besides conversations.
	Said []string
}

// Skipped is a conversation an action left alone, and why.
type Skipped struct {
	ID     ConversationID
	Reason string
}

// each runs an action on every conversation in one transaction and one batch.
// change returns the event to journal, or a reason to skip, or neither when
// there is nothing to do. The actor must do the work of each inbox.
func (s *Seat) each(ctx context.Context, ids []ConversationID, change func(Writer, *Conversation) (*Event, string, error)) (Outcome, error) {
	return s.eachIn(ctx, ids, func(w Writer, c *Conversation, batch string) (bool, string, error) {
		ev, reason, err := change(w, c)
		if err != nil || ev == nil {
			return false, reason, err
		}
		ev.Batch = batch
		return true, "", s.d.tell(w, c, ev)
	})
}

// eachIn is [Seat.each] for an action that journals itself what it does, in the
// batch, and says whether it has.
func (s *Seat) eachIn(ctx context.Context, ids []ConversationID, change func(w Writer, c *Conversation, batch string) (done bool, reason string, err error)) (Outcome, error) {
	var out Outcome
	err := s.write(ctx, func(w Writer) error {
		out = Outcome{}
		batch := s.d.newBatch()
		seen := map[ConversationID]bool{}
		for _, id := range ids {
			c, err := s.mustSee(w, id)
			if err == nil && seen[c.ID] {
				continue // named twice, perhaps by the number it had before it joined
			}
			seen[c.ID] = true
			if err != nil {
				if KindOf(err) == NotFound && len(ids) > 1 {
					out.Skipped = append(out.Skipped, Skipped{id, err.Error()})
					continue
				}
				return err
			}
			if err := s.mustMay(w, c.Inbox, RightReply, RightAssign); err != nil {
				return err
			}
			c.Version++
			c.Touched = true
			done, reason, err := change(w, &c, batch)
			if err != nil {
				return err
			}
			if !done {
				if reason != "" {
					out.Skipped = append(out.Skipped, Skipped{c.ID, reason})
				}
				continue
			}
			if err := w.SaveConversation(c); err != nil {
				return err
			}
			out.Done = append(out.Done, c.ID)
			out.Batch = batch
		}
		return nil
	})
	return out, err
}

// Close closes conversations.
func (s *Seat) Close(ctx context.Context, ids []ConversationID) (Outcome, error) {
	return s.setStatus(ctx, ids, Closed, EventClosed)
}

// Reopen opens closed conversations again; a snooze of theirs ends with it.
func (s *Seat) Reopen(ctx context.Context, ids []ConversationID) (Outcome, error) {
	return s.setStatus(ctx, ids, Open, EventReopened)
}

func (s *Seat) setStatus(ctx context.Context, ids []ConversationID, to Status, kind EventKind) (Outcome, error) {
	return s.each(ctx, ids, func(w Writer, c *Conversation) (*Event, string, error) {
		if c.Status == to {
			return nil, "it is " + string(to) + " already", nil
		}
		before := c.Status
		if to == Open {
			c.SnoozedUntil = time.Time{}
		}
		if err := s.d.turnTo(w, c, to, s.actor); err != nil {
			return nil, "", err
		}
		return s.event(kind, c.Inbox, c.ID, state(before), state(to)), "", nil
	})
}

// MarkRead notes that the actor has read the conversation as it stands. It is
// his own matter: no event, no new version.
func (s *Seat) MarkRead(ctx context.Context, id ConversationID, upTo MessageID) error {
	return s.write(ctx, func(w Writer) error {
		c, err := s.mustSee(w, id)
		if err != nil {
			return err
		}
		if err := w.MarkRead(s.actor.User, c.ID, upTo); err != nil {
			return err
		}
		if err := w.SaveVisit(Visit{s.actor.User, c.Inbox, s.d.now()}); err != nil {
			return err
		}
		return s.d.seenAt(w, s.actor.User)
	})
}
