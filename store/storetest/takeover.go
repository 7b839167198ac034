package storetest

import (
	"testing"

	"postroom/desk"
)

// testTakeOver: who answers what somebody else has is asked whose it is to be
// (S271). It stays with him when the question is overruled, and becomes the
// author's when he takes it, for which answering is not right enough.
func testTakeOver(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	c := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one")).Conversation
	_, err := w.maya.Take(w.ctx, []desk.ConversationID{c})
	w.ok(err)
	send := func(s *desk.Seat, o desk.SendOptions) (desk.Sending, error) {
		dr, err := s.NewReply(w.ctx, c, false)
		w.ok(err)
		dr.Text = "an answer"
		return s.Send(w.ctx, dr, o)
	}
	holder := func() desk.UserID {
		th, err := w.maya.Thread(w.ctx, c, 0)
		w.ok(err)
		return th.Assignee
	}
	sent, err := send(w.ben, desk.SendOptions{})
	w.ok(err)
	w.want("what speaks against it", sent.Cautions, []desk.Caution{{Guard: desk.GuardAssigned, Detail: "It is assigned to Maya."}})
	sent, err = send(w.maya, desk.SendOptions{})
	w.ok(err)
	w.want("what speaks against one's own", len(sent.Cautions), 0)
	sent, err = send(w.ben, desk.SendOptions{Confirmed: []desk.Guard{desk.GuardAssigned}})
	w.ok(err)
	w.want("cautions after they were overruled", len(sent.Cautions), 0)
	w.want("who has it then", holder(), w.maya.Actor().User)
	before := holder()
	sent, err = send(w.ben, desk.SendOptions{Take: true})
	w.ok(err)
	w.want("cautions of who takes it", len(sent.Cautions), 0)
	w.want("who has it now", holder(), w.ben.Actor().User)
	_, err = w.ben.Undo(w.ctx, sent.Batch)
	w.ok(err)
	w.want("who has it when that is taken back", holder(), before)
}
