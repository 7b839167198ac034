package settings_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/ui/uitest"
)

// stands moves down until a finding is marked that says this.
func stands(t *testing.T, d *uitest.Driver, what string) *uitest.Driver {
	t.Helper()
	d.Press("g", "g")
	for range 40 {
		if strings.Contains(d.Frame(), what) {
			return d
		}
		d.Press("j")
	}
	t.Fatalf("no finding says %q:\n%s", what, d.Frame())
	return d
}

// TestDoctorMends: enter shows what a finding is about and what would be done.
// What harms nothing is done when it is asked for, and z takes it back; for the
// rest it leads to where it is done. y copies the command.
func TestDoctorMends(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	o.health("Support", desk.AccountNeedsSignIn, "The password is refused.")
	tickets := func() string {
		t.Helper()
		list, err := o.maya.InboxSettings(ctx, "Billing")
		must(t, err)
		for _, s := range list {
			if s.Key == desk.SetTickets {
				return s.Value
			}
		}
		return "?"
	}
	d := pick(o.open(o.maya, 120, 40), "settings doctor")
	stands(t, d, "inbox set Billing tickets=")
	d.Press("enter").See("Leave it as it is", "Do that now", "Copy the command")
	golden(t, d, "mend-120x40-dark", 120, 40)
	d.Resize(80, 24)
	golden(t, d, "mend-80x24-dark", 80, 24)
	d.Resize(120, 40).Press("enter")
	if v := tickets(); v != "" {
		t.Fatalf("changed unasked: %q", v)
	}
	d.Press("enter", "2").See("Billing: tickets is off").NotSee("inbox set Billing tickets=")
	if v := tickets(); v == "" {
		t.Fatal("nothing was done")
	}
	d.Press("z").See("Undone")
	if v := tickets(); v != "" {
		t.Fatalf("after undo it is %q", v)
	}
	stands(t, d, "account reauth support@acme.test")
	d.Press("y").See("Copied: postroom account reauth support@acme.test")
	d.Press("enter").See("Go there: sign in again").NotSee("Do that now").Press("2").See("Settings · Inboxes", "Sign in again: support@acme.test", "Password")
}

// TestDoctorLeadsToTheInvitation: who has not come is invited again in the form
// itself, with what is known of him.
func TestDoctorLeadsToTheInvitation(t *testing.T) {
	o := newOffice(t)
	_, err := o.maya.Invite(context.Background(), desk.Invitation{Login: "lena", Role: desk.RoleAgent, Email: "lena@acme.test", OutOfBand: true})
	must(t, err)
	o.clock.Leap(8 * 24 * time.Hour)
	d := stands(t, pick(o.open(o.maya, 120, 40), "settings doctor"), "user invite lena")
	d.Press("enter").See("Go there: invite a person").Press("2").See("Settings · People & teams", "Invite a person", "lena@acme.test", "by mail")
}
