package hours

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postroom/desk/calendar"
)

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const inTOML = `timezone = "Europe/Berlin"
holidays = [2026-12-24, "2026-12-31"]
holidays_yearly = ["12-25"]
ics = ["more.ics"]

[hours]
monday = [["09:00", "12:30"], ["13:00", "24:00"]]
`

const inJSON = `{"timezone": "Europe/Berlin", "holidays": ["2026-12-24", "2026-12-31"], "holidays_yearly": ["12-25"],
"ics": ["more.ics"], "hours": {"monday": [["09:00", "12:30"], ["13:00", "24:00"]]}}`

func event(lines ...string) string {
	return "BEGIN:VEVENT\r\nUID:1\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\n"
}

func icalendar(events ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + strings.Join(events, "") + "END:VCALENDAR\r\n"
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "more.ics", icalendar(event("DTSTART;VALUE=DATE:20270101", "SUMMARY:New Year"), event("DTSTART:20270102T100000Z", "DTEND:20270102T110000Z")))
	for name, text := range map[string]string{"a.toml": inTOML, "b.json": inJSON, "c": inTOML, "d": "\n" + inJSON} {
		f, err := Read(write(t, dir, name, text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := []string{"2026-12-24", "2026-12-31", "2027-01-01"}; !slices.Equal(f.Holidays, want) || f.LeftOut != 1 {
			t.Errorf("%s: holidays %v, %d events left out", name, f.Holidays, f.LeftOut)
		}
		if _, err := calendar.New(f.Spec); err != nil || f.Hours["monday"][1] != [2]string{"13:00", "24:00"} {
			t.Errorf("%s: %v, hours %v", name, err, f.Hours)
		}
	}
}

func TestReadSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"timezone = \"UTC\"\nholiday = []": `no "holiday"`,
		"timezone = ":                      "no calendar in TOML",
		`{"timezone": "UTC", "holiday":1}`: `unknown field "holiday"`,
		`{"timezone": "UTC"} x`:            "something behind",
		"holidays = [7]":                   "is a date like",
		"ics = [\"gone.ics\"]":             "gone.ics",
		"hours.mon = [[\"09:00\"]]":        "no calendar in TOML",
	} {
		if _, err := Read(write(t, dir, "calendar", text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, not %q", text, err, want)
		}
	}
	if _, err := Read(filepath.Join(dir, "nothing")); err == nil {
		t.Error("a file that is not there was read")
	}
	if _, err := Read(write(t, dir, "large", strings.Repeat("#", MaxFile+1))); err == nil || !strings.Contains(err.Error(), "more than 4 MB") {
		t.Errorf("a large file: %v", err)
	}
}

func TestHolidays(t *testing.T) {
	for _, c := range []struct {
		name   string
		events string
		want   string // the first few
		n      int
		out    int
	}{
		{"one day", event("DTSTART;VALUE=DATE:20261224"), "2026-12-24", 1, 0},
		{"one day with its end", event("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261225"), "2026-12-24", 1, 0},
		{"one day whose end is itself", event("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261224"), "2026-12-24", 1, 0},
		{"several days", event("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227"), "2026-12-24 2026-12-25 2026-12-26", 3, 0},
		{"a duration", event("DTSTART;VALUE=DATE:20261224", "DURATION:P2D"), "2026-12-24 2026-12-25", 2, 0},
		{"from midnight to midnight", event("DTSTART;TZID=Europe/Berlin:20261224T000000", "DTEND;TZID=Europe/Berlin:20261225T000000"), "2026-12-24", 1, 0},
		{"a folded line", event("DTSTART;VALUE=\r\n DATE:20261224"), "2026-12-24", 1, 0},
		{"a meeting", event("DTSTART:20261224T090000Z", "DTEND:20261224T100000Z"), "", 0, 1},
		{"cancelled", event("DTSTART;VALUE=DATE:20261224", "STATUS:CANCELLED"), "", 0, 1},
		{"no beginning", event("SUMMARY:x"), "", 0, 1},
		{"every year", event("DTSTART;VALUE=DATE:20261225", "RRULE:FREQ=YEARLY"), "2026-12-25 2027-12-25", 74, 0},
		{"a fourth Thursday", event("DTSTART;VALUE=DATE:20261126", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2"), "2026-11-26 2027-11-25", 2, 0},
		{"two days, three years, one left out", event("DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20261227", "RRULE:FREQ=YEARLY;UNTIL=20281231", "EXDATE;VALUE=DATE:20271225"), "2026-12-25 2026-12-26 2028-12-25", 4, 0},
		{"other days as well", event("DTSTART;VALUE=DATE:20261225", "RDATE;VALUE=DATE:20270101,20270106"), "2026-12-25 2027-01-01 2027-01-06", 3, 0},
		{"the same day twice", event("DTSTART;VALUE=DATE:20261225") + event("DTSTART;VALUE=DATE:20261225"), "2026-12-25", 1, 0},
	} {
		h, err := ParseHolidays([]byte(icalendar(c.events)))
		if err != nil || len(h.Dates) != c.n || h.LeftOut != c.out || !strings.HasPrefix(strings.Join(h.Dates, " "), c.want) {
			t.Errorf("%s: %v, %d left out, %v", c.name, h.Dates, h.LeftOut, err)
		}
	}
	for text, want := range map[string]string{
		"hello": "no iCalendar file",
		icalendar(event("DTSTART;VALUE=DATE:20261225", "RRULE:FREQ=SECONDLY")):        "not one of whole days",
		icalendar(event("DTSTART;VALUE=DATE:20261225", "RRULE:FREQ=YEARLY;BYDAY=XX")): "cannot be read",
		icalendar(event("DTSTART;VALUE=DATE:19000101", "RRULE:FREQ=DAILY")):           "too often",
		icalendar(strings.Repeat(event("DTSTART;VALUE=DATE:20261225"), maxEvents+1)):  "can have 5000",
	} {
		if _, err := ParseHolidays([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80q: %v, not %q", text, err, want)
		}
	}
}

// Whatever stands in a file, reading it ends, and what is read are dates.
func FuzzRead(f *testing.F) {
	f.Add([]byte(inTOML))
	f.Add([]byte(inJSON))
	f.Add([]byte(icalendar(event("DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20261227", "RRULE:FREQ=YEARLY;UNTIL=20281231;BYDAY=1MO", "EXDATE;VALUE=DATE:20271225"))))
	f.Add([]byte("BEGIN:VCALENDAR\nX;A=\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 10_000 {
			return
		}
		if file, _, err := Parse("x", data); err == nil {
			_, _ = calendar.New(file.Spec)
		}
		h, err := ParseHolidays(data)
		if err != nil {
			return
		}
		spec := calendar.Spec{Timezone: "UTC", Hours: map[string][][2]string{"mon": {{"09:00", "17:00"}}}, Holidays: h.Dates}
		if _, err := calendar.New(spec); err != nil {
			t.Fatal(err)
		}
	})
}
