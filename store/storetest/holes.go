package storetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

// Each test here is named after the hole it closes.

// testStrangerAsLateParent: whoever takes the id of a mail that is here
// already, or of one that never came, must not get into the conversation of a
// customer by naming her among his recipients.
func testStrangerAsLateParent(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.arrive(w.support.ID, mail("z1@x", "zoe@x.test", "My contract", "one"))
	second := mail("z2@x", "zoe@x.test", "Re: My contract", "two")
	second.InReplyTo = []string{"z1@x", "never-came@x"}
	c := w.arrive(w.support.ID, second).Conversation
	for _, id := range []string{"z1@x", "never-came@x"} {
		stranger := mail(id, "mal@evil.test", "My contract", "three")
		stranger.To = append(stranger.To, desk.Mailbox{Addr: "zoe@x.test"})
		if got := w.arrive(w.support.ID, stranger).Conversation; got == c {
			t.Fatalf("a stranger's mail with the id %s is in the customer's conversation", id)
		}
	}
	dr, err := w.ben.Answer(w.ctx, c, false)
	w.ok(err)
	w.want("to whom an answer goes", dr.To, []desk.Mailbox{{Addr: "zoe@x.test"}})
	w.want("messages of the customer's conversation", len(shape(w.thread(c))), 2)
}

// testForwardedToken: who knows the id of our mail joins, for it is signed; but
// an answer to him is not sent without a question.
func testForwardedToken(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	c := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one")).Conversation
	out := w.reply(c, "our answer", desk.SendOptions{})
	eve := mail("e@x", "eve@evil.test", "Re: Hi", "tell me too")
	eve.InReplyTo = []string{out.HeaderID}
	w.want("where the holder of a token goes", w.arrive(w.support.ID, eve).Conversation, c)
	dr, err := w.ben.Answer(w.ctx, c, false)
	w.ok(err)
	dr.Text = "secret"
	sent, err := w.ben.Send(w.ctx, dr, desk.SendOptions{})
	w.ok(err)
	if len(sent.Cautions) != 1 || sent.Cautions[0].Guard != desk.GuardNewRecipient || !strings.Contains(sent.Cautions[0].Detail, "eve@evil.test") {
		t.Fatalf("an answer to a stranger goes out with the cautions %+v", sent.Cautions)
	}
	dr.To = []desk.Mailbox{{Addr: "ann@x.test"}}
	sent, err = w.ben.Send(w.ctx, dr, desk.SendOptions{})
	w.ok(err)
	w.want("cautions of an answer to the customer", len(sent.Cautions), 0)
}

// testOurIDOnACustomersMail: it is no mail of ours come back; the customer waits.
func testOurIDOnACustomersMail(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	c := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one")).Conversation
	out := w.reply(c, "our answer", desk.SendOptions{})
	own := w.arrive(w.support.ID, mail(out.HeaderID, "bob@x.test", "Hm", "with your id"))
	w.want("the kind", own.Mail.Auto.Kind, desk.AutoNone)
	w.want("somebody waits", w.thread(own.Conversation).Owed(), true)
	back := w.arrive(w.support.ID, mail(out.HeaderID, "help@acme.test", "Re: Hi", "come back by a list"))
	w.want("the kind of one of ours", back.Mail.Auto.Kind, desk.AutoOwn)
}

// testRefusedReplyClosed: an answer that was refused is none, and does not
// leave the conversation closed.
func testRefusedReplyClosed(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	m := w.d.Mailroom()
	c := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one")).Conversation
	before := w.thread(c)
	w.reply(c, "an answer", desk.SendOptions{Close: true})
	w.want("after sending", w.thread(c).Status, desk.Closed)
	l, err := m.Lease(w.ctx, w.helpAcc.ID, "one", "")
	w.ok(err)
	got, found, err := m.ClaimOutgoing(w.ctx, l)
	w.ok(err)
	w.want("claimed", found, true)
	w.ok(m.Settle(w.ctx, l, got, desk.Settled{State: desk.Failed, Detail: "550 no such user"}))
	after := w.thread(c)
	w.want("after the refusal", []any{after.Status, after.WaitingSince}, []any{desk.Open, before.WaitingSince})
	w.ok(w.ben.RetrySend(w.ctx, got.ID))
	w.want("somebody waits while it is tried again", w.thread(c).Owed(), false)
	w.checkCounts()
}

// testTwoNewMailsTakenBack: two mails that come back must not become one, and
// sending a third must not throw one of them away.
func testTwoNewMailsTakenBack(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	compose := func(inbox, to string) desk.Outgoing {
		dr, err := w.maya.NewMail(w.ctx, inbox)
		w.ok(err)
		dr.To, dr.Cc, dr.Subject, dr.Text = []desk.Mailbox{{Addr: to}}, nil, "For "+to, "text for "+to
		sent, err := w.maya.Send(w.ctx, dr, desk.SendOptions{Hold: time.Hour})
		w.ok(err)
		return sent.Outgoing
	}
	name := w.support.Name
	first, second := compose(name, "anna@x.test"), compose(name, "ben@x.test")
	a, err := w.maya.CancelSend(w.ctx, first.ID)
	w.ok(err)
	b, err := w.maya.CancelSend(w.ctx, second.ID)
	w.ok(err)
	for _, d := range []struct {
		draft desk.Draft
		to    string
	}{{a, "anna@x.test"}, {b, "ben@x.test"}} {
		stored, err := w.maya.Draft(w.ctx, d.draft.Conversation, d.draft.Kind)
		w.ok(err)
		w.want("a draft", []any{stored.To, stored.Subject, stored.Text}, []any{[]desk.Mailbox{{Addr: d.to}}, "For " + d.to, "text for " + d.to})
	}
}

// testSameConversationTwice: a conversation named twice is one.
func testSameConversationTwice(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	c := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one")).Conversation
	out, err := w.ben.Close(w.ctx, []desk.ConversationID{c, c, c})
	w.ok(err)
	w.want("closed", []any{out.Done, len(out.Skipped)}, []any{[]desk.ConversationID{c}, 0})
	w.reply(c, "an answer", desk.SendOptions{})
}

// testNames: what stands in every From must be a name.
func testNames(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	for _, name := range []string{"Kim\nX", "Kim\x1b[31m", strings.Repeat("x", 3000), "\xff"} {
		if _, err := w.maya.AddUser(w.ctx, "kim", name, desk.RoleAgent); desk.KindOf(err) != desk.Invalid {
			t.Errorf("the name %.20q is taken: %v", name, err)
		}
	}
	for _, login := range []string{"", "-x", "a b", "x\x1b[31m", strings.Repeat("x", 3000)} {
		if _, err := w.maya.AddUser(w.ctx, login, "Kim", desk.RoleAgent); desk.KindOf(err) != desk.Invalid {
			t.Errorf("the login %.20q is taken: %v", login, err)
		}
	}
	u, err := w.maya.AddUser(w.ctx, "émile.zola", "", desk.RoleAgent)
	w.ok(err)
	w.want("a name made of a login", u.Name, "Émile Zola")
}

// testEndlessAddresses: a mail whose addresses and references are longer than
// an index can hold comes in, and is found by them.
func testEndlessAddresses(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	noise := make([]byte, 20_000)
	_, err := (&randomness{r: rand.New(rand.NewPCG(5, 5))}).Read(noise)
	w.ok(err)
	endless := fmt.Sprintf("%x", noise)
	m := mail("1@x", endless+"@x.test", "Hi", "one")
	m.References = []string{endless + "@y"}
	c := w.arrive(w.support.ID, m).Conversation
	parent := mail(endless+"@y", endless+"@x.test", "Hi", "zero")
	parent.MessageID = "short@y"
	w.want("another mail of the same contact", w.arrive(w.support.ID, parent).Conversation != c, true)
	w.read(func(r desk.Reader) error {
		known, err := r.AnswersTo(w.support.ID, endless+"@y")
		w.want("answers to an endless id", len(known), 1)
		return err
	})
}

func (w *world) thread(c desk.ConversationID) desk.Thread {
	w.t.Helper()
	th, err := w.ben.Thread(w.ctx, c, 0)
	w.ok(err)
	return th
}
