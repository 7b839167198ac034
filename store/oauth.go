package store

import (
	"errors"
	"time"

	"postroom/desk"
)

const (
	// never is the zero time as it is kept.
	never = `-62135596800000`

	oauthColumns = `coalesce(t.provider, ''), coalesce(t.person, ''), coalesce(t.granted_at, ` + never + `), coalesce(o.since, ` + never + `)`
	withOAuth    = ` LEFT JOIN tokens t ON t.account = a.id LEFT JOIN oauth_clients o ON o.provider = t.provider`

	clientColumns = `provider, client_id, secret, tenant, endpoints, scopes, ca, since`
	getClient     = `SELECT ` + clientColumns + ` FROM oauth_clients WHERE provider = ?`
	listClients   = `SELECT ` + clientColumns + ` FROM oauth_clients ORDER BY provider`
	saveClient    = `INSERT INTO oauth_clients (` + clientColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (provider) DO UPDATE SET client_id = excluded.client_id, secret = excluded.secret, tenant = excluded.tenant,
		endpoints = excluded.endpoints, scopes = excluded.scopes, ca = excluded.ca, since = excluded.since`
	removeClient = `DELETE FROM oauth_clients WHERE provider = ?`

	tokenColumns = `t.account, t.provider, t.person, t.granted_at, t.version, t.sealed, t.asking, t.asked_at`
	getTokens    = `SELECT ` + tokenColumns + ` FROM tokens t JOIN accounts a ON a.id = t.account WHERE t.account = ? AND a.connected = 1`
	addTokens    = `INSERT INTO tokens (account, provider, person, granted_at, version, sealed, asking, asked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	saveTokens   = `UPDATE tokens SET provider = ?, person = ?, granted_at = ?, version = ?, sealed = ?, asking = ?, asked_at = ?
		WHERE account = ? AND version = ?`
	removeTokens = `DELETE FROM tokens WHERE account = ?`

	getSealingKey  = `SELECT sealing_key FROM desk WHERE id = 1`
	saveSealingKey = `UPDATE desk SET sealing_key = ? WHERE id = 1`
)

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func scanClient(sc scanner) (desk.OAuthClient, error) {
	var c desk.OAuthClient
	err := sc.Scan(&c.Provider, &c.ClientID, &c.Secret, &c.Tenant, &c.Endpoints, &c.Scopes, &c.CA, into(&c.Since))
	return c, err
}

// OAuthClient implements [desk.TokenReader].
func (r *reader) OAuthClient(provider string) (desk.OAuthClient, error) {
	return find(r.session, scanClient, getClient, provider)
}

// OAuthClients implements [desk.TokenReader].
func (r *reader) OAuthClients() ([]desk.OAuthClient, error) {
	return collect(r.session, scanClient, listClients)
}

// Tokens implements [desk.TokenReader].
func (r *reader) Tokens(id desk.AccountID) (desk.Tokens, error) {
	return find(r.session, func(sc scanner) (desk.Tokens, error) {
		var t desk.Tokens
		err := sc.Scan(&t.Account, &t.Provider, &t.Person, into(&t.GrantedAt), &t.Version, &t.Sealed, &t.Asking, into(&t.AskedAt))
		return t, err
	}, getTokens, id)
}

// SaveOAuthClient implements [desk.TokenWriter].
func (w *writer) SaveOAuthClient(c desk.OAuthClient) error {
	return w.do(saveClient, c.Provider, c.ClientID, c.Secret, c.Tenant, c.Endpoints, c.Scopes, c.CA, millis(c.Since))
}

// RemoveOAuthClient implements [desk.TokenWriter].
func (w *writer) RemoveOAuthClient(provider string) error {
	return w.mustChange(removeClient, provider)
}

// SaveTokens implements [desk.TokenWriter].
func (w *writer) SaveTokens(t desk.Tokens, version int64) error {
	if version == 0 {
		return w.do(addTokens, t.Account, t.Provider, t.Person, millis(t.GrantedAt), t.Version, t.Sealed, t.Asking, millis(t.AskedAt))
	}
	err := w.mustChange(saveTokens, t.Provider, t.Person, millis(t.GrantedAt), t.Version, t.Sealed, t.Asking, millis(t.AskedAt), t.Account, version)
	if errors.Is(err, desk.ErrNoRow) {
		return desk.ErrStale
	}
	return err
}

// RemoveTokens implements [desk.TokenWriter].
func (w *writer) RemoveTokens(id desk.AccountID) error { return w.do(removeTokens, id) }

// SealingKey implements [desk.TokenReader].
func (r *reader) SealingKey() (string, error) {
	var key string
	err := r.get(getSealingKey, nil, &key)
	return key, err
}

// SaveSealingKey implements [desk.TokenWriter].
func (w *writer) SaveSealingKey(key string) error { return w.mustChange(saveSealingKey, key) }
