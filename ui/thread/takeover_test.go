package thread_test

import (
	"context"
	"testing"

	"postroom/desk"
)

// TestReplyToWhatSomebodyHas: r asks whose the conversation is to be (S271).
func TestReplyToWhatSomebodyHas(t *testing.T) {
	answers := []struct {
		key, see string
		holder   string
		out      int
	}{
		{"1", "@Tom Ashe", "tom", 0},
		{"2", "It is yours now.", "maya", 1},
		{"3", "Reply to customer", "tom", 1},
	}
	for _, a := range answers {
		t.Run(a.key, func(t *testing.T) {
			o := newOffice(t)
			id := o.refund()
			_, err := o.tom.Take(context.Background(), []desk.ConversationID{id})
			must(t, err)
			d := o.reading(120, 40).Press("r").See("assigned to Tom Ashe", "Write Tom Ashe a note", "Take it over and reply", "Reply anyway").NotSee("Reply to customer")
			d.Press(a.key).See(a.see).Type("Dear Priya.").Press("esc", "s")
			if out := o.outbox(o.maya); len(out) != a.out {
				t.Errorf("%d mails wait: %+v", len(out), out)
			}
			want := map[string]desk.UserID{"maya": o.maya.Actor().User, "tom": o.tom.Actor().User}[a.holder]
			if has := o.thread(id).Assignee; has != want {
				t.Errorf("user %d has it, want %s", has, a.holder)
			}
		})
	}
	t.Run("mine", func(t *testing.T) {
		o := newOffice(t)
		_, err := o.maya.Take(context.Background(), []desk.ConversationID{o.refund()})
		must(t, err)
		o.reading(120, 40).Press("r").See("Reply to customer").NotSee("assigned to Maya")
	})
}
