package desk

import "time"

// Status is open or closed. Spam and the trash are independent of it: taking a
// conversation out of them leaves it as open or closed as it was (4.18 no. 1).
type Status string

// The statuses.
const (
	Open   Status = "open"
	Closed Status = "closed"
)

// Place is where a conversation is found: derived from four things that are
// independent of each other (status, snoozed, spam, trashed: 4.18 no. 1), and
// kept in the row so that one index range answers a list.
type Place string

// The places.
const (
	InOpen    Place = "open"
	InSnoozed Place = "snoozed"
	InClosed  Place = "closed"
	InSpam    Place = "spam"
	InTrash   Place = "trash"
)

// Places are all of them, in the order in which they are shown.
func Places() []Place { return []Place{InOpen, InSnoozed, InClosed, InSpam, InTrash} }

// Conversation is the materialised row of a matter with one contact in one
// inbox: all a list needs, so that a page is one index range.
type Conversation struct {
	ID      ConversationID
	Inbox   InboxID
	Subject string
	Status  Status
	Spam    bool
	// Trashed says that it was thrown away; it can be restored.
	Trashed bool
	// SnoozedUntil is when an open conversation comes back into the queue; the
	// zero time while it is in it. That it has come back is said by
	// [Mailroom.Tick], which makes this zero.
	SnoozedUntil time.Time
	// Team and Assignee are who has it, a team, a user of it or any other, or
	// both; 0 is none. With a team and nobody it waits for one of the team (H3).
	Team     TeamID
	Assignee UserID
	Priority Priority
	// Tags are its tags, folded, sorted, each once; nil for none.
	Tags []string
	// Ticket is the number of the ticket this is; 0 while it is none. Stage is
	// the stage of the ticket then.
	Ticket TicketID
	Stage  StageID
	// DueAt is when the most urgent running clock of the ticket ends and Due
	// which one that is; zero and empty while none runs.
	DueAt time.Time
	Due   ClockKind
	// DueState is [ClockSoon] or [ClockOverdue] once one of them has been told
	// of a clock that runs; empty before.
	DueState ClockState
	Contact  ContactID
	// Who is the customer's name, or address where no name is known.
	Who string
	// Snippet is the beginning of the newest message's new text, one line.
	Snippet string
	// Version counts every change; a reply written against an older version
	// is held back and shows what is new.
	Version   int64
	CreatedAt time.Time
	// Last is the newest message or note, LastAt its time.
	Last   MessageID
	LastAt time.Time
	// LastIn is the newest message from outside; who has not read it sees the
	// conversation as unread.
	LastIn MessageID
	// WaitingSince is when the customer began to wait for an answer; zero when
	// none is owed. Automatic mail never starts or ends it (design 4.6).
	WaitingSince time.Time
	Messages     int
	Attachments  bool
	// Touched is true once a person or a reply has made the conversation more
	// than the mail it came from; then it never joins another by itself.
	Touched bool
	// AnsweredOutside says that the newest answer was written in another
	// client by somebody who could not be told.
	AnsweredOutside bool
	// JoinedTo is the conversation this one went into; 0 while it stands alone.
	JoinedTo ConversationID
	// RelatedTo is a conversation this may belong to ("maybe related").
	RelatedTo ConversationID
}

// Place says in which list the conversation is.
func (c Conversation) Place() Place {
	switch {
	case c.Trashed:
		return InTrash
	case c.Spam:
		return InSpam
	case c.Status == Closed:
		return InClosed
	case !c.SnoozedUntil.IsZero():
		return InSnoozed
	default:
		return InOpen
	}
}

// away reports whether a real mail of the customer brings the conversation back
// into the queue. What is spam stays so (4.18 no. 1).
func (c Conversation) away() bool { return c.Status == Closed || c.Trashed || !c.SnoozedUntil.IsZero() }

// Owed reports whether the customer waits for an answer.
func (c Conversation) Owed() bool { return !c.WaitingSince.IsZero() }

// RankOwed divides the two halves of [Conversation.Rank].
const RankOwed = 1 << 49

// Rank orders a queue by longest waiting: first those whose customer waits, by
// since when; behind them the rest, newest first. Smaller is more urgent.
func (c Conversation) Rank() int64 {
	if c.Owed() {
		return c.WaitingSince.UnixMilli()
	}
	return 2*RankOwed - c.LastAt.UnixMilli()
}

// Urgency orders a queue by priority, and of the same priority by Rank. Smaller
// is more urgent. A rank takes less than 52 bits.
func (c Conversation) Urgency() int64 { return int64(Urgent-c.Priority)<<52 + c.Rank() }
