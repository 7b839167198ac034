package calendar

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Spec is a calendar as people write it and as it is kept: in TOML, in JSON.
type Spec struct {
	// Timezone is a name of the IANA database, like Europe/Berlin.
	Timezone string `json:"timezone" toml:"timezone"`
	// Hours are the frames of each weekday, which is named in English, in full
	// or by three letters. A frame is when it begins and when it ends, like
	// "09:00" and "12:30"; the end may be "24:00". Frames that touch or overlap
	// count as one.
	Hours map[string][][2]string `json:"hours" toml:"hours"`
	// Holidays are dates like "2026-12-24" on which nobody works.
	Holidays []string `json:"holidays,omitempty" toml:"holidays"`
	// HolidaysYearly are days of every year like "12-25".
	HolidaysYearly []string `json:"holidays_yearly,omitempty" toml:"holidays_yearly"`
}

// MaxHolidays is how many holidays a calendar can have: thirty years of one a
// day, so that a calendar stays a page and no file can make it a burden.
const MaxHolidays = 10_000

// frame is a part of a day, as the clock on the wall shows it.
type frame struct{ from, to time.Duration }

// New makes a calendar of what somebody wrote. An error says in a sentence what
// is wrong and how it is written.
func New(s Spec) (*Calendar, error) {
	zone, err := zoneOf(s.Timezone)
	if err != nil {
		return nil, err
	}
	if n := len(s.Holidays) + len(s.HolidaysYearly); n > MaxHolidays {
		return nil, fmt.Errorf("the calendar has %d holidays; it can have %d", n, MaxHolidays)
	}
	c := &Calendar{zone: zone}
	for _, name := range slices.SortedFunc(maps.Keys(s.Hours), byWeekday) { // so that the same mistake is told each time
		day, ok := Weekday(name)
		if !ok {
			return nil, fmt.Errorf("%q is no weekday; they are monday to sunday", name)
		}
		for _, f := range s.Hours[name] {
			parsed, err := parseFrame(f)
			if err != nil {
				return nil, fmt.Errorf("on %s %w", strings.ToLower(day.String()), err)
			}
			c.week[day] = append(c.week[day], parsed)
		}
	}
	for day := range c.week {
		c.week[day] = union(c.week[day])
		for _, f := range c.week[day] {
			c.length[day] += f.to - f.from
		}
		c.weekly += c.length[day]
	}
	if c.weekly == 0 {
		return nil, fmt.Errorf("the calendar has no working hours; give at least one weekday a frame like [\"09:00\", \"17:00\"]")
	}
	return c, c.addHolidays(s)
}

// byWeekday orders names of weekdays, Monday first; what is none is behind them.
func byWeekday(a, b string) int {
	place := func(name string) int {
		day, ok := Weekday(name)
		if !ok {
			return 7
		}
		return (int(day) + 6) % 7
	}
	return cmp.Or(cmp.Compare(place(a), place(b)), strings.Compare(a, b))
}

// zoneOf finds a time zone. That of the machine is refused: a calendar has to
// say the same on every host.
func zoneOf(name string) (*time.Location, error) {
	if name == "" || strings.EqualFold(name, "local") {
		return nil, fmt.Errorf("the calendar has no time zone; name one like Europe/Berlin")
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("there is no time zone %q; name one like Europe/Berlin or UTC", name)
	}
	return zone, nil
}

// Weekday finds a weekday by its English name or the first three letters of it.
func Weekday(name string) (time.Weekday, bool) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if full := day.String(); strings.EqualFold(name, full) || strings.EqualFold(name, full[:3]) {
			return day, true
		}
	}
	return 0, false
}

func parseFrame(f [2]string) (frame, error) {
	from, err := parseClock(f[0])
	if err != nil {
		return frame{}, err
	}
	to, err := parseClock(f[1])
	if err != nil {
		return frame{}, err
	}
	if from >= to {
		return frame{}, fmt.Errorf("the frame %s to %s ends before it begins; over midnight are two frames: to 24:00, and from 00:00 on the day after", f[0], f[1])
	}
	return frame{from, to}, nil
}

// parseClock reads a time on the wall from "00:00" to "24:00".
func parseClock(text string) (time.Duration, error) {
	if text == "24:00" {
		return 24 * time.Hour, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, fmt.Errorf("%q is no time of day; write it like 09:00, up to 24:00", text)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// union sorts frames and makes one of those that touch.
func union(frames []frame) []frame {
	slices.SortFunc(frames, func(a, b frame) int { return int(a.from - b.from) })
	var out []frame
	for _, f := range frames {
		if n := len(out); n > 0 && f.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, f.to)
			continue
		}
		out = append(out, f)
	}
	return out
}

// addHolidays takes in the holidays, each date once.
func (c *Calendar) addHolidays(s Spec) error {
	for _, text := range s.HolidaysYearly {
		y, err := parseYearly(text)
		if err != nil {
			return err
		}
		if !slices.Contains(c.yearly, y) {
			c.yearly = append(c.yearly, y)
		}
	}
	for _, text := range s.Holidays {
		day, err := parseDate(text)
		if err != nil {
			return err
		}
		if !c.isYearly(day) {
			c.once = append(c.once, day)
		}
	}
	slices.Sort(c.once)
	c.once = slices.Compact(c.once)
	c.lost = make([]time.Duration, len(c.once)+1)
	for i, day := range c.once {
		c.lost[i+1] = c.lost[i] + c.length[weekdayOf(day)]
	}
	return nil
}
