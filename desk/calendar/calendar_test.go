package calendar_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the tests say the same on a machine that knows no zones

	"postroom/desk/calendar"
)

// office is an ordinary week in a zone, with a break at noon.
func office(zone string) calendar.Spec {
	s := calendar.Spec{Timezone: zone, Hours: map[string][][2]string{}}
	for _, day := range []string{"monday", "tuesday", "wednesday", "thursday", "fri"} {
		s.Hours[day] = [][2]string{{"09:00", "12:30"}, {"13:00", "17:00"}}
	}
	return s
}

// around are all hours of all days in a zone.
func around(zone string) calendar.Spec {
	s := calendar.Spec{Timezone: zone, Hours: map[string][][2]string{}}
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		s.Hours[day] = [][2]string{{"00:00", "24:00"}}
	}
	return s
}

func must(t testing.TB, s calendar.Spec) *calendar.Calendar {
	t.Helper()
	c, err := calendar.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func TestDue(t *testing.T) {
	holidays := office("Europe/Berlin")
	holidays.Holidays = []string{"2026-12-24", "2026-12-24"}
	holidays.HolidaysYearly = []string{"12-25", "01-01", "02-29"}
	night := calendar.Spec{Timezone: "Europe/Berlin", Hours: map[string][][2]string{"sat": {{"22:00", "24:00"}}, "sun": {{"00:00", "06:00"}}}}
	for _, c := range []struct {
		name, from, due string
		spec            calendar.Spec
		goal            time.Duration
		pauses          []calendar.Interval
	}{
		{"within a frame", "2026-03-02T09:00:00+01:00", "2026-03-02T11:00:00+01:00", office("Europe/Berlin"), 2 * time.Hour, nil},
		{"the end of a frame, not the next", "2026-03-02T09:00:00+01:00", "2026-03-02T12:30:00+01:00", office("Europe/Berlin"), 3*time.Hour + 30*time.Minute, nil},
		{"over the break", "2026-03-02T09:00:00+01:00", "2026-03-02T13:30:00+01:00", office("Europe/Berlin"), 4 * time.Hour, nil},
		{"over the weekend", "2026-03-06T16:59:59+01:00", "2026-03-09T09:00:01+01:00", office("Europe/Berlin"), 2 * time.Second, nil},
		{"begun at night", "2026-03-07T03:00:00+01:00", "2026-03-09T10:00:00+01:00", office("Europe/Berlin"), time.Hour, nil},
		{"nothing to do", "2026-03-07T03:00:00+01:00", "2026-03-07T03:00:00+01:00", office("Europe/Berlin"), 0, nil},
		{"holidays by date and by year", "2026-12-23T16:00:00+01:00", "2026-12-28T10:00:00+01:00", holidays, 2 * time.Hour, nil},
		{"a year later only the yearly ones", "2027-12-23T16:00:00+01:00", "2027-12-24T10:00:00+01:00", holidays, 2 * time.Hour, nil},
		{"a night over midnight in which an hour is missing", "2026-03-28T22:00:00+01:00", "2026-03-29T05:00:00+02:00", night, 6 * time.Hour, nil},
		{"a night over midnight with an hour twice", "2026-10-24T22:00:00+02:00", "2026-10-25T03:00:00+01:00", night, 6 * time.Hour, nil},
		{"the day that Samoa left out", "2011-12-29T23:00:00-10:00", "2011-12-31T01:00:00+14:00", around("Pacific/Apia"), 2 * time.Hour, nil},
		{"a pause inside", "2026-03-02T09:00:00+01:00", "2026-03-02T12:00:00+01:00", office("Europe/Berlin"), 2 * time.Hour, []calendar.Interval{
			{From: at(t, "2026-03-02T10:00:00+01:00"), To: at(t, "2026-03-02T11:00:00+01:00")},
		}},
		{"pauses that overlap, in no order", "2026-03-02T09:00:00+01:00", "2026-03-02T12:30:00+01:00", office("Europe/Berlin"), 2 * time.Hour, []calendar.Interval{
			{From: at(t, "2026-03-02T10:30:00+01:00"), To: at(t, "2026-03-02T11:30:00+01:00")},
			{From: at(t, "2026-03-02T10:00:00+01:00"), To: at(t, "2026-03-02T11:00:00+01:00")},
		}},
		{"a pause at night takes nothing", "2026-03-02T16:00:00+01:00", "2026-03-03T10:00:00+01:00", office("Europe/Berlin"), 2 * time.Hour, []calendar.Interval{
			{From: at(t, "2026-03-02T18:00:00+01:00"), To: at(t, "2026-03-03T08:00:00+01:00")},
		}},
		{"due as the pause begins", "2026-03-02T09:00:00+01:00", "2026-03-02T11:00:00+01:00", office("Europe/Berlin"), 2 * time.Hour, []calendar.Interval{
			{From: at(t, "2026-03-02T11:00:00+01:00")},
		}},
		{"far away, where no clock changes", "2026-01-01T00:00:00Z", "2126-01-01T00:00:00Z", around("UTC"), 36524 * 24 * time.Hour, nil},
	} {
		due, err := must(t, c.spec).Due(at(t, c.from), c.goal, c.pauses...)
		if err != nil || !due.Equal(at(t, c.due)) {
			t.Errorf("%s: due %s, %v; want %s", c.name, due.Format(time.RFC3339), err, c.due)
		}
	}
}

func TestElapsed(t *testing.T) {
	for _, c := range []struct {
		name, from, to string
		spec           calendar.Spec
		want           time.Duration
	}{
		{"a day", "2026-03-02T00:00:00+01:00", "2026-03-03T00:00:00+01:00", office("Europe/Berlin"), 7*time.Hour + 30*time.Minute},
		{"a year of weeks", "2026-01-05T00:00:00+01:00", "2027-01-04T00:00:00+01:00", office("Europe/Berlin"), 52 * 5 * (7*time.Hour + 30*time.Minute)},
		{"the day with 23 hours", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", around("Europe/Berlin"), 23 * time.Hour},
		{"the day with 25 hours", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", around("Europe/Berlin"), 25 * time.Hour},
		{"half an hour less on Lord Howe", "2026-10-04T00:00:00+10:30", "2026-10-05T00:00:00+11:00", around("Australia/Lord_Howe"), 23*time.Hour + 30*time.Minute},
		{"a leap year far ahead, on whose last day package time errs", "2040-12-01T00:00:00+01:00", "2041-01-01T00:00:00+01:00", around("Europe/Berlin"), 31 * 24 * time.Hour},
		{"backwards", "2026-03-03T00:00:00Z", "2026-03-02T00:00:00Z", around("UTC"), 0},
	} {
		if got := must(t, c.spec).Elapsed(at(t, c.from), at(t, c.to)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestOpen(t *testing.T) {
	c := must(t, office("Europe/Berlin"))
	for when, want := range map[string]bool{
		"2026-03-02T09:00:00+01:00": true,
		"2026-03-02T08:59:59+01:00": false,
		"2026-03-02T12:30:00+01:00": false,
		"2026-03-07T10:00:00+01:00": false,
	} {
		if c.Open(at(t, when)) != want {
			t.Errorf("at %s the office is open: %v", when, !want)
		}
	}
	if !calendar.Always().Open(at(t, "2026-03-07T10:00:00+01:00")) {
		t.Error("the calendar without nights is closed")
	}
}

func TestNeverDue(t *testing.T) {
	idle := around("UTC")
	for day := at(t, "2024-01-01T00:00:00Z"); day.Year() == 2024; day = day.AddDate(0, 0, 1) {
		idle.HolidaysYearly = append(idle.HolidaysYearly, day.Format("01-02"))
	}
	from := at(t, "2026-03-02T09:00:00Z")
	if due, err := must(t, idle).Due(from, time.Second); !errors.Is(err, calendar.ErrNever) {
		t.Errorf("with holidays all year a goal is due %s, %v", due, err)
	}
	paused := calendar.Interval{From: from.Add(time.Hour)}
	if due, err := must(t, around("UTC")).Due(from, 2*time.Hour, paused); !errors.Is(err, calendar.ErrPaused) {
		t.Errorf("while a pause goes on a goal is due %s, %v", due, err)
	}
}

func TestBadSpec(t *testing.T) {
	hours := func(day, from, to string) calendar.Spec {
		return calendar.Spec{Timezone: "UTC", Hours: map[string][][2]string{day: {{from, to}}}}
	}
	holiday := office("UTC")
	holiday.Holidays = []string{"2026-02-29"}
	yearly := office("UTC")
	yearly.HolidaysYearly = []string{"13-01"}
	many := office("UTC")
	many.Holidays = make([]string, calendar.MaxHolidays+1)
	for want, s := range map[string]calendar.Spec{
		"no time zone;":           office(""),
		"no time zone; ":          office("Local"),
		"no time zone \"Mars":     office("Mars/Olympus"),
		"no working hours":        {Timezone: "UTC"},
		"no weekday":              hours("monnday", "09:00", "17:00"),
		"\"9:00\" is no time":     hours("mon", "9:00", "17:00"),
		"\"24:01\" is no time":    hours("mon", "09:00", "24:01"),
		"on monday the frame":     hours("mon", "22:00", "06:00"),
		"ends before it begins":   hours("mon", "24:00", "24:00"),
		"\"2026-02-29\" is no":    holiday,
		"\"13-01\" is no day":     yearly,
		"10001 holidays; it can ": many,
	} {
		if _, err := calendar.New(s); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("said %v, not %q", err, want)
		}
	}
}
