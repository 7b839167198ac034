package desk

import (
	"context"
	"errors"
)

// Assign gives conversations to a user, or to nobody with 0. The user must be
// one who may answer in the inbox of each. To take what nobody has and to give
// back what one has oneself, answering is right enough.
func (s *Seat) Assign(ctx context.Context, ids []ConversationID, to UserID) (Outcome, error) {
	return s.each(ctx, ids, func(w Writer, c *Conversation) (*Event, string, error) {
		if c.Assignee == to {
			return nil, "it is so already", nil
		}
		mine := to == 0 && c.Assignee == s.actor.User || to == s.actor.User && c.Assignee == 0
		if !mine {
			if err := s.mustMay(w, c.Inbox, RightAssign); err != nil {
				return nil, "", err
			}
		}
		if to != 0 {
			have, err := w.Rights(c.Inbox, to)
			if err != nil && !errors.Is(err, ErrNoRow) {
				return nil, "", err
			}
			if !have.Reply {
				return nil, "that person does not answer in this inbox", nil
			}
		}
		before := c.Assignee
		c.Assignee = to
		return s.event(EventAssigned, c.Inbox, c.ID, state(before), state(to)), "", nil
	})
}

// Take assigns conversations to the actor, as long as nobody has them: of two
// people who take at once one wins, and the other is told who.
func (s *Seat) Take(ctx context.Context, ids []ConversationID) (Outcome, error) {
	return s.each(ctx, ids, func(w Writer, c *Conversation) (*Event, string, error) {
		switch c.Assignee {
		case 0:
			if err := s.mustMay(w, c.Inbox, RightReply); err != nil {
				return nil, "", err
			}
		case s.actor.User:
			return nil, "you have it already", nil
		default:
			u, err := w.User(c.Assignee)
			if err != nil {
				return nil, "", err
			}
			return nil, u.Name + " has it", nil
		}
		c.Assignee = s.actor.User
		return s.event(EventAssigned, c.Inbox, c.ID, state(UserID(0)), state(s.actor.User)), "", nil
	})
}

// Assignable lists who may answer in all inboxes of the given conversations,
// the actor first.
func (s *Seat) Assignable(ctx context.Context, ids []ConversationID) ([]User, error) {
	var list []User
	err := s.d.store.Read(ctx, func(r Reader) error {
		seen := map[InboxID]bool{}
		in := map[UserID]int{}
		byID := map[UserID]User{}
		for _, id := range ids {
			c, err := s.mustSee(r, id)
			if err != nil {
				return err
			}
			if seen[c.Inbox] {
				continue
			}
			seen[c.Inbox] = true
			ms, err := r.Members(c.Inbox)
			if err != nil {
				return err
			}
			for _, m := range ms {
				if !m.Rights.Reply {
					continue
				}
				in[m.ID]++
				byID[m.ID] = m.User
			}
		}
		us, err := r.Users()
		if err != nil {
			return err
		}
		for _, u := range us {
			if in[u.ID] != len(seen) || in[u.ID] == 0 || !u.DisabledAt.IsZero() {
				continue
			}
			if u.ID == s.actor.User {
				list = append([]User{u}, list...)
			} else {
				list = append(list, u)
			}
		}
		return nil
	})
	return list, err
}
