package connector

import (
	"encoding/json"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/emersion/go-sasl"

	"postroom/connector/dial"
	"postroom/desk"
	"postroom/desk/safe"
)

// xoauth2 is the mechanism of Google and Microsoft that came before the
// standard (developers.google.com/gmail/imap/xoauth2-protocol).
const xoauth2 = "XOAUTH2"

// bearer signs in with an access token.
type bearer struct {
	mechanism, user, token string
	where                  dial.Address
}

// bearerFor picks the mechanism a server offers; the standard before the older
// one.
func bearerFor(a desk.Account, token string, where dial.Address, offers func(mechanism string) bool) (*bearer, error) {
	for _, mechanism := range []string{sasl.OAuthBearer, xoauth2} {
		if offers(mechanism) {
			return &bearer{mechanism, a.Username, token, where}, nil
		}
	}
	hint := "Sign in with a password there."
	if a.ID != 0 {
		hint = "Sign in with a password there: postroom account reauth " + a.Address + " --password"
	}
	return nil, &desk.Error{
		Kind: desk.Offline, Code: "NO_TOKENS", Message: fmt.Sprintf("%s takes no tokens (XOAUTH2 or OAUTHBEARER).", where.HostPort()), Hint: hint,
	}
}

// Start gives all there is to say (RFC 7628 section 3.1).
func (b *bearer) Start() (mechanism string, response []byte, err error) {
	if b.mechanism == xoauth2 {
		return xoauth2, []byte("user=" + b.user + "\x01auth=Bearer " + b.token + "\x01\x01"), nil
	}
	host, port, err := net.SplitHostPort(b.where.HostPort())
	if err != nil {
		return "", nil, err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return "", nil, err
	}
	return sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: gs2(b.user), Token: b.token, Host: host, Port: number}).Start()
}

// gs2 writes a name as a saslname (RFC 5801 section 4).
func gs2(name string) string { return strings.NewReplacer("=", "=3D", ",", "=2C").Replace(name) }

// Next is called only when the token is refused: the challenge says why. The
// exchange ends there; the connection is of no further use.
func (b *bearer) Next(challenge []byte) ([]byte, error) {
	var said tokenRefused
	if json.Unmarshal(challenge, &said) != nil {
		said.Status = "unknown"
	}
	return nil, &said
}

// tokenRefused is a server's word on a token: RFC 7628 section 3.2.2, or the
// status of HTTP with XOAUTH2.
type tokenRefused struct {
	Status string `json:"status"`
	Scope  string `json:"scope"`
}

// Error is what a developer would want.
func (t *tokenRefused) Error() string { return "the server refuses the token: " + clip(t.Status) }

// explain puts it in words. A server that cannot ask the provider is one that
// is down.
func (t *tokenRefused) explain(a desk.Account, where dial.Address) error {
	who := safe.Line(a.Username)
	switch {
	case strings.HasPrefix(t.Status, "5") || t.Status == "temporarily_unavailable":
		return &desk.Error{
			Kind: desk.Offline, Code: "NOT_NOW", Err: t,
			Message: fmt.Sprintf("%s lets nobody sign in at the moment.", where.HostPort()), Hint: "Nothing to do: it is tried again.",
		}
	case t.Status == "insufficient_scope":
		return &desk.Error{
			Kind: desk.Denied, Code: "MISSING_SCOPE", Err: t,
			Message: fmt.Sprintf("%s wants more allowed for %s: %s.", where.HostPort(), who, clip(t.Scope)),
			Hint:    "Sign in again and leave every box ticked" + again(a),
		}
	}
	return badToken(a, where, t)
}

// badToken is the refusal of a token, which a new one may mend.
func badToken(a desk.Account, where dial.Address, cause error) error {
	e := &desk.Error{
		Kind: desk.Denied, Code: "BAD_TOKEN", Err: cause,
		Message: fmt.Sprintf("%s refuses the sign-in of %s.", where.HostPort(), safe.Line(a.Username)),
		Hint:    "Sign in again" + again(a),
	}
	if a.OAuthUser != "" && !strings.EqualFold(a.OAuthUser, a.Username) {
		e.Message = fmt.Sprintf("%s does not let %s into the mailbox %s.", where.HostPort(), safe.Line(a.OAuthUser), safe.Line(a.Username))
		e.Hint = fmt.Sprintf("Look whether %s may open it, then sign in again%s", safe.Line(a.OAuthUser), again(a))
	}
	return e
}
