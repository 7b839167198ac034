package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postroom/desk/calendar"
)

// Calendar is when a team works, see package calendar. It is kept in versions:
// a clock that runs goes on by the one it began with.
type Calendar struct {
	ID CalendarID
	// Line is the first version, which names the calendar through all of them.
	Line    CalendarID
	Version int    // from 1
	Name    string // unique among those that count, compared folded
	Spec    calendar.Spec
	Since   time.Time
}

// CalendarState is what the journal keeps of a calendar.
type CalendarState struct {
	Name    string        `json:"name"`
	Version int           `json:"version"`
	Spec    calendar.Spec `json:"spec"`
	// For is which tickets a change was for.
	For Running `json:"for,omitempty"`
}

func (c Calendar) state() CalendarState {
	return CalendarState{Name: c.Name, Version: c.Version, Spec: c.Spec}
}

// Calendars lists the calendars, by name. They are no secret.
func (s *Seat) Calendars(ctx context.Context) ([]Calendar, error) {
	var list []Calendar
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		list, err = r.Calendars()
		return err
	})
	return list, err
}

// Calendar gives the calendar called name, as it is now.
func (s *Seat) Calendar(ctx context.Context, name string) (Calendar, error) {
	var c Calendar
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		c, err = calendarNamed(r, name)
		return err
	})
	return c, err
}

func calendarNamed(r Reader, name string) (Calendar, error) {
	all, err := r.Calendars()
	if at := slices.IndexFunc(all, func(c Calendar) bool { return FoldName(c.Name) == FoldName(name) }); at >= 0 {
		return all[at], err
	}
	if err == nil {
		err = notFound("NO_SUCH_CALENDAR", "See the calendars with: postroom calendar list", "There is no calendar %q.", Snippet(name, 60))
	}
	return Calendar{}, err
}

// calendarOf is the version of a calendar that counts now.
func calendarOf(r Reader, line CalendarID) (Calendar, error) {
	if line == 0 {
		return Calendar{}, nil
	}
	all, err := r.Calendars()
	if at := slices.IndexFunc(all, func(c Calendar) bool { return c.Line == line }); at >= 0 {
		return all[at], err
	}
	if err == nil {
		err = ErrNoRow
	}
	return Calendar{}, err
}

// hoursOf makes a version of a calendar ready to count with; 0 is around the
// clock.
func hoursOf(r Reader, id CalendarID) (*calendar.Calendar, error) {
	if id == 0 {
		return calendar.Always(), nil
	}
	c, err := r.Calendar(id)
	if err != nil {
		return nil, err
	}
	return calendar.New(c.Spec)
}

// shortName checks what is to name a calendar or a policy.
func shortName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > 60 || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return "", invalid("BAD_NAME", "Give it a short name, like: berlin", "%q cannot be its name.", Snippet(name, 60))
	}
	return name, nil
}

func checkHours(spec calendar.Spec) error {
	if _, err := calendar.New(spec); err != nil {
		return invalid("BAD_CALENDAR", "docs/sla.md has the form of a calendar, with examples.", "%s.", capitalised(err.Error()))
	}
	return nil
}

func capitalised(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// AddCalendar makes a calendar. Admins only.
func (s *Seat) AddCalendar(ctx context.Context, name string, spec calendar.Spec) (Calendar, error) {
	c := Calendar{Version: 1, Spec: spec, Since: s.d.now()}
	err := s.write(ctx, func(w Writer) error {
		var err error
		if c.Name, err = shortName(name); err != nil {
			return err
		}
		if err := errors.Join(s.mustAdmin(w, "make a calendar"), checkHours(spec)); err != nil {
			return err
		}
		if _, err := calendarNamed(w, c.Name); err == nil {
			return conflict("NAME_IN_USE", "Change it with: postroom calendar set "+c.Name, "There is a calendar %q already.", c.Name)
		}
		if c.ID, err = w.AddCalendar(c); err != nil {
			return err
		}
		c.Line = c.ID
		return w.Append(s.setup(EventCalendarSet, 0, nil, state(c.state())))
	})
	return c, err
}

// Running says which tickets a change is for.
type Running string

// What a change of a calendar or a policy is for (H105).
const (
	NewTickets  Running = "new"  // those that begin from now on
	OpenTickets Running = "open" // those that are open as well, counted from their beginning
)

// SetCalendar gives a calendar other hours. Clocks that run keep the version
// they began with, or with [OpenTickets] go by the new one; recounted says of how
// many tickets that changes what is due. Admins only.
func (s *Seat) SetCalendar(ctx context.Context, name string, spec calendar.Spec, to Running) (c Calendar, recounted int, err error) {
	err = s.write(ctx, func(w Writer) error {
		if err := errors.Join(s.mustAdmin(w, "change a calendar"), checkHours(spec)); err != nil {
			return err
		}
		was, err := calendarNamed(w, name)
		if err != nil {
			return err
		}
		c = Calendar{Line: was.Line, Version: was.Version + 1, Name: was.Name, Spec: spec, Since: s.d.now()}
		if c.ID, err = w.AddCalendar(c); err != nil {
			return err
		}
		now := c.state()
		now.For = to
		err = w.Append(s.setup(EventCalendarSet, 0, state(was.state()), state(now)))
		if err != nil || to != OpenTickets {
			return err
		}
		recounted, err = s.d.rewind(w, s.actor)
		return err
	})
	return c, recounted, err
}

// RemoveCalendar takes a calendar away that no policy counts by. Admins only.
func (s *Seat) RemoveCalendar(ctx context.Context, name string) error {
	return s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "remove a calendar"); err != nil {
			return err
		}
		c, err := calendarNamed(w, name)
		if err != nil {
			return err
		}
		policies, err := w.Policies()
		if err != nil {
			return err
		}
		for _, p := range policies {
			if slices.ContainsFunc(p.Goals, func(g Goal) bool { return g.Calendar == c.Line }) {
				return conflict("IN_USE", "Give that policy another calendar first: postroom sla set "+p.Name, "The policy %q counts by the calendar %q.", p.Name, c.Name)
			}
		}
		if err := w.RetireCalendar(c.Line); err != nil {
			return err
		}
		return w.Append(s.setup(EventCalendarRemoved, 0, state(c.state()), nil))
	})
}
