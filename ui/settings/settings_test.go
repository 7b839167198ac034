package settings_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"postroom/desk"
	"postroom/ui"
	"postroom/ui/uitest"
)

// looks are the ways in which a frame is written down.
func looks() map[string]func(*ui.Settings) {
	return map[string]func(*ui.Settings){
		"dark":  func(*ui.Settings) {},
		"mono":  func(s *ui.Settings) { s.Monochrome = true },
		"ascii": func(s *ui.Settings) { s.ASCII = true },
	}
}

// golden holds a frame to what it was.
func golden(t testing.TB, d *uitest.Driver, name string, w, h int) {
	t.Helper()
	straight(t, d, w, h)
	lines := strings.Split(d.Frame(), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	uitest.Golden(t, name+".txt", strings.Join(lines, "\n")+"\n")
	if strings.HasSuffix(name, "-dark") {
		uitest.Golden(t, name+".styled", d.Styled()+"\n")
	}
}

// straight fails unless the frame has exactly the lines and columns of the
// terminal.
func straight(t testing.TB, d *uitest.Driver, w, h int) {
	t.Helper()
	lines := strings.Split(d.View().Content, "\n")
	if len(lines) != h {
		t.Fatalf("%d lines instead of %d", len(lines), h)
	}
	for i, l := range lines {
		if got := ansi.StringWidthWc(l); got != w {
			t.Fatalf("line %d has %d cells instead of %d: %q", i, got, w, l)
		}
	}
}

// sizes are those every screen is written down in.
func sizes() [][2]int { return [][2]int{{120, 40}, {80, 24}, {60, 20}} }

func TestFrames(t *testing.T) {
	o := newOffice(t)
	o.health("Support", desk.AccountNeedsSignIn, "The password is refused.")
	_, err := o.maya.Pause(context.Background(), "maya@acme.test")
	must(t, err)
	for _, size := range sizes() {
		for look, change := range looks() {
			d := o.open(o.maya, size[0], size[1], change).Press("g", ",")
			golden(t, d, fmt.Sprintf("inboxes-%dx%d-%s", size[0], size[1], look), size[0], size[1])
			d.Press("enter")
			golden(t, d, fmt.Sprintf("inbox-%dx%d-%s", size[0], size[1], look), size[0], size[1])
			d.Press("enter").Type("hush")
			golden(t, d, fmt.Sprintf("signin-%dx%d-%s", size[0], size[1], look), size[0], size[1])
			d.Press("esc", "2", "esc", "esc").See("SETTINGS")
			golden(t, d, fmt.Sprintf("parts-%dx%d-%s", size[0], size[1], look), size[0], size[1])
		}
	}
}

// TestAnySize draws every size without a fall.
func TestAnySize(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 120, 40).Press("g", ",")
	for _, w := range []int{1, 39, 40, 60, 80, 109, 110, 300} {
		for _, h := range []int{1, 9, 10, 16, 24, 100} {
			d.Resize(w, h)
			straight(t, d, w, h)
			for _, keys := range [][]string{{"enter", "enter"}, {"x", "esc", "2"}, {"esc"}, {"esc"}, {"enter", "?"}, {"esc"}} {
				d.Press(keys...)
				straight(t, d, w, h)
			}
		}
	}
	d.Resize(120, 40).See("SETTINGS", "Billing")
}

func TestColumnsByEnterAndEsc(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 80, 24).Press("g", ",")
	d.See("Settings · Inboxes", "Billing", "shared · connected since 09:42", "Sales", "no mailbox connected").NotSee("SETTINGS")
	d.Press("enter").See("Settings · Inboxes · Billing", "imaps://mail.acme.test", "[ Sign in again ]").NotSee("Sales")
	d.Press("esc").See("Sales").Press("esc").See("SETTINGS").Press("enter").See("Sales")
	d.Press("esc", "esc").See("All open").Resize(120, 40).See("QUEUES").NotSee("SETTINGS")
	d.Press("g", ",").See("SETTINGS", "Sales", "imaps://mail.acme.test")
	// A key without a verb here says so.
	d.Press("a").See("a does nothing here")
}

// TestTheSickOneIsInFront: whoever comes from the banner stands on it.
func TestTheSickOneIsInFront(t *testing.T) {
	o := newOffice(t)
	o.health("Support", desk.AccountNeedsSignIn, "The password is refused.")
	d := o.open(o.maya, 120, 40)
	d.See("support@acme.test needs sign-in since 09:42", "g , opens the settings")
	d.Press("g", ",").See("1 !", "support@acme.test", "The password is refused.", "is held until then")
	// An admin sees of a personal inbox that it is there and how it is.
	d.Press("G").See("Toms", "only its owner sees it").NotSee("toms@acme.test")
}

func TestPauseAndResume(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 120, 40).Press("g", ",", "P")
	d.See("billing@acme.test is paused", "shared · paused since 09:42", "By Maya.", "[ Resume ]")
	if s := o.account("billing@acme.test").State; s != desk.AccountPaused {
		t.Fatalf("the account is %s", s)
	}
	d.Press("P").See("billing@acme.test works again", "[ Pause ]")
	if s := o.account("billing@acme.test").State; s != desk.AccountConnecting {
		t.Fatalf("the account is %s", s)
	}
	// What is nobody's mailbox cannot be paused, and says why.
	d.Press("G", "k", "k").See("No mailbox is connected").Press("P").See("no mailbox of yours is marked")
}

// TestSignInAgain: nothing is tried before Save, a refusal is said at the
// field, and a form with changes is not left without a question.
func TestSignInAgain(t *testing.T) {
	o := newOffice(t)
	refusal := error(&desk.Error{Kind: desk.Denied, Code: "LOGIN_REFUSED", Message: "The server refuses the password.", Hint: "Type it again."})
	o.signIn = func(context.Context, string, string) error { return refusal }
	d := o.open(o.maya, 80, 24).Press("g", ",", "enter", "enter").See("Sign in again: billing@acme.test", "[ Sign in ]", "Nothing is written until you save.")
	d.Type("wrong one").See("unsaved changes", "*********").NotSee("wrong")
	d.Press("esc").See("Throw it away?", "No, go on").Press("enter").See("*********")
	if len(o.signedInTo) != 0 {
		t.Fatalf("tried before saving: %v", o.signedInTo)
	}
	d.Press("tab", "enter").See("The server refuses the password. Type it again.", "Sign in again: billing@acme.test")
	refusal = nil
	d.Press("ctrl+u").Type("right").Press("ctrl+s").See("billing@acme.test is signed in again.").NotSee("[ Sign in ]")
	if want := []string{"billing@acme.test wrong one", "billing@acme.test right"}; !slices.Equal(o.signedInTo, want) {
		t.Fatalf("tried %v", o.signedInTo)
	}
	// An untouched form is left without a question.
	d.Press("enter").See("[ Sign in ]").Press("esc").NotSee("Throw it away?", "[ Sign in ]").See("[ Sign in again ]")
}

// TestSignInAtAProvider: the page to open is shown; the address of another
// machine's browser can be pasted; whoever leaves ends it.
func TestSignInAtAProvider(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	must(t, o.maya.SetOAuthClient(ctx, desk.OAuthClient{Provider: "google", ClientID: "id", Secret: []byte("sealed")}))
	_, err := o.maya.Connect(ctx, "Sales", desk.Account{Address: "sales@acme.test", IMAP: "imaps://mail.acme.test", SMTP: "smtps://mail.acme.test", OAuth: "google", OAuthUser: "sales@acme.test", Secret: []byte("sealed")})
	must(t, err)
	_, err = o.maya.AddAddress(ctx, "sales@acme.test", "orders@acme.test", desk.AddressAlias)
	must(t, err)
	d := o.open(o.maya, 120, 40).Press("g", ",", "j", "j").See("at google, as sales@acme.test", "orders@acme.test (alias, not verified)")
	d.Press("enter", "enter").See("https://provider.test/authorize?state=abc", "postroom may: read your mail")
	d.Type("http://elsewhere").Press("ctrl+s").See("That is another address.").Press("ctrl+u").Type("http://127.0.0.1/?code=x").Press("ctrl+s").See("sales@acme.test is signed in again.")
	d.Press("enter").See("https://provider.test").Press("esc").NotSee("https://provider.test")
	if want := []string{"sales@acme.test pasted", "sales@acme.test finished", "sales@acme.test closed", "sales@acme.test closed"}; !slices.Equal(o.signedInTo, want) {
		t.Fatalf("what happened: %v", o.signedInTo)
	}
}

func TestSigningInIsStopped(t *testing.T) {
	o := newOffice(t)
	o.signIn = func(ctx context.Context, _, _ string) error { return ctx.Err() }
	d := o.open(o.maya, 80, 24).Press("g", ",", "enter", "enter").Type("secret")
	d.Hold().Press("ctrl+s").See("Signing in to both servers").Press("esc").See("Stopped.").Release().NotSee("signed in again")
}

func TestLeavingWithChangesAsksOnce(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 120, 40).Press("g", ",", "c").Type("Press").Press("ctrl+c").See("What you have written is not saved", "Stay").Press("enter")
	if d.See("New inbox", "Press"); d.Quit() {
		t.Fatal("left with changes")
	}
	if d.Press("ctrl+c", "2"); !d.Quit() {
		t.Error("asked twice")
	}
}

func TestCreateInbox(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 120, 40).Press("g", ",", "c").See("New inbox", "personal", "members work on it together")
	d.Type("Billing").Press("tab", "space", "tab", "enter").See("There is an inbox \"Billing\" already.")
	d.Press("ctrl+u").Type("Press").Press("ctrl+s").See("The inbox Press is there", "shared · no mailbox connected")
	v, err := o.maya.Inbox(context.Background(), "press")
	must(t, err)
	if v.Kind != desk.Shared {
		t.Errorf("the inbox is %s", v.Kind)
	}
	// An agent is offered what he may make.
	o.open(o.tom, 80, 24).Press("g", ",", "c").See("(●) personal", "shared ones are made by admins").NotSee(") shared").Type("Mine too").Press("ctrl+s").See("The inbox Mine too is there")
}

func TestDisconnectAsks(t *testing.T) {
	o := newOffice(t)
	_, err := o.maya.AddAddress(context.Background(), "billing@acme.test", "bills@acme.test", desk.AddressAlias)
	must(t, err)
	d := o.open(o.maya, 120, 40).Press("g", ",", "#").See("No, leave it connected", "nothing changes on the", "further addresses: bills@acme.test;").Press("enter")
	o.account("billing@acme.test")
	d.Press("#", "2").See("billing@acme.test is disconnected; its address is free.", "shared · no mailbox connected")
	list, err := o.maya.Accounts(context.Background())
	must(t, err)
	if slices.ContainsFunc(list, func(a desk.Account) bool { return a.Address == "billing@acme.test" }) {
		t.Error("it is still connected")
	}
}

// TestNothingSlipsUnderTheQuestion: somebody disconnects what a question is
// about; no key after it hits the neighbour.
func TestNothingSlipsUnderTheQuestion(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	d := o.open(o.maya, 120, 40).Press("g", ",", "j").See("maya@acme.test").Press("#")
	_, err := o.maya.Disconnect(ctx, "maya@acme.test")
	must(t, err)
	d.Listen().Press("esc").See("It is gone").Press("P").See("no mailbox of yours is marked")
	if s := o.account("support@acme.test").State; s != desk.AccountConnected {
		t.Fatalf("the neighbour is %s", s)
	}
	d.Press("j").NotSee("It is gone")
}

// TestTestMail: the hops appear one by one, and the end is told.
func TestTestMail(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 120, 40).Press("g", ",", "enter", "right", "right", "right", "right", "enter").See("Test mail", "… sent", "under way")
	out := o.hand("Billing")
	d.Listen().See("✓ sent", "… delivered").Press("enter").See("another test mail is under way")
	o.receive("Billing", desk.Mail{MessageID: out.HeaderID, InReplyTo: []string{out.InReplyTo}, References: out.References, From: []desk.Mailbox{out.From}, To: out.To, Subject: out.Subject, Date: o.clock.Now()})
	d.Listen().Advance(time.Second).See("✓ delivered", "✓ fetched", "✓ threaded", "✓ routed", "✓ logged", "It went out and came back the whole way.")
	golden(t, d, "trip-120x40-dark", 120, 40)
	if ev := o.newest(desk.EventTested); !strings.Contains(string(ev.After), `"passed":true`) {
		t.Errorf("the journal says %s", ev.After)
	}
}

// TestTestMailThatIsPutOff says why at once, and not when its time is over.
func TestTestMailThatIsPutOff(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 120, 40).Press("g", ",", "enter", "right", "right", "right", "right", "enter").See("… sent", "under way").NotSee("tried again")
	o.settle("Billing", desk.Settled{State: desk.Deferred, Detail: "Nothing answers there.", Retry: o.clock.Now().Add(time.Minute)})
	d.Listen().Advance(2*time.Second).See("… sent", "under way", "It is tried again.", "Nothing answers there")
}

// TestTestMailThatStaysAway: after its time the hop that is missing is named,
// and what to do.
func TestTestMailThatStaysAway(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 120, 40).Press("g", ",", "enter", "right", "right", "right", "right", "enter")
	o.hand("Billing")
	d.Advance(3*time.Minute).See("✓ sent", "! delivered", "failed", "has taken the test mail, but it is not", "Look for it in the")
	if ev := o.newest(desk.EventTested); !strings.Contains(string(ev.After), `"passed":false`) {
		t.Errorf("the journal says %s", ev.After)
	}
	// Whoever leaves while one is under way ends it.
	d.Press("enter").See("… sent").Press("esc", "esc", "esc").See("QUEUES")
	if n := o.tested(); n != 2 {
		t.Errorf("%d tests have ended, want 2", n)
	}
}
