package desk

import "time"

// Status is open or closed. Spam and the trash are independent of it: taking a
// conversation out of spam leaves it as open or closed as it was (4.18 no. 1).
type Status string

// The statuses.
const (
	Open   Status = "open"
	Closed Status = "closed"
)

// Place is where a conversation is found: derived from status and spam, kept
// in the row so that one index range answers a list.
type Place string

// The places.
const (
	InOpen   Place = "open"
	InClosed Place = "closed"
	InSpam   Place = "spam"
)

// Conversation is the materialised row of a matter with one contact in one
// inbox: all a list needs, so that a page is one index range.
type Conversation struct {
	ID      ConversationID
	Inbox   InboxID
	Subject string
	Status  Status
	Spam    bool
	// Assignee is who has it; 0 is nobody.
	Assignee UserID
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
	case c.Spam:
		return InSpam
	case c.Status == Closed:
		return InClosed
	default:
		return InOpen
	}
}

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
