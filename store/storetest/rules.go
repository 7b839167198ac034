package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"

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

// testRuleHistory: what the rules were is known, whoever changes them.
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
