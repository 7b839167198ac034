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
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// The fields of a calendar.
const (
	hoursName = iota
	hoursZone
	hoursMonday // and the other days behind it
	hoursDates  = hoursMonday + 7
	hoursFile   = hoursDates + 1
	hoursFor    = hoursFile + 1
)

// fieldDay is the weekday of a field.
func fieldDay(field int) time.Weekday { return time.Weekday((field - hoursMonday + 1) % 7) }

// timetable is what a calendar would say.
type timetable struct {
	week      week
	recounted int
	added     int // holidays that come from a file
	leftOut   int
}

func (p *calendars) add(action.Target) tea.Cmd {
	spec := calendar.Spec{Timezone: p.s.sh.Now().Location().String(), Hours: map[string][][2]string{}}
	if spec.Timezone == "Local" {
		spec.Timezone = "Europe/Berlin"
	}
	for day := time.Monday; day <= time.Friday; day++ {
		spec.Hours[strings.ToLower(day.String())] = [][2]string{{"09:00", "17:00"}}
	}
	return p.fillIn("", spec)
}

func (p *calendars) change(action.Target) tea.Cmd {
	c, _ := p.marked()
	return p.fillIn(c.Name, c.Spec)
}

// fillIn opens the form of a calendar: of the one with the name, or a new one.
func (p *calendars) fillIn(name string, spec calendar.Spec) tea.Cmd {
	f := &form{title: safe.Const("Make a calendar"), working: safe.Const("Saving…"), culprit: hoursCulprit}
	rows := make([]widget.FormRow, hoursFor+1)
	rows[hoursName] = widget.FormRow{Label: safe.Const("Name"), Hint: safe.Const("such as: berlin")}
	rows[hoursZone] = widget.FormRow{Label: safe.Const("Time zone"), Hint: safe.Const("such as: Europe/Berlin")}
	rows[hoursZone].Field.Set(spec.Timezone)
	for i := hoursMonday; i < hoursDates; i++ {
		rows[i] = widget.FormRow{Label: safe.Line(fieldDay(i).String()), Hint: safe.Const("off; or 09:00-12:30 13:00-17:00")}
		rows[i].Field.Set(framesOf(spec, fieldDay(i)))
	}
	rows[hoursDates] = widget.FormRow{Label: safe.Const("Holidays"), Hint: safe.Const("2026-12-24, or 12-25 for every year")}
	rows[hoursDates].Field.Set(strings.Join(slices.Concat(spec.HolidaysYearly, spec.Holidays), ", "))
	rows[hoursFile] = widget.FormRow{Label: safe.Const("From a file"), Hint: safe.Const("an .ics file with more holidays")}
	rows[hoursFor] = chosenFor()
	if name != "" {
		f.title = safe.Sprintf("Change %s", safe.Line(name))
		rows[hoursName].Label, rows[hoursName].Choices = safe.Const("Name"), []widget.Choice{{Label: safe.Line(name), Hint: safe.Const("it keeps its name")}}
	} else {
		rows = rows[:hoursFor]
	}
	f.fields.Rows = rows
	put := func(ctx context.Context, v values) (desk.Calendar, timetable, error) { return p.put(ctx, name, v) }
	f.save = func(ctx context.Context, v values) (result, error) {
		c, t, err := put(ctx, v)
		return result{text: safe.Join(" ", safe.Sprintf("The calendar %s is in version %s.", safe.Line(c.Name), safe.Int(c.Version)), recounted(t.recounted))}, err
	}
	r := &rehearsal[timetable]{s: p.s, show: showTimetable, find: func(ctx context.Context, v values) (timetable, error) {
		_, t, err := put(ctx, v)
		return t, err
	}}
	return r.open(f)
}

// hoursCulprit is the field that an error is about.
func hoursCulprit(e *desk.Error) int {
	switch e.Code {
	case "BAD_NAME", "NAME_IN_USE":
		return hoursName
	case "UNREADABLE_FILE":
		return hoursFile
	default:
		return -1
	}
}

func showTimetable(s *sheet, t timetable) {
	s.week(t.week)
	if t.added > 0 {
		s.say(theme.Plain, safe.Sprintf("Holidays in the file: %s.", safe.Int(t.added)))
	}
	if t.leftOut > 0 {
		s.say(theme.Faint, safe.Sprintf("Events left out, because they have a time of day or were cancelled: %s.", safe.Int(t.leftOut)))
	}
	if t.recounted > 0 {
		s.say(theme.Warn, recounted(t.recounted))
	}
}

// put writes what the fields say.
func (p *calendars) put(ctx context.Context, name string, v values) (desk.Calendar, timetable, error) {
	var t timetable
	spec, err := specOf(v)
	if err != nil {
		return desk.Calendar{}, t, err
	}
	if file := v.text(hoursFile); file != "" {
		dates, leftOut, err := p.s.o.Holidays(file)
		if err != nil {
			return desk.Calendar{}, t, err
		}
		t.added, t.leftOut = len(dates), leftOut
		spec.Holidays = append(spec.Holidays, dates...)
		slices.Sort(spec.Holidays)
		spec.Holidays = slices.Compact(spec.Holidays)
	}
	var c desk.Calendar
	switch {
	case name != "":
		c, t.recounted, err = p.s.o.Desk.SetCalendar(ctx, name, spec, runningOf(v.chosen[hoursFor]))
	case v.text(hoursName) == "" && desk.Rehearsing(ctx):
		// Whoever has not named it yet sees its hours all the same.
	default:
		c, err = p.s.o.Desk.AddCalendar(ctx, v.text(hoursName), spec)
	}
	if err != nil {
		return c, t, err
	}
	cal, err := calendar.New(spec)
	if err != nil {
		return c, t, &desk.Error{Kind: desk.Invalid, Code: "BAD_CALENDAR", Message: err.Error() + ".", Err: err}
	}
	t.week = weekOf(spec, cal, p.s.sh.Now())
	return c, t, nil
}

// specOf reads what the fields say.
func specOf(v values) (calendar.Spec, error) {
	spec := calendar.Spec{Timezone: v.text(hoursZone), Hours: map[string][][2]string{}}
	for i := hoursMonday; i < hoursDates; i++ {
		for _, frame := range strings.FieldsFunc(v.text(i), func(r rune) bool { return r == ' ' || r == ',' }) {
			from, to, ok := strings.Cut(frame, "-")
			if !ok {
				return spec, &desk.Error{Kind: desk.Invalid, Code: "BAD_CALENDAR", Message: fieldDay(i).String() + " has " + desk.Snippet(frame, 20) + ", which is no time from one hour to another.", Hint: "Write it like 09:00-12:30 13:00-17:00, or leave it empty."}
			}
			day := strings.ToLower(fieldDay(i).String())
			spec.Hours[day] = append(spec.Hours[day], [2]string{from, to})
		}
	}
	for _, date := range strings.FieldsFunc(v.text(hoursDates), func(r rune) bool { return r == ' ' || r == ',' }) {
		if len(date) == len("12-25") {
			spec.HolidaysYearly = append(spec.HolidaysYearly, date)
			continue
		}
		spec.Holidays = append(spec.Holidays, date)
	}
	return spec, nil
}
