package ui_test

import (
	"context"
	"fmt"
	"image/color"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/calendar"
	"postroom/ui/uitest"
)

// helpdesk is a desk whose mails are tickets with clocks: of the ten in Billing
// three are overdue, two due soon, and the rest has time.
func helpdesk(t *testing.T) *office {
	t.Helper()
	o := newOffice(t)
	o.morning()
	ctx := context.Background()
	_, err := o.maya.AddPolicy(ctx, "Standard", map[desk.PolicyKey]string{desk.PolicyFirst: "8h warn 1h"}, desk.NewTickets)
	must(t, err)
	all := []desk.ConversationID{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	_, err = o.maya.CreateTickets(ctx, all, desk.TicketSpec{})
	must(t, err)
	_, err = o.maya.SetStage(ctx, all[4:7], "Waiting on us")
	must(t, err)
	_, err = o.maya.Assign(ctx, []desk.ConversationID{3, 5}, o.tom.Actor().User)
	must(t, err)
	for id, p := range map[desk.ConversationID]desk.Priority{1: desk.Urgent, 4: desk.High, 5: desk.Medium, 6: desk.Low} {
		_, err = o.maya.SetPriority(ctx, []desk.ConversationID{id}, p)
		must(t, err)
	}
	_, err = o.desk.Mailroom().Tick(ctx)
	must(t, err)
	return o
}

func TestQueueFrames(t *testing.T) {
	o := helpdesk(t)
	for _, size := range [][2]int{{120, 40}, {80, 24}, {60, 20}} {
		for look, change := range looks() {
			d := o.open(o.maya, size[0], size[1], at("Billing"), change)
			d.Press("j").Advance(time.Second)
			straight(t, d, size[0], size[1])
			name := fmt.Sprintf("queue-%dx%d-%s", size[0], size[1], look)
			uitest.Golden(t, name+".txt", trimmed(d.Frame()))
			if look == "ascii" {
				continue
			}
			uitest.Golden(t, name+".styled", d.Styled()+"\n")
			d.Send(tea.BackgroundColorMsg{Color: color.White})
			if look == "dark" && size[0] == 80 {
				uitest.Golden(t, "queue-80x24-light.styled", d.Styled()+"\n")
			}
		}
	}
}

// The countdown goes on with the minute of the clock; between two minutes the
// program draws what it has drawn.
func TestCountdown(t *testing.T) {
	o := helpdesk(t)
	d := o.open(o.maya, 120, 40, at("Billing"))
	d.See("!!-1h  9h   Ana Ruiz", "!!-6m  8h   Priya Nair", " !21m  7h   J. Dupont", "1h15 6h   Sam Okafor")
	before := d.Frame()
	d.Advance(30 * time.Second)
	if now := d.Frame(); now != before {
		t.Errorf("within a minute the screen has changed:\n%s", now)
	}
	d.Advance(time.Minute).See("!!-7m  8h   Priya Nair", " !20m  7h   J. Dupont", "1h14 6h   Sam Okafor")
	d.Advance(20 * time.Minute).See("!!now  8h   J. Dupont")
}

// What is agreed for answers in an inbox stands in the header over it, of the
// first policy that is for everything there, and gives way to everything else.
func TestPromiseInTheHeader(t *testing.T) {
	o := helpdesk(t)
	ctx := context.Background()
	d := o.open(o.maya, 120, 40, at("Billing")).NotSee("within 8h") // no mail becomes a ticket
	change, err := o.maya.SetInboxSettings(ctx, "Billing", map[desk.SettingKey]string{desk.SetTickets: "Support/New"})
	must(t, err)
	d.Listen().Advance(time.Second).See("Billing: first answer within 8h ")
	o.open(o.maya, 120, 40, at("Support")).NotSee("within")
	d.Resize(80, 24).See("Billing  10   first answer within 8h ", "mail connected").Resize(60, 20).See("Billing  10", "mail connected").NotSee("within")

	_, err = o.maya.AddCalendar(ctx, "office", calendar.Spec{Timezone: "UTC", Hours: map[string][][2]string{"mon": {{"09:00", "17:00"}}}})
	must(t, err)
	_, err = o.maya.AddPolicy(ctx, "Urgent", map[desk.PolicyKey]string{desk.PolicyFirst: "1h", desk.PolicyPriorities: "urgent"}, desk.NewTickets)
	must(t, err)
	_, err = o.maya.AddPolicy(ctx, "Of Billing", map[desk.PolicyKey]string{desk.PolicyNext: "90m in office", desk.PolicyInboxes: "Billing"}, desk.NewTickets)
	must(t, err)
	must(t, o.maya.OrderPolicies(ctx, []string{"Urgent", "Of Billing", "Standard"}))
	_, err = o.maya.Undo(ctx, change.Batch)
	must(t, err)
	d.Resize(120, 40).Listen().Advance(time.Second).See("Billing: answer within 1h30m of work ")
	must(t, o.maya.RemovePolicy(ctx, "Of Billing"))
	d.Listen().Advance(time.Second).NotSee("within")
}

// What does not fit beside mark, priority, clock, age, who and subject is left
// out whole: inbox, number, stage, holder.
func TestQueueLeavesOut(t *testing.T) {
	o := helpdesk(t)
	for _, c := range []struct {
		width      int
		sees, lost []string
	}{
		{60, []string{"P   due", "age", "who", "subject"}, []string{"has it", " stage ", "number  has it"}},
		{72, []string{"P   due", "has it"}, []string{" stage ", "number  has it"}},
		{80, []string{"P   due", "has it", " stage "}, []string{"number  has it"}},
		{96, []string{"P   due", "has it", " stage ", "number  has it"}, nil},
	} {
		d := o.open(o.maya, c.width, 24, at("Billing"))
		d.See(c.sees...)
		for _, w := range c.lost {
			if strings.Contains(d.Frame(), w) {
				t.Errorf("at %d the list has %q:\n%s", c.width, w, d.Frame())
			}
		}
	}
	if d := o.open(o.maya, 80, 24, at("Support")); strings.Contains(d.Frame(), "P   due") {
		t.Errorf("a list without tickets has their columns:\n%s", d.Frame())
	}
}

// S goes through the orders; the list says in which it is, and an inbox keeps
// what was chosen for it while the program runs.
func TestSortIsKept(t *testing.T) {
	o := helpdesk(t)
	d := o.open(o.maya, 120, 40, at("Billing"))
	d.See("longest waiting first")
	for _, c := range []struct{ order, first string }{
		{"newest first", "Ewa Nowak"}, {"due first, with a clock", "Ana Ruiz"}, {"highest priority first", "Ana Ruiz"},
	} {
		d.Press("S").Advance(time.Second).See("10 · " + c.order)
		cursorOn(t, d, c.first)
	}
	d.Press("j").Advance(time.Second)
	cursorOn(t, d, "J. Dupont") // high, behind the urgent one
	d.Press("j", "j", "j").Advance(time.Second)
	cursorOn(t, d, "Kofi Mensah") // the longest waiting of those without a priority
	d.Press("G").Advance(time.Second)
	cursorOn(t, d, "Ewa Nowak")
	d.Press("g", "a").Advance(time.Second).See("15 · longest waiting first")
	d.Press("tab", "tab", "j", "j", "j", "j", "j", "enter").Advance(time.Second)
	d.Press("g", "u").Advance(time.Second).See("longest waiting first").Press(":", "B", "i", "l", "l", "enter").Advance(time.Second)
	d.See("10 · highest priority first")
}

// A list by what is due has only what has a clock, and says so.
func TestDueList(t *testing.T) {
	o := helpdesk(t)
	d := o.open(o.maya, 120, 40, at("Support"))
	d.Press("S", "S").Advance(time.Second).See("due first, with a clock", "Nothing here has a clock that runs")
	d.Press("S").Advance(time.Second).See("highest priority first", "Grace Kim")
	d = o.open(o.maya, 120, 40, at("Billing"))
	d.Press("S", "S", "j", "e").Advance(time.Second).See("9 · due first", "Priya Nair").NotSee("Kofi Mensah")
	d.Press("z").Advance(time.Second).See("10 · due first", "Kofi Mensah")
}
