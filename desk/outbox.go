package desk

import (
	"context"
	"errors"
	"slices"
	"time"
)

// OutgoingState is where a row of the outbox stands. accepted, failed and
// cancelled are final; in doubt waits for evidence or for its author.
type OutgoingState string

// The states of the outbox.
const (
	Queued     OutgoingState = "queued"     // held, or waiting for a worker
	Claimed    OutgoingState = "claimed"    // a worker talks to the server
	Submitting OutgoingState = "submitting" // committed before the final dot
	Accepted   OutgoingState = "accepted"   // the server has said 250
	Deferred   OutgoingState = "deferred"   // 4xx or no connection: will be tried again
	Failed     OutgoingState = "failed"     // 5xx: needs its author
	InDoubt    OutgoingState = "in doubt"   // perhaps sent; never sent again by itself
	Cancelled  OutgoingState = "cancelled"  // taken back, or given up
)

// Outgoing is a row of the outbox. Message-ID, token and recipients are fixed
// when it is queued.
type Outgoing struct {
	ID           OutgoingID
	Conversation ConversationID
	Inbox        InboxID
	Account      AccountID
	Author       UserID
	// Message is its entry in the timeline.
	Message     MessageID
	From        Mailbox
	ReplyTo     string // the plus address with the token, or empty
	To, Cc, Bcc []Mailbox
	Subject     string
	// Text is what the author wrote, Signature what goes below it.
	Text, Signature string
	// HeaderID is the Message-ID without brackets. InReplyTo and References
	// are the threading headers, oldest first.
	HeaderID   string
	InReplyTo  string
	References []string
	State      OutgoingState
	// HoldUntil is the end of the time in which undo takes it back.
	HoldUntil time.Time
	// NextTry is when a deferred mail is tried again.
	NextTry  time.Time
	Attempts int
	// LastError is what the server or the network said.
	LastError string
	// Held says why the mail waits, while its account is paused or needs
	// sign-in. [Seat.Outbox] fills it in; it is not stored.
	Held string
	// Raw are the exact bytes handed over, kept from Submitting on.
	Raw                  []byte
	CreatedAt, UpdatedAt time.Time
}

// HoldTime is how long a mail can be taken back after sending.
const HoldTime = 10 * time.Second

// LeftOverAge is when a queued mail that no worker has taken goes back to the
// drafts (design, "Hold and quit").
const LeftOverAge = 24 * time.Hour

// mustOwn gives the actor's own row of the outbox, and its conversation.
func (s *Seat) mustOwn(r Reader, id OutgoingID) (Outgoing, Conversation, error) {
	missing := notFound("NO_SUCH_MAIL", "See yours with: postroom outbox list", "There is no outgoing mail %d.", id)
	out, err := r.Outgoing(id)
	if errors.Is(err, ErrNoRow) {
		return out, Conversation{}, missing
	}
	if err != nil {
		return out, Conversation{}, err
	}
	c, err := s.mustSee(r, out.Conversation)
	if KindOf(err) == NotFound && err != nil {
		return out, c, missing
	}
	if err != nil {
		return out, c, err
	}
	if out.Automatic() {
		return out, c, s.mustMay(r, c.Inbox, RightReply)
	}
	author, err := r.User(out.Author)
	if err != nil {
		return out, c, err
	}
	if !author.RemovedAt.IsZero() { // he cannot be asked any more
		return out, c, s.mustMay(r, c.Inbox, RightReply)
	}
	if out.Author != s.actor.User {
		return out, c, denied("Ask its author.", "Only its author can decide about this mail.")
	}
	return out, c, nil
}

// Outbox lists the outgoing mails of the inboxes the actor works in that are
// not final yet or have failed, which needs their author, and with all also
// the last hundred others; newest first.
func (s *Seat) Outbox(ctx context.Context, all bool) ([]Outgoing, error) {
	var list []Outgoing
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		if list, err = r.OutgoingFor(s.actor.User, all); err != nil {
			return err
		}
		return hold(r, list)
	})
	return list, err
}

// RetrySend sends a failed mail again, or one in doubt whose author has
// decided that it did not arrive. The Message-ID stays the same.
func (s *Seat) RetrySend(ctx context.Context, id OutgoingID) error {
	return s.decide(ctx, id, Queued, EventQueued, Failed, InDoubt, Deferred)
}

// ResolveSend declares a mail in doubt as sent.
func (s *Seat) ResolveSend(ctx context.Context, id OutgoingID) error {
	return s.decide(ctx, id, Accepted, EventSent, InDoubt)
}

// mustStillServe refuses to send a mail from an account that serves another
// inbox since it was written, or is gone: whose address that is has changed.
func mustStillServe(r Reader, out Outgoing) error {
	a, err := r.Account(out.Account)
	if errors.Is(err, ErrNoRow) || err == nil && a.Inbox != out.Inbox {
		return conflict("OTHER_ACCOUNT", "Take its text back with: postroom outbox cancel", "%s does not serve the inbox any more in which the mail was written.", out.From.Addr)
	}
	if err != nil {
		return err
	}
	h, err := r.AddressHolder(FoldAddress(out.From.Addr))
	if errors.Is(err, ErrNoRow) || err == nil && h.Account != a.ID {
		return conflict("OTHER_ADDRESS", "Take its text back with: postroom outbox cancel", "%s is not an address of %s any more.", out.From.Addr, a.Address)
	}
	return err
}

// mustNotLeaveFrom refuses to free an address from which mail waits to leave.
func mustNotLeaveFrom(r Reader, d Address) error {
	for _, st := range []OutgoingState{Queued, Deferred, Claimed, Submitting, InDoubt} {
		list, err := r.OutgoingOf(d.Account, st)
		if err != nil {
			return err
		}
		for _, out := range list {
			if FoldAddress(out.From.Addr) == FoldAddress(d.Address) {
				return conflict("MAIL_WAITING", "Let it go out, or cancel it: postroom outbox list", "A mail from %s is not sent yet.", d.Address)
			}
		}
	}
	return nil
}

func (s *Seat) decide(ctx context.Context, id OutgoingID, to OutgoingState, kind EventKind, from ...OutgoingState) error {
	return s.write(ctx, func(w Writer) error {
		out, c, err := s.mustOwn(w, id)
		if err != nil {
			return err
		}
		if !slices.Contains(from, out.State) {
			return conflict("WRONG_STATE", "See: postroom outbox list", "The mail is %s.", out.State)
		}
		if to == Queued {
			if err := mustStillServe(w, out); err != nil {
				return err
			}
		}
		before := out.State
		out.State, out.UpdatedAt, out.NextTry, out.HoldUntil = to, s.d.now(), s.d.now(), s.d.now()
		if err := w.SaveOutgoing(out, before); err != nil {
			return err
		}
		if err := s.d.recount(w, &c); err != nil {
			return err
		}
		c.Version++
		if err := w.SaveConversation(c); err != nil {
			return err
		}
		ev := s.event(kind, c.Inbox, c.ID, state(before), state(to))
		ev.Message = out.Message
		if err := w.Append(ev); err != nil || kind != EventSent {
			return err
		}
		return s.d.handedOver(w, out, ev)
	})
}
