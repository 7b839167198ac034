package settings_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"postroom/ui/settings"
)

// TestCompareAndRepair: what differs is shown with what a repair would do, and
// nothing is repaired before it is asked for; esc leaves while it is looked at.
func TestCompareAndRepair(t *testing.T) {
	o := newOffice(t)
	o.compared = settings.Compared{Waiting: 1, Folders: []settings.ComparedFolder{
		{Account: "billing@acme.test", Name: "INBOX", OnServer: 3, Here: 1, Missing: 2, New: 4},
		{Account: "billing@acme.test", Name: "Sent", OnServer: 7, Here: 7, Extra: 1},
	}}
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		d := pick(o.open(o.maya, size[0], size[1]).Press("g", ","), "compare the inbox").See("Repair would:", "3 there, 1 here: 2 missing, 0 extra; 4 new", "[ Repair ]")
		golden(t, d, fmt.Sprintf("compare-%dx%d-dark", size[0], size[1]), size[0], size[1])
		d.Press("esc").NotSee("Repair would:", "Throw it away?")
	}
	d := o.open(o.maya, 120, 40).Press("g", ",").Hold()
	pick(d, "compare the inbox").See("Signing in… esc leaves").Answer(d.Waiting() - 2)
	d.Press("esc").NotSee("esc leaves").Release()
	if len(o.repairs) > 0 {
		t.Fatalf("repaired unasked: %v", o.repairs)
	}
	d = pick(o.open(o.maya, 120, 40).Press("g", ","), "compare the inbox")
	o.repaired = settings.Repaired{Fetched: 1, Known: 1, Gone: 1, Left: o.compared}
	d.Press("ctrl+s").See("1 known again", "! Billing")
	o.repaired.ServedBy = []string{"another"}
	d.Press("ctrl+s").See("The process that serves it does the rest.")
	o.compared, o.repaired = settings.Compared{}, settings.Repaired{}
	pick(d, "compare the inbox").See("It is whole: nothing is missing").Press("ctrl+s").See("There is nothing to repair.")
	if want := []string{"Billing", "Billing"}; !slices.Equal(o.repairs, want) {
		t.Fatalf("repaired %v", o.repairs)
	}
	o.compared = settings.Compared{Problems: []string{"billing@acme.test: The server does not answer."}}
	pick(d.Press("esc"), "compare the inbox").Advance(time.Second).See("The server does not answer.").NotSee("It is whole")
}
