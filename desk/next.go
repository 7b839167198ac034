package desk

import (
	"context"
	"errors"
	"time"
)

// Handed is that a conversation was handed to a user by [Seat.Next]: until a
// time nobody else is handed it. Passed says that he has asked for another one
// since; then others are.
type Handed struct {
	Conversation ConversationID
	User         UserID
	Until        time.Time
	Passed       bool
}

// handedFor is how long somebody has to begin an answer before others are
// handed the conversation: as long as a draft counts as writing.
const handedFor = writingAge

// Next is the answer that is owed next.
type Next struct {
	// Row is the conversation; its ID is 0 when nothing is left to answer.
	Row
	// Why says in a sentence why it is this one.
	Why string
	// Passed are those that wait longer and were left out, each with why.
	Passed []Skipped
}

// Next hands the actor the customer who has waited longest for an answer that
// he may give and that nobody is writing: of what he has, what nobody has, and
// what a team of his has. Of two who ask at once each is handed another one.
// Who asks again is handed the one after it; what he has passed over comes
// back to him when nobody has answered it after handedFor.
func (s *Seat) Next(ctx context.Context) (Next, error) {
	var next Next
	err := s.write(ctx, func(w Writer) error {
		next = Next{}
		if err := w.PassOn(s.actor.User); err != nil {
			return err
		}
		q, err := s.owed(w)
		if err != nil {
			return err
		}
		for {
			row, ok, err := q.pop(w)
			if err != nil || !ok {
				return err
			}
			why, err := s.hand(w, row)
			if err != nil {
				return err
			}
			if why == "" {
				next.Row = row
				next.Why = s.whyNext(row, len(next.Passed))
				return nil
			}
			if len(next.Passed) < nextTold {
				next.Passed = append(next.Passed, Skipped{row.ID, why})
			}
		}
	})
	return next, err
}

// nextTold is how many that were passed over are told of.
const nextTold = 20

// hand gives a conversation to the actor, or says why it is not his to answer
// now.
func (s *Seat) hand(w Writer, row Row) (why string, err error) {
	now := s.d.now()
	writing, err := w.WritingOthers(row.ID, s.actor.User, now.Add(-writingAge))
	if err != nil {
		return "", err
	}
	if len(writing) > 0 {
		return writing[0].Name + " is writing an answer", nil
	}
	had, err := w.Handed(row.ID)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return "", err
	}
	if err == nil && had.Until.After(now) && had.User == s.actor.User {
		return "you have just passed it over", nil
	}
	if err == nil && had.Until.After(now) && !had.Passed {
		u, err := w.User(had.User)
		return "it was just handed to " + u.Name, err
	}
	ok, err := w.Hand(Handed{Conversation: row.ID, User: s.actor.User, Until: now.Add(handedFor)}, now)
	if err == nil && !ok {
		why = "somebody else was faster"
	}
	return why, err
}

func (s *Seat) whyNext(row Row, passed int) string {
	whose := "nobody has it"
	switch {
	case row.Assignee == s.actor.User:
		whose = "you have it"
	case row.Team != 0:
		whose = "your team has it"
	}
	if passed > 0 {
		return "of those nobody is answering, " + row.Who + " has waited longest; " + whose
	}
	return row.Who + " has waited longest; " + whose
}

// owedQueue merges some lists by longest waiting. Each is one index range, read
// a page at a time.
type owedQueue struct {
	me    UserID
	lists []*owedList
}

type owedList struct {
	view View
	from Cursor
	page Page
	read bool
}

// owedPage is how many rows of a list are read at once.
const owedPage = 10

// owed are the lists of what the actor may answer.
func (s *Seat) owed(r Reader) (*owedQueue, error) {
	me := s.actor.User
	q := &owedQueue{me: me}
	inboxes, err := r.Inboxes()
	if err != nil {
		return nil, err
	}
	teams, err := r.TeamsOf(me)
	if err != nil {
		return nil, err
	}
	for _, in := range inboxes {
		have, err := r.Rights(in.ID, me)
		if errors.Is(err, ErrNoRow) || err == nil && !have.Reply {
			continue
		}
		if err != nil {
			return nil, err
		}
		view := View{Inbox: in.ID, Place: InOpen, Owed: true, Sort: ByWaiting}
		for _, who := range []Assigned{Assigned(me), Nobody} {
			view.Assigned = who
			q.lists = append(q.lists, &owedList{view: view})
		}
		for _, t := range teams {
			view.Assigned, view.Team = Nobody, t
			q.lists = append(q.lists, &owedList{view: view})
		}
	}
	return q, nil
}

// pop takes the one who waits longest.
func (q *owedQueue) pop(r Reader) (Row, bool, error) {
	best := -1
	for i, l := range q.lists {
		if err := l.fill(r, q.me); err != nil {
			return Row{}, false, err
		}
		if len(l.page.Rows) > 0 && (best < 0 || before(l.page.Rows[0], q.lists[best].page.Rows[0])) {
			best = i
		}
	}
	if best < 0 {
		return Row{}, false, nil
	}
	l := q.lists[best]
	row := l.page.Rows[0]
	l.page.Rows = l.page.Rows[1:]
	l.from = row.Cursor(ByWaiting)
	return row, true, nil
}

// fill reads on in a list of which all has been taken.
func (l *owedList) fill(r Reader, me UserID) error {
	if len(l.page.Rows) > 0 || l.read && !l.page.More {
		return nil
	}
	var err error
	l.page, err = r.List(me, l.view, Window{From: l.from, Limit: owedPage})
	l.read = true
	return err
}

func before(a, b Row) bool {
	if a.Rank() != b.Rank() {
		return a.Rank() < b.Rank()
	}
	return a.ID < b.ID
}
