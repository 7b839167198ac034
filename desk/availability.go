package desk

import (
	"context"
	"errors"
	"slices"
	"time"
)

// AvailabilitySet is what the journal keeps of a change of somebody's
// availability, in the words in which it is shown.
type AvailabilitySet struct {
	User     string    `json:"user"`
	Away     bool      `json:"away"`
	Off      []Absence `json:"off,omitempty"`
	Hours    string    `json:"hours,omitempty"`
	Zone     string    `json:"zone,omitempty"`
	Idle     string    `json:"idle,omitempty"`
	Capacity int       `json:"capacity,omitempty"`
	Share    int       `json:"share,omitempty"`
}

func (a Availability) set(login string) AvailabilitySet {
	v := AvailabilitySet{User: login, Away: a.Away, Off: a.Off, Hours: HoursText(a.Hours), Zone: a.Hours.Timezone, Capacity: a.Capacity, Share: a.Share}
	if a.Idle > 0 {
		v.Idle = a.Idle.String()
	}
	return v
}

// Standby is how a user stands to being given work.
type Standby struct {
	User         User
	Availability Availability
	// Why he can be given nothing now, and until when as far as the clock alone
	// ends it; "" when he can.
	Why   Skip
	Until time.Time
	// SetBy is who has set him away, when it was not he.
	SetBy string
	// Load is how many conversations need his answer, see [Agent]; -1 where it
	// is not the viewer's to know.
	Load int
	// May says that the viewer may change it.
	May bool
}

// Standbys are all active users and how each stands, by login. How much
// somebody has is told to himself and to admins: it counts inboxes that others
// do not see.
func (s *Seat) Standbys(ctx context.Context) ([]Standby, error) {
	var list []Standby
	err := s.d.store.Read(ctx, func(r Reader) error {
		list = list[:0]
		all, err := r.AllAgents()
		if err != nil {
			return err
		}
		for _, a := range all {
			if !a.Active() {
				continue
			}
			b, err := s.standby(r, a)
			if err != nil {
				return err
			}
			list = append(list, b)
		}
		return nil
	})
	return list, err
}

// Standby is how the actor stands himself.
func (s *Seat) Standby(ctx context.Context) (Standby, error) {
	var b Standby
	err := s.d.store.Read(ctx, func(r Reader) error {
		a, err := r.Agent(s.actor.User, 0)
		if err != nil {
			return err
		}
		b, err = s.standby(r, a)
		return err
	})
	return b, err
}

func (s *Seat) standby(r Reader, a Agent) (Standby, error) {
	b := Standby{User: a.User, Availability: a.Availability, Load: a.Load}
	now := s.d.now()
	b.Why, b.Until = s.d.free(a.Availability, now)
	if b.Why == "" && a.Availability.Capacity > 0 && a.Load >= a.Availability.Capacity {
		b.Why = SkipFull
	}
	if by := a.Availability.AwayBy; a.Availability.Away && by != a.ID {
		u, err := r.User(by)
		if err != nil {
			return b, err
		}
		b.SetBy = u.Name
	}
	me, err := r.User(s.actor.User)
	if err != nil {
		return b, err
	}
	if a.ID != me.ID && !me.Admin() {
		b.Load = -1
	}
	b.May, err = s.mayPlan(r, a.User)
	return b, err
}

// mayPlan reports whether the actor may say when a user works: his own, an
// admin everybody's, and who may configure a shared inbox the user answers in.
func (s *Seat) mayPlan(r Reader, u User) (bool, error) {
	if u.ID == s.actor.User {
		return true, nil
	}
	me, err := r.User(s.actor.User)
	if err != nil || me.Admin() {
		return err == nil, err
	}
	inboxes, err := r.Inboxes()
	if err != nil {
		return false, err
	}
	for _, in := range inboxes {
		if in.Kind != Shared {
			continue
		}
		mine, err := r.Rights(in.ID, s.actor.User)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return false, err
		}
		his, err := r.Rights(in.ID, u.ID)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return false, err
		}
		if mine.Configure && his.Reply {
			return true, nil
		}
	}
	return false, nil
}

// plan changes the availability of a user: of the actor where login is empty.
func (s *Seat) plan(ctx context.Context, login string, change func(User, *Availability) error) (Standby, error) {
	var b Standby
	err := s.write(ctx, func(w Writer) error {
		u, err := w.User(s.actor.User)
		if login != "" {
			u, err = named(w, login)
		}
		if err != nil {
			return err
		}
		if ok, err := s.mayPlan(w, u); err != nil || !ok {
			return errors.Join(err, denied("Ask an admin, or who configures an inbox of theirs.", "You may not say when %s works.", u.Name))
		}
		a, err := w.Availability(u.ID)
		if err != nil {
			return err
		}
		before := a.set(u.Login)
		now := s.d.now()
		a.Off = slices.DeleteFunc(slices.Clone(a.Off), func(o Absence) bool { return !o.Until.After(now) })
		if err := change(u, &a); err != nil {
			return err
		}
		if err := w.SaveAvailability(a); err != nil {
			return err
		}
		agent, err := w.Agent(u.ID, 0)
		if err != nil {
			return err
		}
		if b, err = s.standby(w, agent); err != nil {
			return err
		}
		return w.Append(s.setup(EventAvailability, 0, state(before), state(a.set(u.Login))))
	})
	return b, err
}

// SetAway says that a user is away until it is taken back: nothing is given to
// him by itself any more. What he has stays his (H12). Who is set away by
// somebody else is told, and can take it back himself (H13). login is empty for
// the actor.
func (s *Seat) SetAway(ctx context.Context, login string) (Standby, error) {
	return s.plan(ctx, login, func(_ User, a *Availability) error {
		if !a.Away {
			a.Away, a.AwayBy, a.AwaySince = true, s.actor.User, s.d.now()
		}
		return nil
	})
}

// SetAvailable takes back that a user is away, and ends an absence that has
// begun. Those that are planned for later stay.
func (s *Seat) SetAvailable(ctx context.Context, login string) (Standby, error) {
	return s.plan(ctx, login, func(_ User, a *Availability) error {
		a.Away, a.AwayBy, a.AwaySince = false, 0, time.Time{}
		now := s.d.now()
		a.Off = slices.DeleteFunc(a.Off, func(o Absence) bool { return !o.From.After(now) })
		if a.SeenAt.Before(now) {
			a.SeenAt = now
		}
		return nil
	})
}

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

// Working is when somebody works, as it is written.
type Working struct {
	// Hours are like "mon-fri 09:00-17:00" in Zone; empty for always.
	Hours, Zone string
	// Idle is how long he may do nothing before nothing more is given to him; 0
	// is for ever.
	Idle time.Duration
}

// SetWorking says when a user works by the week.
func (s *Seat) SetWorking(ctx context.Context, login string, set Working) (Standby, error) {
	return s.plan(ctx, login, func(_ User, a *Availability) error {
		if set.Idle != 0 && set.Idle < time.Minute || set.Idle > 24*time.Hour || set.Idle%time.Minute != 0 {
			return invalid("BAD_TIME", "Give whole minutes, at most a day, like: --idle 30m", "%s cannot be the time to do nothing in.", set.Idle)
		}
		if a.Idle == 0 && set.Idle > 0 {
			a.SeenAt = s.d.now()
		}
		a.Idle = set.Idle
		if set.Hours == "" {
			a.Hours.Timezone, a.Hours.Hours = "", nil
			return nil
		}
		var err error
		a.Hours, err = parseHours(set.Hours, set.Zone)
		return err
	})
}

// SetCapacity says how many conversations that need an answer a user can have
// before no more are given to him by itself, 0 for without limit, and how much
// of a full day he works, in percent. By hand he can be given any number.
func (s *Seat) SetCapacity(ctx context.Context, login string, capacity, share int) (Standby, error) {
	return s.plan(ctx, login, func(u User, a *Availability) error {
		if capacity < 0 || capacity > 10_000 {
			return invalid("BAD_CAPACITY", "Give a number like 12, or 0 for no limit.", "%d conversations cannot be a limit.", capacity)
		}
		if share < 1 || share > 100 {
			return invalid("BAD_SHARE", "Give percent from 1 to 100, like: --share 50", "Nobody works %d %% of a day.", share)
		}
		a.Capacity, a.Share = capacity, share
		return nil
	})
}

// ZoneOf is the time zone a user works in, UTC where none was said: for whoever
// reads a date that is meant there. login is empty for the actor.
func (s *Seat) ZoneOf(ctx context.Context, login string) (*time.Location, error) {
	zone := time.UTC
	err := s.d.store.Read(ctx, func(r Reader) error {
		id := s.actor.User
		if login != "" {
			u, err := named(r, login)
			if err != nil {
				return err
			}
			id = u.ID
		}
		a, err := r.Availability(id)
		if err != nil {
			return err
		}
		if c := s.d.calendarOf(a.Hours); len(a.Hours.Hours) > 0 && c != nil {
			zone = c.Zone()
		}
		return nil
	})
	return zone, err
}
