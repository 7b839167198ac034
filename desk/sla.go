package desk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Policy is what is promised to some tickets: until when they are answered and
// solved. The first one in their order that a ticket fits counts for it. It is
// kept in versions: a clock that runs keeps the one it began with.
type Policy struct {
	ID PolicyID
	// Line is the first version, which names the policy through all of them.
	Line     PolicyID
	Version  int    // from 1
	Name     string // unique among those that count, compared folded
	Position int    // from 1
	Since    time.Time
	PolicyTerms
}

// PolicyTerms are what can be chosen about a policy.
type PolicyTerms struct {
	// Off says that it counts for no new ticket.
	Off bool `json:"off,omitempty"`
	// For is which tickets it is for.
	For PolicyFor `json:"for"`
	// Goals are in the order of [ClockKinds], each kind once at most.
	Goals []Goal `json:"goals"`
	// FromTicket says that a ticket made by hand is counted from then on, and
	// not from the customer's first mail (S199).
	FromTicket bool `json:"from_ticket,omitempty"`
}

// PolicyFor is which tickets a policy is for: all for which one of each list is
// true; an empty list asks nothing.
type PolicyFor struct {
	Inboxes    []InboxID    `json:"inboxes,omitempty"`
	Priorities []Priority   `json:"priorities,omitempty"`
	Tags       []string     `json:"tags,omitempty"` // folded
	Companies  []CompanyID  `json:"companies,omitempty"`
	Pipelines  []PipelineID `json:"pipelines,omitempty"`
}

// Goal is how much working time there is for something.
type Goal struct {
	Clock ClockKind     `json:"clock"`
	Time  time.Duration `json:"time"`
	// Calendar is the line of the calendar it is counted by; 0 is around the
	// clock.
	Calendar CalendarID `json:"calendar,omitempty"`
	// Warn is how much working time before the end it is due soon; 0 never.
	Warn time.Duration `json:"warn,omitempty"`
}

// ClockKinds are all kinds, in the order in which they are shown.
func ClockKinds() []ClockKind {
	return []ClockKind{ClockFirstResponse, ClockNextResponse, ClockResolution}
}

// goal is the policy's goal of a kind; false when it has none.
func (t PolicyTerms) goal(k ClockKind) (Goal, bool) {
	at := slices.IndexFunc(t.Goals, func(g Goal) bool { return g.Clock == k })
	if at < 0 {
		return Goal{}, false
	}
	return t.Goals[at], true
}

// MaxGoal is the longest time a goal can have.
const MaxGoal = 10_000 * time.Hour

// defaultWarn is when a goal is due soon of which nobody has said: when four
// fifths of its time are over.
const defaultWarn = 20

// parseGoal reads a goal as it is typed: a time, then in any order "in" and a
// calendar, and "warn" with a time or a share of the goal.
//
//	4h
//	1h30m in berlin warn 15m
//	40h warn 25%
func parseGoal(r Reader, k ClockKind, text string) (Goal, error) {
	bad := func(format string, args ...any) error {
		return invalid("BAD_GOAL", "Write it like: 4h, or 4h in berlin warn 30m, or 40h warn 25%", format, args...)
	}
	words := strings.Fields(text)
	if len(words) == 0 || len(words)%2 == 0 {
		return Goal{}, bad("%q is no goal.", Snippet(text, 40))
	}
	g := Goal{Clock: k}
	var err error
	if g.Time, err = workTime(words[0]); err != nil || g.Time < time.Minute || g.Time > MaxGoal {
		return Goal{}, bad("%q is no time for a goal: a minute at least, %d hours at most.", Snippet(words[0], 40), int(MaxGoal.Hours()))
	}
	g.Warn = g.Time * defaultWarn / 100
	for i := 1; i < len(words); i += 2 {
		switch value := words[i+1]; FoldName(words[i]) {
		case "in":
			c, err := calendarNamed(r, value)
			if err != nil {
				return Goal{}, err
			}
			g.Calendar = c.Line
		case "warn":
			if g.Warn, err = warning(value, g.Time); err != nil {
				return Goal{}, bad("%q is no warning before a goal of %s.", Snippet(value, 40), shortTime(g.Time))
			}
		default:
			return Goal{}, bad("%q says nothing about a goal.", Snippet(words[i], 40))
		}
	}
	return g, nil
}

// warning reads a time before the end, or a share of the goal.
func warning(text string, goal time.Duration) (time.Duration, error) {
	if share, ok := strings.CutSuffix(text, "%"); ok {
		n, err := strconv.Atoi(share)
		if err != nil || n < 0 || n > 100 {
			return 0, fmt.Errorf("%q is no share", text)
		}
		return (goal * time.Duration(n) / 100).Truncate(time.Second), nil
	}
	d, err := workTime(text)
	if err == nil && d > goal {
		err = fmt.Errorf("%q is longer than the goal", text)
	}
	return d, err
}

// workTime reads hours and minutes; a bare number is minutes.
func workTime(text string) (time.Duration, error) {
	if n, err := strconv.Atoi(text); err == nil && n >= 0 && n <= int(MaxGoal/time.Minute) {
		return time.Duration(n) * time.Minute, nil
	}
	d, err := time.ParseDuration(text)
	if err == nil && (d < 0 || d%time.Second != 0) {
		err = fmt.Errorf("%q is no working time", text)
	}
	return d, err
}

// shortTime writes hours and minutes without what is zero: 4h, 1h30m.
func shortTime(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// text is the goal as it is typed.
func (g Goal) text(r Reader) (string, error) {
	text := shortTime(g.Time)
	if g.Calendar != 0 {
		c, err := calendarOf(r, g.Calendar)
		if err != nil {
			return "", err
		}
		text += " in " + c.Name
	}
	if g.Warn != g.Time*defaultWarn/100 {
		text += " warn " + shortTime(g.Warn)
	}
	return text, nil
}
