package connector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postroom/connector/oauth"
	"postroom/desk"
	"postroom/internal/testdesk"
	"postroom/internal/testserver"
)

const oauthUser = "anna@example.test"

// tokenOffice is a desk whose one account signs in at a provider that its mail
// server asks about each token.
type tokenOffice struct {
	*office
	provider *testserver.OpenID
	mail     *testserver.Mail
	tokens   *Tokens
	a        desk.Account
	ahead    *atomic.Int64 // how far the desk's clock is
}

// servers are those that a test needs besides the provider.
type servers int

const (
	noServers servers = iota
	onlyDovecot
	bothServers
)

func newTokenOffice(t testing.TB, ttl time.Duration, with servers) *tokenOffice {
	t.Helper()
	o := &tokenOffice{provider: testserver.StartOpenID(t, ttl, oauthUser, "ben@example.test"), ahead: &atomic.Int64{}}
	clock := func() time.Time { return time.Now().Add(time.Duration(o.ahead.Load())) }
	o.office = openOfficeWith(t, testdesk.File(t), desk.Outside{Clock: clock})
	ctx := t.Context()
	var err error
	if o.inbox, err = o.seat.CreateInbox(ctx, "support", desk.Shared); err != nil {
		t.Fatal(err)
	}
	ends, err := oauth.Discover(ctx, oauth.Web{}, o.provider.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(ends)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.seat.SetOAuthClient(ctx, desk.OAuthClient{
		Provider: o.provider.Issuer, ClientID: testserver.ClientID, Endpoints: string(text), Scopes: testserver.ReadScope + " " + testserver.SendScope,
	}); err != nil {
		t.Fatal(err)
	}
	o.tokens = o.newTokens(t)
	o.a = accountOn(t, "imap://127.0.0.1:1", "", oauthUser)
	if with != noServers {
		o.mail = testserver.Start(t, testserver.Options{Users: []string{oauthUser}, Postfix: with == bothServers, OAuth: o.provider.Introspection})
		o.a = accountOn(t, "imaps://"+o.mail.IMAPS, o.mail.CAFile, oauthUser)
	}
	if with == bothServers {
		o.a.SMTP = "smtp+starttls://" + o.mail.Submission
	}
	o.a.OAuth, o.a.OAuthUser, o.a.FilesSent = o.provider.Issuer, oauthUser, true
	o.a.Secret = o.grant(t)
	if o.a, err = o.seat.Connect(ctx, "support", o.a); err != nil {
		t.Fatal(err)
	}
	return o
}

// newTokens is what each process has one of.
func (o *tokenOffice) newTokens(t testing.TB) *Tokens {
	return NewTokens(o.desk, NewSecrets(o.path+".key", o.desk.Mailroom()), slog.New(slog.NewTextHandler(testLog{t}, nil)))
}

// grant is a sign-in by the person, sealed.
func (o *tokenOffice) grant(t testing.TB) []byte {
	t.Helper()
	s, err := o.tokens.Begin(t.Context(), desk.Account{OAuth: o.provider.Issuer, OAuthUser: oauthUser}, false)
	if err != nil {
		t.Fatal(err)
	}
	go o.provider.Approve(t, s.URL, oauthUser)
	g, err := s.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if g.Person != oauthUser {
		t.Errorf("%s has signed in", g.Person)
	}
	sealed, err := g.Seal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func (o *tokenOffice) reauth(t testing.TB) {
	t.Helper()
	sealed := o.grant(t)
	if _, err := o.seat.Reauth(t.Context(), oauthUser, func(a desk.Account) (desk.Account, error) {
		a.Secret = sealed
		return a, nil
	}); err != nil {
		t.Fatal(err)
	}
}

// worker is a connector with a sender that both use the tokens.
func (o *tokenOffice) worker(t testing.TB) *Connector {
	log := slog.New(slog.NewTextHandler(testLog{t}, nil))
	none := func(context.Context, desk.Account) (string, error) {
		return "", errors.New("no password is to be asked for")
	}
	sender := NewSender(SenderOptions{Desk: o.desk, Password: none, Tokens: o.tokens, Log: log})
	sender.patience.again = 50 * time.Millisecond
	c := New(Options{Desk: o.desk, Password: none, Tokens: o.tokens, Outbox: sender, Log: log})
	c.pace.again, c.pace.most = 20*time.Millisecond, time.Second
	return c
}

// write queues a mail to the account itself.
func (o *tokenOffice) write(t testing.TB, subject string) desk.OutgoingID {
	t.Helper()
	dr, err := o.seat.NewMail(t.Context(), "support")
	if err != nil {
		t.Fatal(err)
	}
	dr.Subject, dr.Text, dr.To = subject, "text", []desk.Mailbox{{Addr: oauthUser}}
	sent, err := o.seat.Send(t.Context(), dr, desk.SendOptions{Confirmed: []desk.Guard{desk.GuardNewRecipient}})
	if err != nil || len(sent.Cautions) > 0 {
		t.Fatalf("queue a mail: %v, %v", sent.Cautions, err)
	}
	return sent.Outgoing.ID
}

func (o *tokenOffice) outgoing(t testing.TB, id desk.OutgoingID) desk.OutgoingState {
	t.Helper()
	out, err := o.desk.Mailroom().Outgoing(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return out.State
}

// states collects the states the account has from now on.
func (o *tokenOffice) states(t *testing.T) func() []desk.AccountState {
	ctx, stop := context.WithCancel(t.Context())
	bell := o.desk.Bell().Listen()
	var list []desk.AccountState
	var ended sync.WaitGroup
	ended.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-bell.Rung():
				bell.Take()
			}
			accounts, err := o.seat.Accounts(context.Background())
			if err == nil && len(accounts) == 1 && !slices.Contains(list, accounts[0].State) {
				list = append(list, accounts[0].State)
			}
		}
	})
	return func() []desk.AccountState {
		stop()
		ended.Wait()
		bell.Close()
		return list
	}
}

// closeAll empties the list of what is open.
func (o *tokenOffice) closeAll(t *testing.T) {
	t.Helper()
	var ids []desk.ConversationID
	for _, r := range o.rows(t, desk.InOpen) {
		ids = append(ids, r.ID)
	}
	if _, err := o.seat.Close(t.Context(), ids); err != nil {
		t.Fatal(err)
	}
}

// POSTROOM_OAUTH=10m is the long form: how long mail comes and goes.
func howLong(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("POSTROOM_OAUTH")
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Tokens that live for seconds keep an account going: mail comes in and goes
// out, each mail once, no refresh token is used twice, and nobody is told of
// anything.
func TestTokensKeepAnAccountGoing(t *testing.T) {
	t.Parallel()
	o := newTokenOffice(t, 3*time.Second, bothServers)
	seen := o.states(t)
	run(t, o.worker(t))
	ends := time.Now().Add(howLong(t))
	renewed, mails := 0, 0
	for renewed < 3 || time.Now().Before(ends) {
		mails++
		in, out := fmt.Sprintf("in %d", mails), fmt.Sprintf("out %d", mails)
		id := o.write(t, out)
		o.mail.Deliver(t, oauthUser, rawMail(in, "text"))
		o.await(t, "the mail in", func() bool { return slices.Contains(o.subjects(t, desk.InOpen), in) })
		o.await(t, "the mail out", func() bool { return o.outgoing(t, id) == desk.Accepted })
		if mails%5 == 0 {
			o.mail.Restart(t) // every session has to sign in again
		}
		if mails%100 == 0 {
			o.closeAll(t) // the list is for what is open
		}
		renewed, _ = o.provider.Refreshes()
	}
	renewed, reused := o.provider.Refreshes()
	if reused != 0 {
		t.Errorf("%d of %d renewals came with a used token", reused, renewed)
	}
	if got := len(o.mail.Messages(t, oauthUser, "INBOX")); got != 2*mails {
		t.Errorf("%d mails arrived at the server, %d were sent", got, 2*mails)
	}
	if states := seen(); slices.Contains(states, desk.AccountNeedsSignIn) || len(states) == 0 {
		t.Errorf("the account was %v", states)
	}
	t.Logf("%d renewals, %d mails in, %d out, none lost", renewed, mails, mails)
}
