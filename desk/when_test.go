package desk

import (
	"strings"
	"testing"
	"time"
)

func TestParseWhen(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	monday := time.Date(2026, 3, 23, 10, 30, 0, 0, zone) // the clocks change on the 29th
	for text, want := range map[string]string{
		"3h": "2026-03-23 13:30", "90m": "2026-03-23 12:00", "2d": "2026-03-25 10:30", "1w": "2026-03-30 10:30", "1w 9": "2026-03-30 09:00",
		"tomorrow": "2026-03-24 08:00", "Tomorrow 17:00": "2026-03-24 17:00", "today 17:00": "2026-03-23 17:00", "tue": "2026-03-24 08:00",
		"mon": "2026-03-30 08:00", "monday 18:00": "2026-03-23 18:00", "mon 9": "2026-03-30 09:00", "sun 5pm": "2026-03-29 17:00",
		"2026-12-01": "2026-12-01 08:00", "2026-12-01 9:00": "2026-12-01 09:00", "9:00": "2026-03-24 09:00", "17:30": "2026-03-23 17:30", "12am": "2026-03-24 00:00",
	} {
		got, err := ParseWhen(text, monday)
		if err != nil || got.Format("2006-01-02 15:04") != want {
			t.Errorf("%q is %v (%v), want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "soon", "2x", "0h", "-1d", "mo", "25:00", "9:7", "13pm", "today", "2026-03-01", "tomorrow at nine", "2026-13-01", "99999999999999999999h"} {
		if got, err := ParseWhen(text, monday); err == nil || KindOf(err) != Invalid || strings.Contains(err.Error(), "%!") {
			t.Errorf("%q is %v (%v)", text, got, err)
		}
	}
	if got, err := ParseSpan("2d", monday); err != nil || !got.Equal(monday.AddDate(0, 0, 2)) {
		t.Error(got, err)
	}
	if _, err := ParseSpan("tomorrow", monday); err == nil {
		t.Error("tomorrow is a span")
	}
}

// TestAbsenceAt: the ends of an absence may be over, and a day begins at
// midnight where the person works.
func TestAbsenceAt(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 23, 10, 30, 0, 0, zone)
	for text, want := range map[string]string{
		"2026-08-15": "2026-08-15 00:00", "2026-08-15T14:00": "2026-08-15 14:00", "2026-08-15 14:00": "2026-08-15 14:00", "today": "2026-03-23 00:00",
		"fri": "2026-03-27 00:00", "mon 9:00": "2026-03-30 09:00", "2h": "2026-03-23 12:30", "1h30m": "2026-03-23 12:00", "1w": "2026-03-30 10:30", "2026-03-23T10:00:00Z": "2026-03-23 11:00",
	} {
		if got, err := absenceAt(text, now); err != nil || got.In(zone).Format("2006-01-02 15:04") != want {
			t.Errorf("%q is %v (%v), want %s", text, got, err, want)
		}
	}
	if got, err := absenceAt("  ", now); err != nil || !got.IsZero() {
		t.Error(got, err)
	}
	for _, text := range []string{"later", "2026-13-01", "fri noon", "25:00"} {
		if got, err := absenceAt(text, now); KindOf(err) != Invalid {
			t.Errorf("%q is %v (%v)", text, got, err)
		}
	}
}

func TestTags(t *testing.T) {
	got, err := ParseTags([]string{"Refund", "#eu", "refund", "größe"})
	if err != nil || strings.Join(got, " ") != "eu größe refund" {
		t.Error(got, err)
	}
	for _, bad := range []string{"", " ", "two words", "a,b", "a\x1b[1m", strings.Repeat("x", 41), `a"b`} {
		if got, err := ParseTags([]string{bad}); err == nil {
			t.Errorf("%q is %v", bad, got)
		}
	}
	if got := retagged([]string{"a", "b"}, []string{"c", "a"}, []string{"b", "c"}); strings.Join(got, " ") != "a c" {
		t.Error(got)
	}
	if retagged([]string{"a"}, nil, []string{"a"}) != nil {
		t.Error("no tags are not nil")
	}
}
