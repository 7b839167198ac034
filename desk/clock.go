package desk

import (
	"slices"
	"time"

	"postroom/desk/calendar"
)

// ClockKind says what a clock of a ticket measures.
type ClockKind string

// The clocks.
const (
	ClockFirstResponse ClockKind = "first response" // until the first answer
	ClockNextResponse  ClockKind = "next response"  // until the answer to what was written since
	ClockResolution    ClockKind = "resolution"     // until the ticket is closed
)

// ClockState is how a clock stands (H108).
type ClockState string

// The states. Overdue runs on behind its end; missed has stopped behind it.
const (
	ClockActive  ClockState = "active"
	ClockSoon    ClockState = "due soon"
	ClockPaused  ClockState = "paused"
	ClockOverdue ClockState = "overdue"
	ClockMet     ClockState = "met"
	ClockMissed  ClockState = "missed"
)

// Clock measures one thing about a ticket, by a goal of the policy that counted
// when it began.
type Clock struct {
	Conversation ConversationID
	Kind         ClockKind
	// Policy and Calendar are the versions it goes by; Calendar 0 is around
	// the clock.
	Policy     PolicyID
	Calendar   CalendarID
	Goal, Warn time.Duration
	Started    time.Time
	// Pauses are when it stood still, in order; the last may go on.
	Pauses []calendar.Interval
	// Stopped is when it ended; zero while it has not.
	Stopped time.Time
	// WarnAt and DueAt are when it is due soon and when it is due; zero while
	// a pause goes on that began before.
	WarnAt, DueAt time.Time
	// Told is what the journal says of it: nothing, due soon, overdue, and
	// when it has stopped met or missed.
	Told ClockState
}

// State is how the clock stands.
func (c Clock) State(now time.Time) ClockState {
	switch {
	case !c.Stopped.IsZero() && !c.DueAt.IsZero() && c.Stopped.After(c.DueAt):
		return ClockMissed
	case !c.Stopped.IsZero():
		return ClockMet
	case c.DueAt.IsZero():
		return ClockPaused
	case !now.Before(c.DueAt):
		return ClockOverdue
	case c.paused():
		return ClockPaused
	case !c.WarnAt.IsZero() && !now.Before(c.WarnAt):
		return ClockSoon
	default:
		return ClockActive
	}
}

// Runs reports whether the clock has not stopped.
func (c Clock) Runs() bool { return c.Stopped.IsZero() }

// TellAt is when there is something to tell of the clock; zero for never.
func (c Clock) TellAt() time.Time {
	switch {
	case !c.Runs() || c.Told == ClockOverdue || c.DueAt.IsZero():
		return time.Time{}
	case c.Told == "" && !c.WarnAt.IsZero():
		return c.WarnAt
	default:
		return c.DueAt
	}
}

// toTell reports whether the clock has stopped and nobody was told.
func (c Clock) toTell() bool { return !c.Runs() && c.Told != ClockMet && c.Told != ClockMissed }

func (c Clock) paused() bool {
	n := len(c.Pauses)
	return n > 0 && c.Pauses[n-1].To.IsZero()
}

// pause lets the clock stand still from a moment on.
func (c *Clock) pause(at time.Time) {
	if c.Runs() && !c.paused() {
		c.Pauses = append(slices.Clone(c.Pauses), calendar.Interval{From: later(at, c.Started)})
	}
}

// resume lets it go on. A pause of no length is none.
func (c *Clock) resume(at time.Time) {
	if !c.paused() {
		return
	}
	c.Pauses = slices.Clone(c.Pauses)
	last := len(c.Pauses) - 1
	if !at.After(c.Pauses[last].From) {
		c.Pauses = c.Pauses[:last]
		return
	}
	c.Pauses[last].To = at
}

// stop ends the clock. An answer that was given before the clock stood still
// ends it there.
func (c *Clock) stop(at time.Time) {
	if n := len(c.Pauses); n > 0 && at.Before(c.Pauses[n-1].From) {
		c.Pauses = c.Pauses[:n-1]
	}
	c.resume(at)
	c.Stopped = later(at, c.Started)
}

// goOn lets a clock that has stopped run again, as if it had stood still.
func (c *Clock) goOn(at time.Time) {
	if c.Runs() {
		return
	}
	c.Pauses = append(slices.Clone(c.Pauses), calendar.Interval{From: c.Stopped})
	c.Stopped, c.Told = time.Time{}, ""
	c.resume(at)
}

// reckon finds when the clock is due, and forgets what was told that is true no
// more.
func (c *Clock) reckon(hours *calendar.Calendar, now time.Time) {
	c.DueAt, c.WarnAt = whenDue(hours, *c, c.Goal), time.Time{}
	if c.Warn > 0 {
		c.WarnAt = whenDue(hours, *c, c.Goal-c.Warn)
	}
	if c.Runs() && c.Told == ClockOverdue && (c.DueAt.IsZero() || now.Before(c.DueAt)) {
		c.Told = ""
	}
	if c.Runs() && c.Told == ClockSoon && (c.WarnAt.IsZero() || now.Before(c.WarnAt)) {
		c.Told = ""
	}
}

// whenDue is when so much has been worked; zero while a pause goes on.
func whenDue(hours *calendar.Calendar, c Clock, goal time.Duration) time.Time {
	at, err := hours.Due(c.Started, goal, c.Pauses...)
	if err != nil {
		return time.Time{}
	}
	return at.UTC().Truncate(time.Millisecond)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// ClockTold is what the journal keeps of a clock.
type ClockTold struct {
	Clock  ClockKind `json:"clock"`
	Policy string    `json:"policy"`
	Due    time.Time `json:"due"`
	// At is when it stopped; zero while it runs.
	At time.Time `json:"at,omitzero"`
}
