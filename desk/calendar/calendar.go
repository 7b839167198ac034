package calendar

import (
	"errors"
	"slices"
	"sort"
	"time"
)

// Calendar is when a team works. It does not change, so any number of
// goroutines may ask it.
type Calendar struct {
	zone *time.Location
	// week are the frames of each weekday in order, none touching the next;
	// length is how long they are together, weekly that of a whole week.
	week   [7][]frame
	length [7]time.Duration
	weekly time.Duration
	// once are the holidays that are no yearly ones, in order, and lost how
	// much working time the first n of them take away.
	once   []int64
	lost   []time.Duration
	yearly []yearly
}

// Always is the calendar of a team that works around the clock.
func Always() *Calendar {
	c := &Calendar{zone: time.UTC, weekly: 7 * 24 * time.Hour, lost: make([]time.Duration, 1)}
	for day := range c.week {
		c.week[day], c.length[day] = []frame{{0, 24 * time.Hour}}, 24*time.Hour
	}
	return c
}

// Interval is from one moment up to another. One without an end goes on.
type Interval struct{ From, To time.Time }

// Horizon is how many years ahead a goal may be due.
const Horizon = 100

var (
	// ErrNever is what Due says of a goal that is not reached within the
	// [Horizon]: too large, or all the days are holidays.
	ErrNever = errors.New("the goal is not reached in a hundred years of this calendar")
	// ErrPaused is what Due says while a pause goes on that began before the
	// goal was reached.
	ErrPaused = errors.New("a pause goes on, so nothing is due")
)

// Zone is the time zone in which the calendar is written.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Open reports whether a moment is working time.
func (c *Calendar) Open(at time.Time) bool {
	day, clock := c.wall(at, offset(at.In(c.zone)))
	return c.within(day, clock, clock+1) > 0
}

// Elapsed is the working time from one moment up to another, without the
// pauses. It is 0 where to is not after from.
func (c *Calendar) Elapsed(from, to time.Time, pauses ...Interval) time.Duration {
	var sum time.Duration
	for _, free := range between(from, to, pauses) {
		sum += c.elapsed(free.From, free.To)
	}
	return sum
}

// Due is the first moment at which the working time since from has reached the
// goal, pauses left out: the end of a working day rather than the beginning of
// the next. A goal that is not positive is due at once.
func (c *Calendar) Due(from time.Time, goal time.Duration, pauses ...Interval) (time.Time, error) {
	if goal <= 0 {
		return from, nil
	}
	limit := from.AddDate(Horizon, 0, 0)
	for _, free := range between(from, limit, pauses) {
		at, rest := c.due(free.From, free.To, goal)
		if rest == 0 {
			return at.In(from.Location()), nil
		}
		goal = rest
	}
	if slices.ContainsFunc(pauses, func(p Interval) bool { return p.To.IsZero() }) {
		return time.Time{}, ErrPaused
	}
	return time.Time{}, ErrNever
}

// Ago is the last moment from which on the working time up to a moment is the
// goal, the other way round from [Calendar.Due], to the second. It is zero where
// so much has not been worked in that many years.
func (c *Calendar) Ago(to time.Time, goal time.Duration, years int) time.Time {
	early := to.AddDate(-years, 0, 0)
	if c.elapsed(early, to) < goal {
		return time.Time{}
	}
	n := sort.Search(int(to.Sub(early)/time.Second), func(i int) bool {
		return c.elapsed(to.Add(-time.Duration(i)*time.Second), to) >= goal
	})
	return to.Add(-time.Duration(n) * time.Second)
}

// between is what pauses leave of an interval, in order.
func between(from, to time.Time, pauses []Interval) []Interval {
	pauses = slices.Clone(pauses)
	slices.SortFunc(pauses, func(a, b Interval) int { return a.From.Compare(b.From) })
	var free []Interval
	for _, p := range pauses {
		end := p.To
		if end.IsZero() || end.After(to) {
			end = to
		}
		if !end.After(from) || !p.From.Before(to) || !end.After(p.From) {
			continue
		}
		if p.From.After(from) {
			free = append(free, Interval{from, p.From})
		}
		from = end
	}
	if from.Before(to) {
		free = append(free, Interval{from, to})
	}
	return free
}

// straight is where the stretch with the same offset from UTC ends that at is
// in, or to if that comes first.
func (c *Calendar) straight(at, to time.Time) (end time.Time, seconds int64) {
	at = at.In(c.zone)
	seconds = offset(at)
	_, end = at.ZoneBounds()
	if !end.IsZero() && !end.After(at) {
		// Far ahead package time ends each year after 365 days, so that the
		// last day of a leap year has an end that is past.
		step := 24 * time.Hour
		for step > time.Second && offset(at.Add(step)) != seconds {
			step /= 2
		}
		end = at.Add(step)
	}
	if end.IsZero() || end.After(to) {
		end = to
	}
	return end, seconds
}

func offset(at time.Time) int64 {
	_, seconds := at.Zone()
	return int64(seconds)
}

// wall is what the wall shows at a moment while local time is that many
// seconds ahead of UTC: the day, and the time since its midnight.
func (c *Calendar) wall(at time.Time, ahead int64) (day int64, clock time.Duration) {
	seconds := at.Unix() + ahead
	day = seconds / secondsPerDay
	if seconds%secondsPerDay < 0 {
		day--
	}
	return day, time.Duration(seconds-day*secondsPerDay)*time.Second + time.Duration(at.Nanosecond())
}

func (c *Calendar) elapsed(from, to time.Time) time.Duration {
	var sum time.Duration
	for from.Before(to) {
		end, ahead := c.straight(from, to)
		sum += c.worked(from, end, ahead)
		from = end
	}
	return sum
}

// worked is the working time between two moments while local time is a straight
// line.
func (c *Calendar) worked(from, to time.Time, ahead int64) time.Duration {
	first, begin := c.wall(from, ahead)
	last, end := c.wall(to, ahead)
	if first == last {
		return c.within(first, begin, end)
	}
	return c.within(first, begin, 24*time.Hour) + c.days(first+1, last) + c.within(last, 0, end)
}

// due looks for the goal from one moment up to another, and says how much of it
// is left when it is not there.
func (c *Calendar) due(from, to time.Time, goal time.Duration) (at time.Time, rest time.Duration) {
	for from.Before(to) {
		end, ahead := c.straight(from, to)
		worked := c.worked(from, end, ahead)
		if worked >= goal {
			day, clock := c.reach(from, goal, ahead)
			return time.Unix(day*secondsPerDay-ahead, 0).Add(clock), 0
		}
		goal -= worked
		from = end
	}
	return time.Time{}, goal
}

// reach is when the wall shows that the goal is reached, which it will be while
// local time is a straight line.
func (c *Calendar) reach(from time.Time, goal time.Duration, ahead int64) (day int64, clock time.Duration) {
	day, clock = c.wall(from, ahead)
	today := c.within(day, clock, 24*time.Hour)
	if goal <= today {
		return day, c.spend(day, clock, goal)
	}
	goal -= today
	day++
	// The days that are needed lie between none and many; both ends come
	// closer to each other in a few steps, however far away they are.
	few, many := int64(0), int64(1)
	for c.days(day, day+many) < goal {
		few, many = many, 2*many
	}
	for few+1 < many {
		if half := (few + many) / 2; c.days(day, day+half) < goal {
			few = half
		} else {
			many = half
		}
	}
	goal -= c.days(day, day+few)
	return day + few, c.spend(day+few, 0, goal)
}

// spend is when the clock shows that so much of a day has been worked, which
// has that much.
func (c *Calendar) spend(day int64, clock, goal time.Duration) time.Duration {
	for _, f := range c.week[weekdayOf(day)] {
		begin := max(f.from, clock)
		if left := f.to - begin; left > 0 {
			if goal <= left {
				return begin + goal
			}
			goal -= left
		}
	}
	return 24 * time.Hour
}
