package desk

import (
	"fmt"
	"time"
)

// Trouble is what is wrong with the desk as a whole: its database takes no
// changes now, or the clock cannot be right. The zero value is a desk that is
// well. It ends by itself when its cause has gone.
type Trouble struct {
	// Err says what is wrong and what to do; nil when nothing is.
	Err *Error
	// Since is when it was noticed.
	Since time.Time
}

// Trouble says what is wrong with the desk as a whole; a database that takes
// no changes comes before a clock. It reads nothing. The bell rings with
// [Changed.Trouble] when the answer has changed.
func (d *Desk) Trouble() Trouble {
	if t := d.store.Trouble(); t.Err != nil {
		return t
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.steady.trouble
}

// Trouble is [Desk.Trouble]; everybody at the desk may know it.
func (s *Seat) Trouble() Trouble { return s.d.Trouble() }

// Trouble says why the database takes no changes now. A clock that has jumped
// is no reason to stop.
func (m *Mailroom) Trouble() Trouble { return m.d.store.Trouble() }

// ringTrouble rings once for each change of the trouble.
func (d *Desk) ringTrouble() {
	now := d.Trouble()
	d.mu.Lock()
	same := now.Err == d.told.Err || now.Err != nil && d.told.Err != nil && now.Err.Code == d.told.Err.Code
	d.told = now
	d.mu.Unlock()
	if !same {
		d.bell.ringTrouble()
	}
}

// LookAtClock rings the bell when the clock has jumped, or goes right again.
// It is to be called every few seconds.
func (d *Desk) LookAtClock() {
	d.now()
	d.ringTrouble()
}

const (
	// jumpLeast is by how much a clock has to differ from the time that has
	// passed to be taken for one that has jumped. Smaller corrections are
	// followed.
	jumpLeast = 5 * time.Minute
	// jumpBelieved is how long a clock has to go on evenly after a jump until
	// it is believed all the same: a machine that was halted comes back with
	// a clock that is right and a count of time that is not.
	jumpBelieved = 10 * time.Minute
)

// steady keeps the desk's time when the clock of the machine jumps. Leases,
// holds and retries follow it, so a jump neither sends a held mail at once nor
// lets it wait for a year.
type steady struct {
	// known is set once there is a time to go on from.
	known bool
	// wall and up are a moment on the clock that was believed and on the
	// count of time that only grows.
	wall time.Time
	up   time.Duration
	// off is by how much the clock is wrong now, and since when it has been
	// so, on the count of time.
	off     time.Duration
	since   time.Duration
	trouble Trouble
}

// now is the time, from what the clock shows and what the count of time says.
func (s *steady) now(wall time.Time, up time.Duration) time.Time {
	if !s.known {
		s.known, s.wall, s.up = true, wall, up
		return wall
	}
	own := s.wall.Add(up - s.up)
	off := wall.Sub(own)
	switch {
	case off.Abs() < jumpLeast:
		s.trouble, s.off = Trouble{}, 0
	case s.trouble.Err == nil || (off-s.off).Abs() >= jumpLeast:
		s.off, s.since = off, up
		s.trouble = Trouble{Err: jumped(off), Since: own}
		return own
	case up-s.since < jumpBelieved:
		return own
	default:
		s.trouble, s.off = Trouble{}, 0
	}
	s.wall, s.up = wall, up
	return wall
}

// jumped says that the clock has jumped, and by how much.
func jumped(off time.Duration) *Error {
	way := "ahead"
	if off < 0 {
		way = "back"
	}
	return &Error{
		Kind: Unwell, Code: "CLOCK_JUMPED", Message: fmt.Sprintf("The clock of this machine has jumped %s %s.", span(off.Abs()), way),
		Hint: "Set it right. The desk keeps its own time until then, or until the new one has held for ten minutes.",
	}
}

// span is a duration in the words of people.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	for _, u := range [...]struct {
		of   time.Duration
		name string
	}{{365 * day, "year"}, {day, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if n := int(d.Round(u.of) / u.of); n > 0 && d >= u.of-u.of/100 {
			return fmt.Sprintf("%d %s", n, plural(n, u.name, u.name+"s"))
		}
	}
	return d.String()
}
