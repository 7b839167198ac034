package ui_test

import (
	"context"
	"testing"
	"time"

	"postroom/desk"
	"postroom/ui/uitest"
)

// TestWhyItIsHere: one key says in the list and in the conversation which rules
// were asked, what failed or matched with what was seen, and who could have had
// it; the page scrolls, and closes.
func TestWhyItIsHere(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	rules, err := desk.ParseRules("rule: invoices\nscope: inbox:Billing\nwhen: subject:invoice from:@elsewhere.test\nthen: assign maya\n\nrule: lamps\nscope: inbox:Billing\nwhen: subject:lamp\nthen: tag light\nthen: assign strategy:rota\n")
	must(t, err)
	_, err = o.maya.AddStrategy(ctx, "rota", desk.StrategySetting{Kind: desk.RoundRobin, On: []string{"maya", "tom"}})
	must(t, err)
	_, err = o.maya.SetAway(ctx, "tom")
	must(t, err)
	for _, r := range rules {
		_, err := o.maya.AddRule(ctx, r, 0)
		must(t, err)
	}
	o.receive(letter{inbox: "Billing", name: "Ana", addr: "ana@x.test", subject: "The lamp is broken"})
	d := o.open(o.maya, 120, 40, at("Billing"))
	cursorOn(t, d, "The lamp is broken")
	d.Press("W").See("why #1 is here", "invoices did not match", "no  subject:invoice  (saw:", "lamps matched", "did: tag light", "tom: is away", "maya: has it")
	straight(t, d, 120, 40)
	uitest.Golden(t, "explain-120x40.txt", trimmed(d.Frame()))
	d.Press("q").NotSee("why #1 is here").Press("enter").Advance(time.Second).Press("W").See("why #1 is here").Resize(80, 24)
	straight(t, d, 80, 24)
	uitest.Golden(t, "explain-80x24.txt", trimmed(d.Frame()))
	d.Resize(80, 16).See("more lines").NotSee("now Maya").Press("G").See("now Maya").NotSee("more lines").Press("esc").NotSee("why #1 is here")
}

// TestGivenToTeamAndPerson: a person is given it for a team, with a reason that
// is kept.
func TestGivenToTeamAndPerson(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	o.morning()
	_, err := o.maya.AddTeam(ctx, "Refunds")
	must(t, err)
	must(t, o.maya.JoinTeam(ctx, "Refunds", "tom"))
	d := o.open(o.maya, 120, 40, at("Billing"))
	cursorOn(t, d, "Charged twice")
	d.Press("a").See("Tom Ashe of Refunds", "team and person").NotSee("Maya of Refunds").Type("of refunds: she asked for him").See("Tom Ashe of Refunds: she asked for him")
	straight(t, d, 120, 40)
	uitest.Golden(t, "dialog-assign-both.txt", trimmed(d.Frame()))
	d.Press("enter").See("assigned to Tom Ashe of Refunds", "z undo")
	list, err := o.maya.List(ctx, desk.View{Place: desk.InOpen, Sort: desk.ByWaiting, Assigned: desk.Anybody}, desk.Window{Limit: 50})
	must(t, err)
	given := 0
	for _, row := range list.Rows {
		if row.Team == 0 {
			continue
		}
		given++
		x, err := o.maya.Explain(ctx, row.ID)
		must(t, err)
		if last := x.Events[len(x.Events)-1]; row.Assignee != o.tom.Actor().User || last.Is != "Tom Ashe of Refunds: she asked for him" {
			t.Errorf("it is %+v, and the journal says %q", row.Conversation, last.Is)
		}
	}
	if given != 1 {
		t.Errorf("%d have a team", given)
	}
}
