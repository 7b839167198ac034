package desk

import (
	"context"
	"errors"
	"strings"
	"time"
)

// SendOptions say how a mail is to go out.
type SendOptions struct {
	// Confirmed are the guards the author has seen and overruled.
	Confirmed []Guard
	// Close closes the conversation with the reply.
	Close bool
	// Take takes the conversation over from whoever has it, for which the right
	// to assign is needed. What nobody has the reply takes anyway.
	Take bool
	// Hold is the time for undo; 0 sends as soon as a worker sees it.
	Hold time.Duration
}

// Sending is the answer to [Seat.Send].
type Sending struct {
	// Cautions is not empty when nothing was queued: confirm and send again.
	Cautions []Caution
	Outgoing Outgoing
	// Batch undoes the closing and the claim alone, if there was one;
	// [Seat.CancelSend] takes back the mail with them.
	Batch string
}

// Prepare makes the outgoing mail of a draft without queueing it, for a
// preview: what [Seat.Send] would send, with a Message-ID of its own.
func (s *Seat) Prepare(ctx context.Context, dr Draft) (Outgoing, error) {
	var out Outgoing
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		out, _, err = s.prepare(r, dr)
		return err
	})
	return out, err
}

// prepare checks a draft and turns it into an outgoing mail. For a new
// conversation the Message-ID is fixed later, when its number is known.
func (s *Seat) prepare(r Reader, dr Draft) (Outgoing, Conversation, error) {
	fail := func(err error) (Outgoing, Conversation, error) { return Outgoing{}, Conversation{}, err }
	if err := s.mayWrite(r, dr); err != nil {
		return fail(err)
	}
	if dr.Kind == DraftNote {
		return fail(invalid("A_NOTE", "", "A note cannot be sent."))
	}
	if err := checkDraft(dr); err != nil {
		return fail(err)
	}
	var c Conversation
	if dr.Conversation != 0 {
		var err error
		if c, err = s.mustSee(r, dr.Conversation); err != nil {
			return fail(err)
		}
		dr.Inbox = c.Inbox
	}
	accounts, err := s.sendingAccounts(r, dr.Inbox)
	if err != nil {
		return fail(err)
	}
	_, all, err := senders(r, accounts)
	if err != nil {
		return fail(err)
	}
	account, from, err := sender(accounts, all, dr)
	if err != nil {
		return fail(err)
	}
	head, err := s.letterhead(r, dr.Inbox)
	if err != nil {
		return fail(err)
	}
	now := s.d.now()
	out := Outgoing{
		Conversation: c.ID, Inbox: dr.Inbox, Account: account.ID, Author: s.actor.User,
		From: Mailbox{Name: head.Name, Addr: from}, To: dr.To, Cc: dr.Cc, Bcc: dr.Bcc,
		Subject: oneLine(dr.Subject), State: Queued, CreatedAt: now, UpdatedAt: now,
	}
	out.Text, out.Signature = WithSignature(dr.Text, head.Signature)
	if c.ID != 0 {
		ids, err := r.MailIDs(c.ID, 50)
		if err != nil {
			return fail(err)
		}
		out.References = ids
		if len(ids) > 0 {
			out.InReplyTo = ids[len(ids)-1]
		}
	}
	s.d.sign(&out, account)
	return out, c, nil
}

// sign fixes the Message-ID and, where the account takes it, the plus address.
// Whether an alias takes one nobody knows: it may be made by a table of the mail
// server that has just that address in it.
func (d *Desk) sign(out *Outgoing, a Account) {
	token := makeToken(d.key, out.Conversation, d.nonce())
	out.HeaderID = token + "@" + Account{Address: out.From.Addr}.Domain()
	if a.PlusAddressing && out.From.Addr == a.Address {
		at := strings.LastIndexByte(a.Address, '@')
		out.ReplyTo = a.Address[:at] + "+" + token + a.Address[at:]
	}
}

// oneLine keeps a header value on its line (promises A10).
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\x00", "")), " ")
}

// Send queues a mail: outbox row, Message-ID and token are fixed and durable
// when it returns. A reply claims an unassigned conversation (H2). Guards that
// are not confirmed come back as cautions and nothing is queued.
func (s *Seat) Send(ctx context.Context, dr Draft, o SendOptions) (Sending, error) {
	var res Sending
	err := s.write(ctx, func(w Writer) error {
		res = Sending{}
		out, c, err := s.prepare(w, dr)
		if err != nil {
			return err
		}
		if res.Cautions, err = s.cautions(w, dr, c, o); err != nil || len(res.Cautions) > 0 {
			return err
		}
		if c.ID == 0 {
			if c, err = s.newConversation(w, out); err != nil {
				return err
			}
			out.Conversation = c.ID
			account, err := w.Account(out.Account)
			if err != nil {
				return err
			}
			s.d.sign(&out, account)
		}
		out.HoldUntil = s.d.now().Add(o.Hold)
		batch := s.d.newBatch()
		if err := s.enqueue(w, &out, &c, batch); err != nil {
			return err
		}
		changed, err := s.settleConversation(w, &c, o, batch)
		if err != nil {
			return err
		}
		if changed {
			res.Batch = batch
		}
		if err := s.follow(w, out, &c, batch); err != nil {
			return err
		}
		res.Outgoing = out
		return s.dropDraft(w, dr)
	})
	return res, err
}

// dropDraft forgets the stored draft a mail was made from. A new mail of
// another inbox is another text, which stays.
func (s *Seat) dropDraft(w Writer, dr Draft) error {
	stored, err := w.Draft(s.actor.User, dr.Conversation, dr.Kind)
	if errors.Is(err, ErrNoRow) || err == nil && stored.Inbox != dr.Inbox {
		return nil
	}
	if err != nil {
		return err
	}
	return w.DeleteDraft(s.actor.User, dr.Conversation, dr.Kind)
}

// newConversation opens the conversation a new mail begins.
func (s *Seat) newConversation(w Writer, out Outgoing) (Conversation, error) {
	id, err := w.NextConversationID()
	if err != nil {
		return Conversation{}, err
	}
	to := otherSide(Out, out.message().Mail)
	c := Conversation{
		ID: id, Inbox: out.Inbox, Subject: out.Subject, Status: Open,
		Who: whoIs(to), CreatedAt: out.CreatedAt, LastAt: out.CreatedAt,
	}
	return c, w.AddConversation(c)
}

// enqueue writes the outbox row and its entry in the timeline. The batch leads
// from the mail to what else its sending has changed.
func (s *Seat) enqueue(w Writer, out *Outgoing, c *Conversation, batch string) error {
	id, err := w.NextMessageID(out.CreatedAt)
	if err != nil {
		return err
	}
	out.Message = id
	if out.ID, err = w.AddOutgoing(*out); err != nil {
		return err
	}
	m := out.message()
	if err := w.AddMessage(m); err != nil {
		return err
	}
	logged, err := s.d.log(w, c, m, true)
	if err != nil {
		return err
	}
	c.count(m)
	if logged && c.Contact != 0 && !out.Test() {
		if err := w.TouchDeal(c.Contact, out.CreatedAt); err != nil {
			return err
		}
	}
	return w.Append(s.queued(*out, batch))
}

func (s *Seat) queued(out Outgoing, batch string) *Event {
	ev := s.event(EventQueued, out.Inbox, out.Conversation, nil, nil)
	ev.Message, ev.Batch = out.Message, batch
	return ev
}

// follow lets what follows from a mail on its way out happen, and saves the
// conversation.
func (s *Seat) follow(w Writer, out Outgoing, c *Conversation, batch string) error {
	m := out.message()
	if err := s.d.react(w, occasion{event: s.queued(out, batch), message: &m}, c); err != nil {
		return err
	}
	return w.SaveConversation(*c)
}

// message is the outgoing mail as an entry of the timeline.
func (o Outgoing) message() Message {
	m := Message{
		ID: o.Message, Conversation: o.Conversation, Inbox: o.Inbox, Account: o.Account,
		Direction: Out, At: o.CreatedAt, Author: o.Author, Outgoing: o.ID,
		Mail: Mail{
			MessageID: o.HeaderID, References: o.References, Date: o.CreatedAt, Subject: o.Subject,
			From: []Mailbox{o.From}, To: o.To, Cc: o.Cc, Bcc: o.Bcc, Text: o.Text, Signature: o.Signature, Auto: Auto{Kind: AutoNone},
		},
	}
	if o.InReplyTo != "" {
		m.Mail.InReplyTo = []string{o.InReplyTo}
	}
	switch {
	case o.Test():
		m.Mail.Auto.Kind = AutoGenerated
	case o.Automatic():
		m.Mail.Auto.Kind = AutoReply
	}
	return m
}

// settleConversation does what a reply does besides going out: it claims an
// unassigned conversation, or takes over another's if asked to, ends the
// waiting, and closes it if asked to. It reports whether the batch has anything to undo.
func (s *Seat) settleConversation(w Writer, c *Conversation, o SendOptions, batch string) (bool, error) {
	c.Version++
	c.Touched = true
	c.AnsweredOutside = false
	c.WaitingSince = time.Time{}
	var events []*Event
	held := c.Assignment()
	if c.Assignee != 0 && c.Assignee != s.actor.User && o.Take {
		if err := s.mustMay(w, c.Inbox, RightAssign); err != nil {
			return false, err
		}
		c.Assignee = 0
	}
	if c.Assignee == 0 {
		c.Assignee = s.actor.User
		events = append(events, s.event(EventAssigned, c.Inbox, c.ID, state(held), state(c.Assignment())))
	}
	if o.Close && c.Status == Open {
		c.Status = Closed
		events = append(events, s.event(EventClosed, c.Inbox, c.ID, state(Open), state(Closed)))
	}
	for _, ev := range events {
		ev.Batch = batch
		if err := w.Append(ev); err != nil {
			return false, err
		}
	}
	return len(events) > 0, nil
}
