package oauth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"postroom/desk"
)

// Client is what this desk is called at a provider.
type Client struct {
	ID string
	// Secret is empty for a public client. A native app cannot keep one (RFC
	// 8252 section 8.5), but some providers insist.
	Secret string
}

// Grant is what a person has given: tokens. It never gets into an error or a
// log; the connector seals it.
type Grant struct {
	Access, Refresh string
	// Expires is when the access token ends by our clock; zero when the
	// provider does not say.
	Expires time.Time
	// Person is the address of who has signed in, as far as the provider says.
	Person string
	// Ahead is how far the provider's clock is ahead of ours.
	Ahead time.Duration
}

// Renew asks for new tokens with the refresh token of a grant. A provider that
// gives no new refresh token lets the old one go on. A failure is a
// [desk.Error]: Denied where a person has to do something, Offline where it is
// to be tried again.
func Renew(ctx context.Context, q Request, old Grant) (Grant, error) {
	q.renewing = true
	w, p, c := q.Web, q.Provider, q.Client
	form := url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {old.Refresh}, "client_id": {c.ID},
		// Entra wants them again, and no provider minds.
		"scope": {strings.Join(p.scopeNames(), " ")},
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.Token, nil)
	if err != nil {
		return Grant{}, err
	}
	switch {
	case c.Secret != "" && p.Basic:
		r.SetBasicAuth(url.QueryEscape(c.ID), url.QueryEscape(c.Secret))
		form.Del("client_id")
	case c.Secret != "":
		form.Set("client_secret", c.Secret)
	}
	r.Body = io.NopCloser(strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var date time.Time
	client, err := w.client(func(t time.Time) { date = t })
	if err != nil {
		return Grant{}, err
	}
	answer, err := client.Do(r)
	if err != nil {
		return Grant{}, q.failed(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return Grant{}, q.failed(err)
	}
	if answer.StatusCode != http.StatusOK {
		return Grant{}, q.explain(refusalOf(answer.StatusCode, body))
	}
	var said struct {
		Access  string      `json:"access_token"`
		Refresh string      `json:"refresh_token"`
		Seconds json.Number `json:"expires_in"`
		Scope   string      `json:"scope"`
		ID      string      `json:"id_token"`
	}
	if err := json.Unmarshal(body, &said); err != nil || said.Access == "" {
		return Grant{}, q.nonsense()
	}
	g := Grant{Access: said.Access, Refresh: orElse(said.Refresh, old.Refresh), Person: orElse(personOf(said.ID), old.Person)}
	if seconds, err := said.Seconds.Int64(); err == nil && seconds > 0 {
		g.Expires = w.now().Add(time.Duration(min(seconds, longest)) * time.Second)
	}
	g.Ahead = w.ahead(date)
	return g, q.enough(g, strings.Fields(said.Scope))
}

// longest is how long an access token is believed to live at most, in seconds.
const longest = 30 * 24 * 3600

// ahead is how far the other clock is ahead. A second is what its date leaves
// out.
func (w Web) ahead(date time.Time) time.Duration {
	if date.IsZero() {
		return 0
	}
	return date.Sub(w.now()).Round(time.Second)
}

// grantOf reads what the library has got for a code.
func (q Request) grantOf(t *oauth2.Token, date time.Time) (Grant, error) {
	w := q.Web
	id, _ := t.Extra("id_token").(string)
	scope, _ := t.Extra("scope").(string)
	g := Grant{Access: t.AccessToken, Refresh: t.RefreshToken, Person: personOf(id), Ahead: w.ahead(date)}
	if t.ExpiresIn > 0 {
		g.Expires = w.now().Add(time.Duration(min(t.ExpiresIn, longest)) * time.Second)
	}
	if g.Refresh == "" {
		return Grant{}, &desk.Error{
			Kind: desk.Denied, Code: "NO_REFRESH", Message: q.Provider.Name + " signs in for an hour only: it gave nothing to renew that with.",
			Hint: "Allow the client offline access at the provider, then sign in again" + q.again(),
		}
	}
	return g, q.enough(g, strings.Fields(scope))
}

// enough says which needed permission was not given.
func (q Request) enough(g Grant, granted []string) error {
	missing := q.Provider.missing(granted)
	if len(missing) == 0 {
		return nil
	}
	who := orElse(g.Person, q.Address)
	return &desk.Error{
		Kind: desk.Denied, Code: "MISSING_SCOPE",
		Message: "Not all was allowed for " + who + ": postroom may not " + strings.Join(missing, ", nor ") + ".",
		Hint:    "Sign in again and leave every box ticked" + q.again(),
	}
}

// personOf is the address in an identity. It came from the provider itself over
// TLS, so its signature says nothing more (OpenID Connect Core 3.1.3.7).
func personOf(identity string) string {
	parts := strings.Split(identity, ".")
	if len(parts) != 3 {
		return ""
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var said struct {
		Email string `json:"email"`
		Name  string `json:"preferred_username"`
	}
	if json.Unmarshal(claims, &said) != nil {
		return ""
	}
	if said.Email == "" && strings.Contains(said.Name, "@") {
		return said.Name
	}
	return said.Email
}

// failed puts in words why a request did not work.
func (q Request) failed(err error) error {
	var refused *oauth2.RetrieveError
	var known *desk.Error
	switch {
	case as(err, &known):
		return known
	case as(err, &refused):
		status := 0
		if refused.Response != nil {
			status = refused.Response.StatusCode
		}
		return q.explain(refusalOf(status, refused.Body))
	case errors.Is(err, context.Canceled):
		return err
	}
	if strings.HasPrefix(err.Error(), "oauth2: cannot") || strings.HasPrefix(err.Error(), "oauth2: server response") {
		return q.nonsense()
	}
	return unreachable(q.Provider.Token, q.retry(), err)
}

// nonsense is an answer without tokens. What it says is not repeated: it might
// be half of one.
func (q Request) nonsense() error {
	return &desk.Error{
		Kind: desk.Offline, Code: "NOT_OAUTH", Message: q.Provider.Name + " gave an answer without a token in it.",
		Hint: q.retry() + " If it stays, look at the provider's address: postroom oauth list",
	}
}
