package settings_test

import (
	"context"
	"testing"
	"time"

	"postroom/desk"
)

// TestNeverLog: an admin lists for everybody, everybody for himself; what a list
// would do to older mail is told before it is saved, and one z takes all back.
func TestNeverLog(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	o.letter("Maya", "1", "Sunday")
	listed := func(seat *desk.Seat) int {
		all, err := seat.NeverLogs(ctx)
		must(t, err)
		return len(all.Entries)
	}
	d := pick(o.open(o.maya, 120, 40), "settings never log").See("acme.test", "not listed", "[ List it ]")
	d.Press("enter", "enter").See("Never logs mail that names @acme.test", "the desk's list", "all mail", "z undo").NotSee("[ List it ]")
	golden(t, d, "neverlog-120x40-dark", 120, 40)
	d.Press("c").See("Never log with").Press("ctrl+s").See("neither an address nor a domain").Type("x.test").Press("tab", "right").Advance(time.Second)
	d.See("Never logs with @x.test.", "anew, and 1 not any more.")
	golden(t, d, "neverlog-add-120x40-dark", 120, 40)
	if listed(o.maya) != 1 {
		t.Fatal("listed before it was saved")
	}
	d.Press("ctrl+s").See("1 not any more.", "your own list")
	if listed(o.maya) != 2 || listed(o.tom) != 1 {
		t.Fatalf("maya has %d entries, tom %d", listed(o.maya), listed(o.tom))
	}
	d.Press("z").See("Undone").NotSee("@x.test")
	d.Press("c").Type("nonsense@").Advance(time.Second).Press("ctrl+s").See("! ").Press("esc", "2")
	// Tom sees the desk's list and changes his own.
	d = pick(o.open(o.tom, 80, 24), "settings never log").See("@acme.test", "the desk's list").Press("enter").See("Only admins change the desk's list").NotSee("[ Remove ]")
	d.Press("c").NotSee("the desk's", "Not logged").Type("dad@home.test").Advance(time.Second).Press("ctrl+s").See("Never logs with dad@home.test.")
	d.Press("esc").See("dad@home.test", "your own list").Press("G", "#").See("is logged on contacts again").Press("2").See("is not on that list any more").NotSee("your own list")
	if listed(o.tom) != 1 {
		t.Fatalf("tom has %d entries", listed(o.tom))
	}
}

// TestLoggingIsPreviewed: who chooses what of his mail is logged sees first with
// whom it would be.
func TestLoggingIsPreviewed(t *testing.T) {
	o := newOffice(t)
	o.letter("Maya", "1", "Sunday")
	d := o.open(o.maya, 120, 40).Press("g", ",", "j")
	pick(d, "change the inbox").See("Change Maya", "Logging automatic: of 1 conversation 1", "ana@x.test: 1 conversation")
	for range 4 {
		d.Press("tab")
	}
	d.Press("right", "right").Advance(time.Second).See("Logging replies: of 1 conversation 0", "mail has not gone", "postroom inbox relog Maya").NotSee("ana@x.test: 1")
	golden(t, d, "logging-120x40-dark", 120, 40)
	d.Press("ctrl+s").See("Maya: logging is replies", "z undo")
	// A shared inbox has no such choice, and nothing is looked up.
	pick(d.Press("k"), "change the inbox").See("Change Billing").NotSee("Logging")
}
