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

// Expr is one node of a query.
type Expr struct {
	Term Term
	// Args are the operands of a joint (and, or, not).
	Args []Expr
	// Text is the value as typed, without its quotes.
	Text string
	// Phrase says that Text was quoted.
	Phrase bool
	// ID is the inbox, user or conversation the value names, once resolved.
	ID int64
	// Unix is a point in time in seconds, for older: and newer:.
	Unix int64
}
