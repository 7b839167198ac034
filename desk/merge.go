package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Conversations become one in one way, whether a late parent does it by itself
// ([Desk.join]), somebody merges them, or a split is taken back: what is in the
// one goes into the other, and its number leads there. What is moved is noted,
// so that it can go back.

// Union is what the journal keeps of a merge or a split: what has changed
// places, and what of the conversation that stays was taken over.
type Union struct {
	// Other is the conversation that was merged in, or split off.
	Other ConversationID `json:"other"`
	// Items are the messages and notes that went, Events the entries of the
	// journal.
	Items  []MessageID `json:"items,omitempty"`
	Events []Seq       `json:"events,omitempty"`
	// Was and Is are the values of the conversation that stays, before and
	// after; nil where nothing of it was taken over.
	Was *Kept `json:"was,omitempty"`
	Is  *Kept `json:"is,omitempty"`
}

// Kept are the values that a merged conversation gives to the other one.
type Kept struct {
	Status   Status   `json:"status"`
	Team     TeamID   `json:"team,omitempty"`
	Assignee UserID   `json:"assignee,omitempty"`
	Priority Priority `json:"priority,omitempty"`
	Tags     []string `json:"tags,omitempty"`
	Ticket   TicketID `json:"ticket,omitempty"`
	Stage    StageID  `json:"stage,omitempty"`
}

func keptOf(c Conversation) *Kept {
	return &Kept{c.Status, c.Team, c.Assignee, c.Priority, c.Tags, c.Ticket, c.Stage}
}

// Merge puts conversations into another one of the same inbox. That one keeps
// its number, subject, customer and stage; it takes over all tags, the higher
// priority, who has it where nobody had, and the ticket where it was none; it
// is open if one of them was. Their numbers lead to it from then on, and so
// does mail that answers them.
func (s *Seat) Merge(ctx context.Context, ids []ConversationID, into ConversationID) (Outcome, error) {
	var out Outcome
	err := s.write(ctx, func(w Writer) error {
		out = Outcome{}
		to, err := s.mustSee(w, into)
		if err != nil {
			return err
		}
		if err := s.mustMay(w, to.Inbox, RightReply, RightAssign); err != nil {
			return err
		}
		batch := s.d.newBatch()
		for _, id := range ids {
			reason, err := s.mergeOne(w, id, &to, batch)
			if err != nil && len(ids) > 1 && KindOf(err) == NotFound {
				reason, err = err.Error(), nil
			}
			if err != nil {
				return err
			}
			if reason != "" {
				out.Skipped = append(out.Skipped, Skipped{id, reason})
				continue
			}
			out.Done, out.Batch = append(out.Done, id), batch
		}
		return nil
	})
	return out, err
}

func (s *Seat) mergeOne(w Writer, id ConversationID, to *Conversation, batch string) (reason string, err error) {
	from, err := s.mustSee(w, id)
	switch {
	case err != nil:
		return "", err
	case from.ID == to.ID && id == to.ID:
		return "it is that one", nil
	case from.ID == to.ID:
		return fmt.Sprintf("it is part of #%d already", to.ID), nil
	case from.Inbox != to.Inbox:
		in, err := w.Inbox(to.Inbox)
		return fmt.Sprintf("it is in another inbox; move it first with: postroom conversation move %d --to %s", from.ID, in.Name), err
	}
	u := Union{Other: from.ID, Was: keptOf(*to)}
	if u.Items, err = w.Items(from.ID); err != nil {
		return "", err
	}
	if u.Events, err = w.EventSeqs(from.ID); err != nil {
		return "", err
	}
	to.takeOver(from)
	if from.Ticket != 0 && to.Ticket == 0 {
		if err := takeTicket(w, from, to); err != nil {
			return "", err
		}
	}
	if err := s.d.unite(w, from, to, s.actor); err != nil {
		return "", err
	}
	if err := s.d.stageFollows(w, to, s.actor); err != nil {
		return "", err
	}
	to.Version++
	to.Touched = true
	u.Is = keptOf(*to)
	ev := s.event(EventMerged, to.Inbox, to.ID, nil, state(u))
	ev.Batch = batch
	if err := s.d.tell(w, to, ev); err != nil {
		return "", err
	}
	return "", errors.Join(w.SaveConversation(*to), w.MoveDrafts(from.ID, to.ID), w.WantMirror(to.ID, MoveAlong, s.d.now()))
}

// takeOver gives a conversation what a merged one has and it has not.
func (c *Conversation) takeOver(from Conversation) {
	if c.Assignee == 0 && c.Team == 0 {
		c.Assignee, c.Team = from.Assignee, from.Team
	}
	c.Priority = max(c.Priority, from.Priority)
	tags := append(slices.Clone(c.Tags), from.Tags...)
	slices.Sort(tags)
	if c.Tags = slices.Compact(tags); len(c.Tags) == 0 {
		c.Tags = nil
	}
}

// takeTicket makes the ticket of a merged conversation one of the other.
func takeTicket(w Writer, from Conversation, to *Conversation) error {
	t, err := w.Ticket(from.ID)
	if err != nil {
		return err
	}
	to.Ticket, to.Stage = TicketID(to.ID), from.Stage
	t.Conversation = to.ID
	if err := w.SaveTicket(t); err != nil || to.Status == from.Status {
		return err
	}
	// The stage says whether it is closed: what is open stays so.
	p, err := pipelineOf(w, from.Stage)
	if err != nil {
		return err
	}
	to.Stage = p.stage(func(s Stage) bool { return s.Closed == (to.Status == Closed) }).ID
	return nil
}

// unite puts all of one conversation into another; its number leads there from
// then on. The caller keeps the row of the other.
func (d *Desk) unite(w Writer, from Conversation, to *Conversation, by Actor) error {
	if err := w.MoveTimeline(from.ID, to.ID); err != nil {
		return err
	}
	from.JoinedTo, from.Version = to.ID, from.Version+1
	if !from.DueAt.IsZero() {
		// Nobody waits there any more: its clocks stand still until it stands
		// alone again.
		ended := &Event{At: d.now(), Actor: by, Kind: EventJoined, Inbox: from.Inbox, Conversation: from.ID}
		if err := clocksFollow(d, w, occasion{event: ended}, &from); err != nil {
			return err
		}
	}
	if err := w.SaveConversation(from); err != nil {
		return err
	}
	if from.Status == Open && to.Status == Closed {
		if err := d.turnTo(w, to, Open, by); err != nil {
			return err
		}
	}
	to.LastIn = max(to.LastIn, from.LastIn)
	return d.recount(w, to)
}

// unmerge takes a merge back: the other conversation stands alone again, with
// what it had, and with what has come since as an answer to it.
func (s *Seat) unmerge(w Writer, c Conversation, ev Event, batch string) (said []string, reason string, err error) {
	var u Union
	if err := json.Unmarshal(ev.After, &u); err != nil {
		return nil, "", err
	}
	other, err := w.Conversation(u.Other)
	if err != nil {
		return nil, "", err
	}
	if other.JoinedTo == 0 {
		return nil, fmt.Sprintf("#%d stands alone already", other.ID), nil
	}
	since, err := s.d.answersTo(w, c.ID, u, ev.At)
	if err != nil {
		return nil, "", err
	}
	here, err := w.Items(c.ID)
	if err != nil {
		return nil, "", err
	}
	var items []MessageID
	gone := 0
	for _, id := range append(slices.Clone(u.Items), since...) {
		if slices.Contains(here, id) {
			items = append(items, id)
		} else if _, err := w.Message(id); err == nil {
			gone++ // what was taken back meanwhile is nowhere
		} else if !errors.Is(err, ErrNoRow) {
			return nil, "", err
		}
	}
	if gone > 0 {
		said = append(said, fmt.Sprintf("%d of its messages %s been split off since and %s where they are.", gone, plural(gone, "has", "have"), plural(gone, "stays", "stay")))
	}
	if len(since) > 0 {
		said = append(said, fmt.Sprintf("%d mail%s that came since as an answer to #%d went with it.", len(since), plural(len(since), "", "s"), other.ID))
	}
	if err := s.shift(w, &c, &other, items, u.Events); err != nil {
		return nil, "", err
	}
	other.JoinedTo, other.Inbox = 0, c.Inbox
	c.giveBack(u)
	if u.Was.Ticket == 0 && c.Ticket == 0 && u.Is.Ticket != 0 {
		if err := w.RemoveTicket(c.ID); err != nil {
			return nil, "", err
		}
	}
	return said, "", s.parted(w, c, other, ev, batch)
}

// giveBack takes back what a merge has given to a conversation and nobody has
// changed since.
func (c *Conversation) giveBack(u Union) {
	if u.Was == nil || u.Is == nil {
		return
	}
	was, is := *u.Was, *u.Is
	if c.Assignee == is.Assignee && c.Team == is.Team {
		c.Assignee, c.Team = was.Assignee, was.Team
	}
	if c.Priority == is.Priority {
		c.Priority = was.Priority
	}
	if slices.Equal(c.Tags, is.Tags) {
		c.Tags = was.Tags
	}
	if c.Status == is.Status && c.Stage == is.Stage {
		c.Status, c.Stage, c.Ticket = was.Status, was.Stage, was.Ticket
	}
}

// shift moves some of one conversation into another.
func (s *Seat) shift(w Writer, from, to *Conversation, items []MessageID, events []Seq) error {
	if err := w.MoveItems(items, events, from.ID, to.ID); err != nil {
		return err
	}
	return errors.Join(s.d.recount(w, from), s.d.recount(w, to))
}

// parted keeps both of two conversations that were one, with the event.
func (s *Seat) parted(w Writer, c, other Conversation, ev Event, batch string) error {
	c.Version++
	other.Version++
	now := s.d.now()
	undo := s.event(EventUndone, c.Inbox, c.ID, nil, state(ev.Kind))
	undo.Batch = batch
	if err := errors.Join(s.d.tell(w, &c, undo), clocksFollow(s.d, w, occasion{event: undo}, &other)); err != nil {
		return err
	}
	return errors.Join(w.SaveConversation(other), w.SaveConversation(c), w.WantMirror(c.ID, MoveAlong, now), w.WantMirror(other.ID, MoveAlong, now))
}

// answersTo are the mails of a conversation that came after a merge and answer
// what was merged in: they belong to it, by the likeliest parent each has.
func (d *Desk) answersTo(r Reader, c ConversationID, u Union, merged time.Time) ([]MessageID, error) {
	mails, err := r.Mails(c)
	if err != nil {
		return nil, err
	}
	ours := map[MessageID]bool{}
	for _, id := range u.Items {
		ours[id] = true
	}
	byHeader := map[string]bool{}
	var since []MessageID
	for _, m := range mails {
		if ours[m.ID] {
			byHeader[m.Mail.MessageID] = true
			continue
		}
		if !m.At.After(merged) {
			continue
		}
		whole, err := r.Message(m.ID)
		if err != nil {
			return nil, err
		}
		parents := answered(whole.Mail)
		if len(parents) == 0 {
			continue
		}
		token, ok := readToken(d.key, parents[0])
		if byHeader[parents[0]] || ok && token == u.Other && !knows(mails, parents[0]) {
			since = append(since, m.ID)
			byHeader[m.Mail.MessageID] = true
		}
	}
	return since, nil
}

// knows reports whether one of the mails has the Message-ID.
func knows(mails []Message, id string) bool {
	return slices.ContainsFunc(mails, func(m Message) bool { return m.Mail.MessageID == id })
}
