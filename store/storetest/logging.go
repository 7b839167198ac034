package storetest

import (
	"context"
	"errors"
	"testing"

	"postroom/desk"
)

func boxes(addresses ...string) []desk.Mailbox {
	var list []desk.Mailbox
	for _, a := range addresses {
		list = append(list, desk.Mailbox{Addr: a})
	}
	return list
}

// between is a mail that names people.
func between(id, from string, to, cc []desk.Mailbox) desk.Mail {
	m := mail(id, from, id, "hello")
	m.To, m.Cc = to, cc
	return m
}

// loggedWith is the address of the contact a conversation is with; empty for
// nobody.
func (w *world) loggedWith(s *desk.Seat, c desk.ConversationID) string {
	w.t.Helper()
	card, err := s.Customer(w.ctx, c)
	if errors.Is(err, desk.ErrNoRow) {
		return ""
	}
	w.ok(err)
	return card.Address
}

func (w *world) neverLog(s *desk.Seat, list desk.NeverList, address string, scope desk.NeverScope) desk.NeverLogChange {
	w.t.Helper()
	n, err := s.AddNeverLog(w.ctx, list, address, scope)
	w.ok(err)
	return n
}

// testNeverLog: with whom the mail of a personal inbox is logged, by the lists
// (H66-H69, F161). Each mail is let in before there are lists, too.
func testNeverLog(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	me, help := boxes("ben@acme.test"), boxes("help@acme.test")
	steps := []struct {
		what       string
		in         desk.InboxID
		from       string
		to, cc     []desk.Mailbox
		free, with string // before and after
	}{
		{"a customer", w.ownInbox.ID, "ann@firm.test", me, nil, "ann@firm.test", "ann@firm.test"},
		{"one on the desk's list", w.ownInbox.ID, "tax@office.test", me, nil, "tax@office.test", ""},
		{"one at a sub-domain", w.ownInbox.ID, "x@mail.office.test", me, nil, "x@mail.office.test", ""},
		{"a domain that ends so", w.ownInbox.ID, "x@backoffice.test", me, nil, "x@backoffice.test", "x@backoffice.test"},
		{"one on his own list", w.ownInbox.ID, "mum@home.test", me, nil, "mum@home.test", ""},
		{"a listed one, and one who is not", w.ownInbox.ID, "mum@home.test", me, boxes("bob@firm.test"), "mum@home.test", "bob@firm.test"},
		{"a customer, and a colleague", w.ownInbox.ID, "ann@firm.test", me, boxes("zoe@acme.test"), "ann@firm.test", ""},
		{"a colleague below the domain", w.ownInbox.ID, "ann@firm.test", me, boxes("zoe@hq.acme.test"), "ann@firm.test", ""},
		{"a colleague, and a customer", w.ownInbox.ID, "zoe@acme.test", append(me, boxes("ann@firm.test")...), nil, "zoe@acme.test", ""},
		{"a customer, and a team", w.ownInbox.ID, "ann@firm.test", me, help, "ann@firm.test", "ann@firm.test"},
		{"his address with a plus", w.ownInbox.ID, "ann@firm.test", boxes("ben+x@acme.test"), nil, "ann@firm.test", "ann@firm.test"},
		{"a listed one who writes to a team", w.support.ID, "tax@office.test", help, nil, "tax@office.test", "tax@office.test"},
		{"a colleague who writes to a team", w.support.ID, "zoe@acme.test", help, nil, "zoe@acme.test", "zoe@acme.test"},
	}
	for _, s := range steps {
		c := w.arrive(s.in, between("free "+s.what, s.from, s.to, s.cc)).Conversation
		w.want(s.what+", without lists", w.loggedWith(w.ben, c), s.free)
	}
	w.neverLog(w.maya, desk.NeverDesk, "office.test", "")
	own := w.neverLog(w.maya, desk.NeverDesk, "acme.test", "")
	w.want("the desk's own domain", []any{own.Address, own.Scope}, []any{"@acme.test", desk.NeverMail})
	w.neverLog(w.ben, desk.NeverMine, "Mum@Home.test", "")
	for _, s := range steps {
		c := w.arrive(s.in, between(s.what, s.from, s.to, s.cc)).Conversation
		w.want(s.what, w.loggedWith(w.ben, c), s.with)
	}
	before := w.contacts(w.ben, "")
	w.arrive(w.ownInbox.ID, between("never seen", "new@office.test", me, nil))
	w.want("no contact is made", w.contacts(w.ben, ""), before)

	// What is listed is sent as ever, and not logged.
	sent, err := w.ben.Send(w.ctx, desk.Draft{Kind: desk.DraftNew, Inbox: w.ownInbox.ID, Account: w.ownAcc.ID, To: boxes("mum@home.test"), Subject: "Sunday", Text: "See you"}, desk.SendOptions{})
	w.ok(err)
	w.want("what is on its way", sent.Outgoing.State, desk.Queued)
	w.want("with whom", w.loggedWith(w.ben, sent.Outgoing.Conversation), "")
	w.sendOut(sent.Outgoing)

	// The looser scope logs colleagues' mail with the customer, as H67 has it.
	w.neverLog(w.maya, desk.NeverDesk, "acme.test", desk.NeverAddress)
	c := w.arrive(w.ownInbox.ID, between("loose", "zoe@acme.test", append(me, boxes("ann@firm.test")...), nil)).Conversation
	w.want("a colleague and a customer, loosely", w.loggedWith(w.ben, c), "ann@firm.test")
	w.neverLogRights()
}

// neverLogRights: whose lists are whose, and what is told of them.
func (w *world) neverLogRights() {
	w.t.Helper()
	_, err := w.ben.AddNeverLog(w.ctx, desk.NeverDesk, "x.test", "")
	if desk.KindOf(err) != desk.Denied {
		w.t.Errorf("ben changes the desk's list: %v", err)
	}
	_, err = w.zoe.AddNeverLog(w.ctx, desk.NeverMine, "x.test", "")
	w.refused("zoe has no personal inbox", err, "NO_PERSONAL_INBOX")
	_, err = w.ben.AddNeverLog(w.ctx, desk.NeverMine, "x.test", desk.NeverMail)
	w.refused("ben holds back whole mails", err, "BAD_SCOPE")
	_, err = w.ben.AddNeverLog(w.ctx, desk.NeverMine, "nonsense", "")
	w.refused("no address", err, "BAD_ADDRESS")
	lists := func(s *desk.Seat) []string {
		all, err := s.NeverLogs(w.ctx)
		w.ok(err)
		words := append([]string{}, all.Missing...)
		for _, n := range all.Entries {
			words = append(words, string(n.List)+" "+n.Address)
		}
		return words
	}
	w.want("ben's lists", lists(w.ben), []string{"desk @acme.test", "desk @office.test", "mine mum@home.test"})
	w.want("maya's lists", lists(w.maya), []string{"desk @acme.test", "desk @office.test"})
	h, err := w.maya.Journal(w.ctx, desk.JournalQuery{Kind: desk.EventNeverLogSet})
	w.ok(err)
	for _, e := range h.Entries {
		if e.Is == "mum@home.test" {
			w.t.Error("maya reads in the journal whom ben does not log")
		}
	}
	w.want("what maya reads there", len(h.Entries), 3)

	gone, err := w.maya.RemoveNeverLog(w.ctx, desk.NeverDesk, "acme.test")
	w.ok(err)
	w.want("what is offered then", lists(w.ben)[0], "acme.test")
	_, err = w.maya.Undo(w.ctx, gone.Batch)
	w.ok(err)
	w.want("after undo", lists(w.maya), []string{"desk @acme.test", "desk @office.test"})
	mine := w.neverLog(w.ben, desk.NeverMine, "x.test", "")
	again := w.neverLog(w.ben, desk.NeverMine, "@x.test", desk.NeverAddress)
	w.want("said twice", again.Batch, "")
	_, err = w.ben.Undo(w.ctx, mine.Batch)
	w.ok(err)
	w.want("ben's lists after undo", len(lists(w.ben)), 3)
}

// testLogging: the modes of a personal inbox, what is switched off by hand, and
// what becomes of what was there already (H64, H72, S237).
func testLogging(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	mode := func(m desk.Logging) desk.SettingsChanged {
		return w.set(w.ben, "Ben", map[desk.SettingKey]string{desk.SetLogging: string(m)})
	}
	me := boxes("ben@acme.test")
	auto := w.arrive(w.ownInbox.ID, between("1@x", "ann@firm.test", me, nil)).Conversation
	w.want("by default", w.loggedWith(w.ben, auto), "ann@firm.test")
	mode(desk.LoggingReplies)
	asked := w.arrive(w.ownInbox.ID, between("2@x", "bob@firm.test", me, nil)).Conversation
	w.want("not answered", w.loggedWith(w.ben, asked), "")
	_, err := w.ben.Send(w.ctx, desk.Draft{Kind: desk.DraftReply, Conversation: asked, Account: w.ownAcc.ID, Version: w.conversation(asked).Version, To: boxes("bob@firm.test"), Text: "Yes"}, desk.SendOptions{})
	w.ok(err)
	w.want("answered", w.loggedWith(w.ben, asked), "bob@firm.test")
	changed := mode(desk.LoggingOff)
	off := w.arrive(w.ownInbox.ID, between("3@x", "cy@firm.test", me, nil)).Conversation
	w.want("logging off", w.loggedWith(w.ben, off), "")
	w.want("what was logged before", w.loggedWith(w.ben, auto), "ann@firm.test")
	_, err = w.ben.SetInboxSettings(w.ctx, "Ben", map[desk.SettingKey]string{desk.SetLogging: "some"})
	w.refused("another word", err, "BAD_SETTING")
	_, err = w.maya.SetInboxSettings(w.ctx, "Support", map[desk.SettingKey]string{desk.SetLogging: "off"})
	w.refused("a team's mail", err, "NO_SUCH_SETTING")

	would := func(m desk.Logging) []string {
		p, err := w.ben.Logged(w.ctx, "Ben", m, 0)
		w.ok(err)
		var words []string
		for _, row := range p.Rows {
			words = append(words, row.With+row.Contact+string(row.Why)+" "+row.Whose)
		}
		return words
	}
	w.want("what would be, answered only", would(desk.LoggingReplies), []string{
		"ann@firm.test" + string(desk.NotAnsweredYet) + " ben", "bob@firm.testbob@firm.test ben", string(desk.NotAnsweredYet) + " ben",
	})
	if _, err := w.maya.Logged(w.ctx, "Ben", "", 0); desk.KindOf(err) != desk.NotFound && desk.KindOf(err) != desk.Denied {
		t.Errorf("maya asks what ben logs: %v", err)
	}
	if _, err := w.maya.Relog(w.ctx, "Ben", 0, ""); desk.KindOf(err) != desk.NotFound && desk.KindOf(err) != desk.Denied {
		t.Errorf("maya changes what ben logs: %v", err)
	}
	_, err = w.maya.Relog(w.ctx, "Support", 0, "")
	w.refused("a team's mail again", err, "TEAM_INBOX")

	past, err := w.ben.Relog(w.ctx, "Ben", 0, "")
	w.ok(err)
	w.want("brought in line", []any{past.Logged, past.Unlogged}, []any{0, 2})
	w.want("with whom", w.loggedWith(w.ben, auto)+w.loggedWith(w.ben, asked), "")
	undone, err := w.ben.Undo(w.ctx, past.Batch)
	w.ok(err)
	w.want("brought back", []any{len(undone.Done), w.loggedWith(w.ben, auto), w.loggedWith(w.ben, asked)}, []any{2, "ann@firm.test", "bob@firm.test"})
	_, err = w.ben.Undo(w.ctx, changed.Batch)
	w.ok(err)
	w.logOff(auto)
}

// logOff: one conversation is kept from being logged, and is again.
func (w *world) logOff(c desk.ConversationID) {
	w.t.Helper()
	w.set(w.ben, "Ben", map[desk.SettingKey]string{desk.SetLogging: ""})
	done, err := w.ben.LogOff(w.ctx, []desk.ConversationID{c})
	w.ok(err)
	w.want("switched off", w.loggedWith(w.ben, c), "")
	next := between("4@x", "ann@firm.test", boxes("ben@acme.test"), nil)
	next.InReplyTo = []string{"1@x"}
	w.want("it goes on there", w.arrive(w.ownInbox.ID, next).Conversation, c)
	w.want("and stays off", w.loggedWith(w.ben, c), "")
	_, err = w.ben.AddContactOf(w.ctx, c)
	w.refused("a contact by hand", err, "LOG_OFF")
	_, err = w.ben.Undo(w.ctx, done.Batch)
	w.ok(err)
	w.want("undone", w.loggedWith(w.ben, c), "ann@firm.test")
	for range 2 {
		_, err = w.ben.LogOff(w.ctx, []desk.ConversationID{c})
		w.ok(err)
	}
	_, err = w.ben.LogOn(w.ctx, []desk.ConversationID{c})
	w.ok(err)
	w.want("on again", w.loggedWith(w.ben, c), "ann@firm.test")
	w.neverLog(w.ben, desk.NeverMine, "ann@firm.test", "")
	past, err := w.ben.Relog(w.ctx, "Ben", 0, "")
	w.ok(err)
	w.want("listed, and what was there", []any{past.Unlogged, w.loggedWith(w.ben, c)}, []any{1, ""})
	_, err = w.ben.AddContactOf(w.ctx, c)
	w.refused("by hand, but listed", err, "NEVER_LOGGED")
	w.neverLogPast(c)

	team := w.arrive(w.support.ID, mail("5@x", "ann@firm.test", "five", "five")).Conversation
	out, err := w.ben.LogOff(w.ctx, []desk.ConversationID{team})
	w.ok(err)
	w.want("a team's conversation", []any{len(out.Done), len(out.Skipped)}, []any{0, 1})
}

// neverLogPast: a list is changed along with what is there already. A rehearsal
// counts what then happens, and one undo takes all of it back.
func (w *world) neverLogPast(c desk.ConversationID) {
	w.t.Helper()
	remove := func(ctx context.Context) (desk.NeverLogChange, error) {
		return w.ben.RemoveNeverLog(ctx, desk.NeverMine, "ann@firm.test")
	}
	listed := func() int {
		all, err := w.ben.NeverLogs(w.ctx)
		w.ok(err)
		return len(all.Entries)
	}
	_, foreseen, err := w.ben.NeverLogPast(desk.Rehearse(w.ctx), remove)
	w.ok(err)
	w.want("rehearsed", []any{foreseen.Logged, foreseen.Unlogged, listed(), w.loggedWith(w.ben, c)}, []any{1, 0, 1, ""})
	n, past, err := w.ben.NeverLogPast(w.ctx, remove)
	w.ok(err)
	w.want("done", []any{past.Logged, past.Unlogged, listed(), w.loggedWith(w.ben, c)}, []any{1, 0, 0, "ann@firm.test"})
	w.want("in one batch", past.Batch, n.Batch)
	undone, err := w.ben.Undo(w.ctx, "")
	w.ok(err)
	w.want("undone at once", []any{len(undone.Done), listed(), w.loggedWith(w.ben, c)}, []any{1, 1, ""})
}
