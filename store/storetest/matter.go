package storetest

import (
	"reflect"
	"testing"
	"time"

	"postroom/desk"
)

// testMatter keeps all that a conversation can be, and forgets it again.
func testMatter(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	id := w.arrive(w.support.ID, mail("1@x", "ann@x.test", "Hello", "text")).Conversation
	kept := func() (c desk.Conversation) {
		w.read(func(r desk.Reader) (err error) {
			c, err = r.Conversation(id)
			return err
		})
		return c
	}
	plain := kept()
	full := plain
	full.Team, full.Priority, full.Tags = 7, desk.High, []string{"eu", "refund"}
	full.SnoozedUntil, full.Trashed = w.clock.get().Add(time.Hour), true
	full.Ticket, full.Stage = 12, 3
	full.DueAt, full.Due = w.clock.get().Add(2*time.Hour), desk.ClockFirstResponse
	for _, c := range []desk.Conversation{full, plain} {
		w.write(func(wr desk.Writer) error { return wr.SaveConversation(c) })
		if got := kept(); !reflect.DeepEqual(got, c) {
			t.Errorf("kept is %+v\nnot %+v", got, c)
		}
		w.checkCounts()
	}
	w.read(func(r desk.Reader) error {
		tags, err := r.Tags()
		w.want("tags", tags, []string{"eu", "refund"})
		return err
	})
}
