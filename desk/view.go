package desk

import (
	"cmp"
	"context"
)

// Sort is the order of a list.
type Sort string

// The sorts.
const (
	ByWaiting Sort = "waiting" // by Rank: longest waiting first
	ByNewest  Sort = "newest"  // by LastAt, newest first
	ByDue     Sort = "due"     // by DueAt, the most urgent first; only those that have one
	// ByPriority is by Urgency: the highest priority first, the longest waiting of those.
	ByPriority Sort = "priority"
)

// Assigned filters by who has a conversation: a user, Nobody or Anybody. What a
// team has is not nobody's, unless that team is asked for: then Nobody means
// that none of its people has taken it yet (H3).
type Assigned int64

// The assignments that are no user.
const (
	Anybody Assigned = -1
	Nobody  Assigned = 0
)

// View is a list that one index range (per inbox) answers. Its zero value is
// not useful: Place and Sort must be set, Assigned usually is Anybody.
type View struct {
	// Inbox limits the list to one inbox; 0 is all the viewer works in.
	Inbox    InboxID
	Place    Place
	Assigned Assigned
	// Team keeps only conversations that a team has, with a user or without;
	// 0 does not ask.
	Team TeamID
	// Stage keeps only the tickets of a stage; 0 does not ask.
	Stage StageID
	// Owed keeps only conversations whose customer waits. It needs ByWaiting.
	Owed bool
	Sort Sort
	// Query limits the list further; empty for the plain view. With a query
	// Place may be empty, for all places. When the query asks for words, the
	// list is in the order of the newest message or note that has them, and
	// its rows' cursors count for that order.
	Query Query
}

// Cursor is a place between two rows of a list. The zero cursor is the top.
type Cursor struct {
	// Key is the sort key of a row: Rank, Urgency, or LastAt or DueAt in Unix milliseconds.
	Key int64
	ID  ConversationID
}

// Window asks for a part of a list: Limit rows behind From, or before it when
// Back is set. Rows come in list order either way.
type Window struct {
	From Cursor
	// Include asks for the row at From itself too, if it is still there.
	Include bool
	Back    bool
	Limit   int
}

// Row is one line of a list.
type Row struct {
	Conversation
	// Unread is true while the viewer has not read the newest message from outside.
	Unread bool
	// AssigneeName is the name behind Assignee, empty for nobody.
	AssigneeName string
	// TeamName is the name behind Team, empty for none.
	TeamName string
	// StageName is the name behind Stage, empty for what is no ticket.
	StageName string
	InboxName string
}

// Holder is the name of who has the conversation: a user, or else a team; empty
// for nobody.
func (r Row) Holder() string { return cmp.Or(r.AssigneeName, r.TeamName) }

// Cursor is the place of the row under the given sort.
func (r Row) Cursor(s Sort) Cursor {
	switch s {
	case ByNewest:
		return Cursor{Key: r.LastAt.UnixMilli(), ID: r.ID}
	case ByDue:
		return Cursor{Key: r.DueAt.UnixMilli(), ID: r.ID}
	case ByPriority:
		return Cursor{Key: r.Urgency(), ID: r.ID}
	default:
		return Cursor{Key: r.Rank(), ID: r.ID}
	}
}

// Page is the answer to a [Window].
type Page struct {
	Rows []Row
	// More says that the list goes on in the direction that was asked for.
	More bool
}

// Counts are the numbers of one inbox, kept up to date in the transaction of
// every change, never counted on a key press. Unassigned, Mine and Owed are of
// those that are open; what is snoozed is not.
type Counts struct {
	Open, Unassigned, Mine, Owed, Snoozed, Closed, Spam, Trash int
	// Soon and Overdue are of those that are open or snoozed.
	Soon, Overdue int
	// Falling is how many are falling through, [FallingMost] at most. It changes
	// with time, so it is the one that is counted when it is asked for.
	Falling int
}

// Add sums two counts.
func (c Counts) Add(o Counts) Counts {
	return Counts{
		Open: c.Open + o.Open, Unassigned: c.Unassigned + o.Unassigned, Mine: c.Mine + o.Mine,
		Owed: c.Owed + o.Owed, Snoozed: c.Snoozed + o.Snoozed, Closed: c.Closed + o.Closed,
		Spam: c.Spam + o.Spam, Trash: c.Trash + o.Trash, Soon: c.Soon + o.Soon, Overdue: c.Overdue + o.Overdue,
		Falling: c.Falling + o.Falling,
	}
}

// List reads a part of a view, and of what its query leaves. Names and ages in
// the query are resolved on the way.
func (s *Seat) List(ctx context.Context, v View, win Window) (Page, error) {
	var p Page
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		if v.Query, err = s.resolve(r, v.Query); err != nil {
			return err
		}
		p, err = r.List(s.actor.User, v, win)
		return err
	})
	return p, err
}
