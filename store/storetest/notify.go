package storetest

import (
	"testing"
	"time"

	"postroom/desk"
)

// news says of what a seat hears since a place of the journal: conversations by
// the names of their inboxes.
func (w *world) news(s *desk.Seat, after desk.Seq) map[string][]desk.ConversationID {
	w.t.Helper()
	n, err := s.News(w.ctx, after)
	w.ok(err)
	heard := map[string][]desk.ConversationID{}
	for _, in := range n.Inboxes {
		heard[in.Inbox.Name] = in.Conversations
	}
	return heard
}

// testNews: somebody hears of what he wants to, and only of inboxes he sees.
func testNews(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	type heard = map[string][]desk.ConversationID
	begin, err := w.ben.News(w.ctx, 0)
	w.ok(err)
	w.want("what was there before", len(begin.Inboxes), 0)
	after := begin.Seq

	lamp := w.arrive(w.support.ID, mail("a@x", "ann@x.test", "Lamp", "It is broken.")).Conversation
	price := w.arrive(w.sales.ID, mail("b@x", "bob@x.test", "Price", "How much?")).Conversation
	own := w.arrive(w.ownInbox.ID, mail("c@x", "cy@x.test", "Lunch", "Today?")).Conversation
	w.want("mine by default: in a queue nothing nobody has", w.news(w.ben, after), heard{"Ben": {own}})
	w.want("an admin hears nothing of a personal inbox", w.news(w.maya, after), heard{})

	for _, seat := range []*desk.Seat{w.ben, w.zoe} {
		_, err = seat.SetNotifying(w.ctx, "sales", desk.NotifyRule{About: desk.NotifyAll, Every: 15 * time.Minute, Ways: []desk.NotifyWay{desk.NotifyOSC9}})
		w.ok(err)
	}
	if _, err := w.zoe.SetNotifying(w.ctx, "support", desk.NotifyRule{About: desk.NotifyAll}); desk.KindOf(err) != desk.NotFound {
		t.Errorf("a stranger chooses to hear of an inbox: %v", err)
	}
	w.want("ben, who wants all of sales", w.news(w.ben, after), heard{"Ben": {own}, "Sales": {price}})
	w.want("zoe, who sees sales alone", w.news(w.zoe, after), heard{"Sales": {price}})
	list, err := w.ben.Notifying(w.ctx)
	w.ok(err)
	w.want("what ben has chosen", []any{list[1].Inbox.Name, list[1].Rule, list[1].Chosen, list[2].Chosen},
		[]any{"Sales", desk.NotifyRule{About: desk.NotifyAll, Ways: []desk.NotifyWay{desk.NotifyOSC9}, Every: 15 * time.Minute}, true, false})

	_, err = w.maya.Assign(w.ctx, []desk.ConversationID{lamp}, w.ben.Actor().User)
	w.ok(err)
	w.want("what was given to ben", w.news(w.ben, after)["Support"], []desk.ConversationID{lamp})
	w.want("not what maya did herself", w.news(w.maya, after), heard{})

	// What is read, automatic, spam or old is no news.
	row := w.messageRow(price)
	w.ok(w.ben.MarkRead(w.ctx, price, row.Last))
	w.want("what ben has read", w.news(w.ben, after)["Sales"], []desk.ConversationID(nil))
	w.want("zoe has not (S5)", w.news(w.zoe, after), heard{"Sales": {price}})
	n, err := w.zoe.News(w.ctx, 0)
	w.ok(err)
	auto := mail("d@x", "bob@x.test", "Away", "I am away.")
	auto.Auto.Kind = desk.AutoReply
	w.arrive(w.sales.ID, auto)
	raw := w.keep(w.sales.ID, w.clock.get())
	w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{{Raw: raw, Inbox: w.sales.ID, Role: desk.RoleJunk, At: w.clock.get(), Mail: mail("e@x", "s@x.test", "Win", "Now")}}))
	raw = w.keep(w.sales.ID, w.clock.get())
	w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{{Raw: raw, Inbox: w.sales.ID, Role: desk.RoleInbox, Old: true, At: w.clock.get(), Mail: mail("f@x", "o@x.test", "Old", "Then")}}))
	w.want("automatic mail, spam and old mail", w.news(w.zoe, n.Seq), heard{})
	late := w.arrive(w.sales.ID, mail("g@x", "eve@x.test", "Late", "Now then?")).Conversation
	w.want("the control: mail by a person", w.news(w.zoe, n.Seq), heard{"Sales": {late}})

	// Each choice can be taken back, the first one to the inbox's default.
	_, err = w.zoe.SetNotifying(w.ctx, "sales", desk.NotifyRule{About: desk.NotifyNone})
	w.ok(err)
	for _, want := range []bool{true, false} {
		_, err = w.zoe.Undo(w.ctx, "")
		w.ok(err)
		list, err := w.zoe.Notifying(w.ctx)
		w.ok(err)
		w.want("what zoe has chosen after an undo", []any{list[0].Inbox.Name, list[0].Chosen}, []any{"Sales", want})
	}
	_, err = w.zoe.SetNotifying(w.ctx, "sales", desk.NotifyRule{About: desk.NotifyNone})
	w.ok(err)
	w.want("who wants to hear nothing", w.news(w.zoe, n.Seq), heard{})
	for _, bad := range []desk.NotifyRule{{About: "some"}, {About: desk.NotifyAll, Every: time.Second}, {About: desk.NotifyAll, Every: 9 * time.Hour}} {
		if _, err := w.zoe.SetNotifying(w.ctx, "sales", bad); desk.KindOf(err) != desk.Invalid {
			t.Errorf("%+v is taken: %v", bad, err)
		}
	}
}

// messageRow reads a conversation.
func (w *world) messageRow(id desk.ConversationID) desk.Conversation {
	w.t.Helper()
	var c desk.Conversation
	w.read(func(r desk.Reader) error {
		var err error
		c, err = r.Conversation(id)
		return err
	})
	return c
}
