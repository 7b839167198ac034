package desk

import (
	"context"
	"fmt"
)

// AssignBy lets a strategy find who gets conversations, within the team that
// has them or is given. What it finds nobody for waits, and says so.
func (s *Seat) AssignBy(ctx context.Context, ids []ConversationID, strategy string, team TeamID) (Outcome, error) {
	var waits []ConversationID
	out, err := s.each(ctx, ids, func(w Writer, c *Conversation) (*Event, string, error) {
		if err := s.mustMay(w, c.Inbox, RightAssign); err != nil {
			return nil, "", err
		}
		st, err := strategyNamed(w, strategy)
		if err != nil {
			return nil, "", err
		}
		if team != 0 {
			outside, err := teamOutside(w, c.Inbox, Choice{ToTeamQueue, int64(team)})
			if err != nil {
				return nil, "", err
			}
			if len(outside) > 0 {
				return nil, "nobody of that team answers in this inbox", nil
			}
		}
		if c.Assignee != 0 {
			return nil, "somebody has it already", nil
		}
		before := c.Assignment()
		if team != 0 {
			c.Team = team
		}
		found, err := s.d.search(w, c, Routing(st.ID).chain(), s.actor)
		if err != nil {
			return nil, "", err
		}
		if found.Waits {
			waits = append(waits, c.ID)
		}
		if before.to(c.Assignment()) {
			return nil, "nobody can have it now: it is given to the first who can", nil
		}
		return s.d.assignedEvent(*c, before, c.Assignment(), s.actor), "", nil
	})
	if n := len(waits); err == nil && n > 0 {
		out.Said = append(out.Said, fmt.Sprintf("%d %s for the first who can have it.", n, plural(n, "waits", "wait")))
	}
	return out, err
}
