package desk

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// What a mail says is kept in columns, so that lists and searches need not
// read it again; but the stored bytes are the truth. A rebuild derives all of
// it from them once more, as ingest would today. Ids, who is in which
// conversation, states and the journal are no reading of a mail: they stay,
// and nothing fires.

// Derived is a message with what its stored mail says today. A message written
// here is derived from its row in the outbox: for it, Incoming stays empty.
type Derived struct {
	Message  MessageID
	Incoming Incoming
}

// Span is a range of messages: those after an id, up to another.
type Span struct{ After, UpTo MessageID }

// Difference is a message that was not as its mail says.
type Difference struct {
	Message      MessageID
	Conversation ConversationID
	// What differs, in a word; Before and After are its texts. All three are
	// empty where the actor does not work in the inbox.
	What, Before, After string
}

// mayRebuild asks whether the actor may derive everything again. Admins only:
// it goes through the mail of everybody, though nobody reads it.
func (s *Seat) mayRebuild(r Reader) error { return s.mustAdmin(r, "rebuild the desk") }

// Origins lists the messages after an id, at most limit, by id, without
// anything that is derived from their mails.
func (s *Seat) Origins(ctx context.Context, after MessageID, limit int) ([]Message, error) {
	var list []Message
	err := s.d.store.Read(ctx, func(r Reader) error {
		if err := s.mayRebuild(r); err != nil {
			return err
		}
		var err error
		list, err = r.Origins(after, limit)
		return err
	})
	return list, err
}

// Rederive brings the messages of a span in line with what their mails say,
// and gives those that were not. Messages of the span that are not in the list
// stay as they are; texts and search rows that belong to no message go.
func (s *Seat) Rederive(ctx context.Context, span Span, list []Derived) ([]Difference, error) {
	var found []Difference
	err := s.write(ctx, func(w Writer) error {
		found = nil
		if err := s.mayRebuild(w); err != nil {
			return err
		}
		for _, d := range list {
			diff, changed, err := s.rederive(w, d)
			if err != nil {
				return fmt.Errorf("derive message %d again: %w", d.Message, err)
			}
			if changed {
				found = append(found, diff)
			}
		}
		return w.Tidy(span)
	})
	return found, err
}

// rederive does it for one message. It may have been taken back or moved since
// it was listed, so all that is not derived is read here.
func (s *Seat) rederive(w Writer, d Derived) (Difference, bool, error) {
	origin, err := w.Origins(d.Message-1, 1)
	if err != nil || len(origin) == 0 || origin[0].ID != d.Message {
		return Difference{}, false, err
	}
	m := origin[0]
	// What stands there may be damaged: then there is nothing to compare with.
	before, readable := w.Message(m.ID)
	if m.Outgoing != 0 {
		out, err := w.Outgoing(m.Outgoing)
		if err != nil {
			return Difference{}, false, err
		}
		m.Mail = out.message().Mail
	} else {
		m.Mail, m.Unreadable, m.AuthFailed = d.Incoming.Mail, d.Incoming.Unreadable, d.Incoming.AuthFailed
		own, err := s.d.cameBack(w, d.Incoming)
		if err != nil {
			return Difference{}, false, err
		}
		// What was known to be ours stays so, though its account may be gone.
		if own || readable == nil && before.Mail.Auto.Kind == AutoOwn {
			m.Mail.Auto.Kind = AutoOwn
		} else if m.Direction == In {
			if m.AuthFailed, err = unverified(w, d.Incoming); err != nil {
				return Difference{}, false, err
			}
		}
	}
	changed, err := w.RewriteMessage(m)
	if err != nil || !changed {
		return Difference{}, false, err
	}
	diff := Difference{Message: m.ID, Conversation: m.Conversation}
	sees, err := s.sees(w, m.Inbox)
	if err != nil {
		return Difference{}, false, err
	}
	if sees && readable == nil {
		diff.What, diff.Before, diff.After = differs(before.Mail, m.Mail)
	}
	return diff, true, nil
}

// differs names the first thing that differs between two readings of a mail.
func differs(a, b Mail) (what, before, after string) {
	first := func(list []Mailbox) string {
		if len(list) == 0 {
			return ""
		}
		return list[0].Name + " <" + list[0].Addr + ">"
	}
	for _, f := range []struct{ what, before, after string }{
		{"subject", a.Subject, b.Subject},
		{"sender", first(a.From), first(b.From)},
		{"kind", string(a.Auto.Kind), string(b.Auto.Kind)},
		{"text", a.Text, b.Text},
		{"quote", a.Quoted, b.Quoted},
		{"signature", a.Signature, b.Signature},
		{"Message-ID", a.MessageID, b.MessageID},
		{"number of attachments", fmt.Sprint(len(a.Attachments)), fmt.Sprint(len(b.Attachments))},
	} {
		if f.before != f.after {
			return f.what, Snippet(f.before, snippetRunes), Snippet(f.after, snippetRunes)
		}
	}
	return "details", "", ""
}

// RederiveConversations brings the rows of conversations after an id, at most
// limit, in line with their messages. It gives the last one it has looked at,
// 0 at the end, and how many were out of line.
func (s *Seat) RederiveConversations(ctx context.Context, after ConversationID, limit int) (last ConversationID, changed int, err error) {
	err = s.write(ctx, func(w Writer) error {
		last, changed = 0, 0
		if err := s.mayRebuild(w); err != nil {
			return err
		}
		ids, err := w.ConversationIDs(after, limit)
		if err != nil {
			return err
		}
		for _, id := range ids {
			differed, err := rederiveConversation(w, id)
			if err != nil {
				return fmt.Errorf("derive conversation %d again: %w", id, err)
			}
			if differed {
				changed++
			}
			last = id
		}
		return nil
	})
	return last, changed, err
}

func rederiveConversation(w Writer, id ConversationID) (bool, error) {
	people, err := w.RewriteParticipants(id)
	if err != nil {
		return false, err
	}
	c, err := w.Conversation(id)
	if err != nil || c.JoinedTo != 0 {
		return people, err
	}
	msgs, err := w.Mails(id)
	if err != nil || len(msgs) == 0 {
		return people, err
	}
	fresh := c
	fresh.gather(msgs)
	if err := fresh.introduce(w, msgs); err != nil {
		return false, err
	}
	if reflect.DeepEqual(fresh, c) {
		return people, nil
	}
	return true, w.SaveConversation(fresh)
}

// introduce makes subject and customer of a conversation anew. Which of its
// messages they came from depends on the order of arrival, which is history:
// what one of the messages says today is let be.
func (c *Conversation) introduce(r Reader, msgs []Message) error {
	begins := slices.IndexFunc(msgs, func(m Message) bool { return m.At.Equal(c.CreatedAt) })
	first, err := r.Message(msgs[max(begins, 0)].ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(msgs, func(m Message) bool { return m.Mail.Subject == c.Subject }) {
		c.Subject = topmost(first, msgs).Mail.Subject
	}
	customer, err := customerOf(r, first)
	if err != nil || whoIs(customer) == c.Who {
		return err
	}
	for _, m := range msgs {
		whole, err := r.Message(m.ID)
		if err != nil {
			return err
		}
		if other, err := customerOf(r, whole); err != nil || whoIs(other) == c.Who {
			return err
		}
	}
	c.Who = whoIs(customer)
	return nil
}

// topmost is the message at the beginning of what one message answers, as far
// as it is in the conversation: a parent that came late gives the subject.
func topmost(m Message, msgs []Message) Message {
	for _, id := range slices.Concat(m.Mail.References, m.Mail.InReplyTo) {
		at := slices.IndexFunc(msgs, func(p Message) bool { return p.Mail.MessageID == id && p.Mail.Subject != "" })
		if at >= 0 {
			return msgs[at]
		}
	}
	return m
}

// RederiveReferences looks at rows of the references from a place on, and
// drops those no message has. It gives the next place, empty at the end.
func (s *Seat) RederiveReferences(ctx context.Context, place string) (next string, dropped int, err error) {
	err = s.write(ctx, func(w Writer) error {
		if err := s.mayRebuild(w); err != nil {
			return err
		}
		var err error
		next, dropped, err = w.DropReferences(place)
		return err
	})
	return next, dropped, err
}

// Rebuilt writes into the journal that the actor has derived everything again,
// and how many messages were changed.
func (s *Seat) Rebuilt(ctx context.Context, changed int) error {
	return s.write(ctx, func(w Writer) error {
		return errors.Join(s.mayRebuild(w), w.Append(s.event(EventRebuilt, 0, 0, nil, state(changed))))
	})
}
