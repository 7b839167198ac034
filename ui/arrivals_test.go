package ui_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postroom/desk"
	"postroom/ui"
	"postroom/ui/action"
	"postroom/ui/uitest"
)

// watched is a program whose present target a test can ask for.
func (o *office) watched(w, h int, change ...func(*ui.Settings)) (*uitest.Driver, func() action.Target) {
	var m *ui.Model
	d := o.openWith(&m, o.maya, w, h, change...)
	return d, func() action.Target { return m.Place().On }
}

// TestArrivalsNeverMoveTheTarget lets anything come in between any two keys:
// new mail, answers, closing and taking by a colleague. Whatever it is, the
// target stays what it was, and its row stays on its line.
func TestArrivalsNeverMoveTheTarget(t *testing.T) {
	few(t)
	rapid.Check(t, func(rt *rapid.T) {
		o := newOffice(t)
		n := rapid.IntRange(0, 60).Draw(rt, "mails")
		var mails []letter
		for i := range n {
			mails = append(mails, letter{inbox: "Billing", name: fmt.Sprint("P", i), addr: fmt.Sprintf("p%d@x.test", i), subject: fmt.Sprintf("Mail %d.", i), age: time.Duration(n-i) * time.Minute, text: "x"})
		}
		o.receive(mails...)
		d, target := o.watched(80, 24, at("Billing"))
		keys := []string{"j", "k", "j", "j", "ctrl+d", "ctrl+u", "G", "home", "x", "X", ".", "S", "e", "a", "esc", "z", "tab", "A"}
		for i := range rapid.IntRange(1, 16).Draw(rt, "steps") {
			d.Press(rapid.SampledFrom(keys).Draw(rt, "key"))
			before, line := target(), cursorLine(d)
			onlyMail := somethingComesIn(rt, o, i)
			d.Listen().Advance(time.Second)
			if len(before) > 0 && !slices.Equal(before, target()) {
				rt.Fatalf("the target was %v and is %v\n%s", before, target(), d.Frame())
			}
			if now := cursorLine(d); len(before) > 0 && now != line && line >= 0 && onlyMail {
				rt.Fatalf("the cursor was on line %d and is on %d\n%s", line, now, d.Frame())
			}
		}
	})
}

// few keeps the number of tries small unless the command line has named one:
// each begins with a database of its own.
func few(t *testing.T) {
	f := flag.Lookup("rapid.checks")
	if f.Value.String() == f.DefValue {
		must(t, f.Value.Set("10"))
		t.Cleanup(func() { must(t, f.Value.Set(f.DefValue)) })
	}
}

// somethingComesIn reports whether it was only mail, which takes nothing away.
func somethingComesIn(rt *rapid.T, o *office, step int) (onlyMail bool) {
	ctx := context.Background()
	for range rapid.IntRange(0, 3).Draw(rt, "arrivals") {
		o.receive(letter{
			inbox: "Billing", name: "New", addr: fmt.Sprintf("n%d@x.test", o.uid), subject: fmt.Sprintf("Fresh %d.", step), text: "x",
			age: time.Duration(rapid.IntRange(0, 120).Draw(rt, "age")) * time.Minute,
		})
	}
	ids := o.ids(o.tom, billing(o))
	if len(ids) == 0 {
		return true
	}
	one := []desk.ConversationID{rapid.SampledFrom(ids).Draw(rt, "which")}
	var err error
	what := rapid.SampledFrom([]string{"nothing", "answer", "close", "take"}).Draw(rt, "what")
	switch what {
	case "answer":
		o.receive(letter{inbox: "Billing", name: "P", addr: addressOf(o, one[0]), subject: "Re:", text: "more", answers: messageOf(o, one[0])})
	case "close":
		_, err = o.tom.Close(ctx, one)
	case "take":
		_, err = o.tom.Take(ctx, one)
	}
	must(o.t, err)
	return what != "close"
}

// firstMail is the mail a conversation has begun with.
func firstMail(o *office, id desk.ConversationID) desk.Mail {
	th, err := o.tom.Thread(context.Background(), id, 0)
	must(o.t, err)
	for _, it := range th.Items {
		if it.Message != nil {
			return it.Message.Mail
		}
	}
	return desk.Mail{}
}

func addressOf(o *office, id desk.ConversationID) string { return firstMail(o, id).From[0].Addr }

func messageOf(o *office, id desk.ConversationID) string { return firstMail(o, id).MessageID }

// TestAnswersInReverse lets every question be answered in the reverse of the
// order in which it was asked.
func TestAnswersInReverse(t *testing.T) {
	o := newOffice(t)
	var mails []letter
	for i := range 200 {
		mails = append(mails, letter{inbox: "Billing", name: fmt.Sprint("P", i), addr: fmt.Sprintf("p%d@x.test", i), subject: fmt.Sprintf("Mail %d.", i), age: time.Duration(300-i) * time.Minute, text: fmt.Sprintf("Text %d.", i)})
	}
	o.receive(mails...)
	d := o.open(o.maya, 120, 40, at("Billing"))
	d.Hold()
	for range 30 {
		d.Press("j")
	}
	d.Send(ui.Rang{Changed: desk.Changed{Settings: true}}).Press("j").Send(ui.Rang{Changed: desk.Changed{Settings: true}}).Press("j")
	if d.Waiting() < 3 {
		t.Fatalf("only %d commands wait", d.Waiting())
	}
	d.Release().Advance(time.Second)
	cursorOn(t, d, "Mail 32.")
	d.See("Text 32.")
	d.Hold().Press("G", "home").Release().Advance(time.Second)
	cursorOn(t, d, "Mail 0.")
	d.See("Text 0.")
	d.Hold().Press("home", "G").Release().Advance(time.Second)
	cursorOn(t, d, "Mail 199.")
	if strings.Count(d.Frame(), "Mail 199.") < 1 {
		t.Error("the last row is not in sight")
	}
}

// TestScrollThroughAll visits every row of a long list once, in both orders.
func TestScrollThroughAll(t *testing.T) {
	o := newOffice(t)
	const n = 200
	var mails []letter
	for i := range n {
		mails = append(mails, letter{inbox: "Billing", name: "P", addr: fmt.Sprintf("p%d@x.test", i), subject: fmt.Sprintf("Mail %d.", i), age: time.Duration(n+10-i) * time.Minute, text: "x"})
	}
	o.receive(mails...)
	d := o.open(o.maya, 80, 24, at("Billing"))
	for i := range n {
		cursorOn(t, d, fmt.Sprintf("Mail %d.", i))
		d.Press("j")
	}
	for i := n - 1; i >= 0; i-- {
		cursorOn(t, d, fmt.Sprintf("Mail %d.", i))
		d.Press("k")
	}
}

// TestMailOfAMachineIsNotAnswered: a newsletter that nobody answered had the
// word of those who were.
func TestMailOfAMachineIsNotAnswered(t *testing.T) {
	o := newOffice(t)
	o.receive(
		letter{inbox: "Billing", name: "Weekly", addr: "news@weekly.test", subject: "Ten desks", auto: desk.AutoList},
		letter{inbox: "Billing", name: "Ana Ruiz", addr: "ana@ruiz.test", subject: "Charged twice"},
	)
	o.reply(2)
	o.receive(letter{inbox: "Billing", addr: "nobody@ruiz.test", auto: desk.AutoReply, text: "Away"})
	d := o.open(o.maya, 80, 24, at("Billing")).See("answered Ana Ruiz", "-        Weekly").NotSee("answered Weekly")
	d.See("nobody@ruiz.test")
}
