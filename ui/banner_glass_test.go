package ui_test

import (
	"context"
	"testing"
	"time"
)

// TestTheOwnerSeesWhoLooksIn: the line is there from the moment the glass is
// broken until it is whole again, on the owner's screen and on no other.
func TestTheOwnerSeesWhoLooksIn(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	_, err := o.tom.CreateInbox(ctx, "Toms", "personal")
	must(t, err)
	owner, admin := o.open(o.tom, 120, 40), o.open(o.maya, 120, 40)
	owner.NotSee("sees your inbox")
	_, err = o.maya.BreakGlass(ctx, "Toms", "the contract of Acme is due", time.Hour)
	must(t, err)
	owner.Listen().See("sees your inbox Toms until 10:42: the contract of Acme is due")
	admin.Listen().NotSee("sees your inbox")
	must(t, o.maya.EndGlass(ctx, "Toms"))
	owner.Listen().NotSee("sees your inbox")
}
