package settings

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/calendar"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// calendars say when teams work: what goals are counted by.
type calendars struct {
	s    *Screen
	list list
	all  []desk.Calendar
	read shell.Lane[[]desk.Calendar]
}

func newCalendars(s *Screen) *calendars {
	return &calendars{s: s, list: list{tall: 2, nothing: safe.Const("There is no calendar: goals are counted around the clock.")}}
}

func (p *calendars) about() About {
	return About{ID: Calendars, Title: safe.Const("Hours"), scope: action.InCalendars}
}

func (p *calendars) here() *list { return &p.list }

func (p *calendars) mark() (safe.Text, theme.Role) { return counted(len(p.all)) }

// counted is how many there are, behind the title of a part.
func counted(n int) (safe.Text, theme.Role) {
	if n == 0 {
		return safe.Text{}, theme.Faint
	}
	return safe.Int(n), theme.Faint
}

func (p *calendars) ask() tea.Cmd {
	if p.read.Busy() {
		return nil
	}
	return p.read.Ask(p.s.sh.Context(), p.s.o.Desk.Calendars)
}

func (p *calendars) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Changed:
		if msg.Settings && p.s.part() == part(p) {
			return p.ask()
		}
	case shell.Answer[[]desk.Calendar]:
		all, err, ok := p.read.Take(msg)
		if !ok {
			return nil
		}
		if err != nil {
			return p.s.sh.Missed(err)
		}
		p.all = all
		p.fill()
	}
	return nil
}

func (p *calendars) fill() {
	rows := make([]row, len(p.all))
	for i, c := range p.all {
		rows[i] = row{id: int64(c.Line), title: safe.Line(c.Name), right: safe.Line(c.Spec.Timezone), sign: p.s.sh.Theme().Signs.Dot, role: theme.Faint}
		if cal, err := calendar.New(c.Spec); err == nil {
			rows[i].under = safe.Sprintf("%s in 7 days", worked(weekOf(c.Spec, cal, p.s.sh.Now()).worked))
		}
	}
	p.list.set(rows, p.s.sh.Dialog() != nil)
}

func (p *calendars) marked() (desk.Calendar, bool) {
	id, ok := p.list.id()
	for _, c := range p.all {
		if ok && int64(c.Line) == id {
			return c, true
		}
	}
	return desk.Calendar{}, false
}

// week is what a calendar says of the next seven days, the present one first,
// and by when an example would be due.
type week struct {
	days   []workday
	worked time.Duration
	due    time.Time // of exampleGoal from now; zero where it never is
	from   time.Time
}

type workday struct {
	date    time.Time
	frames  string
	holiday bool
}

// exampleGoal is what the example promises.
const exampleGoal = 4 * time.Hour

// weekOf lays out the next seven days as the clock on the wall shows them.
func weekOf(spec calendar.Spec, cal *calendar.Calendar, now time.Time) week {
	now = now.In(cal.Zone())
	w := week{from: now}
	for i := range 7 {
		day := time.Date(now.Year(), now.Month(), now.Day()+i, 0, 0, 0, 0, cal.Zone())
		worked := cal.Elapsed(day, day.AddDate(0, 0, 1))
		d := workday{date: day, frames: framesOf(spec, day.Weekday())}
		if d.frames != "" && worked == 0 {
			d.frames, d.holiday = "", true
		}
		w.days, w.worked = append(w.days, d), w.worked+worked
	}
	if due, err := cal.Due(now, exampleGoal); err == nil {
		w.due = due.In(cal.Zone())
	}
	return w
}

// framesOf are the frames of a weekday as they are typed: 09:00-12:30 13:00-17:00.
func framesOf(spec calendar.Spec, day time.Weekday) string {
	var frames []string
	for name, list := range spec.Hours {
		if d, ok := calendar.Weekday(name); !ok || d != day {
			continue
		}
		for _, f := range list {
			frames = append(frames, f[0]+"-"+f[1])
		}
	}
	slices.Sort(frames)
	return strings.Join(frames, " ")
}

func worked(d time.Duration) safe.Text {
	d = d.Round(time.Minute)
	if d%time.Hour == 0 {
		return safe.Sprintf("%s h of work", safe.Int(int(d/time.Hour)))
	}
	return safe.Sprintf("%s h %s min of work", safe.Int(int(d/time.Hour)), safe.Int(int(d%time.Hour/time.Minute)))
}

// week writes the next seven days and the example.
func (s *sheet) week(w week) {
	s.title(safe.Const("The next 7 days"))
	for _, d := range w.days {
		text, role := safe.Line(d.frames), theme.Plain
		switch {
		case d.holiday:
			text, role = safe.Const("holiday"), theme.Warn
		case d.frames == "":
			text, role = safe.Const("off"), theme.Faint
		}
		s.fact(safe.Line(d.date.Format("Mon 2 Jan")), role, text)
	}
	s.gap()
	if w.due.IsZero() {
		s.say(theme.Warn, safe.Const("Nothing would ever be due by it."))
		return
	}
	s.say(theme.Plain, safe.Sprintf("4 hours from now, %s there, are due on %s.", safe.Line(w.from.Format("Mon 15:04")), safe.Line(w.due.Format("Mon 2 Jan 15:04"))))
}

func (p *calendars) sheet(s *sheet) {
	c, ok := p.marked()
	if !ok {
		return
	}
	s.fact(safe.Const("zone"), theme.Plain, safe.Line(c.Spec.Timezone))
	s.fact(safe.Const("version"), theme.Plain, safe.Sprintf("%s, since %s", safe.Int(c.Version), p.s.sh.When(c.Since)))
	s.fact(safe.Const("holidays"), theme.Plain, safe.Line(shortList(c.Spec.Holidays)))
	s.fact(safe.Const("every year"), theme.Plain, safe.Line(shortList(c.Spec.HolidaysYearly)))
	if cal, err := calendar.New(c.Spec); err == nil {
		s.week(weekOf(c.Spec, cal, p.s.sh.Now()))
	}
}

// fewDates is how many holidays are named one by one.
const fewDates = 12

func shortList(dates []string) string {
	if len(dates) <= fewDates {
		return strings.Join(dates, ", ")
	}
	return strings.Join(dates[:fewDates], ", ") + safe.Sprintf(", and %s more", safe.Int(len(dates)-fewDates)).String()
}

func (p *calendars) verbs() []verb {
	admin := p.s.admin("only admins change when teams work")
	some := action.When("no calendar is marked: move to one with j and k", func() bool { _, ok := p.marked(); return ok })
	return []verb{
		{Action: action.Action{ID: "calendar.change", Title: "Change when a team works", Keys: []string{"e"}, Footer: "change", Weight: 5, Run: p.change}, button: safe.Const("Change"), fits: some, right: admin},
		{Action: action.Action{ID: "calendar.remove", Title: "Remove the calendar", Keys: []string{"#"}, Risk: action.Asks, Run: p.remove}, button: safe.Const("Remove"), fits: some, right: admin},
		{Action: action.Action{ID: "calendar.add", Title: "Make a calendar", Keys: []string{"c"}, Footer: "make a calendar", Weight: 5, Run: p.add}, button: safe.Const("Make a calendar"), right: admin},
	}
}

func (p *calendars) remove(action.Target) tea.Cmd {
	c, _ := p.marked()
	d := p.s.o.Desk
	return p.s.sure(p, safe.Sprintf("remove %s", safe.Line(c.Name)), safe.Const("Clocks that run by it go on. A calendar that a policy counts by stays."), safe.Sprintf("Yes, remove %s", safe.Line(c.Name)),
		func(ctx context.Context) (result, error) {
			return result{text: safe.Sprintf("The calendar %s is no more.", safe.Line(c.Name))}, d.RemoveCalendar(ctx, c.Name)
		})
}
