package calendar_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postroom/desk/calendar"
)

// reference counts working time the slow way: it looks at the clock on the wall
// at each minute. Offsets from UTC are whole minutes in all the years it is
// asked about, so no minute is working time in part.
type reference struct {
	zone *time.Location
	spec calendar.Spec
}

func (r reference) works(at time.Time, pauses []calendar.Interval) bool {
	for _, p := range pauses {
		if !at.Before(p.From) && at.Before(p.To) {
			return false
		}
	}
	wall := at.In(r.zone)
	if slices.Contains(r.spec.Holidays, wall.Format(time.DateOnly)) || slices.Contains(r.spec.HolidaysYearly, wall.Format("01-02")) {
		return false
	}
	clock := wall.Format("15:04")
	return slices.ContainsFunc(r.spec.Hours[wall.Format("Mon")], func(f [2]string) bool { return f[0] <= clock && clock < f[1] })
}

// elapsed counts up to a moment.
func (r reference) elapsed(from, to time.Time, pauses []calendar.Interval) time.Duration {
	var sum time.Duration
	for at := from; at.Before(to); {
		next := at.Truncate(time.Minute).Add(time.Minute)
		if next.After(to) {
			next = to
		}
		if r.works(at, pauses) {
			sum += next.Sub(at)
		}
		at = next
	}
	return sum
}

// due counts until the goal, or gives up.
func (r reference) due(from time.Time, goal time.Duration, pauses []calendar.Interval, limit time.Time) (time.Time, bool) {
	for at := from; at.Before(limit); {
		next := at.Truncate(time.Minute).Add(time.Minute)
		if r.works(at, pauses) {
			if part := next.Sub(at); goal <= part {
				return at.Add(goal), true
			} else {
				goal -= part
			}
		}
		at = next
	}
	return time.Time{}, false
}

// turns are moments near which the clocks of a zone are changed, and with the
// last a whole day is left out.
func turns() map[string][]string {
	return map[string][]string{
		"Europe/Berlin":       {"2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"},
		"America/New_York":    {"2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"},
		"Australia/Lord_Howe": {"2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"},
		"Asia/Kathmandu":      {"1985-12-31T18:30:00Z", "2026-03-29T01:00:00Z"},
		"America/Sao_Paulo":   {"2018-02-18T02:00:00Z", "2018-11-04T03:00:00Z"},
		"Pacific/Apia":        {"2011-12-30T10:00:00Z", "2012-03-31T14:00:00Z"},
	}
}

type aCase struct {
	reference
	calendar *calendar.Calendar
	from, to time.Time
	pauses   []calendar.Interval
}

// drawCase draws a calendar and some days around a turn of the clock.
func drawCase(t *rapid.T) aCase {
	all := turns()
	zones := make([]string, 0, len(all))
	for name := range all {
		zones = append(zones, name)
	}
	slices.Sort(zones)
	name := rapid.SampledFrom(zones).Draw(t, "zone")
	turn, err := time.Parse(time.RFC3339, rapid.SampledFrom(all[name]).Draw(t, "turn"))
	if err != nil {
		t.Fatal(err)
	}
	from := turn.Add(-time.Duration(rapid.IntRange(0, 3*24*3600).Draw(t, "before")) * time.Second)
	c := aCase{from: from, to: from.Add(time.Duration(rapid.IntRange(0, 4*24*3600).Draw(t, "long")) * time.Second)}
	if c.zone, err = time.LoadLocation(name); err != nil {
		t.Fatal(err)
	}
	c.spec = calendar.Spec{Timezone: name, Hours: map[string][][2]string{}}
	for day := time.Sunday; day <= time.Saturday; day++ {
		for range rapid.IntRange(0, 3).Draw(t, "frames") {
			begin := rapid.IntRange(0, 24*60-1).Draw(t, "begin")
			end := rapid.IntRange(begin+1, 24*60).Draw(t, "end")
			short := day.String()[:3]
			c.spec.Hours[short] = append(c.spec.Hours[short], [2]string{clock(begin), clock(end)})
		}
	}
	c.spec.Hours["Wed"] = append(c.spec.Hours["Wed"], [2]string{"01:00", "03:00"})
	for range rapid.IntRange(0, 2).Draw(t, "holidays") {
		day := turn.AddDate(0, 0, rapid.IntRange(-3, 3).Draw(t, "holiday"))
		c.spec.Holidays = append(c.spec.Holidays, day.Format(time.DateOnly))
		c.spec.HolidaysYearly = append(c.spec.HolidaysYearly, day.AddDate(0, 0, 2).Format("01-02"))
	}
	for range rapid.IntRange(0, 3).Draw(t, "pauses") {
		begin := from.Add(time.Duration(rapid.IntRange(-3600, 3*24*3600).Draw(t, "pause")) * time.Second).Truncate(time.Minute)
		c.pauses = append(c.pauses, calendar.Interval{From: begin, To: begin.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "minutes")) * time.Minute)})
	}
	if c.calendar, err = calendar.New(c.spec); err != nil {
		t.Fatal(err)
	}
	return c
}

func clock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// What the arithmetic says is what comes of looking at the wall every minute.
func TestAsMinuteByMinute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		want := c.elapsed(c.from, c.to, c.pauses)
		if got := c.calendar.Elapsed(c.from, c.to, c.pauses...); got != want {
			t.Fatalf("from %s to %s are %s, minute by minute %s", c.from, c.to, got, want)
		}
		goal := want - time.Duration(rapid.IntRange(0, int(want/time.Second)).Draw(t, "less"))*time.Second
		if goal == 0 {
			return
		}
		slow, ok := c.due(c.from, goal, c.pauses, c.to)
		due, err := c.calendar.Due(c.from, goal, c.pauses...)
		if !ok || err != nil || !due.Equal(slow) {
			t.Fatalf("%s from %s is due %s (%v), minute by minute %s (%v)", goal, c.from, due, err, slow, ok)
		}
	})
}

// Over years the parts add up to the whole, and the goal is due where the time
// elapsed has reached it for the first time.
func TestYears(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		years := c.from.Add(time.Duration(rapid.Int64Range(0, 20*366*24*3600).Draw(t, "years")) * time.Second)
		split := c.from.Add(time.Duration(rapid.Int64Range(0, int64(years.Sub(c.from)/time.Second)).Draw(t, "split")) * time.Second)
		whole := c.calendar.Elapsed(c.from, years, c.pauses...)
		if parts := c.calendar.Elapsed(c.from, split, c.pauses...) + c.calendar.Elapsed(split, years, c.pauses...); parts != whole {
			t.Fatalf("%s and not %s", parts, whole)
		}
		if whole == 0 {
			return
		}
		due, err := c.calendar.Due(c.from, whole, c.pauses...)
		if err != nil || due.After(years) {
			t.Fatalf("due %s, %v, and reached by %s", due, err, years)
		}
		if got := c.calendar.Elapsed(c.from, due, c.pauses...); got != whole {
			t.Fatalf("when due %s have elapsed of %s", got, whole)
		}
		if got := c.calendar.Elapsed(c.from, due.Add(-time.Second), c.pauses...); got != whole-time.Second {
			t.Fatalf("a second before it is due %s have elapsed of %s", got, whole)
		}
	})
}

// Ago is the other way round: from then on the goal is worked, and from a second
// later it is not.
func TestAgo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		to := c.from.Add(time.Duration(rapid.Int64Range(0, 366*24*3600).Draw(t, "to")) * time.Second)
		goal := time.Duration(rapid.Int64Range(1, 2000*3600).Draw(t, "goal")) * time.Second
		since := c.calendar.Ago(to, goal, 1)
		if since.IsZero() {
			if worked := c.calendar.Elapsed(to.AddDate(-1, 0, 0), to); worked >= goal {
				t.Fatalf("in a year %s are worked, and never %s", worked, goal)
			}
			return
		}
		if got := c.calendar.Elapsed(since, to); got != goal {
			t.Fatalf("from %s to %s are %s and not %s", since, to, got, goal)
		}
		if got := c.calendar.Elapsed(since.Add(time.Second), to); got >= goal {
			t.Fatalf("%s is not the last moment: %s", since, got)
		}
	})
}

// The control: who takes the clock on the wall for a straight line is found out
// by the reference.
func TestReferenceSeesTheClockChange(t *testing.T) {
	for name, moments := range turns() {
		spec := calendar.Spec{Timezone: name, Hours: map[string][][2]string{}}
		for day := time.Sunday; day <= time.Saturday; day++ {
			spec.Hours[day.String()[:3]] = [][2]string{{"00:00", "24:00"}}
		}
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		turn := at(t, moments[0])
		from, to := turn.AddDate(0, 0, -1), turn.AddDate(0, 0, 1)
		_, before := from.In(zone).Zone()
		_, after := to.In(zone).Zone()
		if before == after {
			t.Errorf("the clock of %s is not changed at %s", name, turn)
		}
		wall := func(at time.Time) time.Time {
			l := at.In(zone)
			return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), 0, time.UTC)
		}
		if naive := wall(to).Sub(wall(from)); naive == (reference{zone, spec}).elapsed(from, to, nil) {
			t.Errorf("by the wall alone the two days in %s are right too: %s", name, naive)
		}
	}
}
