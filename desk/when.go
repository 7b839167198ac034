package desk

import (
	"strconv"
	"strings"
	"time"
)

// morning is the hour at which a day begins for who waits for it.
const morning = 8

// ParseWhen reads a time to come as people type it: 3h or 90m from now; 2d or
// 1w from now, at the same hour; today, tomorrow, mon or 2026-12-01, at 8:00 or
// at the time behind it; 9:00, the next time it is that. The zone is now's.
func ParseWhen(text string, now time.Time) (time.Time, error) {
	when, ok := whenOf(text, now, morning)
	switch {
	case !ok:
		return time.Time{}, invalid("BAD_TIME", "Write it like: 3h, 2d, tomorrow, mon 9:00, 2026-12-01, 17:30", "%q is not a time.", strings.TrimSpace(text))
	case !when.After(now):
		return time.Time{}, invalid("BAD_TIME", "Name a time that is to come, like: 3h, tomorrow, mon 9:00", "%s is over.", when.Format("Mon 2006-01-02 15:04"))
	default:
		return when, nil
	}
}

// whenOf reads a time, also one that is over; hour is that of a day which was
// named without one.
func whenOf(text string, now time.Time, hour int) (time.Time, bool) {
	words := strings.Fields(strings.ToLower(text))
	if len(words) == 0 || len(words) > 2 {
		return time.Time{}, false
	}
	when, whole, ok := dayOf(words[0], now)
	switch {
	case ok && len(words) == 2:
		hour, minute, timed := timeOf(words[1])
		if isWeekday(words[0]) && hour*60+minute > now.Hour()*60+now.Minute() && when.YearDay() == now.AddDate(0, 0, 7).YearDay() {
			when = now // it is that day, and the time is still to come
		}
		return atTime(when, hour, minute), timed
	case ok && whole:
		return atTime(when, hour, 0), true
	case ok:
		return when, true
	case len(words) == 2:
		return time.Time{}, false
	}
	hour, minute, timed := timeOf(words[0])
	if when = atTime(now, hour, minute); !when.After(now) {
		when = atTime(now.AddDate(0, 0, 1), hour, minute)
	}
	return when, timed
}

// ParseSpan reads how long something is to take from now: 90m, 3h, 2d, 1w.
func ParseSpan(text string, now time.Time) (time.Time, error) {
	when, ok := spanFrom(strings.ToLower(strings.TrimSpace(text)), now)
	if !ok {
		return time.Time{}, invalid("BAD_TIME", "Write it like: 90m, 3h, 2d, 1w", "%q is not a span of time.", strings.TrimSpace(text))
	}
	return when, nil
}

// spanFrom is a number with m, h, d or w. Days are days of the calendar: it is
// the same hour then, also when the clocks have changed.
func spanFrom(word string, now time.Time) (time.Time, bool) {
	if word == "" {
		return time.Time{}, false
	}
	n, err := strconv.Atoi(word[:len(word)-1])
	if err != nil || n <= 0 || n > 10_000 {
		return time.Time{}, false
	}
	switch word[len(word)-1] {
	case 'm':
		return now.Add(time.Duration(n) * time.Minute), true
	case 'h':
		return now.Add(time.Duration(n) * time.Hour), true
	case 'd':
		return now.AddDate(0, 0, n), true
	case 'w':
		return now.AddDate(0, 0, 7*n), true
	default:
		return time.Time{}, false
	}
}

// dayOf is the day a word names. whole says that it names no time of the day.
func dayOf(word string, now time.Time) (day time.Time, whole, ok bool) {
	if when, ok := spanFrom(word, now); ok {
		return when, false, true
	}
	switch word {
	case "today":
		return now, true, true
	case "tomorrow":
		return now.AddDate(0, 0, 1), true, true
	}
	if date, err := time.ParseInLocation(time.DateOnly, word, now.Location()); err == nil {
		return date, true, true
	}
	for d := 1; d <= 7; d++ {
		if day := now.AddDate(0, 0, d); isWeekday(word) && strings.HasPrefix(strings.ToLower(day.Weekday().String()), word) {
			return day, true, true
		}
	}
	return time.Time{}, false, false
}

// isWeekday reports whether a word is a day of the week, or its first letters,
// three of them or more.
func isWeekday(word string) bool {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if len(word) >= 3 && strings.HasPrefix(strings.ToLower(d.String()), word) {
			return true
		}
	}
	return false
}

// timeOf reads 9, 9:30, 17:00, 5pm.
func timeOf(word string) (hour, minute int, ok bool) {
	half := ""
	for _, h := range []string{"am", "pm"} {
		if rest, cut := strings.CutSuffix(word, h); cut {
			word, half = rest, h
		}
	}
	h, m, minutes := strings.Cut(word, ":")
	hour, err := strconv.Atoi(h)
	if err != nil || len(h) > 2 || minutes && len(m) != 2 {
		return 0, 0, false
	}
	if minutes {
		if minute, err = strconv.Atoi(m); err != nil {
			return 0, 0, false
		}
	}
	if half != "" {
		if hour < 1 || hour > 12 {
			return 0, 0, false
		}
		if hour %= 12; half == "pm" {
			hour += 12
		}
	}
	return hour, minute, hour >= 0 && hour < 24 && minute >= 0 && minute < 60
}

func atTime(day time.Time, hour, minute int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, day.Location())
}
