package hours

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"

	"postroom/desk/calendar"
)

// Holidays are the days of an iCalendar file on which nobody works.
type Holidays struct {
	// Dates are in order, each once, like "2026-12-24".
	Dates []string
	// LeftOut counts the events that are no holidays: those with a time of day
	// and those that were cancelled.
	LeftOut int
}

// LastYear is up to when events that recur without an end are followed.
const LastYear = 2099

// maxEvents bounds what following rules costs.
const maxEvents = 5000

// ReadHolidays reads the events of an iCalendar file that last whole days, of
// several days each, and what recurs up to [LastYear].
func ReadHolidays(path string) (Holidays, error) {
	data, err := content(path)
	if err != nil {
		return Holidays{}, err
	}
	h, err := ParseHolidays(data)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return h, err
}

// ParseHolidays is [ReadHolidays] for what has been read.
func ParseHolidays(data []byte) (Holidays, error) {
	cal, err := ics.ParseCalendar(bytes.NewReader(data))
	if err != nil {
		return Holidays{}, fmt.Errorf("is no iCalendar file: %w", err)
	}
	events := cal.Events()
	if len(events) > maxEvents {
		return Holidays{}, fmt.Errorf("has %d events; it can have %d", len(events), maxEvents)
	}
	days := map[string]bool{}
	h := Holidays{}
	for _, e := range events {
		first, length, ok := whole(e)
		if !ok {
			h.LeftOut++
			continue
		}
		starts, err := occurrences(e, first)
		if err != nil {
			return Holidays{}, fmt.Errorf("the event %q: %w", value(e, ics.ComponentPropertySummary), err)
		}
		for _, start := range starts {
			for n := range length {
				days[start.AddDate(0, 0, n).Format(time.DateOnly)] = true
			}
			if len(days) > calendar.MaxHolidays {
				return Holidays{}, fmt.Errorf("has more than %d holidays", calendar.MaxHolidays)
			}
		}
	}
	for day := range days {
		h.Dates = append(h.Dates, day)
	}
	slices.Sort(h.Dates)
	return h, nil
}

func value(e *ics.VEvent, name ics.ComponentProperty) string {
	if p := e.GetProperty(name); p != nil {
		return p.Value
	}
	return ""
}

// whole is the first day of an event that lasts whole days, and how many. Some
// programs write such a day as one from midnight to midnight.
func whole(e *ics.VEvent) (first time.Time, days int, ok bool) {
	if strings.EqualFold(value(e, ics.ComponentPropertyStatus), "CANCELLED") {
		return first, 0, false
	}
	first, dated, ok := dayOf(value(e, ics.ComponentPropertyDtStart))
	if !ok {
		return first, 0, false
	}
	end := value(e, ics.ComponentPropertyDtEnd)
	if end == "" {
		if days, ok := daysOf(value(e, ics.ComponentPropertyDuration)); ok {
			return first, days, true
		}
		// RFC 5545, 3.6.1: an event that begins on a date lasts that day, one
		// that begins at a time none.
		return first, 1, dated
	}
	last, _, ok := dayOf(end)
	if !ok {
		return first, 0, false
	}
	days = int(last.Sub(first) / (24 * time.Hour))
	switch {
	case days == 0 && dated:
		days = 1 // an end that is the beginning: written by who takes it for the last day
	case days < 1 || days > 366:
		return first, 0, false
	}
	return first, days, true
}

// dayOf reads a date, or a time that is midnight.
func dayOf(text string) (day time.Time, dated, ok bool) {
	date, clock, timed := strings.Cut(text, "T")
	if timed && strings.TrimSuffix(clock, "Z") != "000000" {
		return day, false, false
	}
	day, err := time.Parse("20060102", date)
	return day, !timed, err == nil && day.Year() >= 1900 && day.Year() <= LastYear
}

// daysOf reads a duration of whole days or weeks (RFC 5545, 3.3.6).
func daysOf(text string) (int, bool) {
	var n int
	var unit string
	if _, err := fmt.Sscanf(strings.TrimPrefix(text, "+"), "P%d%s", &n, &unit); err != nil {
		return 0, false
	}
	if unit == "W" {
		n, unit = 7*n, "D"
	}
	return n, unit == "D" && n >= 1 && n <= 366
}

// occurrences are the days an event begins on.
func occurrences(e *ics.VEvent, first time.Time) ([]time.Time, error) {
	starts := []time.Time{first}
	if rule := value(e, ics.ComponentPropertyRrule); rule != "" {
		var err error
		if starts, err = follow(rule, first); err != nil {
			return nil, err
		}
	}
	for _, p := range e.GetProperties(ics.ComponentPropertyRdate) {
		for _, text := range strings.Split(p.Value, ",") {
			if day, _, ok := dayOf(text); ok {
				starts = append(starts, day)
			}
		}
	}
	for _, p := range e.GetProperties(ics.ComponentPropertyExdate) {
		for _, text := range strings.Split(p.Value, ",") {
			day, _, ok := dayOf(text)
			starts = slices.DeleteFunc(starts, func(s time.Time) bool { return ok && s.Equal(day) })
		}
	}
	return starts, nil
}

// follow gives the days of a rule of recurrence.
func follow(rule string, first time.Time) ([]time.Time, error) {
	o, err := rrule.StrToROption(rule)
	if err != nil {
		return nil, fmt.Errorf("its rule %q cannot be read: %w", rule, err)
	}
	if o.Freq > rrule.DAILY || len(o.Byhour)+len(o.Byminute)+len(o.Bysecond) > 0 || o.Interval < 0 {
		return nil, fmt.Errorf("its rule %q is not one of whole days", rule)
	}
	o.Dtstart = first
	if end := time.Date(LastYear, 12, 31, 0, 0, 0, 0, time.UTC); o.Until.IsZero() || o.Until.After(end) {
		o.Until = end
	}
	r, err := rrule.NewRRule(*o)
	if err != nil {
		return nil, fmt.Errorf("its rule %q cannot be followed: %w", rule, err)
	}
	var days []time.Time
	for next := r.Iterator(); ; {
		day, ok := next()
		if !ok {
			return days, nil
		}
		if days = append(days, day); len(days) > calendar.MaxHolidays {
			return nil, errors.New("it recurs too often")
		}
	}
}
