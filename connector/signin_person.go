package connector

import (
	"context"

	"postroom/connector/oauth"
	"postroom/desk"
)

// SignIn is a person's way through the pages of a provider. Whoever begins one
// waits for it, or closes it.
type SignIn struct {
	// URL is the page to open in a browser. With a device code it is where Code
	// is typed.
	URL, Code string
	// Words say, after "postroom may", what the person is going to allow.
	Words []string

	tokens *Tokens
	inner  *oauth.SignIn
}

// SignedIn is what has come of it.
type SignedIn struct {
	// Token signs in to the mail servers now, as a password would.
	Token string
	// Person is who has signed in, as far as the provider says; for
	// [desk.Account].OAuthUser.
	Person string

	tokens *Tokens
	grant  oauth.Grant
}

// Seal gives what is to be kept, for [desk.Account].Secret.
func (s SignedIn) Seal(ctx context.Context) ([]byte, error) {
	text, err := s.tokens.grantText(s.grant)
	if err != nil {
		return nil, err
	}
	return s.tokens.secrets.Seal(ctx, text)
}

// Begin starts a person's sign-in at the account's provider, which is set up at
// this desk. [desk.Account].OAuthUser is who is to sign in; device asks for a
// code instead of a browser on this machine. Errors are [desk.Error].
func (k *Tokens) Begin(ctx context.Context, a desk.Account, device bool) (*SignIn, error) {
	if err := k.secrets.Ready(ctx); err != nil {
		return nil, err
	}
	r, err := k.request(ctx, a.OAuth, a)
	if err != nil {
		return nil, err
	}
	r.Device = device
	s, err := oauth.Begin(ctx, r)
	if err != nil {
		return nil, err
	}
	return &SignIn{URL: s.URL, Code: s.Code, Words: s.Words, tokens: k, inner: s}, nil
}

// Paste takes the address a browser on another machine has ended at; an Invalid
// error says that it is another one, and the sign-in still waits.
func (s *SignIn) Paste(address string) error { return s.inner.Paste(address) }

// Close ends a sign-in nobody waits for any more.
func (s *SignIn) Close() { s.inner.Close() }

// Wait returns when the person has agreed, or somebody has refused: a
// [desk.Error], with the code ADMIN_CONSENT where an admin of the organisation
// has to agree first.
func (s *SignIn) Wait(ctx context.Context) (SignedIn, error) {
	g, err := s.inner.Wait(ctx)
	return SignedIn{Token: g.Access, Person: g.Person, tokens: s.tokens, grant: g}, err
}
