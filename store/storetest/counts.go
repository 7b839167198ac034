package storetest

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postroom/desk"
)

// testCounts does anything the desk can do, in any order, and counts after
// every step.
func testCounts(t *testing.T, fresh Fresh) {
	rapid.Check(t, func(rt *rapid.T) {
		w, sent := newWorld(t, fresh), 0
		seat := func() *desk.Seat {
			return rapid.SampledFrom([]*desk.Seat{w.maya, w.ben, w.zoe}).Draw(rt, "who")
		}
		some := func() []desk.ConversationID {
			all := w.conversations()
			if len(all) == 0 {
				return nil
			}
			var list []desk.ConversationID
			for range rapid.IntRange(1, 3).Draw(rt, "n") {
				list = append(list, all[rapid.IntRange(0, len(all)-1).Draw(rt, "which")].ID)
			}
			return list
		}
		// What the desk refuses is fine here; the numbers must be right all the same.
		rt.Repeat(map[string]func(*rapid.T){
			"": func(rt *rapid.T) {
				if kept, counted := w.counts(); kept != counted {
					rt.Fatalf("kept %s\ncounted %s", kept, counted)
				}
			},
			"mail": func(rt *rapid.T) {
				sent++
				m := mail(fmt.Sprint(sent, "@x"), "ann@x.test", "Hi", "text")
				if sent > 1 && rapid.Bool().Draw(rt, "answers") {
					m.InReplyTo = []string{fmt.Sprint(rapid.IntRange(1, sent+2).Draw(rt, "parent"), "@x")}
				}
				m.Auto.Kind = rapid.SampledFrom([]desk.AutoKind{desk.AutoNone, desk.AutoNone, desk.AutoReply}).Draw(rt, "auto")
				in := rapid.SampledFrom([]desk.InboxID{w.support.ID, w.sales.ID, w.ownInbox.ID}).Draw(rt, "inbox")
				at := w.clock.get().Add(time.Duration(rapid.IntRange(-60, 60).Draw(rt, "at")) * time.Minute)
				w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{{
					Raw: w.keep(in, at), Inbox: in, At: at, Mail: m, Old: rapid.IntRange(0, 4).Draw(rt, "old") == 0,
					Role: rapid.SampledFrom([]desk.FolderRole{desk.RoleInbox, desk.RoleInbox, desk.RoleSent, desk.RoleJunk}).Draw(rt, "role"),
				}}))
			},
			"take":   func(*rapid.T) { _, _ = seat().Take(w.ctx, some()) },
			"close":  func(*rapid.T) { _, _ = seat().Close(w.ctx, some()) },
			"ticket": func(*rapid.T) { _, _ = seat().CreateTickets(w.ctx, some(), desk.TicketSpec{}) },
			"stage": func(rt *rapid.T) {
				_, _ = seat().SetStage(w.ctx, some(), rapid.SampledFrom([]string{"New", "Waiting on us", "Closed"}).Draw(rt, "stage"))
			},
			"reopen": func(*rapid.T) { _, _ = seat().Reopen(w.ctx, some()) },
			"give": func(rt *rapid.T) {
				to := rapid.SampledFrom([]desk.UserID{0, w.maya.Actor().User, w.ben.Actor().User}).Draw(rt, "to")
				_, _ = seat().Assign(w.ctx, some(), to)
			},
			"note": func(*rapid.T) {
				for _, id := range some() {
					_, _ = seat().AddNote(w.ctx, id, "note")
				}
			},
			"undo": func(*rapid.T) { _, _ = seat().Undo(w.ctx, "") },
			"reply and take back": func(rt *rapid.T) {
				s := seat()
				for _, id := range some() {
					dr, err := s.NewReply(w.ctx, id, false)
					if err != nil {
						continue
					}
					dr.Text = "reply"
					res, err := s.Send(w.ctx, dr, desk.SendOptions{Close: rapid.Bool().Draw(rt, "close"), Confirmed: []desk.Guard{desk.GuardChanged, desk.GuardNewRecipient, desk.GuardWriting}})
					if err == nil && rapid.Bool().Draw(rt, "take back") {
						_, _ = s.CancelSend(w.ctx, res.Outgoing.ID)
					}
				}
			},
			"new mail and take back": func(rt *rapid.T) {
				dr, err := w.maya.NewMail(w.ctx, "Sales")
				w.ok(err)
				dr.To, dr.Text = []desk.Mailbox{{Addr: "cold@x.test"}}, "hello"
				res, err := w.maya.Send(w.ctx, dr, desk.SendOptions{})
				w.ok(err)
				if rapid.Bool().Draw(rt, "take back") {
					_, err := w.maya.CancelSend(w.ctx, res.Outgoing.ID)
					w.ok(err)
				}
			},
		})
	})
}

// testReopen holds a second handle to what the first has written.
func testReopen(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	c := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one")).Conversation
	other := w.seat(w.desk(w.open(t), 9), "ben")
	th, err := other.Thread(w.ctx, c, 0)
	w.ok(err)
	w.want("the timeline on another handle", shape(th), []string{"in one"})
	_, err = other.Take(w.ctx, []desk.ConversationID{c})
	w.ok(err)
	w.want("mine on the first handle", w.list(w.ben, desk.View{Place: desk.InOpen, Assigned: desk.Assigned(w.ben.Actor().User), Sort: desk.ByWaiting}), []desk.ConversationID{c})
	w.ok(w.d.CatchUp(w.ctx))
}
