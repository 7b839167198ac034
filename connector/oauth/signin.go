package oauth

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"postroom/desk"
)

// SignInTime is how long a person has for signing in.
const SignInTime = 15 * time.Minute

// Request is a sign-in that is to begin, or to be renewed.
type Request struct {
	Web      Web
	Provider Provider
	Client   Client
	// Address is who is to sign in; the provider may fill it in.
	Address string
	// Account is the connected account that signs in, for the words of a
	// failure; empty for one that is being connected.
	Account string
	// Device asks for a code to be typed on any other machine, instead of a
	// browser that comes back to this one.
	Device bool

	// renewing says that nobody is there: it is tried again by itself.
	renewing bool
}

// SignIn is a person's way through a provider's pages, while it lasts.
type SignIn struct {
	// URL is the page to open in a browser. With a device code it is where Code
	// is typed.
	URL  string
	Code string
	// Words say what the person is going to allow.
	Words []string

	request Request
	config  oauth2.Config
	state   string
	proof   string // the verifier of PKCE
	device  *oauth2.DeviceAuthResponse
	back    *callback
	date    time.Time
	client  *http.Client
}

// Begin starts a sign-in. Whoever begins one waits for it, or closes it.
func Begin(ctx context.Context, r Request) (*SignIn, error) {
	s := &SignIn{request: r, Words: r.Provider.Words()}
	client, err := r.Web.client(func(t time.Time) { s.date = t })
	if err != nil {
		return nil, err
	}
	s.client = client
	style := oauth2.AuthStyleInParams
	if r.Provider.Basic && r.Client.Secret != "" {
		style = oauth2.AuthStyleInHeader
	}
	s.config = oauth2.Config{
		ClientID: r.Client.ID, ClientSecret: r.Client.Secret, Scopes: r.Provider.scopeNames(),
		Endpoint: oauth2.Endpoint{
			AuthURL: r.Provider.Authorize, TokenURL: r.Provider.Token, DeviceAuthURL: r.Provider.Device, AuthStyle: style,
		},
	}
	if r.Device {
		return s, s.beginDevice(ctx)
	}
	if s.back, err = listen(r.Provider.redirect); err != nil {
		return nil, err
	}
	s.config.RedirectURL = s.back.address
	s.state, s.proof = oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(s.proof)}
	for name := range r.Provider.extra {
		options = append(options, oauth2.SetAuthURLParam(name, r.Provider.extra.Get(name)))
	}
	if r.Address != "" {
		options = append(options, oauth2.SetAuthURLParam("login_hint", r.Address))
	}
	s.URL = s.config.AuthCodeURL(s.state, options...)
	return s, nil
}

// Close ends a sign-in nobody waits for.
func (s *SignIn) Close() {
	if s.back != nil {
		s.back.close()
	}
}

// Paste takes the address a browser on another machine has ended at. An error
// of kind Invalid says that it is not that one; the sign-in still waits.
func (s *SignIn) Paste(address string) error {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || s.back == nil {
		err = errWrongAddress
	} else {
		err = s.hear(u.Query())
	}
	if err != nil {
		return &desk.Error{
			Kind: desk.Invalid, Code: "WRONG_ADDRESS", Message: "That is not the address the sign-in ends at.",
			Hint: "Copy all of what the browser's address bar shows at the end; it begins with " + s.config.RedirectURL,
		}
	}
	return nil
}

// errWrongAddress is an answer that belongs to no sign-in of ours.
var errWrongAddress = errors.New("that is no answer to this sign-in")

// hear takes what the provider has sent the browser back with. Only the first
// answer with our state counts.
func (s *SignIn) hear(q url.Values) error {
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(s.state)) != 1 || q.Get("code") == "" && q.Get("error") == "" {
		return errWrongAddress
	}
	select {
	case s.back.answer <- q:
	default:
	}
	return nil
}

// Wait returns when the person has agreed, and then has the grant. Errors are
// [desk.Error], but the end of ctx. The sign-in is closed.
func (s *SignIn) Wait(ctx context.Context) (Grant, error) {
	defer s.Close()
	ctx, cancel := context.WithTimeoutCause(ctx, SignInTime, errSignInTime())
	defer cancel()
	asking := context.WithValue(ctx, oauth2.HTTPClient, s.client)
	var token *oauth2.Token
	var err error
	if s.device != nil {
		token, err = s.waitDevice(asking)
	} else {
		token, err = s.waitCode(asking)
	}
	if err != nil {
		if ctx.Err() != nil {
			return Grant{}, context.Cause(ctx)
		}
		return Grant{}, s.request.failed(err)
	}
	return s.request.grantOf(token, s.date)
}

func errSignInTime() error {
	return &desk.Error{Kind: desk.Offline, Code: "SIGN_IN_TIME", Message: "Nobody has signed in within 15 minutes.", Hint: "Begin again."}
}

// waitCode waits for the browser and turns its code into tokens.
func (s *SignIn) waitCode(ctx context.Context) (*oauth2.Token, error) {
	s.back.serve(s.hear)
	var q url.Values
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case q = <-s.back.answer:
	}
	if code := q.Get("error"); code != "" {
		return nil, s.request.explain(refused(0, code, q.Get("error_subcode"), q.Get("error_description")))
	}
	return s.config.Exchange(ctx, q.Get("code"), oauth2.VerifierOption(s.proof))
}
