package settings_test

import (
	"context"
	"strings"
	"testing"
	"time"

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

// TestInvite: the code is shown once where the admin hands it over, mailed
// otherwise, and who is pending sees nothing yet.
func TestInvite(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	d := pick(o.open(o.maya, 120, 40), "settings people")
	pick(d, "invite a person").See("Invite a person", "shown here, once").Type("ann").Press("tab").Type("nowhere").Press("ctrl+s").See("is not a mail address")
	golden(t, d, "invite-120x40-dark", 120, 40)
	d.Resize(80, 24)
	golden(t, d, "invite-80x24-dark", 80, 24)
	d.Resize(120, 40).Press("ctrl+u").Type("ann@acme.test").Press("tab", "tab", "tab", "right", "ctrl+s").See("The code of Ann is", "shown this once", "I have it")
	d.Press("enter").NotSee("The code of Ann is").See("invited 09:42")
	d.Press("g", "g").See("login      ann", "address    ann@acme.test", "good until")
	// A fresh code, by mail this time: the fields are filled in.
	pick(d, "invite a person").See("ann@acme.test").Press("ctrl+s").See("Ann is invited. The code goes to ann@acme.test, from billing@acme.test.", "its mail")
	list, err := o.maya.Pending(ctx)
	must(t, err)
	if len(list) != 1 || list[0].User.Login != "ann" || list[0].Mail == "" {
		t.Fatalf("pending %+v", list)
	}
	pick(o.open(o.tom, 120, 40), "settings people").See("ann").NotSee("good until")
}

func TestRoleAndDisable(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	tom := func() desk.User {
		t.Helper()
		list, err := o.maya.Users(ctx)
		must(t, err)
		for _, u := range list {
			if u.Login == "tom" {
				return u
			}
		}
		return desk.User{}
	}
	d := pick(o.open(o.maya, 120, 40), "settings people").Press("j").See("login      tom")
	pick(d, "change the role").See("No, leave it as it is").Press("enter")
	if tom().Admin() {
		t.Fatal("an admin without a yes")
	}
	pick(d, "change the role").Press("2").See("Tom Ashe is an admin now.")
	if !tom().Admin() {
		t.Fatal("no admin")
	}
	pick(d, "disable a person").See("kept out of everything at once").Press("enter")
	if !tom().Active() {
		t.Fatal("disabled without a yes")
	}
	pick(d, "disable a person").Press("2").See("Tom Ashe is disabled.", "disabled since 09:42", "[ Enable ]")
	if tom().Active() {
		t.Fatal("not disabled")
	}
	pick(d, "disable a person").Press("2").See("may sign in again", "[ Disable ]")
	// Nobody does it to himself.
	pick(d.Press("k"), "disable a person").Press("2").See("Another admin can.")
}

// TestRemovingIsPreviewed: all that somebody holds is listed with where it
// goes, nobody is removed without an heir where one is needed and without
// having typed the login, and then everything is where it was said.
func TestRemovingIsPreviewed(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	o.receive("Billing", desk.Mail{MessageID: "1@x", From: []desk.Mailbox{{Addr: "ana@x.test"}}, Subject: "Hello", Date: o.clock.Now()})
	_, err := o.maya.Assign(ctx, []desk.ConversationID{1}, o.tom.Actor().User)
	must(t, err)
	_, err = o.maya.SetContact(ctx, "ana@x.test", map[string]string{desk.AttrOwner: "tom"})
	must(t, err)
	d := pick(o.open(o.maya, 120, 40), "settings people").Press("j")
	pick(d, "remove a person").Advance(time.Second).See("Remove Tom Ashe", "toms@acme.test stays taken", "Toms stays, and nobody reads it", "cannot be undone")
	golden(t, d, "remove-120x40-dark", 120, 40)
	d.Resize(80, 24)
	golden(t, d, "remove-80x24-dark", 80, 24)
	d.See("Sure           type tom: it cannot be undone")
	d.Resize(120, 40).Press("right", "right").Advance(time.Second).See("Nobody is named who gets it.").Press("ctrl+s").See("! Nobody is named who gets it.")
	d.Type("maya").Advance(time.Second).See("Toms goes to maya", "1 in Billing: nobody has them", "1: nobody looks after them").Press("ctrl+s").See("Removing Tom Ashe cannot be undone.")
	owner := func() desk.UserID {
		t.Helper()
		var h desk.Holder
		must(t, o.db.Read(ctx, func(r desk.Reader) (err error) {
			h, err = r.AddressHolder("toms@acme.test")
			return err
		}))
		return h.Inbox.Owner
	}
	if owner() != o.tom.Actor().User {
		t.Fatal("the preview has given the inbox away")
	}
	d.Type("tom").Advance(time.Second).Press("ctrl+s").See("Tom Ashe is no longer of this desk.").NotSee("login      tom")
	if owner() != o.maya.Actor().User {
		t.Fatal("the inbox has not gone to maya")
	}
	if _, err := o.tom.Me(ctx); err == nil {
		t.Fatal("tom is still here")
	}
}

// TestNobodyIsNoHeir: what is to be given to somebody goes to nobody unnamed.
func TestNobodyIsNoHeir(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	to := desk.Going{Fate: desk.Transfer}
	_, err := o.maya.RemoveUser(desk.Rehearse(ctx), "tom", desk.Leaving{Inboxes: to, Addresses: to})
	if desk.KindOf(err) != desk.Invalid {
		t.Fatalf("removed with %v", err)
	}
	to.To = "maya"
	_, err = o.maya.RemoveUser(desk.Rehearse(ctx), "tom", desk.Leaving{Inboxes: to, Addresses: to})
	must(t, err)
}

// TestTheFootOfASearch: a form that only looks for something does not promise
// that it writes nothing; one that writes does. What is refused is said once.
func TestTheFootOfASearch(t *testing.T) {
	o := newOffice(t)
	d := pick(o.open(o.maya, 80, 24), "settings contacts")
	d.Press("/").See("[ Find ]").NotSee("Nothing is written")
	d.Press("esc")
	pick(d, "enter a contact").See("Nothing is written until you save.").Press("esc")
	pick(pick(d, "settings people").Press("j"), "remove a person").Advance(time.Second)
	d.Press("right", "right").Advance(time.Second).See("Nobody is named who gets it.", "Sure ").Press("ctrl+s")
	if n := strings.Count(d.Frame(), "Nobody is named who gets it."); n != 1 {
		t.Errorf("said %d times:\n%s", n, d.Frame())
	}
}

// TestOutgoingMailFromTheSettings: the keys that the line above the footer names
// lead there too.
func TestOutgoingMailFromTheSettings(t *testing.T) {
	o := newOffice(t)
	o.open(o.maya, 80, 24).Press("g", ",").See("Settings").Press("g", "o").See("Nothing waits in your outbox")
}
