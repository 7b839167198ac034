package settings_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"postroom/desk"
)

// TestNotifications: what one hears is told for each inbox, and changing it
// changes it for nobody else.
func TestNotifications(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	rule := func(seat *desk.Seat) desk.Notifying {
		t.Helper()
		list, err := seat.Notifying(ctx)
		must(t, err)
		for _, n := range list {
			if n.Inbox.Name == "Billing" {
				return n
			}
		}
		t.Fatal("nothing is known of Billing")
		return desk.Notifying{}
	}
	d := pick(o.open(o.maya, 120, 40), "settings notifications").See("Billing", "as the inbox says · bell · at once", "by nobody").NotSee("Toms")
	golden(t, d, "notifications-120x40-dark", 120, 40)
	d.Resize(80, 24)
	golden(t, d, "notifications-80x24-dark", 80, 24)
	d.Press("c").See("What you hear of Billing", "every mail by a person")
	golden(t, d, "notify-80x24-dark", 80, 24)
	d.Resize(120, 40).Press("right", "tab").Type(", pigeon").Press("ctrl+s").See("! A terminal cannot call you").Press("ctrl+u").Type("bell, osc9")
	d.Press("tab").Type("soon").Press("ctrl+s").See("! That is no number of minutes.")
	if n := rule(o.maya); n.Chosen {
		t.Fatalf("written before it was right: %+v", n)
	}
	d.Press("ctrl+u").Type("999").Press("ctrl+s").See("! News cannot be collected").Press("ctrl+u").Type("15").Press("ctrl+s")
	d.See("You hear of all in Billing.", "as you have chosen · bell, osc9")
	n := rule(o.maya)
	if !n.Chosen || n.Rule.About != desk.NotifyAll || n.Rule.Every != 15*time.Minute || !slices.Equal(n.Rule.Ways, []desk.NotifyWay{desk.NotifyBell, desk.NotifyOSC9}) {
		t.Fatalf("maya hears %+v", n)
	}
	if n := rule(o.tom); n.Chosen {
		t.Fatalf("tom hears %+v", n)
	}
}
