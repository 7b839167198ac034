package testserver

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"
)

const (
	// ClientID is the public client of every [OpenID]: PKCE instead of a
	// secret, any port of loopback (RFC 8252), and the device grant.
	ClientID = "postroom"
	// SecretClientID is the same with a secret, as Google makes them.
	SecretClientID = "postroom-desktop"
	// ClientSecret is that secret.
	ClientSecret = "not-a-secret"
	// RedirectPath is where both may be called back on loopback.
	RedirectPath = "/callback"

	// ReadScope is what Dovecot wants of a token.
	ReadScope = "mail.read"
	// SendScope is a second one that a person may leave out.
	SendScope = "mail.send"
)

// OpenID is an OpenID provider on loopback: a certified library, with refresh
// tokens that are replaced at each use and refused at the second. It answers
// Dovecot's questions about tokens, and Postfix's through Dovecot.
type OpenID struct {
	// Issuer is what a client begins with.
	Issuer string
	// Introspection is for [Options].OAuth.
	Introspection string

	server *httptest.Server
	store  *openIDStore

	mu      sync.Mutex
	fault   func(w http.ResponseWriter, form url.Values) bool
	down    bool
	off     time.Duration
	asked   int
	granted func()
	looked  func()
	secrets []string
}

// StartOpenID starts a provider for these users, whose access tokens live for
// ttl. It ends with the test.
func StartOpenID(t testing.TB, ttl time.Duration, users ...string) *OpenID {
	t.Helper()
	o := &OpenID{store: newOpenIDStore(ttl, users)}
	o.server = httptest.NewUnstartedServer(nil)
	o.Issuer = "http://" + o.server.Listener.Addr().String()
	o.Introspection = strings.Replace(o.Issuer, "http://", "http://dovecot:dovecot-secret@", 1) + "/oauth/introspect"
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails (crypto/rand)
	provider, err := op.NewProvider(&op.Config{
		CryptoKey: key, CryptoKeyId: "test", CodeMethodS256: true, AuthMethodPost: true, GrantTypeRefreshToken: true,
		DeviceAuthorization: op.DeviceAuthorizationConfig{
			Lifetime: 5 * time.Minute, PollInterval: time.Second, UserFormPath: "/device", UserCode: op.UserCodeBase20,
		},
	}, o.store, op.StaticIssuer(o.Issuer), op.WithAllowInsecure())
	if err != nil {
		t.Fatalf("start the OpenID provider: %v", err)
	}
	pages := http.NewServeMux()
	back := op.NewIssuerInterceptor(provider.IssuerFromRequest)
	pages.HandleFunc("GET /login/username", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "who are you?") })
	pages.HandleFunc("POST /login/username", back.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.FormValue("authRequestID")
		if err := o.store.CheckUsernamePassword(r.FormValue("user"), Password, id); err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		http.Redirect(w, r, op.AuthCallbackURL(provider)(r.Context(), id), http.StatusFound)
	}))
	pages.Handle("/", provider)
	o.server.Config.Handler = o.between(pages)
	o.server.Start()
	t.Cleanup(o.server.Close)
	return o
}

// between stands before the provider with what a test has asked for.
func (o *OpenID) between(provider http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		down, off, fault, granted, looked := o.down, o.off, o.fault, o.granted, o.looked
		o.mu.Unlock()
		if down && !strings.HasSuffix(r.URL.Path, "/introspect") {
			panic(http.ErrAbortHandler) // cuts the connection
		}
		if looked != nil && strings.HasSuffix(r.URL.Path, "/introspect") {
			looked()
		}
		w.Header().Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
		if strings.HasSuffix(r.URL.Path, "/token") {
			if err := r.ParseForm(); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			told := &overheard{ResponseWriter: w}
			w = told
			defer func() { o.overhear(r.PostForm, told.body.Bytes()) }()
			o.mu.Lock()
			if r.PostForm.Get("grant_type") == "refresh_token" {
				o.asked++
			}
			o.mu.Unlock()
			if fault != nil && fault(w, r.PostForm) {
				return
			}
			if granted != nil {
				defer granted()
			}
		}
		provider.ServeHTTP(w, r)
	})
}

// overheard is an answer of which a copy is kept.
type overheard struct {
	http.ResponseWriter
	body bytes.Buffer
}

// Write answers.
func (o *overheard) Write(b []byte) (int, error) {
	o.body.Write(b)
	return o.ResponseWriter.Write(b)
}

func (o *OpenID) overhear(asked url.Values, answer []byte) {
	var given map[string]any
	_ = json.Unmarshal(answer, &given) // a fault may be no JSON
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, name := range []string{"code", "refresh_token", "code_verifier", "client_secret"} {
		if v := asked.Get(name); v != "" {
			o.secrets = append(o.secrets, v)
		}
	}
	for _, name := range []string{"access_token", "refresh_token", "id_token"} {
		if v, _ := given[name].(string); v != "" {
			o.secrets = append(o.secrets, v)
		}
	}
}

// Secrets are all codes and tokens that have gone back and forth, none of which
// anybody else may see.
func (o *OpenID) Secrets() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.secrets...)
}

// Refreshes is how often a token has been renewed, and how often somebody came
// with a refresh token that had been used before.
func (o *OpenID) Refreshes() (renewed, reused int) {
	o.store.own.Lock()
	defer o.store.own.Unlock()
	return o.store.renewed, o.store.reused
}

// Asked is how often anybody has asked for a renewal, answered or not.
func (o *OpenID) Asked() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.asked
}

// Lifetime sets how long the access tokens from now on are good.
func (o *OpenID) Lifetime(ttl time.Duration) {
	o.store.own.Lock()
	defer o.store.own.Unlock()
	o.store.ttl = ttl
}

// Without leaves out scopes of every sign-in from now on, as a person does who
// unticks them.
func (o *OpenID) Without(scopes ...string) {
	o.store.own.Lock()
	defer o.store.own.Unlock()
	o.store.without = scopes
}

// ClockOff makes the provider believe that it is later, or earlier.
func (o *OpenID) ClockOff(by time.Duration) {
	o.mu.Lock()
	o.off = by
	o.mu.Unlock()
	o.store.own.Lock()
	o.store.off = by
	o.store.own.Unlock()
}

// Down makes the provider cut every connection, but for those of the mail
// server.
func (o *OpenID) Down(down bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.down = down
}

// Refuse answers every request for tokens with a failure; nil ends that.
func (o *OpenID) Refuse(with *TokenFailure) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fault = nil
	if with != nil {
		o.fault = func(w http.ResponseWriter, _ url.Values) bool {
			with.write(w)
			return true
		}
	}
}

// AfterGrant is called when the provider has made new tokens and before
// anybody has read them.
func (o *OpenID) AfterGrant(fn func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.granted = fn
}

// BeforeLook is called when a mail server asks about a token, which somebody
// then has used.
func (o *OpenID) BeforeLook(fn func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.looked = fn
}

// Revoke takes back all that a user has granted.
func (o *OpenID) Revoke(t testing.TB, user string) {
	t.Helper()
	for _, client := range []string{ClientID, SecretClientID} {
		if err := o.store.TerminateSession(t.Context(), user, client); err != nil {
			t.Fatal(err)
		}
	}
	o.store.own.Lock()
	defer o.store.own.Unlock()
	for id, g := range o.store.grants {
		if g.user == user {
			delete(o.store.grants, id)
		}
	}
}

// Approve is a browser in which the user signs in and agrees. It follows the
// provider to wherever that sends it, which is the program that has asked, and
// returns that address.
func (o *OpenID) Approve(t testing.TB, authURL, user string) string {
	t.Helper()
	back := o.Redirect(t, authURL, user)
	answer, err := http.Get(back) //nolint:gosec,noctx // a test's own program on loopback
	if err != nil {
		t.Fatalf("call the program back: %v", err)
	}
	_ = answer.Body.Close()
	return back
}

// Redirect signs in as Approve does and does not go where the provider sends
// it: a browser on another machine.
func (o *OpenID) Redirect(t testing.TB, authURL, user string) string {
	t.Helper()
	last := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	browser := &http.Client{CheckRedirect: last}
	at := authURL
	for range 5 {
		var answer *http.Response
		var err error
		if strings.Contains(at, "/login/username") {
			answer, err = browser.PostForm(at, url.Values{"user": {user}}) //nolint:noctx // ends with the test
		} else {
			answer, err = browser.Get(at) //nolint:noctx // ends with the test
		}
		if err != nil {
			t.Fatalf("sign %s in: %v", user, err)
		}
		text, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		next, err := answer.Location()
		if err != nil {
			t.Fatalf("sign %s in at %s: %s\n%s", user, at, answer.Status, text)
		}
		at = next.String()
		if !strings.HasPrefix(at, o.Issuer) {
			return at
		}
	}
	t.Fatalf("the provider sends %s in circles", user)
	return ""
}

// ApproveDevice lets the user agree to what a device shows.
func (o *OpenID) ApproveDevice(t testing.TB, userCode, user string) {
	t.Helper()
	if err := o.store.CompleteDeviceAuthorization(t.Context(), userCode, user); err != nil {
		t.Fatalf("agree to the code %s: %v", userCode, err)
	}
}

// DenyDevice lets somebody refuse what a device shows.
func (o *OpenID) DenyDevice(t testing.TB, userCode string) {
	t.Helper()
	if err := o.store.DenyDeviceAuthorization(t.Context(), userCode); err != nil {
		t.Fatalf("refuse the code %s: %v", userCode, err)
	}
}

// TokenFailure is how a provider refuses tokens.
type TokenFailure struct {
	Status int
	Body   string
}

func (f TokenFailure) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, f.Body)
}

// Entra is a failure in the form of Microsoft Entra ID: its own code stands in
// the description, and again as a number.
func Entra(code int, oauth, sub, text string) *TokenFailure {
	const trace = `Trace ID: 5b3cbd66-0000-4000-8000-6a3a5a1c0100 Correlation ID: d66d6c77-ff41-4798-8a29-15eca1307043 Timestamp: 2026-11-23 10:26:15Z`
	return &TokenFailure{http.StatusBadRequest, fmt.Sprintf(
		`{"error":%q,"error_description":"AADSTS%d: %s %s","error_codes":[%d],"timestamp":"2026-11-23 10:26:15Z",`+
			`"trace_id":"5b3cbd66-0000-4000-8000-6a3a5a1c0100","correlation_id":"d66d6c77-ff41-4798-8a29-15eca1307043",`+
			`"error_uri":"https://login.microsoftonline.com/error?code=%d","suberror":%q}`,
		oauth, code, text, trace, code, code, sub)}
}

// Google is a failure in the form of Google's token endpoint.
func Google(oauth, text string) *TokenFailure {
	return &TokenFailure{http.StatusBadRequest, fmt.Sprintf("{\n  \"error\": %q,\n  \"error_description\": %q\n}", oauth, text)}
}

// errNoGrant is the answer to a token nobody was given.
var errNoGrant = errors.New("no such token")

var _ op.Storage = (*openIDStore)(nil)

// GetClientByClientID gives the clients of this file.
func (s *openIDStore) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	c, err := s.Storage.GetClientByClientID(ctx, id)
	if err != nil || id != ClientID && id != SecretClientID {
		return c, err
	}
	return nativeClient{s.clients[id], id == SecretClientID}, nil
}

// nativeClient is a program on a person's machine.
type nativeClient struct {
	*storage.Client
	secret bool
}
