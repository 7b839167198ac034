package oauth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"postroom/connector/oauth"
	"postroom/desk"
	"postroom/internal/testserver"
)

const anna = "anna@example.test"

// provider is one of a test, as an admin would set it up.
func provider(t *testing.T, o *testserver.OpenID) oauth.Provider {
	t.Helper()
	ends, err := oauth.Discover(t.Context(), oauth.Web{}, o.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	return oauth.New(oauth.Settings{Key: o.Issuer, Endpoints: ends, Scopes: []string{testserver.ReadScope, testserver.SendScope}})
}

func begin(t *testing.T, r oauth.Request) *oauth.SignIn {
	t.Helper()
	s, err := oauth.Begin(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// signIn is what a person and a program do together.
func signIn(t *testing.T, o *testserver.OpenID, r oauth.Request) oauth.Grant {
	t.Helper()
	s := begin(t, r)
	go o.Approve(t, s.URL, anna)
	g, err := s.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// failure is the sentence of an error, with its hint.
func failure(t *testing.T, err error) *desk.Error {
	t.Helper()
	var e *desk.Error
	if !errors.As(err, &e) {
		t.Fatalf("no sentence but %v", err)
	}
	return e
}

func TestSignInAndRenew(t *testing.T) {
	t.Parallel()
	o := testserver.StartOpenID(t, time.Minute, anna)
	p := provider(t, o)
	for _, client := range []oauth.Client{
		{ID: testserver.ClientID},
		{ID: testserver.SecretClientID, Secret: testserver.ClientSecret},
	} {
		g := signIn(t, o, oauth.Request{Provider: p, Client: client, Address: anna})
		if g.Access == "" || g.Refresh == "" || g.Person != anna || time.Until(g.Expires) > time.Minute || time.Until(g.Expires) < 30*time.Second {
			t.Errorf("%s is given %t %t, to %s until %v", client.ID, g.Access != "", g.Refresh != "", g.Person, g.Expires)
		}
		next, err := oauth.Renew(t.Context(), oauth.Request{Provider: p, Client: client, Address: anna, Account: anna}, g)
		if err != nil {
			t.Fatal(err)
		}
		if next.Refresh == g.Refresh || next.Access == g.Access || next.Person != anna {
			t.Errorf("nothing is new for %s", client.ID)
		}
		// The provider takes a refresh token once: the control for all that
		// saves the new one first.
		_, err = oauth.Renew(t.Context(), oauth.Request{Provider: p, Client: client, Address: anna, Account: anna}, g)
		if e := failure(t, err); e.Kind != desk.Denied || e.Code != "SIGN_IN_ENDED" {
			t.Errorf("an old token gives %v", err)
		}
	}
	_, err := oauth.Renew(t.Context(), oauth.Request{Provider: p, Client: oauth.Client{ID: testserver.SecretClientID, Secret: "wrong"}, Address: anna, Account: anna}, oauth.Grant{Refresh: "x"})
	if e := failure(t, err); e.Code != "BAD_CLIENT" || strings.Contains(err.Error(), "wrong\"") {
		t.Errorf("a wrong secret gives %v", err)
	}
	if renewed, reused := o.Refreshes(); renewed != 2 || reused != 2 {
		t.Errorf("%d renewed, %d came twice", renewed, reused)
	}
}

// Only the provider's answer with our state counts, and other pages on this
// machine cannot end the waiting (RFC 8252 section 8.9, RFC 6819 4.4.1.8).
func TestOnlyOurAnswerCounts(t *testing.T) {
	t.Parallel()
	o := testserver.StartOpenID(t, time.Minute, anna)
	p := provider(t, o)
	s := begin(t, oauth.Request{Provider: p, Client: oauth.Client{ID: testserver.ClientID}, Address: anna})
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("code_challenge_method") != "S256" || len(q.Get("state")) < 32 || q.Get("code_challenge") == "" || !strings.HasPrefix(q.Get("redirect_uri"), "http://127.0.0.1:") {
		t.Errorf("the page is %s", s.URL)
	}
	done := make(chan error, 1)
	go func() {
		_, err := s.Wait(t.Context())
		done <- err
	}()
	for _, forged := range []string{"?code=stolen", "?code=stolen&state=guess", "?error=access_denied&state=guess", "?state=" + url.QueryEscape(q.Get("state")), "/other?code=x&state=" + q.Get("state")} {
		answer, err := http.Get(strings.Replace(q.Get("redirect_uri")+forged, "/callback/", "/", 1))
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode/100 != 4 {
			t.Errorf("%s is taken: %s", forged, answer.Status)
		}
	}
	for _, wrong := range []string{"", "nonsense", q.Get("redirect_uri"), q.Get("redirect_uri") + "?code=a&state=b"} {
		if e := failure(t, s.Paste(wrong)); e.Kind != desk.Invalid || e.Code != "WRONG_ADDRESS" {
			t.Errorf("%q is taken: %v", wrong, e)
		}
	}
	// A browser on another machine: its last address is typed in here.
	if err := s.Paste(" " + o.Redirect(t, s.URL, anna) + "\n"); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("the right answer gives %v", err)
	}
	if _, err := http.Get(q.Get("redirect_uri")); err == nil {
		t.Error("the port is still open")
	}
}

// A code without our verifier is worth nothing: the control is the provider.
func TestCodeNeedsItsVerifier(t *testing.T) {
	t.Parallel()
	o := testserver.StartOpenID(t, time.Minute, anna)
	p := provider(t, o)
	s := begin(t, oauth.Request{Provider: p, Client: oauth.Client{ID: testserver.ClientID}})
	stolen, err := url.Parse(o.Redirect(t, s.URL, anna))
	if err != nil {
		t.Fatal(err)
	}
	redirect := *stolen
	redirect.RawQuery = ""
	try := func(verifier string) int {
		answer, err := http.PostForm(p.Token, url.Values{
			"grant_type": {"authorization_code"}, "code": {stolen.Query().Get("code")}, "client_id": {testserver.ClientID},
			"redirect_uri": {redirect.String()}, "code_verifier": {verifier},
		})
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	if got := try(strings.Repeat("a", 43)); got != http.StatusBadRequest {
		t.Errorf("a guessed verifier gives %d", got)
	}
}

func TestDeviceCode(t *testing.T) {
	t.Parallel()
	o := testserver.StartOpenID(t, time.Minute, anna)
	r := oauth.Request{Provider: provider(t, o), Client: oauth.Client{ID: testserver.ClientID}, Address: anna, Device: true}
	s := begin(t, r)
	if s.Code == "" || !strings.HasPrefix(s.URL, o.Issuer) {
		t.Fatalf("shown are %q and %q", s.URL, s.Code)
	}
	o.ApproveDevice(t, s.Code, anna)
	g, err := s.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err = oauth.Renew(t.Context(), oauth.Request{Provider: r.Provider, Client: r.Client, Address: anna, Account: anna}, g); err != nil {
		t.Errorf("it cannot be renewed: %v", err)
	}
	refused := begin(t, r)
	o.DenyDevice(t, refused.Code)
	_, err = refused.Wait(t.Context())
	if e := failure(t, err); e.Code != "DECLINED" {
		t.Errorf("a no gives %v", err)
	}
	r.Provider = oauth.New(oauth.Settings{Key: oauth.Google})
	_, err = oauth.Begin(t.Context(), r)
	if e := failure(t, err); e.Code != "NO_DEVICE_CODE" || !strings.Contains(e.Message, "Google") {
		t.Errorf("Google: %v", err)
	}
}

func TestUntickedPermissionIsNamed(t *testing.T) {
	t.Parallel()
	o := testserver.StartOpenID(t, time.Minute, anna)
	o.Without(testserver.SendScope)
	s := begin(t, oauth.Request{Provider: provider(t, o), Client: oauth.Client{ID: testserver.ClientID}, Address: anna})
	if words := strings.Join(s.Words, "; "); !strings.Contains(words, testserver.SendScope) || !strings.Contains(words, "stay signed in") {
		t.Errorf("before, it says %q", words)
	}
	go o.Approve(t, s.URL, anna)
	_, err := s.Wait(t.Context())
	e := failure(t, err)
	if e.Kind != desk.Denied || e.Code != "MISSING_SCOPE" || !strings.Contains(e.Message, testserver.SendScope) || strings.Contains(e.Message, testserver.ReadScope) {
		t.Errorf("it says %v", err)
	}
	o.Without("offline_access")
	s = begin(t, oauth.Request{Provider: provider(t, o), Client: oauth.Client{ID: testserver.ClientID}, Address: anna})
	go o.Approve(t, s.URL, anna)
	if _, err = s.Wait(t.Context()); failure(t, err).Code != "NO_REFRESH" {
		t.Errorf("without a refresh token: %v", err)
	}
}

func TestWaitEnds(t *testing.T) {
	t.Parallel()
	s := begin(t, oauth.Request{Provider: oauth.New(oauth.Settings{Key: oauth.Microsoft}), Client: oauth.Client{ID: "x"}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	if !strings.Contains(s.URL, "redirect_uri=http%3A%2F%2Flocalhost%3A") {
		t.Errorf("Microsoft is sent to %s", s.URL)
	}
}

func TestProviderIsAskedOverTLSOnly(t *testing.T) {
	t.Parallel()
	for _, issuer := range []string{"http://id.example.org", "ftp://id.example.org", "id.example.org", "https://user:pw@id.example.org", "https://", "http://127.0.0.1.example.org"} {
		_, err := oauth.Discover(t.Context(), oauth.Web{}, issuer)
		if e := failure(t, err); e.Code != "BAD_ISSUER" {
			t.Errorf("%q gives %v", issuer, err)
		}
	}
	var says string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(strings.ReplaceAll(says, "ME", "https://"+r.Host)))
	}))
	t.Cleanup(server.Close)
	_, err := oauth.Discover(t.Context(), oauth.Web{}, server.URL)
	if e := failure(t, err); e.Kind != desk.Offline || !strings.Contains(e.Message, "self-signed") || !strings.Contains(e.Hint, "--ca") {
		t.Errorf("a certificate nobody knows: %v", err)
	}
	web := oauth.Web{CA: pemOf(server)}
	for name, c := range map[string]struct{ says, message string }{
		"good":        {`{"issuer":"ME","authorization_endpoint":"ME/a","token_endpoint":"ME/t"}`, ""},
		"other name":  {`{"issuer":"https://evil.test","authorization_endpoint":"ME/a","token_endpoint":"ME/t"}`, "calls itself https://evil.test"},
		"plain token": {`{"issuer":"ME","authorization_endpoint":"ME/a","token_endpoint":"http://evil.test/t"}`, "in clear"},
		"no token":    {`{"issuer":"ME","authorization_endpoint":"ME/a"}`, "in clear"},
		"old PKCE":    {`{"issuer":"ME","authorization_endpoint":"ME/a","token_endpoint":"ME/t","code_challenge_methods_supported":["plain"]}`, "PKCE"},
		"no JSON":     {`<html>`, "cannot be read"},
		"endless":     {`{"issuer":"` + strings.Repeat("x", 2<<20), "cannot be read"},
	} {
		says = c.says
		_, err := oauth.Discover(t.Context(), web, server.URL)
		if c.message == "" && err != nil || c.message != "" && !strings.Contains(failure(t, err).Message, c.message) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
