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
