package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

// fullMail has something in every field that is kept.
func fullMail() desk.Mail {
	return desk.Mail{
		MessageID: "full@x", InReplyTo: []string{"p@x"}, References: []string{"r@x", "p@x"}, Returned: "bounced@x",
		Date: time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), Subject: "Ünïcode \"quotes\" ' \x1b",
		From: []desk.Mailbox{{Name: "Ann", Addr: "Ann@X.test"}}, ReplyTo: []desk.Mailbox{{Addr: "re@x.test"}},
		To: []desk.Mailbox{{Addr: "help@acme.test"}, {Name: "Bo", Addr: "bo@x.test"}}, Cc: []desk.Mailbox{{Addr: "cc@x.test"}}, Bcc: []desk.Mailbox{{Addr: "bcc@x.test"}},
		Text: "The new text\x00 with a NUL and \xff", Quoted: "> the old", Signature: "-- \nAnn",
		Attachments: []desk.Attachment{{Filename: "a.pdf", ContentType: "application/pdf", Size: 3, SHA256: "ab", ContentID: "c", Inline: true}, {Filename: "b.txt", ContentType: "text/plain"}},
		Auto:        desk.Auto{Kind: desk.AutoBounce, Recipients: []desk.AutoRecipient{{Addr: "z@x", Status: "5.1.1", Action: "failed", Hard: true}}},
		Defects:     []string{"odd"}, DeliveredTo: []string{"d@x"}, AuthResults: []string{"mx; dmarc=fail"}, Forwarded: []desk.Mailbox{{Addr: "fwd@x.test"}},
	}
}

func testMessage(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	at := w.clock.get().Add(time.Minute)
	raw := w.keep(w.support.ID, at)
	in := desk.Incoming{Raw: raw, Inbox: w.support.ID, Account: w.helpAcc.ID, Role: desk.RoleInbox, At: at, AuthFailed: true, Unreadable: true, Mail: fullMail()}
	w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{in}))
	m := w.messageOf(w.support.ID, raw)
	want := desk.Message{
		ID: m.ID, Conversation: m.Conversation, Inbox: w.support.ID, Account: w.helpAcc.ID, Raw: raw, Direction: desk.In,
		At: at, Unreadable: true, AuthFailed: true, Mail: fullMail(),
	}
	// What is no text is told, and the rest is kept.
	want.Mail.Text = "The new text\uFFFD with a NUL and \uFFFD"
	w.want("the message", m, want)
	w.want("the second of its id", m.ID.Unix(), at.Unix())
	w.read(func(r desk.Reader) error {
		people, err := r.Participants(m.Conversation)
		w.want("participants", people, []string{"ann@x.test", "bcc@x.test", "bo@x.test", "cc@x.test", "help@acme.test"})
		if err != nil {
			return err
		}
		if _, err := r.Message(1); !errors.Is(err, desk.ErrNoRow) {
			t.Error("a message nobody wrote:", err)
		}
		return nil
	})
	long := mail("", "ann@x.test", "Long", strings.Repeat("é", 500))
	c := w.arrive(w.support.ID, long).Conversation
	w.read(func(r desk.Reader) error {
		ms, err := r.Mails(c)
		w.want("the short text", []any{len(ms), ms[0].Mail.Text, len(ms[0].Mail.From)}, []any{1, strings.Repeat("é", 200), 0})
		return err
	})
}

func testMessageIDs(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	at := w.clock.get()
	var got []desk.MessageID
	for range 3 {
		got = append(got, w.arriveAt(w.support.ID, mail("", "ann@x.test", "Hi", "text"), at).ID)
	}
	first := desk.FirstMessageID(at.Unix())
	w.want("ids of one second", got, []desk.MessageID{first, first + 1, first + 2})
	_, err := w.maya.AddNote(w.ctx, 1, "a note of the same second")
	w.ok(err)
	w.write(func(wr desk.Writer) error {
		id, err := wr.NextMessageID(at)
		w.want("the next id", id, first+4)
		return err
	})
	for _, odd := range []time.Time{{}, time.Unix(0, 0), time.Unix(-5, 0), time.Unix(1<<50, 0)} {
		w.write(func(wr desk.Writer) error {
			id, err := wr.NextMessageID(odd)
			if id <= 0 {
				t.Errorf("the id for %s is %d", odd, id)
			}
			return err
		})
	}
}

func testTimeline(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	first := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one"))
	c := first.Conversation
	step := func() { w.clock.forward(time.Minute) }
	step()
	_, err := w.ben.AddNote(w.ctx, c, "careful with her")
	w.ok(err)
	step()
	_, err = w.ben.Take(w.ctx, []desk.ConversationID{c})
	w.ok(err)
	second := mail("2@x", "ann@x.test", "Re: Hi", "two")
	second.InReplyTo = []string{"1@x"}
	w.want("the answer's conversation", w.arrive(w.support.ID, second).Conversation, c)
	step()
	hidden, err := w.ben.AddNote(w.ctx, c, "a slip")
	w.ok(err)
	_, err = w.ben.Undo(w.ctx, hidden.Batch)
	w.ok(err)

	th, err := w.maya.Thread(w.ctx, c, 0)
	w.ok(err)
	w.want("the timeline", shape(th), []string{"in one", "note careful with her by Ben", "assigned", "in two", "undone"})
	w.want("people", th.People, map[desk.UserID]string{w.ben.Actor().User: "Ben"})
	w.want("nothing is left out", th.Earlier, 0)
	w.want("the row", []any{th.AssigneeName, th.InboxName, th.Unread, th.Snippet, th.Messages}, []any{"Ben", "Support", true, "two", 2})

	w.ok(w.maya.MarkRead(w.ctx, c, th.LastIn))
	w.ok(w.maya.MarkRead(w.ctx, c, first.ID)) // reading does not go back
	th, err = w.maya.Thread(w.ctx, c, 2)
	w.ok(err)
	w.want("the newest two", shape(th), []string{"note careful with her by Ben", "assigned", "in two", "undone"})
	w.want("left out", []any{th.Earlier, th.Unread}, []any{1, false})

	_, err = w.zoe.Thread(w.ctx, c, 0)
	w.want("a conversation of an inbox zoe is not in", desk.KindOf(err), desk.NotFound)
	w.read(func(r desk.Reader) error {
		_, err := r.Thread(w.zoe.Actor().User, c, 10)
		if !errors.Is(err, desk.ErrNoRow) {
			t.Error("the port shows zoe a conversation of support:", err)
		}
		last, err := r.LastMail(c)
		w.want("the last mail", last.Mail.Text, "two")
		return err
	})
	auto := mail("3@x", "ann@x.test", "Out of office", "three")
	auto.InReplyTo, auto.Auto.Kind = []string{"2@x"}, desk.AutoReply
	w.arrive(w.support.ID, auto)
	w.read(func(r desk.Reader) error {
		last, err := r.LastMail(c)
		w.want("the last mail a person wrote", last.Mail.Text, "two")
		return err
	})
}

// shape prints a timeline.
func shape(th desk.Thread) []string {
	var list []string
	for _, it := range th.Items {
		switch {
		case it.Message != nil:
			list = append(list, fmt.Sprintf("%s %s", it.Message.Direction, it.Message.Mail.Text))
		case it.Note != nil:
			list = append(list, fmt.Sprintf("note %s by %s", it.Note.Text, it.Note.AuthorName))
		default:
			list = append(list, string(it.Event.Kind))
		}
	}
	return list
}

func testTakenBack(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	c := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one")).Conversation
	before := w.everything(c)
	dr, err := w.ben.NewReply(w.ctx, c, false)
	w.ok(err)
	dr.Text, dr.Cc = "zebra", []desk.Mailbox{{Addr: "new@x.test"}}
	sent, err := w.ben.Send(w.ctx, dr, desk.SendOptions{Hold: time.Minute, Confirmed: []desk.Guard{desk.GuardNewRecipient}})
	w.ok(err)
	w.want("cautions", sent.Cautions, []desk.Caution{})
	w.want("found", w.query(w.ben, "zebra "), []desk.ConversationID{c})
	_, err = w.ben.CancelSend(w.ctx, sent.Outgoing.ID)
	w.ok(err)
	w.want("the conversation after send and take back", w.everything(c), before)
	w.want("not found any more", len(w.query(w.ben, "zebra ")), 0)
	w.write(func(wr desk.Writer) error {
		id, err := wr.NextMessageID(sent.Outgoing.CreatedAt)
		if id == sent.Outgoing.Message {
			t.Error("the id of a mail taken back is given out again")
		}
		return err
	})

	dr, err = w.ben.NewMail(w.ctx, "Support")
	w.ok(err)
	dr.To, dr.Subject, dr.Text = []desk.Mailbox{{Addr: "cold@x.test"}}, "Hello", "quokka"
	sent, err = w.ben.Send(w.ctx, dr, desk.SendOptions{Hold: time.Minute})
	w.ok(err)
	_, err = w.ben.CancelSend(w.ctx, sent.Outgoing.ID)
	w.ok(err)
	w.want("the conversation of a first mail goes with it", len(w.conversations()), 1)
	back, err := w.ben.Draft(w.ctx, 0, desk.DraftNew)
	w.ok(err)
	w.want("the draft", []any{back.Text, back.To}, []any{"quokka", dr.To})

	sent, err = w.ben.Send(w.ctx, dr, desk.SendOptions{Hold: time.Minute})
	w.ok(err)
	id := sent.Outgoing.Conversation
	_, err = w.maya.AddNote(w.ctx, id, "she called about this")
	w.ok(err)
	_, err = w.ben.CancelSend(w.ctx, sent.Outgoing.ID)
	w.ok(err)
	th, err := w.maya.Thread(w.ctx, id, 0)
	w.ok(err)
	w.want("a colleague's note keeps its conversation", shape(th)[0], "note she called about this by Maya")
	w.checkCounts()
}

// everything is what can be seen of a conversation, but its version, whether
// it was touched, and its journal.
func (w *world) everything(c desk.ConversationID) string {
	w.t.Helper()
	var b strings.Builder
	w.read(func(r desk.Reader) error {
		row, err := r.Conversation(c)
		if err != nil {
			return err
		}
		row.Version, row.Touched = 0, false
		people, err := r.Participants(c)
		if err != nil {
			return err
		}
		mails, err := r.Mails(c)
		if err != nil {
			return err
		}
		counts, err := r.Counts(w.ben.Actor().User)
		fmt.Fprintf(&b, "%+v\n%v\n%+v\n%+v", row, people, mails, counts)
		return err
	})
	return b.String()
}

func testDrafts(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	c := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one")).Conversation
	dr, err := w.ben.NewReply(w.ctx, c, false)
	w.ok(err)
	dr.Text = "draft"
	saved, err := w.ben.SaveDraft(w.ctx, dr)
	w.ok(err)
	again, err := w.ben.SaveDraft(w.ctx, saved)
	w.ok(err)
	w.want("one draft of each kind", again.ID, saved.ID)
	got, err := w.ben.Draft(w.ctx, c, desk.DraftReply)
	w.ok(err)
	w.want("the draft", got, again)
	_, err = w.maya.Draft(w.ctx, c, desk.DraftReply)
	w.want("somebody else's draft", desk.KindOf(err), desk.NotFound)
	w.read(func(r desk.Reader) error {
		who, err := r.WritingOthers(c, w.maya.Actor().User, w.clock.get())
		w.want("who is writing", len(who), 1)
		if err != nil {
			return err
		}
		who, err = r.WritingOthers(c, w.ben.Actor().User, w.clock.get())
		w.want("who is writing besides me", len(who), 0)
		if err != nil {
			return err
		}
		who, err = r.WritingOthers(c, w.maya.Actor().User, w.clock.get().Add(time.Second))
		w.want("who is writing of late", len(who), 0)
		return err
	})
	w.ok(w.ben.DiscardDraft(w.ctx, c, desk.DraftReply))
	w.ok(w.ben.DiscardDraft(w.ctx, c, desk.DraftReply))
	_, err = w.ben.Draft(w.ctx, c, desk.DraftReply)
	w.want("a discarded draft", desk.KindOf(err), desk.NotFound)
}

func testThreading(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	one := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one"))
	twin := w.arrive(w.support.ID, mail("1@x", "eve@x.test", "Hi", "other"))
	answer := mail("2@x", "bob@x.test", "Re: Hi", "two")
	answer.InReplyTo, answer.References = []string{"1@x"}, []string{"0@x", "1@x", "1@x"}
	two := w.arrive(w.support.ID, answer)
	w.read(func(r desk.Reader) error {
		known, err := r.KnownIDs(w.support.ID, []string{"2@x", "nobody@x", "", "1@x"})
		w.want("known ids, of twins the oldest", []any{len(known), known[0].Message, known[1].Message, known[1].Sender}, []any{2, two.ID, one.ID, "ann@x.test"})
		if err != nil {
			return err
		}
		answers, err := r.AnswersTo(w.support.ID, "1@x")
		w.want("answers", []any{len(answers), answers[0].Message}, []any{1, two.ID})
		if err != nil {
			return err
		}
		none, err := r.AnswersTo(w.sales.ID, "1@x")
		w.want("answers in another inbox", len(none), 0)
		if err != nil {
			return err
		}
		mine, err := r.MailIDs(one.Conversation, 5)
		w.want("ids of the conversation", mine, []string{"1@x"})
		return err
	})
	if twin.Conversation == one.Conversation || two.Conversation == one.Conversation {
		t.Error("strangers were threaded into a conversation")
	}
	for i := range 4 {
		next := mail(fmt.Sprintf("n%d@x", i), "ann@x.test", "Re: Hi", "more")
		next.References = []string{"1@x"}
		w.arrive(w.support.ID, next)
	}
	w.read(func(r desk.Reader) error {
		mine, err := r.MailIDs(one.Conversation, 3)
		w.want("the newest ids, oldest first", mine, []string{"n1@x", "n2@x", "n3@x"})
		return err
	})
}

func testLateParent(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	at := w.clock.get()
	answer := func(id, from string) desk.Mail {
		m := mail(id, from, "Re: Hi", "answer "+id)
		m.InReplyTo = []string{"p@x"}
		return m
	}
	first := w.arriveAt(w.support.ID, answer("c1@x", "ann@x.test"), at.Add(time.Minute)).Conversation
	second := w.arriveAt(w.support.ID, answer("c2@x", "bob@x.test"), at.Add(2*time.Minute)).Conversation
	touched := w.arriveAt(w.support.ID, answer("c3@x", "ann@x.test"), at.Add(3*time.Minute)).Conversation
	_, err := w.ben.AddNote(w.ctx, touched, "mine")
	w.ok(err)
	w.ok(w.ben.MarkRead(w.ctx, second, desk.FirstMessageID(1<<40)))
	parent := mail("p@x", "ann@x.test", "Hi", "the beginning")
	parent.To = append(parent.To, desk.Mailbox{Addr: "bob@x.test"})
	w.want("the parent's conversation", w.arriveAt(w.support.ID, parent, at).Conversation, first)

	th, err := w.ben.Thread(w.ctx, second, 0) // the old number leads there
	w.ok(err)
	w.want("where the old number leads", th.ID, first)
	w.want("the subject, as if the parent had come first", th.Subject, "Hi")
	w.want("the joined timeline", slices.DeleteFunc(shape(th), func(s string) bool { return s == "joined" }), []string{"in the beginning", "in answer c1@x", "in answer c2@x"})
	w.want("open conversations", len(w.list(w.ben, desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByNewest})), 2)
	w.want("a hit of the joined one", w.query(w.ben, `"answer c2"`), []desk.ConversationID{first})
	w.checkCounts()
	w.read(func(r desk.Reader) error {
		people, err := r.Participants(first)
		w.want("participants", people, []string{"ann@x.test", "bob@x.test", "help@acme.test"})
		if err != nil {
			return err
		}
		left, err := r.Mails(second)
		w.want("messages left behind", len(left), 0)
		return err
	})
}

func testTwoInboxes(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	a := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hi", "one"))
	b := w.arrive(w.sales.ID, mail("1@x", "ann@x.test", "Hi", "one"))
	if a.Conversation == b.Conversation {
		t.Fatal("two inboxes share a conversation")
	}
	answer := mail("2@x", "ann@x.test", "Re: Hi", "two")
	answer.InReplyTo = []string{"1@x"}
	w.want("the answer stays in its inbox", w.arrive(w.sales.ID, answer).Conversation, b.Conversation)
}
