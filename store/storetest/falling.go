package storetest

import (
	"testing"
	"time"

	"postroom/desk"
)

// testFalling: what nobody has and nobody answers falls through after the time
// of its inbox, in working time where it has a calendar (S61).
func testFalling(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh) // Monday 2026-03-02 09:00 UTC
	falls := func(what string, want ...desk.ConversationID) {
		t.Helper()
		w.want(what, w.query(w.ben, "is:falling"), want)
		views, err := w.ben.Inboxes(w.ctx)
		w.ok(err)
		n := 0
		for _, v := range views {
			n += v.Counts.Falling
		}
		w.want(what+", counted", n, len(want))
	}
	come := func(in desk.InboxID, id string) desk.ConversationID {
		return w.arrive(in, mail(id, id, "Hi", "refund")).Conversation
	}
	first, taken, ours := come(w.support.ID, "1@x"), come(w.support.ID, "2@x"), come(w.support.ID, "3@x")
	ids := func(c desk.ConversationID) []desk.ConversationID { return []desk.ConversationID{c} }
	_, err := w.ben.Take(w.ctx, ids(taken))
	w.ok(err)
	_, err = w.maya.AddTeam(w.ctx, "night")
	w.ok(err)
	w.ok(w.maya.JoinTeam(w.ctx, "night", "ben"))
	teams, err := w.maya.Teams(w.ctx)
	w.ok(err)
	_, err = w.maya.Give(w.ctx, ids(ours), desk.Assignment{Team: teams[0].ID})
	w.ok(err)
	come(w.ownInbox.ID, "4@x") // a personal inbox has an owner
	w.clock.forward(23 * time.Hour)
	late := come(w.support.ID, "5@x")
	falls("within a day")
	w.clock.forward(time.Hour)
	falls("after a day", first)
	w.want("with a word", w.query(w.ben, "refund is:falling"), ids(first))
	w.want("the others", len(w.query(w.ben, "is:open inbox:support -is:falling")), 3)
	w.want("within another view", len(w.list(w.ben, desk.View{Place: desk.InOpen, Assigned: desk.Assigned(w.ben.Actor().User), Sort: desk.ByWaiting, Query: fallingQuery()})), 0)
	w.want("who does not see the inbox", len(w.query(w.zoe, "is:falling inbox:sales")), 0)
	res := w.set(w.maya, "Support", map[desk.SettingKey]string{desk.SetFalling: "30m"})
	falls("after half an hour", first, late)
	w.want("the setting", w.value(desk.SetFalling), "30m")
	w.set(w.maya, "Support", map[desk.SettingKey]string{desk.SetFalling: "Never"})
	falls("never")
	w.set(w.maya, "Support", map[desk.SettingKey]string{desk.SetFalling: ""})
	for _, bad := range []string{"soon", "0", "30s", "1000h", "-1h"} {
		if _, err := w.maya.SetInboxSettings(w.ctx, "Support", map[desk.SettingKey]string{desk.SetFalling: bad}); desk.KindOf(err) != desk.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	_, err = w.maya.Close(w.ctx, ids(first))
	w.ok(err)
	falls("closed")
	w.want("what a change told", res.After[desk.SetFalling], "30m")

	// By working time: two hours on Friday, none on the weekend.
	w.clock.forward(time.Date(2026, 3, 6, 15, 0, 0, 0, time.UTC).Sub(w.clock.get()))
	_, err = w.maya.Close(w.ctx, ids(late))
	w.ok(err)
	friday := come(w.sales.ID, "6@x")
	w.promised()
	w.clock.forward(65 * time.Hour) // Monday 08:01
	falls("over the weekend")
	w.clock.forward(8 * time.Hour)
	falls("a working day later", friday)
	_, err = w.maya.AddNote(w.ctx, friday, "not an answer")
	w.ok(err)
	falls("with a note", friday)
	_, err = desk.ParseCondition("is:falling")
	w.want("in a rule", desk.KindOf(err), desk.Invalid)
}

func fallingQuery() desk.Query {
	return desk.Query{Expr: &desk.Expr{Term: desk.TermIs, Text: desk.IsFalling}}
}
