package shell

import (
	"context"
	"time"

	"postroom/desk"
)

// Desk is all that the screens ask of the desk. *desk.Seat is one: who sits at
// the screen is decided outside.
type Desk interface {
	Reading
	Acting
	Ticketing
	Serving
	Writing
	Sending
	Outgoing
}

// Reading are the lists and what is in them.
type Reading interface {
	List(context.Context, desk.View, desk.Window) (desk.Page, error)
	Thread(context.Context, desk.ConversationID, int) (desk.Thread, error)
	Inboxes(context.Context) ([]desk.InboxView, error)
	TeamQueues(context.Context) ([]desk.TeamQueue, error)
	Me(context.Context) (desk.User, error)
	News(context.Context, desk.Seq) (desk.News, error)
	Trouble() desk.Trouble // reads nothing
	SignOffDue(context.Context) (time.Time, error)
	Resolve(context.Context, desk.Query) (desk.Query, error)
	Explain(context.Context, desk.ConversationID) (desk.Explanation, error)
}

// Acting is what is done with conversations.
type Acting interface {
	Take(context.Context, []desk.ConversationID) (desk.Outcome, error)
	Close(context.Context, []desk.ConversationID) (desk.Outcome, error)
	Reopen(context.Context, []desk.ConversationID) (desk.Outcome, error)
	Give(context.Context, []desk.ConversationID, desk.Assignment) (desk.Outcome, error)
	Snooze(context.Context, []desk.ConversationID, time.Time) (desk.Outcome, error)
	Wake(context.Context, []desk.ConversationID) (desk.Outcome, error)
	SetPriority(context.Context, []desk.ConversationID, desk.Priority) (desk.Outcome, error)
	Tag(ctx context.Context, ids []desk.ConversationID, add, remove []string) (desk.Outcome, error)
	MarkSpam(context.Context, []desk.ConversationID) (desk.Outcome, error)
	NotSpam(context.Context, []desk.ConversationID) (desk.Outcome, error)
	Trash(context.Context, []desk.ConversationID) (desk.Outcome, error)
	Restore(context.Context, []desk.ConversationID) (desk.Outcome, error)
	Undo(context.Context, string) (desk.Undone, error)
}

// Ticketing is what is done with tickets, and with conversations as a whole.
type Ticketing interface {
	Pipelines(context.Context) ([]desk.PipelineView, error)
	CreateTickets(context.Context, []desk.ConversationID, desk.TicketSpec) (desk.Outcome, error)
	SetStage(context.Context, []desk.ConversationID, string) (desk.Outcome, error)
	StepStage(context.Context, []desk.ConversationID, int) (desk.Outcome, error)
	Ticket(context.Context, desk.ConversationID) (desk.TicketView, error)
	TicketFields(context.Context) ([]desk.TicketField, error)
	SetTicket(ctx context.Context, ids []desk.ConversationID, values map[string]string) (desk.Outcome, error)
	Board(context.Context, desk.InboxID, int) (desk.Board, error)
	Merge(context.Context, []desk.ConversationID, desk.ConversationID) (desk.Outcome, error)
	Split(context.Context, desk.ConversationID, desk.MessageID) (desk.Outcome, error)
	Move(context.Context, []desk.ConversationID, string) (desk.Outcome, error)
	PreviewMove(context.Context, []desk.ConversationID, string) (desk.MoveEffect, error)
}

// Serving is who is answered next, and whether a person is given work at all.
type Serving interface {
	Next(context.Context) (desk.Next, error)
	Standby(context.Context) (desk.Standby, error)
	SetAway(ctx context.Context, login string) (desk.Standby, error)
	SetAvailable(ctx context.Context, login string) (desk.Standby, error)
}

// Writing is what a person leaves in a conversation.
type Writing interface {
	MarkRead(context.Context, desk.ConversationID, desk.MessageID) error
	Assignable(context.Context, []desk.ConversationID) ([]desk.User, error)
	AssignableTeams(context.Context, []desk.ConversationID) ([]desk.Team, error)
	Teams(context.Context) ([]desk.TeamView, error)
	Tags(context.Context) ([]string, error)
	AddNote(context.Context, desk.ConversationID, string) (desk.Outcome, error)
	NewReply(context.Context, desk.ConversationID, bool) (desk.Draft, error)
	NewMail(context.Context, string) (desk.Draft, error)
}

// Sending is the way of a draft.
type Sending interface {
	Draft(context.Context, desk.ConversationID, desk.DraftKind) (desk.Draft, error)
	SaveDraft(context.Context, desk.Draft) (desk.Draft, error)
	DiscardDraft(context.Context, desk.ConversationID, desk.DraftKind) error
	Letterhead(context.Context, desk.InboxID) (desk.Letterhead, error)
	Prepare(context.Context, desk.Draft) (desk.Outgoing, error)
	Send(context.Context, desk.Draft, desk.SendOptions) (desk.Sending, error)
}

// Outgoing is what waits in the outbox.
type Outgoing interface {
	Outbox(context.Context, bool) ([]desk.Outgoing, error)
	CancelSend(context.Context, desk.OutgoingID) (desk.Draft, error)
	RetrySend(context.Context, desk.OutgoingID) error
	ResolveSend(context.Context, desk.OutgoingID) error
	RawMail(context.Context, desk.ConversationID, desk.MessageID) ([]byte, error)
}
