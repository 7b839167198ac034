package desk

import (
	"context"
	"errors"
	"slices"
)

// Assign gives conversations to a user, who must be one that may answer in the
// inbox of each, or with 0 takes them from whoever has them. A team that has
// one keeps it when the user is of that team. To take what nobody has and to
// give back what one has oneself, answering is right enough.
func (s *Seat) Assign(ctx context.Context, ids []ConversationID, to UserID) (Outcome, error) {
	return s.Give(ctx, ids, Assignment{User: to})
}

// maxReason is how long the reason of an assignment may be, in bytes.
const maxReason = 500

// Give gives conversations to a team, to a user or to both (H3), and keeps the
// reason in the history (S200). A team must have somebody who may answer in the
// inbox of each. A user alone has it for the team that has it, if he is of it.
func (s *Seat) Give(ctx context.Context, ids []ConversationID, to Assignment) (Outcome, error) {
	to.Reason = oneLine(to.Reason)
	if len(to.Reason) > maxReason {
		return Outcome{}, invalid("REASON_TOO_LONG", "Write a note for more.", "The reason is longer than %d bytes.", maxReason)
	}
	return s.each(ctx, ids, func(w Writer, c *Conversation) (*Event, string, error) {
		want := to
		if to.User != 0 && to.Team == 0 && c.Team != 0 {
			in, err := isIn(w, c.Team, to.User)
			if err != nil {
				return nil, "", err
			}
			if in {
				want.Team = c.Team
			}
		}
		return s.give(w, c, want)
	})
}

// give changes who has a conversation.
func (s *Seat) give(w Writer, c *Conversation, to Assignment) (*Event, string, error) {
	before := c.Assignment()
	if before.to(to) {
		return nil, "it is so already", nil
	}
	mine := to.Team == 0 && to.User == 0 && c.Assignee == s.actor.User || to.User == s.actor.User && c.Assignee == 0 && (to.Team == 0 || to.Team == c.Team)
	if !mine {
		if err := s.mustMay(w, c.Inbox, RightAssign); err != nil {
			return nil, "", err
		}
	}
	if to.User != 0 {
		have, err := w.Rights(c.Inbox, to.User)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return nil, "", err
		}
		if !have.Reply {
			return nil, "that person does not answer in this inbox", nil
		}
	}
	if to.Team != 0 {
		teams, err := answeringTeams(w, c.Inbox)
		if err != nil {
			return nil, "", err
		}
		if _, ok := teams[to.Team]; !ok {
			return nil, "nobody of that team answers in this inbox", nil
		}
	}
	c.Team, c.Assignee = to.Team, to.User
	return s.event(EventAssigned, c.Inbox, c.ID, state(before), state(to)), "", nil
}

// answeringTeams are the teams of which somebody may answer in an inbox.
func answeringTeams(r Reader, in InboxID) (map[TeamID]Team, error) {
	teams, err := r.Teams()
	if err != nil || len(teams) == 0 {
		return nil, err
	}
	members, err := r.Members(in)
	if err != nil {
		return nil, err
	}
	found := map[TeamID]Team{}
	for _, t := range teams {
		users, err := r.TeamMembers(t.ID)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(users, func(u User) bool {
			return slices.ContainsFunc(members, func(m Member) bool { return m.ID == u.ID && m.Rights.Reply })
		}) {
			found[t.ID] = t
		}
	}
	return found, nil
}

// Take assigns conversations to the actor, as long as nobody has them or only a
// team: of two people who take at once one wins, and the other is told who.
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
		before := c.Assignment()
		c.Assignee = s.actor.User
		return s.event(EventAssigned, c.Inbox, c.ID, state(before), state(c.Assignment())), "", nil
	})
}

// Assignable lists who may answer in all inboxes of the given conversations,
// the actor first.
func (s *Seat) Assignable(ctx context.Context, ids []ConversationID) ([]User, error) {
	var list []User
	err := s.d.store.Read(ctx, func(r Reader) error {
		inboxes, err := s.inboxesOf(r, ids)
		if err != nil {
			return err
		}
		in := map[UserID]int{}
		for _, inbox := range inboxes {
			ms, err := r.Members(inbox)
			if err != nil {
				return err
			}
			for _, m := range ms {
				if m.Rights.Reply {
					in[m.ID]++
				}
			}
		}
		us, err := r.Users()
		if err != nil {
			return err
		}
		for _, u := range us {
			if in[u.ID] != len(inboxes) || in[u.ID] == 0 || !u.DisabledAt.IsZero() {
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

// inboxesOf are the inboxes in which conversations lie, each once. The actor must
// see them.
func (s *Seat) inboxesOf(r Reader, ids []ConversationID) ([]InboxID, error) {
	var list []InboxID
	for _, id := range ids {
		c, err := s.mustSee(r, id)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(list, c.Inbox) {
			list = append(list, c.Inbox)
		}
	}
	return list, nil
}

// AssignableTeams lists the teams of which somebody may answer, in all inboxes
// of the given conversations, by name.
func (s *Seat) AssignableTeams(ctx context.Context, ids []ConversationID) ([]Team, error) {
	var list []Team
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		if list, err = r.Teams(); err != nil {
			return err
		}
		inboxes, err := s.inboxesOf(r, ids)
		if err != nil {
			return err
		}
		for _, inbox := range inboxes {
			teams, err := answeringTeams(r, inbox)
			if err != nil {
				return err
			}
			list = slices.DeleteFunc(list, func(t Team) bool { return teams[t.ID].ID == 0 })
		}
		return nil
	})
	return list, err
}
