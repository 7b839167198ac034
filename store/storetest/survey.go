package storetest

import (
	"testing"
	"time"

	"postroom/desk"
)

// testSurvey looks at a desk as a whole: what each of its statements finds,
// and that the viewer's own inboxes are joined where conversations are told.
func testSurvey(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	begin := w.clock.get()
	old := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Old", "one")).Conversation
	w.clock.forward(40 * 24 * time.Hour)
	broken := w.receiveFrom(w.helpAcc, w.support.ID, desk.Mail{Subject: "?"}, true)
	w.receiveFrom(w.ownAcc, w.ownInbox.ID, mail("2@x", "ann@x.test", "Private", "two"), false)
	_, err := w.ben.Assign(w.ctx, []desk.ConversationID{old}, w.ben.Actor().User)
	w.ok(err)
	w.write(func(wr desk.Writer) error {
		if err := wr.SaveInboxSettings(w.sales.ID, desk.InboxSettings{Deputy: w.zoe.Actor().User}); err != nil {
			return err
		}
		return wr.Append(&desk.Event{At: w.clock.get(), Actor: w.maya.Actor(), Kind: desk.EventBackedUp, After: []byte(`"x"`)})
	})
	now, month := w.clock.get(), w.clock.get().AddDate(0, 0, -30)
	maya, ben := w.maya.Actor().User, w.ben.Actor().User
	w.read(func(r desk.Reader) error {
		members, err := r.Memberships()
		w.ok(err)
		w.want("members", len(members), 6)
		w.want("members of support", members[:2], []desk.Membership{{Inbox: w.support.ID, User: ben, Rights: desk.WorkRights()}, {Inbox: w.support.ID, User: maya, Rights: desk.FullRights()}})
		last, err := r.LastMails()
		w.ok(err)
		w.want("last mails", last, []desk.LastMail{{Account: w.helpAcc.ID, In: now.Add(-time.Minute)}, {Account: w.salesAcc.ID}, {Account: w.ownAcc.ID, In: now}})
		activity, err := r.Activity(month, 5)
		w.ok(err)
		w.want("activity", activity, map[desk.InboxID]int{w.support.ID: 1, w.sales.ID: 0, w.ownInbox.ID: 1})
		all, err := r.Activity(begin, 1)
		w.ok(err)
		w.want("activity stops", all[w.support.ID], 1)
		for _, q := range []struct {
			viewer *desk.Seat
			want   []desk.ConversationID
		}{{w.maya, []desk.ConversationID{old}}, {w.zoe, nil}} {
			stale, err := r.Stale(q.viewer.Actor().User, month, 10)
			w.ok(err)
			w.want("stale", numbers(stale), q.want)
		}
		for _, q := range []struct {
			viewer *desk.Seat
			want   []desk.ConversationID
		}{{w.ben, []desk.ConversationID{broken}}, {w.zoe, nil}} {
			unreadable, err := r.Unreadable(q.viewer.Actor().User, 10)
			w.ok(err)
			w.want("unreadable", numbers(unreadable), q.want)
		}
		none, err := r.HeldByDisabled(maya, 10)
		w.ok(err)
		w.want("nobody is disabled", len(none), 0)
		visits, err := r.Visits()
		w.ok(err)
		found := map[desk.Visit]bool{}
		for _, v := range visits {
			found[v] = true
		}
		w.want("ben was in support", found[desk.Visit{User: ben, Inbox: w.support.ID, At: now}], true)
		w.want("maya only set it up", found[desk.Visit{User: maya, Inbox: w.support.ID, At: begin}], false)
		deputies, err := r.Deputies()
		w.ok(err)
		w.want("deputies", deputies, map[desk.InboxID]desk.UserID{w.sales.ID: w.zoe.Actor().User})
		n, err := r.CountUnparsed()
		w.ok(err)
		w.want("unparsed", n, 0)
		copies, err := r.Upkeep(desk.EventBackedUp, 5)
		w.ok(err)
		w.want("copies", []any{len(copies), string(copies[0].After)}, []any{1, `"x"`})
		return nil
	})
	w.refusedIsNotSent(old)
	w.visitsByTheHour()
	w.mapIsForEyes()
}

// refusedIsNotSent: a mail counts as the last one out when a server has taken
// it.
func (w *world) refusedIsNotSent(c desk.ConversationID) {
	for _, state := range []desk.OutgoingState{desk.Failed, desk.Accepted} {
		out := w.reply(c, "It is on its way.", desk.SendOptions{})
		w.write(func(wr desk.Writer) error {
			out.State = state
			return wr.SaveOutgoing(out, desk.Queued)
		})
		w.read(func(r desk.Reader) error {
			last, err := r.LastMails()
			w.ok(err)
			w.want("out, "+string(state), !last[0].Out.IsZero(), state == desk.Accepted)
			return nil
		})
	}
}

// visitsByTheHour: what is noted within the hour stays as it is.
func (w *world) visitsByTheHour() {
	at := w.clock.get()
	v := desk.Visit{User: w.zoe.Actor().User, Inbox: w.sales.ID, At: at}
	for _, later := range []struct{ by, want time.Duration }{{0, 0}, {59 * time.Minute, 0}, {time.Hour, time.Hour}, {-time.Hour, time.Hour}} {
		w.write(func(wr desk.Writer) error {
			return wr.SaveVisit(desk.Visit{User: v.User, Inbox: v.Inbox, At: at.Add(later.by)})
		})
		w.read(func(r desk.Reader) error {
			visits, err := r.Visits()
			for _, x := range visits {
				if x.User == v.User && x.Inbox == v.Inbox {
					w.want("the visit", x.At.Sub(at), later.want)
				}
			}
			return err
		})
	}
}

// mapIsForEyes: an admin sees that a personal inbox exists and how it is, an
// agent not even that.
func (w *world) mapIsForEyes() {
	for _, q := range []struct {
		viewer *desk.Seat
		want   []string
	}{
		{w.maya, []string{"Ben:", "Sales:sales@acme.test", "Support:help@acme.test"}},
		{w.ben, []string{"Ben:ben@acme.test", "Sales:sales@acme.test", "Support:help@acme.test"}},
		{w.zoe, []string{"Sales:sales@acme.test"}},
	} {
		list, err := q.viewer.Map(w.ctx)
		w.ok(err)
		var got []string
		for _, m := range list {
			got = append(got, m.Inbox.Name+":"+m.Address.Address)
			if m.Address.Address == "" && (len(m.Members) > 0 || !m.LastIn.IsZero() || m.Account.Username != "") {
				w.t.Errorf("the map tells of a personal inbox: %+v", m)
			}
			if m.Account.Secret != nil {
				w.t.Error("the map holds a secret")
			}
		}
		w.want("map", got, q.want)
	}
}

// receiveFrom is a mail that came by an account.
func (w *world) receiveFrom(a desk.Account, inbox desk.InboxID, m desk.Mail, unreadable bool) desk.ConversationID {
	w.t.Helper()
	w.clock.forward(time.Minute)
	at := w.clock.get()
	raw := w.keep(inbox, at)
	w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{{Raw: raw, Inbox: inbox, Account: a.ID, Role: desk.RoleInbox, At: at, Mail: m, Unreadable: unreadable}}))
	return w.messageOf(inbox, raw).Conversation
}

func numbers(list []desk.Conversation) []desk.ConversationID {
	var ids []desk.ConversationID
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	return ids
}
