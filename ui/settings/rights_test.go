package settings_test

import (
	"context"
	"testing"
	"time"

	"postroom/desk"
	"postroom/ui/uitest"
)

// TestNotHisToDo: who may not look after an inbox has no buttons for it and
// reads why; the list of commands says the same, and a key too. The admin is
// the control.
func TestNotHisToDo(t *testing.T) {
	o := newOffice(t)
	buttons := []string{"[ Sign in again ]", "[ Pause ]", "[ Change ]", "[ Switch type ]", "[ Let in ]", "[ Mailbox ]", "[ Addresses ]", "[ Other inbox ]", "[ Disconnect ]"}
	d := o.open(o.tom, 120, 40).Press("g", ",").See("Billing", "you may", "see, reply, assign", `You may not change "Billing": ask Maya`)
	d.See("[ Test mail ]", "[ New inbox ]").NotSee(buttons...)
	golden(t, d, "agent-120x40-dark", 120, 40)
	d.Press("P").See(`Pause or resume the mailbox: you may not change "Billing"`)
	d.Press("#").See(`Disconnect the mailbox: you may not change "Billing"`)
	d.Press(":").Type("let somebody in").See("you may not change").Press("esc")
	if s := o.account("billing@acme.test").State; s != desk.AccountConnected {
		t.Fatalf("the account is %s", s)
	}
	// His own inbox is his to look after; members it has none.
	d.Press("j").See("toms@acme.test", "[ Pause ]", "[ Disconnect ]").NotSee("[ Let in ]", "You may not")
	o.open(o.maya, 120, 40).Press("g", ",").See(buttons...).NotSee("You may not")
	// Who may configure a shared inbox and is no admin makes it nobody's own.
	_, err := o.maya.SetMember(context.Background(), "Billing", "tom", desk.FullRights())
	must(t, err)
	o.open(o.tom, 120, 40).Press("g", ",").See("[ Pause ]", "Only an admin can make a shared account personal").NotSee("[ Switch type ]")
	// People and teams.
	pick(o.open(o.tom, 120, 40), "settings people").See("Only admins change who works here").NotSee("[ Add a person ]", "[ Role… ]")
	pick(o.open(o.maya, 120, 40), "settings people").See("[ Add a person ]", "[ Role… ]").NotSee("Only admins", "[ Dissolve ]")
}

// toms moves to the personal inbox of Tom.
func toms(d *uitest.Driver) *uitest.Driver {
	return d.Press("g", ",", "G").See("Toms")
}

// TestBreakTheGlass: an admin looks into a personal inbox for a reason and a
// time, both sides see it while it lasts, the owner ends it, and reads later
// that it was.
func TestBreakTheGlass(t *testing.T) {
	o := newOffice(t)
	admin, owner := toms(o.open(o.maya, 120, 40)), o.open(o.tom, 120, 40)
	owner.Press("g", ",", "j").See("Toms").NotSee("[ End the look ]")
	admin.See("[ Break the glass ]").Press("enter", "enter").See("Look into Toms", "Tom Ashe is told at once")
	golden(t, admin, "glass-120x40-dark", 120, 40)
	admin.Press("ctrl+s").See("It needs a reason. Say it on one line")
	admin.Type("the contract is due").Press("tab", "left", "ctrl+s").See("You see Toms until 09:57. Tom Ashe is told.", "you see it", "until 09:57, only to read", "[ End the look ]")
	admin.See(`You look into "Toms" through the glass, which only`, "ask Tom Ashe to make it shared").NotSee("[ Pause ]", "[ Disconnect ]")
	owner.Listen().See("looks in", "Maya, until 09:57: the contract is due")
	// Enter on the list, then to the button: the owner ends it.
	owner.Press(":").Type("end the look").Press("enter").See("Nobody looks into Toms any more.", "looked in", "Maya, 09:42 to 09:42: the contract is due").NotSee("[ End the look ]")
	admin.Listen().See("only its owner sees it", "[ Break the glass ]").NotSee("you see it")
	if ev := o.newest(desk.EventGlassOver); ev.Actor.User != o.tom.Actor().User {
		t.Errorf("it was ended by %+v", ev.Actor)
	}
}

// TestFurtherAddresses: an address is added, verified by a mail through the
// outside and back, and removed.
func TestFurtherAddresses(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 120, 40).Press("g", ",")
	d.Press(":").Type("further address").Press("enter").See("addresses of billing@acme.test", "Add an address").Press("enter")
	d.See("Another address of billing", "mail to it arrives elsewhere")
	golden(t, d, "address-120x40-dark", 120, 40)
	d.Type("support@acme.test").Press("ctrl+s").See("! support@acme.test belongs to")
	d.Press("ctrl+u").Type("help@acme.test").Press("ctrl+s").See("Verify it before you write from it.", "help@acme.test (alias, not verified)")
	d.Press(":").Type("further address").Press("enter").See("Remove help@acme.test").Type("verify").Press("enter").See("Verification of help@acme.test", "… sent")
	out := o.hand("Billing")
	if out.From.Addr != "help@acme.test" {
		t.Fatalf("it leaves from %s", out.From.Addr)
	}
	o.receive("Billing", desk.Mail{MessageID: out.HeaderID, InReplyTo: []string{out.InReplyTo}, References: out.References, From: []desk.Mailbox{out.From}, To: out.To, Subject: out.Subject, Date: o.clock.Now()})
	d.Listen().Advance(time.Second).See("✓ logged", "help@acme.test can be written from.", "help@acme.test (alias)")
	d.Press(":").Type("further address").Press("enter").NotSee("Verify help").Type("remove").Press("enter").See("Yes, remove help@acme.test").Press("2").See("help@acme.test is free again.").NotSee("help@acme.test (alias)")
}

// TestVerifiedByAnother: a server that writes another sender into the mail is
// told of, and the address stays as it was.
func TestVerifiedByAnother(t *testing.T) {
	o := newOffice(t)
	_, err := o.maya.AddAddress(context.Background(), "billing@acme.test", "help@acme.test", desk.AddressAlias)
	must(t, err)
	d := o.open(o.maya, 120, 40).Press("g", ",").Press(":").Type("further address").Press("enter").Type("verify").Press("enter")
	out := o.hand("Billing")
	o.receive("Billing", desk.Mail{MessageID: out.HeaderID, InReplyTo: []string{out.InReplyTo}, References: out.References, From: []desk.Mailbox{{Addr: "billing@acme.test"}}, To: out.To, Subject: out.Subject, Date: o.clock.Now()})
	d.Listen().Advance(time.Second).See("The mail came back, but not as one from", "(alias, not verified)").NotSee("can be written from.")
}

// TestTransferIsPreviewed: an account goes over to another inbox of its kind,
// after what that means has been seen, and back.
func TestTransferIsPreviewed(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 120, 40).Press("g", ",").Press(":").Type("another inbox").Press("enter").See("Another inbox for billing@acme.test", "It serves Billing now.")
	d.Type("toms").Advance(time.Second).See("Choose another name").Press("ctrl+u")
	d.Type("sales").Advance(time.Second).See("That would mean:", "lose access", "Tom Ashe no longer reads")
	golden(t, d, "transfer-120x40-dark", 120, 40)
	if in := inboxOf(o, "billing@acme.test"); in != "Billing" {
		t.Fatalf("the preview has given it to %s", in)
	}
	d.Press("ctrl+s").See("billing@acme.test serves the inbox Sales.", "z undo")
	if in := inboxOf(o, "billing@acme.test"); in != "Sales" {
		t.Fatalf("it serves %s", in)
	}
	d.Press("z").See("Undone")
	if in := inboxOf(o, "billing@acme.test"); in != "Billing" {
		t.Fatalf("after undo it serves %s", in)
	}
}

// TestMergeIsPreviewed: an inbox goes into another one after what that means
// has been seen, and is in no list then.
func TestMergeIsPreviewed(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 120, 40).Press("g", ",").Press(":").Type("merge the inbox").Press("enter").See("Merge Billing into another inbox", "Name another shared inbox")
	d.Type("toms").Advance(time.Second).See("There is no inbox").Press("ctrl+u")
	d.Type("sales").Advance(time.Second).See("That would mean:", "lose access", "Tom Ashe no longer reads", "It cannot be undone.")
	golden(t, d, "merge-120x40-dark", 120, 40)
	if in := inboxOf(o, "billing@acme.test"); in != "Billing" {
		t.Fatalf("the preview has given it to %s", in)
	}
	d.Press("ctrl+s").See("The inbox Billing has gone into Sales.").NotSee("z undo")
	if in := inboxOf(o, "billing@acme.test"); in != "Sales" {
		t.Fatalf("it serves %s", in)
	}
}

func inboxOf(o *office, address string) string {
	o.t.Helper()
	list, err := o.maya.Map(context.Background())
	must(o.t, err)
	for _, m := range list {
		if m.Address.Address == address {
			return m.Inbox.Name
		}
	}
	o.t.Fatalf("nobody has %s", address)
	return ""
}

// TestSignInByACode: where the provider allows it, a code is shown that is typed
// in on any other machine; at Google there is only the browser.
func TestSignInByACode(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	for provider, inbox := range map[string]string{"google": "Sales", "microsoft": "Press"} {
		must(t, o.maya.SetOAuthClient(ctx, desk.OAuthClient{Provider: provider, ClientID: "id", Secret: []byte("sealed")}))
		if inbox == "Press" {
			_, err := o.maya.CreateInbox(ctx, inbox, desk.Shared)
			must(t, err)
		}
		address := desk.FoldName(inbox) + "@acme.test"
		_, err := o.maya.Connect(ctx, inbox, desk.Account{Address: address, IMAP: "imaps://mail.acme.test", SMTP: "smtps://mail.acme.test", OAuth: provider, OAuthUser: address, Secret: []byte("sealed")})
		must(t, err)
	}
	d := o.open(o.maya, 120, 40).Press("g", ",")
	d.Press("j", "j").See("press@acme.test").Press("enter", "enter").See("In a browser", "With a code").Press("2")
	d.See("https://provider.test/authorize", "The code to type there: WDJB-MJHT", "[ Wait for the code ]").NotSee("Address")
	golden(t, d, "code-120x40-dark", 120, 40)
	d.Press("enter").See("press@acme.test is signed in again.")
	d.Press("esc", "j").See("sales@acme.test").Press("enter", "enter").See("[ Wait for the browser ]").NotSee("WDJB-MJHT", "With a code")
}
