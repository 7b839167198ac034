package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

func (p *program) conversationCommand() *cobra.Command {
	return p.group("conversation", "Conversations: list, show, explain, assign, tag, snooze, close, merge, split, move", append(p.matterCommands(),
		p.conversationListCommand(false), p.conversationShowCommand(), p.explainCommand(), p.assignCommand(),
		p.actCommand("take", "Take conversations that nobody has", "Took", (*desk.Seat).Take),
		p.actCommand("close", "Close conversations", "Closed", (*desk.Seat).Close),
		p.actCommand("reopen", "Open closed conversations again", "Reopened", (*desk.Seat).Reopen),
		p.mergeCommand(), p.splitCommand(), p.moveCommand(),
	)...)
}

// act is a use case that needs nothing but the conversations.
type act func(*desk.Seat, context.Context, []desk.ConversationID) (desk.Outcome, error)

func (p *program) actCommand(name, short, verb string, do act) *cobra.Command {
	c := &cobra.Command{
		Use: name + " ID...", Short: short, Args: wants(1, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			ids, err := conversationIDs(args)
			if err != nil {
				return err
			}
			out, err := do(h.seat, ctx, ids)
			return p.outcome(verb, out, err)
		}),
	}
	return p.writes(p.completesConversations(c))
}

// rowForm is a line of a list, for programs. Cursor continues behind it.
type rowForm struct {
	ID           desk.ConversationID `json:"id"`
	Inbox        string              `json:"inbox"`
	Subject      string              `json:"subject"`
	Who          string              `json:"who"`
	Status       string              `json:"status"`
	Place        string              `json:"place"`
	Assignee     *string             `json:"assignee"`
	Team         *string             `json:"team"`
	Priority     string              `json:"priority"`
	Tags         []string            `json:"tags"`
	SnoozedUntil stamp               `json:"snoozed_until"`
	// Ticket and Stage are null for what is no ticket. DueAt is when the most
	// urgent clock is due, Clock which one that is, DueState "due soon" or
	// "overdue" where it is; null where none runs.
	Ticket       *desk.TicketID   `json:"ticket"`
	Stage        *string          `json:"stage"`
	DueAt        stamp            `json:"due_at"`
	Clock        *desk.ClockKind  `json:"clock"`
	DueState     *desk.ClockState `json:"due_state"`
	Unread       bool             `json:"unread"`
	WaitingSince stamp            `json:"waiting_since"`
	LastAt       stamp            `json:"last_at"`
	Messages     int              `json:"messages"`
	Snippet      string           `json:"snippet"`
	Cursor       string           `json:"cursor"`
}

func rowOf(r desk.Row, s desk.Sort, logins map[desk.UserID]string) rowForm {
	f := rowForm{
		ID: r.ID, Inbox: r.InboxName, Subject: r.Subject, Who: r.Who, Status: string(r.Status),
		Unread: r.Unread, WaitingSince: stamp(r.WaitingSince), LastAt: stamp(r.LastAt),
		Messages: r.Messages, Snippet: r.Snippet, Cursor: cursorText(r.Cursor(s)), Place: string(r.Place()),
		Priority: r.Priority.String(), Tags: append([]string{}, r.Tags...), SnoozedUntil: stamp(r.SnoozedUntil),
	}
	if r.Team != 0 {
		f.Team = &r.TeamName
	}
	if r.Ticket != 0 {
		f.Ticket, f.Stage = &r.Ticket, &r.StageName
	}
	if !r.DueAt.IsZero() {
		f.DueAt, f.Clock = stamp(r.DueAt), &r.Due
	}
	if r.DueState != "" {
		f.DueState = &r.DueState
	}
	if login, ok := logins[r.Assignee]; ok {
		f.Assignee = &login
	}
	return f
}

// logins are the logins of all users, for the form for programs.
func logins(ctx context.Context, seat *desk.Seat) (map[desk.UserID]string, error) {
	users, err := seat.Users(ctx)
	if err != nil {
		return nil, err
	}
	m := map[desk.UserID]string{}
	for _, u := range users {
		m[u.ID] = u.Login
	}
	return m, nil
}

// listColumns are those of a list of conversations, or of tickets; the widths
// are fixed so that one page looks like the next.
func listColumns(tickets bool) []column {
	columns := []column{
		{title: safe.Const("ID"), width: 6},
		{title: safe.Const(" "), width: 1},
		{title: safe.Const("WAITS"), width: 7, right: true},
		{title: safe.Const("P"), width: 1},
		{title: safe.Const("WHO"), width: 14},
		{title: safe.Const("SUBJECT"), width: 200, gives: true},
		{title: safe.Const("HAS IT"), width: 8},
		{title: safe.Const("INBOX"), width: 8},
	}
	if tickets {
		columns = append(columns[:len(columns)-1], column{title: safe.Const("STAGE"), width: 9}, column{title: safe.Const("DUE"), width: 8})
	}
	return columns
}

func (p *program) listRow(r desk.Row, tickets bool) []safe.Text {
	mark := safe.Text{}
	if r.Unread {
		mark = p.print.unread()
	}
	waits := p.print.age(r.WaitingSince)
	if place := r.Place(); place != desk.InOpen {
		waits = safe.Line(string(place))
	}
	priority := ""
	if r.Priority != desk.NoPriority {
		priority = strings.ToUpper(r.Priority.String()[:1])
	}
	cells := []safe.Text{
		safe.Sprintf("#%s", safe.Int(int(r.ID))), mark, waits, safe.Line(priority), safe.Line(r.Who),
		safe.Line(marked(r)), safe.Line(r.Holder()),
	}
	if tickets {
		return append(cells, safe.Line(r.StageName), p.print.until(r.DueAt))
	}
	return append(cells, safe.Line(r.InboxName))
}
