package thread_test

import (
	"context"
	"fmt"
	"testing"

	"postroom/desk"
)

// alias gives an inbox's account another address that may be written from.
func (o *office) alias(inbox, address string) {
	o.t.Helper()
	ctx := context.Background()
	_, err := o.maya.AddAddress(ctx, o.account[inbox].Address, address, desk.AddressAlias)
	must(o.t, err)
	out, err := o.maya.BeginVerify(ctx, address)
	must(o.t, err)
	o.uid++
	mr := o.desk.Mailroom()
	ids, err := mr.Keep(ctx, o.lease[inbox], o.folder[inbox], []desk.Fetched{{UID: o.uid, At: o.clock.Now(), Packed: mr.Pack(fmt.Appendf(nil, "mail %d", o.uid))}})
	must(o.t, err)
	must(o.t, mr.Receive(ctx, []desk.Incoming{{
		Raw: ids[0], Account: o.account[inbox].ID, Role: desk.RoleInbox, At: o.clock.Now(),
		Mail: desk.Mail{MessageID: out.HeaderID, InReplyTo: []string{out.InReplyTo}, From: []desk.Mailbox{out.From}, To: out.To},
	}}))
	trip, err := o.maya.FollowTest(ctx, out.ID)
	must(o.t, err)
	must(o.t, o.maya.EndTest(ctx, trip))
}

// TestFromGoesThroughTheAddresses: an answer can leave from every address of
// its inbox that is verified, and from none of another inbox.
func TestFromGoesThroughTheAddresses(t *testing.T) {
	o := newOffice(t)
	o.refund()
	o.alias("Billing", "invoices@acme.test")
	_, err := o.maya.AddAddress(context.Background(), "billing@acme.test", "new@acme.test", desk.AddressAlias)
	must(t, err)
	d := o.reading(120, 40).Press("r").See("From  Maya <billing@acme.test>").Type("Dear Priya.")
	d.Press("tab", "right").See("From  Maya <invoices@acme.test>")
	d.Press("right").See("From  Maya <billing@acme.test>").Press("left").See("<invoices@acme.test>")
	d.Press("esc", "esc").Press("r").See("<invoices@acme.test>", "Dear Priya.")
	d.Press("esc", "s")
	out := o.outbox(o.maya)
	if len(out) != 1 || out[0].From.Addr != "invoices@acme.test" || out[0].Inbox != o.number["Billing"] {
		t.Fatalf("in the outbox: %+v", out)
	}
}
