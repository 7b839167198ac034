package desk

import (
	"context"
	"encoding/json"
	"time"
)

// RuleVersion is a rule as it was from a time on.
type RuleVersion struct {
	Edition Edition
	At      time.Time
	Change  RuleChangeKind
	// Who changed it.
	Who  string
	Text RuleText
}

// RuleHistory lists the versions of a rule, oldest first.
func (s *Seat) RuleHistory(ctx context.Context, name string) ([]RuleVersion, error) {
	var list []RuleVersion
	err := s.d.store.Read(ctx, func(r Reader) error {
		list = list[:0]
		rule, err := s.ruleNamed(r, name)
		if err != nil {
			return err
		}
		changes, err := r.RuleChanges(rule.ID, 0)
		if err != nil {
			return err
		}
		for _, c := range changes {
			var kept keptRule
			if err := json.Unmarshal(c.Data, &kept); err != nil {
				return err
			}
			v := RuleVersion{Edition: c.Edition, At: c.At, Change: c.Change, Text: kept.RuleText}
			if u, err := r.User(c.Actor.User); err == nil {
				v.Who = u.Name
			} else {
				v.Who = c.Actor.Login
			}
			list = append(list, v)
		}
		return nil
	})
	return list, err
}
