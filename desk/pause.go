package desk

import (
	"context"
	"fmt"
	"time"
)

// Pause stops an account (H43): nothing is fetched and nothing sent until
// [Seat.Resume]. It stays connected, and its outgoing mail is held: it leaves
// from no other address. A mail that is being handed over now is not called
// back. A Conflict error PAUSED when it is paused already.
func (s *Seat) Pause(ctx context.Context, address string) (Account, error) {
	var a Account
	err := s.write(ctx, func(w Writer) error {
		var err error
		if a, err = s.mustHold(w, address, "pause this account"); err != nil {
			return err
		}
		if a.State == AccountPaused {
			return conflict("PAUSED", "Resume it with: postroom account resume "+a.Address, "%s is paused already.", a.Address)
		}
		me, err := w.User(s.actor.User)
		if err != nil {
			return err
		}
		return s.turn(w, &a, AccountPaused, "By "+me.Name+".")
	})
	return a.withoutSecret(), err
}

// Resume lets a paused account work again, and its mail go, however long it
// was held; sent says how many mails that are. One that needed a person when it
// was paused, and has not been signed in since, needs one still, and so does
// one that has nothing to sign in with any more: its state says so, and nothing
// leaves yet. A Conflict error NOT_PAUSED when it is not paused.
func (s *Seat) Resume(ctx context.Context, address string) (a Account, sent int, err error) {
	err = s.write(ctx, func(w Writer) error {
		var err error
		if a, err = s.mustHold(w, address, "resume this account"); err != nil {
			return err
		}
		if a.State != AccountPaused {
			return conflict("NOT_PAUSED", "See how it is with: postroom account list", "%s is not paused.", a.Address)
		}
		if sent, err = s.letGo(w, a.ID); err != nil {
			return err
		}
		before, err := beforePause(w, a)
		if err != nil {
			return err
		}
		if before.NeedsPerson() {
			sent = 0
			return s.turn(w, &a, before, "As it was before it was paused.")
		}
		secret, err := sealedOf(w, a)
		if err != nil {
			return err
		}
		if len(secret) == 0 && a.PasswordCommand == "" {
			sent = 0
			return s.turn(w, &a, AccountNeedsSignIn, "What it signed in with was forgotten while it was paused.")
		}
		return s.turn(w, &a, AccountConnecting, "")
	})
	return a.withoutSecret(), sent, err
}

// beforePause is the state in which an account was paused, as the journal has it.
func beforePause(r Reader, a Account) (AccountState, error) {
	events, err := r.EventsSince(a.Inbox, EventAccountHealth, a.Since.Add(-time.Millisecond))
	if err != nil {
		return "", err
	}
	for _, ev := range events {
		before, after, err := changed[AccountState](ev)
		if err != nil {
			return "", err
		}
		if after == AccountPaused && ev.At.Equal(a.Since) {
			return before, nil
		}
	}
	return AccountConnected, nil
}

// turn brings an account into another state, by a person.
func (s *Seat) turn(w Writer, a *Account, to AccountState, cause string) error {
	before := a.State
	a.State, a.Cause, a.Since = to, cause, s.d.now()
	if err := w.SaveHealth(*a); err != nil {
		return err
	}
	ev := s.event(EventAccountHealth, a.Inbox, 0, state(before), state(to))
	ev.At = a.Since
	return w.Append(ev)
}

// letGo makes due what waited for the account, and counts it. Its age counts
// from now: what was held is not left over.
func (s *Seat) letGo(w Writer, id AccountID) (int, error) {
	n, now := 0, s.d.now()
	for _, st := range []OutgoingState{Queued, Deferred} {
		rows, err := w.OutgoingOf(id, st)
		if err != nil {
			return n, err
		}
		for _, o := range rows {
			if o.HoldUntil.After(now) {
				continue // its author may still take it back
			}
			n++
			o.NextTry = now
			if st == Queued {
				o.HoldUntil = now
			}
			if err := w.SaveOutgoing(o, st); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// Holds says in words why outgoing mail of the account waits; empty when it
// does not.
func (a Account) Holds() string {
	switch a.State {
	case AccountPaused:
		return fmt.Sprintf("held: %s is paused; resume it with: postroom account resume %s", a.Address, a.Address)
	case AccountNeedsSignIn:
		return fmt.Sprintf("held: %s needs sign-in: postroom account reauth %s", a.Address, a.Address)
	case AccountNeedsConsent:
		return fmt.Sprintf("held: %s waits for an admin at its provider; then: postroom account reauth %s", a.Address, a.Address)
	case AccountConnecting, AccountConnected, AccountRetrying:
	}
	return ""
}

// hold notes beside each mail that waits what it waits for.
func hold(r Reader, list []Outgoing) error {
	accounts, err := r.Accounts()
	if err != nil {
		return err
	}
	why := map[AccountID]string{}
	for _, a := range accounts {
		why[a.ID] = a.Holds()
	}
	for i, o := range list {
		if o.State == Queued || o.State == Deferred {
			list[i].Held = why[o.Account]
		}
	}
	return nil
}
