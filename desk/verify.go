package desk

import (
	"context"
	"errors"
	"slices"
)

// Before an alias is written from, a mail has to show that it can be: a test
// mail leaves from it by the account's own outgoing server and comes back into
// the account, with the From it left with. To an alias it is also addressed;
// to the account itself where mail to the address arrives somewhere else. What
// comes back is recognised like every test mail, by what it answers under the
// desk's signature, so the server may have delivered it by whatever list or
// forwarder it likes (S15).

// BeginVerify queues the mail that verifies an alias or a send-as address.
// [Seat.FollowTest] follows it; when it has come back the address is verified,
// whether anybody still waits or not.
func (s *Seat) BeginVerify(ctx context.Context, address string) (Outgoing, error) {
	var out Outgoing
	err := s.write(ctx, func(w Writer) error {
		h, err := s.held(w, address, "verify this address")
		if err != nil {
			return err
		}
		a, err := w.Account(h.Account)
		if err != nil {
			return err
		}
		if _, err := s.mayAddress(w, a.Address, "verify an address of it"); err != nil {
			return err
		}
		switch {
		case h.Kind == AddressForm:
			return conflict("NOT_WRITTEN_FROM", "", "%s only takes what a form delivers: nobody writes from it, so there is nothing to verify.", h.Address.Address)
		case h.Writes():
			return conflict("VERIFIED", "See: postroom account alias list", "%s may be written from already.", h.Address.Address)
		}
		to := h.Address.Address
		if !h.Kind.Arrives() {
			to = a.Address
		}
		out, err = s.beginTest(w, h.Inbox, a, Outgoing{
			From: Mailbox{Name: "postroom", Addr: h.Address.Address}, To: []Mailbox{{Addr: to}},
			Subject: oneLine("Verification of " + h.Address.Address),
			Text:    "postroom has sent this mail to see whether mail can leave from this address. Nothing is to be done.",
		})
		return err
	})
	return out, err
}

// FromChanged is why an address is not verified though the mail has come back.
func FromChanged(address string) *Error {
	return &Error{
		Kind: Offline, Code: "FROM_CHANGED", Message: "The mail came back, but not as one from " + address + ": a server has written another sender into it.",
		Hint: "Tell the mail server that the account may write from this address.",
	}
}

// verify takes a test mail that has come back as the proof that its From may be
// written from.
func (m *Mailroom) verify(w Writer, in Incoming) error {
	h, err := w.AddressHolder(in.sender())
	if errors.Is(err, ErrNoRow) {
		return nil
	}
	if err != nil || h.Account != in.Account || h.Kind == AddressForm || h.Writes() {
		return err
	}
	folded := FoldAddress(h.Address.Address)
	addressed := slices.ContainsFunc(in.Mail.To, func(to Mailbox) bool { return FoldAddress(to.Addr) == folded })
	if h.Kind.Arrives() && !addressed {
		return nil
	}
	before := h.Address
	h.VerifiedAt = m.d.now()
	if err := w.SaveVerified(folded, h.VerifiedAt); err != nil {
		return err
	}
	return w.Append(&Event{
		At: h.VerifiedAt, Actor: connectorActor(), Kind: EventAddressVerified, Inbox: h.Inbox.ID,
		Before: state(before.change()), After: state(h.Address.change()),
	})
}
