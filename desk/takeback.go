package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// CancelSend takes back a mail that has not left yet and gives its text back
// as a draft, together with what its sending did to the conversation: the claim
// and the closing. Its author only. Once a worker has it, it is too late.
func (s *Seat) CancelSend(ctx context.Context, id OutgoingID) (Draft, error) {
	var dr Draft
	err := s.write(ctx, func(w Writer) error {
		out, c, err := s.mustOwn(w, id)
		if err != nil {
			return err
		}
		if out.State != Queued && out.State != Deferred && out.State != Failed {
			return conflict("TOO_LATE", "", "It is too late: the mail is %s.", out.State)
		}
		if err := s.undoSending(w, out); err != nil {
			return err
		}
		if c, err = w.Conversation(c.ID); err != nil {
			return err
		}
		dr, err = s.d.takeBack(w, out, c, s.actor)
		return err
	})
	return dr, err
}

// undoSending takes back what sending a mail did besides. What somebody has
// changed since stays as it is.
func (s *Seat) undoSending(w Writer, out Outgoing) error {
	queued, err := w.LastChange(out.Conversation, 0, []EventKind{EventQueued})
	if errors.Is(err, ErrNoRow) || err == nil && (queued.Message != out.Message || queued.Batch == "") {
		return nil
	}
	if err != nil {
		return err
	}
	events, err := w.LastBatch(s.actor.User, queued.Batch)
	if errors.Is(err, ErrNoRow) || err == nil && len(events) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	batch := s.d.newBatch()
	for _, ev := range events {
		if _, _, err := s.undoIn(w, ev, batch); err != nil {
			return err
		}
	}
	return w.MarkUndone(events)
}

// takeBack cancels an outbox row and makes a draft of it again.
func (d *Desk) takeBack(w Writer, out Outgoing, c Conversation, by Actor) (Draft, error) {
	before := out.State
	out.State, out.UpdatedAt = Cancelled, d.now()
	if err := w.SaveOutgoing(out, before); err != nil {
		return Draft{}, err
	}
	author, err := w.User(out.Author)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return Draft{}, err
	}
	if out.Automatic() || by.User != 0 && !author.RemovedAt.IsZero() {
		out.Author = by.User // a rule, or who has left, has no use for the text
	}
	if err := w.RemoveMessage(out.Message); err != nil {
		return Draft{}, err
	}
	c.Version++
	if err := d.recount(w, &c); err != nil {
		return Draft{}, err
	}
	dr := Draft{
		Author: out.Author, Kind: DraftReply, Inbox: out.Inbox, Conversation: c.ID, Account: out.Account, From: out.From.Addr,
		To: out.To, Cc: out.Cc, Bcc: out.Bcc, Subject: out.Subject, Text: out.Text, Version: c.Version, UpdatedAt: d.now(),
	}
	noted, err := hasNotes(w, out.Author, c.ID)
	if err != nil {
		return Draft{}, err
	}
	if c.Messages == 0 && !noted {
		// It was the first mail of a new conversation: that goes with it,
		// unless a colleague has written a note there since, or another new
		// mail was begun: two mails must never become one.
		_, err := w.Draft(out.Author, 0, DraftNew)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return Draft{}, err
		}
		if err != nil {
			dr.Kind, dr.Conversation, dr.Version = DraftNew, 0, 0
			if dr.ID, err = w.SaveDraft(dr); err != nil {
				return Draft{}, err
			}
			if err := w.RemoveConversation(c.ID); err != nil {
				return Draft{}, err
			}
			return dr, w.Append(cancelled(d, by, out))
		}
	}
	if err := w.SaveConversation(c); err != nil {
		return Draft{}, err
	}
	begun, err := w.Draft(dr.Author, dr.Conversation, dr.Kind)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return Draft{}, err
	}
	if strings.TrimSpace(begun.Text) != "" {
		// The author has begun another text here since: neither may be lost.
		dr.Text += "\n\n" + begun.Text
	}
	if dr.ID, err = w.SaveDraft(dr); err != nil {
		return Draft{}, err
	}
	return dr, w.Append(cancelled(d, by, out))
}

func cancelled(d *Desk, by Actor, out Outgoing) *Event {
	return &Event{At: d.now(), Actor: by, Kind: EventCancelled, Inbox: out.Inbox, Conversation: out.Conversation, Message: out.Message}
}

// hasNotes reports whether a conversation without messages holds a note.
func hasNotes(r Reader, viewer UserID, c ConversationID) (bool, error) {
	t, err := r.Thread(viewer, c, 1)
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	return slices.ContainsFunc(t.Items, func(it Item) bool { return it.Note != nil }), err
}

// recount brings a conversation's derived fields in line with its timeline.
func (d *Desk) recount(w Writer, c *Conversation) error {
	msgs, err := w.Mails(c.ID)
	if err != nil {
		return err
	}
	c.gather(msgs)
	c.WaitingSince = time.Time{}
	for _, m := range msgs {
		if m.State != Failed {
			c.wait(m) // what was refused is no answer
		}
	}
	return nil
}

// gather makes what the row says about its messages anew.
func (c *Conversation) gather(msgs []Message) {
	c.Messages, c.Last, c.LastAt, c.Attachments, c.Snippet = 0, 0, c.CreatedAt, false, ""
	for _, m := range msgs {
		c.count(m)
	}
}
