package thread_test

import (
	"testing"
	"time"
)

// A conversation is split at the marked message: what it would be is told
// first, and z makes one of the two again.
func TestSplit(t *testing.T) {
	o := newOffice(t)
	id := o.refund()
	left := func(want int) {
		t.Helper()
		n := 0
		for _, it := range o.thread(id).Items {
			if it.Event == nil {
				n++
			}
		}
		if n != want {
			t.Fatalf("%d messages and notes are there, want %d", n, want)
		}
	}
	d := o.reading(120, 40).See("Priya Nair").Press("g", "g", "M").See("nothing would be left")
	d.Press("J", "M").See("split #", "all behind it", "No, leave it whole", "has 3 messages of #").Press("enter")
	left(4)
	d.Press("M", "2").Advance(time.Second).See("has 3 messages of #", "z undo")
	left(1)
	d.Press("z").Advance(time.Second).See("Undone")
	left(4)
}
