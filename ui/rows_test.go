package ui_test

import (
	"context"
	"fmt"
	"time"

	"postroom/desk"
	"postroom/ui/shell"
)

// rows is a source of windows over a list as long as one likes, in which the
// row i is made when it is asked for. It stands in where a test needs more
// rows than a database would hold in a short time; everything else it is asked
// for it does not have.
type rows struct {
	shell.Desk
	n int
}

func (r *rows) at(i int) desk.Row {
	return desk.Row{
		Conversation: desk.Conversation{
			ID: desk.ConversationID(i + 1), Inbox: 1, Subject: fmt.Sprintf("Invoice %d is not correct: テスト", i), Who: fmt.Sprintf("Customer %d", i%977),
			Snippet: "Please have a look at this", Status: desk.Open, Version: 1, LastAt: monday(), WaitingSince: monday().Add(time.Duration(i-r.n) * time.Second),
		},
		Unread: i%3 == 0, InboxName: "Billing",
	}
}

func (r *rows) List(_ context.Context, v desk.View, w desk.Window) (desk.Page, error) {
	first := r.at(0).Cursor(v.Sort).Key
	at := 0
	if w.From != (desk.Cursor{}) {
		at = int(min(max((w.From.Key-first)/1000, 0), int64(r.n)))
		if !w.Include && !w.Back {
			at++
		}
	}
	from, to := at, min(at+w.Limit, r.n)
	if w.Back {
		from, to = max(at-w.Limit, 0), at
	}
	p := desk.Page{More: to < r.n}
	if w.Back {
		p.More = from > 0
	}
	for i := from; i < to; i++ {
		p.Rows = append(p.Rows, r.at(i))
	}
	return p, nil
}

func (r *rows) Thread(_ context.Context, id desk.ConversationID, _ int) (desk.Thread, error) {
	row := r.at(int(id) - 1)
	m := desk.Message{Conversation: id, Direction: desk.In, At: monday(), Mail: desk.Mail{From: []desk.Mailbox{{Name: row.Who, Addr: "c@x.test"}}, Text: "Hello,\n\nplease have a look at this invoice. It is the third time I am writing.\n\nThank you"}}
	return desk.Thread{Row: row, Items: []desk.Item{{Message: &m}}}, nil
}

func (r *rows) Trouble() desk.Trouble { return desk.Trouble{} }

func (r *rows) Standby(context.Context) (desk.Standby, error) { return desk.Standby{}, nil }

func (r *rows) SignOffDue(context.Context) (time.Time, error) { return time.Time{}, nil }

func (r *rows) Me(context.Context) (desk.User, error) { return desk.User{ID: 1, Name: "Maya"}, nil }

func (r *rows) Inboxes(context.Context) ([]desk.InboxView, error) {
	return []desk.InboxView{{Inbox: desk.Inbox{ID: 1, Name: "Billing", Kind: desk.Shared}, Member: true, Rights: desk.WorkRights(), Counts: desk.Counts{Open: r.n, Unassigned: r.n, Owed: r.n}}}, nil
}

func (r *rows) TeamQueues(context.Context) ([]desk.TeamQueue, error) { return nil, nil }

func (r *rows) Outbox(context.Context, bool) ([]desk.Outgoing, error) { return nil, nil }

// oneRow is a desk with a single conversation.
type oneRow struct {
	shell.Desk
	row  desk.Row
	text string
}

func (o *oneRow) Trouble() desk.Trouble { return desk.Trouble{} }

func (o *oneRow) List(_ context.Context, _ desk.View, w desk.Window) (desk.Page, error) {
	if w.Back || w.From != (desk.Cursor{}) && !w.Include {
		return desk.Page{}, nil
	}
	return desk.Page{Rows: []desk.Row{o.row}}, nil
}

func (o *oneRow) Thread(context.Context, desk.ConversationID, int) (desk.Thread, error) {
	box := []desk.Mailbox{{Name: o.row.Who, Addr: o.row.Subject}}
	m := desk.Message{Direction: desk.In, At: monday(), Mail: desk.Mail{From: box, Text: o.text, Quoted: o.text, Attachments: []desk.Attachment{{Filename: o.row.Subject}}}}
	out := desk.Message{Direction: desk.Out, At: monday(), AuthorName: o.row.Who, Mail: desk.Mail{From: box, To: box, Text: o.text}}
	n := desk.Note{AuthorName: o.row.Who, Text: o.text, At: monday()}
	e := desk.Event{Kind: desk.EventAssigned, At: monday(), Actor: desk.Actor{Kind: desk.ActorUser, User: 1}}
	return desk.Thread{Row: o.row, Items: []desk.Item{{Message: &m}, {Note: &n}, {Event: &e}, {Message: &out}}, Earlier: 3, People: map[desk.UserID]string{1: o.row.Who}}, nil
}

func (o *oneRow) Standby(context.Context) (desk.Standby, error) {
	return desk.Standby{Why: desk.SkipAway, SetBy: o.text}, nil
}

func (o *oneRow) SignOffDue(context.Context) (time.Time, error) { return time.Time{}, nil }

func (o *oneRow) Me(context.Context) (desk.User, error) {
	return desk.User{ID: 1, Name: o.row.Who}, nil
}

func (o *oneRow) Inboxes(context.Context) ([]desk.InboxView, error) {
	a := desk.Account{ID: 1, Address: o.row.Subject, State: desk.AccountRetrying, Cause: o.text}
	return []desk.InboxView{{Inbox: desk.Inbox{ID: 1, Name: o.row.Subject, Kind: desk.Shared}, Member: true, Rights: desk.WorkRights(), Accounts: []desk.Account{a}, Counts: desk.Counts{Open: 1}}}, nil
}

func (o *oneRow) TeamQueues(context.Context) ([]desk.TeamQueue, error) {
	return []desk.TeamQueue{{Team: desk.Team{ID: 1, Name: o.row.Who}, Open: 1}}, nil
}

func (o *oneRow) Outbox(context.Context, bool) ([]desk.Outgoing, error) { return nil, nil }

func (o *oneRow) Assignable(context.Context, []desk.ConversationID) ([]desk.User, error) {
	return []desk.User{{ID: 1, Name: o.row.Who, Login: o.row.Subject}}, nil
}

func (o *oneRow) AssignableTeams(context.Context, []desk.ConversationID) ([]desk.Team, error) {
	return []desk.Team{{ID: 1, Name: o.row.Who}}, nil
}

func (o *oneRow) Teams(context.Context) ([]desk.TeamView, error) {
	return []desk.TeamView{{Team: desk.Team{ID: 1, Name: o.row.Who}, Members: []desk.User{{ID: 1, Name: o.row.Who, Login: o.row.Subject}}}}, nil
}

func (o *oneRow) Resolve(_ context.Context, q desk.Query) (desk.Query, error) { return q, nil }
