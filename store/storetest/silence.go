package storetest

import (
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

// testSilence: who does nothing with what he has for a customer who waits is
// warned, and loses it to the next who can have it; what he does keeps it (F123).
func testSilence(t *testing.T, fresh Fresh) {
	w := staffed(t, fresh) // Monday 2026-03-02 09:00 UTC
	w.strategy("rota", desk.RoundRobin, "ben,zoe", "")
	later := func(d time.Duration) { t.Helper(); w.tick(w.clock.get().Add(d)) }
	before, who := w.come()
	w.want("without the setting", who, "ben")
	later(48 * time.Hour)
	w.want("nothing is given back", w.has(before), "ben")
	w.set(w.maya, "Sales", map[desk.SettingKey]string{desk.SetReturn: "2h"})
	w.want("the setting", w.value(desk.SetReturn), "")
	kept, who := w.come()
	w.want("the second", who, "zoe")
	due := func(id desk.ConversationID) time.Duration {
		t.Helper()
		x, err := w.maya.Explain(w.ctx, id)
		w.ok(err)
		if x.Returns.IsZero() {
			return 0
		}
		return x.Returns.Sub(w.clock.get())
	}
	w.want("explained", due(kept), 2*time.Hour)
	w.want("what was there counts from the setting", due(before), 119*time.Minute)
	later(100 * time.Minute)
	w.want("warned", w.silenceKinds(before, desk.EventNotified), 1)
	_, err := w.zoe.AddNote(w.ctx, kept, "I ask the workshop")
	w.ok(err)
	later(20 * time.Minute)
	w.want("to the next", w.has(before), "zoe")
	w.want("who did something", w.has(kept), "zoe")
	w.want("his two hours begin anew", due(kept), 100*time.Minute)
	lines, err := w.maya.Routing(w.ctx, before)
	w.ok(err)
	w.want("why", strings.Join(lines, "|"), "strategy:rota (round-robin)|  ben: had it and did nothing|  zoe: has it, last had turn 2")

	// Nobody else: it waits for anybody but her.
	_, err = w.maya.SetAway(w.ctx, "ben")
	w.ok(err)
	later(2 * time.Hour)
	w.want("nobody else", w.has(before), "nobody")
	_, err = w.maya.SetAway(w.ctx, "zoe")
	w.ok(err)
	_, err = w.maya.SetAvailable(w.ctx, "zoe")
	w.ok(err)
	w.want("not to her again", w.has(before), "nobody")
	_, err = w.maya.SetAvailable(w.ctx, "ben")
	w.ok(err)
	w.want("the first who can", w.has(before), "ben")
	_, err = w.ben.Close(w.ctx, []desk.ConversationID{before})
	w.ok(err)
	later(24 * time.Hour)
	w.want("closed", w.has(before), "ben")

	// By hand, in working time, and off again.
	_, err = w.maya.Assign(w.ctx, []desk.ConversationID{kept}, w.ada(t))
	w.ok(err)
	w.promised()
	w.clock.forward(time.Date(2026, 3, 6, 16, 30, 0, 0, time.UTC).Sub(w.clock.get()))
	_, err = w.maya.Assign(w.ctx, []desk.ConversationID{kept}, w.ben.Actor().User)
	w.ok(err)
	w.set(w.maya, "Sales", map[desk.SettingKey]string{desk.SetReturn: "1h", desk.SetRouting: "manual"})
	w.tick(time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC))
	w.want("over the weekend", w.has(kept), "ben")
	later(2 * time.Hour)
	w.want("to the queue", w.has(kept), "nobody")
	_, err = w.ben.Take(w.ctx, []desk.ConversationID{kept})
	w.ok(err)
	w.set(w.maya, "Sales", map[desk.SettingKey]string{desk.SetReturn: "never"})
	later(48 * time.Hour)
	w.want("never", w.has(kept), "ben")
	for _, bad := range []string{"soon", "30s", "1000h"} {
		if _, err := w.maya.SetInboxSettings(w.ctx, "Sales", map[desk.SettingKey]string{desk.SetReturn: bad}); desk.KindOf(err) != desk.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// ada is the id of one of Sales.
func (w *world) ada(t *testing.T) desk.UserID {
	t.Helper()
	var id desk.UserID
	w.read(func(r desk.Reader) error {
		u, err := r.UserByLogin("ada")
		id = u.ID
		return err
	})
	return id
}

// silenceKinds counts the events of a kind of a conversation.
func (w *world) silenceKinds(c desk.ConversationID, k desk.EventKind) int {
	w.t.Helper()
	n := 0
	x, err := w.maya.Explain(w.ctx, c)
	w.ok(err)
	for _, e := range x.Events {
		if e.Kind == k {
			n++
		}
	}
	return n
}
