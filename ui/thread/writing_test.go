package thread_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/ui"
)

// draft is what the store keeps of a text.
func (o *office) draft(id desk.ConversationID, kind desk.DraftKind) string {
	o.t.Helper()
	d, err := o.maya.Draft(context.Background(), id, kind)
	if desk.KindOf(err) == desk.NotFound {
		return ""
	}
	must(o.t, err)
	return d.Text
}

func TestReplyWithHoldAndTakeBack(t *testing.T) {
	o := newOffice(t)
	id := o.refund()
	d := o.reading(120, 40).Press("r").See("Reply to customer", "From  Maya <billing@acme.test>", "To    Priya Nair <priya@kite.test>")
	d.Type("Dear Priya, it is done.").Press("esc").See("s sends it to Priya Nair").Press("s")
	d.NotSee("Reply to customer").See("Dear Priya, it is done.", "waiting to leave")
	out := o.outbox(o.maya)
	if len(out) != 1 || out[0].Text != "Dear Priya, it is done." || out[0].To[0].Addr != "priya@kite.test" {
		t.Fatalf("in the outbox: %+v", out)
	}
	o.leave()
	if out := o.outbox(o.maya); out[0].State != desk.Queued {
		t.Fatalf("it left during the hold: %s", out[0].State)
	}
	d.Press("z").See("Reply to customer", "Dear Priya, it is done.", "Taken back")
	if at := d.View().Cursor; at == nil {
		t.Fatal("no cursor in the text that was taken back")
	}
	d.Type(" Really.").Press("esc", "e")
	if th := o.thread(id); th.Status != desk.Closed {
		t.Fatal("e did not close the conversation")
	}
	if d.NotSee("Dear Priya"); o.draft(id, desk.DraftReply) != "" {
		t.Fatal("the draft is still there")
	}
}

func TestANoteIsNeverSent(t *testing.T) {
	o := newOffice(t)
	id := o.refund()
	d := o.reading(120, 40).Press("n").See("Note, team only").NotSee("To    Priya")
	d.Type("Do not tell her.").Press("esc").See("only the team sees it").Press("e").See("this is a note")
	d.Press("s").See("internal note · Maya", "┆ Do not tell her.")
	if out := o.outbox(o.maya); len(out) != 0 {
		t.Fatalf("a note is in the outbox: %+v", out)
	}
	d.Press("z").NotSee("Do not tell her.")
	if o.draft(id, desk.DraftNote) != "" {
		t.Fatal("the note is a draft again")
	}
}

func TestSwitchingKeepsTextRecipientsAndUndo(t *testing.T) {
	o := newOffice(t)
	id := o.refund()
	d := o.reading(120, 40).Press("r").Type("one two").Press("shift+tab", "shift+tab").See("Bcc")
	d.Type("audit@acme.test").Press("tab", "tab")
	d.Press("ctrl+r").See("Note, team only", "┆ one two").NotSee("Bcc")
	d.Type(" three").Advance(2 * time.Second)
	if got := o.draft(id, desk.DraftNote); got != "one two three" {
		t.Fatalf("note draft %q", got)
	}
	if got := o.draft(id, desk.DraftReply); got != "" {
		t.Fatalf("the note lies there as a reply: %q", got)
	}
	d.Press("ctrl+r").See("Reply to customer", "audit@acme.test", "one two three").Advance(2 * time.Second)
	if got := o.draft(id, desk.DraftNote); got != "" {
		t.Fatalf("the reply lies there as a note: %q", got)
	}
	d.Press("ctrl+z").See("one two").NotSee("three")
}

func TestDraftSurvivesLeaving(t *testing.T) {
	o := newOffice(t)
	id := o.refund()
	d := o.reading(120, 40).Press("r").Type("half a sentence")
	d.Press("esc", "esc").NotSee("Reply to customer").See("stays as a draft")
	if got := o.draft(id, desk.DraftReply); got != "half a sentence" {
		t.Fatalf("draft %q", got)
	}
	d.Press("esc", "enter", "r").See("half a sentence", "draft of today").Type(", now whole")
	d.See("half a sentence, now whole").Advance(time.Second).See("draft saved")
	if got := o.draft(id, desk.DraftReply); got != "half a sentence, now whole" {
		t.Fatalf("draft %q", got)
	}
	// What is emptied is no draft any more.
	d.Press("ctrl+u").Press("esc", "esc")
	if got := o.draft(id, desk.DraftReply); got != "" {
		t.Fatalf("draft %q", got)
	}
}

func TestControlSSavesAndDoesNotSend(t *testing.T) {
	o := newOffice(t)
	id := o.refund()
	d := o.reading(80, 24).Press("r").Type("x").Press("ctrl+s").See("draft saved", "Reply to customer")
	if len(o.outbox(o.maya)) != 0 || o.draft(id, desk.DraftReply) != "x" {
		t.Fatal("not saved, or sent")
	}
	d.Press("esc", "d").See("discard the text").Press("2")
	if d.NotSee("Reply to customer"); o.draft(id, desk.DraftReply) != "" {
		t.Fatal("the draft is still there")
	}
}

func TestCautionsAreConfirmedAsShown(t *testing.T) {
	o := newOffice(t)
	o.refund()
	d := o.reading(120, 40).Press("r").Type("See the attached file.")
	o.receive(letter{inbox: "Billing", name: "Priya Nair", addr: "priya@kite.test", subject: "Re: Refund still missing", answers: "2@kite.test", text: "Found it, forget it!"})
	d.Listen().See("Found it, forget it!", "● new", "went on since you began")
	d.Press("esc", "s").See("The conversation has changed since you opened it.", "The text speaks of an attachment", "s again sends it all the same")
	if len(o.outbox(o.maya)) != 0 {
		t.Fatal("sent although the guards spoke")
	}
	d.Press("s")
	if len(o.outbox(o.maya)) != 0 {
		t.Fatal("a key pressed twice by habit confirmed what nobody has read")
	}
	// Before it is confirmed the conversation goes on once more: that has not
	// been shown, so it is not confirmed.
	d.Advance(time.Second)
	o.receive(letter{inbox: "Billing", name: "Priya Nair", addr: "priya@kite.test", subject: "Re: Refund still missing", answers: "2@kite.test", text: "No, I was wrong."})
	d.Listen().Press("s")
	if len(o.outbox(o.maya)) != 0 {
		t.Fatal("confirmed a change that was not shown")
	}
	d.Advance(time.Second).Press("s")
	if out := o.outbox(o.maya); len(out) != 1 {
		t.Fatalf("not sent after all was confirmed:\n%s", d.Frame())
	}
}

func TestWritingOnForgetsWhatWasConfirmed(t *testing.T) {
	o := newOffice(t)
	o.refund()
	d := o.reading(120, 40).Press("r").Type("It is attached.").Press("esc", "s").See("speaks of an attachment")
	d.Press("i").Type(" Not.").NotSee("speaks of an attachment").Advance(time.Second).Press("esc", "s").See("speaks of an attachment")
	if len(o.outbox(o.maya)) != 0 {
		t.Fatal("sent")
	}
}

func TestWrongRecipient(t *testing.T) {
	o := newOffice(t)
	o.refund()
	d := o.reading(120, 40).Press("r").Type("Hello").Press("tab", "ctrl+u").Type("priya@kite").Press("ctrl+u")
	d.Press("esc", "s").See("The mail has no recipient. Fill in To.", "Hello")
	d.Type("not an address").Press("esc", "s").See(`"not an address" is not a mail address.`, "Hello")
	d.Press("ctrl+u").Type("stranger@elsewhere.test").Press("esc", "s").See("stranger@elsewhere.test was not part of this conversation.")
	if len(o.outbox(o.maya)) != 0 {
		t.Fatal("sent to somebody new without a question")
	}
	d.Advance(time.Second).Press("s")
	if out := o.outbox(o.maya); len(out) != 1 || out[0].To[0].Addr != "stranger@elsewhere.test" {
		t.Fatalf("outbox %+v", out)
	}
}

func TestResizeWhileWriting(t *testing.T) {
	o := newOffice(t)
	o.refund()
	d := o.reading(120, 40).Press("r").Type("The first line is rather long and will be broken at other places when the window changes.").Press("enter").Type("second").Press("left", "left")
	at := d.View().Cursor
	for _, s := range [][2]int{{60, 20}, {40, 10}, {300, 100}, {12, 4}, {80, 24}, {120, 40}} {
		d.Resize(s[0], s[1])
	}
	now := d.View().Cursor
	if at == nil || now == nil || at.X != now.X || at.Y != now.Y {
		t.Fatalf("cursor %v, then %v", at, now)
	}
	d.Type("!").See("seco!nd", "The first line is rather long")
}

func TestPasteNeverPressesKeys(t *testing.T) {
	o := newOffice(t)
	o.refund()
	d := o.reading(120, 40)
	d.Send(tea.PasteMsg{Content: "rHello\nesx"}).NotSee("Reply to customer")
	d.Press("r").Send(tea.PasteMsg{Content: "one\ntwo\x1b[31m\r\nthree"}).See("one", "two\ufffd[31m", "three")
	d.Press("esc").Send(tea.PasteMsg{Content: "s"})
	if len(o.outbox(o.maya)) != 0 {
		t.Fatal("a paste pressed s")
	}
}

func TestUndoOfTyping(t *testing.T) {
	o := newOffice(t)
	o.refund()
	d := o.reading(120, 40).Press("r").Type("keep lose").Press("ctrl+z").NotSee("lose").See("keep")
	d.Press("ctrl+z", "ctrl+z", "ctrl+z").See("Reply to customer", "0 words")
}

func TestScrollingWhileWriting(t *testing.T) {
	o := newOffice(t)
	o.refund()
	d := o.reading(80, 24).Press("r").Type("text").NotSee("Warehouse")
	for range 6 {
		d.Press("ctrl+up")
	}
	d.See("Warehouse", "text")
	for range 20 {
		d.Press("ctrl+down")
	}
	d.NotSee("Warehouse").See("3 quoted lines", "text")
}

// broken is a desk whose store refuses.
type broken struct {
	*desk.Seat
	save, send error
}

func (b *broken) SaveDraft(ctx context.Context, d desk.Draft) (desk.Draft, error) {
	if b.save != nil {
		return d, b.save
	}
	return b.Seat.SaveDraft(ctx, d)
}

func (b *broken) Send(ctx context.Context, d desk.Draft, o desk.SendOptions) (desk.Sending, error) {
	if b.send != nil {
		return desk.Sending{}, b.send
	}
	return b.Seat.Send(ctx, d, o)
}

func TestNothingIsLostWhenTheStoreRefuses(t *testing.T) {
	o := newOffice(t)
	id := o.refund()
	b := &broken{Seat: o.maya, save: errors.New("the disk is full")}
	d := o.reading(120, 40, func(s *ui.Settings) { s.Desk = b }).Press("r").Type("precious").Advance(time.Second)
	d.See("The draft is not saved: the disk is full", "precious")
	b.save = nil
	if d.Advance(6 * time.Second).See("draft saved"); o.draft(id, desk.DraftReply) != "precious" {
		t.Fatal("not tried again")
	}
	b.send = &desk.Error{Kind: desk.Conflict, Message: "The account is gone.", Hint: "Connect it again."}
	d.Press("esc", "s").See("The account is gone. Connect it again.", "precious").Type("!").See("precious!")
	if d.Press("esc", "esc"); o.draft(id, desk.DraftReply) != "precious!" {
		t.Fatal("lost after a refused send")
	}
}

func TestASaveThatComesLateStoresNothingOld(t *testing.T) {
	o := newOffice(t)
	id := o.refund()
	d := o.reading(120, 40).Press("r")
	d.Hold().Type("a").Press("ctrl+s").Type("b").Press("ctrl+s").Type("c").Press("ctrl+s").Release()
	if got := o.draft(id, desk.DraftReply); got != "abc" {
		t.Fatalf("the store has %q", got)
	}
}

func TestReplyWhileSomebodyElseWrites(t *testing.T) {
	o := newOffice(t)
	o.refund()
	o.open(o.tom, 120, 40).Press("enter", "r").Type("Me too").Advance(2 * time.Second)
	m := o.reading(120, 40).Press("r").Type("Hello").Press("esc", "s").See("Tom Ashe is writing an answer too.")
	m.Advance(time.Second).Press("s")
	if len(o.outbox(o.maya)) != 1 {
		t.Fatal("not sent after the question")
	}
}

func TestNewMail(t *testing.T) {
	o := newOffice(t)
	o.refund()
	d := o.open(o.maya, 120, 40).Press("c").See("New mail", "From  Maya <billing@acme.test>  Billing")
	at := d.View().Cursor
	if at == nil || !strings.Contains(d.Line(at.Y), "To") {
		t.Fatal("the cursor is not in To")
	}
	d.Type("new@customer.test").Press("shift+tab", "right").See("Maya").Press("right").See("support@acme.test>  Support")
	d.Press("tab", "tab", "tab", "tab").Type("Your order").Press("tab").Type("Hello!").Press("esc", "esc").See("stays as a draft")
	// Wherever one comes from, the mail that was begun goes on.
	d.Press("c").See("new@customer.test", "Your order", "Hello!", "support@acme.test").Press("esc", "s")
	out := o.outbox(o.maya)
	if len(out) != 1 || out[0].Subject != "Your order" || out[0].Inbox != o.number["Support"] || out[0].From.Addr != "support@acme.test" {
		t.Fatalf("outbox %+v", out)
	}
	d.Press("z").See("New mail", "new@customer.test", "Hello!")
}

// TestOneScreenOverAnother: taking a mail back opens its conversation over the
// one that is shown, and the keys are those of the one in front.

// TestAPrivateNoteIsNeverMixedIntoAReply: with a draft of each kind ctrl+r goes
// from one to the other, and neither text gets into the other.
func TestAPrivateNoteIsNeverMixedIntoAReply(t *testing.T) {
	o := newOffice(t)
	id := o.refund()
	d := o.reading(120, 40).Press("r").Type("Dear Priya").Press("esc", "esc")
	d.Press("n").Type("She is a liar").Press("ctrl+r").See("Reply to customer", "Dear Priya", "the note keeps its own text").NotSee("liar")
	d.Type(", done.").Press("ctrl+r").See("Note, team only", "She is a liar").NotSee("Dear Priya")
	d.Type("!").Press("ctrl+r").See("Dear Priya, done.").NotSee("liar").Advance(2 * time.Second)
	if r, n := o.draft(id, desk.DraftReply), o.draft(id, desk.DraftNote); r != "Dear Priya, done." || n != "She is a liar!" {
		t.Fatalf("reply %q, note %q", r, n)
	}
	d.Press("esc", "s")
	if out := o.outbox(o.maya); len(out) != 1 || out[0].Text != "Dear Priya, done." {
		t.Fatalf("outbox %+v", out)
	}
	if n := o.draft(id, desk.DraftNote); n != "She is a liar!" {
		t.Fatalf("sending the reply took the note: %q", n)
	}
}

// TestLateSavesOfTwoTexts: the save of one kind that comes late stores neither
// too little nor the text of the other.
func TestLateSavesOfTwoTexts(t *testing.T) {
	o := newOffice(t)
	id := o.refund()
	d := o.reading(120, 40).Press("r").Type("reply").Press("esc", "esc", "n").Type("note").Press("ctrl+r", "ctrl+r")
	d.Hold().Type("1").Press("ctrl+r").Type("2").Press("ctrl+s").Release().Advance(2 * time.Second)
	if r, n := o.draft(id, desk.DraftReply), o.draft(id, desk.DraftNote); r != "reply2" || n != "note1" {
		t.Fatalf("reply %q, note %q", r, n)
	}
}

// TestANoteThatBecomesAReplyAsks: what was written for the team does not leave
// without a question; what was a reply all along does.
func TestANoteThatBecomesAReplyAsks(t *testing.T) {
	o := newOffice(t)
	o.refund()
	d := o.reading(120, 40).Press("n").Type("She is a liar").Press("ctrl+r").See("Reply to customer", "This was a note for the team")
	d.Press("esc", "s").See("This was a note for the team; s again sends it to the customer.")
	d.Press("s")
	if len(o.outbox(o.maya)) != 0 {
		t.Fatal("a note was sent without a question that could be read")
	}
	d.Press("i").Type("?").Advance(time.Second).Press("ctrl+enter").See("s again sends it to the customer")
	if d.Advance(time.Second).Press("s"); len(o.outbox(o.maya)) != 1 {
		t.Fatalf("not sent after the question:\n%s", d.Frame())
	}
	d = o.open(o.tom, 120, 40).Press("enter", "r", "3").Type("Hello").Press("ctrl+r", "ctrl+r").NotSee("This was a note")
	d.Press("esc", "s")
	if out := o.outbox(o.tom); len(out) != 1 || out[0].Text != "Hello" {
		t.Fatalf("outbox %+v", out)
	}
}

// TestNoTakingBackIsOfferedWhereZIsALetter: and in the send bar it is no key.
func TestNoTakingBackIsOfferedWhereZIsALetter(t *testing.T) {
	o := newOffice(t)
	id := o.refund()
	d := o.reading(120, 40).Press("A").See("z undo")
	dr, err := o.maya.NewReply(context.Background(), id, false)
	must(t, err)
	d.Advance(time.Second)
	dr.Text = "Soon."
	dr.Version = o.thread(id).Version
	_, err = o.maya.Send(context.Background(), dr, desk.SendOptions{Hold: desk.HoldTime})
	must(t, err)
	d.Listen().See("leaves in", "z take back").Press("n").See("leaves in").NotSee("z take back", "z undo")
	d.Press("esc").See("leaves in").NotSee("z take back", "z undo")
	d.Press("esc").See("z take back")
}

// TestTheSendBarShowsTheWayOut: in the narrowest window too.
func TestTheSendBarShowsTheWayOut(t *testing.T) {
	o := newOffice(t)
	o.refund()
	d := o.reading(40, 12).Press("r").Type("x").Press("esc")
	if got := d.Line(-1); !strings.Contains(got, "s send") || !strings.Contains(got, "esc keep draft") {
		t.Fatalf("footer %q", got)
	}
	d.Press("d").See("It has 1 word and")
}
