package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"postroom/desk/calendar"
)

// parseHours reads weekly hours as people write them: days or ranges of days,
// then frames, with commas between, like "mon-thu 09:00-12:30 13:00-17:00, fri
// 09:00-13:00".
func parseHours(text, zone string) (calendar.Spec, error) {
	spec := calendar.Spec{Timezone: strings.TrimSpace(zone), Hours: map[string][][2]string{}}
	for part := range strings.SplitSeq(text, ",") {
		words := strings.Fields(strings.ReplaceAll(part, "–", "-"))
		if len(words) < 2 {
			return spec, badHours(fmt.Sprintf("%q has no days and hours", strings.TrimSpace(part)))
		}
		days, err := parseDays(words[0])
		if err != nil {
			return spec, err
		}
		for _, word := range words[1:] {
			from, to, ok := strings.Cut(word, "-")
			if !ok {
				return spec, badHours(fmt.Sprintf("%q is no frame", word))
			}
			for _, day := range days {
				spec.Hours[day] = append(spec.Hours[day], [2]string{from, to})
			}
		}
	}
	if _, err := calendar.New(spec); err != nil {
		return spec, badHours(err.Error())
	}
	return spec, nil
}

func badHours(what string) error {
	return invalid("BAD_HOURS", "Write them like: 'mon-thu 09:00-12:30 13:00-17:00, fri 09:00-13:00' --zone Europe/Berlin", "The hours cannot be read: %s.", strings.TrimSuffix(what, "."))
}

// weekdays are the days in the order of a week, as they are written.
func weekdays() []string {
	return []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
}

// parseDays reads a day or a range of days, which may go over the weekend.
func parseDays(text string) ([]string, error) {
	first, last, ranged := strings.Cut(strings.ToLower(text), "-")
	if !ranged {
		last = first
	}
	at := func(name string) int {
		day, ok := calendar.Weekday(name)
		if !ok {
			return -1
		}
		return (int(day) + 6) % 7 // a week begins on Monday here
	}
	from, to := at(first), at(last)
	if from < 0 || to < 0 {
		return nil, badHours(fmt.Sprintf("%q is no weekday", text))
	}
	var days []string
	for i := from; ; i = (i + 1) % 7 {
		if days = append(days, weekdays()[i]); i == to {
			return days, nil
		}
	}
}

// HoursText writes weekly hours as they are read, days with the same frames
// together; empty for always.
func HoursText(spec calendar.Spec) string {
	var parts []string
	days := weekdays()
	for i := 0; i < len(days); {
		frames := spec.Hours[days[i]]
		n := i + 1
		for n < len(days) && slices.Equal(spec.Hours[days[n]], frames) {
			n++
		}
		if len(frames) > 0 {
			name := days[i]
			if n > i+1 {
				name += "-" + days[n-1]
			}
			for _, f := range frames {
				name += " " + f[0] + "-" + f[1]
			}
			parts = append(parts, name)
		}
		i = n
	}
	return strings.Join(parts, ", ")
}

// free reports why a user can be given nothing at a time, and until when as far
// as the clock alone ends it; "" when he can.
func (d *Desk) free(a Availability, now time.Time) (why Skip, until time.Time) {
	if a.Away {
		return SkipAway, time.Time{}
	}
	for _, off := range a.Off {
		if !now.Before(off.From) && now.Before(off.Until) {
			return SkipOff, off.Until
		}
	}
	if len(a.Hours.Hours) > 0 {
		if c := d.calendarOf(a.Hours); c != nil && !c.Open(now) {
			return SkipHours, opens(c, now)
		}
	}
	if a.Idle > 0 && now.Sub(a.SeenAt) >= a.Idle {
		return SkipIdle, time.Time{}
	}
	return "", time.Time{}
}

// opens is when a calendar that is closed opens; zero when it never does.
func opens(c *calendar.Calendar, now time.Time) time.Time {
	at, err := c.Due(now, time.Millisecond)
	if err != nil {
		return time.Time{}
	}
	return at.Add(-time.Millisecond)
}

// calendarOf gives the calendar of hours that were checked when they were kept;
// nil when they are not understood any more, which keeps nobody from working.
func (d *Desk) calendarOf(spec calendar.Spec) *calendar.Calendar {
	key := spec.Timezone + " " + HoursText(spec)
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.hours[key]
	if !ok {
		c, _ = calendar.New(spec) //nolint:errcheck // see above: nil is the answer
		if d.hours == nil {
			d.hours = map[string]*calendar.Calendar{}
		}
		d.hours[key] = c
	}
	return c
}
