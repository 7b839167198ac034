package storetest

import (
	"testing"
	"time"

	"postroom/desk"
	"postroom/desk/calendar"
)

// weekdays are nine to five in UTC, from Monday to Friday.
func weekdays() calendar.Spec {
	s := calendar.Spec{Timezone: "UTC", Hours: map[string][][2]string{}}
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri"} {
		s.Hours[day] = [][2]string{{"09:00", "17:00"}}
	}
	return s
}

// promised makes the calendar "office" and a policy that counts by it.
func (w *world) promised() {
	w.t.Helper()
	_, err := w.maya.AddCalendar(w.ctx, "office", weekdays())
	w.ok(err)
	_, err = w.maya.AddPolicy(w.ctx, "Standard", map[desk.PolicyKey]string{
		desk.PolicyFirst: "4h in office warn 1h", desk.PolicyNext: "2h in office", desk.PolicySolved: "16h in office",
	}, desk.NewTickets)
	w.ok(err)
}

// promisedTicket brings a customer's mail into a conversation that is made a ticket a
// minute later.
func (w *world) promisedTicket(id string) desk.ConversationID {
	w.t.Helper()
	c := w.arrive(w.support.ID, mail(id, "ann@x.test", "Hello", "text")).Conversation
	w.clock.forward(time.Minute)
	_, err := w.ben.CreateTickets(w.ctx, []desk.ConversationID{c}, desk.TicketSpec{})
	w.ok(err)
	return c
}

// answerTo lets the customer write once more.
func (w *world) answerTo(c desk.ConversationID, text string) {
	w.t.Helper()
	m := mail(text+"1@x", "ann@x.test", "Re: Hello", text)
	m.InReplyTo = []string{"1@x"}
	w.want("the conversation it is in", w.arrive(w.support.ID, m).Conversation, c)
}

// tick does what time brings up to a moment that is reached step by step.
func (w *world) tick(until time.Time) {
	w.t.Helper()
	for {
		next, err := w.d.Mailroom().Tick(w.ctx)
		w.ok(err)
		now := w.clock.get()
		if next.IsZero() || next.After(until) {
			w.clock.forward(until.Sub(now))
			return
		}
		w.clock.forward(next.Sub(now))
	}
}

// clocks are the clocks of a ticket in words.
func (w *world) clocks(c desk.ConversationID) map[desk.ClockKind]desk.ClockState {
	w.t.Helper()
	states := map[desk.ClockKind]desk.ClockState{}
	w.read(func(r desk.Reader) error {
		list, err := r.Clocks(c)
		for _, k := range list {
			states[k.Kind] = k.State(w.clock.get())
		}
		return err
	})
	return states
}

type states = map[desk.ClockKind]desk.ClockState

func at(hour, minute int) time.Time { return time.Date(2026, 3, 2, hour, minute, 0, 0, time.UTC) }

// testClocks: a ticket is answered too late, then in time, and is closed and
// opened again.
func testClocks(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.promised()
	id := w.promisedTicket("1@x") // at 9:01 and 9:02
	c := w.row(id)
	w.want("due", []any{c.DueAt, c.Due, c.DueState}, []any{at(13, 1), desk.ClockFirstResponse, desk.ClockState("")})
	w.tick(at(12, 0))
	w.want("due soon", []any{w.row(id).DueState, w.clocks(id)[desk.ClockFirstResponse]}, []any{desk.ClockState(""), desk.ClockActive})
	w.tick(at(12, 30))
	var counts map[desk.InboxID]desk.Counts
	w.read(func(r desk.Reader) (err error) {
		counts, err = r.Counts(w.ben.Actor().User)
		return err
	})
	w.want("counted", []any{w.row(id).DueState, counts[w.support.ID].Soon, counts[w.support.ID].Overdue}, []any{desk.ClockSoon, 1, 0})
	w.want("found", []any{w.query(w.ben, "due:<1h"), w.query(w.ben, "due:<30m"), w.query(w.ben, "due:>30m"), w.query(w.ben, "sla:soon"), len(w.query(w.ben, "sla:overdue"))},
		[]any{[]desk.ConversationID{id}, []desk.ConversationID{}, []desk.ConversationID{id}, []desk.ConversationID{id}, 0})
	auto := mail("auto@x", "help@acme.test", "Re: Hello", "we are away")
	auto.InReplyTo, auto.Auto.Kind = []string{"1@x"}, desk.AutoReply
	w.filed(w.helpAcc, auto)
	w.tick(at(13, 30))
	w.want("overdue, whatever a machine has said", []any{w.row(id).DueState, w.clocks(id)[desk.ClockFirstResponse]}, []any{desk.ClockOverdue, desk.ClockOverdue})
	w.want("found", w.query(w.ben, "sla:overdue"), []desk.ConversationID{id})
	w.checkCounts()
	w.accepted(id, "Dear Ann")
	w.want("answered", w.clocks(id), states{desk.ClockFirstResponse: desk.ClockMissed, desk.ClockResolution: desk.ClockPaused})
	w.want("nothing is due while we wait", w.row(id).DueAt.IsZero(), true)
	w.answerTo(id, "thanks")
	w.want("written again", w.clocks(id), states{desk.ClockFirstResponse: desk.ClockMissed, desk.ClockNextResponse: desk.ClockActive, desk.ClockResolution: desk.ClockActive})
	answer := mail("own@acme", "help@acme.test", "Re: Hello", "from another program")
	answer.InReplyTo = []string{"1@x"}
	w.filed(w.helpAcc, answer)
	w.want("answered elsewhere", w.clocks(id)[desk.ClockNextResponse], desk.ClockMet)
	w.want("found", []any{w.query(w.ben, "sla:missed"), w.query(w.ben, "sla:met")}, []any{[]desk.ConversationID{id}, []desk.ConversationID{id}})
	_, err := w.ben.Close(w.ctx, []desk.ConversationID{id})
	w.ok(err)
	w.want("closed", []any{w.clocks(id)[desk.ClockResolution], w.row(id).DueAt.IsZero()}, []any{desk.ClockMet, true})
	w.tick(at(15, 0))
	w.answerTo(id, "again")
	w.want("opened again", w.clocks(id)[desk.ClockResolution], desk.ClockActive)
	w.want("the journal gives the same", w.ran(desk.Simulation{}), true)
	w.checkCounts()
}

// testClocksStandStill: a response clock is not stopped by closing, and counts
// nothing while the ticket is closed.
func testClocksStandStill(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.promised()
	id := w.promisedTicket("1@x")
	ids := []desk.ConversationID{id}
	w.tick(at(10, 0))
	_, err := w.ben.Close(w.ctx, ids)
	w.ok(err)
	w.want("closed", w.clocks(id)[desk.ClockFirstResponse], desk.ClockPaused)
	w.tick(at(12, 0))
	_, err = w.ben.Reopen(w.ctx, ids)
	w.ok(err)
	w.want("two hours later", w.row(id).DueAt, at(15, 1))
	_, err = w.ben.MarkSpam(w.ctx, ids)
	w.ok(err)
	w.want("spam", []any{w.row(id).DueAt.IsZero(), w.clocks(id)}, []any{true, states{desk.ClockFirstResponse: desk.ClockPaused, desk.ClockResolution: desk.ClockPaused}})
	w.want("the journal gives the same", w.ran(desk.Simulation{}), true)
	w.checkCounts()
}

// testPolicies: the first one that fits counts, its clocks keep their version,
// and a change can be for the open ones too.
func testPolicies(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.promised()
	urgent := map[desk.PolicyKey]string{desk.PolicyFirst: "1h in office", desk.PolicyPriorities: "urgent", desk.PolicyInboxes: "Support"}
	_, err := w.maya.AddPolicy(w.ctx, "Urgent", urgent, desk.NewTickets)
	w.ok(err)
	w.ok(w.maya.OrderPolicies(w.ctx, []string{"urgent"}))
	id := w.promisedTicket("1@x")
	_, err = w.ben.SetPriority(w.ctx, []desk.ConversationID{id}, desk.Urgent)
	w.ok(err)
	w.want("urgent", []any{w.row(id).DueAt, w.clocks(id)}, []any{at(10, 1), states{desk.ClockFirstResponse: desk.ClockActive}})
	n, err := w.maya.SetPolicy(w.ctx, "Urgent", map[desk.PolicyKey]string{desk.PolicyFirst: "30m in office"}, desk.NewTickets)
	w.want("a change for new ones", []any{w.row(id).DueAt, n, err}, []any{at(10, 1), 0, nil})
	spec := weekdays()
	spec.Hours["mon"] = [][2]string{{"09:00", "09:15"}, {"11:00", "17:00"}}
	_, n, err = w.maya.SetCalendar(w.ctx, "office", spec, desk.OpenTickets)
	w.want("a change for open ones", []any{w.row(id).DueAt, n, err}, []any{at(11, 16), 1, nil})
	list, err := w.ben.Policies(w.ctx)
	w.ok(err)
	w.want("policies", []any{list[0].Name, list[0].Version, list[0].Words, list[1].Name}, []any{"Urgent", 2, map[desk.PolicyKey]string{
		desk.PolicyFirst: "30m in office", desk.PolicyPriorities: "urgent", desk.PolicyInboxes: "Support",
	}, "Standard"})
	w.want("a calendar in use", desk.KindOf(w.maya.RemoveCalendar(w.ctx, "office")), desk.Conflict)
	for _, name := range []string{"Urgent", "Standard"} {
		w.ok(w.maya.RemovePolicy(w.ctx, name))
	}
	w.ok(w.maya.RemoveCalendar(w.ctx, "office"))
	_, err = w.maya.AddCalendar(w.ctx, "Office", spec)
	w.ok(err)
	w.tick(at(12, 0))
	w.want("a clock goes on by what is gone", w.row(id).DueState, desk.ClockOverdue)
	_, err = w.ben.AddCalendar(w.ctx, "mine", spec)
	w.want("who is no admin", desk.KindOf(err), desk.Denied)
	for _, bad := range []string{"4", "4h in nowhere", "0m", "4h warn 5h", "4h warn 120%", "4h soon", "20000h"} {
		if _, err := w.maya.AddPolicy(w.ctx, "Bad", map[desk.PolicyKey]string{desk.PolicyFirst: bad}, desk.NewTickets); err == nil && bad != "4" {
			t.Errorf("the goal %q is taken", bad)
		}
	}
	_, err = w.maya.AddPolicy(w.ctx, "Mine", map[desk.PolicyKey]string{desk.PolicyFirst: "4h", desk.PolicyInboxes: "Ben"}, desk.NewTickets)
	w.want("a personal inbox", desk.KindOf(err) == desk.NotFound || desk.KindOf(err) == desk.Conflict, true)
}

// testByDue: a list by what is due has its rows in that order, page by page.
func testByDue(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.promised()
	first, second := w.promisedTicket("1@x"), w.promisedTicket("2@x")
	w.arrive(w.support.ID, mail("3@x", "bob@x.test", "No ticket", "text"))
	_, err := w.ben.SetPriority(w.ctx, []desk.ConversationID{first}, desk.High)
	w.ok(err)
	v := desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByDue}
	w.want("by due", w.list(w.ben, v), []desk.ConversationID{first, second})
	p, err := w.ben.List(w.ctx, v, desk.Window{Limit: 1})
	w.ok(err)
	w.want("there is more", p.More, true)
	p, err = w.ben.List(w.ctx, v, desk.Window{Limit: 1, From: p.Rows[0].Cursor(desk.ByDue)})
	w.ok(err)
	w.want("the next page", ids(p.Rows), []desk.ConversationID{second})
}

// testRegroup: a ticket goes by another policy when what it is for has changed
// about the ticket, and by the one before when that is taken back, with every
// clock as if nothing had been.
func testRegroup(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.promised()
	id := w.promisedTicket("1@x")
	one := []desk.ConversationID{id}
	dues := func() map[desk.ClockKind]time.Time {
		at := map[desk.ClockKind]time.Time{}
		w.read(func(r desk.Reader) error {
			list, err := r.Clocks(id)
			for _, k := range list {
				at[k.Kind] = k.DueAt
			}
			return err
		})
		return at
	}
	before := dues()
	w.want("clocks of the first policy", len(before), 2)
	_, err := w.maya.AddPolicy(w.ctx, "Everything", map[desk.PolicyKey]string{desk.PolicyFirst: "1h"}, desk.NewTickets)
	w.ok(err)
	w.ok(w.maya.OrderPolicies(w.ctx, []string{"Everything"}))
	_, err = w.ben.SetPriority(w.ctx, one, desk.High)
	w.ok(err)
	w.want("another priority of which no policy asks, beside one for new tickets", dues(), before)
	w.ok(w.maya.RemovePolicy(w.ctx, "Everything"))
	_, err = w.maya.AddPolicy(w.ctx, "Urgent", map[desk.PolicyKey]string{desk.PolicyFirst: "2h in office", desk.PolicyPriorities: "urgent"}, desk.NewTickets)
	w.ok(err)
	w.ok(w.maya.OrderPolicies(w.ctx, []string{"Urgent"}))
	w.tick(at(10, 0))
	for name, back := range map[string]func() error{
		"undone":          func() error { _, err := w.ben.Undo(w.ctx, ""); return err },
		"changed by hand": func() error { _, err := w.ben.SetPriority(w.ctx, one, desk.High); return err },
	} {
		_, err = w.ben.SetPriority(w.ctx, one, desk.Urgent)
		w.ok(err)
		w.want("urgent", dues(), map[desk.ClockKind]time.Time{desk.ClockFirstResponse: at(11, 1)})
		w.ok(back())
		w.want("the clocks when it is "+name, dues(), before)
	}
	w.want("the journal gives the same", w.ran(desk.Simulation{}), true)
	_, err = w.maya.SetPolicy(w.ctx, "Standard", map[desk.PolicyKey]string{desk.PolicySolved: ""}, desk.OpenTickets)
	w.ok(err)
	w.want("without the goal, for open ones too", len(dues()), 1)
	_, err = w.maya.SetPolicy(w.ctx, "Standard", map[desk.PolicyKey]string{desk.PolicySolved: "16h in office"}, desk.OpenTickets)
	w.ok(err)
	w.want("with it again", dues(), before)
	w.checkCounts()
}
