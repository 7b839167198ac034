package parse

import (
	"strconv"
	"strings"
	"time"
)

// parseDate reads the Date field (RFC 5322 section 3.3) and the forms that
// stand in its place: ctime, ISO 8601, two-digit years, missing seconds or
// zones, names of zones. zoned is false when no zone could be read and UTC was
// taken. ok is false when there is no date in it.
func parseDate(value string) (t time.Time, zoned, ok bool) {
	if len(value) > 200 {
		value = value[:200]
	}
	if t, ok := parseISO(value); ok {
		return t, true, saneYear(t)
	}
	var d dateParts
	d.month = -1
	depth := 0
	for _, word := range strings.FieldsFunc(value, func(c rune) bool { return c == ' ' || c == '\t' || c == ',' }) {
		opened, closed := strings.Count(word, "("), strings.Count(word, ")")
		if depth == 0 && opened == 0 {
			d.take(word)
		}
		depth = max(0, depth+opened-closed)
	}
	if d.month < 0 || d.day < 1 || d.year < 0 || !d.hasYear {
		return time.Time{}, false, false
	}
	t = time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.second, 0, time.UTC)
	t = t.Add(-d.offset)
	return t, d.zoned, saneYear(t)
}

// saneYear keeps dates that no clock ever showed out of the desk.
func saneYear(t time.Time) bool { return t.Year() >= 1970 && t.Year() < 2200 }

func parseISO(value string) (time.Time, bool) {
	value = strings.TrimSpace(value)
	if len(value) < 10 || value[4] != '-' {
		return time.Time{}, false
	}
	for _, form := range []string{time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02"} {
		if t, err := time.Parse(form, value); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

type dateParts struct {
	year, month, day     int
	hour, minute, second int
	offset               time.Duration
	hasTime, hasYear     bool
	zoned                bool
}

// take reads one word of a date.
func (d *dateParts) take(word string) {
	switch {
	case !d.hasTime && strings.Count(word, ":") >= 1 || !d.hasTime && d.month > 0 && strings.Count(word, ".") == 2:
		d.takeTime(word)
	case d.hasTime && (word[0] == '+' || word[0] == '-') && len(word) >= 4:
		d.takeOffset(word)
	case strings.Count(word, "-") == 2 && word[0] != '-':
		for _, piece := range strings.Split(word, "-") {
			if piece != "" {
				d.take(piece)
			}
		}
	default:
		d.takeWord(word)
	}
}

func (d *dateParts) takeWord(word string) {
	if n, err := strconv.Atoi(strings.TrimRight(word, ".")); err == nil && n >= 0 {
		switch {
		case d.day == 0 && n >= 1 && n <= 31 && len(word) <= 3:
			d.day = n
		case !d.hasYear:
			d.year, d.hasYear = fullYear(n, len(word)), true
		}
		return
	}
	if m := monthNumber(word); m > 0 && d.month < 0 {
		d.month = m
		return
	}
	if offset, ok := zoneOffset(word); ok && d.hasTime && !d.zoned {
		d.offset, d.zoned = offset, true
	}
}

// fullYear reads the years of two and three digits as RFC 5322 section 4.3
// says.
func fullYear(n, digits int) int {
	switch {
	case digits == 2 && n < 50:
		return 2000 + n
	case digits <= 3 && n < 1000:
		return 1900 + n
	default:
		return n
	}
}

func (d *dateParts) takeTime(word string) {
	// 15:04:05+0200 without a blank.
	if i := strings.IndexAny(word, "+-"); i > 0 {
		d.takeOffset(word[i:])
		word = word[:i]
	}
	pieces := strings.FieldsFunc(word, func(c rune) bool { return c == ':' || c == '.' })
	numbers := [3]int{}
	for i := 0; i < len(pieces) && i < 3; i++ {
		n, err := strconv.Atoi(pieces[i])
		if err != nil || n < 0 || n > 60 {
			return
		}
		numbers[i] = n
	}
	if numbers[0] > 24 {
		return
	}
	d.hour, d.minute, d.second, d.hasTime = numbers[0], numbers[1], numbers[2], true
}

func (d *dateParts) takeOffset(word string) {
	digits := strings.ReplaceAll(word[1:], ":", "")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || n/100 > 15 || n%100 > 59 || d.zoned {
		return
	}
	d.offset = time.Duration(n/100)*time.Hour + time.Duration(n%100)*time.Minute
	if word[0] == '-' {
		d.offset = -d.offset
	}
	d.zoned = true
}

// monthNumber knows the English months and those other abbreviations that
// broken programs write.
func monthNumber(word string) int {
	if len(word) < 3 {
		return 0
	}
	switch strings.ToLower(word[:3]) {
	case "jan":
		return 1
	case "feb", "fév":
		return 2
	case "mar", "mär", "mrz":
		return 3
	case "apr", "avr":
		return 4
	case "may", "mai":
		return 5
	case "jun":
		return 6
	case "jul":
		return 7
	case "aug":
		return 8
	case "sep":
		return 9
	case "oct", "okt":
		return 10
	case "nov":
		return 11
	case "dec", "dez", "dic":
		return 12
	default:
		return 0
	}
}

// zoneOffset knows the zones of RFC 5322 section 4.3 and the common ones of
// Europe.
func zoneOffset(word string) (time.Duration, bool) {
	hours, ok := 0, true
	switch strings.ToUpper(word) {
	case "GMT", "UT", "UTC", "Z", "WET":
	case "EST", "CDT":
		hours = -5
	case "EDT":
		hours = -4
	case "CST", "MDT":
		hours = -6
	case "MST", "PDT":
		hours = -7
	case "PST":
		hours = -8
	case "BST", "CET", "MEZ", "WEST":
		hours = 1
	case "CEST", "MESZ", "EET":
		hours = 2
	case "EEST", "MSK":
		hours = 3
	case "JST", "KST":
		hours = 9
	default:
		ok = false
	}
	return time.Duration(hours) * time.Hour, ok
}
