package shell

import (
	"time"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// ClockWidth holds the longest countdown: two marks, a minus and three signs.
const ClockWidth = 6

// DrawClock writes how long the most urgent clock of a ticket still runs. One
// mark says that it is due soon, two and a minus that it is overdue: that can be
// told without colours. It changes with the minute of the clock, as the header
// does.
func DrawClock(l *widget.Line, c desk.Conversation, now time.Time) {
	left := c.DueAt.Sub(now.Truncate(time.Minute))
	switch {
	case c.DueAt.IsZero():
		l.Space(ClockWidth)
	case left <= 0 || c.DueState == desk.ClockOverdue:
		l.Cell(theme.Bad, safe.Sprintf("!!%s", overdue(-left)), ClockWidth)
	case c.DueState == desk.ClockSoon:
		l.Cell(theme.Warn, safe.Sprintf(" !%s", countdown(left)), ClockWidth)
	default:
		l.Cell(theme.Plain, safe.Sprintf("  %s", countdown(left)), ClockWidth)
	}
	l.Space(1)
}

// overdue writes for how long, in at most four cells.
func overdue(d time.Duration) safe.Text {
	if d < time.Minute {
		return safe.Const("now")
	}
	return safe.Sprintf("-%s", Age(d))
}

// countdown writes how long something still takes, in at most four cells: with
// minutes while they count.
func countdown(d time.Duration) safe.Text {
	switch m := int(d.Minutes()); {
	case m < 1:
		return safe.Const("<1m")
	case m >= 60 && m < 10*60:
		return safe.Sprintf("%sh%s%s", safe.Int(m/60), safe.Int(m%60/10), safe.Int(m%10))
	default:
		return Age(d)
	}
}

// DrawPriority writes the sign of a priority.
func DrawPriority(l *widget.Line, t *theme.Theme, p desk.Priority) {
	switch p {
	case desk.Urgent:
		l.Sign(theme.Bad, t.Signs.Urgent)
	case desk.High:
		l.Sign(theme.Warn, t.Signs.High)
	case desk.Medium:
		l.Sign(theme.Plain, t.Signs.Medium)
	case desk.Low:
		l.Sign(theme.Faint, t.Signs.Low)
	default:
		l.Space(1)
	}
	l.Space(1)
}

// Age writes a duration in at most four cells.
func Age(d time.Duration) safe.Text {
	switch {
	case d < time.Minute:
		return safe.Const("now")
	case d < time.Hour:
		return safe.Sprintf("%sm", safe.Int(int(d.Minutes())))
	case d < 48*time.Hour:
		return safe.Sprintf("%sh", safe.Int(int(d.Hours())))
	case d < 14*24*time.Hour:
		return safe.Sprintf("%sd", safe.Int(int(d.Hours()/24)))
	case d < 365*24*time.Hour:
		return safe.Sprintf("%sw", safe.Int(int(d.Hours()/24/7)))
	default:
		return safe.Sprintf("%sy", safe.Int(int(d.Hours()/24/365)))
	}
}
