package desk

import (
	"context"
	"fmt"
	"slices"
)

// Board is the tickets of one inbox by the stage in which they are.
type Board struct {
	Inbox Inbox
	// Columns are the stages of the pipeline in which the inbox begins its
	// tickets, in their order, and behind them those of others that have some.
	Columns []BoardColumn
}

// BoardColumn is one stage of a [Board].
type BoardColumn struct {
	Stage Stage
	// Name is the stage's name, behind that of its pipeline where this is
	// another one than the inbox's.
	Name string
	// Rows are the first tickets in the order of waiting; those of a closed
	// stage the newest first. What is snoozed, spam or thrown away is not there.
	Rows []Row
	// Total is how many there are, Snoozed how many besides come back later.
	Total, Snoozed int
}

// Board reads the first depth tickets of every stage: one index range for each,
// with the rest from kept numbers.
func (s *Seat) Board(ctx context.Context, inbox InboxID, depth int) (Board, error) {
	var b Board
	err := s.d.store.Read(ctx, func(r Reader) error {
		sees, err := s.sees(r, inbox)
		if err != nil {
			return err
		}
		if !sees {
			return notFound("NO_INBOX", "postroom inbox list shows where you work.", "There is no such inbox.")
		}
		b = Board{}
		if b.Inbox, err = r.Inbox(inbox); err != nil {
			return err
		}
		if b.Columns, err = s.boardColumns(r, inbox); err != nil {
			return err
		}
		for i := range b.Columns {
			p, err := r.List(s.actor.User, b.Columns[i].view(inbox), Window{Limit: depth})
			if err != nil {
				return err
			}
			b.Columns[i].Rows = p.Rows
		}
		return nil
	})
	return b, err
}

// view is the list of which a column has the beginning.
func (c BoardColumn) view(inbox InboxID) View {
	v := View{Inbox: inbox, Place: InOpen, Assigned: Anybody, Stage: c.Stage.ID, Sort: ByWaiting}
	if c.Stage.Closed {
		v.Place = InClosed
	}
	return v
}

// boardColumns are the stages on the board of an inbox, with their numbers.
func (s *Seat) boardColumns(r Reader, inbox InboxID) ([]BoardColumn, error) {
	set, err := r.InboxSettings(inbox)
	if err != nil {
		return nil, err
	}
	own, _, _, err := set.Tickets.beginning(r)
	if err != nil {
		return nil, err
	}
	counts, err := r.StageCounts(s.actor.User, inbox)
	if err != nil {
		return nil, err
	}
	all, err := r.Pipelines()
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b Pipeline) int {
		switch own.ID {
		case a.ID:
			return -1
		case b.ID:
			return 1
		default:
			return 0
		}
	})
	var columns []BoardColumn
	for _, p := range all {
		for _, st := range p.Stages {
			n := counts[st.ID]
			c := BoardColumn{Stage: st, Name: st.Name, Total: n[InOpen], Snoozed: n[InSnoozed]}
			if st.Closed {
				c.Total = n[InClosed]
			}
			if p.ID != own.ID {
				c.Name = p.StagePath(st.ID)
			}
			if p.ID == own.ID || c.Total+c.Snoozed > 0 {
				columns = append(columns, c)
			}
		}
	}
	return columns, nil
}

// StepStage moves tickets so many stages on in their own pipelines, or back
// with a negative number.
func (s *Seat) StepStage(ctx context.Context, ids []ConversationID, by int) (Outcome, error) {
	return s.eachIn(ctx, ids, func(w Writer, c *Conversation, batch string) (bool, string, error) {
		if c.Ticket == 0 {
			return false, "it is no ticket", nil
		}
		p, err := pipelineOf(w, c.Stage)
		if err != nil {
			return false, "", err
		}
		at := slices.IndexFunc(p.Stages, func(st Stage) bool { return st.ID == c.Stage })
		to := min(max(at+by, 0), len(p.Stages)-1)
		if at < 0 || to == at {
			return false, fmt.Sprintf("no stage lies beyond %s", p.StagePath(c.Stage)), nil
		}
		return true, "", s.d.toStage(w, c, p, p.Stages[to], s.actor, batch)
	})
}
