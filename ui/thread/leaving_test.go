package thread_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/ui"
)

// TestLeavingATextTheStoreRefuses: what was said to stay as a draft was gone if
// the store could not take it. A text goes from the screen when it is stored,
// or when its author says so.
func TestLeavingATextTheStoreRefuses(t *testing.T) {
	full := errors.New("the disk is full")
	for name, leave := range map[string][]string{
		"the text":    {"esc", "esc"},
		"the program": {"ctrl+c"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			id := o.refund()
			b := &broken{Seat: o.maya, save: full}
			d := o.reading(120, 40, func(s *ui.Settings) { s.Desk = b }).Press("r").Type("precious").Press(leave...)
			if d.See("not saved: the disk is full", "precious").NotSee("stays as a draft"); d.Quit() {
				t.Fatal("the program has ended, and with it the text")
			}
			b.save = nil
			d.Press("enter") // "Stay", where it was asked
			if d.Advance(6 * time.Second); o.draft(id, desk.DraftReply) == "" {
				t.Fatal("not tried again")
			}
			if d.Press("ctrl+c"); !d.Quit() {
				t.Fatal("it cannot be left when all is well")
			}
		})
	}
	t.Run("a new mail", func(t *testing.T) {
		o := newOffice(t)
		o.refund()
		b := &broken{Seat: o.maya, save: full}
		d := o.open(o.maya, 120, 40, func(s *ui.Settings) { s.Desk = b }).Press("c", "tab").Type("precious")
		d.Press("esc", "esc").See("not saved: the disk is full", "precious")
		b.save = nil
		d.Press("esc").See("stays as a draft").NotSee("precious")
		if d.Press("c"); !strings.Contains(d.Frame(), "precious") {
			t.Fatal("the draft is not there")
		}
	})
}

// TestLeavingWaitsForASaveUnderWay: the answer to a save that was begun before
// decides too, until the author gives the text up.
func TestLeavingWaitsForASaveUnderWay(t *testing.T) {
	o := newOffice(t)
	o.refund()
	b := &broken{Seat: o.maya, save: errors.New("the disk is full")}
	d := o.reading(120, 40, func(s *ui.Settings) { s.Desk = b }).Press("r").Type("precious")
	d.Hold().Press("ctrl+s", "esc", "esc").See("saving the draft…", "precious")
	d.Release().See("not saved: the disk is full", "precious").NotSee("stays as a draft")
	d.Hold().Press("ctrl+s", "ctrl+c")
	if d.Release(); d.Quit() {
		t.Fatal("the program has ended, and with it the text")
	}
	if d.Press("2"); !d.Quit() {
		t.Fatal("it cannot be given up")
	}
}

// TestTakingMailBackSavesWhatIsWritten: the way out over the drafts ended the
// program before a text of the last second was stored.
func TestTakingMailBackSavesWhatIsWritten(t *testing.T) {
	o := newOffice(t)
	id := o.refund()
	d := o.reading(120, 40).Press("r").Type("It is done.").Press("esc", "s", "n").Type("Told her.")
	if d.Press("ctrl+c", "3"); !d.Quit() {
		t.Fatalf("it does not leave:\n%s", d.Frame())
	}
	if got := o.draft(id, desk.DraftNote); got != "Told her." {
		t.Fatalf("the note is %q", got)
	}
}

// TestWhatIsWrongBeginsWithItsBeginning: in a small window the end of a long
// sentence stood there alone, such as "lost."
func TestWhatIsWrongBeginsWithItsBeginning(t *testing.T) {
	o := newOffice(t)
	o.refund()
	b := &broken{Seat: o.maya, save: errors.New("the disk of the database is full, make room on it, and nothing that was confirmed before is lost")}
	d := o.reading(120, 40, func(s *ui.Settings) { s.Desk = b }).Press("r").Type("precious").Advance(time.Second)
	d.See("The draft is not saved: the disk", "is lost", "1 word")
	for _, size := range [][2]int{{80, 24}, {60, 20}, {60, 14}, {40, 12}, {40, 10}} {
		d.Resize(size[0], size[1]).See("The draft is not saved: the disk", "precious")
	}
}
