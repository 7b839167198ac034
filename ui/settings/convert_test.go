package settings_test

import (
	"context"
	"testing"
	"time"

	"postroom/desk"
)

// switchType opens the form that switches the first inbox, Billing.
func switchType() []string {
	return []string{"g", ",", "enter", "right", "right", "right", "enter"}
}

func kindOf(o *office, address string) desk.InboxKind {
	o.t.Helper()
	list, err := o.maya.Map(context.Background())
	must(o.t, err)
	for _, m := range list {
		if m.Address.Address == address {
			return m.Inbox.Kind
		}
	}
	o.t.Fatalf("nobody has %s", address)
	return ""
}

// TestSwitchingIsPreviewed: who loses access is told by name before anything
// is written; Save does it in one step, and z takes it back.
func TestSwitchingIsPreviewed(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 120, 40).Press(switchType()...).See("Switch billing@acme.test", "It is shared now")
	d.Press("left").Advance(time.Second).See("That would mean:", "lose access", "Tom Ashe no longer reads", "Nothing changes there, and no mail is")
	golden(t, d, "switch-120x40-dark", 120, 40)
	d.Resize(80, 24)
	d.See("[ Save ]", "more lines · pgdn")
	golden(t, d, "switch-80x24-dark", 80, 24)
	d.Resize(60, 20)
	golden(t, d, "switch-60x20-dark", 60, 20)
	golden(t, d.Press("pgdown"), "switch-read-60x20-dark", 60, 20)
	d.Press("pgup")
	d.Resize(80, 24)
	for range 5 {
		d.Press("pgdown")
	}
	d.See("[ Save ]").NotSee("more lines", "That would mean:")
	d.Resize(120, 40)
	if k := kindOf(o, "billing@acme.test"); k != desk.Shared {
		t.Fatalf("the preview has made it %s", k)
	}
	d.Press("ctrl+s").See("billing@acme.test is personal now", "z undo")
	if k := kindOf(o, "billing@acme.test"); k != desk.Personal {
		t.Fatalf("it is %s", k)
	}
	d.Press("z").See("Undone")
	if k := kindOf(o, "billing@acme.test"); k != desk.Shared {
		t.Fatalf("after undo it is %s", k)
	}
}

// TestSwitchingIsRefusedWithAllThatIsInTheWay: as long as something refers to
// the account, and Save says so too.
func TestSwitchingIsRefusedWithAllThatIsInTheWay(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	for _, alias := range []string{"invoices@acme.test", "bills@acme.test"} {
		_, err := o.maya.AddAddress(ctx, "billing@acme.test", alias, desk.AddressAlias)
		must(t, err)
	}
	d := o.open(o.maya, 120, 40).Press(switchType()...).Press("left").Advance(time.Second)
	d.See("It is refused while these refer to it", "invoices@acme.test: postroom account alias", "remove bills@acme.test").Press("ctrl+s").Advance(time.Second)
	d.See("It is refused, for what is said here", "remove bills@acme.test")
	if k := kindOf(o, "billing@acme.test"); k != desk.Shared {
		t.Fatalf("it is %s", k)
	}
	// What was in the way has gone by another hand: what it would mean now has not
	// been seen.
	for _, alias := range []string{"invoices@acme.test", "bills@acme.test"} {
		_, err := o.maya.RemoveAddress(ctx, alias)
		must(t, err)
	}
	d.Press("ctrl+s").Advance(time.Second).See("That would mean:").NotSee("It is refused")
	if k := kindOf(o, "billing@acme.test"); k != desk.Shared {
		t.Fatalf("unseen it is %s", k)
	}
	d.Press("ctrl+s").See("billing@acme.test is personal now")
}

// TestNobodySavesWhatHeHasNotSeen: while the preview is not there, Save waits.
func TestNobodySavesWhatHeHasNotSeen(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 120, 40).Press(switchType()...)
	d.Press("left", "ctrl+s").See("A moment: what it would do is still being looked up.")
	if k := kindOf(o, "billing@acme.test"); k != desk.Shared {
		t.Fatalf("it is %s", k)
	}
	// Going back to what it is asks for nothing.
	d.Advance(time.Second).Press("left").Advance(time.Second).See("It is shared now").Press("ctrl+s").See("Nothing would be different.")
}

func TestChangeAnInbox(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	change := []string{"g", ",", "enter", "right", "right", "enter"}
	d := o.open(o.maya, 120, 40).Press(change...).See("Change Billing", "Owner", "Deputy", "agent-via-inbox")
	golden(t, d, "change-120x40-dark", 120, 40)
	d.Press("ctrl+s").See("Nothing is different")
	d.Press("enter").Press("tab").Type("{{agent.first}} of {{weather}}").Advance(time.Second).Press("ctrl+s").See("! ", "weather").Press("ctrl+u").Type("agent-via-inbox")
	for range 3 {
		d.Press("tab")
	}
	d.Type("tom").Press("ctrl+s").See("A moment").Advance(time.Second).Press("ctrl+s").See("Billing: from is agent-via-inbox, deputy is tom", "z undo")
	value := func(key desk.SettingKey) string {
		list, err := o.maya.InboxSettings(ctx, "Billing")
		must(t, err)
		for _, s := range list {
			if s.Key == key {
				return s.Value
			}
		}
		return "none"
	}
	if value(desk.SetFrom) != "agent-via-inbox" || value(desk.SetDeputy) != "tom" {
		t.Fatalf("from %q, deputy %q", value(desk.SetFrom), value(desk.SetDeputy))
	}
	d.Press("z").See("Undone")
	if value(desk.SetFrom) != "" || value(desk.SetDeputy) != "" {
		t.Fatalf("after undo: from %q, deputy %q", value(desk.SetFrom), value(desk.SetDeputy))
	}
}
