package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// servers are what the journal keeps of where an account connects to: enough to
// take a change back. A certificate is no secret.
type servers struct {
	Account  AccountID `json:"account"`
	Address  string    `json:"address"`
	IMAP     string    `json:"imap"`
	SMTP     string    `json:"smtp"`
	Username string    `json:"username"`
	CA       string    `json:"ca,omitempty"`
}

func serversOf(a Account) servers {
	return servers{a.ID, a.Address, a.IMAP, a.SMTP, a.Username, a.CA}
}

// SetServers changes where an account connects to, whom it signs in as there,
// and which certificates it trusts besides the system's. All else about it
// stays. change gets the account as it is, with its secret, and returns it
// changed; it has tried both servers before. Who may is as for [Seat.Reauth].
func (s *Seat) SetServers(ctx context.Context, address string, change func(Account) (Account, error)) (a Account, batch string, err error) {
	var was Account
	err = s.d.store.Read(ctx, func(r Reader) error {
		was, err = s.mayRenew(r, address)
		return err
	})
	if err != nil {
		return Account{}, "", err
	}
	if a, err = change(was); err != nil {
		return Account{}, "", err
	}
	batch = s.d.newBatch()
	err = s.write(ctx, func(w Writer) error {
		now, err := s.mayRenew(w, address)
		if err != nil {
			return err
		}
		if serversOf(now) != serversOf(was) {
			return conflict("ACCOUNT_CHANGED", "Try again.", "%s was changed or connected anew in the meantime.", was.Address)
		}
		now.IMAP, now.SMTP, now.Username, now.CA = a.IMAP, a.SMTP, a.Username, a.CA
		a = now
		if err := s.useServers(w, &a); err != nil {
			return err
		}
		ev := s.event(EventServersSet, a.Inbox, 0, state(serversOf(was)), state(serversOf(a)))
		ev.Batch = batch
		return w.Append(ev)
	})
	return a.withoutSecret(), batch, err
}

// useServers keeps where an account connects to, and lets it connect at once.
func (s *Seat) useServers(w Writer, a *Account) error {
	if err := w.SaveServers(*a); err != nil {
		return err
	}
	if a.State == AccountPaused {
		return nil // whoever has paused it may have had another reason
	}
	a.State, a.Cause, a.Since = AccountConnecting, "", s.d.now()
	return w.SaveHealth(*a)
}

// undoServers lets an account connect to where it did before. Whether that
// answers, its health will say.
func (s *Seat) undoServers(w Writer, ev Event, batch string) (said []string, reason string, err error) {
	var before, after servers
	if err := errors.Join(json.Unmarshal(ev.Before, &before), json.Unmarshal(ev.After, &after)); err != nil {
		return nil, "", err
	}
	a, err := s.mayRenew(w, after.Address)
	if err != nil && (KindOf(err) == NotFound || KindOf(err) == Denied) {
		return nil, after.Address + " was disconnected, or is not yours to change any more", nil
	}
	if err != nil {
		return nil, "", err
	}
	if serversOf(a) != after {
		return nil, "the servers of " + a.Address + " have been changed since", nil
	}
	a.IMAP, a.SMTP, a.Username, a.CA = before.IMAP, before.SMTP, before.Username, before.CA
	if err := s.useServers(w, &a); err != nil {
		return nil, "", err
	}
	undo := s.event(EventUndone, a.Inbox, 0, ev.After, ev.Before)
	undo.Batch = batch
	return []string{fmt.Sprintf("%s connects to %s again.", a.Address, serversIn(ev.Before))}, "", w.Append(undo)
}

// serversIn is where an account connects to as a person reads it.
func serversIn(raw json.RawMessage) string {
	var v servers
	if json.Unmarshal(raw, &v) != nil || v.IMAP == "" {
		return valueIn(raw)
	}
	text := fmt.Sprintf("%s and %s as %s", v.IMAP, v.SMTP, v.Username)
	if v.CA != "" {
		text += " with certificates of its own"
	}
	return text
}
