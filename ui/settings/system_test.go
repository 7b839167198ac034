package settings_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"postroom/desk"
)

func TestBackup(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 120, 40).Press(":").Type("settings backup").Press("enter").See("No copy of this desk has been made")
	d.Press("c").See("Back up now", "postroom-2026-10-19-0942.db").Press("ctrl+u").Type("taken.db").Press("ctrl+s").See("There is a file taken.db already.")
	d.Press("ctrl+u").Type("/copies/monday.db").Press("ctrl+s").See("Copied to /copies/monday.db: 12.3 MB, 42 stored mails", "by         Maya", "The key to the accounts'")
	golden(t, d, "backup-120x40-dark", 120, 40)
	if ev := o.newest(desk.EventBackedUp); string(ev.After) != `"/copies/monday.db"` {
		t.Errorf("the journal says %s", ev.After)
	}
	// An agent sees no copies, and learns why he makes none.
	o.open(o.tom, 80, 24).Press(":").Type("settings backup").Press("enter").NotSee("monday").Press("c").See("only admins copy the whole desk")
}

func TestKey(t *testing.T) {
	o := newOffice(t)
	must(t, o.maya.SetOAuthClient(t.Context(), desk.OAuthClient{Provider: "google", ClientID: "x", Secret: []byte("sealed")}))
	d := o.open(o.maya, 120, 40).Press(":").Type("settings backup").Press("enter").Press("K").See("Save a copy of the key")
	d.Press("ctrl+s").See("There is no file named.").Type("taken.key").Press("ctrl+s").See("taken.key is there already.")
	d.Press("ctrl+u").Type("/keys/copy").Press("ctrl+s").See("The key is in /keys/copy now.")
	if ev := o.newest(desk.EventKeyCopied); string(ev.After) != `"/keys/copy"` {
		t.Errorf("the journal says %s", ev.After)
	}
	// While the key is here there is no other.
	d.Press("N").See("is not lost").NotSee("Begin a new key?")
	o.keyLost = true
	d.Press("N").See("Begin a new key?", "Providers to be set up again first: google.").Press("enter")
	if slices.ContainsFunc(o.events(), func(e desk.Event) bool { return e.Kind == desk.EventKeyBegun }) {
		t.Error("a new key is begun before anybody has said so")
	}
	d.Press("N").Press("down").Press("enter").See("The key is /keys/desk.key now.")
	o.newest(desk.EventKeyBegun)
	o.open(o.tom, 80, 24).Press(":").Type("settings backup").Press("enter").Press("K").See("only admins copy")
}

func TestDoctor(t *testing.T) {
	o := newOffice(t)
	o.health("Support", desk.AccountNeedsSignIn, "The password is refused.")
	found, err := o.maya.Doctor(context.Background(), desk.Readings{})
	must(t, err)
	if len(found.Findings) == 0 {
		t.Fatal("there is nothing to show")
	}
	for _, size := range sizes() {
		d := o.open(o.maya, size[0], size[1]).Press(":").Type("settings doctor").Press("enter")
		golden(t, d, fmt.Sprintf("doctor-%dx%d-dark", size[0], size[1]), size[0], size[1])
	}
	d := o.open(o.maya, 120, 40).Press(":").Type("settings doctor").Press("enter")
	d.See(found.Findings[0].Where, "mend it", "checks are well", "signed off by")
	// Signing keeps what was found, with a note.
	pick(d, "sign the checklist").See("Sign off the set-up").Type("all known").Press("ctrl+s").See("Signed off.")
	list, err := o.maya.SignOffs(context.Background(), 5)
	must(t, err)
	if len(list) != 1 || list[0].Note != "all known" || len(list[0].Points) != len(found.Checked) {
		t.Fatalf("signed %+v", list)
	}
	// What has been mended is gone.
	n := len(found.Findings)
	o.health("Support", desk.AccountConnected, "")
	d.Listen()
	found, err = o.maya.Doctor(context.Background(), desk.Readings{})
	must(t, err)
	if len(found.Findings) >= n {
		t.Fatal("nothing has been mended")
	}
	d.NotSee("The password is refused.")
	// Who is no admin cannot sign, and is told so.
	o.open(o.tom, 120, 40).Press(":").Type("settings doctor").Press("enter").See("Only admins sign off", "[ Ask the servers ]").NotSee("[ Sign off ]")
}

func TestSyncAndJobs(t *testing.T) {
	o := newOffice(t)
	d := pick(o.open(o.maya, 120, 40), "settings sync").See("Sync & jobs", "nothing waits", "INBOX", "0 mails here").NotSee("toms@acme.test")
	o.receive("Billing", desk.Mail{MessageID: "1@x", From: []desk.Mailbox{{Addr: "ana@x.test"}}, Subject: "Hello", Date: o.clock.Now()})
	d.Listen().See("1 mails here")
	golden(t, d, "jobs-120x40-dark", 120, 40)
	_, err := o.maya.BeginTest(context.Background(), "Billing", o.account("billing@acme.test").ID)
	must(t, err)
	d.Listen().See("one mail waits")
	d.Press("j").See("maya@acme.test", "nothing waits")
	// What is not one's own is as if it were not there.
	if _, err := o.tom.Progress(context.Background(), o.account("maya@acme.test").ID); desk.KindOf(err) != desk.NotFound {
		t.Errorf("tom is told %v", err)
	}
}
