package settings

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// standing is how a person stands to being given work; false while it is not
// known, and of who is not active.
func (p *people) standing(id desk.UserID) (desk.Standby, bool) {
	for _, b := range p.standbys {
		if b.User.ID == id {
			return b, true
		}
	}
	return desk.Standby{}, false
}

// planVerbs say when a person works, and what one is given.
func (p *people) planVerbs() []verb {
	works := action.When("no person who works here is marked: move to one with j and k", func() bool {
		u, ok := p.person()
		_, known := p.standing(u.ID)
		return ok && known
	})
	may := action.When("only admins, and who configures an inbox of theirs, say when others work", func() bool {
		u, _ := p.person()
		b, _ := p.standing(u.ID)
		return b.May
	})
	turn := safe.Const("Away")
	if u, ok := p.person(); ok {
		if b, _ := p.standing(u.ID); b.Out() {
			turn = safe.Const("Back")
		}
	}
	return []verb{
		{Action: action.Action{ID: "people.away", Title: "Say that a person is away, or available again", Run: p.turnAway}, button: turn, fits: works, right: may},
		{Action: action.Action{ID: "people.absence", Title: "Plan an absence of a person, or forget those planned", Run: p.planAbsence}, button: safe.Const("Absence…"), fits: works, right: may},
		{Action: action.Action{ID: "people.hours", Title: "Say when a person works", Run: p.setHours}, button: safe.Const("Hours…"), fits: works, right: may},
		{Action: action.Action{ID: "people.capacity", Title: "Say how much a person is given", Run: p.setCapacity}, button: safe.Const("Capacity…"), fits: works, right: may},
	}
}

// plan is what is known of when a person works.
func (p *people) plan(s *sheet, id desk.UserID) {
	b, ok := p.standing(id)
	if !ok {
		return
	}
	a := b.Availability
	role := theme.Plain
	if b.Why != "" {
		role = theme.Warn
	}
	s.gap()
	s.fact(safe.Const("now"), role, p.stands(b))
	hours := safe.Const("always")
	if text := desk.HoursText(a.Hours); text != "" {
		hours = safe.Sprintf("%s, %s", safe.Line(text), safe.Line(a.Hours.Timezone))
	}
	if a.Idle > 0 {
		hours = safe.Sprintf("%s; not after %s of doing nothing", hours, minutes(a.Idle))
	}
	s.fact(safe.Const("works"), theme.Plain, hours)
	var off []safe.Text
	for _, o := range a.Off {
		off = append(off, safe.Sprintf("%s to %s", p.s.sh.When(o.From), p.s.sh.When(o.Until)))
	}
	s.fact(safe.Const("absent"), theme.Plain, safe.Join(", ", off...))
	s.fact(safe.Const("given"), theme.Plain, given(b))
	s.fact(safe.Const("covered by"), theme.Plain, p.covered(b))
}

// stands is how a person stands now, in words.
func (p *people) stands(b desk.Standby) safe.Text {
	text := safe.Const("can be given work")
	if b.Why != "" {
		text = safe.Line(b.Why.Says())
	}
	if !b.Until.IsZero() {
		text = safe.Sprintf("%s until %s", text, p.s.sh.When(b.Until))
	}
	if b.SetBy != "" {
		text = safe.Sprintf("%s, set by %s", text, safe.Line(b.SetBy))
	}
	return text
}

// given is how much somebody is given by itself, and has, where that is told.
func given(b desk.Standby) safe.Text {
	text := safe.Const("any number")
	if c := b.Availability.Capacity; c > 0 {
		text = safe.Sprintf("%s at most", safe.Int(c))
	}
	if b.Load >= 0 {
		text = safe.Sprintf("%s, has %s", text, safe.Int(b.Load))
	}
	if share := b.Availability.Share; share > 0 && share < 100 {
		text = safe.Sprintf("%s; works %s %% of a day", text, safe.Int(share))
	}
	return text
}

// covered is who stands in for a person, inbox by inbox, and whether he is there.
func (p *people) covered(b desk.Standby) safe.Text {
	var list []safe.Text
	for _, c := range b.Covered {
		who := safe.Const("nobody")
		if c.Deputy != 0 {
			who = p.s.name(c.Deputy)
		}
		if d, ok := p.standing(c.Deputy); ok && d.Out() {
			who = safe.Sprintf("%s, who %s,", who, safe.Line(d.Why.Says()))
		}
		list = append(list, safe.Sprintf("%s in %s", who, safe.Line(c.Inbox)))
	}
	return safe.Join("; ", list...)
}

// turnAway says that a person is away, or back.
func (p *people) turnAway(action.Target) tea.Cmd {
	u, _ := p.person()
	b, _ := p.standing(u.ID)
	turn := p.s.o.Desk.SetAway
	if b.Out() {
		turn = p.s.o.Desk.SetAvailable
	}
	return p.do(func(ctx context.Context) (safe.Text, error) { return p.planned(turn(ctx, u.Login)) })
}

// planned tells how somebody stands after a change.
func (p *people) planned(b desk.Standby, err error) (safe.Text, error) {
	return safe.Sprintf("%s %s.", safe.Line(b.User.Name), p.stands(b)), err
}

// planning opens a form that changes when the marked person works; the
// rehearsal says how that leaves him.
func (p *people) planning(f *form, put func(ctx context.Context, login string, v values) (desk.Standby, error)) tea.Cmd {
	u, _ := p.person()
	f.working = safe.Const("Saving…")
	f.save = func(ctx context.Context, v values) (result, error) {
		text, err := p.planned(put(ctx, u.Login, v))
		return result{text: text}, err
	}
	r := &rehearsal[desk.Standby]{
		s:    p.s,
		find: func(ctx context.Context, v values) (desk.Standby, error) { return put(ctx, u.Login, v) },
		show: func(s *sheet, b desk.Standby) {
			if b.Why != "" {
				s.say(theme.Warn, safe.Sprintf("Then %s %s, and is given nothing new by itself.", safe.Line(b.User.Name), p.stands(b)))
			} else {
				s.say(theme.Plain, safe.Sprintf("Then %s can be given work now.", safe.Line(b.User.Name)))
			}
			for _, o := range b.Availability.Off {
				s.effect(safe.Const("absent"), theme.Plain, safe.Sprintf("%s to %s", p.s.sh.When(o.From), p.s.sh.When(o.Until)))
			}
		},
	}
	return r.open(f)
}

// The fields of an absence.
const (
	absenceFrom = iota
	absenceUntil
	absenceWhat
)

// planAbsence asks from when until when a person is not there.
func (p *people) planAbsence(action.Target) tea.Cmd {
	u, _ := p.person()
	b, _ := p.standing(u.ID)
	f := &form{title: safe.Sprintf("Absence of %s", safe.Line(u.Name)), intro: safe.Const("It begins and ends by itself. Times are in the time zone of their hours, UTC where there are none.")}
	f.culprit = func(e *desk.Error) int {
		if from := f.fields.Value(absenceFrom); e.Code == "BAD_TIME" && from != "" && strings.Contains(e.Message, `"`+from+`"`) {
			return absenceFrom
		}
		return absenceUntil
	}
	f.fields.Rows = []widget.FormRow{
		absenceFrom:  {Label: safe.Const("From"), Hint: safe.Const("now; or: mon 9:00, 2026-08-01")},
		absenceUntil: {Label: safe.Const("Until"), Hint: safe.Const("such as: 2h, fri, 2026-08-15")},
	}
	if len(b.Availability.Off) > 0 {
		f.fields.Rows = append(f.fields.Rows, widget.FormRow{Label: safe.Const("Planned"), Choices: []widget.Choice{
			{Label: safe.Const("keep"), Hint: safe.Const("add this one to them")}, {Label: safe.Const("forget"), Hint: safe.Const("all that are planned, and add none")},
		}})
	}
	d := p.s.o.Desk
	return p.planning(f, func(ctx context.Context, login string, v values) (desk.Standby, error) {
		if len(v.chosen) > absenceWhat && v.chosen[absenceWhat] == 1 {
			return d.PlanAbsence(ctx, login, desk.Absence{})
		}
		off, err := d.ReadAbsence(ctx, login, v.text(absenceFrom), v.text(absenceUntil))
		if err == nil && off.Until.IsZero() {
			err = &desk.Error{Kind: desk.Invalid, Code: "BAD_TIME", Message: "The absence has no end yet.", Hint: "Say until when, like 2h, fri or 2026-08-15."}
		}
		if err != nil {
			return desk.Standby{}, err
		}
		return d.PlanAbsence(ctx, login, off)
	})
}

// The fields of when a person works.
const (
	worksHours = iota
	worksZone
	worksIdle
)

// setHours asks when a person works by the week.
func (p *people) setHours(action.Target) tea.Cmd {
	u, _ := p.person()
	b, _ := p.standing(u.ID)
	f := &form{title: safe.Sprintf("Hours of %s", safe.Line(u.Name)), intro: safe.Const("Outside of them nothing new is given by itself. What somebody has stays theirs.")}
	f.culprit = func(e *desk.Error) int {
		switch {
		case e.Code == "BAD_TIME":
			return worksIdle
		case strings.Contains(e.Message, "time zone"):
			return worksZone
		default:
			return worksHours
		}
	}
	f.fields.Rows = []widget.FormRow{
		worksHours: {Label: safe.Const("Works"), Hint: safe.Const("always; or: mon-thu 09:00-17:00, fri 09:00-13:00")},
		worksZone:  {Label: safe.Const("Time zone"), Hint: safe.Const("such as: Europe/Berlin")},
		worksIdle:  {Label: safe.Const("Idle after"), Hint: safe.Const("never; or: 30m of doing nothing")},
	}
	a := b.Availability
	f.fields.Rows[worksHours].Field.Set(desk.HoursText(a.Hours))
	f.fields.Rows[worksZone].Field.Set(a.Hours.Timezone)
	if a.Idle > 0 {
		f.fields.Rows[worksIdle].Field.Set(minutes(a.Idle).String())
	}
	d := p.s.o.Desk
	return p.planning(f, func(ctx context.Context, login string, v values) (desk.Standby, error) {
		idle, err := desk.ParseIdle(v.text(worksIdle))
		if err != nil {
			return desk.Standby{}, err
		}
		return d.SetWorking(ctx, login, desk.Working{Hours: v.text(worksHours), Zone: v.text(worksZone), Idle: idle})
	})
}

// The fields of what a person is given.
const (
	givenMost = iota
	givenShare
)

// setCapacity asks how much a person is given by itself.
func (p *people) setCapacity(action.Target) tea.Cmd {
	u, _ := p.person()
	b, _ := p.standing(u.ID)
	f := &form{title: safe.Sprintf("Capacity of %s", safe.Line(u.Name)), intro: safe.Const("Conversations that wait for an answer of theirs count. By hand they can be given and take any number.")}
	f.fields.Rows = []widget.FormRow{
		givenMost:  {Label: safe.Const("At most"), Hint: safe.Const("0: no limit")},
		givenShare: {Label: safe.Const("Share"), Hint: safe.Const("percent of a full day, for least-busy")},
	}
	f.culprit = func(e *desk.Error) int {
		if e.Code == "BAD_SHARE" || e.Code == "BAD_CAPACITY" && wrongShare(f.values()) {
			return givenShare
		}
		return givenMost
	}
	share := b.Availability.Share
	if share == 0 {
		share = 100
	}
	f.fields.Rows[givenMost].Field.Set(safe.Int(b.Availability.Capacity).String())
	f.fields.Rows[givenShare].Field.Set(safe.Int(share).String())
	d := p.s.o.Desk
	return p.planning(f, func(ctx context.Context, login string, v values) (desk.Standby, error) {
		most, err := desk.ParseCapacity(v.text(givenMost))
		if err != nil {
			return desk.Standby{}, err
		}
		share, err := desk.ParseCapacity(v.text(givenShare))
		if err != nil {
			return desk.Standby{}, err
		}
		return d.SetCapacity(ctx, login, most, share)
	})
}

// wrongShare reports whether it is the share that is no number.
func wrongShare(v values) bool {
	_, most := desk.ParseCapacity(v.text(givenMost))
	_, share := desk.ParseCapacity(v.text(givenShare))
	return most == nil && share != nil
}

// minutes is a time without seconds, as it is typed.
func minutes(d time.Duration) safe.Text { return safe.Line(strings.TrimSuffix(d.String(), "0s")) }
