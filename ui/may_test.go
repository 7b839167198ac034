package ui_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/ui/uitest"
)

// colleague adds somebody to the desk, and lets him into Billing if rights are
// given.
func (o *office) colleague(login, name string, role desk.Role, rights ...desk.Rights) *desk.Seat {
	o.t.Helper()
	ctx := context.Background()
	_, err := o.maya.AddUser(ctx, login, name, role)
	must(o.t, err)
	for _, r := range rights {
		must(o.t, o.maya.AddMember(ctx, "Billing", login, r))
	}
	actor, err := o.desk.SignIn(ctx, login, "")
	must(o.t, err)
	return o.desk.As(actor)
}

// offers reports whether the footer shows a word as one that can be done now.
func offers(t testing.TB, d *uitest.Driver, key, word string) bool {
	t.Helper()
	lines := strings.Split(strings.TrimRight(d.Styled(), "\n"), "\n")
	line := lines[len(lines)-1]
	can := strings.Contains(line, "␛[36m"+key+"␛[m "+word)
	if faint := strings.Contains(line, "␛[2m"+key+"␛[m ␛[2m"+word+"␛[m"); faint == can {
		t.Fatalf("the footer has no word %s %s: %s", key, word, line)
	}
	return can
}

// TestRefusedBeforeItIsPressed: who may not do something sees that it is not
// his to do, in the footer and in the list of commands, and learns why and whom
// to ask. Who may is the control.
func TestRefusedBeforeItIsPressed(t *testing.T) {
	o := newOffice(t)
	o.morning()
	_, err := o.maya.Assign(context.Background(), []desk.ConversationID{2}, o.tom.Actor().User)
	must(t, err)
	for _, c := range []struct {
		seat *desk.Seat
		name string
		can  string // of a take, e close, r reply and n note, on the first and the second
		why  string
	}{
		{o.colleague("zoe", "Zoe", desk.RoleAgent, desk.Rights{}), "reads", "---- ----", `you only read "Billing": ask Maya`},
		{o.colleague("rita", "Rita", desk.RoleAdmin), "admin", "---- ----", `you see "Billing" only as an admin`},
		{o.colleague("repl", "Repl", desk.RoleAgent, desk.Rights{Reply: true}), "answers", "aern -ern", `you may not assign in "Billing": ask`},
		{o.colleague("disp", "Disp", desk.RoleAgent, desk.Rights{Assign: true}), "assigns", "ae-n ae-n", `you may not answer in "Billing": ask`},
		{o.tom, "works", "aern aern", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o.t = t
			d := o.open(c.seat, 120, 40, at("Billing"))
			got := ""
			for range 2 {
				for _, w := range [][2]string{{"a", "assign"}, {"e", "close"}, {"r", "reply"}, {"n", "note"}} {
					if offers(t, d, w[0], w[1]) {
						got += w[0]
					} else {
						got += "-"
					}
				}
				got += " "
				d.Press("j")
			}
			if got = strings.TrimSpace(got); got != c.can {
				t.Errorf("the footer offers %q, want %q", got, c.can)
			}
			d.Press("k", ":")
			if c.why == "" {
				d.NotSee("you only", "you may not", "only as an admin")
				return
			}
			if d.Type("assign").See("Assign to…"); c.name != "assigns" {
				d.See("Assign to…  " + c.why).Press("enter").See("Assign to…: you ")
			}
		})
	}
}

// TestRefusedKeyDoesNothing: the key says what the list of commands says, and
// the desk is not even asked.
func TestRefusedKeyDoesNothing(t *testing.T) {
	o := newOffice(t)
	o.morning()
	zoe := o.colleague("zoe", "Zoe", desk.RoleAgent, desk.Rights{})
	d := o.open(zoe, 120, 40, at("Billing"))
	d.Hold()
	for key, title := range map[string]string{"e": "Close", "r": "Reply", "n": "Write a note for the team", "A": "Take it (assign to me)", "c": "Write a new mail"} {
		before := d.Waiting()
		d.Press(key).See(title + `: you only read "Billing": ask Maya or an admin of this desk to let you work in it`)
		if n := d.Waiting() - before; n > 1 { // the time after which the sentence fades
			t.Errorf("%s began %d commands", key, n)
		}
	}
	d.Release().Press("enter").Advance(time.Second).See("‹ #1").Press("e", "r").See("Reply: you only read")
	if offers(t, d, "r", "reply") {
		t.Error("the conversation offers an answer")
	}
	// When he is let in, the keys are his at once.
	_, err := o.maya.SetMember(context.Background(), "Billing", "zoe", desk.WorkRights())
	must(t, err)
	d.Listen().Advance(time.Second)
	if !offers(t, d, "r", "reply") {
		t.Error("the conversation still refuses the answer")
	}
	d.Press("r").See("Hello")
}

// TestRefusedOverSeveral: of a selection that mixes inboxes one is enough.
func TestRefusedOverSeveral(t *testing.T) {
	o := newOffice(t)
	o.morning()
	ctx := context.Background()
	must(t, o.maya.AddMember(ctx, "Support", "tom", desk.Rights{}))
	d := o.open(o.tom, 120, 40)
	d.Press("g", "a", "*").See("14 selected")
	if offers(t, d, "e", "close") {
		t.Error("the footer offers to close what is only read")
	}
	d.Press("e").See(`Close: you only read "Support"`).Press("esc")
	d.Press(":").Type("billing").Press("enter", "*").See("10 selected")
	if !offers(t, d, "e", "close") {
		t.Error("the footer refuses what is his to close")
	}
	if offers(t, d, "r", "reply") {
		t.Error("the footer offers one answer to several")
	}
}

// TestThroughTheGlass: an admin who looks into a personal inbox is not told to
// ask an admin.
func TestThroughTheGlass(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	rita := o.colleague("rita", "Rita", desk.RoleAdmin)
	o.receive(letter{inbox: "Maya", name: "Noor", addr: "noor@home.test", subject: "Lunch on Friday?", text: "At the usual place?"})
	_, err := rita.BreakGlass(ctx, "Maya", "the contract is due", time.Hour)
	must(t, err)
	d := o.open(rita, 120, 40, at("Maya"))
	d.See("Lunch on Friday?").Press("r").See(`you look into "Maya" through the glass, which only reads: to work there, ask Maya to make it shared`)
	_, err = rita.NewReply(ctx, 1, false)
	if e := desk.KindOf(err); e != desk.Denied || !strings.Contains(fmt.Sprint(err), "through the glass") {
		t.Errorf("the desk says: %v", err)
	}
}

// TestReadStateIsEachOnesOwn is S5: a mail that arrives is there for both
// members, and what one has read the other has not.
func TestReadStateIsEachOnesOwn(t *testing.T) {
	o := newOffice(t)
	maya, tom := o.open(o.maya, 120, 40, at("Billing")), o.open(o.tom, 120, 40, at("Billing"))
	o.receive(letter{inbox: "Billing", name: "Ana Ruiz", addr: "ana@ruiz.test", subject: "Charged twice", text: "Hello"})
	unread := func(d *uitest.Driver) bool {
		t.Helper()
		for line := range strings.Lines(d.Listen().See("Charged twice").Frame()) {
			if strings.Contains(line, "Charged twice") && strings.Contains(line, "Ana Ruiz") {
				return strings.Contains(line, "● ")
			}
		}
		t.Fatal("no row of the mail")
		return false
	}
	if !unread(maya) || !unread(tom) {
		t.Fatal("a new mail is not unread for both")
	}
	maya.Press("enter").Advance(3 * time.Second).Press("esc").Advance(time.Second)
	if unread(maya) {
		t.Error("who has read it sees it unread")
	}
	if !unread(tom.Advance(time.Second)) {
		t.Error("it is read for who has not seen it")
	}
}

// TestMayFrames: the queue, a conversation and the commands of somebody who
// only reads, and of an admin who is no member.
func TestMayFrames(t *testing.T) {
	o := scene(t)
	for name, seat := range map[string]*desk.Seat{
		"reads": o.colleague("zoe", "Zoe", desk.RoleAgent, desk.Rights{}),
		"admin": o.colleague("rita", "Rita", desk.RoleAdmin),
	} {
		d := o.open(seat, 80, 24, at("Billing"))
		for _, step := range []struct {
			what string
			keys []string
		}{{"queue", nil}, {"commands", []string{":"}}, {"conversation", []string{"esc", "enter"}}, {"refusal", []string{"r"}}} {
			d.Press(step.keys...).Advance(time.Second)
			straight(t, d, 80, 24)
			uitest.Golden(t, fmt.Sprintf("may-%s-%s.txt", name, step.what), trimmed(d.Frame()))
			uitest.Golden(t, fmt.Sprintf("may-%s-%s.styled", name, step.what), d.Styled()+"\n")
		}
	}
}
