package main

import (
	"context"
	"strings"
	"time"

	"postroom/desk"
	"postroom/desk/safe"
)

// clockForm is a clock of a ticket in the form for programs.
type clockForm struct {
	Clock           desk.ClockKind  `json:"clock"`
	State           desk.ClockState `json:"state"`
	Policy          string          `json:"policy"`
	Version         int             `json:"version"`
	Calendar        string          `json:"calendar"`
	CalendarVersion int             `json:"calendar_version"`
	Seconds         int64           `json:"seconds"`
	StartedAt       stamp           `json:"started_at"`
	DueAt           stamp           `json:"due_at"`
	StoppedAt       stamp           `json:"stopped_at"`
	Pauses          []pauseForm     `json:"pauses"`
}

type pauseForm struct {
	From stamp `json:"from"`
	To   stamp `json:"to"`
}

func clocksOf(ctx context.Context, seat *desk.Seat, id desk.ConversationID) ([]clockForm, error) {
	clocks, err := seat.Clocks(ctx, id)
	forms := []clockForm{}
	for _, k := range clocks {
		f := clockForm{
			k.Kind, k.State, k.Policy, k.Version, k.Calendar, k.CalendarVersion, int64(k.Goal / time.Second),
			stamp(k.Started), stamp(k.DueAt), stamp(k.Stopped),
			[]pauseForm{},
		}
		for _, pause := range k.Pauses {
			f.Pauses = append(f.Pauses, pauseForm{stamp(pause.From), stamp(pause.To)})
		}
		forms = append(forms, f)
	}
	return forms, err
}

// showClock prints a clock for people.
func (p *program) showClock(f clockForm) {
	by := safe.Sprintf("%s, version %s", safe.Line(f.Policy), safe.Int(f.Version))
	counted := safe.Const("around the clock")
	if f.Calendar != "" {
		counted = safe.Sprintf("%s, version %s", safe.Line(f.Calendar), safe.Int(f.CalendarVersion))
	}
	var pauses []string
	for _, pause := range f.Pauses {
		to := "now"
		if end := time.Time(pause.To); !end.IsZero() {
			to = moment(end).String()
		}
		pauses = append(pauses, moment(time.Time(pause.From)).String()+" to "+to)
	}
	p.print.rule(safe.Sprintf("%s: %s", safe.Line(string(f.Clock)), safe.Line(string(f.State))))
	p.print.fields(
		[2]safe.Text{safe.Const("Policy"), by},
		[2]safe.Text{safe.Const("Goal"), safe.Line((time.Duration(f.Seconds) * time.Second).String())},
		[2]safe.Text{safe.Const("Counted by"), counted},
		[2]safe.Text{safe.Const("Began"), moment(time.Time(f.StartedAt))},
		[2]safe.Text{safe.Const("Due"), moment(time.Time(f.DueAt))},
		[2]safe.Text{safe.Const("Stopped"), moment(time.Time(f.StoppedAt))},
		[2]safe.Text{safe.Const("Paused"), safe.Line(strings.Join(pauses, ", "))},
	)
}
