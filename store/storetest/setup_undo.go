package storetest

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"postroom/desk"
	"postroom/desk/calendar"
)

// undoable is a set-up without what the undo of an applied file leaves as it is.
func undoable(c desk.Config) desk.Config {
	for _, e := range c.Entries {
		switch e.Kind {
		case "user":
			delete(e.Values, "role")
			delete(e.Values, "disabled")
		case "inbox":
			delete(e.Values, "members")
		}
	}
	return c
}

// testApplyUndo: one undo takes a whole set-up back that was applied over
// another one, and what has been changed since is not run over.
func testApplyUndo(t *testing.T, fresh Fresh) {
	for seed := range uint64(rounds(t)) {
		w := emptyWorld(t, fresh)
		_, err := w.maya.Apply(w.ctx, someConfig(rand.New(rand.NewPCG(seed, 5))))
		w.ok(err)
		before := w.config(w.maya)
		done, err := w.maya.Apply(w.ctx, someConfig(rand.New(rand.NewPCG(seed, 6))))
		w.ok(err)
		if reflect.DeepEqual(undoable(w.config(w.maya)), undoable(before)) {
			t.Fatalf("seed %d: nothing was applied: %v", seed, done)
		}
		out, err := w.maya.Undo(w.ctx, done.Batch)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		w.want("what was undone", out.What, desk.EventApplied)
		if got, want := undoable(w.config(w.maya)), undoable(before); !reflect.DeepEqual(got, want) {
			t.Errorf("seed %d: undone is\n%v\nand was\n%v", seed, got, want)
		}
		_, err = w.maya.Undo(w.ctx, done.Batch)
		w.refused("a second undo of the file", err, "NOTHING_TO_UNDO")
	}
}

// setupChange is one change of the set-up by an admin, and another one behind
// it that its undo must not run over.
type setupChange struct {
	name      string
	do, after func(*desk.Seat) error
}

// testSetupUndo: each change of the set-up is taken back, all of it, but not
// when the same has been changed since.
func testSetupUndo(t *testing.T, fresh Fresh) {
	w := emptyWorld(t, fresh)
	set := append(someConfig(rand.New(rand.NewPCG(1, 5))).Entries, entry("team", "Extra"),
		entry("pipeline", "Sales", "stages=In, Out: closed", "default=yes"), entry("policy", "First", "first-response=1h in berlin"))
	w.apply("", set...)
	ada, err := w.d.SignIn(w.ctx, "ada", "")
	w.ok(err)
	for _, c := range w.setupChanges() {
		before := w.config(w.maya)
		w.ok(c.do(w.maya))
		if reflect.DeepEqual(w.config(w.maya), before) {
			t.Errorf("%s: has changed nothing", c.name)
		}
		_, err := w.d.As(ada).Undo(w.ctx, "")
		w.refused(c.name+": by somebody else", err, "NOTHING_TO_UNDO")
		if _, err := w.maya.Undo(w.ctx, ""); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := w.config(w.maya); !reflect.DeepEqual(got, before) {
			t.Errorf("%s: undone is\n%v\nand was\n%v", c.name, got, before)
		}
		if c.after == nil {
			continue
		}
		w.ok(c.do(w.maya))
		var batch string
		w.read(func(r desk.Reader) error {
			events, err := r.LastBatch(w.maya.Actor().User, "")
			batch = events[0].Batch
			return err
		})
		w.ok(c.after(w.maya))
		now := w.config(w.maya)
		_, err = w.maya.Undo(w.ctx, batch)
		w.refused(c.name+": changed since", err, "CHANGED_SINCE")
		var refusal *desk.Error
		if !errors.As(err, &refusal) || !strings.Contains(refusal.Hint, "postroom ") {
			t.Errorf("%s: what to do is not said: %v", c.name, err)
		}
		w.want(c.name+": run over", reflect.DeepEqual(w.config(w.maya), now), true)
		for range 2 {
			_, err := w.maya.Undo(w.ctx, "")
			w.ok(err)
		}
		w.want(c.name+": both undone", reflect.DeepEqual(w.config(w.maya), before), true)
	}
}

func (w *world) setupChanges() []setupChange {
	rule := func(name string, values ...string) func(*desk.Seat) error {
		return func(s *desk.Seat) error {
			_, err := s.Apply(w.ctx, desk.Config{Entries: []desk.ConfigEntry{entry("rule", name, values...)}})
			return err
		}
	}
	edit := func(change func(*desk.RuleText)) func(*desk.Seat) error {
		return func(s *desk.Seat) error {
			_, err := s.EditRule(w.ctx, "money", func(t *desk.RuleText) error { change(t); return nil })
			return err
		}
	}
	policy := func(terms map[desk.PolicyKey]string) func(*desk.Seat) error {
		return func(s *desk.Seat) error { _, err := s.SetPolicy(w.ctx, "Urgent", terms, desk.OpenTickets); return err }
	}
	hours := func(day string) func(*desk.Seat) error {
		return func(s *desk.Seat) error {
			_, _, err := s.SetCalendar(w.ctx, "berlin", calendar.Spec{Timezone: "Europe/Berlin", Hours: map[string][][2]string{day: {{"10:00", "11:00"}}}}, desk.NewTickets)
			return err
		}
	}
	pipe := func(name string, values map[desk.PipelineKey]string) func(*desk.Seat) error {
		return func(s *desk.Seat) error { _, err := s.SetPipeline(w.ctx, name, values); return err }
	}
	strategy := func(on ...string) func(*desk.Seat) error {
		return func(s *desk.Seat) error {
			_, err := s.SetStrategy(w.ctx, "rota", desk.StrategySetting{On: on})
			return err
		}
	}
	capacity := func(n int) func(*desk.Seat) error {
		return func(s *desk.Seat) error { _, err := s.SetCapacity(w.ctx, "ada", n, 77); return err }
	}
	return []setupChange{
		{"rule added", func(s *desk.Seat) error {
			_, err := s.AddRule(w.ctx, desk.RuleText{Name: "new", Scope: "desk", On: "received", Then: []string{"tag x"}, Enabled: true}, 1)
			return err
		}, func(s *desk.Seat) error {
			_, err := s.EditRule(w.ctx, "new", func(t *desk.RuleText) error { t.When = "tag:late"; return nil })
			return err
		}},
		{"rule edited", edit(func(t *desk.RuleText) { t.Name, t.When = "gold", "subject:gold" }), func(s *desk.Seat) error { return s.RemoveRule(w.ctx, "gold") }},
		{"rule switched", edit(func(t *desk.RuleText) { t.Enabled = !t.Enabled }), edit(func(t *desk.RuleText) { t.When = "tag:later" })},
		{"rule ordered", func(s *desk.Seat) error { return s.OrderRule(w.ctx, "rest", 1) }, func(s *desk.Seat) error { return s.OrderRule(w.ctx, "rest", 2) }},
		{"rule removed", func(s *desk.Seat) error { return s.RemoveRule(w.ctx, "money") }, rule("money", "then=tag other")},
		{"strategy set", strategy("maya"), strategy("maya", "ada")},
		{"strategy added", func(s *desk.Seat) error {
			_, err := s.AddStrategy(w.ctx, "fresh", desk.StrategySetting{Kind: desk.Random, On: []string{"ada"}})
			return err
		}, func(s *desk.Seat) error { return s.RemoveStrategy(w.ctx, "fresh") }},
		{"capacity", capacity(3), capacity(4)},
		{"hours of a user", func(s *desk.Seat) error {
			_, err := s.SetWorking(w.ctx, "ada", desk.Working{Hours: "sat 10:00-12:00", Zone: "Asia/Tokyo"})
			return err
		}, nil},
		{"calendar set", hours("tue"), hours("wed")},
		{"policy set", policy(map[desk.PolicyKey]string{desk.PolicyNext: "7h in berlin", desk.PolicyTags: "a"}), policy(map[desk.PolicyKey]string{desk.PolicyTags: "b"})},
		{"policy removed", func(s *desk.Seat) error { return s.RemovePolicy(w.ctx, "Urgent") }, func(s *desk.Seat) error {
			_, err := s.AddPolicy(w.ctx, "Urgent", map[desk.PolicyKey]string{desk.PolicyFirst: "9h"}, desk.NewTickets)
			return err
		}},
		{"policies ordered", func(s *desk.Seat) error { return s.OrderPolicies(w.ctx, []string{"First"}) }, func(s *desk.Seat) error { return s.OrderPolicies(w.ctx, []string{"Urgent", "Else"}) }},
		{"stages", pipe("Sales", map[desk.PipelineKey]string{desk.PipelineStages: "In > Came, Middle, Out: closed"}), pipe("Sales", map[desk.PipelineKey]string{desk.PipelineReopen: "always new"})},
		{"default pipeline", pipe("Repairs", map[desk.PipelineKey]string{desk.PipelineDefault: "yes"}), pipe("Sales", map[desk.PipelineKey]string{desk.PipelineDefault: "yes"})},
		{"pipeline added", func(s *desk.Seat) error { _, err := s.AddPipeline(w.ctx, "Fresh", nil); return err }, func(s *desk.Seat) error { _, err := s.RemovePipeline(w.ctx, "Fresh", ""); return err }},
		{"field added", func(s *desk.Seat) error {
			_, err := s.AddTicketField(w.ctx, desk.TicketField{Name: "size", Kind: desk.FieldNumber})
			return err
		}, func(s *desk.Seat) error { return s.RemoveTicketField(w.ctx, "size") }},
		{"team joined", func(s *desk.Seat) error { return s.JoinTeam(w.ctx, "Extra", "ada") }, func(s *desk.Seat) error { _, err := s.LeaveTeam(w.ctx, "Extra", "ada"); return err }},
	}
}
