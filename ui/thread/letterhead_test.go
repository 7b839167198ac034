package thread_test

import (
	"context"
	"testing"

	"postroom/desk"
)

// TestTheSignatureIsSeenBeforeItIsSent: what stands below a mail stands below
// its text on the screen, and what the author decides about it shows at once.
func TestTheSignatureIsSeenBeforeItIsSent(t *testing.T) {
	o := newOffice(t)
	o.refund()
	d := o.reading(120, 40).Press("r").Type("Dear Priya.").NotSee("-- ", "Acme, Berlin")
	d.Press("esc")
	set := map[desk.SettingKey]string{desk.SetFrom: "agent-via-inbox", desk.SetSignature: "{{agent.name}}\nAcme, Berlin"}
	_, err := o.maya.SetInboxSettings(context.Background(), "Billing", set)
	must(t, err)
	// The bar behind esc asks again: what is seen there is what leaves.
	d.Press("i", "esc").See("From  Maya via Billing <billing@acme.test>", "-- ", "Acme, Berlin")
	d.Press("i").Press("enter").Type("--").NotSee("Acme, Berlin") // none is wanted
	d.Press("backspace", "backspace").See("Acme, Berlin")
	d.Press("ctrl+r").See("Note, team only").NotSee("Acme, Berlin") // a note has none
	d.Press("ctrl+r").See("Acme, Berlin").Press("esc", "s")
	out := o.outbox(o.maya)
	if len(out) != 1 || out[0].Signature != "Maya\nAcme, Berlin" || out[0].From.Name != "Maya via Billing" {
		t.Fatalf("in the outbox: %+v", out)
	}
}
