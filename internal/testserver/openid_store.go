package testserver

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// openIDStore is the library's own store in memory, but for how long tokens
// live, what they are good for, and who may ask about them.
type openIDStore struct {
	*storage.Storage
	clients map[string]*storage.Client
	users   openIDUsers

	own     sync.Mutex
	ttl     time.Duration
	off     time.Duration
	without []string
	grants  map[string]openIDGrant // by the id of the access token
	used    map[string]bool        // refresh tokens that have been replaced
	renewed int
	reused  int
}

type openIDGrant struct {
	user   string
	scopes []string
	until  time.Time
}

// openIDUsers are people by their address, which is also their name.
type openIDUsers map[string]*storage.User

// GetUserByID gives a user.
func (u openIDUsers) GetUserByID(id string) *storage.User { return u[id] }

// GetUserByUsername gives a user.
func (u openIDUsers) GetUserByUsername(name string) *storage.User { return u[name] }

// ExampleClientID names a client nobody uses.
func (u openIDUsers) ExampleClientID() string { return "service" }

func newOpenIDStore(ttl time.Duration, users []string) *openIDStore {
	people := openIDUsers{}
	for _, name := range users {
		people[name] = &storage.User{ID: name, Username: name, Password: Password, FirstName: name, Email: name, EmailVerified: true}
	}
	redirects := []string{"http://127.0.0.1" + RedirectPath, "http://[::1]" + RedirectPath, "http://localhost"}
	clients := map[string]*storage.Client{
		ClientID:       storage.NativeClient(ClientID, redirects...),
		SecretClientID: storage.WebClient(SecretClientID, ClientSecret, redirects...),
		"dovecot":      storage.WebClient("dovecot", "dovecot-secret"),
	}
	return &openIDStore{
		Storage: storage.NewStorageWithClients(people, clients), clients: clients, users: people, ttl: ttl,
		grants: map[string]openIDGrant{}, used: map[string]bool{},
	}
}

// CreateAuthRequest leaves out what is not granted.
func (s *openIDStore) CreateAuthRequest(ctx context.Context, r *oidc.AuthRequest, user string) (op.AuthRequest, error) {
	s.own.Lock()
	r.Scopes = slices.DeleteFunc(slices.Clone(r.Scopes), func(scope string) bool { return slices.Contains(s.without, scope) })
	s.own.Unlock()
	return s.Storage.CreateAuthRequest(ctx, r, user)
}

// CreateAccessToken gives a token for a while.
func (s *openIDStore) CreateAccessToken(ctx context.Context, r op.TokenRequest) (string, time.Time, error) {
	id, _, err := s.Storage.CreateAccessToken(ctx, r)
	return id, s.note(id, r), err
}

// CreateAccessAndRefreshTokens gives both, and counts.
func (s *openIDStore) CreateAccessAndRefreshTokens(ctx context.Context, r op.TokenRequest, current string) (string, string, time.Time, error) {
	grant := r
	if device, ok := r.(*op.DeviceAuthorizationState); ok {
		// The library's store would not know whose the refresh token is.
		grant = &storage.AuthRequest{ApplicationID: device.ClientID, UserID: device.Subject, Scopes: device.Scopes}
	}
	id, refresh, _, err := s.Storage.CreateAccessAndRefreshTokens(ctx, grant, current)
	if err == nil && current != "" {
		s.own.Lock()
		s.renewed++
		s.used[current] = true
		s.own.Unlock()
	}
	return id, refresh, s.note(id, r), err
}

// TokenRequestByRefreshToken notices a token that was used before.
func (s *openIDStore) TokenRequestByRefreshToken(ctx context.Context, token string) (op.RefreshTokenRequest, error) {
	s.own.Lock()
	if s.used[token] {
		s.reused++
	}
	s.own.Unlock()
	return s.Storage.TokenRequestByRefreshToken(ctx, token)
}

func (s *openIDStore) note(id string, r op.TokenRequest) time.Time {
	s.own.Lock()
	defer s.own.Unlock()
	until := time.Now().Add(s.ttl)
	s.grants[id] = openIDGrant{r.GetSubject(), r.GetScopes(), until}
	return until
}

// SetIntrospectionFromToken answers a mail server, which may ask about any
// token that is good for mail.
func (s *openIDStore) SetIntrospectionFromToken(_ context.Context, in *oidc.IntrospectionResponse, id, subject, client string) error {
	s.own.Lock()
	defer s.own.Unlock()
	g, ok := s.grants[id]
	user := s.users.GetUserByID(subject)
	if !ok || user == nil || client != "dovecot" || time.Now().After(g.until) || !slices.Contains(g.scopes, ReadScope) {
		return errNoGrant
	}
	in.Expiration = oidc.FromTime(g.until.Add(s.off))
	in.Scope = g.scopes
	in.Username, in.Email, in.EmailVerified = user.Username, user.Email, oidc.Bool(true)
	return nil
}

// GrantTypes are all a program may use.
func (nativeClient) GrantTypes() []oidc.GrantType {
	return []oidc.GrantType{oidc.GrantTypeCode, oidc.GrantTypeRefreshToken, oidc.GrantTypeDeviceCode}
}

// ApplicationType allows any port of loopback.
func (nativeClient) ApplicationType() op.ApplicationType { return op.ApplicationTypeNative }

// AuthMethod is none for a public client.
func (c nativeClient) AuthMethod() oidc.AuthMethod {
	if c.secret {
		return oidc.AuthMethodPost
	}
	return oidc.AuthMethodNone
}

// DevMode is for clients without rules.
func (nativeClient) DevMode() bool { return false }

// IsScopeAllowed allows mail.
func (nativeClient) IsScopeAllowed(scope string) bool {
	return scope == ReadScope || scope == SendScope
}

// IDTokenUserinfoClaimsAssertion says in the identity who has signed in.
func (nativeClient) IDTokenUserinfoClaimsAssertion() bool { return true }
