package storetest

import (
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

func testGlass(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	private := w.arrive(w.ownInbox.ID, mail("b@x.test", "ann@x.test", "Private", "Us two")).Conversation
	look := func(s *desk.Seat) error { _, err := s.Thread(w.ctx, private, 0); return err }
	w.want("an admin without it", desk.KindOf(look(w.maya)), desk.NotFound)
	_, err := w.zoe.BreakGlass(w.ctx, "Ben", "curious", time.Hour)
	w.want("an agent", desk.KindOf(err), desk.Denied)
	_, err = w.maya.BreakGlass(w.ctx, "Ben", " ", time.Hour)
	w.refused("without a reason", err, "NO_REASON")
	_, err = w.maya.BreakGlass(w.ctx, "Ben", "for no time", 0)
	w.refused("no time at all", err, "BAD_TIME")
	_, err = w.maya.BreakGlass(w.ctx, "Ben", "for ever", 100*time.Hour)
	w.refused("without an end", err, "BAD_TIME")

	rung := w.d.Bell().Listen()
	defer rung.Close()
	other := w.desk(w.open(t), 2) // another process, which has not been told
	otherMaya := w.seat(other, "maya")
	g, err := w.maya.BreakGlass(w.ctx, "ben", "Ben is ill, the contract is due", time.Hour)
	w.ok(err)
	news := rung.Take()
	w.want("the owner's screen is told", []any{news.Settings, news.Inboxes[w.ownInbox.ID]}, []any{true, true})
	w.ok(look(w.maya))
	_, err = w.maya.Answer(w.ctx, private, false)
	w.refused("to answer there", err, "NO_REPLY_PERMISSION")
	_, err = w.maya.AddNote(w.ctx, private, "I was here")
	w.refused("to write there", err, "NO_REPLY_PERMISSION")
	told, err := w.ben.Glass(w.ctx)
	w.ok(err)
	w.want("what the owner is told", []any{len(told), told[0].UserName, told[0].Reason, told[0].Until, told[0].Over},
		[]any{1, "Maya", "Ben is ill, the contract is due", g.Until, false})
	told, err = w.zoe.Glass(w.ctx)
	w.ok(err)
	w.want("what others are told", len(told), 0)
	w.ok(other.CatchUp(w.ctx))
	w.ok(look(otherMaya))

	w.clock.forward(time.Hour - time.Millisecond)
	w.ok(look(w.maya))
	w.clock.forward(time.Millisecond)
	w.want("after its time, in another process", desk.KindOf(look(otherMaya)), desk.NotFound)
	w.want("after its time", desk.KindOf(look(w.maya)), desk.NotFound)
	w.want("hits of a search", len(w.query(w.maya, "private")), 0)
	told, err = w.ben.Glass(w.ctx)
	w.ok(err)
	w.want("what the owner is told afterwards", []any{len(told), told[0].Over}, []any{1, true})

	_, err = w.maya.BreakGlass(w.ctx, "Ben", "again", time.Hour)
	w.ok(err)
	w.ok(w.ben.EndGlass(w.ctx, "Ben"))
	w.want("after the owner has ended it", desk.KindOf(look(w.maya)), desk.NotFound)
	// Who has looked in finds it in the journal afterwards, and nothing else of
	// that inbox; who has not finds nothing.
	for _, who := range []struct {
		seat *desk.Seat
		want string
	}{{w.maya, "Maya: again, Maya: Ben is ill, the contract is due"}, {w.zoe, ""}} {
		h, err := who.seat.Journal(w.ctx, desk.JournalQuery{Inbox: w.ownInbox.ID})
		w.ok(err)
		var found []string
		for _, e := range h.Entries {
			reason, _, _ := strings.Cut(e.Is, ", until 20")
			found = append(found, e.Who+": "+reason)
		}
		w.want("in the journal", strings.Join(found, ", "), who.want)
	}
}
