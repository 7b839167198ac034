package desk

import (
	"context"
	"slices"
	"strings"
	"time"
)

// maxAbsences is how many absences can be planned at once: a year of weeks.
const maxAbsences = 60

// PlanAbsence keeps a user from being given anything from one time until
// another; a zero From is now. With both zero what was planned is forgotten.
func (s *Seat) PlanAbsence(ctx context.Context, login string, off Absence) (Standby, error) {
	return s.plan(ctx, login, func(u User, a *Availability) error {
		if off.From.IsZero() && off.Until.IsZero() {
			a.Off = nil
			return nil
		}
		now := s.d.now()
		if off.From.IsZero() {
			off.From = now
		}
		off.From, off.Until = off.From.Truncate(time.Millisecond).UTC(), off.Until.Truncate(time.Millisecond).UTC()
		switch {
		case !off.Until.After(off.From):
			return invalid("BAD_TIME", "Give an end behind the beginning, like: --until 2026-08-15", "The absence would end before it begins.")
		case !off.Until.After(now):
			return invalid("BAD_TIME", "Give an end that is still to come.", "The absence would be over already.")
		case len(a.Off) >= maxAbsences:
			return conflict("TOO_MANY", "Forget them with: "+command("user", "away", u.Login, "--none"), "%s has %d absences planned already.", u.Name, len(a.Off))
		}
		a.Off = append(a.Off, off)
		slices.SortFunc(a.Off, func(x, y Absence) int { return x.From.Compare(y.From) })
		return nil
	})
}

// ReadAbsence reads an absence as people write it, as a planned one of the user:
// a date, which is its first moment, tomorrow or fri, with a time of day behind
// it or without, or how long from now, in the time zone he works in, UTC where
// none was said. A beginning or an end that is empty stays zero. login is empty
// for the actor.
func (s *Seat) ReadAbsence(ctx context.Context, login, from, until string) (Absence, error) {
	var off Absence
	err := s.d.store.Read(ctx, func(r Reader) error {
		zone, err := s.zoneOf(r, login)
		if err != nil {
			return err
		}
		now := s.d.now().In(zone)
		if off.From, err = absenceAt(from, now); err == nil {
			off.Until, err = absenceAt(until, now)
		}
		return err
	})
	return off, err
}

// zoneOf is the time zone a user works in.
func (s *Seat) zoneOf(r Reader, login string) (*time.Location, error) {
	id := s.actor.User
	if login != "" {
		u, err := named(r, login)
		if err != nil {
			return nil, err
		}
		id = u.ID
	}
	a, err := r.Availability(id)
	if err != nil {
		return nil, err
	}
	if c := s.d.calendarOf(a.Hours); len(a.Hours.Hours) > 0 && c != nil {
		return c.Zone(), nil
	}
	return time.UTC, nil
}

// absenceAt reads one end of an absence. Unlike a time to wait for it may be
// over, and a day begins at midnight.
func absenceAt(text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, nil
	}
	if when, ok := whenOf(text, now, 0); ok {
		return when, nil
	}
	if d, err := time.ParseDuration(text); err == nil {
		return now.Add(d), nil
	}
	for _, layout := range []string{"2006-01-02T15:04", time.RFC3339} {
		if at, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return at, nil
		}
	}
	return time.Time{}, invalid("BAD_TIME", "Write it like 2026-08-15, 2026-08-15T14:00, mon 9:00 or 2h.", "%q is no time.", Snippet(text, 40))
}
