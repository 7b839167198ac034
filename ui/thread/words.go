package thread

import (
	"fmt"
	"time"

	"postroom/desk/safe"
)

// waited is a span of time in one or two units, as people say it.
func waited(d time.Duration) safe.Text {
	switch {
	case d < time.Minute:
		return safe.Const("<1m")
	case d < time.Hour:
		return safe.Line(fmt.Sprintf("%dm", int(d.Minutes())))
	case d < 24*time.Hour:
		return safe.Line(fmt.Sprintf("%dh%02d", int(d.Hours()), int(d.Minutes())%60))
	default:
		return safe.Line(fmt.Sprintf("%dd", int(d.Hours()/24)))
	}
}

func plural(n int, one, many safe.Text) safe.Text {
	if n == 1 {
		return one
	}
	return many
}

// moment is when something happened, as people say it.
func (p paper) moment(at time.Time) safe.Text {
	at = at.In(p.now.Location())
	switch days := p.now.Sub(at); {
	case at.YearDay() == p.now.YearDay() && at.Year() == p.now.Year():
		return safe.Line("today " + at.Format("15:04"))
	case days < 300*24*time.Hour:
		return safe.Line(at.Format("Mon 2 Jan 15:04"))
	default:
		return safe.Line(at.Format("2 Jan 2006"))
	}
}
