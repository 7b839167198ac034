package ui_test

import (
	"context"
	"testing"
	"time"

	"postroom/desk"
)

// reply lets Maya answer a conversation, as from the composer.
func (o *office) reply(id desk.ConversationID) {
	o.t.Helper()
	ctx := context.Background()
	dr, err := o.maya.NewReply(ctx, id, false)
	must(o.t, err)
	dr.Text = "On its way."
	_, err = o.maya.Send(ctx, dr, desk.SendOptions{Hold: desk.HoldTime})
	must(o.t, err)
}

// sendAll lets what is due leave, the way a worker does.
func (o *office) sendAll() {
	o.t.Helper()
	ctx := context.Background()
	mr := o.desk.Mailroom()
	for name, l := range o.lease {
		l, err := mr.Lease(ctx, o.account[name].ID, l.Holder, "")
		must(o.t, err)
		for {
			out, ok, err := mr.ClaimOutgoing(ctx, l)
			must(o.t, err)
			if !ok {
				break
			}
			out, err = mr.Submitting(ctx, l, out, []byte(out.Text))
			must(o.t, err)
			must(o.t, mr.Settle(ctx, l, out, desk.Settled{State: desk.Accepted}))
		}
	}
}

// TestUndoDoesNotWanderPastTheHeldMail: what is done after a mail was queued is
// undone first, and then comes the mail, not what was done before it.
func TestUndoDoesNotWanderPastTheHeldMail(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 120, 40, at("Billing"))
	d.Press("j", "A").See("taken").Advance(time.Second)
	o.reply(1)
	d.Listen().See("z take back").NotSee("z undo")
	d.Advance(time.Second).Press("j", "e").See("closed", "z undo").NotSee("z take back")
	d.Press("z").See("Undone: closing", "z take back")
	d.Press("z").See("Taken back", "Reply to customer")
	d.Press("esc", "esc", "esc", "z").See("Undone: assigning, #2")
}

// TestUndoJustAfterTheMailHasLeft: who sees the count end means the mail.
func TestUndoJustAfterTheMailHasLeft(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 120, 40, at("Billing"))
	d.Press("j", "A").See("taken").Advance(time.Second)
	o.reply(1)
	d.Listen().Advance(11 * time.Second)
	o.sendAll()
	d.Listen().Press("z").See("The mail to Ana Ruiz has left already").NotSee("Undone")
	th, err := o.maya.Thread(context.Background(), 1, 0)
	must(t, err)
	if th.Assignee != o.maya.Actor().User {
		t.Error("z undid what sending did besides")
	}
	d.Advance(10 * time.Second).Press("z").See("Undone: assigning, #2")
}

// TestUndoAsksForAnEarlierSession: nothing is undone silently that nobody has
// done in this session.
func TestUndoAsksForAnEarlierSession(t *testing.T) {
	o := newOffice(t)
	o.morning()
	_, err := o.maya.Close(context.Background(), []desk.ConversationID{3})
	must(t, err)
	d := o.open(o.maya, 120, 40, at("Billing")).See("9 · longest")
	d.Press("z").See("Undo closing of #3, done earlier?", "No, leave it").Press("enter").See("9 · longest")
	d.Press("A").See("taken").Press("z").See("Undone: assigning, #1")
	d.Press("z").See("Undo closing of #3, done earlier?").Press("2").See("Undone: closing, #3", "10 · longest")
	d.Press("z").See("There is nothing of yours to undo")
}

// TestUndoOfAnEarlierSessionTakesWhatWasShown: what is done from another place
// while the question stands is not what was asked about.
func TestUndoOfAnEarlierSessionTakesWhatWasShown(t *testing.T) {
	o := newOffice(t)
	o.morning()
	ctx := context.Background()
	_, err := o.maya.Close(ctx, []desk.ConversationID{3})
	must(t, err)
	d := o.open(o.maya, 120, 40, at("Billing")).Press("z").See("Undo closing of #3")
	_, err = o.maya.Close(ctx, []desk.ConversationID{4})
	must(t, err)
	d.Press("2").See("You have done something else since").Press("z").See("Undo closing of #4")
}

// TestUndoneFromAnotherPlace: a step of this session that the command line has
// undone leaves the one before it alone.
func TestUndoneFromAnotherPlace(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 120, 40, at("Billing")).Press("A").See("taken").Press("j", "e").See("closed")
	_, err := o.maya.Undo(context.Background(), "")
	must(t, err)
	d.Listen().Press("z").See("undone already").Press("z").See("Undone: assigning, #1")
}
