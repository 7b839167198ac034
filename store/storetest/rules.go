package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

// rule makes a rule, which has to succeed.
func (w *world) rule(s *desk.Seat, name, scope, when string, then ...string) desk.RuleView {
	w.t.Helper()
	v, err := s.AddRule(w.ctx, desk.RuleText{Name: name, Scope: scope, On: "received", When: when, Then: then, Enabled: true}, 0)
	w.ok(err)
	return v
}

func (w *world) conversation(id desk.ConversationID) desk.Conversation {
	w.t.Helper()
	var c desk.Conversation
	w.read(func(r desk.Reader) error {
		var err error
		c, err = r.Conversation(id)
		return err
	})
	return c
}

func (w *world) userID(login string) desk.UserID {
	w.t.Helper()
	var u desk.User
	w.read(func(r desk.Reader) error {
		var err error
		u, err = r.UserByLogin(login)
		return err
	})
	return u.ID
}

// eventsBy are the kinds of a conversation's events that rules made, with the
// rules' names.
func (w *world) byRules(id desk.ConversationID) []string {
	w.t.Helper()
	var list []string
	w.read(func(r desk.Reader) error {
		events, err := r.EventsAfter(0, 10_000)
		for _, e := range events {
			if e.Conversation == id && e.Actor.Kind == desk.ActorRule {
				list = append(list, e.Actor.Login+": "+string(e.Kind))
			}
		}
		return err
	})
	return list
}

// testRules: what a rule does is there with the mail or not at all, in the order
// of the rules, each once (S72, S101, F127, F189).
func testRules(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.rule(w.maya, "invoices", "inbox:support", "invoice", "assign ben")
	w.rule(w.maya, "assigned newsletters", "desk", "is:assigned body:unsubscribe", "close", "stop")
	w.rule(w.maya, "never reached", "desk", "body:unsubscribe", "spam")
	w.rule(w.ben, "mine", "inbox:ben", "from:@x.test", "close")

	plain := w.arrive(w.support.ID, mail("a@x", "ann@x.test", "Lamp", "It is broken."))
	w.want("no rule matches", w.byRules(plain.Conversation), []string{})
	both := w.arrive(w.support.ID, mail("b@x", "ann@x.test", "Re: the INVOICE", "Please unsubscribe me."))
	w.want("the second sees what the first did, and stops the third", w.byRules(both.Conversation), []string{"invoices: assigned", "assigned newsletters: closed"})
	c := w.conversation(both.Conversation)
	w.want("the conversation", []any{c.Assignee, c.Status, c.Spam}, []any{w.userID("ben"), desk.Closed, false})
	other := w.arrive(w.sales.ID, mail("c@x", "ann@x.test", "invoice", "unsubscribe"))
	w.want("in another inbox", w.byRules(other.Conversation), []string{"never reached: spam"})
	own := w.arrive(w.ownInbox.ID, mail("d@x", "ann@x.test", "invoice", "unsubscribe"))
	w.want("a personal inbox has its owner's rules only", w.byRules(own.Conversation), []string{"mine: closed"})

	rules, err := w.maya.Rules(w.ctx)
	w.ok(err)
	var hits []int64
	for _, r := range rules {
		hits = append(hits, r.Hits)
	}
	w.want("hits, without a rule of somebody else's inbox", hits, []int64{1, 1, 1})

	// Old mail and the same mail once more do nothing.
	raw := w.keep(w.support.ID, w.clock.get())
	in := desk.Incoming{Raw: raw, Inbox: w.support.ID, Role: desk.RoleInbox, At: w.clock.get(), Old: true, Mail: mail("e@x", "ann@x.test", "invoice", "")}
	w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{in}))
	w.want("old mail", len(w.byRules(w.messageOf(w.support.ID, raw).Conversation)), 0)
	w.write(func(wr desk.Writer) error {
		hit := desk.RuleHit{Rule: rules[0].ID, Conversation: both.Conversation, Occasion: "mail", Mark: int64(both.ID), At: w.clock.get()}
		if fresh, err := wr.NoteRuleHit(hit); err != nil || fresh {
			t.Errorf("the same rule runs twice for a mail: %v, %v", fresh, err)
		}
		hit.Mark++
		if fresh, err := wr.NoteRuleHit(hit); err != nil || !fresh {
			t.Errorf("the control: %v, %v", fresh, err)
		}
		return nil
	})
}

// testRuleLoops: rules that would make each other run for ever.
func testRuleLoops(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	for _, who := range []string{"ben", "maya"} {
		_, err := w.maya.AddRule(w.ctx, desk.RuleText{Name: "to " + who, Scope: "inbox:support", On: "received, assigned", When: "-assignee:" + who, Then: []string{"assign " + who}, Enabled: true}, 0)
		w.ok(err)
	}
	c := w.arrive(w.support.ID, mail("a@x", "ann@x.test", "Lamp", "It is broken.")).Conversation
	w.want("each once for a mail", w.byRules(c), []string{"to ben: assigned", "to maya: assigned"})
	_, err := w.maya.Assign(w.ctx, []desk.ConversationID{c}, 0)
	w.ok(err)
	w.want("and once for what a person did", len(w.byRules(c)), 4)
	_, err = w.maya.Assign(w.ctx, []desk.ConversationID{c}, 0)
	w.ok(err)
	w.want("again for the next", len(w.byRules(c)), 6)
}

func testRulesRefused(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	text := desk.RuleText{Name: "x", Scope: "inbox:support", On: "received", When: "invoice", Then: []string{"assign ben"}, Enabled: true}
	refused := func(s *desk.Seat, code string, change func(*desk.RuleText)) {
		t.Helper()
		bad := text
		change(&bad)
		_, err := s.AddRule(w.ctx, bad, 0)
		var e *desk.Error
		if !errors.As(err, &e) || e.Code != code || e.Hint == "" {
			t.Errorf("%+v: %v, want %s with a hint", bad, err, code)
		}
	}
	refused(w.maya, "NO_ACCESS", func(r *desk.RuleText) { r.Then = []string{"assign zoe"} }) // S106
	refused(w.maya, "NO_ACCESS", func(r *desk.RuleText) { r.Scope, r.Then = "desk", []string{"assign zoe"} })
	refused(w.maya, "NO_SUCH_USER", func(r *desk.RuleText) { r.Then = []string{"assign who"} })
	refused(w.maya, "BAD_ACTION", func(r *desk.RuleText) { r.Then = []string{"asign ben"} })
	refused(w.maya, "BAD_RULE", func(r *desk.RuleText) { r.Then = nil })
	refused(w.maya, "BAD_RULE", func(r *desk.RuleText) { r.On = "silent" })
	refused(w.maya, "BAD_QUERY", func(r *desk.RuleText) { r.When = "is:unread" })
	refused(w.maya, "BAD_QUERY", func(r *desk.RuleText) { r.When = "bdy:x" })
	refused(w.maya, "BAD_RULE", func(r *desk.RuleText) { r.On, r.When = "received, assigned", "x OR -header:X-A" })
	refused(w.maya, "BAD_RULE", func(r *desk.RuleText) { r.On, r.When = "silent 3d", "auth:none" })
	refused(w.maya, "BAD_SCOPE", func(r *desk.RuleText) { r.Scope = "everywhere" })
	refused(w.maya, "NO_SUCH_ADDRESS", func(r *desk.RuleText) { r.Scope = "channel:ben@acme.test" })
	refused(w.maya, "NO_SUCH_INBOX", func(r *desk.RuleText) { r.Scope = "inbox:ben" })
	refused(w.ben, "NO_CONFIGURE_PERMISSION", func(*desk.RuleText) {})
	refused(w.ben, "NOT_ALLOWED", func(r *desk.RuleText) { r.Scope = "desk" })
	refused(w.zoe, "NO_SUCH_INBOX", func(*desk.RuleText) {})
	refused(w.ben, "PERSONAL_INBOX", func(r *desk.RuleText) { r.Scope = "inbox:ben" }) // S215
	// The controls.
	w.rule(w.maya, "x", "inbox:support", "invoice", "assign ben")
	w.rule(w.maya, "y", "desk", "inbox:sales invoice", "assign zoe")
	w.rule(w.ben, "z", "inbox:ben", "invoice", "close")
	refused(w.maya, "NAME_IN_USE", func(r *desk.RuleText) { r.Name = "X" })
	if _, err := w.maya.Rule(w.ctx, "z"); desk.KindOf(err) != desk.NotFound {
		t.Errorf("a rule of a personal inbox is seen: %v", err)
	}
	if err := w.zoe.RemoveRule(w.ctx, "x"); desk.KindOf(err) != desk.NotFound {
		t.Errorf("a stranger's rule is removed: %v", err)
	}
}

// testRuleHistory: what the rules were is known, whoever changes them, and what
// one was that is gone is no other's.
func testRuleHistory(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	names := func() string {
		list, err := w.maya.Rules(w.ctx)
		w.ok(err)
		var words []string
		for i, r := range list {
			w.want("the position of "+r.Name, r.Position, i+1)
			words = append(words, r.Name)
		}
		return strings.Join(words, " ")
	}
	for _, name := range []string{"a", "b", "c"} {
		w.rule(w.maya, name, "inbox:support", "invoice", "close")
	}
	_, err := w.maya.AddRule(w.ctx, desk.RuleText{Name: "first", Scope: "desk", On: "received", Then: []string{"stop"}}, 1)
	w.ok(err)
	w.want("added at a place", names(), "first a b c")
	w.ok(w.maya.OrderRule(w.ctx, "c", 2))
	w.want("moved", names(), "first c a b")
	if err := w.maya.OrderRule(w.ctx, "c", 9); desk.KindOf(err) != desk.Invalid {
		t.Errorf("moved beyond the end: %v", err)
	}
	_, err = w.maya.EditRule(w.ctx, "a", func(r *desk.RuleText) error { r.When, r.Name = "refund", "refunds"; return nil })
	w.ok(err)
	w.ok(w.maya.RemoveRule(w.ctx, "first"))
	w.want("removed", names(), "c refunds b")
	h, err := w.maya.RuleHistory(w.ctx, "refunds")
	w.ok(err)
	w.want("its history", []any{len(h), h[0].Change, h[1].Change, h[1].Text.When, h[1].Who}, []any{2, desk.RuleAdded, desk.RuleEdited, "refund", "Maya"})
	for range 2 {
		w.rule(w.maya, "last", "inbox:support", "invoice", "close")
		h, err = w.maya.RuleHistory(w.ctx, "last")
		w.ok(err)
		w.want("the history of a rule made after another was removed", len(h), 1)
		w.ok(w.maya.RemoveRule(w.ctx, "last"))
	}
	if !slices.ContainsFunc(mustEvents(w), func(e desk.Event) bool {
		return e.Kind == desk.EventRuleChanged && strings.Contains(string(e.Before), "invoice") && strings.Contains(string(e.After), "refund")
	}) {
		t.Error("the journal does not say what was changed")
	}
}

func mustEvents(w *world) []desk.Event {
	var list []desk.Event
	w.read(func(r desk.Reader) error {
		var err error
		list, err = r.EventsAfter(0, 10_000)
		return err
	})
	return list
}

// answering makes a rule that answers mail to the inbox Support.
func testRuleAnswers(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.rule(w.maya, "received", "inbox:support", "", `reply "We have it.\n{{inbox.name}}"`)
	answers := func() []desk.Outgoing {
		var list []desk.Outgoing
		w.read(func(r desk.Reader) error {
			var err error
			list, err = r.OutgoingOf(w.helpAcc.ID, desk.Queued)
			return err
		})
		return list
	}
	c := w.arrive(w.support.ID, mail("a@x", "ann@x.test", "Lamp", "It is broken.")).Conversation
	out := answers()
	w.want("an answer", []any{len(out), out[0].To[0].Addr, out[0].From, out[0].Text, out[0].Subject, out[0].InReplyTo, out[0].Automatic()},
		[]any{1, "ann@x.test", desk.Mailbox{Name: "Support", Addr: "help@acme.test"}, "We have it.\nSupport", "Re: Lamp", "a@x", true})
	row := w.conversation(c)
	w.want("the customer waits all the same, and nobody has it", []any{row.Owed(), row.Assignee, row.Messages}, []any{true, 0, 2})
	w.arrive(w.support.ID, mail("b@x", "Ann@x.test", "Another", "Hello?"))
	w.want("one a day to a sender", len(answers()), 1)
	for i, auto := range []desk.AutoKind{desk.AutoReply, desk.AutoBounce, desk.AutoList, desk.AutoGenerated} {
		m := mail(string(auto), "auto"+string(rune('a'+i))+"@x.test", "Away", "I am away.")
		m.Auto.Kind = auto
		w.arrive(w.support.ID, m)
	}
	w.want("a machine gets none", len(answers()), 1)
	forged := desk.Incoming{Raw: w.keep(w.support.ID, w.clock.get()), Inbox: w.support.ID, Role: desk.RoleInbox, At: w.clock.get(), AuthFailed: true, Mail: mail("f@x", "bob@x.test", "x", "x")}
	w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{forged}))
	w.want("who is not who he says gets none", len(answers()), 1)
	w.arrive(w.support.ID, mail("g@x", "bob@x.test", "x", "x"))
	w.want("the control: another sender", len(answers()), 2)
	w.clock.forward(25 * time.Hour)
	w.arrive(w.support.ID, mail("h@x", "ann@x.test", "x", "x"))
	w.want("a day later", len(answers()), 3)
}

// testRuleThreads: a machine's mail finds the open conversation of its sender by
// a captured text, and nobody else's.
func testRuleThreads(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.rule(w.maya, "incidents", "inbox:support", "from:@monitor.test", `thread-by Incident (\d+)`)
	arrive := func(in desk.InboxID, id, from, subject string) desk.ConversationID {
		return w.arrive(in, mail(id, from, subject, "down")).Conversation
	}
	first := arrive(w.support.ID, "a@x", "bot@monitor.test", "Incident 17 began")
	w.want("the same incident", arrive(w.support.ID, "b@x", "bot@monitor.test", "Incident 17 goes on"), first)
	for what, other := range map[string]desk.ConversationID{
		"another incident": arrive(w.support.ID, "c@x", "bot@monitor.test", "Incident 18 began"),
		"another sender":   arrive(w.support.ID, "d@x", "eve@monitor.test", "Incident 17"),
		"another inbox":    arrive(w.sales.ID, "e@x", "bot@monitor.test", "Incident 17"),
		"no capture":       arrive(w.support.ID, "f@x", "bot@monitor.test", "Incident"),
	} {
		if other == first {
			t.Errorf("%s joins", what)
		}
	}
	_, err := w.maya.Close(w.ctx, []desk.ConversationID{first})
	w.ok(err)
	again := arrive(w.support.ID, "g@x", "bot@monitor.test", "Incident 17 again")
	if again == first {
		t.Error("what is closed is joined")
	}
	w.want("the new one is the one from then on", arrive(w.support.ID, "h@x", "bot@monitor.test", "Incident 17"), again)
}

// testRuleNotices: who a rule wants to hear of something hears of it.
func testRuleNotices(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.rule(w.maya, "tell ben", "inbox:support", "urgent", "notify ben look at this")
	w.rule(w.maya, "call", "inbox:support", "urgent", "webhook https://hooks.acme.test/x", "tag urgent -old", "priority high")
	begin, err := w.ben.News(w.ctx, 0)
	w.ok(err)
	c := w.arrive(w.support.ID, mail("a@x", "ann@x.test", "Urgent lamp", "It is broken.")).Conversation
	w.arrive(w.support.ID, mail("b@x", "ann@x.test", "lamp", "It is broken."))
	news, err := w.ben.News(w.ctx, begin.Seq)
	w.ok(err)
	w.want("what ben hears", []any{len(news.Inboxes), news.Inboxes[0].Conversations}, []any{1, []desk.ConversationID{c}})
	news, err = w.maya.News(w.ctx, begin.Seq)
	w.ok(err)
	w.want("what maya hears", len(news.Inboxes), 0)
	row := w.conversation(c)
	w.want("tags and priority", []any{row.Tags, row.Priority}, []any{[]string{"urgent"}, desk.High})

	room := w.d.Mailroom()
	busy := []string{"https://other.acme.test/", "https://hooks.acme.test/"}
	if _, found, err := room.ClaimHook(w.ctx, busy); err != nil || found {
		t.Errorf("who is being called is called: %v, %v", found, err)
	}
	waits, err := room.NextHook(w.ctx, busy)
	w.ok(err)
	w.want("what waits for others", waits.IsZero(), true)
	hook, found, err := room.ClaimHook(w.ctx, busy[:1])
	w.ok(err)
	if !found || !strings.Contains(string(hook.Body), `"subject":"Urgent lamp"`) || hook.Key == "" || hook.URL != "https://hooks.acme.test/x" {
		t.Fatalf("the call: %v %+v", found, hook)
	}
	if _, found, err := room.ClaimHook(w.ctx, nil); err != nil || found {
		t.Errorf("a call is made by two at once: %v, %v", found, err)
	}
	w.hookKeys("call", hook.Key)
	w.ok(room.FinishHook(w.ctx, hook, errors.New("no answer")))
	next, err := room.NextHook(w.ctx, nil)
	w.ok(err)
	w.want("tried again", next.Sub(w.clock.get()), time.Minute)
	w.clock.forward(25 * time.Hour)
	hook, found, err = room.ClaimHook(w.ctx, nil)
	if err != nil || !found {
		t.Fatalf("it is not due any more: %v", err)
	}
	w.ok(room.FinishHook(w.ctx, hook, errors.New("no answer")))
	if next, err = room.NextHook(w.ctx, nil); err != nil || !next.IsZero() {
		t.Errorf("it is never given up: %v, %v", next, err)
	}
	w.want("and that is said", slices.ContainsFunc(mustEvents(w), func(e desk.Event) bool { return e.Kind == desk.EventHookFailed && e.Conversation == c }), true)
}

// hookKeys: the key that calls are signed with is shown and renewed by whoever
// may change the rule, and nobody else's.
func (w *world) hookKeys(rule, used string) {
	w.t.Helper()
	k, err := w.maya.HookKey(w.ctx, rule)
	w.ok(err)
	w.want("the key that is shown", []any{k.Key, k.Calls}, []any{used, []string{"https://hooks.acme.test/x"}})
	renewed, err := w.maya.RenewHookKey(w.ctx, rule)
	w.ok(err)
	again, err := w.maya.HookKey(w.ctx, rule)
	w.ok(err)
	w.want("the new key stays, the old one is no more", []any{again.Key == renewed.Key, renewed.Key == used}, []any{true, false})
	for _, ask := range []func(context.Context, string) (desk.HookKey, error){w.ben.HookKey, w.ben.RenewHookKey} {
		k, err := ask(w.ctx, rule)
		w.want("who may not change the rule", []any{desk.KindOf(err), k}, []any{desk.Denied, desk.HookKey{}})
	}
	_, err = w.maya.RenewHookKey(w.ctx, "tell ben")
	w.want("a rule that calls nobody", desk.KindOf(err), desk.Conflict)
	_, err = w.maya.EditRule(w.ctx, rule, func(t *desk.RuleText) error { t.Name = "called"; return nil })
	w.ok(err)
	k, err = w.maya.HookKey(w.ctx, "called")
	w.ok(err)
	w.want("an edited rule keeps its key", k.Key, renewed.Key)
	w.ok(w.maya.RemoveRule(w.ctx, "called"))
	w.rule(w.maya, rule, "inbox:support", "urgent", "webhook https://hooks.acme.test/x")
	k, err = w.maya.HookKey(w.ctx, rule)
	w.ok(err)
	w.want("another rule has another key", k.Key == renewed.Key, false)
}

// testRuleTime: rules that wait for time, once, by whatever process.
func testRuleTime(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	room := w.d.Mailroom()
	tick := func() time.Time {
		t.Helper()
		next, err := room.Tick(w.ctx)
		w.ok(err)
		return next
	}
	before := w.arrive(w.support.ID, mail("0@x", "old@x.test", "Old", "Hello")).Conversation
	w.clock.forward(100 * time.Hour)
	for _, on := range []string{"silent 3d", "waiting 2d"} {
		_, err := w.maya.AddRule(w.ctx, desk.RuleText{Name: on, Scope: "inbox:support", On: on, Then: []string{"tag " + strings.ReplaceAll(on, " ", "-")}, Enabled: true}, 0)
		w.ok(err)
	}
	asked := w.arrive(w.support.ID, mail("a@x", "ann@x.test", "Lamp", "It is broken.")).Conversation
	answered := w.arrive(w.support.ID, mail("b@x", "bob@x.test", "Lamp", "It is broken.")).Conversation
	dr, err := w.ben.Answer(w.ctx, answered, false)
	w.ok(err)
	dr.Text = "Is it on?"
	_, err = w.ben.Send(w.ctx, dr, desk.SendOptions{})
	w.ok(err)
	next := tick()
	w.want("the next time", next, w.conversation(asked).WaitingSince.AddDate(0, 0, 2))
	w.clock.forward(next.Sub(w.clock.get()))
	next = tick()
	w.want("who waited too long", []any{w.byRules(asked), w.byRules(answered)}, []any{[]string{"waiting 2d: tagged"}, []string{}})
	w.want("and then", next, w.conversation(answered).LastAt.AddDate(0, 0, 3))
	w.clock.forward(next.Sub(w.clock.get()))
	tick()
	tick()
	w.want("who is silent", []any{w.byRules(asked), w.byRules(answered)}, []any{[]string{"waiting 2d: tagged"}, []string{"silent 3d: tagged"}})
	w.want("what was idle before there was a rule", len(w.byRules(before)), 0)
}

// testKnownSenders: who is always let through and who never is (F219, H28).
func testKnownSenders(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	list := func(s *desk.Seat, inbox, sender string, allowed bool) {
		t.Helper()
		_, err := s.KnowSender(w.ctx, inbox, sender, allowed, "because")
		w.ok(err)
	}
	list(w.maya, "", "@spam.test", false)
	list(w.maya, "Support", "good@sub.spam.test", true)
	list(w.maya, "Support", "@kite.test", true)
	w.rule(w.maya, "lamps", "inbox:support", "lamp", "spam")
	spam := func(in desk.InboxID, role desk.FolderRole, from, subject string, forged bool) bool {
		t.Helper()
		raw := w.keep(in, w.clock.get())
		w.ok(w.d.Mailroom().Receive(w.ctx, []desk.Incoming{{Raw: raw, Inbox: in, Role: role, At: w.clock.get(), AuthFailed: forged, Mail: mail(from+subject, from, subject, "x")}}))
		return w.conversation(w.messageOf(in, raw).Conversation).Spam
	}
	for _, tt := range []struct {
		what, from string
		in         desk.InboxID
		role       desk.FolderRole
		subject    string
		forged     bool
		want       bool
	}{
		{"denied", "a@spam.test", w.sales.ID, desk.RoleInbox, "1", false, true},
		{"denied with its sub-domains", "a@x.spam.test", w.sales.ID, desk.RoleInbox, "2", false, true},
		{"another domain that ends so", "a@nospam.test", w.sales.ID, desk.RoleInbox, "3", false, false},
		{"allowed wins over denied", "good@sub.spam.test", w.support.ID, desk.RoleInbox, "4", false, false},
		{"in another inbox it does not", "good@sub.spam.test", w.sales.ID, desk.RoleInbox, "5", false, true},
		{"allowed wins over the provider", "a@kite.test", w.support.ID, desk.RoleJunk, "6", false, false},
		{"the provider where nobody said anything", "a@other.test", w.support.ID, desk.RoleJunk, "7", false, true},
		{"allowed wins over a rule", "a@kite.test", w.support.ID, desk.RoleInbox, "lamp 8", false, false},
		{"the rule where nobody said anything", "a@other.test", w.support.ID, desk.RoleInbox, "lamp 9", false, true},
		{"a name that is forged is not let through", "a@kite.test", w.support.ID, desk.RoleJunk, "10", true, true},
		{"a personal inbox has lists of its own", "a@spam.test", w.ownInbox.ID, desk.RoleInbox, "11", false, false},
	} {
		if got := spam(tt.in, tt.role, tt.from, tt.subject, tt.forged); got != tt.want {
			t.Errorf("%s: spam %v", tt.what, got)
		}
	}
	all, err := w.zoe.Senders(w.ctx)
	w.ok(err)
	w.want("what zoe sees", []any{len(all), all[0].Address, all[0].Reason}, []any{1, "@spam.test", "because"})
	if _, err := w.ben.KnowSender(w.ctx, "Support", "x@y.test", true, ""); desk.KindOf(err) != desk.Denied {
		t.Errorf("who may not configure: %v", err)
	}
	if _, err := w.maya.KnowSender(w.ctx, "Support", "kite", true, ""); desk.KindOf(err) != desk.Invalid {
		t.Errorf("no address: %v", err)
	}
	w.ok(w.maya.ForgetSender(w.ctx, "", "@spam.test"))
	w.want("forgotten", spam(w.sales.ID, desk.RoleInbox, "a@spam.test", "12", false), false)
}

// testExplain: an explanation is of what was, whatever the rules are now.
func testExplain(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.rule(w.maya, "a", "inbox:support", "is:unassigned lamp", "assign ben")
	w.rule(w.maya, "b", "desk", "assignee:ben -broken", "close")
	w.rule(w.maya, "c", "inbox:support", "body:broken", "stop")
	w.rule(w.maya, "d", "inbox:support", "lamp", "close")
	c := w.arrive(w.support.ID, mail("a@x", "ann@x.test", "Lamp", "It is broken.")).Conversation
	for _, name := range []string{"a", "b", "c"} {
		w.ok(w.maya.RemoveRule(w.ctx, name))
	}
	_, err := w.maya.Assign(w.ctx, []desk.ConversationID{c}, 0)
	w.ok(err)
	x, err := w.ben.Explain(w.ctx, c)
	w.ok(err)
	var told []string
	for _, r := range x.Runs[0].Rules {
		line := r.Name
		for _, a := range r.Asked {
			line += " " + a.Condition
			if !a.Held {
				line += " no"
			}
		}
		if len(r.Done) > 0 {
			line += " -> " + r.Done[0].Action
		}
		told = append(told, strings.TrimSpace(line+" "+r.Skipped))
	}
	w.want("each rule", strings.Join(told, "; "), `a is:unassigned lamp -> assign ben; b assignee:ben broken; c body:broken -> stop; d the rule "c" before it said stop`)
	if _, err := w.zoe.Explain(w.ctx, c); desk.KindOf(err) != desk.NotFound {
		t.Errorf("a stranger is told: %v", err)
	}
}

// testReplay: another set of rules beside the present one, and nothing written.
func testReplay(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.rule(w.maya, "lamps", "inbox:support", "lamp", "assign ben")
	w.rule(w.maya, "never", "inbox:support", "unicorn", "assign ben")
	start := w.clock.get()
	w.arrive(w.support.ID, mail("a@x", "ann@x.test", "Lamp", "It is broken."))
	w.arrive(w.support.ID, mail("b@x", "bob@x.test", "Invoice", "Where is it?"))
	w.arrive(w.ownInbox.ID, mail("c@x", "bob@x.test", "Lamp", "Mine"))
	var before desk.Seq
	w.read(func(r desk.Reader) error { var err error; before, err = r.LastSeq(); return err })
	res, err := w.maya.Replay(w.ctx, desk.ReplayOptions{Since: start})
	w.ok(err)
	w.want("the present rules", fmt.Sprint(res), "{2 false [] [{lamps 1 1} {never 0 0}]}")
	other, err := desk.ParseRules("rule: lamps\nscope: inbox:support\nwhen: lamp OR invoice\nthen: assign maya\nthen: tag light\n")
	w.ok(err)
	res, err = w.maya.Replay(w.ctx, desk.ReplayOptions{Since: start, Rules: other})
	w.ok(err)
	w.want("the others", []any{res.Mails, len(res.Different), res.Different[0].Was, res.Different[0].Is, res.Different[1].Was, res.Different[1].Is, res.Rules},
		[]any{2, 2, "assign ben", "assign maya, tag light", "", "assign maya, tag light", []desk.ReplayedRule{{Name: "lamps", Was: 1, Is: 2}, {Name: "never"}}})
	if _, err := w.ben.Replay(w.ctx, desk.ReplayOptions{Since: start, Rules: other}); desk.KindOf(err) != desk.Denied {
		t.Errorf("who may not change rules rehearses some: %v", err)
	}
	lamps, err := w.maya.Rule(w.ctx, "lamps")
	w.ok(err)
	res, err = w.ben.Replay(w.ctx, desk.ReplayOptions{Since: start, Rules: []desk.RuleText{lamps.Text}})
	w.ok(err)
	w.want("a rule as it is needs no right", len(res.Different), 0)
	res, err = w.maya.Replay(w.ctx, desk.ReplayOptions{Since: start, Most: 1, Rules: other})
	w.ok(err)
	w.want("the newest alone", []any{res.Mails, res.Cut, len(res.Different), res.Different[0].Was}, []any{1, true, 1, ""})
	var after desk.Seq
	w.read(func(r desk.Reader) error { var err error; after, err = r.LastSeq(); return err })
	w.want("nothing is written", after, before)
}
