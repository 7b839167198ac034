package storetest

import (
	"slices"
	"testing"

	"postroom/desk"
)

// testSenders: an answer leaves from the address that was written to, where it
// may, and from none of another inbox (S57, S36).
func testSenders(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	for _, a := range []string{"info@acme.test", "new@acme.test"} {
		w.ok(w.addOnly(w.maya, "help@acme.test", a))
	}
	_, err := w.maya.AddAddress(w.ctx, "help@acme.test", "web@acme.test", desk.AddressForm)
	w.ok(err)
	w.write(func(wr desk.Writer) error { return wr.SaveVerified("info@acme.test", w.clock.get()) })
	letter := func(id string, change func(*desk.Mail)) desk.ConversationID {
		m := mail(id, "ann@x.test", "Hi", "Where is it?")
		m.To = []desk.Mailbox{{Addr: "somebody@x.test"}}
		change(&m)
		return w.arrive(w.support.ID, m).Conversation
	}
	answer := func(c desk.ConversationID) desk.Draft {
		dr, err := w.ben.Answer(w.ctx, c, true)
		w.ok(err)
		dr.Text = "Here."
		return dr
	}
	for what, c := range map[string]struct {
		id   desk.ConversationID
		from string
	}{
		"in To":            {letter("1@x", func(m *desk.Mail) { m.To = append(m.To, desk.Mailbox{Addr: "INFO@acme.test"}) }), "info@acme.test"},
		"in Cc, with plus": {letter("2@x", func(m *desk.Mail) { m.Cc = []desk.Mailbox{{Addr: "info+x@acme.test"}} }), "info@acme.test"},
		"delivered":        {letter("3@x", func(m *desk.Mail) { m.DeliveredTo = []string{"info@acme.test"} }), "info@acme.test"},
		"not verified":     {letter("4@x", func(m *desk.Mail) { m.To = []desk.Mailbox{{Addr: "new@acme.test"}} }), "help@acme.test"},
		"a form":           {letter("5@x", func(m *desk.Mail) { m.To = []desk.Mailbox{{Addr: "web@acme.test"}} }), "help@acme.test"},
		"of another inbox": {letter("6@x", func(m *desk.Mail) { m.To = []desk.Mailbox{{Addr: "sales@acme.test"}} }), "help@acme.test"},
		"none of ours":     {letter("7@x", func(*desk.Mail) {}), "help@acme.test"},
	} {
		dr := answer(c.id)
		out, err := w.ben.Prepare(w.ctx, dr)
		w.ok(err)
		w.want(what, out.From, desk.Mailbox{Name: "Ben", Addr: c.from})
		w.want(what+": we do not write to ourselves", slices.ContainsFunc(append(dr.To, dr.Cc...), func(m desk.Mailbox) bool {
			return m.Addr == c.from || m.Addr == "web@acme.test" || m.Addr == "new@acme.test"
		}), false)
	}
	dr := answer(letter("8@x", func(m *desk.Mail) { m.To = []desk.Mailbox{{Addr: "info@acme.test"}} }))
	for address, code := range map[string]string{"new@acme.test": "NOT_VERIFIED", "web@acme.test": "OTHER_ADDRESS", "sales@acme.test": "OTHER_ADDRESS", "ben@acme.test": "OTHER_ADDRESS", "x@y.test": "OTHER_ADDRESS"} {
		_, err := w.ben.WriteFrom(w.ctx, dr, address)
		w.want("from "+address, refused(err), code)
		dr.From = address
		_, err = w.ben.Send(w.ctx, dr, desk.SendOptions{})
		w.want("sent from "+address, refused(err), code)
	}
	dr, err = w.ben.WriteFrom(w.ctx, dr, "Help@acme.test")
	w.ok(err)
	dr, err = w.ben.WriteFrom(w.ctx, dr, "Info@acme.test")
	w.ok(err)
	kept, err := w.ben.SaveDraft(w.ctx, dr)
	w.ok(err)
	kept, err = w.ben.Draft(w.ctx, kept.Conversation, desk.DraftReply)
	w.ok(err)
	w.want("kept", kept.From, "info@acme.test")

	sent, err := w.ben.Send(w.ctx, kept, desk.SendOptions{Hold: desk.HoldTime, Confirmed: []desk.Guard{desk.GuardChanged, desk.GuardNewRecipient}})
	w.ok(err)
	w.want("queued from", sent.Outgoing.From.Addr, "info@acme.test")
	_, err = w.maya.RemoveAddress(w.ctx, "info@acme.test")
	w.want("while a mail waits to leave from it", refused(err), "MAIL_WAITING")
	back, err := w.ben.CancelSend(w.ctx, sent.Outgoing.ID)
	w.ok(err)
	w.want("taken back", back.From, "info@acme.test")
	_, err = w.maya.RemoveAddress(w.ctx, "info@acme.test")
	w.ok(err)
	_, err = w.ben.Prepare(w.ctx, back)
	w.want("when it is free", refused(err), "OTHER_ADDRESS")
}
