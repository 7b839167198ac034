package ui_test

import (
	"context"
	"testing"
	"time"

	"postroom/desk"
	"postroom/ui/uitest"
)

// TestNextGivesTwoPeopleTwoCustomers: the key opens who has waited longest, and
// says why; who asks at the same time is given another, who asks again too.
func TestNextGivesTwoPeopleTwoCustomers(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.tom, 80, 24, at("Billing"))
	d.Press("g", "n").See("Charged twice", "#1", "Next is #1: Ana Ruiz has waited longest; nobody has it.")
	ctx := context.Background()
	_, err := o.maya.AddUser(ctx, "ben", "Ben", desk.RoleAgent)
	must(t, err)
	must(t, o.maya.AddMember(ctx, "Billing", "ben", desk.WorkRights()))
	actor, err := o.desk.SignIn(ctx, "ben", "")
	must(t, err)
	o.open(o.desk.As(actor), 80, 24).Press("g", "n").See("Card declined", "Next is #2: of those nobody is answering, Kofi Mensah has waited")
	d.Press("g", "n").See("Refund still missing", "Next is #3").Press("esc").See("Charged twice")
}

// TestNextIsNothing when all is answered.
func TestNextIsNothing(t *testing.T) {
	o := newOffice(t)
	o.open(o.tom, 80, 24).Press("g", "n").See("Nothing is left for you to answer.")
}

// TestAwayAndBack by a key, with a mark in the header as long as it lasts.
func TestAwayAndBack(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.tom, 80, 24, at("Billing")).NotSee("away")
	d.Press("B").See("You are away until B takes it back: nothing new is given to you.", "Tom Ashe · away").NotSee("set you away")
	d.Press("B").See("You are available again").NotSee("Tom Ashe · away")
}

// TestSetAwayByAnother is told quietly, and the key takes it back (H13).
func TestSetAwayByAnother(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	o.morning()
	tom := o.open(o.tom, 120, 40, at("Billing"))
	_, err := o.maya.SetAway(ctx, "tom")
	must(t, err)
	tom.Listen().Advance(time.Second).See("Maya has set you away since 09:42: B takes it back. Nothing new is given", "Tom Ashe · away")
	uitest.Golden(t, "away-120x40.txt", trimmed(tom.Frame()))
	tom.Resize(80, 24)
	uitest.Golden(t, "away-80x24.txt", trimmed(tom.Frame()))
	tom.Press("B").See("You are available again").NotSee("set you away")
	if b, err := o.tom.Standby(ctx); err != nil || b.Why != "" {
		t.Errorf("he is %q, %v", b.Why, err)
	}
	// What he plans himself is no news to him, and ends by itself.
	_, err = o.tom.PlanAbsence(ctx, "", desk.Absence{Until: o.clock.Now().Add(time.Hour)})
	must(t, err)
	tom.Listen().Advance(time.Second).See("Tom Ashe · out of office").NotSee("set you away")
	tom.Advance(time.Hour).NotSee("out of office")
}
