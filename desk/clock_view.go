package desk

import (
	"context"
	"slices"
)

// ClockView is a clock of a ticket with what it goes by, in words.
type ClockView struct {
	Clock
	State ClockState
	// Policy is its policy's name and Version which one of that; Calendar is
	// empty for one that is counted around the clock.
	Policy          string
	Version         int
	Calendar        string
	CalendarVersion int
}

// Clocks are the clocks of a ticket, in the order of [ClockKinds]; none for a
// conversation that is no ticket, or for which no policy counts. Of the next
// response there is the newest.
func (s *Seat) Clocks(ctx context.Context, id ConversationID) ([]ClockView, error) {
	var list []ClockView
	err := s.d.store.Read(ctx, func(r Reader) error {
		list = nil
		c, err := s.mustSee(r, id)
		if err != nil {
			return err
		}
		clocks, err := r.Clocks(c.ID)
		for _, k := range clocks {
			p, err := r.Policy(k.Policy)
			if err != nil {
				return err
			}
			v := ClockView{Clock: k, State: k.State(s.d.now()), Policy: p.Name, Version: p.Version}
			if k.Calendar != 0 {
				hours, err := r.Calendar(k.Calendar)
				if err != nil {
					return err
				}
				v.Calendar, v.CalendarVersion = hours.Name, hours.Version
			}
			list = append(list, v)
		}
		slices.SortFunc(list, func(a, b ClockView) int {
			return slices.Index(ClockKinds(), a.Kind) - slices.Index(ClockKinds(), b.Kind)
		})
		return err
	})
	return list, err
}
