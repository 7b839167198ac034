package settings_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"postroom/desk"
)

// TestAddressMap: every address with what decides about its mail; of somebody's
// personal inbox an admin sees that it is there and how it is.
func TestAddressMap(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	for i, rule := range []desk.RuleText{
		{Name: "Invoices", Scope: "inbox:Billing", On: "received", When: "subject:invoice", Then: []string{"tag invoice"}, Enabled: true},
		{Name: "Everywhere", Scope: "desk", On: "received", Then: []string{"tag seen"}, Enabled: true},
		{Name: "Off", Scope: "desk", On: "received", Then: []string{"tag off"}},
		{Name: "Old address", Scope: "channel:billing@acme.test", On: "received", Then: []string{"tag old"}, Enabled: true},
	} {
		_, err := o.maya.AddRule(ctx, rule, i+1)
		must(t, err)
	}
	_, err := o.maya.SetInboxSettings(ctx, "Billing", map[desk.SettingKey]string{desk.SetRouting: desk.RoutingManual})
	must(t, err)
	_, err = o.maya.AddAddress(ctx, "support@acme.test", "help@acme.test", desk.AddressAlias)
	must(t, err)
	o.receive("Billing", desk.Mail{MessageID: "1@x", From: []desk.Mailbox{{Addr: "ana@x.test"}}, Subject: "Hello", Date: o.clock.Now()})
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		d := pick(o.open(o.maya, size[0], size[1]), "settings inbox map").See("Inbox map", "billing@acme.test", "help@acme.test", "(private)").NotSee("toms@")
		golden(t, d, fmt.Sprintf("map-%dx%d-dark", size[0], size[1]), size[0], size[1])
		golden(t, d.Press("enter"), fmt.Sprintf("mapped-%dx%d-dark", size[0], size[1]), size[0], size[1])
	}
	d := pick(o.open(o.maya, 120, 40), "settings inbox map").See("3: Invoices, Everywhere, Old address", "who takes it, or whom", "Maya, Tom Ashe", "last in    09:42", "last out   never")
	d.Press("G", "k").See("help@acme.test", "1: Everywhere", "nobody has decided").NotSee("Invoices", "Old address")
	// Enter leads to the inbox the address belongs to.
	d.Press("enter", "enter").See("Settings · Inboxes · Support", "help@acme.test (alias, not verified)")
	// What changes elsewhere changes on the map.
	d = pick(o.open(o.maya, 120, 40), "settings inbox map")
	o.health("Billing", desk.AccountNeedsSignIn, "The password is refused.")
	d.Listen().Advance(time.Second).See("needs sign-in since", "The password is refused.")
	// Tom sees where he works, and what is his.
	pick(o.open(o.tom, 120, 40), "settings inbox map").See("billing@acme.test", "toms@acme.test").NotSee("support@", "maya@", "(private)")
}
