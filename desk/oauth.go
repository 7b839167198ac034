package desk

import (
	"context"
	"errors"
	"time"
)

// OAuthClient is what this desk is called at a provider that signs accounts in
// (RFC 6749 section 2): one for each provider, registered there by whoever runs
// the desk.
type OAuthClient struct {
	// Provider is google, microsoft, or the address of an OpenID issuer.
	Provider string
	ClientID string
	// Secret is sealed, and empty for a public client. It never leaves the
	// connector.
	Secret []byte
	// Tenant is the organisation at Microsoft; empty for any.
	Tenant string
	// Endpoints are what the provider has said of itself when it was set up, in
	// the connector's own form. Scopes are what to ask it for, by spaces. Both
	// are empty for providers the program knows.
	Endpoints, Scopes string
	// CA is a PEM bundle trusted besides the system's when the provider is
	// asked.
	CA string
	// Since is when it was set.
	Since time.Time
}

// clientEvent is what the journal keeps of one.
type clientEvent struct {
	Provider string `json:"provider"`
	ClientID string `json:"client_id"`
	Tenant   string `json:"tenant,omitempty"`
	Secret   bool   `json:"secret"`
}

func eventOf(c OAuthClient) clientEvent {
	return clientEvent{c.Provider, c.ClientID, c.Tenant, len(c.Secret) > 0}
}

// SetOAuthClient sets what this desk is called at a provider; admins only. The
// accounts that sign in there try again at once.
func (s *Seat) SetOAuthClient(ctx context.Context, c OAuthClient) error {
	c.Since = s.d.now()
	return s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "set up a sign-in provider"); err != nil {
			return err
		}
		if c.Provider == "" || c.ClientID == "" {
			return invalid("NO_CLIENT", "The provider shows it where the client is registered.", "A provider and a client id are needed.")
		}
		before := state(nil)
		old, err := w.OAuthClient(c.Provider)
		if err == nil {
			before = state(eventOf(old))
		} else if !errors.Is(err, ErrNoRow) {
			return err
		}
		if err := w.SaveOAuthClient(c); err != nil {
			return err
		}
		return w.Append(s.event(EventOAuthSet, 0, 0, before, state(eventOf(c))))
	})
}

// OAuthClients lists the providers that are set up. Of a secret only that there
// is one: Secret is then not nil, and empty.
func (s *Seat) OAuthClients(ctx context.Context) ([]OAuthClient, error) {
	var list []OAuthClient
	err := s.d.store.Read(ctx, func(r Reader) error {
		if _, err := r.User(s.actor.User); err != nil {
			return err
		}
		var err error
		list, err = r.OAuthClients()
		return err
	})
	for i := range list {
		if list[i].Secret != nil {
			list[i].Secret = []byte{}
		}
	}
	return list, err
}

// RemoveOAuthClient forgets a provider; admins only, and not while an account
// signs in there.
func (s *Seat) RemoveOAuthClient(ctx context.Context, provider string) error {
	return s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "remove a sign-in provider"); err != nil {
			return err
		}
		old, err := w.OAuthClient(provider)
		if errors.Is(err, ErrNoRow) {
			return notFound("NO_OAUTH_CLIENT", "See what is set up with: postroom oauth list", "No sign-in provider %s is set up.", provider)
		}
		if err != nil {
			return err
		}
		accounts, err := w.Accounts()
		if err != nil {
			return err
		}
		n := 0
		for _, a := range accounts {
			if a.OAuth == provider {
				n++
			}
		}
		if n > 0 {
			return conflict("PROVIDER_IN_USE", "See them with: postroom account list", "%d %s with %s.", n, plural(n, "account signs in", "accounts sign in"), provider)
		}
		if err := w.RemoveOAuthClient(provider); err != nil {
			return err
		}
		return w.Append(s.event(EventOAuthRemoved, 0, 0, state(eventOf(old)), nil))
	})
}

func noClient(provider string) error {
	return notFound("NO_OAUTH_CLIENT", "An admin registers this desk there, then: postroom oauth set "+provider+" --client-id ID", "This desk has no client id for %s.", provider)
}

// OAuthClient gives the client for a provider with its sealed secret.
func (m *Mailroom) OAuthClient(ctx context.Context, provider string) (OAuthClient, error) {
	var c OAuthClient
	err := m.d.store.Read(ctx, func(r Reader) error {
		var err error
		c, err = r.OAuthClient(provider)
		return err
	})
	if errors.Is(err, ErrNoRow) {
		return c, noClient(provider)
	}
	return c, err
}
