package storetest

import (
	"slices"
	"testing"
	"time"

	"postroom/desk"

	"pgregory.net/rapid"
)

func testLedger(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	m := w.d.Mailroom()
	l, err := m.Lease(w.ctx, w.helpAcc.ID, "one", "")
	w.ok(err)
	f, err := m.Folder(w.ctx, l, "INBOX", desk.RoleInbox, 1)
	w.ok(err)
	fetch := func(uid uint32, text string) desk.Fetched {
		return desk.Fetched{UID: uid, At: w.clock.get(), Packed: m.Pack([]byte(text))}
	}
	f.UIDNext = 4
	f.ModSeq = 1 << 62
	first, err := m.Keep(w.ctx, l, f, []desk.Fetched{fetch(3, "c"), fetch(1, "a"), fetch(2, "a")})
	w.ok(err)
	w.want("new mails; the same bytes twice are one", len(first), 2)
	again, err := m.Keep(w.ctx, l, f, []desk.Fetched{fetch(1, "a"), fetch(3, "other bytes under a known UID")})
	w.ok(err)
	w.want("new mails of a second fetch", len(again), 1)
	uids, err := m.KnownUIDs(w.ctx, f)
	w.ok(err)
	w.want("the ledger", uids, []uint32{1, 2, 3})

	moved, err := m.Folder(w.ctx, l, "Junk", desk.RoleJunk, 9)
	w.ok(err)
	none, err := m.Keep(w.ctx, l, moved, []desk.Fetched{fetch(7, "a")})
	w.ok(err)
	w.want("new mails of a move", len(none), 0)
	w.want("the folder keeps its cursor", func() desk.Folder {
		g, err := m.Folder(w.ctx, l, "INBOX", desk.RoleInbox, 1)
		w.ok(err)
		return g
	}(), f)
	as := desk.Announced{UIDValidity: 1, Messages: 3, UIDNext: 1<<32 - 1, ModSeq: 1<<63 - 1}
	settled := func(role desk.FolderRole, as desk.Announced) bool {
		yes, err := m.FolderSettled(w.ctx, w.helpAcc.ID, "INBOX", role, as, time.Minute)
		w.ok(err)
		return yes
	}
	w.want("settled before it was said", settled(desk.RoleInbox, as), false)
	w.ok(m.SettleFolder(w.ctx, l, f.ID, desk.Announced{ModSeq: 5}))
	w.ok(m.SettleFolder(w.ctx, l, f.ID, as))
	other := as
	other.Messages++
	w.want("settled, by role and what is announced", []bool{settled(desk.RoleInbox, as), settled(desk.RoleJunk, as), settled(desk.RoleInbox, other)}, []bool{true, false, false})
	w.ok(m.SettleFolder(w.ctx, l, f.ID, desk.Announced{Messages: 3}))
	w.want("settled without MODSEQ", settled(desk.RoleInbox, desk.Announced{Messages: 3}), false)
	g, err := m.Folder(w.ctx, l, "INBOX", desk.RoleInbox, 2)
	w.ok(err)
	w.want("the cursor of a new epoch", []any{g.ID, g.UIDNext}, []any{f.ID, 0})
	uids, err = m.KnownUIDs(w.ctx, g)
	w.ok(err)
	w.want("the ledger of a new epoch", len(uids), 0)
	times, err := m.Renumbered(w.ctx, g)
	w.ok(err)
	w.want("new epochs within a day", len(times), 1)
	times, err = m.Renumbered(w.ctx, moved)
	w.ok(err)
	w.want("new epochs of another folder", len(times), 0)

	waiting, err := m.Unparsed(w.ctx, 10)
	w.ok(err)
	w.want("waiting to be parsed", len(waiting), 3)
	raw, err := m.Raw(w.ctx, first[1])
	w.ok(err)
	in := desk.Incoming{Raw: raw.ID, Inbox: raw.Inbox, Account: raw.Account, Role: raw.Role, At: raw.At, Mail: mail("a@x", "ann@x.test", "Hi", "a")}
	for range 3 {
		w.ok(m.Receive(w.ctx, []desk.Incoming{in, in}))
	}
	w.want("conversations of a mail received six times", len(w.conversations()), 1)
	waiting, err = m.Unparsed(w.ctx, 1)
	w.ok(err)
	w.want("at most one that waits", len(waiting), 1)

	elsewhere, err := m.Lease(w.ctx, w.salesAcc.ID, "one", "")
	w.ok(err)
	sf, err := m.Folder(w.ctx, elsewhere, "INBOX", desk.RoleInbox, 1)
	w.ok(err)
	theirs, err := m.Keep(w.ctx, elsewhere, sf, []desk.Fetched{fetch(1, "a")})
	w.ok(err)
	w.want("the same bytes in another inbox are new there", len(theirs), 1)
}

func testFlags(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	m := w.d.Mailroom()
	for _, c := range []struct {
		acc    desk.Account
		inbox  desk.Inbox
		unread bool
	}{{w.helpAcc, w.support, true}, {w.ownAcc, w.ownInbox, false}} {
		l, err := m.Lease(w.ctx, c.acc.ID, "one", "")
		w.ok(err)
		f, err := m.Folder(w.ctx, l, "INBOX", desk.RoleInbox, 1)
		w.ok(err)
		ids, err := m.Keep(w.ctx, l, f, []desk.Fetched{{UID: 1, At: w.clock.get(), Packed: m.Pack([]byte("one"))}, {UID: 2, At: w.clock.get(), Packed: m.Pack([]byte("two"))}})
		w.ok(err)
		in := desk.Incoming{Raw: ids[0], Inbox: c.inbox.ID, Account: c.acc.ID, Role: desk.RoleInbox, At: w.clock.get(), Mail: mail("", "ann@x.test", "Hi", "text")}
		w.ok(m.Receive(w.ctx, []desk.Incoming{in}))
		seen := []desk.Fetched{{UID: 1, Seen: true}, {UID: 2, Seen: true}, {UID: 99, Seen: true}}
		w.ok(m.Flags(w.ctx, l, f, seen, nil, nil))
		p, err := w.ben.List(w.ctx, desk.View{Inbox: c.inbox.ID, Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByNewest}, desk.Window{Limit: 5})
		w.ok(err)
		w.want("rows", len(p.Rows), 1)
		w.want("unread in the "+string(c.inbox.Kind)+" inbox after Seen", p.Rows[0].Unread, c.unread)
		w.ok(m.Flags(w.ctx, l, f, nil, []uint32{1}, nil))
		raw, err := m.Raw(w.ctx, ids[1])
		w.ok(err)
		w.want("seen before it was parsed", raw.Seen, true)
		uids, err := m.KnownUIDs(w.ctx, f)
		w.ok(err)
		w.want("the ledger without what is gone", uids, []uint32{2})
		back, err := m.Keep(w.ctx, l, f, []desk.Fetched{{UID: 1, At: w.clock.get(), Packed: m.Pack([]byte("one"))}})
		w.ok(err)
		w.want("new mails when one comes back", len(back), 0)
		uids, err = m.KnownUIDs(w.ctx, f)
		w.ok(err)
		w.want("the ledger with what came back", uids, []uint32{1, 2})
	}
	w.clock.forward(time.Second)
}

// testKnowsExactly: counting gives the same answer as reading and comparing.
func testKnowsExactly(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	m := w.d.Mailroom()
	l, err := m.Lease(w.ctx, w.helpAcc.ID, "one", "")
	w.ok(err)
	mail := m.Pack([]byte("a"))
	epoch := uint32(0)
	rapid.Check(t, func(rt *rapid.T) {
		epoch++
		f, err := m.Folder(w.ctx, l, "INBOX", desk.RoleInbox, epoch)
		w.ok(err)
		uid := rapid.SampledFrom([]uint32{1, 2, 3, 4, 7, 8, 9, 1<<32 - 2, 1<<32 - 1})
		set := rapid.Map(rapid.SliceOfDistinct(uid, rapid.ID), func(s []uint32) []uint32 { slices.Sort(s); return s })
		var fetched []desk.Fetched
		for _, uid := range set.Draw(rt, "kept") {
			fetched = append(fetched, desk.Fetched{UID: uid, Packed: mail})
		}
		_, err = m.Keep(w.ctx, l, f, fetched)
		w.ok(err)
		w.ok(m.Flags(w.ctx, l, f, nil, set.Draw(rt, "gone"), nil))
		known, err := m.KnownUIDs(w.ctx, f)
		w.ok(err)
		for _, asked := range [][]uint32{known, set.Draw(rt, "asked")} {
			exact, err := m.KnowsExactly(w.ctx, f, asked)
			w.ok(err)
			if exact != slices.Equal(asked, known) {
				rt.Fatalf("the ledger has %v; exactly %v: %t", known, asked, exact)
			}
		}
	})
	many := make([]uint32, 1000)
	for i := range many {
		many[i] = uint32(2*i + 1)
	}
	f, err := m.Folder(w.ctx, l, "INBOX", desk.RoleInbox, epoch+1)
	w.ok(err)
	exact, err := m.KnowsExactly(w.ctx, f, many)
	w.ok(err)
	w.want("a mailbox of gaps is left to reading", exact, false)
}
