package settings_test

import (
	"context"
	"fmt"
	"testing"

	"postroom/desk"
)

// fillJournal appends so many events of a kind to the journal.
func (o *office) fillJournal(n int, inbox string) {
	o.t.Helper()
	must(o.t, o.db.Write(context.Background(), func(w desk.Writer) error {
		for i := range n {
			after := fmt.Appendf(nil, "%q", fmt.Sprintf("number %d", i))
			ev := desk.Event{At: o.clock.Now(), Actor: o.tom.Actor(), Kind: desk.EventInboxCreated, Inbox: o.number[inbox], After: after}
			if err := w.Append(&ev); err != nil {
				return err
			}
		}
		return nil
	}))
}

func TestAuditLog(t *testing.T) {
	o := newOffice(t)
	_, err := o.maya.Pause(context.Background(), "support@acme.test")
	must(t, err)
	for _, size := range sizes() {
		d := pick(o.open(o.maya, size[0], size[1]), "settings audit").See("Audit log")
		golden(t, d, fmt.Sprintf("audit-%dx%d-dark", size[0], size[1]), size[0], size[1])
	}
	d := o.open(o.maya, 120, 40).Press(":").Type("audit").Press("enter")
	d.See("Settings · Audit log", "Maya · account health", "connected, now paused").NotSee("toms@acme.test")
	// What happens meanwhile comes in above; the cursor stays on its event.
	d.See("before     connected", "after      paused")
	_, _, err = o.maya.Resume(context.Background(), "support@acme.test")
	must(t, err)
	d.Listen().See("paused, now connecting", "after      paused")
	d.Press("k").See("after      connecting")
}

func TestAuditLogByPersonAndKind(t *testing.T) {
	o := newOffice(t)
	o.fillJournal(3, "Billing")
	d := o.open(o.maya, 120, 40).Press(":").Type("audit").Press("enter").See("Tom Ashe · inbox created", "Maya · member added")
	d.Press("/").Type("by tom").Press("enter").See("Only: by Tom Ashe", "number 2").NotSee("Maya · member added")
	d.Press("/").Type("member add").Press("enter").See("Nothing of the kind in the journal.")
	d.Press("/").Type("everything").Press("enter").See("Maya · member added")
	d.Press("/").Type("member add").Press("enter").See("Maya · member added").NotSee("inbox created")
}

// TestAuditLogIsReadAsOneGoes: page by page to its end, and back to the newest,
// with a bounded part of it in memory.
func TestAuditLogIsReadAsOneGoes(t *testing.T) {
	o := newOffice(t)
	const many = 1150
	o.fillJournal(many, "Billing")
	d := o.open(o.maya, 120, 40).Press(":").Type("audit").Press("enter").See(fmt.Sprintf("number %d", many-1))
	for range 2*many/100 + 4 {
		d.Press("G") // each goes to the end of what has been read
	}
	d.See("user added").Press("g", "g").Press("k").See(fmt.Sprintf("number %d", many-1))
}

// TestAuditLogTellsNobodyTooMuch: an agent finds what happened where he works.
func TestAuditLogTellsNobodyTooMuch(t *testing.T) {
	o := newOffice(t)
	o.fillJournal(1, "Support")
	d := o.open(o.tom, 120, 40).Press(":").Type("audit").Press("enter").See("toms@acme.test", "Billing").NotSee("number 0", "user added", "support@acme.test")
	d.Press("/").Type("inbox created").Press("enter").NotSee("number 0").See("inbox created")
}
