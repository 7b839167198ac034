package ui_test

import (
	"context"
	"testing"
	"time"

	"postroom/desk"
)

// What is snoozed or thrown away, and what a team has, stands at the left with
// its number and is gone to by key.
func TestPlacesAtTheLeft(t *testing.T) {
	o := newOffice(t)
	o.morning()
	ctx := context.Background()
	team, err := o.maya.AddTeam(ctx, "Refunds")
	must(t, err)
	_, err = o.maya.AddTeam(ctx, "Elsewhere")
	must(t, err)
	must(t, o.maya.JoinTeam(ctx, "Refunds", "tom"))
	must(t, o.maya.AddMember(ctx, "Billing", "team:Refunds", desk.WorkRights()))
	_, err = o.maya.Give(ctx, []desk.ConversationID{3, 4}, desk.Assignment{Team: team.ID})
	must(t, err)
	_, err = o.maya.Snooze(ctx, []desk.ConversationID{5}, o.clock.Now().Add(48*time.Hour))
	must(t, err)
	_, err = o.maya.Trash(ctx, []desk.ConversationID{6})
	must(t, err)

	d := o.open(o.maya, 120, 40).See("TEAMS", "Refunds           2", "Snoozed           1", "Trash             1").NotSee("Elsewhere")
	d.Press("g", "z").Advance(time.Second).See("Snoozed", "Invoice needs VAT").NotSee("Card declined")
	d.Press("g", "#").Advance(time.Second).See("Trash", "Cancel my plan").NotSee("Invoice needs VAT")
	d.Press(":").Type("refunds").Press("enter").Advance(time.Second).See("Refunds · for the team   2", "Re: Refund still missi").NotSee("Card declined")
	d.Press("x", "x", "A").Advance(time.Second).See("taken", "TEAMS", "▌ Refunds")
	d.Press("g", "a").Advance(time.Second).Listen().Advance(time.Second).NotSee("TEAMS")
}

// TestFallingThrough: what nobody takes or answers has a view while there is any,
// which time alone fills (S61).
func TestFallingThrough(t *testing.T) {
	o := newOffice(t)
	o.morning()
	ctx := context.Background()
	for _, inbox := range []string{"Billing", "Support"} {
		_, err := o.maya.SetInboxSettings(ctx, inbox, map[desk.SettingKey]string{desk.SetFalling: "never"})
		must(t, err)
	}
	d := o.open(o.maya, 120, 40).NotSee("Falling through", "falling through")
	_, err := o.maya.SetInboxSettings(ctx, "Billing", map[desk.SettingKey]string{desk.SetFalling: "12h"})
	must(t, err)
	d.Listen().Advance(time.Second).NotSee("falling through").Advance(12*time.Hour).See("Falling through", "falling through · g f")
	d.Press("g", "f").Advance(time.Second).See("Falling through   10 of 15", "Receipt for August")
}

// A clock runs beside the conversation too: how long it still has, which it is
// and when it is due.
func TestClockBesideTheConversation(t *testing.T) {
	o := helpdesk(t)
	d := o.open(o.maya, 120, 40, at("Billing")).Press("j", "enter").Advance(time.Second).See("clock", "!!-", "first response", "due")
	d.Resize(80, 24).See("!!-")
}
