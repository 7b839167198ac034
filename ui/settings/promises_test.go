package settings_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"postroom/desk"
	"postroom/desk/calendar"
)

// berlin works from nine to five.
func berlin() calendar.Spec {
	return calendar.Spec{Timezone: "Europe/Berlin", Hours: map[string][][2]string{"mon": {{"09:00", "12:30"}, {"13:00", "17:00"}}, "tue": {{"09:00", "17:00"}}}, Holidays: []string{"2026-10-20"}, HolidaysYearly: []string{"12-25"}}
}

// written are conversations in Billing: from Priya, from Priya once more under
// another of her addresses, and from Kofi.
func (o *office) written() {
	o.t.Helper()
	for i, from := range []desk.Mailbox{{Name: "Priya Nair", Addr: "priya.nair@gmail.com"}, {Name: "Priya Nair", Addr: "priyanair+shop@gmail.com"}, {Name: "Kofi Mensah", Addr: "kofi@mensah.test"}} {
		o.receive("Billing", desk.Mail{MessageID: fmt.Sprintf("%d@test", i), From: []desk.Mailbox{from}, Subject: fmt.Sprintf("Question %d", i+1), Date: o.clock.Now().Add(-time.Duration(5-i) * time.Hour), Text: "Hello?"})
	}
}

// goTo opens a part by the list of commands.
func goTo(name string) []string {
	keys := []string{":"}
	for _, r := range "settings: " + name {
		keys = append(keys, map[rune]string{' ': "space"}[r])
		if r != ' ' {
			keys[len(keys)-1] = string(r)
		}
	}
	return append(keys, "enter")
}

// TestHours: a calendar is made from a preview of its hours, with the holidays
// of a file, changed for open tickets too, and removed; who is no admin is told
// that it is not his to change.
func TestHours(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	d := o.open(o.maya, 120, 40).Press(goTo("hours")...).See("There is no calendar: goals are").Press("c")
	d.See("Make a calendar", "The next 7 days", "09:00-17:00", "4 hours from now").Type("Berlin").Press("tab", "ctrl+u").Type("Europe/Nowhere").Advance(time.Second).See("Nowhere")
	d.Press("ctrl+u").Type("Europe/Berlin").Press("tab", "ctrl+u").Type("9-17").Advance(time.Second).See("9").Press("ctrl+u").Type("09:00-12:30 13:00-17:00")
	d.Press("tab", "tab", "tab", "tab", "tab", "tab", "tab", "tab").Type("no.ics").Advance(time.Second).Press("ctrl+s").See("no.ics is not there")
	d.Press("ctrl+u").Type("berlin.ics").Advance(time.Second).See("Fri 23 Oct", "holiday", "Holidays in the file: 1", "left out", "2.")
	golden(t, d, "hours-120x40-dark", 120, 40)
	d.Resize(80, 24)
	golden(t, d, "hours-80x24-dark", 80, 24)
	d.Resize(120, 40)
	if list, err := o.maya.Calendars(ctx); err != nil || len(list) != 0 {
		t.Fatalf("the preview has written: %v %v", list, err)
	}
	d.Press("ctrl+s").See("The calendar Berlin is in version 1.", "31 h 30 min of work in 7 days", "2026-10-23")

	d.Resize(80, 24).Press("enter").See("zone", "Europe/Berlin", "holiday")
	golden(t, d, "calendar-80x24-dark", 80, 24)
	d.Press("esc").Resize(120, 40).Press("e").Press("tab", "tab", "ctrl+u").Advance(time.Second).See("off").Press("ctrl+s").See("is in version 2.")
	d.Press("#").See("by stays.").Press("2").See("The calendar Berlin is no more.")

	_, err := o.maya.AddCalendar(ctx, "berlin", berlin())
	must(t, err)
	o.open(o.tom, 120, 40).Press(goTo("hours")...).See("Mon 19 Oct", "09:00-12:30 13:00-17:00", "Only admins change when teams work").NotSee("[ Change ]").Press("e").See("only admins change")
}

// TestDueTimes: the preview of a policy is a simulation of the past and says
// what changes for open tickets; nothing is written before Save.
func TestDueTimes(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	o.written()
	_, err := o.maya.CreateTickets(ctx, []desk.ConversationID{1, 2, 3}, desk.TicketSpec{})
	must(t, err)
	_, err = o.maya.AddPolicy(ctx, "Standard", map[desk.PolicyKey]string{desk.PolicyFirst: "100h"}, desk.OpenTickets)
	must(t, err)
	d := o.open(o.maya, 120, 40).Press(goTo("due times")...).See("1 Standard", "first 100h", "that fits counts. This is the first.")
	d.Press("e").See("0 of the last 3 would have missed; 0").Press("tab", "ctrl+u").Type("4h").Advance(time.Second).See("2 of the last 3 would have missed; 0")
	d.Press("ctrl+u").Type("soon").Press("ctrl+s").See("soon").Press("ctrl+u").Type("4h")
	for range 10 {
		d.Press("tab")
	}
	d.Press("space").Advance(time.Second).See("3 open tickets are due at another time.")
	golden(t, d, "policy-120x40-dark", 120, 40)
	if list, err := o.maya.Policies(ctx); err != nil || list[0].Version != 1 {
		t.Fatalf("the preview has written: %+v %v", list, err)
	}
	d.Resize(80, 24)
	golden(t, d, "policy-80x24-dark", 80, 24)
	d.Resize(120, 40).Press("ctrl+s").See("The policy Standard counts. 3 open tickets are due at another time.", "first 4h")

	d.Press("c").Type("Urgent").Press("tab").Type("1h").Press("tab", "tab", "tab", "tab").Type("urgent").Press("ctrl+s").See("The policy Urgent counts.", "2 Urgent")
	d.Press("j", "<").See("Urgent is number 1 now.", "1 Urgent", "2 Standard").Press("<").See("it is the first already")
	d.Press("#").See("Clocks that run by it go on").Press("2").See("The policy Urgent is no more.")
	o.open(o.tom, 120, 40).Press(goTo("due times")...).See("Only admins change what is promised")
}

// TestTicketsOnTheScreen: stages are edited a line each; an inbox that is to make
// tickets shows what its open conversations become, and does all or none.
func TestTicketsOnTheScreen(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	o.written()
	d := o.open(o.maya, 120, 40).Press(goTo("tickets")...).See("Support", "default", "Waiting on contact", "clocks stand still")
	d.Press("c").Type("Repairs").Press("tab").Type("Came in\n").Advance(time.Second).See("Came in", "Old > New")
	golden(t, d, "pipeline-120x40-dark", 120, 40)
	d.Resize(80, 24)
	golden(t, d, "pipeline-80x24-dark", 80, 24)
	d.Resize(120, 40)
	d.Press("ctrl+s").See("The pipeline Repairs has 4 stages.")
	d.Press("t").See("Tickets of an inbox", "3 conversations become tickets at once", "z takes back all of it")
	golden(t, d, "tickets-120x40-dark", 120, 40)
	d.Resize(80, 24)
	golden(t, d, "tickets-80x24-dark", 80, 24)
	if c := o.ticket(1); c != 0 {
		t.Fatal("the preview has made tickets")
	}
	d.Resize(120, 40).Press("ctrl+s").See("Open conversations that became tickets: 3.", "tickets of")
	if o.ticket(1) == 0 {
		t.Fatal("no ticket was made")
	}
	d.Press("z").Advance(time.Second).See("Undone")
	if o.ticket(1) != 0 {
		t.Fatal("the ticket is still there")
	}

	d.Press("j", "enter", "right", "right", "enter").See("Remove Repairs", "Tickets that go there: 0").Press("ctrl+s").See("The pipeline Repairs is no more")
	d.Press("enter", "right", "right", "right", "enter").See("Make a field of tickets").Type("order").Press("ctrl+s").See("Tickets have the field order now.", "field")
	fields, err := o.maya.TicketFields(ctx)
	must(t, err)
	if len(fields) != 1 {
		t.Fatalf("the fields are %v", fields)
	}
	o.open(o.tom, 120, 40).Press(goTo("tickets")...).See("Only admins change how tickets go")
}

// TestTicketsInAChange: among the other settings of an inbox tickets show what
// its open conversations become, and all settings are written or none.
func TestTicketsInAChange(t *testing.T) {
	o := newOffice(t)
	o.written()
	d := o.open(o.maya, 120, 40).Press("g", ",", "enter", "right", "right", "enter").See("Change Billing").NotSee("become tickets")
	d.Press("tab", "tab", "tab", "tab").Type("nobody").Press("tab", "tab").Type("Support/New").Advance(time.Second).See("There is no user \"nobody\"").NotSee("become tickets")
	d.Press("ctrl+s").See("! There is no user")
	if o.ticket(1) != 0 {
		t.Fatal("what was refused has made tickets")
	}
	d.Press("shift+tab", "shift+tab", "ctrl+u").Type("tom").Advance(time.Second).See("before", "undecided", "begin as tickets at", "3 conversations become tickets at once", "z takes back all of it")
	golden(t, d, "change-tickets-120x40-dark", 120, 40)
	d.Resize(80, 24)
	golden(t, d, "change-tickets-80x24-dark", 80, 24)
	if o.ticket(1) != 0 {
		t.Fatal("the preview has made tickets")
	}
	d.Resize(120, 40).Press("ctrl+s").See("deputy is tom, tickets is Support/New. Open conversations that")
	if o.ticket(1) == 0 || o.ticket(3) == 0 {
		t.Fatal("no tickets were made")
	}
	d.Press("enter").See("Change Billing", "Support/New").Press("tab", "tab", "tab", "tab", "tab", "tab", "ctrl+u").Advance(time.Second).See("undecided: no new tickets; those there are")
	d.Press("esc", "2").Press("z").Advance(time.Second).See("Undone")
	if o.ticket(1) != 0 || o.ticket(3) != 0 {
		t.Fatal("the tickets are still there")
	}
}

// ticket is the ticket of a conversation; 0 for none.
func (o *office) ticket(id desk.ConversationID) desk.TicketID {
	o.t.Helper()
	c, err := o.maya.Thread(context.Background(), id, 1)
	must(o.t, err)
	return c.Ticket
}

// TestContacts: somebody is found by a part of the name, changed and undone;
// two that look like one are marked, and merged after a preview.
func TestContacts(t *testing.T) {
	o := newOffice(t)
	o.written()
	d := o.open(o.maya, 120, 40).Press("g", "@").See("Kofi Mensah", "kofi@mensah.test", "Conversations", "Question 3")
	d.Press("/").Type("priya").Advance(time.Second).See("Priya Nair    priyanair+shop@gmail.com")
	d.Press("enter", "enter").See("Found by: priya", "It looks like priyanair+shop@gmail.com: one mailbox at")
	d.Resize(80, 24).Press("enter")
	golden(t, d, "contact-80x24-dark", 80, 24)
	d.Resize(120, 40).Press("m").See("Merge into priya.nair@gmail.com", "That would mean:", "priyanair+shop@gmail.com")
	golden(t, d, "twins-120x40-dark", 120, 40)
	d.Resize(80, 24)
	golden(t, d, "twins-80x24-dark", 80, 24)
	d.Resize(120, 40)
	d.Press("ctrl+s").See("is changed.", "Question 1", "Question 2").NotSee("It looks like")
	d.Press("z").Advance(time.Second).See("Undone", "It looks like")
	d.Press("e").Press("tab").Type("Priya N.").Press("tab", "tab").Type("nobody").Press("ctrl+s").See("nobody").Press("ctrl+u").Type("tom").Advance(time.Second).See("That would mean:", "owner")
	d.Press("ctrl+s").See("is changed.", "Priya N.", "tom")
	d.Press("o").See("conversations of", "Question").Press("enter").Advance(time.Second).See("Hello?")
}
