package thread_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

func (o *office) unread(id desk.ConversationID) bool { return o.thread(id).Unread }

func TestOpeningMarksReadAfterALook(t *testing.T) {
	o := newOffice(t)
	id := o.refund()
	d := o.reading(120, 40).See("Refund still missing", "internal note · Tom Ashe", "● new")
	if !o.unread(id) {
		t.Fatal("read at the moment it was opened")
	}
	d.Press("esc").Advance(5 * time.Second)
	if !o.unread(id) {
		t.Fatal("read although it was left at once")
	}
	d.Press("enter", "c").Advance(3 * time.Second)
	if !o.unread(id) {
		t.Fatal("read while another screen lay over it")
	}
	d.Press("esc", "esc").Advance(3 * time.Second)
	if o.unread(id) {
		t.Fatal("not read after three seconds")
	}
}

func TestFolding(t *testing.T) {
	o := newOffice(t)
	o.refund()
	d := o.reading(120, 40).NotSee("> I will write by Thursday.")
	d.Press("space").See("> I will write by Thursday.")
	d.Press("space").NotSee("> I will write by Thursday.")
	d.Press("enter").NotSee("to billing@acme.test").See("▸ 4 Priya Nair  It is Friday")
	d.Press("enter").See("to billing@acme.test")
	d.Press("K").Press("enter").NotSee("┆ Warehouse ticket").See("internal note · Tom Ashe  Warehouse ticket W-311")
	d.Press("g", "g", "space").See("Kite GmbH, Berlin")
}

func TestUndoClose(t *testing.T) {
	o := newOffice(t)
	id := o.refund()
	d := o.reading(120, 40).Press("e").See("closed")
	if o.thread(id).Status != desk.Closed {
		t.Fatal("not closed")
	}
	if d.Press("z"); o.thread(id).Status != desk.Open {
		t.Fatal("not open again")
	}
	d.See("Refund still missing")
}

func TestCloseAndNextGoesOn(t *testing.T) {
	o := newOffice(t)
	for _, s := range []string{"First", "Second", "Third"} {
		o.receive(letter{inbox: "Billing", name: s, addr: strings.ToLower(s) + "@x.test", subject: s + " matter", text: "Hello from " + s, age: time.Duration(len(s)) * time.Hour})
	}
	d := o.reading(120, 40)
	first := d.Line(0)
	if d.Press("E"); d.Line(0) == first || !strings.Contains(d.Line(0), "matter") {
		t.Fatalf("after E: %q", d.Line(0))
	}
	second := d.Line(0)
	d.Press("]").NotSee(strings.TrimSpace(second)).Press("[")
	if d.Line(0) != second {
		t.Fatalf("after ] [: %q instead of %q", d.Line(0), second)
	}
	d.Press("r").Type("Done.").Press("esc", "x")
	if d.Line(0) == second {
		t.Fatal("x did not go on to the next")
	}
	d.Press("q").See("MINE")
}

func TestArrivalNeverMovesWhatIsRead(t *testing.T) {
	o := newOffice(t)
	o.refund()
	for i := range 14 {
		o.receive(letter{inbox: "Billing", name: "Priya Nair", addr: "priya@kite.test", subject: "Re: Refund still missing", answers: "2@kite.test", text: strings.Repeat("A long story. ", 30+i)})
	}
	d := o.reading(80, 24).Press("K", "K", "K")
	before := strings.Split(d.Frame(), "\n")[2:20]
	o.receive(letter{inbox: "Billing", name: "Priya Nair", addr: "priya@kite.test", subject: "Re: Refund still missing", answers: "2@kite.test", text: "One more thing."})
	d.Listen()
	if after := strings.Split(d.Frame(), "\n")[2:20]; strings.Join(before, "\n") != strings.Join(after, "\n") {
		t.Fatalf("moved:\n%s\nto\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
	d.Press("G").See("One more thing.", "● new")
}

func TestLongConversationFoldsItsMiddle(t *testing.T) {
	o := newOffice(t)
	o.refund()
	for i := range 30 {
		o.receive(letter{inbox: "Billing", name: "Priya Nair", addr: "priya@kite.test", subject: "Re: Refund still missing", answers: "2@kite.test", text: "Letter number " + string(rune('A'+i%26)) + "."})
	}
	d := o.reading(120, 40).See("Letter number").Press("g", "g").See("order 88102", "25 earlier entries").NotSee("Warehouse ticket")
	d.Press("J", "enter").See("Warehouse ticket", "Tom Ashe  to Priya Nair").NotSee("earlier entries")
}

func TestEarlierThanTheDeskReads(t *testing.T) {
	o := newOffice(t)
	o.refund()
	var list []letter
	for range 260 {
		list = append(list, letter{inbox: "Billing", name: "Priya Nair", addr: "priya@kite.test", subject: "Re: Refund still missing", answers: "2@kite.test", text: "Again."})
	}
	o.receive(list...)
	d := o.reading(120, 40).See("Again.").Press("g", "g").See("256 earlier entries").NotSee("order 88102")
	d.Press("enter").Press("g", "g").See("order 88102").NotSee("earlier entries")
}

func TestLateAnswersInReverseOrder(t *testing.T) {
	o := newOffice(t)
	for _, s := range []string{"First", "Second", "Third"} {
		o.receive(letter{inbox: "Billing", name: s, addr: strings.ToLower(s) + "@x.test", subject: s + " matter", text: "Hello from " + s, age: time.Duration(len(s)) * time.Hour})
	}
	d := o.reading(120, 40)
	d.Hold().Press("]").Press("]").Press("[")
	want, _, _ := strings.Cut(strings.TrimSpace(d.Line(0)), "  ")
	d.Release()
	if !strings.HasPrefix(strings.TrimSpace(d.Line(0)), want) {
		t.Fatalf("%q instead of %q", d.Line(0), want)
	}
	// Letters typed before the draft is there stand behind it.
	d.Hold().Press("r").Type("typed early").See("typed early").Release().See("typed early", "To ")
	d.Advance(2*time.Second).Press("esc", "esc").See("stays as a draft")
	d.Hold().Press("r").Type(" and late").Release().See("typed early and late")
}

func TestPanel(t *testing.T) {
	o := newOffice(t)
	o.refund()
	d := o.reading(120, 40).See("CUSTOMER").Press("i").NotSee("CUSTOMER").See("nobody has it")
	d.Press("i").See("CUSTOMER")
	d.Resize(80, 24).Press("i", "i").See("CUSTOMER", "back to the conversation").NotSee("3 quoted lines")
	d.Press("esc").NotSee("CUSTOMER").See("3 quoted lines")
}

func TestOneScreenOverAnother(t *testing.T) {
	o := newOffice(t)
	for _, s := range []string{"First", "Second"} {
		o.receive(letter{inbox: "Billing", name: s, addr: strings.ToLower(s) + "@x.test", subject: s + " matter", text: "Hello from " + s, age: time.Duration(len(s)) * time.Hour})
	}
	d := o.reading(160, 40).See("Hello from Second").Press("r").Type("Done.").Press("esc", "x").See("Hello from First").Press("z").See("Done.", "Hello from Second")
	if n := strings.Count(d.Line(-1), "save"); n != 1 {
		t.Fatalf("%d times in the footer: %q", n, d.Line(-1))
	}
	d.Type("!").Press("esc", "esc", "esc").See("Hello from First").Press("c").See("New mail")
	if n := strings.Count(d.Line(-1), "save"); n != 1 {
		t.Fatalf("%d times in the footer: %q", n, d.Line(-1))
	}
}

// TestAClosedConversationWaitsForNobody in the panel and in the line above.
func TestAClosedConversationWaitsForNobody(t *testing.T) {
	o := newOffice(t)
	id := o.refund()
	_, err := o.maya.Close(context.Background(), []desk.ConversationID{id})
	must(t, err)
	for _, w := range []int{120, 80} {
		d := o.open(o.maya, w, 30).Press(":").Type(fmt.Sprint(id)).Press("enter")
		d.See("closed", "Priya Nair").NotSee("waiting")
	}
}

// TestTheRulesOfTheComposerMeetThePanel: a line ends at the border, not before.
func TestTheRulesOfTheComposerMeetThePanel(t *testing.T) {
	o := newOffice(t)
	o.refund()
	d := o.reading(120, 40).Press("r")
	if n := strings.Count(d.Frame(), "─┤"); n != 3 {
		t.Errorf("%d rules meet the border:\n%s", n, d.Frame())
	}
	if d.Press("ctrl+r"); strings.Count(d.Frame(), "─┤") != 1 {
		t.Errorf("of a note:\n%s", d.Frame())
	}
}

// TestACutMailSaysSo: a mail whose parts were left out looked like an empty one.
func TestACutMailSaysSo(t *testing.T) {
	o := newOffice(t)
	o.receive(letter{inbox: "Billing", name: "Ana Ruiz", addr: "ana@kite.test", subject: "Deep", defects: []string{"no Message-ID header", "parts are nested too deeply, the rest is left out"}})
	d := o.reading(120, 40).See("Not all of this mail is shown: parts are nested too deeply, the rest is left out")
	d.NotSee("(no text)", "no Message-ID")
	o.receive(letter{inbox: "Billing", name: "Ana Ruiz", addr: "ana@kite.test", subject: "Empty", defects: []string{"no Date header"}})
	d.Press("esc").Listen().Press("G", "enter").See("(no text)").NotSee("Not all of this mail", "no Date header")
}
