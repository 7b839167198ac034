package storetest

import (
	"testing"

	"postroom/desk"
)

// testHistory reads the journal page by page: everybody finds what happened
// where he works, and nobody anything else.
func testHistory(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	c := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one")).Conversation
	_, err := w.ben.Take(w.ctx, []desk.ConversationID{c})
	w.ok(err)
	_, err = w.maya.Close(w.ctx, []desk.ConversationID{c})
	w.ok(err)
	read := func(s *desk.Seat, q desk.JournalQuery) []desk.Entry {
		t.Helper()
		h, err := s.Journal(w.ctx, q)
		w.ok(err)
		return h.Entries
	}
	all := read(w.maya, desk.JournalQuery{})
	w.want("the newest", []any{all[0].Kind, all[0].Who, all[0].InboxName, all[0].Is}, []any{desk.EventClosed, "Maya", w.support.Name, "closed"})
	w.want("names for numbers", []any{all[1].Who, all[1].Was, all[1].Is}, []any{"Ben", "nobody", "Ben"})
	count := func(list []desk.Entry, is func(desk.Entry) bool) int {
		n := 0
		for _, e := range list {
			if is(e) {
				n++
			}
		}
		return n
	}
	elsewhere := func(e desk.Entry) bool { return e.Inbox == w.ownInbox.ID }
	whole := func(e desk.Entry) bool { return e.Inbox == 0 }
	came := func(e desk.Entry) bool { return e.Kind == desk.EventReceived }
	w.want("an admin is told of users", count(all, whole) > 0, true)
	w.want("what only came in is left out", count(all, came), 0)
	w.want("unless it is asked for", len(read(w.maya, desk.JournalQuery{Kind: desk.EventReceived})), 1)
	w.want("not of what is ben's own", count(all, elsewhere), 0)
	bens := read(w.ben, desk.JournalQuery{})
	w.want("ben is told of his inboxes", []any{bens[0].Kind, count(bens, elsewhere) > 0}, []any{desk.EventClosed, true})
	w.want("ben is not told of the whole desk", count(bens, whole), 0)
	w.want("nor maya of his when she asks for it", len(read(w.maya, desk.JournalQuery{Inbox: w.ownInbox.ID})), 0)
	w.want("zoe is told nothing of it", count(read(w.zoe, desk.JournalQuery{}), func(e desk.Entry) bool { return e.Inbox == w.support.ID }), 0)
	w.want("by person", len(read(w.maya, desk.JournalQuery{User: w.ben.Actor().User, Inbox: w.support.ID})), 1)

	var paged []desk.Entry
	for q := (desk.JournalQuery{Limit: 3}); ; {
		h, err := w.maya.Journal(w.ctx, q)
		w.ok(err)
		paged = append(paged, h.Entries...)
		if q.Before = h.Next; h.Next == 0 {
			break
		}
	}
	w.want("pages", len(paged), len(all))
	for i := range paged {
		w.want("the page's entry", paged[i].Seq, all[i].Seq)
	}
}
