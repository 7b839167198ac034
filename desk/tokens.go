package desk

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Tokens are what an account signs in with at a provider. A provider may take
// each refresh token once only, so of all goroutines, processes and hosts one
// at a time asks for the next: whoever [Mailroom.AskTokens] lets, until
// [Mailroom.KeepTokens] or [Mailroom.EndAsking]. That is no lease of the account,
// because commands need tokens too that serve nothing.
type Tokens struct {
	Account AccountID
	// Provider is [OAuthClient.Provider]. Person is who has signed in.
	Provider, Person string
	// GrantedAt is when he did.
	GrantedAt time.Time
	// Version grows with each new set of tokens.
	Version int64
	// Sealed are the tokens in the connector's own form; empty while nobody has
	// signed in.
	Sealed []byte
	// Asking is who asks the provider now. AskedAt is since when; it stays when
	// the answer was lost, and then says that these tokens may be used up.
	Asking  string
	AskedAt time.Time
}

// saveSecret keeps what a person has signed in with.
func (s *Seat) saveSecret(w Writer, a Account) error {
	if a.OAuth != "" {
		if err := w.SaveSecret(Account{ID: a.ID}); err != nil {
			return err
		}
		return s.grant(w, a)
	}
	if err := w.RemoveTokens(a.ID); err != nil {
		return err
	}
	return w.SaveSecret(a)
}

// grant keeps the tokens of a new sign-in. Whoever is asking for a renewal of
// the former ones finds that they are gone.
func (s *Seat) grant(w Writer, a Account) error {
	if _, err := w.OAuthClient(a.OAuth); errors.Is(err, ErrNoRow) {
		return noClient(a.OAuth)
	} else if err != nil {
		return err
	}
	old, err := w.Tokens(a.ID)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return err
	}
	t := Tokens{Account: a.ID, Provider: a.OAuth, Person: a.OAuthUser, GrantedAt: s.d.now(), Version: old.Version + 1, Sealed: a.Secret}
	return w.SaveTokens(t, old.Version)
}

// Tokens gives an account as it is now, and what it signs in with.
func (m *Mailroom) Tokens(ctx context.Context, account AccountID) (Account, Tokens, error) {
	var a Account
	var t Tokens
	err := m.d.store.Read(ctx, func(r Reader) error {
		var err error
		if a, err = r.Account(account); err != nil {
			return err
		}
		t, err = r.Tokens(account)
		return err
	})
	if errors.Is(err, ErrNoRow) {
		return a, t, &Error{
			Kind: Conflict, Code: "NO_ACCOUNT", Message: "The account was disconnected, or signs in another way now.",
			Hint: "See how it is with: postroom account list",
		}
	}
	return a, t, err
}

// AskTokens gives asker the right to ask for the tokens that follow version.
// When there are newer ones already they are returned instead, with another
// Version. A Conflict error TOKENS_ASKED says that somebody else is asking; he
// is in the returned Tokens. dead, if not empty, is an asker the caller knows to
// be gone.
func (m *Mailroom) AskTokens(ctx context.Context, account AccountID, version int64, asker, dead string) (Tokens, error) {
	var t Tokens
	err := m.d.store.Write(ctx, func(w Writer) error {
		var err error
		if t, err = w.Tokens(account); err != nil {
			return err
		}
		if t.Version != version {
			return nil
		}
		if t.Asking != "" && t.Asking != asker && t.Asking != dead {
			return conflict("TOKENS_ASKED", "", "Another process is asking for new tokens of this account.")
		}
		before := t
		t.Asking = asker
		if before.AskedAt.IsZero() {
			t.AskedAt = m.d.now() // else an answer was lost, and the first one counts
		}
		return w.SaveTokens(t, version)
	})
	return t, err
}

// KeepTokens commits new tokens. An error means that they must not be used:
// [ErrStale] that a person has signed in anew meanwhile.
func (m *Mailroom) KeepTokens(ctx context.Context, t Tokens, sealed []byte) (Tokens, error) {
	err := m.d.store.Write(ctx, func(w Writer) error {
		now, err := w.Tokens(t.Account)
		if err != nil {
			return err
		}
		if now.Version != t.Version {
			return ErrStale
		}
		t.Version, t.Sealed, t.Asking, t.AskedAt = now.Version+1, sealed, "", time.Time{}
		return w.SaveTokens(t, now.Version)
	})
	if err != nil {
		return t, fmt.Errorf("keep new tokens: %w", err)
	}
	return t, nil
}

// EndAsking lets others ask. lost says that the provider may have answered, and
// nobody knows what.
func (m *Mailroom) EndAsking(ctx context.Context, t Tokens, lost bool) error {
	return m.d.store.Write(ctx, func(w Writer) error {
		now, err := w.Tokens(t.Account)
		if errors.Is(err, ErrNoRow) || err == nil && (now.Version != t.Version || now.Asking != t.Asking) {
			return nil // it is another's business by now
		}
		if err != nil {
			return err
		}
		if now.Asking = ""; !lost {
			now.AskedAt = time.Time{}
		}
		return w.SaveTokens(now, now.Version)
	})
}
