package desk

import (
	"errors"
	"fmt"
)

// How what somebody held goes where he who removes him says, see [Leaving].

// passConversations gives his open conversations on, or closes them. That is in
// no batch: an undo would give them back to somebody who is not there.
func (s *Seat) passConversations(w Writer, u User, h Holdings, g Going, to User) error {
	for _, in := range h.open {
		if g.Fate != KeepAs {
			if _, err := s.handOver(w, in, u.ID, to.ID, ""); err != nil {
				return err
			}
			continue
		}
		ids, err := w.OpenOf(in, u.ID)
		if err != nil {
			return err
		}
		for _, id := range ids {
			c, err := w.Conversation(id)
			if err != nil {
				return err
			}
			c.Status = Closed
			c.Version++
			if err := w.SaveConversation(c); err != nil {
				return err
			}
			if err := w.Append(s.event(EventClosed, in, id, state(Open), state(Closed))); err != nil {
				return err
			}
		}
	}
	return nil
}

// passAccounts takes the accounts of his own inboxes off the mail servers. What
// has not left becomes drafts of his again: nothing leaves in his name any more.
func (s *Seat) passAccounts(w Writer, u User, h Holdings, fate Fate) error {
	for _, a := range h.accounts {
		if fate == Transfer {
			continue
		}
		if err := s.recall(w, a); err != nil {
			return err
		}
		if fate == KeepAs {
			a.Secret, a.PasswordCommand = nil, ""
			if err := w.SaveSecret(a); err != nil {
				return err
			}
			if err := s.turn(w, &a, AccountPaused, fmt.Sprintf("Kept for %s, who has left.", u.Name)); err != nil {
				return err
			}
			continue
		}
		if _, err := s.cutOff(w, a); err != nil {
			return err
		}
	}
	return nil
}

// recall makes drafts of what waits to leave from an account. A mail that is
// being handed over right now cannot be called back: then it is to wait for.
func (s *Seat) recall(w Writer, a Account) error {
	for _, st := range []OutgoingState{Claimed, Submitting} {
		rows, err := w.OutgoingOf(a.ID, st)
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			return conflict("MAIL_LEAVING", "Try again in a minute.", "A mail of %s is being handed to its server now.", a.Address)
		}
	}
	for _, st := range []OutgoingState{Queued, Deferred} {
		rows, err := w.OutgoingOf(a.ID, st)
		if err != nil {
			return err
		}
		for _, out := range rows {
			c, err := w.Conversation(out.Conversation)
			if err != nil {
				return err
			}
			if _, err := s.d.takeBack(w, out, c, s.actor); err != nil {
				return err
			}
		}
	}
	return nil
}

// passInboxes gives his inboxes new owners; those that are kept have him still,
// and nobody sees what is in them.
func (s *Seat) passInboxes(w Writer, h Holdings, fate Fate, to heirs) error {
	if fate == Transfer {
		for _, in := range h.own {
			if err := s.passTo(w, in, to.inboxes); err != nil {
				return err
			}
		}
	}
	for _, in := range h.owned {
		if err := s.passTo(w, in, to.owner); err != nil {
			return err
		}
	}
	return nil
}

func (s *Seat) passTo(w Writer, in Inbox, to User) error {
	before := in.Owner
	in.Owner = to.ID
	if err := w.SaveInbox(in); err != nil {
		return err
	}
	return w.Append(s.event(EventOwnerChanged, in.ID, 0, state(before), state(to.ID)))
}

// forget takes the user himself off the desk.
func (s *Seat) forget(w Writer, u User, h Holdings) error {
	for _, in := range h.stands {
		set, err := w.InboxSettings(in.ID)
		if err != nil {
			return err
		}
		set.Deputy = 0
		if err := w.SaveInboxSettings(in.ID, set); err != nil {
			return err
		}
	}
	if err := errors.Join(w.Ungrant(u.ID), w.DropSetup(u.ID), w.DropCode(u.ID)); err != nil {
		return err
	}
	u.RemovedAt, u.DisabledAt = s.d.now(), s.d.now()
	return w.SaveUser(u)
}
