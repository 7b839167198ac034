package ui_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/ui"
	"postroom/ui/settings"
	"postroom/ui/shell"
	"postroom/ui/uitest"
)

// ailing is a desk in trouble: nothing is written, all is read.
type ailing struct {
	shell.Desk
	trouble desk.Trouble
}

func (a *ailing) Trouble() desk.Trouble { return a.trouble }

func (a *ailing) Take(ctx context.Context, ids []desk.ConversationID) (desk.Outcome, error) {
	if a.trouble.Err != nil {
		return desk.Outcome{}, a.trouble.Err
	}
	return a.Desk.Take(ctx, ids)
}

func (a *ailing) SaveDraft(ctx context.Context, d desk.Draft) (desk.Draft, error) {
	if a.trouble.Err != nil {
		return d, a.trouble.Err
	}
	return a.Desk.SaveDraft(ctx, d)
}

func diskFull() desk.Trouble {
	return desk.Trouble{Since: monday().Add(-5 * time.Minute), Err: &desk.Error{
		Kind: desk.Unwell, Code: "DISK_FULL", Message: "The disk of the database is full.", Hint: "Make room on it. Nothing that was confirmed is lost.",
	}}
}

func turned() ui.Rang { return ui.Rang{Changed: desk.Changed{Trouble: true}} }

func TestBannerFrames(t *testing.T) {
	o := scene(t)
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 20}, {40, 10}} {
		for look, change := range looks() {
			a := &ailing{Desk: o.maya, trouble: diskFull()}
			d := o.open(o.maya, size[0], size[1], at("Billing"), change, func(s *ui.Settings) { s.Desk = a })
			d.Press("j", "j", "A").Advance(time.Second)
			straight(t, d, size[0], size[1])
			name := fmt.Sprintf("banner-%dx%d-%s", size[0], size[1], look)
			uitest.Golden(t, name+".txt", trimmed(d.Frame()))
			uitest.Golden(t, name+".styled", d.Styled()+"\n")
		}
	}
}

// TestTroubleIsOneBanner: it says what is wrong while all keys work, nothing
// that failed looks done, and it goes with what was said about it.
func TestTroubleIsOneBanner(t *testing.T) {
	o := newOffice(t)
	o.morning()
	a := &ailing{Desk: o.maya}
	d := o.open(o.maya, 120, 40, at("Billing"), func(s *ui.Settings) { s.Desk = a })
	d.NotSee("disk of the database").See("mail connected")

	a.trouble = diskFull()
	d.Send(turned()).See("Since 09:37: The disk of the database is full. Make room on it.")
	before := d.Frame()
	d.Press("j")
	if d.Frame() == before {
		t.Error("the selection does not move any more")
	}
	d.Press("A").See("Not done: The disk of the database is full.").NotSee("taken")
	if n := strings.Count(d.Frame(), "Make room"); n != 1 {
		t.Errorf("what to do is said %d times", n)
	}
	// A text that is being written stays, and is kept when all is well.
	d.Press("r").Advance(time.Second)
	d.Type("On its way.").Advance(20*time.Second).See("On its way.", "The draft is not saved")
	a.trouble = desk.Trouble{}
	d.Send(turned()).Advance(20*time.Second).See("On its way.").NotSee("The draft is not saved", "disk of the database")
	d.Press("esc", "esc").Advance(time.Second)
	d.NotSee("Not done").Press("A").See("taken")
}

// TestBannerOfTheRealStore: the file of the database is gone for a while.
func TestBannerOfTheRealStore(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 120, 40, at("Billing"))
	away := filepath.Join(t.TempDir(), "away")
	must(t, os.Rename(o.path, away))
	d.Press("A").See("Not done").NotSee("taken")
	must(t, o.desk.CatchUp(context.Background()))
	d.Listen().See("is not there any more", "Put it back")
	must(t, os.Rename(away, o.path))
	d.Press("A").See("taken")
	must(t, o.desk.CatchUp(context.Background()))
	d.Listen().NotSee("Put it back")
}

func TestBannerOfAMailbox(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	d := o.open(o.maya, 80, 24)
	d.See("mail connected").NotSee("since 09")
	must(t, o.desk.Mailroom().SetHealth(ctx, o.lease["Support"], desk.AccountRetrying, "There is no server called imap.acme.test. Look at the spelling of the name."))
	d.Listen().See("support@acme.test since 09:42: There is no server called imap.acme.test.", "Look at the spelling")
	straight(t, d, 80, 24)
	must(t, o.desk.Mailroom().SetHealth(ctx, o.lease["Billing"], desk.AccountNeedsSignIn, "The password is refused."))
	d.Resize(160, 40).Listen().See("2 mailboxes. billing@acme.test needs sign-in since 09:42: postroom account reauth", "2 mailboxes offline")
	// Who may not sign it in is told who can.
	o.open(o.tom, 160, 40).See("billing@acme.test needs sign-in since 09:42: Maya or an admin can sign in again. The password").NotSee("reauth")
	for _, inbox := range []string{"Support", "Billing"} {
		must(t, o.desk.Mailroom().SetHealth(ctx, o.lease[inbox], desk.AccountConnected, ""))
	}
	d.Listen().See("mail connected").NotSee("since 09", "offline")
	// A paused one is nobody's trouble, and still never forgotten.
	_, err := o.maya.Pause(ctx, "support@acme.test")
	must(t, err)
	d.Listen().See("support@acme.test paused since 09:42").NotSee("offline")
	_, _, err = o.maya.Resume(ctx, "support@acme.test")
	must(t, err)
	d.Listen().NotSee("paused")
}

// TestBannerOfTheSignOff: after 90 days an admin is reminded in a line that is
// there anyway, until it is done or something is wrong; nobody else is.
func TestBannerOfTheSignOff(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	o.morning()
	const reminder = "Sign-off is due"
	o.clock.Leap(desk.SignOffEvery - time.Minute)
	d := o.open(o.maya, 80, 24, at("Billing"))
	before := strings.Count(d.NotSee(reminder).Frame(), "\n")
	d.Advance(2 * time.Minute).See("Sign-off is due: postroom doctor --sign-off (since 09:42)")
	straight(t, d, 80, 24)
	if n := strings.Count(d.Frame(), "\n"); n != before {
		t.Errorf("the reminder takes %d lines from the screen", before-n)
	}
	o.open(o.tom, 80, 24, at("Billing")).NotSee(reminder)

	for _, size := range [][2]int{{80, 24}, {40, 16}} {
		screens := ui.WithSettings(ui.Screens(), settings.Outside{})
		led := o.open(o.maya, size[0], size[1], at("Billing"), func(s *ui.Settings) { s.Screens = screens })
		straight(t, led, size[0], size[1])
		uitest.Golden(t, fmt.Sprintf("signoff-%dx%d.txt", size[0], size[1]), trimmed(led.Frame()))
	}

	must(t, o.desk.Mailroom().SetHealth(ctx, o.lease["Support"], desk.AccountNeedsSignIn, "The password is refused."))
	d.Listen().See("support@acme.test needs sign-in").NotSee(reminder)
	must(t, o.desk.Mailroom().SetHealth(ctx, o.lease["Support"], desk.AccountConnected, ""))
	d.Listen().See(reminder)
	found, err := o.maya.Doctor(ctx, desk.Readings{})
	must(t, err)
	_, err = o.maya.SignOff(ctx, found, "")
	must(t, err)
	d.Listen().NotSee(reminder)
}
