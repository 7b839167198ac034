package calendar

import (
	"fmt"
	"time"
)

// secondsPerDay is the length of a day on a straight line of local time.
const secondsPerDay = 24 * 60 * 60

// dayOf numbers the days of the calendar on the wall: 1970-01-01 is 0.
func dayOf(year int, month time.Month, day int) int64 {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay
}

// dateOf is the date of a day.
func dateOf(day int64) (int, time.Month, int) {
	return time.Unix(day*secondsPerDay, 0).UTC().Date()
}

// weekdayOf is the weekday of a day; day 0 was a Thursday.
func weekdayOf(day int64) time.Weekday {
	return time.Weekday(((day+int64(time.Thursday))%7 + 7) % 7)
}

// yearly is a date of every year. 29 February exists in leap years only.
type yearly struct {
	month time.Month
	day   int
}

// in is the day of the date in a year, if the year has it.
func (y yearly) in(year int) (int64, bool) {
	day := dayOf(year, y.month, y.day)
	_, month, _ := dateOf(day)
	return day, month == y.month
}

func parseDate(text string) (int64, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fmt.Errorf("the holiday %q is no date; write it like 2026-12-24", text)
	}
	return dayOf(t.Date()), nil
}

// aLeapYear has every date that a year can have.
const aLeapYear = 2024

func parseYearly(text string) (yearly, error) {
	t, err := time.Parse(time.DateOnly, fmt.Sprintf("%d-%s", aLeapYear, text))
	if err != nil {
		return yearly{}, fmt.Errorf("the yearly holiday %q is no day of a year; write it like 12-25", text)
	}
	return yearly{t.Month(), t.Day()}, nil
}
