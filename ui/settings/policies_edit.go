package settings

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// simulatedDays is how far back a preview looks.
const simulatedDays = 30

// policyName is the field of the name; the terms stand behind it in their
// order, and last of all for which tickets the change is.
const policyName = 0

// promise is what a policy would have meant for the tickets of the last weeks,
// and what it would mean for those that are open.
type promise struct {
	past      desk.Simulated
	recounted int
	name      string
}

func (p *policies) add(action.Target) tea.Cmd { return p.fillIn(desk.PolicyView{}) }

func (p *policies) change(action.Target) tea.Cmd {
	v, _, _ := p.marked()
	return p.fillIn(v)
}

// fillIn opens the form of a policy; of a new one where it has no name.
func (p *policies) fillIn(was desk.PolicyView) tea.Cmd {
	f := &form{title: safe.Const("Make a policy"), working: safe.Const("Saving…"), hasty: true, culprit: policyCulprit}
	rows := []widget.FormRow{policyName: {Label: safe.Const("Name"), Hint: safe.Const("such as: Urgent")}}
	if was.Name != "" {
		f.title = safe.Sprintf("Change %s", safe.Line(was.Name))
		rows[policyName].Choices = []widget.Choice{{Label: safe.Line(was.Name), Hint: safe.Const("it keeps its name")}}
	}
	for _, key := range desk.PolicyKeys() {
		rows = append(rows, policyRow(key, was.Words[key]))
	}
	f.fields.Rows = append(rows, chosenFor())
	f.save = func(ctx context.Context, v values) (result, error) {
		name, n, err := p.put(ctx, was, v)
		return result{text: safe.Join(" ", safe.Sprintf("The policy %s counts.", safe.Line(name)), recounted(n))}, err
	}
	r := &rehearsal[promise]{s: p.s, show: showPromise, find: func(ctx context.Context, v values) (promise, error) { return p.weigh(ctx, was, v) }}
	return r.open(f)
}

// policyRow is the field of a term.
func policyRow(key desk.PolicyKey, value string) widget.FormRow {
	row := widget.FormRow{Label: policyLabel(key)}
	switch key {
	case desk.PolicyFirst:
		row.Hint = safe.Const("4h, or 4h in berlin warn 30m")
	case desk.PolicyNext, desk.PolicySolved:
		row.Hint = safe.Const("nothing is promised")
	case desk.PolicyStarts:
		row.Choices = []widget.Choice{{Label: safe.Const("first mail"), Hint: safe.Const("made by hand, too")}, {Label: safe.Const("ticket"), Hint: safe.Const("when it is made")}}
	case desk.PolicyStanding:
		row.Choices = []widget.Choice{{Label: safe.Const("on")}, {Label: safe.Const("off"), Hint: safe.Const("for no new ticket")}}
	default:
		row.Hint = safe.Const("any; or names, with commas between")
	}
	for i, c := range row.Choices {
		if c.Label.String() == value {
			row.Chosen = i
		}
	}
	row.Field.Set(value)
	return row
}

func policyLabel(key desk.PolicyKey) safe.Text {
	switch key {
	case desk.PolicyFirst:
		return safe.Const("First answer")
	case desk.PolicyNext:
		return safe.Const("Next answers")
	case desk.PolicySolved:
		return safe.Const("Solved in")
	case desk.PolicyInboxes:
		return safe.Const("Inboxes")
	case desk.PolicyPriorities:
		return safe.Const("Priorities")
	case desk.PolicyTags:
		return safe.Const("Tags")
	case desk.PolicyCompanies:
		return safe.Const("Companies")
	case desk.PolicyPipelines:
		return safe.Const("Pipelines")
	case desk.PolicyStarts:
		return safe.Const("Counted from")
	default:
		return safe.Const("State")
	}
}

// policyCulprit is the field that an error is about.
func policyCulprit(e *desk.Error) int {
	at := func(key desk.PolicyKey) int {
		for i, other := range desk.PolicyKeys() {
			if other == key {
				return i + 1
			}
		}
		return -1
	}
	switch e.Code {
	case "BAD_NAME", "NAME_IN_USE":
		return policyName
	case "NO_GOAL":
		return at(desk.PolicyFirst)
	case "NO_SUCH_INBOX", "PERSONAL_INBOX":
		return at(desk.PolicyInboxes)
	case "BAD_PRIORITY":
		return at(desk.PolicyPriorities)
	case "NO_SUCH_COMPANY":
		return at(desk.PolicyCompanies)
	case "NO_SUCH_PIPELINE":
		return at(desk.PolicyPipelines)
	default:
		return -1
	}
}

// termsOf are the terms that the fields change.
func termsOf(was desk.PolicyView, v values) map[desk.PolicyKey]string {
	terms := map[desk.PolicyKey]string{}
	for i, key := range desk.PolicyKeys() {
		now, before := v.text(i+1), was.Words[key]
		if choices := policyRow(key, "").Choices; len(choices) > 0 {
			now = choices[v.chosen[i+1]].Label.String()
			if v.chosen[i+1] == 0 {
				now = ""
			}
		}
		if now != before {
			terms[key] = now
		}
	}
	return terms
}

// put writes what the fields say, and says of how many open tickets that changes
// what is due.
func (p *policies) put(ctx context.Context, was desk.PolicyView, v values) (name string, recounted int, err error) {
	terms, to := termsOf(was, v), runningOf(v.chosen[len(v.chosen)-1])
	if was.Name != "" {
		recounted, err = p.s.o.Desk.SetPolicy(ctx, was.Name, terms, to)
		return was.Name, recounted, err
	}
	name = v.text(policyName)
	recounted, err = p.s.o.Desk.AddPolicy(ctx, name, terms, to)
	return name, recounted, err
}

// weigh finds out what it would mean: for the tickets of the past by a
// simulation, for those that are open by a rehearsal.
func (p *policies) weigh(ctx context.Context, was desk.PolicyView, v values) (promise, error) {
	name, n, err := p.put(ctx, was, v)
	if err != nil {
		return promise{}, err
	}
	past, err := p.s.o.Desk.SimulateSLA(ctx, desk.Simulation{Days: simulatedDays, Policy: name, Terms: termsOf(was, v)})
	return promise{past, n, name}, err
}

func showPromise(s *sheet, p promise) {
	s.say(theme.Strong, safe.Sprintf("In the last %s days, %s tickets:", safe.Int(simulatedDays), safe.Int(p.past.Tickets)))
	for _, g := range p.past.Goals {
		if g.Policy != p.name {
			continue
		}
		text, role := safe.Sprintf("%s of the last %s would have missed; %s have.", safe.Int(g.Missed), safe.Int(g.Tickets), safe.Int(g.Had)), theme.Plain
		switch {
		case g.Tickets == 0:
			text, role = safe.Const("it would have counted for none."), theme.Faint
		case g.Missed > g.Had:
			role = theme.Warn
		}
		s.say(role, safe.Sprintf("%s: %s", safe.Line(string(g.Clock)), text))
	}
	if p.past.LeftOut > 0 {
		s.say(theme.Faint, safe.Sprintf("Merged or split, and left out: %s.", safe.Int(p.past.LeftOut)))
	}
	if p.past.More {
		s.say(theme.Faint, safe.Const("There are older ones among these days that were not looked at."))
	}
	if p.recounted > 0 {
		s.say(theme.Warn, recounted(p.recounted))
	}
}
