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
