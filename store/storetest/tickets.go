package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

// stage is where a ticket stands; empty for a conversation that is none.
func (w *world) stage(id desk.ConversationID) string {
	w.t.Helper()
	v, err := w.maya.Ticket(w.ctx, id)
	if desk.KindOf(err) == desk.NotFound && err != nil {
		return ""
	}
	w.ok(err)
	return v.Pipeline.StagePath(v.Stage.ID)
}

// answers sends a reply of Ben's.
func (w *world) answers(c desk.ConversationID, closing bool) desk.Sending {
	w.t.Helper()
	w.clock.forward(time.Minute)
	dr, err := w.ben.Answer(w.ctx, c, false)
	w.ok(err)
	dr.Text = "We look into it."
	sent, err := w.ben.Send(w.ctx, dr, desk.SendOptions{Hold: desk.HoldTime, Close: closing, Confirmed: []desk.Guard{desk.GuardChanged, desk.GuardWriting, desk.GuardNewRecipient}})
	w.ok(err)
	w.want("cautions", len(sent.Cautions), 0)
	return sent
}

// answering is a customer's mail that answers others.
func answering(id, from string, to ...string) desk.Mail {
	m := mail(id, from, "Re: Lamp", "And now?")
	m.InReplyTo, m.References = to[len(to)-1:], to
	return m
}

// tickets sets where the inbox Support makes tickets.
func (w *world) tickets(value string) desk.SettingsChanged {
	w.t.Helper()
	return w.set(w.maya, "Support", map[desk.SettingKey]string{desk.SetTickets: value})
}

func testPipelines(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	list, err := w.ben.Pipelines(w.ctx)
	w.ok(err)
	w.want("the pipeline of a new desk", []any{len(list), list[0].Name, list[0].Default, list[0].StagesText(), list[0].Reopen.String()},
		[]any{1, "Support", true, "New, Waiting on contact: pauses answered, Waiting on us: replied, Closed: closed", "reopen"})
	p, err := w.maya.AddPipeline(w.ctx, "Refunds", map[desk.PipelineKey]string{"stages": "Asked, Paid: pauses, Done: closed", "reopen": "new after 30d"})
	w.ok(err)
	stages := map[string]desk.StageID{}
	for _, s := range p.Stages {
		stages[s.Name] = s.ID
	}
	c := w.arrive(w.support.ID, mail("p1@x", "ann@x.test", "Lamp", "It is broken.")).Conversation
	_, err = w.ben.CreateTickets(w.ctx, []desk.ConversationID{c}, desk.TicketSpec{Stage: "refunds/paid"})
	w.ok(err)
	w.want("the ticket", w.stage(c), "Refunds/Paid")

	// A stage keeps its number under another name, and stays while it is used.
	p, err = w.maya.SetPipeline(w.ctx, "refunds", map[desk.PipelineKey]string{"stages": "Paid > Sent: pauses, Asked, Done: closed", "name": "Money"})
	w.ok(err)
	w.want("renamed", []any{p.Name, p.Stages[0].ID, p.Stages[1].ID}, []any{"Money", stages["Paid"], stages["Asked"]})
	w.want("the ticket follows", w.stage(c), "Money/Sent")
	for _, text := range []string{"Asked, Done: closed", "Sent: closed, Asked, Done: closed"} {
		if _, err := w.maya.SetPipeline(w.ctx, "Money", map[desk.PipelineKey]string{"stages": text}); desk.KindOf(err) != desk.Conflict || !strings.Contains(err.Error(), "1 ticket is in") {
			t.Errorf("stages %q with a ticket in Sent: %v", text, err)
		}
	}
	for _, text := range []string{"", "A", "A: closed", "A, A, B: closed", "A: answered, B: answered, C: closed", "A, B: closed replied", "A: green, B: closed", "A/B, C: closed", "X > Y, C: closed"} {
		if _, err := w.maya.SetPipeline(w.ctx, "Money", map[desk.PipelineKey]string{"stages": text}); desk.KindOf(err) != desk.Invalid || err == nil {
			t.Errorf("stages %q are taken: %v", text, err)
		}
	}
	if _, err := w.ben.AddPipeline(w.ctx, "Mine", nil); desk.KindOf(err) != desk.Denied {
		t.Errorf("an agent makes a pipeline: %v", err)
	}

	// Gone with its tickets; an inbox that names it makes them in the default.
	w.tickets("Money/Asked")
	list, err = w.ben.Pipelines(w.ctx)
	w.ok(err)
	w.want("where its tickets come from", list[1].Inboxes[0].Name, "Support")
	w.want("the other way round", w.value(desk.SetTickets), "Money/Asked")
	if _, err := w.maya.RemovePipeline(w.ctx, "Money", ""); desk.KindOf(err) != desk.Conflict {
		t.Errorf("a pipeline with tickets is removed: %v", err)
	}
	if _, err := w.maya.RemovePipeline(w.ctx, "Support", ""); desk.KindOf(err) != desk.Conflict {
		t.Errorf("the default pipeline is removed: %v", err)
	}
	moved, err := w.maya.RemovePipeline(w.ctx, "Money", "Support")
	w.ok(err)
	w.want("moved", []any{moved, w.stage(c)}, []any{1, "Support/New"})
	next, err := w.maya.AddPipeline(w.ctx, "Next", nil)
	w.ok(err)
	if next.ID == p.ID || slices.ContainsFunc(next.Stages, func(s desk.Stage) bool { return s.ID == stages["Asked"] }) {
		t.Error("the number of a pipeline or stage that is gone is given out again")
	}
	c = w.arrive(w.support.ID, mail("p2@x", "ann@x.test", "Chair", "It is broken.")).Conversation
	w.want("a mail whose pipeline is gone", w.stage(c), "Support/New")
	found, err := w.maya.Doctor(w.ctx, desk.Readings{})
	w.ok(err)
	var codes []string
	for _, f := range found.Findings {
		if strings.HasPrefix(f.Check.Code, "TICKETS") {
			codes = append(codes, f.Check.Code+" "+f.Where)
		}
	}
	w.want("the doctor on tickets", codes, []string{"TICKETS_UNDECIDED Sales", "TICKETS_ADRIFT Support"})
}

func testTickets(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	var before []desk.ConversationID
	for _, id := range []string{"o1@x", "o2@x", "o3@x"} {
		before = append(before, w.arrive(w.support.ID, mail(id, id+".test", "Lamp", "It is broken.")).Conversation)
	}
	w.want("while nobody has decided", w.stage(before[0]), "")
	_, err := w.ben.Close(w.ctx, before[2:])
	w.ok(err)

	// Switching on is all or nothing, and can be rehearsed and taken back.
	res, err := w.maya.SetInboxSettings(desk.Rehearse(w.ctx), "Support", map[desk.SettingKey]string{desk.SetTickets: "support"})
	w.ok(err)
	w.want("rehearsed", []any{res.Tickets, w.stage(before[0])}, []any{2, ""})
	res = w.tickets("Support/New")
	w.want("switched on", []any{res.Tickets, w.stage(before[0]), w.stage(before[1]), w.stage(before[2])}, []any{2, "Support/New", "Support/New", ""})
	_, err = w.maya.Undo(w.ctx, res.Batch)
	w.ok(err)
	w.want("taken back", []any{w.stage(before[0]), w.value(desk.SetTickets)}, []any{"", ""})
	w.tickets("Support/New")

	first := w.arrive(w.support.ID, mail("n1@x", "ann@x.test", "Lamp", "It is broken."))
	c := first.Conversation
	w.want("a new thread", []any{w.stage(c), w.row(c).Ticket}, []any{"Support/New", desk.TicketID(c)})
	again := w.arrive(w.support.ID, answering("n2@x", "ann@x.test", "n1@x"))
	w.want("a second mail before any answer", []any{again.Conversation, w.stage(c)}, []any{c, "Support/New"})

	sent := w.answers(c, false)
	w.want("answered", w.stage(c), "Support/Waiting on contact")
	_, err = w.ben.CancelSend(w.ctx, sent.Outgoing.ID)
	w.ok(err)
	w.want("the answer taken back", w.stage(c), "Support/New")
	w.answers(c, false)
	away := answering("n3@x", "ann@x.test", "n1@x")
	away.Auto.Kind = desk.AutoReply
	w.arrive(w.support.ID, away)
	w.want("out of office", w.stage(c), "Support/Waiting on contact")
	w.arrive(w.support.ID, answering("n4@x", "ann@x.test", "n1@x"))
	w.want("the customer has answered", w.stage(c), "Support/Waiting on us")

	// Closed and stage are one, whichever is changed.
	out, err := w.ben.SetStage(w.ctx, []desk.ConversationID{c}, "closed")
	w.ok(err)
	w.want("closed by its stage", []any{w.row(c).Status, w.stage(c)}, []any{desk.Closed, "Support/Closed"})
	_, err = w.ben.Undo(w.ctx, out.Batch)
	w.ok(err)
	w.want("undone", []any{w.row(c).Status, w.stage(c)}, []any{desk.Open, "Support/Waiting on us"})
	out, err = w.ben.Close(w.ctx, []desk.ConversationID{c})
	w.ok(err)
	w.want("the stage follows", w.stage(c), "Support/Closed")
	_, err = w.ben.Undo(w.ctx, out.Batch)
	w.ok(err)
	w.want("undone", []any{w.row(c).Status, w.stage(c)}, []any{desk.Open, "Support/Waiting on us"})
	w.answers(c, true)
	w.want("answered and closed", []any{w.row(c).Status, w.stage(c)}, []any{desk.Closed, "Support/Closed"})
	w.arrive(w.support.ID, answering("n5@x", "ann@x.test", "n1@x"))
	w.want("a mail opens it", []any{w.row(c).Status, w.stage(c)}, []any{desk.Open, "Support/Waiting on us"})
	w.want("by stage", w.query(w.ben, `stage:"waiting on us"`), []desk.ConversationID{c})
	w.want("by pipeline", len(w.query(w.ben, `pipeline:support is:open`)), 3)
	w.want("tickets of others", w.query(w.zoe, `is:ticket`), []desk.ConversationID{})
	w.want("no tickets", w.query(w.ben, `-is:ticket`), before[2:])

	// A hundred threads are a hundred tickets; a bounce of nothing is none.
	bounce := mail("b1@x", "daemon@x.test", "Failure", "no such user")
	bounce.Auto.Kind = desk.AutoBounce
	w.want("a bounce", w.stage(w.arrive(w.support.ID, bounce).Conversation), "")
	w.tickets("off")
	w.want("switched off", w.stage(w.arrive(w.support.ID, mail("n9@x", "joe@x.test", "Lamp", "Hi")).Conversation), "")
}

func testTicketFields(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	for _, f := range []desk.TicketField{{Name: "order", Kind: desk.FieldNumber}, {Name: "Colour", Kind: desk.FieldChoice, Choices: []string{"red", "green"}}, {Name: "until", Kind: desk.FieldDate}} {
		_, err := w.maya.AddTicketField(w.ctx, f)
		w.ok(err)
	}
	c := w.arrive(w.support.ID, mail("f1@x", "ann@x.test", "Lamp", "It is broken.")).Conversation
	one := []desk.ConversationID{c}
	out, err := w.ben.SetTicket(w.ctx, one, map[string]string{"category": "refund"})
	w.ok(err)
	w.want("of a conversation that is no ticket", out.Skipped[0].Reason, "it is no ticket")
	_, err = w.ben.CreateTickets(w.ctx, one, desk.TicketSpec{})
	w.ok(err)
	_, err = w.ben.SetTicket(w.ctx, one, map[string]string{"order": "88102", "colour": "RED", "until": "2026-03-31", "category": "refund"})
	w.ok(err)
	fields := func() string {
		v, err := w.ben.Ticket(w.ctx, c)
		w.ok(err)
		text := v.Category
		for _, f := range v.Values {
			text += " " + f.Name + "=" + f.Value
		}
		return text
	}
	w.want("the fields", fields(), "refund order=88102 Colour=red until=2026-03-31")
	for name, bad := range map[string]string{"order": "many", "colour": "blue", "until": "tomorrow", "size": "1"} {
		if _, err := w.ben.SetTicket(w.ctx, one, map[string]string{name: bad}); err == nil {
			t.Errorf("%s=%s is taken", name, bad)
		}
	}
	out, err = w.ben.SetTicket(w.ctx, one, map[string]string{"order": "1", "until": ""})
	w.ok(err)
	w.want("changed", fields(), "refund order=1 Colour=red")
	_, err = w.ben.Undo(w.ctx, out.Batch)
	w.ok(err)
	w.want("undone", fields(), "refund order=88102 Colour=red until=2026-03-31")
	w.ok(w.maya.RemoveTicketField(w.ctx, "order"))
	w.want("a field that is gone", fields(), "refund Colour=red until=2026-03-31")
}

// testReopenPolicy: what a mail to a closed ticket does (H92).
func testReopenPolicy(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.tickets("Support/New")
	_, err := w.maya.SetPipeline(w.ctx, "Support", map[desk.PipelineKey]string{"reopen": "new after 30d"})
	w.ok(err)
	c := w.arrive(w.support.ID, mail("r1@x", "ann@x.test", "Lamp", "It is broken.")).Conversation
	_, err = w.ben.Close(w.ctx, []desk.ConversationID{c})
	w.ok(err)
	w.clock.forward(29 * 24 * time.Hour)
	w.want("before the days are over", w.arrive(w.support.ID, answering("r2@x", "ann@x.test", "r1@x")).Conversation, c)
	_, err = w.ben.Close(w.ctx, []desk.ConversationID{c})
	w.ok(err)
	w.clock.forward(31 * 24 * time.Hour)
	away := answering("r3@x", "ann@x.test", "r1@x")
	away.Auto.Kind = desk.AutoReply
	w.want("an automatic mail", []any{w.arrive(w.support.ID, away).Conversation, w.row(c).Status}, []any{c, desk.Closed})
	next := w.arrive(w.support.ID, answering("r4@x", "ann@x.test", "r1@x")).Conversation
	v, err := w.ben.Ticket(w.ctx, next)
	w.ok(err)
	w.want("a mail after that", []any{next != c, v.Follows, w.stage(next), w.stage(c)}, []any{true, c, "Support/New", "Support/Closed"})
	w.want("another one to the old ticket", w.arrive(w.support.ID, answering("r5@x", "ann@x.test", "r1@x")).Conversation, next)
	_, err = w.maya.SetPipeline(w.ctx, "Support", map[desk.PipelineKey]string{"reopen": "always new"})
	w.ok(err)
	_, err = w.ben.Close(w.ctx, []desk.ConversationID{next})
	w.ok(err)
	third := w.arrive(w.support.ID, answering("r6@x", "ann@x.test", "r1@x")).Conversation
	w.want("always new", []any{third != c && third != next, w.row(third).RelatedTo}, []any{true, next})
}

// testBoard: a board has the first tickets of every stage and the number of all
// of them, moving goes along the pipeline, and only who sees the inbox has one.
func testBoard(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	for i := range 4 {
		c := w.arrive(w.support.ID, mail(fmt.Sprint(i, "@x"), "ann@x.test", fmt.Sprint("Hello ", i), "text")).Conversation
		w.clock.forward(time.Minute)
		_, err := w.ben.CreateTickets(w.ctx, []desk.ConversationID{c}, desk.TicketSpec{})
		w.ok(err)
	}
	board := func(depth int) desk.Board {
		b, err := w.ben.Board(w.ctx, w.support.ID, depth)
		w.ok(err)
		return b
	}
	b := board(3)
	w.want("columns", len(b.Columns), 4)
	w.want("tickets in the first one", []int{len(b.Columns[0].Rows), b.Columns[0].Total}, []int{3, 4})
	first, second := b.Columns[0].Rows[0].ID, b.Columns[0].Rows[1].ID
	_, err := w.ben.StepStage(w.ctx, []desk.ConversationID{first}, 1)
	w.ok(err)
	_, err = w.ben.StepStage(w.ctx, []desk.ConversationID{first, second}, 3)
	w.ok(err)
	b = board(3)
	w.want("in the last one", []int{len(b.Columns[3].Rows), b.Columns[3].Total, b.Columns[0].Total}, []int{2, 2, 2})
	out, err := w.ben.StepStage(w.ctx, []desk.ConversationID{first}, 1)
	w.ok(err)
	w.want("moved beyond the last one", len(out.Done), 0)
	_, err = w.ben.Snooze(w.ctx, []desk.ConversationID{b.Columns[0].Rows[0].ID}, w.clock.get().Add(time.Hour))
	w.ok(err)
	b = board(3)
	w.want("left, and snoozed", []int{len(b.Columns[0].Rows), b.Columns[0].Total, b.Columns[0].Snoozed}, []int{1, 1, 1})
	if _, err := w.zoe.Board(w.ctx, w.support.ID, 3); desk.KindOf(err) != desk.NotFound {
		t.Errorf("who is no member has a board: %v", err)
	}
}
