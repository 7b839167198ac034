package storetest

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"postroom/desk"
)

func testPeople(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	us, err := w.maya.Users(w.ctx)
	w.ok(err)
	var logins []string
	for _, u := range us {
		logins = append(logins, u.Login)
	}
	w.want("users by login", logins, []string{"ben", "maya", "zoe"})
	w.read(func(r desk.Reader) error {
		if _, err := r.User(99); !errors.Is(err, desk.ErrNoRow) {
			t.Error("a user nobody is:", err)
		}
		if _, err := r.UserByLogin("nobody"); !errors.Is(err, desk.ErrNoRow) {
			t.Error("a login nobody has:", err)
		}
		u, err := r.UserByLogin("ben")
		w.want("the disabled time of one who is not", u.DisabledAt.IsZero(), true)
		w.want("made at", u.CreatedAt, w.clock.get())
		return err
	})
	err = w.store.Write(w.ctx, func(wr desk.Writer) error {
		_, err := wr.AddUser(desk.User{Login: "BEN", Name: "Other", Role: desk.RoleAgent})
		return err
	})
	w.want("a login that is taken", desk.KindOf(err), desk.Conflict)
}

func testInboxes(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.read(func(r desk.Reader) error {
		all, err := r.Inboxes()
		if err != nil {
			return err
		}
		var names []string
		for _, in := range all {
			names = append(names, in.Name)
		}
		w.want("inboxes by name", names, []string{"Ben", "Sales", "Support"})
		in, err := r.InboxByName("support")
		w.want("an inbox by its folded name", in, w.support)
		if err != nil {
			return err
		}
		ms, err := r.Members(w.sales.ID)
		w.want("members", len(ms), 3)
		if err != nil {
			return err
		}
		if _, err := r.Rights(w.support.ID, w.zoe.Actor().User); !errors.Is(err, desk.ErrNoRow) {
			t.Error("zoe in support:", err)
		}
		return nil
	})
	again := desk.Grant{Inbox: w.sales.ID, To: desk.Grantee{Kind: desk.ToUser, ID: int64(w.zoe.Actor().User)}, Since: w.clock.get()}
	w.write(func(wr desk.Writer) error { return wr.SaveGrant(again) })
	w.read(func(r desk.Reader) error {
		have, err := r.Rights(w.sales.ID, w.zoe.Actor().User)
		w.want("zoe's rights in sales, granted anew", have, desk.Rights{})
		return err
	})
	err := w.store.Write(w.ctx, func(wr desk.Writer) error {
		_, err := wr.AddInbox(desk.Inbox{Name: "SALES", Kind: desk.Shared, Owner: w.maya.Actor().User})
		return err
	})
	w.want("a name that is taken", desk.KindOf(err), desk.Conflict)
}

func testAccounts(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.read(func(r desk.Reader) error {
		a, err := r.Account(w.helpAcc.ID)
		if err != nil {
			return err
		}
		w.want("the secret", string(a.Secret), "sealed")
		w.want("the cut-off", a.CutOff, w.helpAcc.CutOff)
		h, err := r.AddressHolder("help@acme.test")
		w.want("the holder", []any{h.Account, h.Inbox.Name, h.Address.Address}, []any{w.helpAcc.ID, "Support", "help@acme.test"})
		return err
	})
	err := w.store.Write(w.ctx, func(wr desk.Writer) error {
		_, err := wr.AddAccount(desk.Account{Inbox: w.sales.ID, Address: "HELP@acme.test"})
		return err
	})
	w.want("an address that is held", desk.KindOf(err), desk.Conflict)

	w.disconnect(w.maya, "help@acme.test")
	w.read(func(r desk.Reader) error {
		if _, err := r.Account(w.helpAcc.ID); !errors.Is(err, desk.ErrNoRow) {
			t.Error("a disconnected account is found:", err)
		}
		if _, err := r.AddressHolder("help@acme.test"); !errors.Is(err, desk.ErrNoRow) {
			t.Error("a released address has a holder:", err)
		}
		all, err := r.Accounts()
		w.want("accounts left", len(all), 2)
		return err
	})
	again := w.connect(w.maya, "Sales", "help@acme.test")
	if again.ID == w.helpAcc.ID {
		t.Error("the id of a disconnected account is given out again")
	}
}

func testLeases(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	m := w.d.Mailroom()
	acc := w.helpAcc.ID
	one, err := m.Lease(w.ctx, acc, "one", "")
	w.ok(err)
	w.clock.forward(desk.LeaseTime / 3)
	renewed, err := m.Lease(w.ctx, acc, "one", "")
	w.ok(err)
	w.want("the fence of a renewed lease", renewed.Fence, one.Fence)
	held, err := m.Lease(w.ctx, acc, "two", "")
	w.want("a lease that is held", desk.KindOf(err), desk.Conflict)
	w.want("its holder", []any{held.Holder, held.Until}, []any{"one", renewed.Until})
	two, err := m.Lease(w.ctx, acc, "two", "one")
	w.ok(err)
	w.want("the fence after a dead holder", two.Fence, one.Fence+1)
	w.clock.forward(desk.LeaseTime)
	three, err := m.Lease(w.ctx, acc, "three", "")
	w.ok(err)
	w.want("the fence after an expired lease", three.Fence, two.Fence+1)
	w.ok(m.Release(w.ctx, two)) // it is three's by now
	_, err = m.Lease(w.ctx, acc, "four", "")
	w.want("a lease released by who has lost it", desk.KindOf(err), desk.Conflict)
	w.ok(m.Release(w.ctx, three))
	four, err := m.Lease(w.ctx, acc, "four", "")
	w.ok(err)
	w.want("the fence after a release", four.Fence, three.Fence+1)
	_, err = m.Lease(w.ctx, 99, "one", "")
	if !errors.Is(err, desk.ErrNoRow) {
		t.Error("a lease on no account:", err)
	}
}

func testFences(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	m := w.d.Mailroom()
	old, err := m.Lease(w.ctx, w.helpAcc.ID, "one", "")
	w.ok(err)
	f, err := m.Folder(w.ctx, old, "INBOX", desk.RoleInbox, 1)
	w.ok(err)
	w.clock.forward(2 * desk.LeaseTime)
	_, err = m.Keep(w.ctx, old, f, nil)
	w.ok(err) // expired, but nobody has taken over
	_, err = m.Lease(w.ctx, w.helpAcc.ID, "two", "")
	w.ok(err)
	mails := []desk.Fetched{{UID: 1, At: w.clock.get(), Packed: m.Pack([]byte("late"))}}
	if _, err := m.Keep(w.ctx, old, f, mails); !errors.Is(err, desk.ErrFenced) {
		t.Fatal("a fenced worker may keep mail:", err)
	}
	if _, _, err := m.ClaimOutgoing(w.ctx, old); !errors.Is(err, desk.ErrFenced) {
		t.Fatal("a fenced worker may claim:", err)
	}
	uids, err := m.KnownUIDs(w.ctx, f)
	w.ok(err)
	w.want("what a fenced worker left", uids, []uint32{})
	own, err := m.Lease(w.ctx, w.ownAcc.ID, "one", "")
	w.ok(err)
	w.disconnect(w.ben, "ben@acme.test")
	if _, err := m.Folder(w.ctx, own, "INBOX", desk.RoleInbox, 1); !errors.Is(err, desk.ErrFenced) {
		t.Fatal("the worker of a disconnected account may go on:", err)
	}
}

func testBytes(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	for _, raw := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("long line\r\n"), 300_000), make([]byte, 1<<20), make([]byte, 1<<20+1)} {
		var id desk.RawID
		w.write(func(wr desk.Writer) error {
			var err error
			id, _, err = wr.AddRaw(w.support.ID, 0, desk.Folder{Role: desk.RoleSent}, desk.Fetched{At: w.clock.get().Add(time.Nanosecond), Seen: true, Packed: w.store.Pack(raw)})
			return err
		})
		w.read(func(r desk.Reader) error {
			m, err := r.RawMail(id)
			if err == nil && (!bytes.Equal(m.Bytes, raw) || m.Role != desk.RoleSent || !m.Seen || !m.At.Equal(w.clock.get())) {
				t.Errorf("a mail of %d bytes comes back as %d, %s %v %s", len(raw), len(m.Bytes), m.Role, m.Seen, m.At)
			}
			return err
		})
	}
	w.read(func(r desk.Reader) error {
		if _, err := r.RawBytes(999); !errors.Is(err, desk.ErrNoRow) {
			t.Error("bytes of no mail:", err)
		}
		return nil
	})
}
