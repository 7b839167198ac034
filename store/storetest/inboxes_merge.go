package storetest

import (
	"slices"
	"testing"
	"time"

	"postroom/desk"
)

// testInboxesMerged: an inbox goes into another one with its addresses,
// conversations, rules and routing. Who is not in the other sees nothing of it,
// what is fetched again or late comes to the right place and not twice, and
// nothing leads back to an inbox that is gone (S289).
func testInboxesMerged(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	b := &box{w: w, epoch: 1, mails: map[uint32]desk.Fetched{}}
	b.add(1, "one")
	b.add(2, "two")
	b.sync(w.salesAcc.ID)
	both := &box{w: w, epoch: 1, mails: map[uint32]desk.Fetched{1: b.mails[1]}}
	both.sync(w.helpAcc.ID) // the same bytes in both inboxes
	one := w.query(w.zoe, "inbox:Sales one")[0]
	two := w.query(w.zoe, "two")[0]
	_, err := w.zoe.Assign(w.ctx, []desk.ConversationID{one}, w.userID("zoe"))
	w.ok(err)
	_, err = w.ben.AddNote(w.ctx, two, "a note of sales")
	w.ok(err)
	w.rule(w.maya, "spam of sales", "inbox:Sales", "subject:offer", "close")
	w.rule(w.maya, "to zoe", "inbox:Sales", "", "assign zoe")
	before := w.aboutInbox(w.sales.ID)

	plan, err := w.maya.MergeInboxes(desk.Rehearse(w.ctx), "sales", "Support", "From-Sales")
	w.ok(err)
	w.want("the preview", []any{plan.From.Name, plan.To.Name, plan.Tag, plan.Open, plan.All, logins(plan.Losing), logins(plan.Gaining), plan.Rules},
		[]any{"Sales", "Support", "from-sales", 2, 2, []string{"zoe"}, []string(nil), []string{"spam of sales", "to zoe"}})
	w.want("who loses what", []any{len(plan.Adrift), plan.Adrift[0].User.Login, plan.Adrift[0].Open}, []any{1, "zoe", 1})
	w.want("what is turned off", []any{len(plan.Idle), plan.Idle[0].Name}, []any{1, "to zoe"})
	w.want("after a preview", w.aboutInbox(w.sales.ID), before)

	b.add(3, "three, not fetched yet")
	done, err := w.maya.MergeInboxes(w.ctx, "sales", "Support", "From-Sales")
	w.ok(err)
	w.want("done as planned", done, plan)
	w.merged(one, two)

	b.epoch = 2 // the server numbers the folder anew: all is fetched once more
	b.add(4, "four")
	b.sync(w.salesAcc.ID)
	got := w.subjects(w.support.ID)
	slices.Sort(got)
	w.want("in Support", got, []string{"four", "one", "one", "three, not fetched yet", "two"})
	w.want("in Sales", w.subjects(w.sales.ID), []string(nil))
	w.checkCounts()

	// The name is free, and that is the way back.
	again, err := w.maya.CreateInbox(w.ctx, "Sales", desk.Shared)
	w.ok(err)
	w.clock.forward(time.Second)
	_, err = w.maya.Transfer(w.ctx, "sales@acme.test", "Sales")
	w.ok(err)
	_, err = w.maya.Undo(w.ctx, "")
	w.ok(err)
	w.ok(w.maya.AddMember(w.ctx, "Sales", "maya", desk.WorkRights()))
	w.ok(w.maya.AddMember(w.ctx, "Support", "maya", desk.WorkRights()))
	out, err := w.maya.Move(w.ctx, w.query(w.maya, "tag:from-sales"), "Sales")
	w.ok(err)
	w.want("back", []any{len(out.Done), w.row(two).Inbox}, []any{2, again.ID})
}

// testInboxesMergedOn: what went into an inbox that goes into another one itself
// is found there, by whoever works there and nobody else, and what is moved out
// of it again is found where it is.
func testInboxesMergedOn(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	at := w.clock.get()
	hello := w.arriveAt(w.sales.ID, mail("a@x", "ann@x.test", "Hello", "a walnut table"), at).Conversation
	other := w.arriveAt(w.sales.ID, mail("b@x", "bob@x.test", "Other", "a walnut chair"), at.Add(time.Minute)).Conversation
	far, err := w.maya.CreateInbox(w.ctx, "Far", desk.Shared)
	w.ok(err)
	for _, login := range []string{"maya", "ben"} {
		w.ok(w.maya.AddMember(w.ctx, "Far", login, desk.WorkRights()))
	}
	w.want("zoe finds before", len(w.query(w.zoe, "walnut")), 2)
	_, err = w.maya.MergeInboxes(w.ctx, "Sales", "Support", "")
	w.ok(err)
	_, err = w.maya.MergeInboxes(w.ctx, "Support", "Far", "")
	w.ok(err)
	own := w.arriveAt(far.ID, mail("c@x", "cay@x.test", "Third", "a walnut shelf"), at.Add(2*time.Minute)).Conversation
	for line, found := range map[string][]desk.ConversationID{
		"walnut": {hello, other, own}, "inbox:Far walnut": {hello, other, own}, "walnut -chair": {hello, own},
		"is:closed OR table": {hello}, "from:ann@x.test walnut": {hello},
	} {
		w.want("ben: "+line, w.query(w.ben, line), found)
	}
	w.want("zoe finds", len(w.query(w.zoe, "walnut")), 0)

	_, err = w.maya.CreateInbox(w.ctx, "Back", desk.Shared)
	w.ok(err)
	w.ok(w.maya.AddMember(w.ctx, "Back", "maya", desk.WorkRights()))
	_, err = w.maya.Move(w.ctx, []desk.ConversationID{hello}, "Back")
	w.ok(err)
	w.want("ben, when it has been moved", w.query(w.ben, "walnut"), []desk.ConversationID{other, own})
	w.want("maya, where it is", w.query(w.maya, "inbox:Back walnut"), []desk.ConversationID{hello})
	w.checkCounts()
}

// aboutInbox is what a preview could have changed.
func (w *world) aboutInbox(id desk.InboxID) any {
	w.t.Helper()
	var last desk.Seq
	var a desk.Account
	w.read(func(r desk.Reader) error {
		var err error
		if last, err = r.LastSeq(); err != nil {
			return err
		}
		a, err = r.Account(w.salesAcc.ID)
		return err
	})
	return []any{last, a.Inbox, w.inboxNow(id), w.subjects(id)}
}

// merged looks at what came of it.
func (w *world) merged(one, two desk.ConversationID) {
	w.t.Helper()
	c := w.row(one)
	w.want("one", []any{c.Inbox, c.Assignee, c.Tags}, []any{w.support.ID, desk.UserID(0), []string{"from-sales"}})
	w.want("zoe finds", len(w.query(w.zoe, "two"))+len(w.query(w.zoe, "note of sales")), 0)
	w.want("ben finds", []any{w.query(w.ben, "inbox:Support two"), w.query(w.ben, "note of sales"), len(w.query(w.ben, "tag:from-sales"))},
		[]any{[]desk.ConversationID{two}, []desk.ConversationID{two}, 2})
	w.want("the inbox that is gone", w.inboxNow(w.sales.ID).JoinedTo, w.support.ID)
	list, err := w.maya.Inboxes(w.ctx)
	w.ok(err)
	for _, v := range list {
		w.want("is listed", v.Name == "Sales", false)
	}
	a, err := w.maya.Rule(w.ctx, "spam of sales")
	w.ok(err)
	w.want("its rule", []any{a.Text.Scope, a.Enabled}, []any{"channel:sales@acme.test", true})
	z, err := w.maya.Rule(w.ctx, "to zoe")
	w.ok(err)
	w.want("the rule for who is not there", []any{z.Text.Scope, z.Enabled}, []any{"channel:sales@acme.test", false})
	h, err := w.maya.Journal(w.ctx, desk.JournalQuery{Limit: 50})
	w.ok(err)
	var in []string
	for _, e := range h.Entries {
		if e.Kind == desk.EventInboxesMerged {
			in = append(in, e.InboxName)
		}
	}
	slices.Sort(in)
	w.want("the journal has it", in, []string{"Sales", "Support"})
	w.want("once more", refused(second(w.maya.MergeInboxes(w.ctx, "Sales", "Support", ""))), "NO_SUCH_INBOX")
}

func second[T any](_ T, err error) error { return err }

// testInboxesNotMerged: what is in the way is said, and nothing has happened.
func testInboxesNotMerged(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	m := w.arriveAt(w.sales.ID, mail("a@x", "ann@x.test", "Hello", "text"), w.clock.get())
	w.reply(m.Conversation, "an answer", desk.SendOptions{})
	before := w.aboutInbox(w.sales.ID)
	for what, try := range map[string]struct {
		by         *desk.Seat
		from, into string
		code       string
	}{
		"into itself":            {w.maya, "Sales", "sales", "SAME_INBOX"},
		"into a personal one":    {w.ben, "Sales", "Ben", "NO_CONFIGURE_PERMISSION"},
		"a personal one":         {w.ben, "Ben", "Support", "PERSONAL"},
		"what he does not see":   {w.zoe, "Support", "Sales", "NO_SUCH_INBOX"},
		"what he only works in":  {w.zoe, "Sales", "Support", "NO_CONFIGURE_PERMISSION"},
		"while mail is to leave": {w.maya, "Sales", "Support", "MAIL_WAITING"},
	} {
		w.want(what, refused(second(try.by.MergeInboxes(w.ctx, try.from, try.into, ""))), try.code)
	}
	w.want("afterwards", w.aboutInbox(w.sales.ID), before)

	// A rule that asks for it by name would never hold again.
	w.rule(w.maya, "by name", "desk", "inbox:Support subject:x", "close")
	w.want("a rule by name", refused(second(w.maya.MergeInboxes(w.ctx, "Support", "Sales", ""))), "REFERENCED")
	w.ok(w.maya.RemoveRule(w.ctx, "by name"))
	w.rule(w.maya, "moves there", "desk", "subject:x", "move Support")
	w.want("a rule that moves there", refused(second(w.maya.MergeInboxes(w.ctx, "Support", "Sales", ""))), "REFERENCED")
	w.ok(w.maya.RemoveRule(w.ctx, "moves there"))
	_, err := w.maya.MergeInboxes(w.ctx, "Support", "Sales", "")
	w.ok(err)
}

// testInboxesMergedUndo: undoing what was done before leads to no inbox that is
// gone.
func testInboxesMergedUndo(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	m := w.arriveAt(w.sales.ID, mail("a@x", "ann@x.test", "Hello", "text"), w.clock.get())
	moved, err := w.ben.Move(w.ctx, []desk.ConversationID{m.Conversation}, "Support")
	w.ok(err)
	went, err := w.maya.Transfer(w.ctx, "sales@acme.test", "Support")
	w.ok(err)
	set, err := w.maya.SetInboxSettings(w.ctx, "Sales", map[desk.SettingKey]string{desk.SetSignature: "x"})
	w.ok(err)
	_, err = w.maya.MergeInboxes(w.ctx, "Sales", "Support", "")
	w.ok(err)
	out, err := w.ben.Undo(w.ctx, moved.Batch)
	w.ok(err)
	w.want("a move back", []any{len(out.Skipped), w.row(m.Conversation).Inbox}, []any{1, w.support.ID})
	for what, batch := range map[string]string{"a transfer back": went.Batch, "a setting of it": set.Batch} {
		w.want(what, refused(second(w.maya.Undo(w.ctx, batch))), "CHANGED_SINCE")
	}
	// Mail that answers what had left it comes in where the address went.
	r := mail("b@x", "ann@x.test", "Re: Hello", "more")
	r.InReplyTo = []string{"a@x"}
	w.want("an answer", w.arriveIn(w.support.ID, r).Conversation, m.Conversation)
}
