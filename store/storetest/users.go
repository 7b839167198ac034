package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

// refused wants an error with a code.
func (w *world) refused(what string, err error, code string) {
	w.t.Helper()
	var told *desk.Error
	if !errors.As(err, &told) || told.Code != code {
		w.t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// invite invites kim, the admin holding the code.
func (w *world) invite() desk.Invited {
	w.t.Helper()
	inv, err := w.maya.Invite(w.ctx, desk.Invitation{Login: "kim", Role: desk.RoleAdmin, Email: "kim@x.test", OutOfBand: true})
	w.ok(err)
	return inv
}

func testInvitations(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	inv := w.invite()
	_, err := w.d.SignIn(w.ctx, "kim", "")
	w.refused("signing in while pending", err, "PENDING")
	_, err = w.d.SignIn(w.ctx, "maya", "kim")
	w.want("acting as who is pending", desk.KindOf(err), desk.Denied)
	_, err = w.maya.Convert(w.ctx, desk.Conversion{Address: "help@acme.test", To: desk.Personal, Owner: "kim"})
	w.refused("an account for who is pending", err, "NO_SUCH_USER")
	w.want("a pending admin's inboxes", slices.Contains(w.logins("Support"), "kim"), false)
	_, err = w.ben.Invite(w.ctx, desk.Invitation{Login: "x", Role: desk.RoleAgent, Email: "x@x.test", OutOfBand: true})
	w.want("invited by an agent", desk.KindOf(err), desk.Denied)
	_, err = w.maya.Invite(w.ctx, desk.Invitation{Login: "kim2", Role: desk.RoleAgent, Email: "KIM@x.test", OutOfBand: true})
	w.refused("one address for two", err, "EMAIL_IN_USE")

	// Guessing ends after a few tries, and then the right code is no use.
	const again = "postroom user invite kim --email kim@x.test --out-of-band --role admin"
	for try := range 5 {
		w.want("used up", w.pendingOne().Spent, false)
		_, err = w.d.Verify(w.ctx, "kim", "AAAA-AAAA")
		w.refused("a wrong code", err, "BAD_CODE")
		w.want("a fresh one is offered", strings.Contains(hint(err), again), try == 4)
	}
	_, err = w.d.Verify(w.ctx, "kim", inv.Code)
	w.refused("the right code after too many tries", err, "BAD_CODE")
	w.want("a fresh one is offered", strings.Contains(hint(err), again), true)
	w.want("used up", []any{w.pendingOne().Spent, w.pendingOne().Again}, []any{true, again})

	old := w.invite()
	w.clock.forward(desk.CodeTime + time.Second)
	_, err = w.d.Verify(w.ctx, "kim", old.Code)
	w.refused("a code of the day before", err, "BAD_CODE")
	older := w.invite()
	inv = w.invite()
	_, err = w.d.Verify(w.ctx, "kim", older.Code)
	w.refused("a code that another has replaced", err, "BAD_CODE")
	_, err = w.d.Verify(w.ctx, "ben", inv.Code)
	w.refused("somebody else's code", err, "NOT_PENDING")

	_, err = w.d.Verify(w.ctx, "kim", " "+strings.ToLower(inv.Code))
	w.ok(err)
	w.want("kim sees shared inboxes now", slices.Contains(w.logins("Support"), "kim"), true)
	_, err = w.d.Verify(w.ctx, "kim", inv.Code)
	w.refused("a code used twice", err, "NOT_PENDING")
	_, err = w.d.SignIn(w.ctx, "kim", "")
	w.ok(err)

	_, err = w.maya.Invite(w.ctx, desk.Invitation{Login: "lou", Role: desk.RoleAgent, Email: "lou@x.test"})
	w.ok(err)
	list, err := w.maya.Pending(w.ctx)
	w.ok(err)
	w.want("pending", []any{len(list), list[0].User.Login, list[0].Mail}, []any{1, "lou", desk.Queued})
}

// pendingOne is the only one who was invited and has not come.
func (w *world) pendingOne() desk.Pending {
	w.t.Helper()
	list, err := w.maya.Pending(w.ctx)
	w.ok(err)
	if len(list) != 1 {
		w.t.Fatalf("%d are pending, want 1", len(list))
	}
	return list[0]
}

// testCodeArrives lets the code come into a mailbox of the desk, to whatever
// address it was sent (S15). Our own copy in Sent is no proof of anything.
func testCodeArrives(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	inv, err := w.maya.Invite(w.ctx, desk.Invitation{Login: "lou", Role: desk.RoleAgent, Email: "lou@elsewhere.test", Inbox: "Sales"})
	w.ok(err)
	w.rule(w.maya, "everything", "inbox:support", "", "tag ruled")
	subject := inv.Outgoing.Subject
	code := subject[strings.LastIndex(subject, " ")+1:]
	pending := func() bool {
		list, err := w.maya.Pending(w.ctx)
		w.ok(err)
		return len(list) == 1
	}
	receive := func(role desk.FolderRole, subject, id string) {
		raw := w.keep(w.support.ID, w.clock.get())
		w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{{
			Raw: raw, Account: w.helpAcc.ID, Role: role, At: w.clock.get(),
			Mail: mail(id, "postroom@acme.test", subject, "text"),
		}}))
	}
	receive(desk.RoleInbox, strings.Replace(subject, code, "AAAA-AAAA", 1), "wrong@x.test")
	w.want("pending after a wrong code", pending(), true)
	receive(desk.RoleSent, subject, "sent@x.test")
	w.want("pending after our own copy", pending(), true)
	receive(desk.RoleInbox, "Fwd: "+subject, "fwd@x.test")
	w.want("pending after the code has come", pending(), false)
	ours := inv.Outgoing.HeaderID
	m := mail(ours, "sales@acme.test", subject, "text")
	w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{{Raw: w.keep(w.support.ID, w.clock.get()), Account: w.helpAcc.ID, Role: desk.RoleInbox, At: w.clock.get(), Mail: m}}))
	for _, c := range w.conversations() {
		if open := c.Subject == strings.Replace(subject, code, "AAAA-AAAA", 1); (c.Status == desk.Open) != open || c.Assignee != 0 || c.Ticket != 0 {
			t.Errorf("%q of %q is %s", c.Subject, c.Who, c.Status)
		} else if c.Inbox == w.support.ID && slices.Contains(c.Tags, "ruled") != open {
			t.Errorf("a rule has met %q: %v, want %v", c.Subject, c.Tags, open) // the wrong code is the control
		}
	}
	again, err := w.maya.Invite(w.ctx, desk.Invitation{Login: "kim", Role: desk.RoleAgent, Email: "kim@elsewhere.test"})
	w.ok(err)
	w.want("who sends the code", again.Outgoing.From.Addr, "sales@acme.test")
}

// logins of those who see an inbox.
func (w *world) logins(inbox string) []string {
	w.t.Helper()
	v, err := w.maya.Inbox(w.ctx, inbox)
	w.ok(err)
	var list []string
	for _, m := range v.Members {
		list = append(list, m.Login)
	}
	return list
}

func testStanding(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	c := w.arrive(w.support.ID, mail("a@x.test", "ann@x.test", "Question", "When?")).Conversation
	closed := w.arrive(w.support.ID, mail("b@x.test", "ann@x.test", "Settled", "Thanks.")).Conversation
	_, err := w.ben.Take(w.ctx, []desk.ConversationID{c, closed})
	w.ok(err)
	_, err = w.ben.Close(w.ctx, []desk.ConversationID{closed})
	w.ok(err)
	_, err = w.ben.DisableUser(w.ctx, "zoe")
	w.want("disabled by an agent", desk.KindOf(err), desk.Denied)
	_, err = w.maya.DisableUser(w.ctx, "maya")
	w.refused("oneself", err, "YOURSELF")
	w.refused("the only admin's role", w.maya.SetRole(w.ctx, "maya", desk.RoleAgent), "LAST_ADMIN")
	freed, err := w.maya.DisableUser(w.ctx, "ben")
	w.ok(err)
	w.want("freed", freed, 1)
	_, err = w.maya.Reopen(w.ctx, []desk.ConversationID{closed})
	w.ok(err)
	th, err := w.maya.Thread(w.ctx, closed, 0)
	w.ok(err)
	w.want("who has what was closed", th.Assignee, desk.UserID(0))
	_, err = w.d.SignIn(w.ctx, "ben", "")
	w.want("signing in", desk.KindOf(err), desk.Denied)
	// His screen may still be open.
	_, err = w.ben.Thread(w.ctx, c, 0)
	w.want("reading on", desk.KindOf(err), desk.NotFound)
	_, err = w.ben.CreateInbox(w.ctx, "Ben's new", desk.Personal)
	w.want("writing on", desk.KindOf(err), desk.Denied)
	views, err := w.ben.Inboxes(w.ctx)
	w.ok(err)
	w.want("what he lists", len(views), 0)
	w.ok(w.maya.EnableUser(w.ctx, "ben"))
	_, err = w.ben.Thread(w.ctx, c, 0)
	w.ok(err)

	w.ok(w.maya.SetRole(w.ctx, "zoe", desk.RoleAdmin))
	w.want("an admin sees", slices.Contains(w.logins("Support"), "zoe"), true)
	_, err = w.maya.DisableUser(w.ctx, "zoe")
	w.ok(err)
	_, err = w.zoe.AddTeam(w.ctx, "mine")
	w.want("a disabled admin", desk.KindOf(err), desk.Denied)
}

func testRemoved(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	c := w.arrive(w.support.ID, mail("a@x.test", "ann@x.test", "Question", "When?")).Conversation
	private := w.arrive(w.ownInbox.ID, mail("b@x.test", "ann@x.test", "Private", "Us two")).Conversation
	_, err := w.ben.Take(w.ctx, []desk.ConversationID{c})
	w.ok(err)
	queued, err := w.ben.Send(w.ctx, desk.Draft{Kind: desk.DraftReply, Conversation: private, Version: w.version(private), Account: w.ownAcc.ID, To: []desk.Mailbox{{Addr: "ann@x.test"}}, Text: "Yes"}, desk.SendOptions{})
	w.ok(err)
	_, err = w.maya.RemoveUser(w.ctx, "ben", desk.Leaving{})
	w.refused("removed without a word", err, "USER_HOLDS")
	for _, what := range []string{"ben@acme.test", "Ben", "1 in Support"} {
		if !strings.Contains(err.Error(), what) {
			t.Errorf("the refusal does not name %s: %v", what, err)
		}
	}
	release, keep := desk.Going{Fate: desk.Release}, desk.Going{Fate: desk.KeepAs}
	_, err = w.maya.RemoveUser(w.ctx, "ben", desk.Leaving{Addresses: release, Inboxes: keep, Conversations: desk.Going{Fate: desk.Transfer, To: "zoe"}})
	w.refused("to somebody who cannot answer", err, "NO_HEIR")
	_, err = w.maya.RemoveUser(w.ctx, "ben", desk.Leaving{Addresses: release, Inboxes: release, Conversations: release})
	w.refused("an inbox thrown away", err, "BAD_FATE")

	failed, err := w.ben.Send(w.ctx, desk.Draft{Kind: desk.DraftReply, Conversation: c, Version: w.version(c), Account: w.helpAcc.ID, To: []desk.Mailbox{{Addr: "ann@x.test"}}, Text: "Soon"}, desk.SendOptions{})
	w.ok(err)
	bounced := failed.Outgoing
	bounced.State = desk.Failed
	w.write(func(wr desk.Writer) error { return wr.SaveOutgoing(bounced, desk.Queued) })
	_, err = w.maya.CancelSend(w.ctx, bounced.ID)
	w.want("a mail of somebody who is here", desk.KindOf(err), desk.Denied)

	l := desk.Leaving{Addresses: keep, Inboxes: keep, Conversations: desk.Going{Fate: desk.Transfer, To: "maya"}}
	seq := w.journalLength()
	_, err = w.maya.RemoveUser(desk.Rehearse(w.ctx), "ben", l)
	w.ok(err)
	w.want("events of a rehearsal", w.journalLength()-seq, desk.Seq(0))
	_, err = w.maya.RemoveUser(w.ctx, "ben", l)
	w.ok(err)
	w.gone(c, private, queued.Outgoing.ID)
	_, err = w.maya.BreakGlass(w.ctx, w.ownInbox.Name, "what was it", time.Hour)
	w.refused("a look that nobody can be told of", err, "OWNER_GONE")
	if undone, err := w.maya.Undo(w.ctx, ""); err == nil && slices.Contains(undone.Done, c) {
		t.Errorf("a part of the removal was undone: %+v", undone)
	}
	w.want("who has it after that", w.row(c).Assignee, w.maya.Actor().User)
	dr, err := w.maya.CancelSend(w.ctx, bounced.ID)
	w.ok(err)
	w.want("the text of a mail whose author has left", dr.Text, "Soon")
	further, err := w.maya.ReleaseAddress(w.ctx, "BEN@acme.test")
	w.ok(err)
	w.want("further addresses that are free with it", further, 0)
	_, err = w.maya.ReleaseAddress(w.ctx, "ben@acme.test")
	w.refused("released twice", err, "NO_SUCH_ADDRESS")
	_, err = w.maya.ReleaseAddress(w.ctx, "help@acme.test")
	w.refused("of somebody who is here", err, "HOLDER_IS_HERE")
	w.connect(w.maya, "Support", "ben@acme.test")

	// The login is free, and is somebody else.
	_, err = w.maya.AddUser(w.ctx, "ben", "Ben the Second", desk.RoleAgent)
	w.ok(err)
	_, err = w.seat(w.d, "ben").Thread(w.ctx, private, 0)
	w.want("the private mail, by a new ben", desk.KindOf(err), desk.NotFound)
	w.checkCounts()
}

// gone looks at what a removed user has left behind.
func (w *world) gone(c, private desk.ConversationID, queued desk.OutgoingID) {
	w.t.Helper()
	found, err := w.maya.Thread(w.ctx, c, 0)
	w.ok(err)
	w.want("who has it now", found.Assignee, w.maya.Actor().User)
	for who, s := range map[string]*desk.Seat{"ben": w.ben, "an admin": w.maya} {
		if _, err := s.Thread(w.ctx, private, 0); desk.KindOf(err) != desk.NotFound {
			w.t.Errorf("the private mail of one who has left, by %s: %v", who, err)
		}
	}
	users, err := w.maya.Users(w.ctx)
	w.ok(err)
	w.want("he is listed", slices.ContainsFunc(users, func(u desk.User) bool { return u.Login == "ben" }), false)
	w.read(func(r desk.Reader) error {
		out, err := r.Outgoing(queued)
		w.want("what had not left", out.State, desk.Cancelled)
		if err != nil {
			return err
		}
		a, err := r.Account(w.ownAcc.ID)
		w.want("his account", []any{a.State, len(a.Secret)}, []any{desk.AccountPaused, 0})
		return err
	})
	e := w.inUse(w.maya, "Support", desk.Account{Address: "ben@acme.test"})
	w.want("how it is freed", e.Holder.Release, "postroom account release ben@acme.test")
}

func (w *world) version(c desk.ConversationID) int64 {
	w.t.Helper()
	var v int64
	w.ok(w.store.Read(context.Background(), func(r desk.Reader) error {
		found, err := r.Conversation(c)
		v = found.Version
		return err
	}))
	return v
}
