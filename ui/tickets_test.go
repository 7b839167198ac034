package ui_test

import (
	"context"
	"testing"
	"time"

	"postroom/desk"
)

// A conversation becomes a ticket, goes through its stages, is merged and moved
// with keys, and each of it can be taken back.
func TestTicketKeys(t *testing.T) {
	o := newOffice(t)
	o.morning()
	ctx := context.Background()
	_, err := o.maya.CreateInbox(ctx, "Returns", desk.Shared)
	must(t, err)
	d := o.open(o.maya, 140, 40, at("Billing"))
	d.Press("T").Advance(time.Second).See("a ticket now", "z undo", "open · New · ")
	d.Press("s").See("stage of #", "Waiting on us").Press("w", "a", "i", "t", "i", "n", "g", " ", "o", "n", " ", "u", "enter").Advance(time.Second)
	d.See("moved to Waiting on us", "open · Waiting on us · ")
	d.Press("z").Advance(time.Second).See("open · New · ").Press("z").Advance(time.Second).NotSee("New · ")

	d.Press("m").See("mark two or more with x first")
	d.Press("x", "x", "m").See("merge 2 conversations into").Press("enter").Advance(time.Second).See("merged into #", "9 · longest waiting first")
	d.Press("z").Advance(time.Second).See("10 · longest waiting first")

	d.Press("esc", "v").See("move #", "Returns").Press("r", "e", "t", "enter").Advance(time.Second)
	d.See("See it no more").Press("j", "enter").Advance(time.Second).See("moved to Returns", "9 · longest waiting first")
	d.Press("z").Advance(time.Second).See("10 · longest waiting first")
}

// TestTicketFieldsOnTheScreen: what a desk keeps of its tickets is seen and
// filled, by a choice or by what is typed, and taken back.
func TestTicketFieldsOnTheScreen(t *testing.T) {
	o := newOffice(t)
	o.morning()
	ctx := context.Background()
	for _, f := range []desk.TicketField{{Name: "plan", Kind: desk.FieldChoice, Choices: []string{"small", "large"}}, {Name: "order", Kind: desk.FieldNumber}} {
		_, err := o.maya.AddTicketField(ctx, f)
		must(t, err)
	}
	d := o.open(o.maya, 140, 40, at("Billing"))
	fields := func() { d.Press(":").Type("fields of the ticket").Press("enter").Advance(time.Second) }
	fields()
	d.See("is no ticket").Press("T").Advance(time.Second).See("a ticket now")
	fields()
	d.See("fields of #", "category", "plan", "order").Type("plan").Press("enter").See("plan of #", "small", "large").NotSee("(nothing)").Type("la").Press("enter").Advance(time.Second)
	d.See("plan: large", "z undo").Press("enter").See("ticket set plan: large").Press("q")
	fields()
	d.See("large").Type("order").Press("enter").See("a number, as 12").NotSee("nothing matches").Type("many").Press("enter").Advance(time.Second).See("is no value of order")
	fields()
	d.Type("order").Press("enter").Type("88102").Press("enter").Advance(time.Second).See("order: 88102")
	one := d.Press("z").Advance(time.Second).See("Undone")
	tk, err := o.maya.Ticket(ctx, 1)
	must(t, err)
	if len(tk.Values) != 1 || tk.Values[0].Value != "large" {
		t.Errorf("after the undo the fields are %+v", tk.Values)
	}
	fields()
	one.See("large").Type("plan").Press("enter").See("(nothing)").Press("end").Type("noth").Press("enter").Advance(time.Second).See("plan is empty now")
}
