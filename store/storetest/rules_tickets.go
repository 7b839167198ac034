package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

// on makes a rule for an event, which has to succeed.
func (w *world) on(event, name, when string, then ...string) {
	w.t.Helper()
	_, err := w.maya.AddRule(w.ctx, desk.RuleText{Name: name, Scope: "inbox:support", On: event, When: when, Then: then, Enabled: true}, 0)
	w.ok(err)
}

// testRuleTickets: a rule makes tickets, moves them through stages and to other
// inboxes, with all that follows from it.
func testRuleTickets(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.promised()
	w.on("created", "tickets", "lamp", "ticket", "stage Waiting on us")
	w.on("created", "waiting", `stage:"waiting on us" pipeline:support is:ticket`, "tag ours")
	w.on("created", "not here", "stage:new OR -pipeline:support", "tag wrong")
	w.on("created", "solved", "thanks", "ticket Support/Closed")
	w.on("created", "invoices", "invoice", "move sales", "tag invoice")
	w.on("created", "moved", "inbox:sales", "priority high")
	w.rule(w.maya, "of sales", "inbox:sales", "", "tag seen-in-sales")

	c := w.arrive(w.support.ID, mail("a@x", "ann@x.test", "Lamp", "It is broken.")).Conversation
	w.want("a ticket with its clocks", []any{w.stage(c), w.clocks(c)[desk.ClockFirstResponse], w.conversation(c).Tags}, []any{"Support/Waiting on us", desk.ClockActive, []string{"ours"}})
	c = w.arrive(w.support.ID, mail("b@x", "ann@x.test", "Thanks", "All well.")).Conversation
	w.want("made closed", []any{w.stage(c), w.conversation(c).Status}, []any{"Support/Closed", desk.Closed})
	plain := w.arrive(w.support.ID, mail("c@x", "ann@x.test", "Hello", "Me again.")).Conversation
	w.want("the control", []any{w.stage(plain), w.conversation(plain).Tags}, []any{"", []string{"wrong"}})
	in := w.arriveIn(w.support.ID, mail("d@x", "ann@x.test", "Invoice", "It is here."))
	row := w.conversation(in.Conversation)
	w.want("moved, and seen there by the rules that follow", []any{row.Inbox, row.Priority, slices.Contains(row.Tags, "invoice"), slices.Contains(row.Tags, "seen-in-sales")},
		[]any{w.sales.ID, desk.High, true, false})
	w.want("who sees it", []any{len(w.query(w.ben, "invoice inbox:support")), len(w.query(w.zoe, "invoice"))}, []any{0, 1})
	answer := answering("e@x", "ann@x.test", "d@x")
	w.want("what answers it follows", w.arriveIn(w.support.ID, answer).Conversation, in.Conversation)
	w.checkCounts()

	refused := func(s *desk.Seat, code, when, then string) {
		t.Helper()
		_, err := s.AddRule(w.ctx, desk.RuleText{Name: "x", Scope: "inbox:support", On: "created", When: when, Then: []string{then}, Enabled: true}, 0)
		w.want(then+" "+when, refused(err), code)
	}
	refused(w.maya, "NO_SUCH_INBOX", "", "move ben")
	refused(w.maya, "NO_SUCH_INBOX", "", "move nowhere")
	refused(w.maya, "BAD_QUERY", "", "stage nowhere")
	refused(w.maya, "NO_SUCH_PIPELINE", "", "ticket nowhere/new")
	refused(w.maya, "BAD_QUERY", "stage:nowhere", "close")
	refused(w.maya, "BAD_QUERY", "pipeline:nowhere", "close")
}

// testRuleStages: rules that move a ticket to and fro, and give it to and fro,
// do so once (F189).
func testRuleStages(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.on("stage, assigned", "to contact", `-stage:"waiting on contact"`, "stage Waiting on contact", "assign ben")
	w.on("stage, assigned", "to us", `-stage:"waiting on us"`, "stage Waiting on us", "assign maya")
	c := w.arrive(w.support.ID, mail("a@x", "ann@x.test", "Lamp", "It is broken.")).Conversation
	ids := []desk.ConversationID{c}
	_, err := w.ben.CreateTickets(w.ctx, ids, desk.TicketSpec{})
	w.ok(err)
	w.want("making one is no change of a stage", len(w.byRules(c)), 0)
	_, err = w.ben.SetStage(w.ctx, ids, "Waiting on us")
	w.ok(err)
	w.want("each once", w.byRules(c), []string{"to contact: stage changed", "to contact: assigned", "to us: stage changed", "to us: assigned"})
	_, err = w.ben.SetStage(w.ctx, ids, "New")
	w.ok(err)
	w.want("again for the next", len(w.byRules(c)), 8)
	_, err = w.ben.Assign(w.ctx, ids, w.userID("ben"))
	w.ok(err)
	w.want("and for what is given", w.byRules(c)[8:], []string{"to contact: stage changed", "to us: stage changed", "to us: assigned"})
}

// testRuleEscalates: a clock that runs out lets a rule give the ticket to
// somebody else, raise it, tell and tag (S276), once, whoever looks at the time.
func testRuleEscalates(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.promised()
	w.on("due-soon", "remind", "due:<2h sla:soon is:in-hours", "notify assignee it is due", "tag soon")
	w.on("missed", "escalate", "sla:overdue OR sla:missed", "assign maya", "priority urgent", "notify maya it is late", "tag missed")
	w.on("created", "at night", "is:off-hours", "tag night")
	id := w.promisedTicket("1@x") // due at 13:01, soon at 12:01
	_, err := w.ben.Assign(w.ctx, []desk.ConversationID{id}, w.userID("ben"))
	w.ok(err)
	w.tick(at(12, 30))
	w.want("due soon", []any{w.byRules(id), w.conversation(id).Tags}, []any{[]string{"remind: notified", "remind: tagged"}, []string{"soon"}})
	w.tick(at(14, 0))
	row := w.conversation(id)
	w.want("missed", []any{row.Assignee, row.Priority, row.Tags}, []any{w.userID("maya"), desk.Urgent, []string{"missed", "soon"}})
	w.want("by the rule", w.byRules(id)[2:], []string{"escalate: assigned", "escalate: priority set", "escalate: notified", "escalate: tagged"})
	count := len(w.byRules(id))
	w.tick(at(15, 0))
	w.accepted(id, "Dear Ann")
	w.want("and the late answer is not another one", len(w.byRules(id)), count)

	// Nobody looked at the time while it ran out: the late answer says so.
	other := w.promisedTicket("2@x")
	w.clock.forward(24 * time.Hour)
	w.accepted(other, "Dear Ann")
	w.want("by an answer", w.byRules(other), []string{"escalate: assigned", "escalate: priority set", "escalate: notified", "escalate: tagged"})
	w.clock.forward(5 * time.Hour)
	night := w.arrive(w.support.ID, mail("3@x", "ann@x.test", "Hello", "text")).Conversation
	w.want("outside the hours", []any{w.conversation(night).Tags, w.conversation(id).Tags}, []any{[]string{"night"}, []string{"missed", "soon"}})
	x, err := w.maya.Explain(w.ctx, id)
	w.ok(err)
	w.want("explained", strings.Contains(fmt.Sprintf("%+v", x.Runs), "{Condition:sla:overdue Held:true Saw:overdue}"), true)
}
