package testserver_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"

	"postroom/internal/testserver"
)

func TestTokensAreAskedAbout(t *testing.T) {
	t.Parallel()
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.FormValue("token") == "annas-token" {
			_, _ = io.WriteString(w, `{"active":true,"email":"anna@example.test"}`)
			return
		}
		_, _ = io.WriteString(w, `{"active":false}`)
	}))
	t.Cleanup(provider.Close)
	mail := testserver.Start(t, testserver.Options{
		Users: []string{anna, ben},
		OAuth: strings.Replace(provider.URL, "http://", "http://dovecot:secret@", 1) + "/introspect",
	})
	for _, c := range []struct {
		user, token string
		ok          bool
	}{
		{anna, "annas-token", true}, {ben, "annas-token", false}, {anna, "another", false},
	} {
		client, err := imapclient.DialTLS(mail.IMAPS, &imapclient.Options{TLSConfig: mail.TLS()})
		if err != nil {
			t.Fatal(err)
		}
		err = client.Authenticate(sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: c.user, Token: c.token}))
		if (err == nil) != c.ok {
			t.Errorf("%s with %s: %v", c.user, c.token, err)
		}
		_ = client.Close()
	}
	if got := mail.Messages(t, anna, "INBOX"); len(got) != 0 {
		t.Errorf("%d messages in an empty mailbox", len(got))
	}
}
