package connector

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

// held says what an outgoing mail waits for.
func (o *tokenOffice) held(t *testing.T, id desk.OutgoingID) string {
	t.Helper()
	list, err := o.seat.Outbox(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range list {
		if out.ID == id {
			return out.Held
		}
	}
	return ""
}

// cut ends every session, so that the account has to sign in again.
func (o *tokenOffice) cut(t *testing.T) {
	t.Helper()
	o.mail.Restart(t)
}

// What a provider can do to an account becomes a state in words at once, holds
// its mail, and is over when it is mended; nothing is lost or comes twice
// (S233, S239, S254, S281-S286).
func TestSignInFaults(t *testing.T) {
	t.Parallel()
	o := newTokenOffice(t, time.Minute, bothServers)
	run(t, o.worker(t))
	is := func(state desk.AccountState, says string) {
		t.Helper()
		o.awaitHealth(t, o.a.ID, string(state)+": "+says, func(a desk.Account) bool { return a.State == state && strings.Contains(a.Cause, says) })
	}
	is(desk.AccountConnected, "")
	var ids []desk.OutgoingID

	// Revoked in the middle of the work.
	o.provider.Revoke(t, oauthUser)
	o.cut(t)
	is(desk.AccountNeedsSignIn, "has ended the sign-in of "+oauthUser)
	o.mail.Deliver(t, oauthUser, rawMail("while revoked", "text"))
	ids = append(ids, o.write(t, "written while revoked"))
	if held := o.held(t, ids[0]); !strings.Contains(held, "account reauth "+oauthUser) {
		t.Errorf("the mail waits for %q", held)
	}
	o.reauth(t)
	is(desk.AccountConnected, "")
	o.await(t, "the held mail", func() bool { return o.outgoing(t, ids[0]) == desk.Accepted })

	// The provider is down: nobody is asked for anything.
	o.provider.Down(true)
	o.ahead.Add(int64(time.Minute)) // and the token has ended
	o.cut(t)
	is(desk.AccountRetrying, "The sign-in provider cannot be asked")
	o.provider.Down(false)
	is(desk.AccountConnected, "")

	// An admin has removed the consent; another client secret would do the same
	// for the account: it tries again when the desk is set up anew.
	o.provider.Refuse(testserver.Entra(65001, "invalid_grant", "consent_required", "The user or administrator has not consented."))
	o.ahead.Add(int64(time.Minute)) // and the token has ended
	o.cut(t)
	is(desk.AccountNeedsConsent, "Consent removed on "+time.Now().UTC().Format(time.DateOnly))
	ids = append(ids, o.write(t, "written without consent"))
	if held := o.held(t, ids[1]); !strings.Contains(held, "waits for an admin") {
		t.Errorf("the mail waits for %q", held)
	}
	o.provider.Refuse(nil)
	c, err := o.desk.Mailroom().OAuthClient(t.Context(), o.provider.Issuer)
	if err == nil {
		err = o.seat.SetOAuthClient(t.Context(), c)
	}
	if err != nil {
		t.Fatal(err)
	}
	is(desk.AccountConnected, "")
	o.await(t, "the mail held for consent", func() bool { return o.outgoing(t, ids[1]) == desk.Accepted })

	o.await(t, "all mail", func() bool { return len(o.mail.Messages(t, oauthUser, "INBOX")) >= 3 })
	o.await(t, "it here", func() bool { return len(o.rows(t, desk.InOpen)) >= 3 })
	if got := len(o.mail.Messages(t, oauthUser, "INBOX")); got != 3 {
		t.Errorf("%d mails are on the server, 3 were sent", got)
	}
	if _, reused := o.provider.Refreshes(); reused != 0 {
		t.Errorf("%d renewals came with a used token", reused)
	}
}

// A clock that is an hour off, here or at the provider, ends no sign-in.
func TestClockOffByAnHour(t *testing.T) {
	t.Parallel()
	o := newTokenOffice(t, time.Minute, onlyDovecot)
	k := keys{tokens: o.tokens}
	sign := func() error {
		_, a, err := o.accountAndTokens(t)
		if err != nil {
			return err
		}
		s, err := enterSession(t.Context(), a, k, patient())
		if err == nil {
			s.close()
		}
		return err
	}
	for _, off := range []time.Duration{0, time.Hour, -time.Hour} {
		o.ahead.Store(int64(off))
		if err := sign(); err != nil {
			t.Errorf("with the desk's clock %v ahead: %v", off, err)
		}
		if err := sign(); err != nil {
			t.Errorf("and again: %v", err)
		}
	}
	renewed, reused := o.provider.Refreshes()
	if renewed == 0 || reused > 0 {
		t.Errorf("%d renewals, %d with a used token", renewed, reused)
	}
	o.ahead.Store(0)
	for _, off := range []time.Duration{time.Hour, -time.Hour} {
		o.provider.ClockOff(off)
		o.provider.Lifetime(-time.Second) // what a mail server with a clock of its own makes of it
		o.ahead.Store(int64(2 * time.Hour))
		err := sign()
		var e *desk.Error
		if !errors.As(err, &e) || e.Kind != desk.Offline || e.Code != "CLOCK_OFF" {
			t.Errorf("with the provider's clock %v ahead: %v", off, err)
		}
		o.provider.Lifetime(time.Minute)
		o.provider.ClockOff(0)
		o.ahead.Store(0)
		if err := sign(); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	}
}

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func (o *tokenOffice) accountAndTokens(t *testing.T) (desk.Tokens, desk.Account, error) {
	t.Helper()
	a, tokens, err := o.desk.Mailroom().Tokens(t.Context(), o.a.ID)
	return tokens, a, err
}

// opened are the account, its row and what is sealed in it.
func (o *tokenOffice) opened(t *testing.T) (desk.Tokens, desk.Account, sealedGrant) {
	t.Helper()
	row, a, err := o.accountAndTokens(t)
	if err != nil {
		t.Fatal(err)
	}
	g, err := o.tokens.unseal(row)
	if err != nil {
		t.Fatal(err)
	}
	return row, a, g
}

// What servers say to a token, in both mechanisms, and what becomes of it. The
// token stands in no error.
func TestServersWordsOnTokens(t *testing.T) {
	t.Parallel()
	const canary = "canary-token-42"
	a := desk.Account{Address: oauthUser, Username: "o'neill,anna=x@example.test", OAuth: "google", OAuthUser: oauthUser}
	for _, c := range []struct {
		offers, challenge, code string
		kind                    desk.Kind
	}{
		{"AUTH=XOAUTH2", `{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}`, "BAD_TOKEN", desk.Denied},
		{"AUTH=OAUTHBEARER AUTH=XOAUTH2", `{"status":"invalid_token"}`, "BAD_TOKEN", desk.Denied},
		{"AUTH=OAUTHBEARER", `{"status":"insufficient_scope","scope":"mail"}`, "MISSING_SCOPE", desk.Denied},
		{"AUTH=XOAUTH2", `{"status":"503"}`, "NOT_NOW", desk.Offline},
		{"AUTH=XOAUTH2", `no JSON`, "BAD_TOKEN", desk.Denied},
		{"AUTH=PLAIN", "", "NO_TOKENS", desk.Offline},
	} {
		steps := []testserver.Step{testserver.Say("* OK [CAPABILITY IMAP4rev1 SASL-IR " + c.offers + "] ready")}
		if c.challenge != "" {
			mechanism, _, _ := strings.Cut(strings.TrimPrefix(c.offers, "AUTH="), " ")
			steps = append(steps, testserver.Expect("AUTHENTICATE "+mechanism), testserver.Say("+ "+base64Of(c.challenge)))
		}
		server := testserver.Script(t, nil, append(steps, testserver.Hang())...)
		a.IMAP = "imap://" + server.Address
		_, err := openSession(t.Context(), a, canary, patient())
		var e *desk.Error
		if !errors.As(err, &e) || e.Code != c.code || e.Kind != c.kind || strings.Contains(err.Error()+e.Message+e.Hint, canary) {
			t.Errorf("%s: %v", c.challenge, err)
		}
	}
	b := &bearer{mechanism: "OAUTHBEARER", user: a.Username, token: canary}
	b.where.Host, b.where.Port = "imap.example.test", "993"
	_, first, err := b.Start()
	if want := "n,a=o'neill=2Canna=3Dx@example.test,\x01host=imap.example.test\x01port=993\x01auth=Bearer " + canary + "\x01\x01"; err != nil || string(first) != want {
		t.Errorf("it begins with %q, %v", first, err)
	}
}

// A server that is suddenly another one gets no token.
func TestTokenStaysWhenTheCertificateChanges(t *testing.T) {
	t.Parallel()
	o := newTokenOffice(t, time.Minute, onlyDovecot)
	_, a, err := o.accountAndTokens(t)
	if err != nil {
		t.Fatal(err)
	}
	var asked int
	o.provider.BeforeLook(func() { asked++ })
	other := testserver.Script(t, testserver.Certificates(t).SelfSigned.ServerConfig(), testserver.Hang())
	a.IMAP = "imaps://" + other.Address
	_, err = enterSession(t.Context(), a, keys{tokens: o.tokens}, patient())
	var e *desk.Error
	if !errors.As(err, &e) || e.Kind != desk.Offline || !strings.HasPrefix(e.Code, "CERT_") || asked != 0 {
		t.Errorf("the changed server gives %v, and %d questions about tokens", err, asked)
	}
	if renewed, _ := o.provider.Refreshes(); renewed != 0 {
		t.Errorf("%d renewals for a certificate", renewed)
	}
}
