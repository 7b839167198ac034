package storetest

import (
	"testing"
	"time"

	"postroom/desk"
)

// filed brings a mail that lies in the Sent folder of an account into an inbox.
func (w *world) filed(a desk.Account, m desk.Mail) {
	w.t.Helper()
	w.clock.forward(time.Minute)
	at := w.clock.get()
	w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{{Raw: w.keep(a.Inbox, at), Inbox: a.Inbox, Account: a.ID, Role: desk.RoleSent, At: at, Seen: true, Mail: m}}))
}

// accepted queues a reply and lets the server take it.
func (w *world) accepted(c desk.ConversationID, text string) desk.Outgoing {
	w.t.Helper()
	return w.sendOut(w.reply(c, text, desk.SendOptions{}))
}

// sendOut lets the server take a mail.
func (w *world) sendOut(out desk.Outgoing) desk.Outgoing {
	w.t.Helper()
	m := w.d.Mailroom()
	w.clock.forward(desk.HoldTime)
	l, err := m.Lease(w.ctx, out.Account, "worker", "")
	w.ok(err)
	got, _, err := m.ClaimOutgoing(w.ctx, l)
	w.ok(err)
	w.want("the claimed mail", got.ID, out.ID)
	got, err = m.Submitting(w.ctx, l, got, []byte(out.HeaderID))
	w.ok(err)
	w.ok(m.Settle(w.ctx, l, got, desk.Settled{State: desk.Accepted}))
	return got
}

// A copy that the provider has filed is not a second mail, whatever of it the
// provider has changed; a mail that only looks like it is.
func testOwnCopy(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	for i, v := range []struct {
		name   string
		change func(*desk.Mail)
		ours   bool
	}{
		{"the Message-ID is ours", func(m *desk.Mail) { m.BodyText = "rewritten" }, true},
		{"another Message-ID, our field", func(m *desk.Mail) { m.OwnID, m.MessageID, m.BodyText = m.MessageID, "a@provider.test", "rewritten" }, true},
		{"another Message-ID, no field", func(m *desk.Mail) { m.MessageID = "b@provider.test" }, true},
		{"no Message-ID, and words of the company below", func(m *desk.Mail) { m.MessageID, m.BodyText = "", "Dear Ann,\nthe same\nwords.\n-- \nACME" }, true},
		{"the same words, a second later", func(m *desk.Mail) { m.MessageID, m.Date = "c@acme.test", m.Date.Add(time.Second) }, false},
		{"other words in the same second", func(m *desk.Mail) { m.MessageID, m.BodyText = "d@acme.test", "Dear Ann, other words." }, false},
		{"the same words to somebody else", func(m *desk.Mail) {
			m.MessageID, m.To = "e@acme.test", []desk.Mailbox{{Addr: "bob@x.test"}}
		}, false},
		{"from another address of ours", func(m *desk.Mail) { m.MessageID, m.From = "f@acme.test", []desk.Mailbox{{Addr: "sales@acme.test"}} }, false},
		{"an id of ours that never was", func(m *desk.Mail) { m.MessageID, m.OwnID, m.Date = "g@acme.test", "pr1.a.b.c@acme.test", time.Time{} }, false},
	} {
		c := w.arrive(w.support.ID, mail(string(rune('a'+i))+"@x", "ann@x.test", "Hi", "one"))
		out := w.accepted(c.Conversation, "Dear Ann, the same words.")
		m := desk.Mail{
			MessageID: out.HeaderID, InReplyTo: []string{c.Mail.MessageID}, Date: out.CreatedAt, Subject: out.Subject,
			From: []desk.Mailbox{out.From}, To: out.To, BodyText: "Dear Ann,\r\nthe same words.", Auto: desk.Auto{Kind: desk.AutoNone},
		}
		v.change(&m)
		w.filed(w.helpAcc, m)
		got := 0
		w.read(func(r desk.Reader) error {
			all, err := r.Mails(c.Conversation)
			got = len(all)
			return err
		})
		want := 3
		if v.ours {
			want = 2
		}
		w.want(v.name+": messages", got, want)
	}
}

// What a reply from another mail program does: it ends the waiting, and claims
// where it can be told who wrote it.
func testAnswersFromElsewhere(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	ben, err := w.d.SignIn(w.ctx, "ben", "")
	w.ok(err)
	answer := func(a desk.Account, to, from string) desk.Conversation {
		t.Helper()
		c := w.arrive(a.Inbox, mail(to, "ann@x.test", "Hi", "one")).Conversation
		w.filed(a, desk.Mail{MessageID: "re" + to, InReplyTo: []string{to}, From: []desk.Mailbox{{Addr: from}}, To: []desk.Mailbox{{Addr: "ann@x.test"}}, Text: "Yes.", Auto: desk.Auto{Kind: desk.AutoNone}})
		var got desk.Conversation
		w.read(func(r desk.Reader) (err error) {
			got, err = r.Conversation(c)
			return err
		})
		return got
	}
	c := answer(w.ownAcc, "1@x", "ben@acme.test")
	w.want("in a personal inbox", []any{c.Messages, c.Owed(), c.Assignee, c.AnsweredOutside}, []any{2, false, ben.User, false})
	c = answer(w.helpAcc, "2@x", "ben@acme.test")
	w.want("from the address of one person", []any{c.Messages, c.Owed(), c.Assignee, c.AnsweredOutside}, []any{2, false, ben.User, false})
	c = answer(w.helpAcc, "3@x", "help@acme.test")
	w.want("from the team's address", []any{c.Messages, c.Owed(), c.Assignee, c.AnsweredOutside}, []any{2, false, desk.UserID(0), true})
	c = answer(w.helpAcc, "4@x", "stranger@x.test")
	w.want("from nobody's address", []any{c.Messages, c.Owed(), c.Assignee, c.AnsweredOutside}, []any{2, false, desk.UserID(0), true})

	taken := w.arrive(w.support.ID, mail("5@x", "ann@x.test", "Hi", "one")).Conversation
	_, err = w.maya.Take(w.ctx, []desk.ConversationID{taken})
	w.ok(err)
	w.filed(w.helpAcc, desk.Mail{MessageID: "re5@x", InReplyTo: []string{"5@x"}, From: []desk.Mailbox{{Addr: "help@acme.test"}}, To: []desk.Mailbox{{Addr: "ann@x.test"}}, Text: "Yes.", Auto: desk.Auto{Kind: desk.AutoNone}})
	w.read(func(r desk.Reader) error {
		c, err := r.Conversation(taken)
		w.want("its owner keeps it", []any{c.Assignee, c.AnsweredOutside}, []any{w.maya.Actor().User, true})
		return err
	})
}

// Mail that came in and bears an address of ours is believed only where the
// provider vouches for it.
func testOurAddressFromOutside(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	arrived := func(id, from string, passed bool) desk.Message {
		at := w.clock.get()
		raw := w.keep(w.support.ID, at)
		m := mail(id, from, "Please pay", "now")
		w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{{Raw: raw, Inbox: w.support.ID, Role: desk.RoleInbox, At: at, AuthPassed: passed, Mail: m}}))
		return w.messageOf(w.support.ID, raw)
	}
	w.want("ours, nobody vouches", arrived("1@x", "Help@acme.test", false).AuthFailed, true)
	w.want("ours, the provider vouches", arrived("2@x", "help@acme.test", true).AuthFailed, false)
	w.want("a customer's", arrived("3@x", "ann@x.test", false).AuthFailed, false)
}
