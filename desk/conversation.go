package desk

import (
	"context"
	"errors"
	"time"
)

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

// Sort is the order of a list.
type Sort string

// The sorts.
const (
	ByWaiting Sort = "waiting" // by Rank: longest waiting first
	ByNewest  Sort = "newest"  // by LastAt, newest first
)

// Assigned filters by who has a conversation: a user, Nobody or Anybody.
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
	// Key is the sort key of a row, Rank or LastAt in Unix milliseconds.
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
	InboxName    string
}

// Cursor is the place of the row under the given sort.
func (r Row) Cursor(s Sort) Cursor {
	if s == ByNewest {
		return Cursor{Key: r.LastAt.UnixMilli(), ID: r.ID}
	}
	return Cursor{Key: r.Rank(), ID: r.ID}
}

// Page is the answer to a [Window].
type Page struct {
	Rows []Row
	// More says that the list goes on in the direction that was asked for.
	More bool
}

// Counts are the numbers of one inbox, kept up to date in the transaction of
// every change, never counted on a key press.
type Counts struct {
	Open, Unassigned, Mine, Owed, Closed, Spam int
}

// Add sums two counts.
func (c Counts) Add(o Counts) Counts {
	return Counts{
		Open: c.Open + o.Open, Unassigned: c.Unassigned + o.Unassigned, Mine: c.Mine + o.Mine,
		Owed: c.Owed + o.Owed, Closed: c.Closed + o.Closed, Spam: c.Spam + o.Spam,
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

// Outcome is what became of an action on several conversations.
type Outcome struct {
	// Done are the conversations that changed.
	Done []ConversationID
	// Skipped are those that did not, each with the reason in a sentence.
	Skipped []Skipped
	// Batch is what [Seat.Undo] takes back; empty when nothing changed.
	Batch string
	// Said are sentences about what was done besides conversations.
	Said []string
}

// Skipped is a conversation an action left alone, and why.
type Skipped struct {
	ID     ConversationID
	Reason string
}

// each runs an action on every conversation in one transaction and one batch.
// change returns the event to journal, or a reason to skip, or neither when
// there is nothing to do. The actor must do the work of each inbox.
func (s *Seat) each(ctx context.Context, ids []ConversationID, change func(Writer, *Conversation) (*Event, string, error)) (Outcome, error) {
	var out Outcome
	err := s.write(ctx, func(w Writer) error {
		out = Outcome{}
		batch := s.d.newBatch()
		seen := map[ConversationID]bool{}
		for _, id := range ids {
			c, err := s.mustSee(w, id)
			if err == nil && seen[c.ID] {
				continue // named twice, perhaps by the number it had before it joined
			}
			seen[c.ID] = true
			if err != nil {
				if KindOf(err) == NotFound && len(ids) > 1 {
					out.Skipped = append(out.Skipped, Skipped{id, err.Error()})
					continue
				}
				return err
			}
			if err := s.mustMay(w, c.Inbox, RightReply, RightAssign); err != nil {
				return err
			}
			ev, reason, err := change(w, &c)
			if err != nil {
				return err
			}
			if ev == nil {
				if reason != "" {
					out.Skipped = append(out.Skipped, Skipped{c.ID, reason})
				}
				continue
			}
			c.Version++
			c.Touched = true
			ev.Batch = batch
			if err := w.Append(ev); err != nil {
				return err
			}
			if err := s.d.react(w, occasion{event: ev}, &c); err != nil {
				return err
			}
			if err := w.SaveConversation(c); err != nil {
				return err
			}
			out.Done = append(out.Done, c.ID)
			out.Batch = batch
		}
		return nil
	})
	return out, err
}

// Assign gives conversations to a user, or to nobody with 0. The user must be
// one who may answer in the inbox of each. To take what nobody has and to give
// back what one has oneself, answering is right enough.
func (s *Seat) Assign(ctx context.Context, ids []ConversationID, to UserID) (Outcome, error) {
	return s.each(ctx, ids, func(w Writer, c *Conversation) (*Event, string, error) {
		if c.Assignee == to {
			return nil, "it is so already", nil
		}
		mine := to == 0 && c.Assignee == s.actor.User || to == s.actor.User && c.Assignee == 0
		if !mine {
			if err := s.mustMay(w, c.Inbox, RightAssign); err != nil {
				return nil, "", err
			}
		}
		if to != 0 {
			have, err := w.Rights(c.Inbox, to)
			if err != nil && !errors.Is(err, ErrNoRow) {
				return nil, "", err
			}
			if !have.Reply {
				return nil, "that person does not answer in this inbox", nil
			}
		}
		before := c.Assignee
		c.Assignee = to
		return s.event(EventAssigned, c.Inbox, c.ID, state(before), state(to)), "", nil
	})
}

// Take assigns conversations to the actor, as long as nobody has them: of two
// people who take at once one wins, and the other is told who.
func (s *Seat) Take(ctx context.Context, ids []ConversationID) (Outcome, error) {
	return s.each(ctx, ids, func(w Writer, c *Conversation) (*Event, string, error) {
		switch c.Assignee {
		case 0:
			if err := s.mustMay(w, c.Inbox, RightReply); err != nil {
				return nil, "", err
			}
		case s.actor.User:
			return nil, "you have it already", nil
		default:
			u, err := w.User(c.Assignee)
			if err != nil {
				return nil, "", err
			}
			return nil, u.Name + " has it", nil
		}
		c.Assignee = s.actor.User
		return s.event(EventAssigned, c.Inbox, c.ID, state(UserID(0)), state(s.actor.User)), "", nil
	})
}

// Close closes conversations.
func (s *Seat) Close(ctx context.Context, ids []ConversationID) (Outcome, error) {
	return s.setStatus(ctx, ids, Closed, EventClosed)
}

// Reopen opens closed conversations again.
func (s *Seat) Reopen(ctx context.Context, ids []ConversationID) (Outcome, error) {
	return s.setStatus(ctx, ids, Open, EventReopened)
}

func (s *Seat) setStatus(ctx context.Context, ids []ConversationID, to Status, kind EventKind) (Outcome, error) {
	return s.each(ctx, ids, func(w Writer, c *Conversation) (*Event, string, error) {
		if c.Status == to {
			return nil, "it is " + string(to) + " already", nil
		}
		before := c.Status
		if err := s.d.turnTo(w, c, to, s.actor); err != nil {
			return nil, "", err
		}
		return s.event(kind, c.Inbox, c.ID, state(before), state(to)), "", nil
	})
}

// MarkRead notes that the actor has read the conversation as it stands. It is
// his own matter: no event, no new version.
func (s *Seat) MarkRead(ctx context.Context, id ConversationID, upTo MessageID) error {
	return s.write(ctx, func(w Writer) error {
		c, err := s.mustSee(w, id)
		if err != nil {
			return err
		}
		if err := w.MarkRead(s.actor.User, c.ID, upTo); err != nil {
			return err
		}
		return w.SaveVisit(Visit{s.actor.User, c.Inbox, s.d.now()})
	})
}

// Assignable lists who may answer in all inboxes of the given conversations,
// the actor first.
func (s *Seat) Assignable(ctx context.Context, ids []ConversationID) ([]User, error) {
	var list []User
	err := s.d.store.Read(ctx, func(r Reader) error {
		seen := map[InboxID]bool{}
		in := map[UserID]int{}
		byID := map[UserID]User{}
		for _, id := range ids {
			c, err := s.mustSee(r, id)
			if err != nil {
				return err
			}
			if seen[c.Inbox] {
				continue
			}
			seen[c.Inbox] = true
			ms, err := r.Members(c.Inbox)
			if err != nil {
				return err
			}
			for _, m := range ms {
				if !m.Rights.Reply {
					continue
				}
				in[m.ID]++
				byID[m.ID] = m.User
			}
		}
		us, err := r.Users()
		if err != nil {
			return err
		}
		for _, u := range us {
			if in[u.ID] != len(seen) || in[u.ID] == 0 || !u.DisabledAt.IsZero() {
				continue
			}
			if u.ID == s.actor.User {
				list = append([]User{u}, list...)
			} else {
				list = append(list, u)
			}
		}
		return nil
	})
	return list, err
}
