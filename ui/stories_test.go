package ui_test

import (
	"context"
	"fmt"
	"image/color"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
)

func billing(o *office) desk.View {
	in, err := o.maya.Inbox(context.Background(), "Billing")
	must(o.t, err)
	return desk.View{Inbox: in.ID, Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByWaiting}
}

func TestCloseTwoAndUndo(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 120, 40)
	d.Press(":").Type("billing").Press("enter").See("Billing", "10 · longest waiting first")
	d.Press("x", "x").See("2 selected").Press("e").Advance(time.Second)
	d.See("2 closed", "z undo", "8 · longest waiting first").NotSee("Charged twice", "2 selected")
	d.Press("z").See("Undone: closing, 2 conversations", "Charged twice", "10 · longest waiting first")
}

func TestAfterClosingTheNextBelow(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 80, 24, at("Billing"))
	d.Press("j")
	cursorOn(t, d, "Card declined")
	d.Press("e")
	cursorOn(t, d, "Refund still missing")
	d.Press("G")
	cursorOn(t, d, "Receipt for August")
	d.Press("e")
	cursorOn(t, d, "Re: Annual discount")
	d.Press("z")
	cursorOn(t, d, "Receipt for August")
}

func TestAssignWithThePicker(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 80, 24, at("Billing"))
	d.Press("a").See("assign #1", "Tom Ashe").Type("tom").Press("enter")
	d.See("#1 assigned to Tom Ashe", "Tom Ashe  ")
	cursorOn(t, d, "Card declined")
	d.Press("z").See("Undone: assigning")
}

func TestTakeLeavesTheRowInUnassigned(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 120, 40)
	d.Press("g", "u").See("Unassigned", "15 of 15")
	d.Press("A").See("taken: you have it now", "14 of 15")
	d.Press("g", "m").See("Assigned to me", "Password reset")
}

// TestUndoTakesBackWhatCameLast: a note is written in another screen than the
// taking before it, and z has to know all the same which was later.
func TestUndoTakesBackWhatCameLast(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 120, 40, at("Billing"))
	d.Press("A").See("taken")
	d.Press("n").Type("Ask the depot.").Press("esc", "s").See("The note is in the conversation")
	d.Press("z").See("Undone: the note")
	d.NotSee("Ask the depot.")
	d.Press("z").See("Undone: assigning")
}

func TestTwoTakeOneWins(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 80, 24, at("Billing"))
	_, err := o.tom.Take(context.Background(), []desk.ConversationID{1})
	must(t, err)
	d.Press("A").See("#1: Tom Ashe has it")
}

func TestSearchAndBack(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 120, 40, at("Billing"))
	d.Press("j", "j", "/").Type("refund").Advance(time.Second)
	d.See("2 found", "Re: Refund").NotSee("Card declined")
	d.Press("enter", "e").See("closed")
	d.Press("esc").See("Billing", "9 · longest")
	cursorOn(t, d, "Refund still missing")
}

func TestSearchErrorPointsAtTheWord(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 120, 40)
	d.Press("/").Type("from:ana is:nonsense").Advance(time.Second).See("is:nonsense")
	if c := d.View().Cursor; c == nil || c.Y != 3 {
		t.Errorf("the cursor of the terminal is not in the query: %v", c)
	}
	d.Press("esc").NotSee("nonsense")
	if d.View().Cursor != nil {
		t.Error("the cursor of the terminal stays after the search")
	}
}

func TestArrivalWaitsAbove(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 80, 24, at("Billing"))
	d.Press("S").See("newest first")
	cursorOn(t, d, "Receipt for August")
	line := cursorLine(d)
	for range 3 {
		o.receive(letter{inbox: "Billing", name: "New", addr: "new@new.test", subject: "Just in", text: "Hello"})
	}
	d.Listen().Advance(time.Second)
	d.See("3 new above · press . to show").NotSee("Just in")
	cursorOn(t, d, "Receipt for August")
	if cursorLine(d) != line {
		t.Errorf("the row under the cursor moved from line %d to %d", line, cursorLine(d))
	}
	d.Press(".").See("Just in").NotSee("new above")
}

func TestColleagueClosesTheRowUnderTheCursor(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 80, 24, at("Billing"))
	d.Press("j")
	_, err := o.tom.Close(context.Background(), []desk.ConversationID{2})
	must(t, err)
	d.Listen().Advance(time.Second)
	cursorOn(t, d, "closed Card declined")
	d.Press("e").See("#2 is closed already")
	d.Press("j", "k").NotSee("Card declined")
}

func TestManyAsk(t *testing.T) {
	o := newOffice(t)
	for i := range 30 {
		o.receive(letter{inbox: "Billing", name: "A", addr: "a@a.test", subject: "Mail " + strings.Repeat("i", i+1), text: "x"})
	}
	d := o.open(o.maya, 80, 24, at("Billing"))
	d.Press("*").See("30 selected").Press("e").See("about 30 conversations", "No, leave them")
	d.Press("enter").See("30 selected").Press("e", "2").See("30 closed").See("Nothing here.")
	d.Press("z").See("30 conversations")
}

func TestPaletteSaysWhyNot(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 120, 40)
	d.Press(":").Type("close").See("no conversation is marked").Press("enter").See("Close: no conversation is marked")
	d.Press("esc", "?").See("keys for this place", "Make it a ticket").Type("undo").Press("enter").See("There is nothing of yours to undo")
}

func TestDeadKeySaysSo(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 80, 24)
	d.Press("P").See("P does nothing here · ? shows the keys")
	d.Press("g").NotSee("assigned to me").Advance(500 * time.Millisecond)
	d.See("m assigned to me").Press("P").See("g P does nothing here")
}

func TestQuitAsksOnlyWithMailPending(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 80, 24, at("Billing"))
	if d.Press("q"); !d.Quit() {
		t.Fatal("q at the top does not leave")
	}
	ctx := context.Background()
	dr, err := o.maya.NewReply(ctx, 1, false)
	must(t, err)
	dr.Text = "On its way."
	_, err = o.maya.Send(ctx, dr, desk.SendOptions{Hold: desk.HoldTime})
	must(t, err)
	d = o.open(o.maya, 80, 24, at("Billing"))
	d.See("Mail to Ana Ruiz leaves in 9s · z take back").Advance(2 * time.Second).See("leaves in 7s")
	d.Press("q").See("has not left yet", "Leave, and let it stay").Press("esc")
	if d.Quit() {
		t.Fatal("esc leaves")
	}
	if d.Press("q", "3"); !d.Quit() {
		t.Fatal("the third answer does not leave")
	}
	if _, err := o.maya.Draft(ctx, 1, desk.DraftReply); err != nil {
		t.Error("the mail is not a draft again:", err)
	}
}

func TestTakeBackHeldMail(t *testing.T) {
	o := newOffice(t)
	o.morning()
	ctx := context.Background()
	d := o.open(o.maya, 120, 40, at("Billing"))
	dr, err := o.maya.NewReply(ctx, 1, false)
	must(t, err)
	dr.Text = "On its way."
	_, err = o.maya.Send(ctx, dr, desk.SendOptions{Hold: desk.HoldTime})
	must(t, err)
	d.Listen().See("leaves in 10s · z take back").Press("z").See("Taken back").NotSee("leaves in")
}

func TestHealthInWords(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 120, 40)
	d.See("mail connected")
	must(t, o.desk.Mailroom().SetHealth(context.Background(), o.lease["Support"], desk.AccountRetrying, "connection refused"))
	d.Listen().See("support@acme.test since 09:42: connection refused", "1 mailbox offline")
}

func TestReadOnlyOnOpening(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 120, 40, at("Billing"))
	for range 9 {
		d.Press("j").Advance(time.Second)
	}
	p, err := o.maya.List(context.Background(), billing(o), desk.Window{Limit: 20})
	must(t, err)
	for _, r := range p.Rows {
		if !r.Unread {
			t.Errorf("#%d was marked as read by the preview", r.ID)
		}
	}
}

func TestRangeBeyondMemory(t *testing.T) {
	o := newOffice(t)
	var mails []letter
	for i := range 300 {
		mails = append(mails, letter{inbox: "Billing", name: "A", addr: "a@a.test", subject: "Mail", text: "x", age: time.Duration(400-i) * time.Minute})
	}
	o.receive(mails...)
	for _, sort := range []string{"", "S"} {
		d := o.open(o.maya, 80, 24, at("Billing"))
		if sort != "" {
			d.Press(sort)
		}
		d.Press("j", "j", "x", "G", "X").See("298 selected")
		d.Press("esc", "x", "home", "X").See("300 selected")
	}
}

// TestHeldKeyLosesNoPress: the list answers slower than the key repeats, and
// the cursor still goes as far as was pressed.
func TestHeldKeyLosesNoPress(t *testing.T) {
	o := newOffice(t)
	var mails []letter
	for i := range 400 {
		mails = append(mails, letter{inbox: "Billing", name: "A", addr: "a@a.test", subject: fmt.Sprintf("Mail %03d", i), text: "x", age: time.Duration(500-i) * time.Minute})
	}
	o.receive(mails...)
	d := o.open(o.maya, 80, 24, at("Billing"))
	d.Hold()
	for range 300 {
		d.Press("j")
	}
	d.Release()
	cursorOn(t, d, "Mail 300")
}

func TestOpeningMarksAsRead(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 80, 24, at("Billing"))
	if !strings.Contains(d.Line(cursorLine(d)), "●") {
		t.Fatal("the row is not unread to begin with")
	}
	d.Press("enter").Advance(5*time.Second).See("‹", "Charged twice")
	d.Press("esc")
	if strings.Contains(d.Line(cursorLine(d)), "●") {
		t.Errorf("the row is still unread:\n%s", d.Frame())
	}
}

func TestUnderCursorOpensWhateverIsSelected(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 80, 24, at("Billing"))
	d.Press("x", "x", "r").See("Reply: this works on one conversation")
	d.Press("enter").See("Refund still missing", "‹")
}

func TestFailureShowsItsNextStep(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 60, 20, at("Billing"))
	_, err := o.maya.Disconnect(context.Background(), "billing@acme.test")
	must(t, err)
	d.Listen().Press("c").Advance(time.Second)
	d.See("postroom account")
}

func TestOutbox(t *testing.T) {
	o := newOffice(t)
	o.morning()
	ctx := context.Background()
	dr, err := o.maya.NewReply(ctx, 1, false)
	must(t, err)
	dr.Text = "On its way."
	_, err = o.maya.Send(ctx, dr, desk.SendOptions{})
	must(t, err)
	d := o.open(o.maya, 80, 24, at("Billing"))
	d.Press("g", "o").See("outgoing mail", "Ana Ruiz  Re: Charged twice", "queued").Press("enter", "2").See("Taken back")
	if out, err := o.maya.Outbox(ctx, false); err != nil || len(out) != 0 {
		t.Errorf("%d mails wait, %v", len(out), err)
	}
}

func TestLightTerminal(t *testing.T) {
	o := newOffice(t)
	d := o.open(o.maya, 80, 24)
	dark := d.Styled()
	d.Send(tea.BackgroundColorMsg{Color: color.White})
	if d.Styled() == dark || !strings.Contains(d.Styled(), "␛[34m") {
		t.Error("a light background changes nothing")
	}
}

func TestNothingCanBeDoneWithRowsOfTheViewBefore(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d, target := o.watched(80, 24, at("Billing"))
	d.Hold().Press("g", "c")
	if on := target(); len(on) != 0 {
		t.Errorf("the target is %v, of the view before", on)
	}
	d.See("Charged twice").Press("e").Release().NotSee("Charged twice").See("Nothing here.")
}

// TestSelectionIsAlwaysInSight: what is new above and what is selected have to
// be seen both, and the footer offers nothing that works on one only.
func TestSelectionIsAlwaysInSight(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 80, 24, at("Billing"))
	d.Press("S", "x").See("r reply")
	d.Press("x").See("2 selected  a assign", "esc clear").NotSee("r reply")
	o.receive(letter{inbox: "Billing", name: "New", addr: "new@new.test", subject: "Just in", text: "Hello"})
	d.Listen().Advance(time.Second).See("2 selected  a assign", "esc clear", "↑ 1 new above .")
	if got := d.Line(-2); !strings.Contains(got, "2 selected") {
		t.Errorf("the line of results does not tell the selection: %q", got)
	}
	d.Resize(40, 12).See("2 selected", "esc clear", "1 new above")
	o.reply(1)
	d.Listen().Resize(80, 24)
	if got := d.Line(-2); !strings.Contains(got, "2 selected") || !strings.Contains(got, "leaves in") {
		t.Errorf("a held mail hides the selection: %q", got)
	}
}

// TestFastQueryActsOnNothingOld: a verb that follows a query at once must not
// meet a row of the list before it.
func TestFastQueryActsOnNothingOld(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d, target := o.watched(80, 24, at("Billing"))
	d.Press("/").Type("refund").Hold().Press("enter")
	if on := target(); len(on) != 0 {
		t.Fatalf("the target is %v, of the list before", on)
	}
	d.Press("e").See("no conversation is marked").Release().Advance(time.Second).See("Re: Refund", "2 found")
	if on := target(); len(on) != 1 {
		t.Fatalf("the target is %v after the answer", on)
	}
	d.Press("e").See("closed")
	if got := len(o.ids(o.maya, billing(o))); got != 9 {
		t.Fatalf("%d are open, want 9", got)
	}
	d = o.open(o.maya, 80, 24, at("Billing")).Press("/").Type("inbox:nowhere refund").Press("enter")
	d.See("There is no inbox").Press("e").See("inbox:nowhere refunde")
	d.Press("esc").NotSee("There is no inbox")
}

// TestSelectionDoesNotFollowIntoASearch: the rows are out of sight.
func TestSelectionDoesNotFollowIntoASearch(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d, target := o.watched(80, 24, at("Billing"))
	d.Press("x", "x", "/").Type("refund").Hold().Press("enter")
	if on := target(); len(on) != 0 {
		t.Fatalf("the target is %v", on)
	}
}

// TestEveryUndoneRowComesBackIntoSight: the second undo knows the place of its
// row as well as the first, and what it brings back is not new.
func TestEveryUndoneRowComesBackIntoSight(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 80, 24, at("Billing"))
	d.Press("e").Advance(time.Second).Press("e").Advance(time.Second).Press("j", "j", "j")
	d.NotSee("Charged twice", "Card declined")
	d.Press("z").See("Undone: closing, #2").NotSee("new above")
	cursorOn(t, d, "Card declined")
	d.Press("z").See("Undone: closing, #1").NotSee("new above")
	cursorOn(t, d, "Charged twice")
	d.Advance(time.Second).NotSee("new above")
	// Elsewhere the row is not brought back into sight, but new it is not.
	d.Press("e").Advance(time.Second).Press("g", "a", "G").Advance(time.Second)
	d.Press("z").See("Undone: closing, #1").Advance(time.Second).NotSee("new above")
}

// TestABlindWindowTakesNoKeys: whoever sees nothing must not close or send.
func TestABlindWindowTakesNoKeys(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 80, 24, at("Billing")).Resize(30, 8)
	d.Press("e", "A", "r", "x").Send(tea.PasteMsg{Content: "text"}).Resize(80, 24)
	d.See("Billing  10", "Charged twice").NotSee("closed", "taken", "selected", "Reply")
	d.Press("r").Type("Dear Ana").Resize(30, 8).Type("zz").Send(tea.PasteMsg{Content: "zz"}).Press("q")
	if !d.Quit() {
		t.Fatal("q does not leave a window that is too small")
	}
	dr, err := o.maya.Draft(context.Background(), 1, desk.DraftReply)
	if must(t, err); dr.Text != "Dear Ana" {
		t.Fatalf("the draft is %q", dr.Text)
	}
}

// TestASearchErrorIsReadToItsEnd: it has the whole width, with its word first.
func TestASearchErrorIsReadToItsEnd(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 60, 20, at("Billing")).Press("/").Type("refund inbox:nowhere").Advance(time.Second)
	d.See(`There is no inbox "nowhere" to look in.`, "postroom inbox list")
	d.Press("ctrl+w").Advance(time.Second).NotSee("There is no inbox")
}

// TestTheOrderOfTheListMakesSense: who is answered has a word instead of a time
// that fits nowhere, newest first goes by the last message, and the order is
// named where no title has room for it.
func TestTheOrderOfTheListMakesSense(t *testing.T) {
	o := newOffice(t)
	o.morning()
	o.reply(3)
	o.open(o.maya, 80, 24, at("Billing")).See("longest waiting first")
	d := o.open(o.maya, 80, 40, at("Billing")).See("longest waiting first", "since    who")
	if got := d.Line(12); !strings.Contains(got, "answered Priya Nair") {
		t.Errorf("the answered one is not the last, or has no word: %q\n%s", got, d.Frame())
	}
	d.Press("S").See("newest first", "last  who").NotSee("answered ")
	d.Resize(40, 20).See("newest first").Press("S", "S", "S").See("longest first")
	o.receive(letter{inbox: "Billing", name: "Ana Ruiz", addr: "ana@ruiz.test", subject: "Re: Charged twice for September", answers: "1@test", text: "Hello?"})
	o.open(o.maya, 120, 40, at("Billing")).See("● 9h       Ana Ruiz").Press("S").See("● now   Ana Ruiz")
}

// TestVerbsComeBeforeMovingAbout in what lists the actions of a place.
func TestVerbsComeBeforeMovingAbout(t *testing.T) {
	o := newOffice(t)
	o.morning()
	for _, keys := range [][]string{{"?"}, {"enter", "?"}, {":"}, {"enter", ":"}} {
		d := o.open(o.maya, 120, 60, at("Billing")).Press(keys...)
		frame := d.Frame()
		verb := strings.Index(frame, "Assign to…")
		move := max(strings.Index(frame, "  Down  "), strings.Index(frame, "Scroll down  "))
		if verb < 0 || move >= 0 && move < verb {
			t.Errorf("%v: moving about comes first:\n%s", keys, frame)
		}
	}
}

// TestNothingDoneSaysSoInASentence: what was so before has its own words.
func TestNothingDoneSaysSoInASentence(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d := o.open(o.maya, 120, 40, at("Billing"))
	d.Press("a").See("enter assign").Type("tom").Press("enter").See("#1 assigned to Tom Ashe")
	d.Press("k", "a").Type("tom").Press("enter").See("#1 is assigned to Tom Ashe already")
	d.Press("x", "x", "O").See("2 conversations are open already")
}

// TestTwoMailboxesOffline is about a letter.
func TestTwoMailboxesOffline(t *testing.T) {
	o := newOffice(t)
	for _, name := range []string{"Support", "Billing"} {
		must(t, o.desk.Mailroom().SetHealth(context.Background(), o.lease[name], desk.AccountRetrying, "connection refused by the server"))
	}
	o.open(o.maya, 80, 24).See("2 mailboxes offline")
}

// queue receives n mails for Billing, the oldest, Mail 0, first.
func (o *office) queue(n int) {
	var mails []letter
	for i := range n {
		mails = append(mails, letter{inbox: "Billing", name: fmt.Sprint("P", i), addr: fmt.Sprintf("p%d@x.test", i), subject: fmt.Sprintf("Mail %d.", i), age: time.Duration(n+20-i) * time.Minute, text: "x"})
	}
	o.receive(mails...)
}

// TestSteppingOffARowThatHasLeft: the row a colleague has closed goes when the
// cursor leaves it. The step is made once, and not again with the next news.
func TestSteppingOffARowThatHasLeft(t *testing.T) {
	o := newOffice(t)
	o.queue(40)
	d, target := o.watched(80, 24, at("Billing"))
	d.Press("j")
	closing := slices.Clone(target())
	_, err := o.tom.Close(context.Background(), closing)
	must(t, err)
	d.Listen().Press("j")
	before := slices.Clone(target())
	o.receive(letter{inbox: "Billing", name: "New", addr: "n@x.test", subject: "Fresh.", text: "x"})
	d.Listen()
	if after := target(); !slices.Equal(after, before) {
		t.Errorf("the target was %v and is %v\n%s", before, after, d.Frame())
	}
}

// TestAnswerFromBelowMovesNoLine: at the end of the list, newest first, the row
// below the cursor goes to the top with its new mail. The line it leaves stays
// empty until the next key, and what the agent looks at stays where it is.
func TestAnswerFromBelowMovesNoLine(t *testing.T) {
	o := newOffice(t)
	o.queue(40)
	d, target := o.watched(80, 24, at("Billing"))
	d.Press("S").See("newest first").Press("G")
	oldest := target()[0]
	d.Press("k", "k")
	o.receive(letter{inbox: "Billing", name: "New", addr: "n@x.test", subject: "Fresh.", text: "x"})
	d.Listen().See("1 new above") // its line is there before
	line := cursorLine(d)
	o.receive(letter{inbox: "Billing", name: "P", addr: addressOf(o, oldest), subject: "Re:", text: "more", answers: messageOf(o, oldest)})
	d.Listen().See("2 new above")
	if now := cursorLine(d); now != line {
		t.Errorf("the cursor was on line %d and is on %d\n%s", line, now, d.Frame())
	}
	d.Press("k").See("Mail 1.")
	if strings.Contains(d.Frame(), "Mail 0.") {
		t.Errorf("the answered one is at the end still\n%s", d.Frame())
	}
}

// TestPreviewMissesNoRing: what happens while the preview waits for the cursor
// to rest is in it afterwards.
func TestPreviewMissesNoRing(t *testing.T) {
	o := newOffice(t)
	o.morning()
	d, target := o.watched(120, 40, at("Billing"))
	d.Press("j")
	_, err := o.tom.Take(context.Background(), slices.Clone(target()))
	must(t, err)
	d.Listen().Advance(time.Second).See("Tom Ashe has it")
}

// TestWhatAConversationIs sets priority, tags, snooze, spam and trash by keys,
// and takes back the last.
func TestWhatAConversationIs(t *testing.T) {
	o := newOffice(t)
	o.morning()
	_, err := o.maya.AddTeam(context.Background(), "Refunds")
	must(t, err)
	must(t, o.maya.JoinTeam(context.Background(), "Refunds", "maya"))
	d := o.open(o.maya, 120, 40, at("Billing"))
	cursorOn(t, d, "Charged twice")
	d.Press("p").See("urgent", "medium").Type("high").Press("enter").See("priority high")
	d.Press("t").Type("refund").Press("enter").See("tagged +refund")
	d.Press("t").Type("-refund").Press("enter").See("tagged -refund")
	d.Press("a").See("Refunds").Type("Refunds").Press("enter").See("assigned to Refunds")
	cursorOn(t, d, "Card declined")
	d.Press("b").See("tomorrow").Type("mon 9:00").Press("enter").See("snoozed until Mon").NotSee("Card declined, order…")
	d.Press("z").See("Card declined, order…")
	d = o.open(o.maya, 120, 40, at("Billing"))
	cursorOn(t, d, "Charged twice")
	d.Press("!").See("marked as spam").NotSee("Charged twice for Se…")
	cursorOn(t, d, "Card declined")
	d.Press("#").See("thrown away").NotSee("Card declined, order…").Press("z").See("Card declined, order…")
}
