package desk

import (
	"context"
	"errors"
)

// Sealing is what a desk knows of the key its secrets are sealed with. The key
// itself is in a file, outside of the database.
type Sealing struct {
	// Key is the public half of the key; empty until one was named.
	Key string
	// Kept are all sealed secrets, the oldest account's first: a key that was
	// never named shows by opening one of them that it is the right one.
	Kept [][]byte
}

// Sealing tells with which key this desk seals.
func (m *Mailroom) Sealing(ctx context.Context) (Sealing, error) {
	var s Sealing
	err := m.d.store.Read(ctx, func(r Reader) error {
		var err error
		if s.Key, err = r.SealingKey(); err != nil {
			return err
		}
		s.Kept, err = keptSecrets(r)
		return err
	})
	return s, err
}

func keptSecrets(r Reader) ([][]byte, error) {
	var kept [][]byte
	accounts, err := r.Accounts()
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		secret, err := sealedOf(r, a)
		if err != nil {
			return nil, err
		}
		if len(secret) > 0 {
			kept = append(kept, secret)
		}
	}
	clients, err := r.OAuthClients()
	for _, c := range clients {
		if len(c.Secret) > 0 {
			kept = append(kept, c.Secret)
		}
	}
	return kept, err
}

// sealedOf is what an account signs in with, sealed: its password, or its
// tokens at a provider; nothing where it has neither.
func sealedOf(r Reader, a Account) ([]byte, error) {
	if a.OAuth == "" {
		return a.Secret, nil
	}
	t, err := r.Tokens(a.ID)
	if errors.Is(err, ErrNoRow) {
		return nil, nil
	}
	return t.Sealed, err
}

// NameKey notes the public half of the key this desk seals with from now on.
// Of two that are made at once one is named; a Conflict error KEY_NAMED says
// that it is another one.
func (m *Mailroom) NameKey(ctx context.Context, key string) error {
	return m.d.store.Write(ctx, func(w Writer) error {
		now, err := w.SealingKey()
		switch {
		case err != nil:
			return err
		case now == "":
			return w.SaveSealingKey(key)
		case now != key:
			return conflict("KEY_NAMED", "", "This desk has another key.")
		}
		return nil
	})
}

// NewKey is what a desk has lost with its key.
type NewKey struct {
	// Accounts have to sign in again; those of personal inboxes of others have
	// no address here. Providers have to be set up again, because their client
	// secret is lost.
	Accounts  []Account
	Providers []string
}

// BeginKey names another key for the desk, because that of the public half lost
// is lost, and puts every account that has a sealed secret into a state from
// which only a new sign-in helps: their mail, history and settings stay.
// Admins only. A Conflict error KEY_NAMED says that somebody has begun another
// key meanwhile.
func (s *Seat) BeginKey(ctx context.Context, lost, key string) (NewKey, error) {
	var res NewKey
	err := s.write(ctx, func(w Writer) error {
		res = NewKey{}
		if err := s.mustAdmin(w, "begin a new key"); err != nil {
			return err
		}
		now, err := w.SealingKey()
		if err != nil {
			return err
		}
		if now != lost {
			return conflict("KEY_NAMED", "Look whether it is needed at all: postroom doctor", "Somebody has begun a new key for this desk meanwhile.")
		}
		if err := w.SaveSealingKey(key); err != nil {
			return err
		}
		if err := s.forgetSecrets(w, &res); err != nil {
			return err
		}
		return w.Append(s.event(EventKeyBegun, 0, 0, nil, state(len(res.Accounts))))
	})
	return res, err
}

// forgetSecrets takes from every account what no key opens any more. The
// client secret of a provider stays where it is: that it cannot be opened is
// told when somebody signs in there.
func (s *Seat) forgetSecrets(w Writer, res *NewKey) error {
	accounts, err := w.Accounts()
	if err != nil {
		return err
	}
	for _, a := range accounts {
		secret, err := sealedOf(w, a)
		if err != nil {
			return err
		}
		if len(secret) == 0 {
			continue
		}
		if err := s.forgetSecret(w, &a); err != nil {
			return err
		}
		in, err := w.Inbox(a.Inbox)
		if err != nil {
			return err
		}
		member, err := s.sees(w, a.Inbox)
		if err != nil {
			return err
		}
		res.Accounts = append(res.Accounts, a.as(in, member))
	}
	clients, err := w.OAuthClients()
	for _, c := range clients {
		if len(c.Secret) > 0 {
			res.Providers = append(res.Providers, c.Provider)
		}
	}
	return err
}

func (s *Seat) forgetSecret(w Writer, a *Account) error {
	if a.OAuth == "" {
		if err := w.SaveSecret(Account{ID: a.ID}); err != nil {
			return err
		}
	} else {
		t, err := w.Tokens(a.ID)
		if err != nil {
			return err
		}
		before := t.Version
		t.Version, t.Sealed, t.Asking = before+1, nil, ""
		if err := w.SaveTokens(t, before); err != nil {
			return err
		}
	}
	if a.State == AccountPaused {
		return nil // told when somebody resumes it
	}
	return s.turn(w, a, AccountNeedsSignIn, "The key that opened what it signs in with was lost, and a new one was begun.")
}
