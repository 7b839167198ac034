package desk

import "time"

// TicketReader reads pipelines and tickets.
type TicketReader interface {
	Pipelines() ([]Pipeline, error) // with their stages; the default one first, then by name
	// CountInStage counts the tickets in a stage, without those that were
	// merged into another.
	CountInStage(StageID) (int, error)
	// StageCounts are the kept numbers of an inbox the viewer works in: of each
	// stage how many tickets are in each place.
	StageCounts(viewer UserID, in InboxID) (map[StageID]map[Place]int, error)
	Ticket(ConversationID) (Ticket, error)
	// TicketsSince are the tickets made at or after a time, the newest first, at
	// most limit.
	TicketsSince(since time.Time, limit int) ([]ConversationID, error)
	// WithoutTicket are the open and the snoozed conversations of an inbox that
	// are no tickets.
	WithoutTicket(InboxID) ([]ConversationID, error)
	TicketFields() ([]TicketField, error) // oldest first
}

// TicketWriter keeps them. The numbers of pipelines, stages and fields are
// never given out twice.
type TicketWriter interface {
	// SavePipeline keeps a pipeline with exactly its stages, and fills in the
	// numbers of what is new.
	SavePipeline(*Pipeline) error
	RemovePipeline(PipelineID) error
	// MoveStage moves all tickets of a stage to another one.
	MoveStage(from, to StageID) error
	SaveTicket(Ticket) error            // one for each conversation
	RemoveTicket(ConversationID) error  // no error when there is none
	AddTicketField(*TicketField) error  // fills in its number
	RemoveTicketField(id FieldID) error // its values stay and are shown no more
}

// PartsReader reads what changes places when conversations are merged, split
// and moved.
type PartsReader interface {
	// Items are the messages and notes of a conversation in order, hidden
	// notes included.
	Items(ConversationID) ([]MessageID, error)
	// EventSeqs are its entries in the journal, in order.
	EventSeqs(ConversationID) ([]Seq, error)
	// Leaving reports whether a mail of it is on its way out, or in doubt.
	Leaving(ConversationID) (bool, error)
	// WasIn reports whether it was in an inbox before it was moved.
	WasIn(ConversationID, InboxID) (bool, error)
	// SomeIn are at most limit conversations of an inbox, in whatever place,
	// those included that joined another one.
	SomeIn(in InboxID, limit int) ([]Conversation, error)
	// LeavingFrom counts the inbox's mails that are on their way out, or in
	// doubt.
	LeavingFrom(InboxID) (int, error)
}

// PartsWriter moves it.
type PartsWriter interface {
	// MoveItems moves messages and notes, as far as they are in from, with
	// their outbox rows, the entries of the journal about them, and those that
	// are named; the participants of both are counted anew.
	MoveItems(items []MessageID, events []Seq, from, to ConversationID) error
	// MoveDrafts moves what is being written; where its author is writing to
	// both, the texts become one.
	MoveDrafts(from, to ConversationID) error
	// Rehome brings all that is in a conversation into another inbox, the
	// search index included, and notes that it was in the one before. The row
	// and the stored mails are not touched.
	Rehome(c ConversationID, from, to InboxID) error
	// RehomeAll does so with all conversations of an inbox that goes into
	// another one; [PartsWriter.JoinInbox] has to follow. Who searches the other
	// one finds then what went into it.
	RehomeAll(from, to InboxID) error
	// JoinInbox lets an inbox without conversations go into another one: its
	// accounts serve the other, as if they always had, connected or not; the
	// stored mails, drafts, known senders, calls to be made, what people want to
	// hear, and all that leads to conversations that were in it go along. Where
	// both inboxes have the same mail or choice, the other's counts. What rules
	// and routings say is left to the caller. The inbox itself is gone then.
	JoinInbox(from, to InboxID) error
}
