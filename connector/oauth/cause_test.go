package oauth_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"postroom/connector/oauth"
	"postroom/desk"
	"postroom/internal/testserver"
)

func pemOf(server *httptest.Server) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
}

// Each refusal of a provider has its sentence and its way out (S239, S281-S286,
// F16). The forms are those of Microsoft and Google.
func TestRefusalsInWords(t *testing.T) {
	t.Parallel()
	o := testserver.StartOpenID(t, time.Minute, anna)
	ends := provider(t, o).Endpoints
	microsoft := oauth.New(oauth.Settings{Key: oauth.Microsoft})
	microsoft.Endpoints = ends
	google := oauth.New(oauth.Settings{Key: oauth.Google})
	google.Endpoints = ends
	for _, c := range []struct {
		provider oauth.Provider
		failure  *testserver.TokenFailure
		kind     desk.Kind
		code     string
		says     string
		hint     string
	}{
		{
			microsoft, testserver.Entra(65001, "invalid_grant", "consent_required", "The user or administrator has not consented to use the application with ID 'x' named 'postroom'."),
			desk.Denied, "ADMIN_CONSENT", "no consent in example.test (it says: AADSTS65001)", "https://login.microsoftonline.com/example.test/v2.0/adminconsent?client_id=postroom&",
		},
		{
			microsoft, testserver.Entra(90094, "access_denied", "", "The grant requires admin permission."),
			desk.Denied, "ADMIN_CONSENT", "Only an admin of example.test", "adminconsent",
		},
		{
			microsoft, testserver.Entra(50105, "invalid_grant", "", "Your administrator has configured the application to block users."),
			desk.Denied, "POLICY", "chosen people only", "Ask an admin of example.test",
		},
		{
			microsoft, testserver.Entra(53003, "invalid_grant", "message_only", "Access has been blocked by Conditional Access policies."),
			desk.Denied, "POLICY", "conditional access policy", "Ask an admin of example.test",
		},
		{
			microsoft, testserver.Entra(700016, "unauthorized_client", "", "Application with identifier 'x' was not found in the directory."),
			desk.Denied, "POLICY", "not known in example.test", "Ask an admin",
		},
		{
			microsoft, testserver.Entra(50173, "invalid_grant", "bad_token", "The provided grant has expired due to it being revoked."),
			desk.Denied, "SIGN_IN_ENDED", "password of anna@example.test was changed", "account reauth anna@example.test",
		},
		{
			microsoft, testserver.Entra(50076, "invalid_grant", "basic_action", "Due to a configuration change you must use multi-factor authentication."),
			desk.Denied, "SIGN_IN_ENDED", "second factor", "account reauth",
		},
		{
			microsoft, testserver.Entra(7000222, "invalid_client", "", "The provided client secret keys are expired."),
			desk.Denied, "BAD_CLIENT", "secret of this desk has expired", "oauth set",
		},
		{
			microsoft, testserver.Entra(99999, "invalid_grant", "", "Something new."),
			desk.Denied, "SIGN_IN_ENDED", "Microsoft has ended the sign-in of anna@example.test", "account reauth",
		},
		{
			google, testserver.Google("invalid_grant", "Token has been expired or revoked."),
			desk.Denied, "SIGN_IN_ENDED", "Google has ended the sign-in of anna@example.test", "account reauth",
		},
		{
			google, testserver.Google("admin_policy_enforced", "Access to your account data is restricted by policies within your organization."),
			desk.Denied, "POLICY", "A policy of example.test does not allow", "Google Workspace admin",
		},
		{google, testserver.Google("invalid_client", "Unauthorized"), desk.Denied, "BAD_CLIENT", "does not know the client", "oauth set"},
		{google, &testserver.TokenFailure{Status: http.StatusServiceUnavailable, Body: "<html>later</html>"}, desk.Offline, "PROVIDER_DOWN", "at the moment", "tried again"},
		{google, &testserver.TokenFailure{Status: http.StatusTooManyRequests, Body: `{"error":"rate_limit_exceeded"}`}, desk.Offline, "PROVIDER_DOWN", "too often", "tried again"},
		{google, &testserver.TokenFailure{Status: http.StatusOK, Body: `{"access_token":""}`}, desk.Offline, "NOT_OAUTH", "without a token", "tried again"},
		{google, &testserver.TokenFailure{Status: http.StatusFound, Body: ``}, desk.Offline, "SIGN_IN_REFUSED", "status 302", "reauth"},
	} {
		o.Refuse(c.failure)
		_, err := oauth.Renew(t.Context(), oauth.Request{Provider: c.provider, Client: oauth.Client{ID: testserver.ClientID}, Address: anna, Account: anna}, oauth.Grant{Refresh: "the-refresh-token"})
		e := failure(t, err)
		if e.Kind != c.kind || e.Code != c.code || !strings.Contains(e.Message, c.says) || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%s\n  gives %s %s: %s\n  %s", c.failure.Body, e.Kind, e.Code, e.Message, e.Hint)
		}
		if all := err.Error() + e.Message + e.Hint; strings.Contains(all, "the-refresh-token") || strings.Contains(all, "Trace ID") || strings.Contains(all, "%!") {
			t.Errorf("%s tells %s", c.failure.Body, all)
		}
	}
	o.Refuse(nil)
	o.Down(true)
	_, err := oauth.Renew(t.Context(), oauth.Request{Provider: google, Client: oauth.Client{ID: testserver.ClientID}, Address: anna, Account: anna}, oauth.Grant{Refresh: "the-refresh-token"})
	if e := failure(t, err); e.Kind != desk.Offline || e.Code != "PROVIDER_DOWN" || !strings.Contains(e.Message, "127.0.0.1") {
		t.Errorf("a provider that is down: %v", err)
	}
}

// What the browser brings back is told in the same words.
func TestRefusalAtThePage(t *testing.T) {
	t.Parallel()
	for query, code := range map[string]string{
		"error=access_denied&error_subcode=cancel&error_description=AADSTS65004%3A+User+declined":   "DECLINED",
		"error=access_denied&error_description=AADSTS90094%3A+The+grant+requires+admin+permission.": "ADMIN_CONSENT",
		"error=admin_policy_enforced&error_description=Access+to+your+account+data+is+restricted":   "POLICY",
		"error=temporarily_unavailable":                  "PROVIDER_DOWN",
		"error=%1b%5B31mred&error_description=%e2%80%ae": "SIGN_IN_REFUSED",
	} {
		s := begin(t, oauth.Request{Provider: oauth.New(oauth.Settings{Key: oauth.Microsoft}), Client: oauth.Client{ID: "x"}, Address: anna})
		_, state, _ := strings.Cut(s.URL, "&state=")
		state, _, _ = strings.Cut(state, "&")
		if err := s.Paste("http://localhost:1/?" + query + "&state=" + state); err != nil {
			t.Fatal(err)
		}
		_, err := s.Wait(t.Context())
		e := failure(t, err)
		if e.Code != code || strings.ContainsAny(e.Message, "\x1b\u202e") {
			t.Errorf("%s gives %q", query, e.Message)
		}
		// Nobody tries for a person who sits there, and an account that is only
		// being connected has no command to sign in again.
		if strings.Contains(e.Hint, "is tried again") || strings.Contains(e.Hint, "reauth") {
			t.Errorf("%s hints %q", query, e.Hint)
		}
	}
}

func TestProviderOfAServer(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"imap.gmail.com": oauth.Google, "outlook.office365.com": oauth.Microsoft, "IMAP.Gmail.com": oauth.Google,
		"imap.gmail.com.evil.test": "", "mail.example.test": "",
	} {
		if got := oauth.For(host); got != want {
			t.Errorf("%s is %q", host, got)
		}
	}
}
