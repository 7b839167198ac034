package calendar_test

import (
	"testing"
	"time"

	"postroom/desk/calendar"
)

func BenchmarkCalendar(b *testing.B) {
	spec := office("Europe/Berlin")
	spec.HolidaysYearly = []string{"01-01", "05-01", "10-03", "12-25", "12-26"}
	c := must(b, spec)
	from := at(b, "2026-03-27T15:00:00Z")
	pause := calendar.Interval{From: from.Add(time.Hour), To: from.Add(70 * time.Hour)}
	for name, goal := range map[string]time.Duration{"4h": 4 * time.Hour, "1000h": 1000 * time.Hour} {
		b.Run("due/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Due(from, goal); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("due/paused", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Due(from, 4*time.Hour, pause); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("elapsed/year", func(b *testing.B) {
		b.ReportAllocs()
		to := from.AddDate(1, 0, 0)
		for b.Loop() {
			c.Elapsed(from, to)
		}
	})
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			must(b, spec)
		}
	})
}
