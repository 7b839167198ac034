package desk

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
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
	// Covered is who stands in for him; [Seat.Standbys] knows it.
	Covered []Cover
}

// Out reports whether somebody has been said to be away, by a word or by an
// absence that has begun: what [Seat.SetAvailable] takes back. Hours that are
// over are neither.
func (b Standby) Out() bool { return b.Availability.Away || b.Why == SkipOff }

// Cover is who looks after a shared inbox while its owner is away.
type Cover struct {
	Inbox string
	// Deputy is 0 where nobody was named.
	Deputy UserID
}

// Standbys are all active users and how each stands, by login. How much
// somebody has is told to himself and to admins: it counts inboxes that others
// do not see. Who covers somebody is told of the inboxes the viewer sees.
func (s *Seat) Standbys(ctx context.Context) ([]Standby, error) {
	var list []Standby
	err := s.d.store.Read(ctx, func(r Reader) error {
		list = list[:0]
		all, err := r.AllAgents()
		if err != nil {
			return err
		}
		covered, err := s.covers(r)
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
			b.Covered = covered[a.ID]
			list = append(list, b)
		}
		return nil
	})
	return list, err
}

// covers are who stands in for whom in the shared inboxes the actor sees.
func (s *Seat) covers(r Reader) (map[UserID][]Cover, error) {
	me, err := r.User(s.actor.User)
	if err != nil {
		return nil, err
	}
	inboxes, err := r.Inboxes()
	if err != nil {
		return nil, err
	}
	covered := map[UserID][]Cover{}
	for _, in := range inboxes {
		if in.Kind != Shared {
			continue
		}
		if sees, err := s.seesInbox(r, me, in.ID); err != nil || !sees {
			if err != nil {
				return nil, err
			}
			continue
		}
		set, err := r.InboxSettings(in.ID)
		if err != nil {
			return nil, err
		}
		covered[in.Owner] = append(covered[in.Owner], Cover{in.Name, set.Deputy})
	}
	return covered, nil
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

// Working is when somebody works, as it is written.
type Working struct {
	// Hours are like "mon-fri 09:00-17:00" in Zone; empty for always.
	Hours, Zone string
	// Idle is how long he may do nothing before nothing more is given to him; 0
	// is for ever.
	Idle time.Duration
}

// ParseIdle reads how long somebody may do nothing: 30m, or nothing for ever.
func ParseIdle(text string) (time.Duration, error) {
	if text = strings.TrimSpace(text); text == "" {
		return 0, nil
	}
	idle, err := time.ParseDuration(text)
	if err != nil {
		err = invalid("BAD_TIME", "Write it like: 30m", "%q is no time to do nothing in.", Snippet(text, 40))
	}
	return idle, err
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

// ParseCapacity reads how many conversations, or what share of a day in percent.
func ParseCapacity(text string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		err = invalid("BAD_CAPACITY", "Give a number like 12, or 0 for no limit.", "%q is no number.", Snippet(text, 40))
	}
	return n, err
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
