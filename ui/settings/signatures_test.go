package settings_test

import (
	"context"
	"testing"
	"time"

	"postroom/desk"
)

// TestSignatures: one writes one's own and that of an inbox in several lines,
// sees at once how it would stand below a mail, and takes it back.
func TestSignatures(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	d := pick(o.open(o.maya, 120, 40), "settings signatures").See("Yours", "you have none", "Billing", "none of its own", "(nothing)").NotSee("Toms")
	d.Press("c").See("Your signature", "a few lines; none where it is empty", "Nothing is written until you save.")
	d.Type("{{agent.name}}").Press("enter").Type("{{inbox.name}} at Acme").Advance(time.Second).See("Below your mail stands then:", "Billing at Acme")
	golden(t, d, "signature-120x40-dark", 120, 40)
	d.Resize(60, 20)
	golden(t, d, "signature-60x20-dark", 60, 20)
	d.Resize(80, 24)
	golden(t, d, "signature-80x24-dark", 80, 24)
	if text, err := o.maya.Signature(ctx); err != nil || text != "" {
		t.Fatalf("before Save it is %q, %v", text, err)
	}
	d.Resize(120, 40).Press("tab", "enter").See("Your signature is kept.", "z undo", "Billing at Acme", "from Billing, from Maya, from Sales")
	if text, err := o.maya.Signature(ctx); err != nil || text != "{{agent.name}}\n{{inbox.name}} at Acme" {
		t.Fatalf("it is %q, %v", text, err)
	}
	d.Press("z").See("Your signature is as it was.").Press("j").See("Below yours:")
	// That of an inbox comes before it, and a place nobody knows is refused.
	d.Press("c").See("Signature of Billing").Type("{{weather}}").Advance(time.Second).See("has braces around something").Press("ctrl+s").See("! ")
	d.Press("ctrl+u").Type("The Billing team").Press("ctrl+s").See("Signature of Billing is kept.", "whoever writes it")
	head, err := o.maya.Letterhead(ctx, o.number["Billing"])
	must(t, err)
	if head.Signature != "The Billing team" {
		t.Fatalf("below mail stands %q", head.Signature)
	}
	golden(t, d, "signatures-120x40-dark", 120, 40)
	// Who works in the inbox reads it, and changes his own.
	pick(o.open(o.tom, 120, 40), "settings signatures").Press("j").See("The Billing team", `You may not change "Billing"`).NotSee("[ Change ]").Press("k").See("[ Change ]")
}

// TestFreeAnAddress: an address kept for who was removed is freed after it was
// seen what that means; one of somebody who is here is not.
func TestFreeAnAddress(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	_, err := o.maya.RemoveUser(ctx, "tom", desk.Leaving{Addresses: desk.Going{Fate: desk.KeepAs}, Inboxes: desk.Going{Fate: desk.KeepAs}})
	must(t, err)
	d := pick(o.open(o.maya, 120, 40), "settings people").Press(":").Type("free an address").Press("enter").See("Free an address", "An address may have been kept")
	d.Type("support@acme.test").Advance(time.Second).See("who has not left.").Press("ctrl+u")
	d.Type("toms@acme.test").Advance(time.Second).See("The account of toms@acme.test is disconnected")
	_, err = o.maya.Connect(ctx, "Sales", desk.Account{Address: "toms@acme.test", IMAP: "imaps://mail.acme.test", SMTP: "smtps://mail.acme.test"})
	if desk.KindOf(err) != desk.Conflict {
		t.Fatalf("the preview has freed it: %v", err)
	}
	d.Press("ctrl+s").See("toms@acme.test is free again.")
	_, err = o.maya.Connect(ctx, "Sales", desk.Account{Address: "toms@acme.test", IMAP: "imaps://mail.acme.test", SMTP: "smtps://mail.acme.test"})
	must(t, err)
}
