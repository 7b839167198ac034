package settings_test

import (
	"context"
	"slices"
	"testing"

	"postroom/desk"
)

// TestMailbox: write-back, folders and cut-off are changed together or not at
// all, and a day nobody has touched keeps its moment.
func TestMailbox(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	now := func() desk.Account {
		t.Helper()
		a, err := o.maya.Mailbox(ctx, "billing@acme.test")
		must(t, err)
		return a
	}
	before := now()
	d := o.open(o.maya, 120, 40).Press("g", ",").See("writes     ", "nothing: it is only read")
	pick(d, "choose folders").See("Mailbox billing@acme.test", "also into Archive and Junk")
	golden(t, d, "mailbox-120x40-dark", 120, 40)
	d.Resize(80, 24)
	golden(t, d, "mailbox-80x24-dark", 80, 24)
	d.Resize(120, 40).Press("ctrl+s").See("Nothing is different")
	pick(d, "choose folders").Press("right", "tab", "ctrl+u").Type("Orders").Press("ctrl+s").See("! INBOX is always read")
	if a := now(); a.WriteBack != before.WriteBack {
		t.Fatalf("half of it is written: %+v", a)
	}
	d.Press("ctrl+u").Type("INBOX,Old:closed").Press("ctrl+s").See("billing@acme.test: what is read and answered")
	want := []desk.FolderChoice{{Name: "INBOX"}, {Name: "Old", Role: desk.RoleClosed}}
	if a := now(); a.WriteBack != desk.WriteFlags || !slices.Equal(a.Folders, want) || !a.CutOff.Equal(before.CutOff) {
		t.Fatalf("it is %+v", a)
	}
	pick(d, "choose folders").Press("tab", "ctrl+u", "tab", "ctrl+u").Type("2027-01-01").Press("ctrl+s").See("! \"2027-01-01\" is no time").Press("ctrl+u").Type("10d").Press("ctrl+s").See("reads INBOX, Sent and Junk")
	if a := now(); len(a.Folders) != 0 || !a.CutOff.After(before.CutOff) {
		t.Fatalf("it is %+v", a)
	}
}
