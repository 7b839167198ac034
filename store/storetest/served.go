package storetest

import (
	"maps"
	"slices"
	"testing"
	"time"

	"postroom/desk"
)

// box is a mailbox on a server: its mails by UID, with when each came.
type box struct {
	w     *world
	epoch uint32
	mails map[uint32]desk.Fetched
}

func (b *box) add(uid uint32, text string) {
	b.w.clock.forward(time.Minute)
	b.mails[uid] = desk.Fetched{UID: uid, At: b.w.clock.get(), Packed: b.w.store.Pack([]byte(text))}
}

// sync brings all mails of the box to the desk, as a worker that begins anew.
func (b *box) sync(a desk.AccountID) {
	b.w.t.Helper()
	m := b.w.d.Mailroom()
	l, err := m.Lease(b.w.ctx, a, "one", "")
	b.w.ok(err)
	f, err := m.Folder(b.w.ctx, l, "INBOX", desk.RoleInbox, b.epoch)
	b.w.ok(err)
	var list []desk.Fetched
	for _, uid := range slices.Sorted(maps.Keys(b.mails)) {
		list = append(list, b.mails[uid])
	}
	fresh, err := m.Keep(b.w.ctx, l, f, list)
	b.w.ok(err)
	for _, id := range fresh {
		raw, err := m.Raw(b.w.ctx, id)
		b.w.ok(err)
		text := string(raw.Bytes)
		// The inbox is not said: what is stored decides.
		b.w.ok(m.Receive(b.w.ctx, []desk.Incoming{{Raw: id, Account: a, Role: desk.RoleInbox, At: raw.At, Mail: mail(text+"@x", "ann@x.test", text, text)}}))
	}
	b.w.ok(m.Release(b.w.ctx, l))
}

// subjects are those of an inbox's conversations, in order of their numbers.
func (w *world) subjects(in desk.InboxID) []string {
	w.t.Helper()
	var list []string
	for _, c := range w.conversations() {
		if c.Inbox == in && c.JoinedTo == 0 {
			list = append(list, c.Subject)
		}
	}
	return list
}

// testServed: mail that came while an address was in one inbox does not come
// into the next one too, however often and under whatever number it is read
// (S12); mail that came later does.
func testServed(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	b := &box{w: w, epoch: 1, mails: map[uint32]desk.Fetched{}}
	b.add(1, "one")
	b.add(2, "two")
	b.sync(w.helpAcc.ID)
	w.want("at first", w.subjects(w.support.ID), []string{"one", "two"})

	b.add(3, "not fetched in its time")
	w.clock.forward(time.Minute)
	w.disconnect(w.maya, "help@acme.test")
	again := w.connect(w.maya, "Sales", "HELP@acme.test")
	b.add(4, "four")
	b.epoch = 2
	b.sync(again.ID)
	b.sync(again.ID)
	w.want("where it was", w.subjects(w.support.ID), []string{"one", "two", "not fetched in its time"})
	w.want("where it is", w.subjects(w.sales.ID), []string{"four"})

	// A move on the server may date a mail anew; its bytes are known.
	moved := b.mails[1]
	moved.UID, moved.At = 9, w.clock.get()
	b.mails[9] = moved
	b.sync(again.ID)
	w.want("dated anew", w.subjects(w.sales.ID), []string{"four"})

	// Back where it was, all that came in between stays where it came.
	w.clock.forward(time.Minute)
	w.disconnect(w.maya, "help@acme.test")
	back := w.connect(w.maya, "Support", "help@acme.test")
	b.add(5, "five")
	b.epoch = 3
	b.sync(back.ID)
	w.want("back", w.subjects(w.support.ID), []string{"one", "two", "not fetched in its time", "five"})
	w.want("in between", w.subjects(w.sales.ID), []string{"four"})

	// The control: an address that nobody had brings all there is.
	other := w.connect(w.maya, "Sales", "other@acme.test")
	b.sync(other.ID)
	w.want("another address", len(w.subjects(w.sales.ID)), 5)
}
