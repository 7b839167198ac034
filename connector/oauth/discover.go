package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"postroom/desk"
	"postroom/desk/safe"
)

// as is errors.As; it keeps the conditions here short.
func as(err error, target any) bool { return err != nil && errors.As(err, target) }

// Discover asks an issuer where it is asked for what (OpenID Connect Discovery
// 1.0, section 4). Errors are [desk.Error]: Invalid for what is no issuer,
// Offline where it could not be asked or answers something else.
func Discover(ctx context.Context, w Web, issuer string) (Endpoints, error) {
	issuer = strings.TrimRight(issuer, "/")
	u, err := url.Parse(issuer)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || !private(u) {
		return Endpoints{}, &desk.Error{
			Kind: desk.Invalid, Code: "BAD_ISSUER", Message: fmt.Sprintf("%q is no OpenID provider.", issuer),
			Hint: "Write google, microsoft, or the provider's address as in https://id.example.org.",
		}
	}
	page := issuer + "/.well-known/openid-configuration"
	body, status, err := w.get(ctx, page)
	var known *desk.Error
	switch {
	case as(err, &known):
		return Endpoints{}, known
	case err != nil:
		return Endpoints{}, unreachable(page, byHand, err)
	case status != http.StatusOK:
		return Endpoints{}, notOpenID(issuer, fmt.Sprintf("it answers %d", status))
	}
	var said struct {
		Issuer    string   `json:"issuer"`
		Authorize string   `json:"authorization_endpoint"`
		Token     string   `json:"token_endpoint"`
		Device    string   `json:"device_authorization_endpoint"`
		PKCE      []string `json:"code_challenge_methods_supported"`
		Auth      []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return Endpoints{}, notOpenID(issuer, "its answer cannot be read")
	}
	if strings.TrimRight(said.Issuer, "/") != issuer {
		// Whoever answers for somebody else must not get his codes.
		return Endpoints{}, notOpenID(issuer, "it calls itself "+safe.Line(said.Issuer).String())
	}
	if len(said.PKCE) > 0 && !slices.Contains(said.PKCE, "S256") {
		return Endpoints{}, notOpenID(issuer, "it does not know PKCE with S256")
	}
	for _, address := range []string{said.Authorize, said.Token, said.Device} {
		if u, err := url.Parse(address); err != nil || !private(u) && (address != "" || address == said.Token) {
			return Endpoints{}, notOpenID(issuer, "it is to be asked in clear")
		}
	}
	if said.Authorize == "" {
		return Endpoints{}, notOpenID(issuer, "it has no page to sign in at")
	}
	return Endpoints{
		Authorize: said.Authorize, Token: said.Token, Device: said.Device,
		Basic: len(said.Auth) > 0 && !slices.Contains(said.Auth, "client_secret_post"),
	}, nil
}

func notOpenID(issuer, why string) error {
	return &desk.Error{
		Kind: desk.Offline, Code: "NOT_OPENID", Message: fmt.Sprintf("%s does not answer as an OpenID provider: %s.", issuer, why),
		Hint: "Look at its address; it is the one before /.well-known/openid-configuration.",
	}
}
