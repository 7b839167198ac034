package settings_test

import (
	"context"
	"testing"

	"postroom/desk"
	"postroom/ui/uitest"
)

// pick chooses a verb of the part in front by its name.
func pick(d *uitest.Driver, verb string) *uitest.Driver {
	return d.Press(":").Type(verb).Press("enter")
}

func TestPeopleAndTeams(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	d := pick(o.open(o.maya, 120, 40), "settings people").See("Tom Ashe", "admin: sees every shared inbox")
	d.Press("c").See("Add a person").Type("tom").Press("ctrl+s").See("The login \"tom\" is taken.")
	d.Press("ctrl+u").Type("ann").Press("tab").Type("Ann Lee").Press("ctrl+s").See("Ann Lee works here now", "agent")
	pick(d, "make a team").Type("Sales team").Press("ctrl+s").See("The team Sales team is there", "0 people")
	// The cursor is still on the first of them; the last is the team.
	d.Press("g", "g", "j").See("login      maya")
	d.Press("j").See("login      tom")
	pick(d, "put into a team").See("teams of Tom Ashe").Press("enter").See("Tom Ashe is in Sales team now.", "1 people")
	golden(t, d, "people-120x40-dark", 120, 40)
	d.Press("G").See("An inbox that lets the team in").Press("#").See("No, leave it").Press("2").See("The team Sales team is dissolved")
	teams, err := o.maya.Teams(ctx)
	must(t, err)
	if len(teams) != 0 {
		t.Errorf("teams %+v", teams)
	}
	// Who is no admin is told so.
	pick(o.open(o.tom, 80, 24), "settings people").Press("c").See("only admins change who works here")
}

func TestWhoCanDoWhat(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	d := o.open(o.maya, 120, 40).Press("g", ",").See("Who can do what", "see reply assign configure", "Tom Ashe", "member", "owner")
	golden(t, d, "matrix-120x40-dark", 120, 40)
	pick(d, "let somebody in").Type("nobody there").Press("ctrl+s").See("! ", "nobody there").Press("ctrl+u").Type("tom").Press("tab", "left", "left", "ctrl+s").See("tom may see in Billing.")
	may := func() desk.Access {
		a, err := o.maya.Access(ctx, "Billing")
		must(t, err)
		for _, u := range a.Users {
			if u.User.Login == "tom" {
				return u
			}
		}
		return desk.Access{} // nothing at all
	}
	if a := may(); !a.Can[desk.RightSee] || a.Can[desk.RightReply] {
		t.Fatalf("tom may %v", a.Can)
	}
	pick(d, "take somebody out").See("take out of Billing").Press("enter").See("No, leave it as it is").Press("enter")
	if a := may(); a.Nothing() {
		t.Fatal("taken out without a yes")
	}
	pick(d, "take somebody out").Press("enter", "2").See("tom is no longer in Billing.").NotSee("Tom Ashe")
	if a := may(); !a.Nothing() {
		t.Fatalf("tom may still %v", a.Can)
	}
}
