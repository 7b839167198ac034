package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// A ticket is a conversation of a shared inbox that goes through the stages of
// a pipeline. There is one for a conversation at most, and it has the
// conversation's number: what people write down, type and answer to is one
// number, before the conversation becomes a ticket and after it was merged.

// Ticket is what a ticket has besides its conversation, whose row has its
// stage, priority, tags and who has it.
type Ticket struct {
	Conversation ConversationID
	Category     string
	// Fields are the values of the desk's own fields, by [TicketField].
	Fields map[FieldID]string
	MadeAt time.Time
	// ClosedAt is when it last came into a closed stage; zero while it is open.
	// Before is the stage it had then.
	ClosedAt time.Time
	Before   StageID
	// FollowUp is the ticket that a mail to this one has begun when it was
	// closed (H92); 0 for none.
	FollowUp ConversationID
}

// TicketsIn is whether a new conversation of an inbox becomes a ticket, and
// where it begins. The zero value says that nobody has decided.
type TicketsIn struct {
	Off      bool
	Pipeline PipelineID
	// Stage is 0 for the first.
	Stage StageID
}

// NoTickets is how an inbox is set that makes none.
const NoTickets = "off"

// On reports whether new conversations become tickets.
func (t TicketsIn) On() bool { return t.Pipeline != 0 }

// Decided reports whether somebody has said yes or no.
func (t TicketsIn) Decided() bool { return t.Off || t.On() }

// StageState is what the journal keeps of a stage: its number, and what it was
// called then.
type StageState struct {
	Stage StageID `json:"stage"`
	Name  string  `json:"name"`
}

// beginning is where new tickets of an inbox begin: what is chosen, and the
// default pipeline where that is gone. gone says so.
func (t TicketsIn) beginning(r Reader) (p Pipeline, s Stage, gone bool, err error) {
	if p, err = pipelineByID(r, t.Pipeline); err != nil {
		return p, s, false, err
	}
	s = p.stage(func(s Stage) bool { return s.ID == t.Stage })
	gone = p.ID != t.Pipeline || t.Stage != 0 && s.ID == 0
	if s.ID == 0 || p.ID != t.Pipeline {
		s = p.First()
	}
	return p, s, gone, nil
}

// TicketWords says of an event of a ticket, a move, a merge or a split where to,
// or with which conversation.
func (e Event) TicketWords() string { return ticketWords(e.After) }

// ticketWords are what the journal keeps of a stage, a move, a merge or a split
// in words.
func ticketWords(raw json.RawMessage) string {
	var of struct {
		Name  string         `json:"name"`
		Other ConversationID `json:"other"`
	}
	switch err := json.Unmarshal(raw, &of); {
	case err == nil && of.Other != 0:
		return fmt.Sprintf("#%d", of.Other)
	case err == nil && of.Name != "":
		return of.Name
	default:
		return valueIn(raw)
	}
}

// removedPipeline is what an inbox is set to whose pipeline is gone.
const removedPipeline = "(removed)"

// text is the choice as it is typed.
func (t TicketsIn) text(r Reader) (string, error) {
	if !t.On() {
		if t.Off {
			return NoTickets, nil
		}
		return "", nil
	}
	p, s, gone, err := t.beginning(r)
	if err != nil || gone {
		return removedPipeline, err
	}
	return p.StagePath(s.ID), nil
}

// putTickets reads it.
func putTickets(r Reader, c *chosen, value string) error {
	switch FoldName(value) {
	case "":
		c.Tickets = TicketsIn{}
		return nil
	case NoTickets:
		c.Tickets = TicketsIn{Off: true}
		return nil
	}
	p, s, err := stageAt(r, value, 0)
	if err != nil {
		return err
	}
	if s.Closed {
		return invalid("BAD_SETTING", "Name an open stage.", "New tickets cannot begin in %q, which is closed.", s.Name)
	}
	c.Tickets = TicketsIn{Pipeline: p.ID, Stage: s.ID}
	return nil
}

// makeTicket makes a ticket of a conversation, in a stage; one that is closed
// begins in the first closed stage of the pipeline. The caller keeps the row.
func (d *Desk) makeTicket(w Writer, c *Conversation, p Pipeline, st Stage, by Actor, batch string) error {
	if c.Status == Closed && !st.Closed {
		st = p.stage(func(s Stage) bool { return s.Closed })
	}
	c.Ticket, c.Stage = TicketID(c.ID), st.ID
	t := Ticket{Conversation: c.ID, MadeAt: d.now()}
	if st.Closed {
		t.ClosedAt, t.Before = d.now(), p.First().ID
	}
	if err := w.SaveTicket(t); err != nil {
		return err
	}
	err := d.tell(w, c, &Event{
		At: d.now(), Actor: by, Kind: EventTicketMade, Inbox: c.Inbox, Conversation: c.ID, Batch: batch,
		After: state(StageState{st.ID, p.StagePath(st.ID)}),
	})
	if err != nil || !st.Closed || c.Status == Closed {
		return err
	}
	return d.closeWith(w, c, Closed, by)
}

// closeWith lets the conversation follow its stage, with an event that no undo
// takes back by itself.
func (d *Desk) closeWith(w Writer, c *Conversation, to Status, by Actor) error {
	before, kind := c.Status, EventClosed
	if to == Open {
		kind = EventReopened
	}
	if err := d.turnTo(w, c, to, by); err != nil {
		return err
	}
	return d.tell(w, c, &Event{At: d.now(), Actor: by, Kind: kind, Inbox: c.Inbox, Conversation: c.ID, Before: state(before), After: state(to)})
}

// toStage moves a ticket to a stage of a pipeline; the conversation is closed
// or open with it. The caller keeps the row.
func (d *Desk) toStage(w Writer, c *Conversation, p Pipeline, st Stage, by Actor, batch string) error {
	was, err := pipelineOf(w, c.Stage)
	if err != nil {
		return err
	}
	before := StageState{c.Stage, was.StagePath(c.Stage)}
	c.Stage = st.ID
	t, err := w.Ticket(c.ID)
	if err != nil {
		return err
	}
	if closed := !t.ClosedAt.IsZero(); st.Closed && !closed {
		t.ClosedAt, t.Before = d.now(), before.Stage
		err = w.SaveTicket(t)
	} else if !st.Closed && closed {
		t.ClosedAt, t.Before = time.Time{}, 0
		err = w.SaveTicket(t)
	}
	if err != nil {
		return err
	}
	err = d.tell(w, c, &Event{
		At: d.now(), Actor: by, Kind: EventStage, Inbox: c.Inbox, Conversation: c.ID, Batch: batch,
		Before: state(before), After: state(StageState{st.ID, p.StagePath(st.ID)}),
	})
	if err != nil || st.Closed == (c.Status == Closed) {
		return err
	}
	to := Open
	if st.Closed {
		to = Closed
	}
	return d.closeWith(w, c, to, by)
}

// stageFollows moves a ticket whose conversation was closed or opened again:
// to the first closed stage; back to the stage it had; or, when the customer's
// mail has opened it, to where that moves it.
func (d *Desk) stageFollows(w Writer, c *Conversation, by Actor) error {
	if c.Ticket == 0 {
		return nil
	}
	p, err := pipelineOf(w, c.Stage)
	if err != nil {
		return err
	}
	now := p.stage(func(s Stage) bool { return s.ID == c.Stage })
	if now.Closed == (c.Status == Closed) {
		return nil
	}
	if c.Status == Closed {
		return d.toStage(w, c, p, p.stage(func(s Stage) bool { return s.Closed }), by, "")
	}
	t, err := w.Ticket(c.ID)
	if err != nil {
		return err
	}
	to := p.stage(func(s Stage) bool { return s.OnReply })
	if by.Kind == ActorUser || to.ID == 0 {
		to = p.stage(func(s Stage) bool { return s.ID == t.Before && !s.Closed })
	}
	if to.ID == 0 {
		to = p.First()
	}
	return d.toStage(w, c, p, to, by, "")
}

// answered and replied move an open ticket when we have answered and when the
// customer has (H88). Automatic mail is neither. A ticket that nobody has
// answered yet is still new when its customer writes once more.
func (d *Desk) answered(w Writer, c *Conversation, by Actor, batch string) error {
	return d.moveOn(w, c, by, batch, func(p Pipeline, now Stage) Stage {
		return p.stage(func(s Stage) bool { return s.OnAnswer })
	})
}

func (d *Desk) replied(w Writer, c *Conversation) error {
	return d.moveOn(w, c, connectorActor(), "", func(p Pipeline, now Stage) Stage {
		if now.ID == p.First().ID {
			return Stage{}
		}
		return p.stage(func(s Stage) bool { return s.OnReply })
	})
}

// moveOn moves an open ticket to the stage that is next, if there is one.
func (d *Desk) moveOn(w Writer, c *Conversation, by Actor, batch string, next func(p Pipeline, now Stage) Stage) error {
	if c.Ticket == 0 {
		return nil
	}
	p, err := pipelineOf(w, c.Stage)
	if err != nil {
		return err
	}
	now := p.stage(func(s Stage) bool { return s.ID == c.Stage })
	to := next(p, now)
	if now.Closed || to.ID == 0 || to.ID == now.ID {
		return err
	}
	return d.toStage(w, c, p, to, by, batch)
}

// TicketSpec says what a conversation becomes.
type TicketSpec struct {
	// Stage is PIPELINE/STAGE, a pipeline, or a stage of the default one; empty
	// for what the inbox is set to, else where the default pipeline begins.
	Stage string
	// Inbox is the shared inbox that a personal conversation goes to first
	// (S209); empty for conversations that are in a shared one.
	Inbox string
}

// CreateTickets makes tickets of conversations.
func (s *Seat) CreateTickets(ctx context.Context, ids []ConversationID, spec TicketSpec) (Outcome, error) {
	return s.eachIn(ctx, ids, func(w Writer, c *Conversation, batch string) (bool, string, error) {
		if c.Ticket != 0 {
			return false, "it is a ticket already", nil
		}
		in, err := w.Inbox(c.Inbox)
		if err != nil {
			return false, "", err
		}
		if in.Kind == Personal && spec.Inbox == "" {
			return false, "", conflict("PERSONAL", "Take it to a shared one with: postroom ticket create ID --inbox NAME", "#%d is in a personal inbox, which has no tickets.", c.ID)
		}
		if spec.Inbox != "" {
			if reason, err := s.moveTo(w, c, spec.Inbox, batch); err != nil || reason != "" && in.Kind == Personal {
				return false, reason, err
			}
		}
		p, st, err := s.ticketStage(w, *c, spec.Stage)
		if err != nil {
			return false, "", err
		}
		return true, "", s.d.makeTicket(w, c, p, st, s.actor, batch)
	})
}

// ticketStage is where a ticket of a conversation begins.
func (s *Seat) ticketStage(r Reader, c Conversation, path string) (Pipeline, Stage, error) {
	if path != "" {
		return stageAt(r, path, 0)
	}
	set, err := r.InboxSettings(c.Inbox)
	if err != nil {
		return Pipeline{}, Stage{}, err
	}
	p, st, _, err := set.Tickets.beginning(r)
	return p, st, err
}

// SetStage moves tickets to a stage, of their own pipeline or of another one as
// PIPELINE/STAGE.
func (s *Seat) SetStage(ctx context.Context, ids []ConversationID, path string) (Outcome, error) {
	return s.eachIn(ctx, ids, func(w Writer, c *Conversation, batch string) (bool, string, error) {
		if c.Ticket == 0 {
			return false, "it is no ticket", nil
		}
		own, err := pipelineOf(w, c.Stage)
		if err != nil {
			return false, "", err
		}
		p, st, err := stageAt(w, path, own.ID)
		if err != nil {
			return false, "", err
		}
		if st.ID == c.Stage {
			return false, "it is in " + st.Name + " already", nil
		}
		return true, "", s.d.toStage(w, c, p, st, s.actor, batch)
	})
}

// ticketsForOpen makes tickets of all open conversations of an inbox that are
// none, in the transaction that has switched them on: all of them or none.
func (s *Seat) ticketsForOpen(w Writer, in Inbox, batch string) (int, error) {
	set, err := w.InboxSettings(in.ID)
	if err != nil {
		return 0, err
	}
	p, st, _, err := set.Tickets.beginning(w)
	if err != nil {
		return 0, err
	}
	ids, err := w.WithoutTicket(in.ID)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		c, err := w.Conversation(id)
		if err != nil {
			return 0, err
		}
		if err := s.d.makeTicket(w, &c, p, st, s.actor, batch); err != nil {
			return 0, err
		}
		c.Version++
		if err := w.SaveConversation(c); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// TicketView is a ticket as it is shown.
type TicketView struct {
	Ticket
	Pipeline Pipeline
	Stage    Stage
	// Values are those of the desk's fields that have one, in their order.
	Values []FieldValue
	// Follows is the closed ticket a mail to which has begun this one; 0 for
	// none.
	Follows ConversationID
}

// FieldValue is the value of one field.
type FieldValue struct {
	Name, Value string
}

// Ticket reads the ticket of a conversation the actor sees.
func (s *Seat) Ticket(ctx context.Context, id ConversationID) (TicketView, error) {
	var v TicketView
	err := s.d.store.Read(ctx, func(r Reader) error {
		c, err := s.mustSee(r, id)
		if err != nil {
			return err
		}
		v, err = ticketView(r, c)
		if errors.Is(err, ErrNoRow) {
			return notFound("NO_TICKET", "Make it one with: postroom ticket create ID", "#%d is no ticket.", c.ID)
		}
		return err
	})
	return v, err
}

// ticketView reads the ticket of a conversation; [ErrNoRow] when it is none.
func ticketView(r Reader, c Conversation) (TicketView, error) {
	var v TicketView
	if c.Ticket == 0 {
		return v, ErrNoRow
	}
	var err error
	if v.Ticket, err = r.Ticket(c.ID); err != nil {
		return v, err
	}
	if v.Pipeline, err = pipelineOf(r, c.Stage); err != nil {
		return v, err
	}
	v.Stage = v.Pipeline.stage(func(s Stage) bool { return s.ID == c.Stage })
	fields, err := r.TicketFields()
	if err != nil {
		return v, err
	}
	for _, f := range fields {
		if value := v.Fields[f.ID]; strings.TrimSpace(value) != "" {
			v.Values = append(v.Values, FieldValue{f.Name, value})
		}
	}
	if c.RelatedTo == 0 {
		return v, nil
	}
	before, err := r.Ticket(c.RelatedTo)
	if errors.Is(err, ErrNoRow) {
		return v, nil
	}
	if before.FollowUp == c.ID {
		v.Follows = c.RelatedTo
	}
	return v, err
}
