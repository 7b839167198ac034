package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Split takes a message or note and all behind it out of a conversation into
// one of its own, with a number of its own, in the same inbox. It has the same
// customer, tags, priority and people, and is a ticket in the same stage if
// that was one. The two are linked.
func (s *Seat) Split(ctx context.Context, id ConversationID, at MessageID) (Outcome, error) {
	var out Outcome
	err := s.write(ctx, func(w Writer) error {
		out = Outcome{}
		c, err := s.mustSee(w, id)
		if err != nil {
			return err
		}
		if err := s.mustMay(w, c.Inbox, RightReply, RightAssign); err != nil {
			return err
		}
		items, err := w.Items(c.ID)
		if err != nil {
			return err
		}
		from := slices.Index(items, at)
		if from < 0 {
			return notFound("NO_SUCH_MESSAGE", fmt.Sprintf("See its messages with: postroom conversation show %d --json", c.ID), "#%d has no message %d.", c.ID, at)
		}
		if from == 0 {
			return conflict("NOTHING_LEFT", "Name a later message.", "That is the first one of #%d: nothing would be left there.", c.ID)
		}
		out.Batch = s.d.newBatch()
		other, err := s.splitOff(w, &c, items[from:], out.Batch)
		if err != nil {
			return err
		}
		out.Done = []ConversationID{other.ID}
		out.Said = []string{fmt.Sprintf("#%d has %d message%s of #%d.", other.ID, len(items)-from, plural(len(items)-from, "", "s"), c.ID)}
		return nil
	})
	return out, err
}

// splitOff makes the new conversation.
func (s *Seat) splitOff(w Writer, c *Conversation, items []MessageID, batch string) (Conversation, error) {
	id, err := w.NextConversationID()
	if err != nil {
		return Conversation{}, err
	}
	other := *c
	other.ID, other.RelatedTo, other.CreatedAt, other.Version = id, c.ID, s.d.now(), 1
	other.Ticket, other.Stage, other.LastIn, other.Touched = 0, 0, 0, true
	other.Tags = slices.Clone(c.Tags)
	if c.Ticket != 0 {
		t, err := w.Ticket(c.ID)
		if err != nil {
			return other, err
		}
		t.Conversation, t.FollowUp, t.MadeAt = id, 0, s.d.now()
		other.Ticket, other.Stage = TicketID(id), c.Stage
		if err := w.SaveTicket(t); err != nil {
			return other, err
		}
	}
	if err := w.AddConversation(other); err != nil {
		return other, err
	}
	if err := s.shift(w, c, &other, items, nil); err != nil {
		return other, err
	}
	if c.LastIn >= items[0] {
		other.LastIn = c.LastIn
		if c.LastIn, err = lastIn(w, c.ID); err != nil {
			return other, err
		}
	}
	c.Version++
	c.Touched = true
	ev := s.event(EventSplit, c.Inbox, c.ID, nil, state(Union{Other: id, Items: items}))
	ev.Batch = batch
	if err := s.d.tell(w, c, ev); err != nil {
		return other, err
	}
	now := s.d.now()
	return other, errors.Join(w.SaveConversation(*c), w.SaveConversation(other), w.WantMirror(c.ID, MoveAlong, now), w.WantMirror(id, MoveAlong, now))
}

// lastIn is the newest message from outside; 0 for none.
func lastIn(r Reader, c ConversationID) (MessageID, error) {
	mails, err := r.Mails(c)
	for _, m := range slices.Backward(mails) {
		if m.Direction == In {
			return m.ID, err
		}
	}
	return 0, err
}

// unsplit puts back what was split off, with what has come there since.
func (s *Seat) unsplit(w Writer, c Conversation, ev Event, batch string) (said []string, reason string, err error) {
	var u Union
	if err := json.Unmarshal(ev.After, &u); err != nil {
		return nil, "", err
	}
	other, err := w.Conversation(u.Other)
	if err != nil {
		return nil, "", err
	}
	switch {
	case other.JoinedTo != 0:
		return nil, fmt.Sprintf("#%d was merged into another one since", other.ID), nil
	case other.Inbox != c.Inbox:
		return nil, fmt.Sprintf("#%d is in another inbox since", other.ID), nil
	}
	items, err := w.Items(other.ID)
	if err != nil {
		return nil, "", err
	}
	if more := len(items) - len(u.Items); more > 0 {
		said = append(said, fmt.Sprintf("%d message%s of #%d that came since went along.", more, plural(more, "", "s"), other.ID))
	}
	if err := s.d.unite(w, other, &c, s.actor); err != nil {
		return nil, "", err
	}
	c.Version++
	undo := s.event(EventUndone, c.Inbox, c.ID, nil, state(ev.Kind))
	undo.Batch = batch
	return said, "", errors.Join(w.SaveConversation(c), w.MoveDrafts(other.ID, c.ID), w.WantMirror(c.ID, MoveAlong, s.d.now()), w.Append(undo))
}
