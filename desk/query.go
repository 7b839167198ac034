package desk

// Query is a parsed search: what [ParseQuery] made of a line like
//
//	is:open is:unassigned from:@acme.test "late invoice" -has:attachment
//
// The zero Query matches everything.
type Query struct {
	// Source is the line as typed.
	Source string
	// Expr is the root of the expression; nil matches everything.
	Expr *Expr
}

// IsEmpty reports whether the query matches everything.
func (q Query) IsEmpty() bool { return q.Expr == nil }

// Term says what a leaf or a joint of a query means.
type Term string

// The joints: and and or have two operands or more, not has one.
const (
	TermAnd Term = "and"
	TermOr  Term = "or"
	TermNot Term = "not"
)

// The leaves that look for words in messages and notes.
const (
	TermText    Term = "text"    // anywhere in a message or note
	TermSubject Term = "subject" // in the subject
	TermFrom    Term = "from"    // in who wrote it; @acme.test is all of a domain
	TermTo      Term = "to"      // in who got it
)

// The leaves that look at conversations.
const (
	TermIs       Term = "is"       // Text is one of the Is constants
	TermHas      Term = "has"      // Text is "attachment"
	TermAssignee Term = "assignee" // ID is the user
	TermInbox    Term = "inbox"    // ID is the inbox
	TermOlder    Term = "older"    // nothing new since Unix
	TermNewer    Term = "newer"    // something new at or after Unix
	TermNumber   Term = "#"        // ID is the conversation
)

// What a conversation can be asked to be.
const (
	IsOpen       = "open"
	IsClosed     = "closed"
	IsSpam       = "spam"
	IsUnassigned = "unassigned"
	IsAssigned   = "assigned"
	IsUnread     = "unread"
	IsOwed       = "owed"
)

// Expr is one node of a query.
type Expr struct {
	Term Term
	// Args are the operands of a joint (and, or, not).
	Args []Expr
	// Text is the value as typed, without its quotes.
	Text string
	// Phrase says that Text was quoted.
	Phrase bool
	// Prefix says that Text is the beginning of a word: it was typed with a *
	// behind it, or is the last word of a line that is still being typed.
	Prefix bool
	// ID is the inbox, user or conversation the value names, once resolved.
	ID int64
	// Unix is a point in time in seconds, for older: and newer:.
	Unix int64
}
