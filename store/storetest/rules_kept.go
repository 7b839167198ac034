package storetest

import (
	"fmt"
	"testing"
	"time"

	"postroom/desk"
)

// testRuleRunsKept: what rules saw is kept for the newest fifty occasions of a
// conversation and for a year, what they did for good.
func testRuleRunsKept(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	w.rule(w.maya, "lamps", "inbox:support", "lamp", "tag lamp")
	other := w.arrive(w.support.ID, mail("other@x", "bob@x.test", "Lamp", "It is broken.")).Conversation
	c := w.arrive(w.support.ID, mail("0@x", "ann@x.test", "Lamp", "It is broken.")).Conversation
	for i := range 51 {
		more := mail(fmt.Sprint(i+1, "@x"), "ann@x.test", "Re: Lamp", "Still.")
		more.InReplyTo = []string{"0@x"}
		w.want("the conversation", w.arrive(w.support.ID, more).Conversation, c)
	}
	runs := func(id desk.ConversationID) int {
		t.Helper()
		x, err := w.ben.Explain(w.ctx, id)
		w.ok(err)
		return len(x.Runs)
	}
	var kept []desk.RuleRun
	w.read(func(r desk.Reader) (err error) {
		kept, err = r.RuleRuns(c, 1000)
		return err
	})
	w.want("kept, and of the other", []int{len(kept), runs(c), runs(other)}, []int{50, 50, 1})
	w.want("the first of them", kept[0].On, desk.OnReceived) // the one that began it is forgotten

	tick := func() time.Time {
		t.Helper()
		next, err := w.d.Mailroom().Tick(w.ctx)
		w.ok(err)
		return next
	}
	next := tick()
	w.clock.forward(next.Sub(w.clock.get()) - time.Second)
	w.want("not yet", []any{tick(), runs(c), runs(other)}, []any{next, 50, 1})
	w.clock.forward(time.Second)
	w.want("a year and a day later", []any{tick().IsZero(), runs(c), runs(other)}, []any{true, 0, 0})
	w.want("what it did", len(w.byRules(other)), 1)
}
