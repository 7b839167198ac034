package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"postroom/desk"
)

// ran compares the clocks that really ran with those that the journal gives
// under the policies as they are, or with a change.
func (w *world) ran(q desk.Simulation) (same bool) {
	w.t.Helper()
	q.Days = 30
	sim, err := w.maya.SimulateSLA(w.ctx, q)
	w.ok(err)
	compared := 0
	same = true
	for _, t := range sim.Each {
		w.read(func(r desk.Reader) error {
			really, err := r.Clocks(t.Conversation)
			compared += len(really)
			for _, k := range really {
				if !slices.ContainsFunc(t.Clocks, func(s desk.Clock) bool { return sameClock(s, k) }) {
					same = false
					w.t.Logf("#%d: %+v is not among %+v", t.Conversation, k, t.Clocks)
				}
			}
			return err
		})
	}
	if compared == 0 {
		w.t.Fatal("there is no clock to compare with")
	}
	return same
}

func sameClock(a, b desk.Clock) bool {
	if a.Kind != b.Kind || len(a.Pauses) != len(b.Pauses) || a.Goal != b.Goal {
		return false
	}
	for i, p := range a.Pauses {
		if !p.From.Equal(b.Pauses[i].From) || !p.To.Equal(b.Pauses[i].To) {
			return false
		}
	}
	return a.Started.Equal(b.Started) && a.Stopped.Equal(b.Stopped) && a.DueAt.Equal(b.DueAt)
}

// testSimulated: the policy that was in force gives what has happened, another
// one something else; and nothing is written.
func testSimulated(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.promised()
	late := w.promisedTicket("1@x") // at 9:01 and 9:02
	w.tick(at(10, 0))
	early := w.promisedTicket("2@x")
	_, err := w.ben.SetPriority(w.ctx, []desk.ConversationID{early}, desk.Urgent)
	w.ok(err)
	w.accepted(early, "at once")
	for _, change := range []func(context.Context, []desk.ConversationID) (desk.Outcome, error){w.ben.Close, w.ben.Reopen, w.ben.MarkSpam} {
		w.tick(w.clock.get().Add(20 * time.Minute))
		_, err = change(w.ctx, []desk.ConversationID{early})
		w.ok(err)
	}
	_, err = w.ben.Undo(w.ctx, "")
	w.ok(err)
	w.tick(at(14, 0))
	w.accepted(late, "sorry")
	w.answerTo(late, "more")
	w.tick(at(15, 0))
	w.accepted(late, "so it is")
	w.answerTo(late, "and more")
	var before, after desk.Seq
	seq := func(into *desk.Seq) {
		w.read(func(r desk.Reader) (err error) { *into, err = r.LastSeq(); return err })
	}
	seq(&before)
	w.want("as it was", w.ran(desk.Simulation{}), true)
	sim, err := w.maya.SimulateSLA(w.ctx, desk.Simulation{Days: 30})
	w.want("as it was", []any{sim.Tickets, sim.LeftOut, sim.Unpromised, sim.Goals, err}, []any{2, 0, 0, []desk.SimulatedGoal{
		{Policy: "Standard", Clock: desk.ClockFirstResponse, Tickets: 2, Missed: 1, Had: 1},
		{Policy: "Standard", Clock: desk.ClockNextResponse, Tickets: 1},
		{Policy: "Standard", Clock: desk.ClockResolution, Tickets: 2},
	}, nil})
	w.want("its clocks", len(sim.Each[1].Clocks), 4) // the next response twice
	strict := desk.Simulation{Days: 30, Policy: "standard", Terms: map[desk.PolicyKey]string{desk.PolicyFirst: "1m", desk.PolicyNext: "30m in office", desk.PolicySolved: "", desk.PolicyPriorities: ""}}
	sim, err = w.maya.SimulateSLA(w.ctx, strict)
	w.want("a stricter one", []any{sim.Goals, w.ran(strict), err}, []any{[]desk.SimulatedGoal{
		{Policy: "Standard", Clock: desk.ClockFirstResponse, Tickets: 2, Missed: 2, Had: 1},
		{Policy: "Standard", Clock: desk.ClockNextResponse, Tickets: 1, Missed: 1},
	}, false, nil})
	sim, err = w.maya.SimulateSLA(w.ctx, desk.Simulation{Days: 30, Policy: "Late", Terms: map[desk.PolicyKey]string{desk.PolicyFirst: "1h"}})
	w.want("one behind what fits all", []any{sim.Goals[3], err}, []any{desk.SimulatedGoal{Policy: "Late", Clock: desk.ClockFirstResponse}, nil})
	seq(&after)
	w.want("written", after, before)
	stop, cancel := context.WithCancel(w.ctx)
	cancel()
	_, err = w.maya.SimulateSLA(stop, desk.Simulation{Days: 30})
	w.want("stopped", errors.Is(err, context.Canceled), true)
	_, err = w.ben.SimulateSLA(w.ctx, desk.Simulation{Days: 30})
	w.want("who is no admin", desk.KindOf(err), desk.Denied)
}

// testClocksMoved: in another inbox another policy counts, from when the clocks
// began; an undo brings the first one back.
func testClocksMoved(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.promised()
	_, err := w.maya.AddPolicy(w.ctx, "Sales", map[desk.PolicyKey]string{desk.PolicyFirst: "1h in office", desk.PolicyInboxes: "Sales"}, desk.NewTickets)
	w.ok(err)
	w.ok(w.maya.OrderPolicies(w.ctx, []string{"Sales"}))
	id := w.promisedTicket("1@x")
	w.want("in Support", w.row(id).DueAt, at(13, 1))
	preview, err := w.maya.PreviewMove(w.ctx, []desk.ConversationID{id}, "Sales")
	w.want("what a move would mean", []any{preview.Said, err}, []any{[]string{`#1: its clocks go by the policy "Sales" there: first response due 2026-03-02 10:01 UTC.`}, nil})
	_, err = w.maya.Move(w.ctx, []desk.ConversationID{id}, "Sales")
	w.ok(err)
	w.want("in Sales", []any{w.row(id).DueAt, w.clocks(id)}, []any{at(10, 1), states{desk.ClockFirstResponse: desk.ClockActive}})
	w.want("the journal gives the same", w.ran(desk.Simulation{}), true)
	w.want("with another goal it does not", w.ran(desk.Simulation{Policy: "Sales", Terms: map[desk.PolicyKey]string{desk.PolicyFirst: "2h in office"}}), false)
	_, err = w.maya.Undo(w.ctx, "")
	w.ok(err)
	w.want("back in Support", []any{w.row(id).DueAt, w.row(id).Inbox}, []any{at(13, 1), w.support.ID})
	w.want("the journal gives the same", w.ran(desk.Simulation{}), true)
	w.checkCounts()
}

// testClocksMerged: what was merged stands still and is never told, the other
// one keeps its clocks; parted again, it goes on where it stood.
func testClocksMerged(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.promised()
	a := w.promisedTicket("1@x")
	w.tick(at(10, 0))
	b := w.promisedTicket("2@x")
	w.want("due", []any{w.row(a).DueAt, w.row(b).DueAt}, []any{at(13, 1), at(14, 1)})
	w.tick(at(11, 0))
	_, err := w.ben.Merge(w.ctx, []desk.ConversationID{a}, b)
	w.ok(err)
	w.tick(at(13, 30))
	stands := states{desk.ClockFirstResponse: desk.ClockPaused, desk.ClockResolution: desk.ClockPaused}
	w.want("merged", []any{w.row(a).DueAt.IsZero(), w.clocks(a), w.row(b).DueAt, w.row(b).DueState}, []any{true, stands, at(14, 1), desk.ClockSoon})
	sim, err := w.maya.SimulateSLA(w.ctx, desk.Simulation{Days: 30})
	w.want("left out of a simulation", []any{sim.Tickets, sim.LeftOut, err}, []any{2, 2, nil})
	_, err = w.ben.Undo(w.ctx, "")
	w.ok(err)
	w.want("parted", []any{w.row(a).DueAt, w.row(b).DueAt}, []any{at(15, 31), at(14, 1)})
	views, err := w.ben.Clocks(w.ctx, a)
	w.ok(err)
	w.want("its clocks", []any{len(views), views[0].Policy, views[0].Version, views[0].Calendar, views[0].State, len(views[0].Pauses)},
		[]any{2, "Standard", 1, "office", desk.ClockActive, 1})
	_, err = w.zoe.Clocks(w.ctx, a)
	w.want("who does not see it", desk.KindOf(err), desk.NotFound)
	w.checkCounts()
}
