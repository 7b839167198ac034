package settings

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// glassVerbs are an admin's look into a personal inbox of somebody else, and
// its end, which the owner may have too.
func (p *inboxes) glassVerbs() []verb {
	// Where the owner has left nobody could be told.
	foreign := p.fits("this is no personal inbox of somebody who is here", func(b box) bool {
		return b.in.Kind == desk.Personal && !b.in.Member && p.s.name(b.in.Owner) != safe.Text{}
	})
	broken := p.fits("nobody looks into it", func(b box) bool { return len(b.in.Glass) > 0 })
	return []verb{
		{Action: action.Action{ID: "inbox.look", Title: "Look into a personal inbox for a time (break the glass)", Run: p.breakGlass}, button: safe.Const("Break the glass"), fits: foreign},
		{Action: action.Action{ID: "inbox.lookend", Title: "End the look into a personal inbox", Run: p.endGlass}, button: safe.Const("End the look"), fits: broken},
	}
}

// glassSheet tells who sees a personal inbox besides its owner, and who did.
func (p *inboxes) glassSheet(s *sheet, in desk.InboxView) {
	me := p.s.state().Me
	for _, g := range in.Glass {
		if g.User == me.ID {
			s.fact(safe.Const("you see it"), theme.Warn, safe.Sprintf("until %s, only to read: %s", p.s.sh.When(g.Until), safe.Line(g.Reason)))
			continue
		}
		s.fact(safe.Const("looks in"), theme.Warn, safe.Sprintf("%s, until %s: %s", safe.Line(g.UserName), p.s.sh.When(g.Until), safe.Line(g.Reason)))
	}
	for _, g := range p.looks.list {
		if g.Over && g.Inbox == in.ID {
			s.fact(safe.Const("looked in"), theme.Plain, safe.Sprintf("%s, %s to %s: %s", safe.Line(g.UserName), p.s.sh.When(g.Since), p.s.sh.When(g.Until), safe.Line(g.Reason)))
		}
	}
}

// The fields of a look into a personal inbox.
const (
	glassReason = iota
	glassTime
)

// glassTimes are for how long one usually looks; the command line takes any
// time up to the longest.
func glassTimes() ([]widget.Choice, []time.Duration) {
	return []widget.Choice{
		{Label: safe.Const("15 minutes")}, {Label: safe.Const("an hour")}, {Label: safe.Const("4 hours")}, {Label: safe.Const("8 hours"), Hint: safe.Const("the longest")},
	}, []time.Duration{15 * time.Minute, desk.GlassTime, 4 * time.Hour, desk.MaxGlassTime}
}

func (p *inboxes) breakGlass(action.Target) tea.Cmd {
	b, _ := p.marked()
	d, inbox := p.s.o.Desk, b.in.Name
	owner := p.s.name(b.in.Owner)
	choices, times := glassTimes()
	f := &form{
		title:   safe.Sprintf("Look into %s", safe.Line(inbox)),
		intro:   safe.Const("It is a personal inbox, and only its owner sees it. When it has to be, you read and search it for a time, and do nothing else there."),
		working: safe.Const("Breaking the glass…"),
		culprit: func(e *desk.Error) int {
			switch e.Code {
			case "NO_REASON", "BAD_REASON":
				return glassReason
			case "BAD_TIME":
				return glassTime
			default:
				return -1
			}
		},
	}
	f.fields.Rows = []widget.FormRow{
		glassReason: {Label: safe.Const("Reason"), Hint: safe.Const("the owner reads it")},
		glassTime:   {Label: safe.Const("For"), Choices: choices, Chosen: 1},
	}
	f.preview = func(s *sheet) {
		s.say(theme.Warn, safe.Sprintf("%s is told at once who looks in, why and until when, and for 30 days afterwards. The journal keeps it.", owner))
	}
	f.fields.Buttons = []safe.Text{safe.Const("Break the glass"), safe.Const("Cancel")}
	f.save = func(ctx context.Context, v values) (result, error) {
		g, err := d.BreakGlass(ctx, inbox, v.text(glassReason), times[v.chosen[glassTime]])
		return result{text: safe.Sprintf("You see %s until %s. %s is told.", safe.Line(inbox), p.s.sh.When(g.Until), owner)}, err
	}
	return p.s.open(f)
}

func (p *inboxes) endGlass(action.Target) tea.Cmd {
	b, _ := p.marked()
	d, inbox := p.s.o.Desk, b.in.Name
	return p.do(func(ctx context.Context) (safe.Text, error) {
		return safe.Sprintf("Nobody looks into %s any more.", safe.Line(inbox)), d.EndGlass(ctx, inbox)
	})
}
