package storetest

import (
	"fmt"
	"testing"

	"postroom/desk"
)

// testWhose: what a form on a web page sends is the matter of whom it names in
// Reply-To, and what one of us forwards to a team of whom it forwards. Nobody
// who may be forged decides whom we answer (design 4.18 no. 15).
func testWhose(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.write(func(wr desk.Writer) error {
		zoe, err := wr.UserByLogin("zoe")
		if err != nil {
			return err
		}
		zoe.Email = "zoe@home.test"
		return wr.SaveUser(zoe)
	})
	customer := []desk.Mailbox{{Name: "Ann", Addr: "ann@x.test"}}
	forward := func(m *desk.Mail) { m.Forwarded = customer }
	reply := func(m *desk.Mail) { m.ReplyTo = customer }
	list := func(m *desk.Mail) { m.ReplyTo, m.Auto.Kind = customer, desk.AutoList }
	both := func(m *desk.Mail) { m.ReplyTo, m.Forwarded = []desk.Mailbox{{Addr: "zoe@else.test"}}, customer }
	type seen struct{ who, to string }
	ann := seen{"Ann", "ann@x.test"}
	for i, v := range []struct {
		what   string
		in     desk.InboxID
		from   string
		change func(*desk.Mail)
		auth   string
		want   seen
	}{
		{"a form", w.support.ID, "no-reply@forms.test", reply, "", ann},
		{"a form under our address", w.support.ID, "sales@acme.test", reply, "pass", ann},
		{"our address, and nobody vouches", w.support.ID, "sales@acme.test", reply, "", seen{"sales@acme.test", "ann@x.test"}},
		{"a form that fails", w.support.ID, "no-reply@forms.test", reply, "fail", seen{"no-reply@forms.test", "ann@x.test"}},
		{"a form of the same domain", w.support.ID, "no-reply@x.test", reply, "", seen{"no-reply@x.test", "ann@x.test"}},
		{"somebody with a second address", w.support.ID, "bo@y.test", reply, "", seen{"bo@y.test", "ann@x.test"}},
		{"a list", w.support.ID, "no-reply@list.test", list, "", seen{"no-reply@list.test", "ann@x.test"}},
		{"a form to be answered to us", w.support.ID, "no-reply@forms.test", func(m *desk.Mail) {
			m.ReplyTo = []desk.Mailbox{{Addr: "sales@acme.test"}}
		}, "", seen{"no-reply@forms.test", "sales@acme.test"}},
		{"ben forwards", w.support.ID, "ben@acme.test", forward, "pass", ann},
		{"zoe forwards from home", w.support.ID, "Zoe@home.test", forward, "", ann},
		{"with a Reply-To", w.support.ID, "zoe@home.test", both, "", ann},
		{"somebody as ben", w.support.ID, "ben@acme.test", forward, "", seen{"ben@acme.test", "ben@acme.test"}},
		{"somebody as zoe", w.support.ID, "zoe@home.test", forward, "fail", seen{"zoe@home.test", "zoe@home.test"}},
		{"a customer forwards", w.support.ID, "bo@y.test", forward, "pass", seen{"bo@y.test", "bo@y.test"}},
		{"ben forwards a colleague", w.support.ID, "ben@acme.test", func(m *desk.Mail) {
			m.Forwarded = []desk.Mailbox{{Addr: "zoe@home.test"}}
		}, "pass", seen{"ben@acme.test", "ben@acme.test"}},
		{"zoe forwards to ben alone", w.ownInbox.ID, "zoe@home.test", forward, "", seen{"zoe@home.test", "zoe@home.test"}},
	} {
		m := mail(fmt.Sprint(i, "@whose"), v.from, v.what, "text")
		v.change(&m)
		raw := w.keep(v.in, w.clock.get())
		w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{{
			Raw: raw, Role: desk.RoleInbox, At: w.clock.get(), AuthFailed: v.auth == "fail", AuthPassed: v.auth == "pass", Mail: m,
		}}))
		c := w.messageOf(v.in, raw).Conversation
		w.answersGo(v.what, c, v.want.who, v.want.to)
	}
}

// answersGo compares who a conversation is with and whom the answer goes to. What
// is proposed is asked about no more, and anybody else still is.
func (w *world) answersGo(what string, id desk.ConversationID, who, to string) {
	w.t.Helper()
	var c desk.Conversation
	w.read(func(r desk.Reader) (err error) {
		c, err = r.Conversation(id)
		return err
	})
	w.want(what+": it is with", c.Who, who)
	dr, err := w.ben.NewReply(w.ctx, id, false)
	w.ok(err)
	got := ""
	for _, m := range dr.To {
		got += m.Addr
	}
	w.want(what+": the answer goes to", got, to)
	card, err := w.ben.Customer(w.ctx, id)
	w.ok(err)
	if who == "Ann" {
		w.want(what+": the contact is", card.Address, "ann@x.test")
	}
	dr.Text = "Yes."
	stranger := dr
	stranger.Cc = []desk.Mailbox{{Addr: "stranger@z.test"}}
	for _, d := range []struct {
		dr   desk.Draft
		asks int
	}{{stranger, 1}, {dr, 0}} {
		res, err := w.ben.Send(w.ctx, d.dr, desk.SendOptions{})
		w.ok(err)
		w.want(what+": guards", len(res.Cautions), d.asks)
	}
}
