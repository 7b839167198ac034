package desk

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// Which mail is ours. Only the Sent folder makes it so: what lies there was
// written here, which the outbox knows, or in another client. A From of ours
// anywhere else proves nothing.

// OwnIDField is the header field in which a mail written here repeats its
// Message-ID: providers leave it alone that give mail a Message-ID of their own.
const OwnIDField = "X-Postroom-Id"

// cameBack reports whether a mail that came in is one of ours come back, by a
// list or by a rule of somebody. A customer who uses an id of ours as his own
// is a customer all the same.
func (d *Desk) cameBack(r Reader, in Incoming) (bool, error) {
	if _, ours := readToken(d.key, in.Mail.MessageID); !ours && !d.isTest(in.Mail) || in.Direction() == Out {
		return false, nil
	}
	_, err := r.AddressHolder(in.sender())
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	return err == nil, err
}

// unverified reports whether a mail that came in must not be believed to be
// from its sender: DMARC failed, or it names one of our own addresses and the
// provider's server has not said that DMARC passed. Whoever wants to be taken
// for a colleague forges just that.
func unverified(r Reader, in Incoming) (bool, error) {
	if in.AuthFailed || in.AuthPassed {
		return in.AuthFailed, nil
	}
	_, err := r.AddressHolder(in.sender())
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	return err == nil, err
}

// recogniseOwn finds the outbox row behind a copy in Sent: ours, or the
// provider's own. It is the evidence that settles a mail in doubt.
func (m *Mailroom) recogniseOwn(w Writer, in Incoming) (bool, error) {
	out, err := m.sentHere(w, in)
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := w.AttachRaw(out.Message, in.Raw); err != nil {
		return false, err
	}
	if out.State != InDoubt && out.State != Submitting {
		return true, nil
	}
	before := out.State
	out.State, out.UpdatedAt = Accepted, m.d.now()
	if err := w.SaveOutgoing(out, before); err != nil {
		return false, err
	}
	ev := &Event{At: m.d.now(), Actor: connectorActor(), Kind: EventSent, Inbox: out.Inbox, Conversation: out.Conversation, Message: out.Message, Before: state(before), After: state(Accepted)}
	return true, w.Append(ev)
}

// sentHere finds the outbox row a mail in Sent is a copy of; [ErrNoRow] when it
// was written elsewhere. A provider may have given the copy another Message-ID
// and other bytes: then the field in which we wrote ours tells, and where that
// is gone too, what the mail says.
func (m *Mailroom) sentHere(r Reader, in Incoming) (Outgoing, error) {
	for _, id := range []string{in.Mail.MessageID, in.Mail.OwnID} {
		if id == "" {
			continue
		}
		out, err := r.OutgoingByHeaderID(id)
		if err == nil && out.Inbox == in.Inbox || err != nil && !errors.Is(err, ErrNoRow) {
			return out, err
		}
	}
	if in.Mail.Date.IsZero() {
		return Outgoing{}, ErrNoRow
	}
	list, err := r.OutgoingWrittenAt(in.Inbox, in.Mail.Date)
	if err != nil {
		return Outgoing{}, err
	}
	if i := slices.IndexFunc(list, func(out Outgoing) bool { return sameMail(out, in) }); i >= 0 {
		return list[i], nil
	}
	return Outgoing{}, ErrNoRow
}

// sameMail reports whether a mail in Sent says what the outbox row said, of
// the same second: nobody writes the same words to the same people twice in
// one. The text may have something behind it, as companies add; its white
// space does not count, because servers wrap lines.
func sameMail(out Outgoing, in Incoming) bool {
	if out.State != Accepted && out.State != Submitting && out.State != InDoubt {
		return false
	}
	text := squeeze(out.Text)
	return text != "" && strings.HasPrefix(squeeze(in.Mail.BodyText), text) &&
		out.CreatedAt.Truncate(time.Second).Equal(in.Mail.Date.Truncate(time.Second)) &&
		in.sender() == FoldAddress(out.From.Addr) && squeeze(out.Subject) == squeeze(in.Mail.Subject) &&
		slices.Equal(addressesOf(out.To, out.Cc), addressesOf(in.Mail.To, in.Mail.Cc))
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// addressesOf are the folded addresses of recipients, sorted, each once.
func addressesOf(lists ...[]Mailbox) []string {
	var all []string
	for _, m := range slices.Concat(lists...) {
		all = append(all, FoldAddress(m.Addr))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
