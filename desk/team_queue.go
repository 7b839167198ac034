package desk

import (
	"context"
	"slices"
)

// TeamQueue is a team with how many open conversations it has that none of its
// people has taken.
type TeamQueue struct {
	Team
	Open int
}

// TeamQueues are the teams the actor is in, and those that have something in the
// inboxes he works in; by name. Their numbers are of these inboxes.
func (s *Seat) TeamQueues(ctx context.Context) ([]TeamQueue, error) {
	var list []TeamQueue
	err := s.d.store.Read(ctx, func(r Reader) error {
		list = nil
		counts, err := r.TeamCounts(s.actor.User)
		if err != nil {
			return err
		}
		mine, err := r.TeamsOf(s.actor.User)
		if err != nil {
			return err
		}
		teams, err := r.Teams()
		for _, t := range teams {
			if counts[t.ID] > 0 || slices.Contains(mine, t.ID) {
				list = append(list, TeamQueue{t, counts[t.ID]})
			}
		}
		return err
	})
	return list, err
}
