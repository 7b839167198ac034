package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// A conversation goes to another inbox with all that is in it and its ticket
// (H32): the number, stage, clocks, tags and priority stay. Who had it and does
// not answer there has it no more. Who saw it only by the inbox it was in sees
// it no more. A mail that answers it lands in it, whichever of the inboxes it
// comes to. The stored mails stay what the account of the old inbox has
// fetched: nothing is fetched twice, and the server's mailbox is left alone.

// Moved is what the journal keeps of a move.
type Moved struct {
	Inbox InboxID `json:"inbox"`
	Name  string  `json:"name"`
}

// Move takes conversations to another shared inbox in which the actor works.
// One with a mail on its way out stays: the server of its inbox has to take it.
func (s *Seat) Move(ctx context.Context, ids []ConversationID, inbox string) (Outcome, error) {
	var said []string
	out, err := s.eachIn(ctx, ids, func(w Writer, c *Conversation, batch string) (bool, string, error) {
		had := c.Assignment()
		was, err := policyGoneBy(w, c.ID)
		if err != nil {
			return false, "", err
		}
		reason, err := s.moveTo(w, c, inbox, batch)
		if err != nil || reason != "" {
			return false, reason, err
		}
		if !had.to(c.Assignment()) {
			said = append(said, fmt.Sprintf("#%d: %s", c.ID, c.Assignment().left(had)))
		}
		is, err := policyGoneBy(w, c.ID)
		if is.Line != was.Line {
			said = append(said, fmt.Sprintf("#%d: %s", c.ID, c.promised(is)))
		}
		return err == nil, "", err
	})
	out.Said = said
	return out, err
}

// policyGoneBy is the policy of the clocks of a ticket that run; the zero one
// where none does.
func policyGoneBy(r Reader, id ConversationID) (Policy, error) {
	list, err := r.Clocks(id)
	if at := slices.IndexFunc(list, Clock.Runs); err == nil && at >= 0 {
		return r.Policy(list[at].Policy)
	}
	return Policy{}, err
}

// promised says what a ticket is due by under another policy.
func (c Conversation) promised(p Policy) string {
	if p.ID == 0 {
		return "none of its clocks runs there."
	}
	text := fmt.Sprintf("its clocks go by the policy %q there", p.Name)
	if c.DueAt.IsZero() {
		return text + "; nothing of it is due now."
	}
	return fmt.Sprintf("%s: %s due %s.", text, c.Due, c.DueAt.UTC().Format("2006-01-02 15:04 UTC"))
}

// left says who has a conversation after a move no more, and who still has it.
func (a Assignment) left(had Assignment) string {
	switch {
	case a.Team != 0:
		return "who had it does not answer there, so only the team has it."
	case a.User != 0:
		return "nobody of the team that had it answers there, so only the person has it."
	case had.User == 0:
		return "nobody of the team that had it answers there, so nobody has it."
	default:
		return "who had it does not answer there, so nobody has it."
	}
}

// moveTo moves one conversation. The caller keeps the row.
func (s *Seat) moveTo(w Writer, c *Conversation, inbox string, batch string) (reason string, err error) {
	to, err := s.mustSeeInbox(w, inbox)
	if err != nil {
		return "", err
	}
	if err := s.mustMay(w, to.ID, RightReply, RightAssign); err != nil {
		return "", err
	}
	if to.ID == c.Inbox {
		return "it is there already", nil
	}
	if to.Kind != Shared {
		return "", conflict("PERSONAL", "Name a shared inbox.", "%q is a personal inbox, and takes in no conversation of another one.", to.Name)
	}
	if waits, err := w.Leaving(c.ID); err != nil || waits {
		return "a mail of it is on its way out; see postroom outbox list", err
	}
	return "", s.resettle(w, c, to, batch)
}

// resettle moves a conversation, and tells it in both inboxes.
func (s *Seat) resettle(w Writer, c *Conversation, to Inbox, batch string) error {
	from, err := w.Inbox(c.Inbox)
	if err != nil {
		return err
	}
	// The journal of each of the two has it: who looks at the one sees it go,
	// who looks at the other sees it come.
	gone := s.event(EventMovedAway, from.ID, 0, nil, state(fmt.Sprintf("#%d", c.ID)))
	if err := w.Append(gone); err != nil {
		return err
	}
	t, err := tripOf(w, from, to, batch)
	if err != nil {
		return err
	}
	return s.travel(w, c, t)
}

// trip is the way of conversations from one inbox to another.
type trip struct {
	from, to Inbox
	// before and after are the [Moved] of both, made once for all of them.
	before, after json.RawMessage
	batch         string
	// teams are those of which somebody answers in the inbox it leads to.
	teams map[TeamID]Team
}

func tripOf(r Reader, from, to Inbox, batch string) (trip, error) {
	t := trip{from: from, to: to, before: state(Moved{from.ID, from.Name}), after: state(Moved{to.ID, to.Name}), batch: batch}
	var err error
	t.teams, err = answeringTeams(r, to.ID)
	return t, err
}

// travel moves a conversation with all that is in it.
func (s *Seat) travel(w Writer, c *Conversation, t trip) error {
	if err := w.Rehome(c.ID, t.from.ID, t.to.ID); err != nil {
		return err
	}
	return s.arrive(w, c, t)
}

// arrive is the end of the way, when what is in the conversation is there: its
// event, and that it is taken from whom it must.
func (s *Seat) arrive(w Writer, c *Conversation, t trip) error {
	c.Inbox = t.to.ID
	came := s.event(EventMoved, t.to.ID, c.ID, t.before, t.after)
	came.Batch = t.batch
	if err := s.handBack(w, c, t); err != nil {
		return err
	}
	return s.d.tell(w, c, came)
}

// handBack takes a conversation from the user who may not answer in its inbox,
// and from the team of which nobody may.
func (s *Seat) handBack(w Writer, c *Conversation, t trip) error {
	had := c.Assignment()
	if had.User != 0 {
		have, err := w.Rights(c.Inbox, had.User)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		if !have.Reply {
			c.Assignee = 0
		}
	}
	if _, ok := t.teams[had.Team]; !ok {
		c.Team = 0
	}
	if had.to(c.Assignment()) {
		return nil
	}
	ev := s.event(EventAssigned, c.Inbox, c.ID, state(had), state(c.Assignment()))
	ev.Batch = t.batch
	return w.Append(ev)
}

// unmove takes a conversation back to the inbox it was in.
func (s *Seat) unmove(w Writer, c Conversation, ev Event, batch string) (reason string, err error) {
	var before, after Moved
	if err := errors.Join(json.Unmarshal(ev.Before, &before), json.Unmarshal(ev.After, &after)); err != nil {
		return "", err
	}
	if c.Inbox != after.Inbox {
		return "it has been moved again since", nil
	}
	to, err := w.Inbox(before.Inbox)
	if err != nil || to.JoinedTo != 0 {
		return fmt.Sprintf("the inbox %q has gone into another one since", to.Name), err
	}
	if may, err := s.may(w, to.ID, RightReply, RightAssign); KindOf(err) == NotFound && err != nil || err == nil && !may {
		return "you do not work any more where it was", nil
	} else if err != nil {
		return "", err
	}
	if waits, err := w.Leaving(c.ID); err != nil || waits {
		return "a mail of it is on its way out", err
	}
	if err := w.Rehome(c.ID, c.Inbox, to.ID); err != nil {
		return "", err
	}
	gone := s.event(EventMovedAway, c.Inbox, 0, nil, state(fmt.Sprintf("#%d", c.ID)))
	c.Inbox = to.ID
	c.Version++
	undo := s.event(EventUndone, c.Inbox, c.ID, ev.After, ev.Before)
	undo.Batch = batch
	return "", errors.Join(w.Append(gone), s.d.tell(w, &c, undo), w.SaveConversation(c))
}

// MoveEffect is what moving conversations to another inbox would do.
type MoveEffect struct {
	Outcome
	// Sees are those who see the inbox it would go to, by login; Loses those
	// who would not see the conversations any more.
	Sees, Loses []User
}

// PreviewMove says what [Seat.Move] would do, and changes nothing.
func (s *Seat) PreviewMove(ctx context.Context, ids []ConversationID, inbox string) (MoveEffect, error) {
	var e MoveEffect
	err := s.d.store.Read(ctx, func(r Reader) error {
		to, err := s.mustSeeInbox(r, inbox)
		if err != nil {
			return err
		}
		there := map[UserID]bool{}
		if e.Sees, err = seers(r, to.ID); err != nil {
			return err
		}
		for _, u := range e.Sees {
			there[u.ID] = true
		}
		seen := map[InboxID]bool{to.ID: true}
		for _, id := range ids {
			c, err := s.mustSee(r, id)
			if err != nil || seen[c.Inbox] {
				return err
			}
			seen[c.Inbox] = true
			here, err := seers(r, c.Inbox)
			if err != nil {
				return err
			}
			for _, u := range here {
				if !there[u.ID] {
					there[u.ID] = true
					e.Loses = append(e.Loses, u)
				}
			}
		}
		return nil
	})
	if err != nil {
		return e, err
	}
	e.Outcome, err = s.Move(Rehearse(ctx), ids, inbox)
	e.Batch = ""
	return e, err
}

// seers are the users who see what is in an inbox.
func seers(r Reader, in InboxID) ([]User, error) {
	members, err := r.Members(in)
	var list []User
	for _, m := range members {
		list = append(list, m.User)
	}
	return list, err
}
