package calendar

import (
	"slices"
	"time"
)

// within is the working time of a day between two times on the wall.
func (c *Calendar) within(day int64, from, to time.Duration) time.Duration {
	if c.isHoliday(day) {
		return 0
	}
	var sum time.Duration
	for _, f := range c.week[weekdayOf(day)] {
		if part := min(f.to, to) - max(f.from, from); part > 0 {
			sum += part
		}
	}
	return sum
}

// days is the working time of whole days, from one up to another: weeks are
// multiplied, what is left of one is added up, holidays are taken away.
func (c *Calendar) days(from, to int64) time.Duration {
	if to <= from {
		return 0
	}
	weeks := (to - from) / 7
	sum := time.Duration(weeks) * c.weekly
	for day := from + 7*weeks; day < to; day++ {
		sum += c.length[weekdayOf(day)]
	}
	first, _ := slices.BinarySearch(c.once, from)
	last, _ := slices.BinarySearch(c.once, to)
	sum -= c.lost[last] - c.lost[first]
	return sum - c.yearlyBetween(from, to)
}

// yearlyBetween is how much the yearly holidays take away.
func (c *Calendar) yearlyBetween(from, to int64) time.Duration {
	if len(c.yearly) == 0 {
		return 0
	}
	var sum time.Duration
	last, _, _ := dateOf(to - 1)
	for year, _, _ := dateOf(from); year <= last; year++ {
		for _, y := range c.yearly {
			if day, ok := y.in(year); ok && from <= day && day < to {
				sum += c.length[weekdayOf(day)]
			}
		}
	}
	return sum
}

func (c *Calendar) isHoliday(day int64) bool {
	_, once := slices.BinarySearch(c.once, day)
	return once || c.isYearly(day)
}

func (c *Calendar) isYearly(day int64) bool {
	if len(c.yearly) == 0 {
		return false
	}
	_, month, date := dateOf(day)
	return slices.Contains(c.yearly, yearly{month, date})
}
