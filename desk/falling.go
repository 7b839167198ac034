package desk

import (
	"slices"
	"strings"
	"time"

	"postroom/desk/calendar"
)

// Where nobody has said when a conversation falls through, it is after a day:
// one around the clock, or a working one.
const (
	fallingDay  = 24 * time.Hour
	fallingWork = 8 * time.Hour
	// maxFalling is the longest time that can be chosen.
	maxFalling = 720 * time.Hour
	// fallingYears is how far back such a time of work is looked for.
	fallingYears = 5
)

// NeverFalling is the setting of an inbox in which nothing falls through.
const NeverFalling = "never"

// neverFalls is how [InboxSettings] keeps it.
const neverFalls = time.Duration(-1)

// FallingMost is up to how many an inbox are counted as falling through.
const FallingMost = 1000

// fallingText is the setting as it is typed.
func fallingText(after time.Duration) string {
	switch after {
	case 0:
		return ""
	case neverFalls:
		return NeverFalling
	default:
		return shortTime(after)
	}
}

// putFalling reads it.
func putFalling(_ Reader, c *chosen, value string) error {
	switch FoldName(value) {
	case "":
		c.Falling = 0
		return nil
	case NeverFalling:
		c.Falling = neverFalls
		return nil
	}
	after, err := silenceTime(value, "to fall through after")
	c.Falling = after
	return err
}

// silenceTime reads how long nobody may do anything; what for is said in the
// refusal.
func silenceTime(value, what string) (time.Duration, error) {
	after, err := workTime(strings.TrimSpace(value))
	if err != nil || after < time.Minute || after%time.Minute != 0 || after > maxFalling {
		return 0, invalid("BAD_SETTING", "Write it like: 8h, 1h30m or never", "%q is no time %s: a minute at least, %d hours at most.", Snippet(value, 40), what, int(maxFalling.Hours()))
	}
	return after, nil
}

// everyday reports whether the policy is for all tickets of an inbox, whatever
// else they are.
func (t PolicyTerms) everyday(in InboxID) bool {
	f := t.For
	return !t.Off && len(t.Goals) > 0 && len(f.Priorities)+len(f.Tags)+len(f.Companies)+len(f.Pipelines) == 0 &&
		(len(f.Inboxes) == 0 || slices.Contains(f.Inboxes, in))
}

// promised is the policy that counts for what is nothing special in an inbox;
// false where none does.
func promised(policies []Policy, in InboxID) (Policy, bool) {
	at := slices.IndexFunc(policies, func(p Policy) bool { return p.everyday(in) })
	if at < 0 {
		return Policy{}, false
	}
	return policies[at], true
}

// fallings knows from when on who waits in an inbox falls through.
type fallings struct {
	r        Reader
	now      time.Time
	policies []Policy
	hours    map[CalendarID]*calendar.Calendar
}

func (d *Desk) fallings(r Reader) (*fallings, error) {
	policies, err := r.Policies()
	return &fallings{r, d.now(), policies, map[CalendarID]*calendar.Calendar{}}, err
}

// before is the moment before which a customer of an inbox must have begun to
// wait, for his conversation to fall through if nobody has it. It is zero where
// nothing does.
func (f *fallings) before(in InboxID) (time.Time, error) {
	set, err := f.r.InboxSettings(in)
	if err != nil || set.Falling == neverFalls {
		return time.Time{}, err
	}
	work, err := f.work(in)
	if err != nil {
		return time.Time{}, err
	}
	after := fallingDay
	if work != nil {
		after = fallingWork
	}
	if set.Falling > 0 {
		after = set.Falling
	}
	if work == nil {
		return f.now.Add(-after), nil
	}
	return work.Ago(f.now, after, fallingYears), nil
}

// work is when an inbox is worked in, by the policy that counts for what is
// nothing special there; nil where nobody has said.
func (f *fallings) work(in InboxID) (*calendar.Calendar, error) {
	p, ok := promised(f.policies, in)
	if !ok || p.Goals[0].Calendar == 0 {
		return nil, nil //nolint:nilnil // nobody has said, which is no fault
	}
	hours := p.Goals[0].Calendar
	if c, ok := f.hours[hours]; ok {
		return c, nil
	}
	now, err := calendarOf(f.r, hours)
	if err != nil {
		return nil, err
	}
	c, err := calendar.New(now.Spec)
	f.hours[hours] = c
	return c, err
}

// resolveFalling says which conversations fall through: open, with nobody, and
// of a customer who waits too long for his inbox.
func (s *Seat) resolveFalling(r Reader) (Expr, error) {
	f, err := s.d.fallings(r)
	if err != nil {
		return Expr{}, err
	}
	all, err := r.Inboxes()
	if err != nil {
		return Expr{}, err
	}
	var since []Expr
	for _, in := range all {
		sees, err := s.sees(r, in.ID)
		if err != nil {
			return Expr{}, err
		}
		if in.Kind != Shared || !sees {
			continue
		}
		before, err := f.before(in.ID)
		if err != nil {
			return Expr{}, err
		}
		if before.IsZero() {
			continue
		}
		at := slices.IndexFunc(since, func(e Expr) bool { return e.Unix == before.Unix() })
		if at < 0 {
			at, since = len(since), append(since, Expr{Term: TermWaits, Unix: before.Unix()})
		}
		since[at].IDs = append(since[at].IDs, int64(in.ID))
	}
	open := []Expr{{Term: TermIs, Text: IsOpen}, {Term: TermIs, Text: IsUnassigned}}
	if len(since) == 0 {
		return *joint(TermAnd, append(open, Expr{Term: TermWaits})), nil // nobody waits since before the beginning of time
	}
	latest := slices.MaxFunc(since, func(a, b Expr) int { return int(a.Unix - b.Unix) })
	latest.IDs = nil // what an index can begin with
	return *joint(TermAnd, append(open, latest, *joint(TermOr, since))), nil
}

// count counts them inbox by inbox, for those in which somebody waits for a
// person.
func (f *fallings) count(views []InboxView) error {
	for i := range views {
		v := &views[i]
		if !v.Member || v.Kind != Shared || v.Counts.Unassigned == 0 || v.Counts.Owed == 0 {
			continue
		}
		before, err := f.before(v.ID)
		if err != nil {
			return err
		}
		if before.IsZero() {
			continue
		}
		if v.Counts.Falling, err = f.r.UnassignedBefore(v.ID, before, FallingMost); err != nil {
			return err
		}
	}
	return nil
}
