package main

import (
	"errors"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postroom/connector/hours"
	"postroom/desk"
	"postroom/desk/calendar"
	"postroom/desk/safe"
)

func (p *program) slaCommand() *cobra.Command {
	return p.group("sla", "Goals for answers in working time, and what is due when",
		p.slaAddCommand(), p.slaListCommand(), p.slaSetCommand(), p.slaOrderCommand(), p.slaRemoveCommand(), p.slaSimulateCommand(), p.slaDueCommand(), p.slaElapsedCommand())
}

// reckoning are the flags of a question to a calendar.
type reckoning struct {
	file, from, to, goal string
	pauses               []string
}

// flags declares what both questions need.
func (r *reckoning) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&r.file, "calendar", "", "file with the calendar, in TOML or JSON")
	f.StringVar(&r.from, "from", "", "when the time begins, like 2026-03-02T09:00:00Z; without a zone as the calendar's clocks show it")
	f.StringArrayVar(&r.pauses, "pause", nil, "time that does not count, as `FROM/TO`; may be given again")
}

func (p *program) slaDueCommand() *cobra.Command {
	var r reckoning
	c := &cobra.Command{
		Use: "due", Short: "When a goal in working time is due",
		Long: "Counts the working time of a calendar from a moment until the goal is reached, and prints\n" +
			"when that is. It needs no database. The calendar is a file; docs/sla.md has the form.",
		Example: "  postroom sla due --calendar berlin.toml --from 2026-03-27T16:00:00+01:00 --goal 4h\n" +
			"  postroom sla due --calendar berlin.toml --from '2026-03-27 16:00' --goal 4h --pause '2026-03-27 16:30/2026-03-30 10:00' --json",
		Args: wants(0, 0),
		RunE: func(c *cobra.Command, _ []string) error {
			cal, from, pauses, err := r.read()
			if err != nil {
				return err
			}
			goal, err := time.ParseDuration(r.goal)
			if err != nil || goal <= 0 {
				return misused(c, "%s is no goal: write hours and minutes of work, like 4h or 1h30m.", quoted(r.goal))
			}
			due, err := cal.Due(from, goal, pauses...)
			if err != nil {
				return &desk.Error{Kind: desk.Invalid, Code: "NEVER_DUE", Message: capital(err.Error()) + ".", Hint: "Look at the goal, the calendar's hours and holidays, and the pauses."}
			}
			if p.print.json {
				return p.print.document(struct {
					Due stamp `json:"due"`
				}{stamp(due)})
			}
			p.print.say(safe.Line(due.In(cal.Zone()).Format("2006-01-02 15:04:05 MST (Monday)")))
			return nil
		},
	}
	r.flags(c)
	c.Flags().StringVar(&r.goal, "goal", "", "working time until it is due, like 4h or 1h30m")
	needs(c, "calendar", "from", "goal")
	return c
}

func (p *program) slaElapsedCommand() *cobra.Command {
	var r reckoning
	c := &cobra.Command{
		Use: "elapsed", Short: "How much working time lies between two moments",
		Long: "Counts the working time of a calendar from one moment up to another. It needs no database.\n" +
			"The calendar is a file; docs/sla.md has the form.",
		Example: "  postroom sla elapsed --calendar berlin.toml --from 2026-03-27T16:00:00+01:00 --to 2026-03-30T10:00:00+02:00",
		Args:    wants(0, 0),
		RunE: func(*cobra.Command, []string) error {
			cal, from, pauses, err := r.read()
			if err != nil {
				return err
			}
			to, err := momentOf(r.to, cal.Zone())
			if err != nil {
				return err
			}
			if to.After(from.AddDate(calendar.Horizon, 0, 0)) {
				return &desk.Error{Kind: desk.Invalid, Code: "TOO_FAR", Message: "More than a hundred years lie between the two.", Hint: "Check the dates."}
			}
			worked := cal.Elapsed(from, to, pauses...)
			if p.print.json {
				return p.print.document(struct {
					Seconds int64 `json:"seconds"`
				}{int64(worked / time.Second)})
			}
			p.print.say(safe.Line(worked.Truncate(time.Second).String()))
			return nil
		},
	}
	r.flags(c)
	c.Flags().StringVar(&r.to, "to", "", "when it ends")
	needs(c, "calendar", "from", "to")
	return c
}

// read reads what both questions need.
func (r reckoning) read() (cal *calendar.Calendar, from time.Time, pauses []calendar.Interval, err error) {
	if cal, err = calendarFile(r.file); err != nil {
		return nil, from, nil, err
	}
	if from, err = momentOf(r.from, cal.Zone()); err != nil {
		return nil, from, nil, err
	}
	for _, text := range r.pauses {
		pause, err := pauseOf(text, cal.Zone())
		if err != nil {
			return nil, from, nil, err
		}
		pauses = append(pauses, pause)
	}
	return cal, from, pauses, nil
}

// pauseOf reads FROM/TO; a pause without TO goes on.
func pauseOf(text string, zone *time.Location) (calendar.Interval, error) {
	begin, end, ok := strings.Cut(text, "/")
	if !ok {
		return calendar.Interval{}, &desk.Error{Kind: desk.Invalid, Code: "BAD_TIME", Message: quoted(text) + " is no pause.", Hint: "Write when it begins and ends, with a slash between: 2026-03-27T16:30:00Z/2026-03-30T08:00:00Z"}
	}
	var i calendar.Interval
	var err error
	if i.From, err = momentOf(begin, zone); err != nil || end == "" {
		return i, err
	}
	if i.To, err = momentOf(end, zone); err == nil && i.To.Before(i.From) {
		err = &desk.Error{Kind: desk.Invalid, Code: "BAD_TIME", Message: "The pause " + quoted(text) + " ends before it begins.", Hint: "Write its beginning first."}
	}
	return i, err
}

// momentOf reads a time: RFC 3339, or as the clocks of a zone show it.
func momentOf(text string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	for _, form := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		t, err := time.ParseInLocation(form, text, zone)
		if err == nil && t.Format(form) != text {
			return t, &desk.Error{
				Kind: desk.Invalid, Code: "BAD_TIME", Message: "The clocks of " + zone.String() + " never showed " + quoted(text) + ": they were put forward over it.",
				Hint: "Take a time before or after that hour.",
			}
		}
		if err == nil {
			return t, nil
		}
	}
	return time.Time{}, &desk.Error{Kind: desk.Invalid, Code: "BAD_TIME", Message: quoted(text) + " is no time.", Hint: "Write it like 2026-03-02T09:00:00Z, or like '2026-03-02 09:00' for the clocks of the calendar."}
}

// calendarFile reads a calendar from a file.
func calendarFile(path string) (*calendar.Calendar, error) {
	f, err := hoursFile(path)
	if err != nil {
		return nil, err
	}
	cal, err := calendar.New(f.Spec)
	if err != nil {
		return nil, badCalendar(path, err)
	}
	return cal, nil
}

// hoursFile reads the file of a calendar.
func hoursFile(path string) (hours.File, error) {
	f, err := hours.Read(path)
	if err != nil {
		return f, badFile(path, err)
	}
	return f, nil
}

// badFile says why a file of hours or holidays could not be read.
func badFile(path string, err error) error {
	if gone := (*fs.PathError)(nil); errors.As(err, &gone) {
		return unreadable(gone.Path, gone)
	}
	return badCalendar(path, err)
}

func badCalendar(path string, err error) error {
	message := strings.TrimPrefix(err.Error(), path+": ")
	return &desk.Error{Kind: desk.Invalid, Code: "BAD_CALENDAR", Message: "In " + path + ": " + sentence(message), Hint: "docs/sla.md has the form of a calendar, with examples."}
}
