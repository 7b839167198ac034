package storetest

import (
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

// texts are the beginnings of a conversation's messages and notes.
func (w *world) texts(s *desk.Seat, c desk.ConversationID) string {
	w.t.Helper()
	th, err := s.Thread(w.ctx, c, 100)
	w.ok(err)
	var list []string
	for _, it := range th.Items {
		switch {
		case it.Message != nil:
			list = append(list, it.Message.Mail.Text)
		case it.Note != nil:
			list = append(list, "["+it.Note.Text+"]")
		}
	}
	return strings.Join(list, "|")
}

// people are who takes part in a conversation.
func (w *world) people(c desk.ConversationID) string {
	w.t.Helper()
	var list []string
	w.read(func(r desk.Reader) error {
		var err error
		list, err = r.Participants(c)
		return err
	})
	return strings.Join(list, " ")
}

func testMerge(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.tickets("Support/New")
	a := w.arrive(w.support.ID, mail("a1@x", "ann@x.test", "Lamp", "a1")).Conversation
	b := w.arrive(w.support.ID, mail("b1@x", "bob@x.test", "Chair", "b1")).Conversation
	other := w.arrive(w.sales.ID, mail("s1@x", "ann@x.test", "Lamp", "s1")).Conversation
	_, err := w.ben.AddNote(w.ctx, a, "note on a")
	w.ok(err)
	sent := w.answers(a, false) // a has an answer on its way
	_, err = w.ben.Assign(w.ctx, []desk.ConversationID{a}, w.ben.Actor().User)
	w.ok(err)
	_, err = w.maya.Close(w.ctx, []desk.ConversationID{b})
	w.ok(err)
	rowA, rowB := w.row(a), w.row(b)
	peopleA, peopleB := w.people(a), w.people(b)
	before := w.counted(w.ben, w.support.ID)

	out, err := w.ben.Merge(w.ctx, []desk.ConversationID{a, b, other}, b)
	w.ok(err)
	w.want("what is left alone", len(out.Skipped), 2)
	w.want("merged", out.Done, []desk.ConversationID{a})
	w.want("all of both", w.texts(w.ben, b), "a1|b1|[note on a]|We look into it.")
	w.want("the number that is gone leads there", w.texts(w.ben, a), w.texts(w.ben, b))
	w.want("the one that stays", []any{w.row(b).Status, w.row(b).Assignee, w.stage(b), w.row(b).Subject}, []any{desk.Open, w.ben.Actor().User, "Support/New", "Chair"})
	w.want("found by the old number", w.query(w.ben, "#"+num(a)), []desk.ConversationID{b})
	w.want("in lists once", w.query(w.ben, "inbox:support"), []desk.ConversationID{b})
	if _, err := w.ben.CancelSend(w.ctx, sent.Outgoing.ID); err != nil {
		t.Fatalf("the answer to what was merged cannot be taken back: %v", err)
	}

	// Mail that came since as an answer to the one goes back with it.
	w.want("an answer to the merged one", w.arrive(w.support.ID, answering("a2@x", "ann@x.test", "a1@x")).Conversation, b)
	w.want("one to the other", w.arrive(w.support.ID, answering("b2@x", "bob@x.test", "b1@x")).Conversation, b)
	undone, err := w.ben.Undo(w.ctx, out.Batch)
	w.ok(err)
	w.want("said", undone.Said, []string{"1 mail that came since as an answer to #" + num(a) + " went with it."})
	w.want("the one alone again", w.texts(w.ben, a), "a1|[note on a]|And now?")
	w.want("the other too", w.texts(w.ben, b), "b1|And now?")
	w.want("people", []string{w.people(a), w.people(b)}, []string{peopleA, peopleB})
	w.want("who has them", []any{w.row(a).Assignee, w.row(b).Assignee}, []any{rowA.Assignee, rowB.Assignee})
	w.want("stages", []string{w.stage(a), w.stage(b)}, []string{"Support/Waiting on contact", "Support/Closed"})
	w.want("an answer after that", w.arrive(w.support.ID, answering("a3@x", "ann@x.test", "a2@x")).Conversation, a)
	now := w.counted(w.ben, w.support.ID)
	w.want("all in lists again", now.Open+now.Closed, before.Open+before.Closed)
	if _, err := w.zoe.Merge(w.ctx, []desk.ConversationID{a}, b); desk.KindOf(err) != desk.NotFound {
		t.Errorf("a stranger merges: %v", err)
	}
}

// counted are the numbers of an inbox.
func (w *world) counted(s *desk.Seat, in desk.InboxID) desk.Counts {
	w.t.Helper()
	var all map[desk.InboxID]desk.Counts
	w.read(func(r desk.Reader) error {
		var err error
		all, err = r.Counts(s.Actor().User)
		return err
	})
	return all[in]
}

func num(c desk.ConversationID) string {
	return strings.TrimPrefix(desk.Query{Expr: &desk.Expr{Term: desk.TermNumber, ID: int64(c)}}.String(), "#")
}

func testSplit(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.tickets("Support/New")
	c := w.arrive(w.support.ID, mail("a1@x", "ann@x.test", "Lamp", "a1")).Conversation
	sent := w.answers(c, false)
	w.sendOut(sent.Outgoing)
	second := w.arrive(w.support.ID, answering("a2@x", "ann@x.test", "a1@x", sent.Outgoing.HeaderID))
	if _, err := w.ben.Split(w.ctx, c, desk.MessageID(1)); desk.KindOf(err) != desk.NotFound {
		t.Errorf("split at no message: %v", err)
	}
	var first desk.MessageID
	w.read(func(r desk.Reader) error {
		items, err := r.Items(c)
		first = items[0]
		return err
	})
	if _, err := w.ben.Split(w.ctx, c, first); desk.KindOf(err) != desk.Conflict {
		t.Errorf("split at the first message: %v", err)
	}
	out, err := w.ben.Split(w.ctx, c, sent.Outgoing.Message)
	w.ok(err)
	next := out.Done[0]
	w.want("the two", []string{w.texts(w.ben, c), w.texts(w.ben, next)}, []string{"a1", "We look into it.|And now?"})
	w.want("a ticket of its own", []any{w.row(next).Ticket, w.stage(next), w.row(next).RelatedTo}, []any{desk.TicketID(next), w.stage(c), c})
	w.want("an answer to our mail there", w.arrive(w.support.ID, answering("a3@x", "ann@x.test", "a1@x", sent.Outgoing.HeaderID)).Conversation, next)
	w.want("an answer to what stayed", w.arrive(w.support.ID, answering("a4@x", "ann@x.test", "a1@x")).Conversation, c)
	undone, err := w.ben.Undo(w.ctx, out.Batch)
	w.ok(err)
	w.want("said", undone.Said, []string{"1 message of #" + num(next) + " that came since went along."})
	w.want("one again", []any{w.texts(w.ben, c), w.row(next).JoinedTo}, []any{"a1|We look into it.|And now?|And now?|And now?", c})
	w.want("its number leads there", w.arrive(w.support.ID, answering("a5@x", "ann@x.test", second.Mail.MessageID)).Conversation, c)
}

// testMovedTeam: a move takes a conversation from a team of which nobody answers
// there, as it does from a user; the preview says so and undo gives it back.
func testMovedTeam(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	stranger, known := w.team("Night", "ben").ID, w.team("Sellers", "maya").ID
	move := func(to desk.Assignment, said string, after desk.Assignment) {
		t.Helper()
		c := w.arrive(w.support.ID, mail("t"+said+num(desk.ConversationID(to.Team))+"@x", "ann@x.test", "Lamp", "zebra")).Conversation
		one := []desk.ConversationID{c}
		given, err := w.maya.Give(w.ctx, one, to)
		w.ok(err)
		w.want("given", given.Done, one)
		if said != "" {
			said = "#" + num(c) + ": " + said
		}
		effect, err := w.maya.PreviewMove(w.ctx, one, "Sales")
		w.ok(err)
		w.want("the preview", []any{strings.Join(effect.Said, "|"), w.row(c).Inbox}, []any{said, w.support.ID})
		out, err := w.maya.Move(w.ctx, one, "Sales")
		w.ok(err)
		w.want("who has it there", w.holds(c), after)
		_, err = w.maya.Undo(w.ctx, out.Batch)
		w.ok(err)
		w.want("who has it after the undo", []any{w.holds(c), w.row(c).Inbox}, []any{to, w.support.ID})
	}
	_, err := w.maya.RemoveMember(w.ctx, "Sales", "ben")
	w.ok(err)
	ben, maya := w.userID("ben"), w.userID("maya")
	move(desk.Assignment{Team: stranger}, "nobody of the team that had it answers there, so nobody has it.", desk.Assignment{})
	move(desk.Assignment{Team: stranger, User: ben}, "who had it does not answer there, so nobody has it.", desk.Assignment{})
	move(desk.Assignment{Team: known}, "", desk.Assignment{Team: known})
	move(desk.Assignment{Team: known, User: maya}, "", desk.Assignment{Team: known, User: maya})
}

func (w *world) holds(c desk.ConversationID) desk.Assignment {
	w.t.Helper()
	row := w.conversation(c)
	return desk.Assignment{User: row.Assignee, Team: row.Team}
}

func testMoved(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.tickets("Support/New")
	in := mail("a1@x", "ann@x.test", "Lamp", "zebra")
	c := w.arrive(w.support.ID, in).Conversation
	one := []desk.ConversationID{c}
	_, err := w.ben.AddNote(w.ctx, c, "giraffe")
	w.ok(err)
	sent := w.answers(c, false)
	out, err := w.ben.Move(w.ctx, one, "Sales")
	w.ok(err)
	w.want("with a mail on its way out", out.Skipped[0].Reason, "a mail of it is on its way out; see postroom outbox list")
	w.sendOut(sent.Outgoing)
	_, err = w.maya.RemoveMember(w.ctx, "Sales", "ben")
	w.ok(err)
	if _, err := w.ben.Move(w.ctx, one, "Sales"); desk.KindOf(err) != desk.NotFound {
		t.Errorf("a move to an inbox he does not see: %v", err)
	}
	if _, err := w.maya.Move(w.ctx, one, "Ben"); desk.KindOf(err) != desk.NotFound {
		t.Errorf("a move to somebody's personal inbox: %v", err)
	}
	effect, err := w.maya.PreviewMove(w.ctx, one, "Sales")
	w.ok(err)
	w.want("the preview", []any{effect.Done, len(effect.Said), len(effect.Loses), effect.Loses[0].Login, w.row(c).Inbox}, []any{one, 1, 1, "ben", w.support.ID})

	out, err = w.maya.Move(w.ctx, one, "Sales")
	w.ok(err)
	w.want("where it is", []any{w.row(c).Inbox, w.row(c).Assignee, w.stage(c)}, []any{w.sales.ID, desk.UserID(0), "Support/Waiting on contact"})
	for _, word := range []string{"zebra", "giraffe", "#" + num(c), "is:open"} {
		w.want("zoe finds "+word, w.query(w.zoe, word), one)
		w.want("ben finds "+word, w.query(w.ben, word), []desk.ConversationID{})
	}
	if _, err := w.ben.Thread(w.ctx, c, 10); desk.KindOf(err) != desk.NotFound {
		t.Errorf("ben still reads it: %v", err)
	}
	w.want("zoe's numbers", w.counted(w.zoe, w.sales.ID).Open, 1)

	// Answers come to the old address: by our token, by Message-ID; a mail that
	// has nothing to do with it does not.
	for _, id := range []string{sent.Outgoing.HeaderID, "a1@x"} {
		m := w.arriveIn(w.support.ID, answering("to-"+id, "ann@x.test", id))
		w.want("an answer to "+id, []any{m.Conversation, m.Inbox}, []any{c, w.sales.ID})
	}
	if m := w.arrive(w.support.ID, mail("new@x", "ann@x.test", "Lamp", "new")); m.Conversation == c {
		t.Error("a mail that answers nothing follows the move")
	}
	if m := w.arrive(w.support.ID, answering("forged@x", "eve@x.test", "a1@x")); m.Conversation == c {
		t.Error("a stranger's mail follows the move")
	}
	own := w.arrive(w.ownInbox.ID, answering("own@x", "ann@x.test", "a1@x"))
	if own.Conversation == c {
		t.Error("a mail to an inbox it never was in follows the move")
	}
	_, err = w.maya.Undo(w.ctx, out.Batch)
	w.ok(err)
	w.want("undone", []any{w.row(c).Inbox, w.row(c).Assignee, w.query(w.zoe, "zebra"), w.query(w.ben, "zebra")},
		[]any{w.support.ID, w.ben.Actor().User, []desk.ConversationID{}, one})

	// A personal mail becomes a ticket of a shared inbox (S209).
	p := []desk.ConversationID{own.Conversation}
	if _, err := w.ben.CreateTickets(w.ctx, p, desk.TicketSpec{}); desk.KindOf(err) != desk.Conflict || !strings.Contains(err.Error(), "personal") {
		t.Errorf("a ticket in a personal inbox: %v", err)
	}
	out, err = w.ben.CreateTickets(w.ctx, p, desk.TicketSpec{Inbox: "Support"})
	w.ok(err)
	w.want("a personal mail", []any{w.row(p[0]).Inbox, w.stage(p[0])}, []any{w.support.ID, "Support/New"})
	_, err = w.ben.Undo(w.ctx, out.Batch)
	w.ok(err)
	w.want("undone", []any{w.row(p[0]).Inbox, w.row(p[0]).Ticket}, []any{w.ownInbox.ID, desk.TicketID(0)})
}

// arriveIn receives a mail in an inbox, wherever it lands.
func (w *world) arriveIn(inbox desk.InboxID, m desk.Mail) desk.Message {
	w.t.Helper()
	w.clock.forward(time.Minute)
	raw := w.keep(inbox, w.clock.get())
	w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{{Raw: raw, Inbox: inbox, Role: desk.RoleInbox, At: w.clock.get(), Mail: m}}))
	for _, in := range []desk.InboxID{w.support.ID, w.sales.ID, w.ownInbox.ID} {
		for _, c := range w.conversations() {
			if c.Inbox != in || c.JoinedTo != 0 {
				continue
			}
			var found desk.Message
			w.read(func(r desk.Reader) error {
				ms, err := r.Mails(c.ID)
				for _, m := range ms {
					if m.Raw == raw {
						found = m
					}
				}
				return err
			})
			if found.ID != 0 {
				return found
			}
		}
	}
	w.t.Fatalf("raw mail %d has no message", raw)
	return desk.Message{}
}
