package connector

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testdesk"
	"postroom/internal/testserver"
	"postroom/store"
)

// outgoingDesk is a desk whose one account sends, with a clock that can be
// turned forward.
type outgoingDesk struct {
	t       testing.TB
	desk    *desk.Desk
	room    *desk.Mailroom
	seat    *desk.Seat
	account desk.Account
	lease   desk.Lease
	sender  *Sender
	db      string
	log     *strings.Builder
	ahead   *atomic.Int64
	store   desk.Store
}

// sending makes the desk; the account comes from what the test gives.
func sending(t testing.TB, a desk.Account) *outgoingDesk {
	t.Helper()
	ctx := context.Background()
	o := &outgoingDesk{t: t, db: testdesk.File(t), log: &strings.Builder{}, ahead: &atomic.Int64{}}
	st, err := store.Open(ctx, o.db, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	o.store = &moodyStore{Store: st}
	clock := func() time.Time { return time.Now().Add(time.Duration(o.ahead.Load())) }
	if o.desk, err = desk.New(ctx, desk.Outside{Store: o.store, Clock: clock, Rand: rand.Reader}); err != nil {
		t.Fatal(err)
	}
	actor, err := o.desk.SignIn(ctx, "root", "")
	if err != nil {
		t.Fatal(err)
	}
	o.room, o.seat = o.desk.Mailroom(), o.desk.As(actor)
	if _, err := o.seat.CreateInbox(ctx, "support", desk.Shared); err != nil {
		t.Fatal(err)
	}
	if _, err = o.seat.Connect(ctx, "support", a); err != nil {
		t.Fatal(err)
	}
	o.account = o.accountNow()
	o.lease = o.newLease("first")
	o.sender = o.newSender()
	return o
}

// moodyStore fails writes when it is told to.
type moodyStore struct {
	desk.Store
	// fail, if set, decides about the writes to come.
	fail func() error
}

func (m *moodyStore) Write(ctx context.Context, fn func(desk.Writer) error) error {
	if m.fail != nil {
		if err := m.fail(); err != nil {
			return err
		}
	}
	return m.Store.Write(ctx, fn)
}

func (o *outgoingDesk) newSender() *Sender {
	s := NewSender(SenderOptions{
		Desk: o.desk, Log: slog.New(slog.NewTextHandler(o.log, nil)),
		Password: func(context.Context, desk.Account) (string, error) { return testserver.Password, nil },
	})
	s.patience = patience{
		connect: 10 * time.Second, greeting: 10 * time.Second, command: 10 * time.Second, data: 10 * time.Second,
		goodbye: time.Second, grace: 200 * time.Millisecond, doubt: 12 * time.Minute,
		again: s.patience.again, most: s.patience.most, retries: s.patience.retries,
	}
	return s
}

// accountNow is the account with its secrets, as the mailroom sees it.
func (o *outgoingDesk) accountNow() desk.Account {
	o.t.Helper()
	list, err := o.room.Accounts(context.Background())
	if err != nil || len(list) != 1 {
		o.t.Fatalf("%d accounts: %v", len(list), err)
	}
	return list[0]
}

func (o *outgoingDesk) newLease(holder string) desk.Lease {
	o.t.Helper()
	l, err := o.room.Lease(context.Background(), o.account.ID, holder, o.lease.Holder)
	if err != nil {
		o.t.Fatal(err)
	}
	return l
}

// pass turns the clock forward.
func (o *outgoingDesk) pass(d time.Duration) { o.ahead.Add(int64(d)) }

// queue sends a new mail from the author's side.
func (o *outgoingDesk) queue(to ...string) desk.Outgoing {
	o.t.Helper()
	ctx := context.Background()
	dr, err := o.seat.NewMail(ctx, "support")
	if err != nil {
		o.t.Fatal(err)
	}
	dr.Subject, dr.Text = "Ihre Rechnung", "Grüße,\n\n> alt\nneu\n"
	for _, addr := range to {
		dr.To = append(dr.To, desk.Mailbox{Addr: addr})
	}
	sent, err := o.seat.Send(ctx, dr, desk.SendOptions{})
	if err != nil || len(sent.Cautions) > 0 {
		o.t.Fatalf("queue a mail: %v, %v", sent.Cautions, err)
	}
	return sent.Outgoing
}

func (o *outgoingDesk) drain() (int, error) {
	return o.sender.Drain(context.Background(), o.lease, o.account)
}

func (o *outgoingDesk) row(id desk.OutgoingID) desk.Outgoing {
	o.t.Helper()
	out, err := o.room.Outgoing(context.Background(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	return out
}

// want checks the state of a mail and what is said about it.
func (o *outgoingDesk) want(id desk.OutgoingID, state desk.OutgoingState, says string) desk.Outgoing {
	o.t.Helper()
	out := o.row(id)
	if out.State != state || !strings.Contains(out.LastError, says) {
		o.t.Errorf("mail %d is %s (%q), want %s (%q)", id, out.State, out.LastError, state, says)
	}
	return out
}

// onScript is an account on a scripted server without TLS, which loopback
// allows.
func onScript(address string) desk.Account {
	return desk.Account{Address: "anna@example.test", IMAP: "imap://127.0.0.1:1", SMTP: "smtp://" + address, Secret: []byte("x"), FilesSent: true}
}

// script begins every session of a submission server and goes on with steps.
func script(t testing.TB, steps ...testserver.Step) *testserver.Scripted {
	t.Helper()
	return testserver.Script(t, nil, append([]testserver.Step{testserver.Say("220 localhost ESMTP")}, steps...)...)
}

// What a server can do at each stage, and the state each leaves a mail in
// (promises M9, M10).
func TestSenderAtEachStage(t *testing.T) {
	t.Parallel()
	say, hangUp, reset := testserver.Say, testserver.Hangup(), testserver.Reset()
	until := testserver.SMTP{}.Until
	data, whole := say("354 go on"), testserver.ExpectData()
	for name, c := range map[string]struct {
		steps []testserver.Step
		state desk.OutgoingState
		says  string
	}{
		"drop at greeting":        {[]testserver.Step{hangUp}, desk.Deferred, "ended the connection"},
		"4xx at greeting":         {nil, desk.Deferred, ""},
		"4xx at AUTH":             {[]testserver.Step{until("AUTH"), say("454 4.7.0 later"), hangUp}, desk.Deferred, "454 4.7.0 later"},
		"5xx at AUTH":             {[]testserver.Step{until("AUTH"), say("535 5.7.8 wrong"), hangUp}, desk.Deferred, "refuses user name or password"},
		"drop at AUTH":            {[]testserver.Step{until("AUTH"), reset}, desk.Deferred, "ended the connection"},
		"4xx at MAIL":             {[]testserver.Step{until("MAIL"), say("451 4.3.0 busy"), hangUp}, desk.Deferred, "451 4.3.0 busy"},
		"5xx at MAIL":             {[]testserver.Step{until("MAIL"), say("553 5.7.1 not yours"), hangUp}, desk.Failed, "553 5.7.1 not yours"},
		"drop at MAIL":            {[]testserver.Step{until("MAIL"), reset}, desk.Deferred, "ended the connection"},
		"4xx at RCPT":             {[]testserver.Step{until("RCPT"), say("450 4.2.1 greylisted"), hangUp}, desk.Deferred, "ben@customer.test: 450 4.2.1 greylisted"},
		"5xx at RCPT":             {[]testserver.Step{until("RCPT"), say("550 5.1.1 nobody"), hangUp}, desk.Failed, "ben@customer.test: 550 5.1.1 nobody"},
		"421 at RCPT":             {[]testserver.Step{until("RCPT"), say("421 4.3.2 going down"), hangUp}, desk.Deferred, "421 4.3.2 going down"},
		"drop at RCPT":            {[]testserver.Step{until("RCPT"), reset}, desk.Deferred, "ended the connection"},
		"4xx at DATA":             {[]testserver.Step{until("DATA"), say("452 4.3.1 full"), hangUp}, desk.Deferred, "452 4.3.1 full"},
		"5xx at DATA":             {[]testserver.Step{until("DATA"), say("554 5.5.1 no"), hangUp}, desk.Failed, "554 5.5.1 no"},
		"drop at DATA":            {[]testserver.Step{until("DATA"), reset}, desk.Deferred, "ended the connection"},
		"4xx after the dot":       {[]testserver.Step{until("DATA"), data, whole, say("451 4.7.1 later"), hangUp}, desk.Deferred, "451 4.7.1 later"},
		"5xx after the dot":       {[]testserver.Step{until("DATA"), data, whole, say("552 5.3.4 too big"), hangUp}, desk.Failed, "552 5.3.4 too big"},
		"drop after the dot":      {[]testserver.Step{until("DATA"), data, whole, hangUp}, desk.InDoubt, "may have been sent"},
		"reset after the dot":     {[]testserver.Step{until("DATA"), data, whole, reset}, desk.InDoubt, "may have been sent"},
		"half answer":             {[]testserver.Step{until("DATA"), data, whole, testserver.Write("25"), hangUp}, desk.InDoubt, ""},
		"half line":               {[]testserver.Step{until("DATA"), data, whole, testserver.Write("250 2.0.0 que"), hangUp}, desk.InDoubt, ""},
		"half refusal":            {[]testserver.Step{until("DATA"), data, whole, testserver.Write("550 5.7.1 sp"), hangUp}, desk.InDoubt, ""},
		"first of two lines":      {[]testserver.Step{until("DATA"), data, whole, say("250-2.0.0 queued"), hangUp}, desk.InDoubt, ""},
		"nonsense after the dot":  {[]testserver.Step{until("DATA"), data, whole, say("hello?"), hangUp}, desk.InDoubt, ""},
		"354 again after the dot": {[]testserver.Step{until("DATA"), data, whole, say("354 more"), hangUp}, desk.InDoubt, ""},
		"accepted":                {[]testserver.Step{until("DATA"), data, whole, say("250 2.0.0 queued as 4711"), until("QUIT"), say("221 bye")}, desk.Accepted, ""},
		"no goodbye":              {[]testserver.Step{until("DATA"), data, whole, say("250 2.0.0 queued"), hangUp}, desk.Accepted, ""},
		"hostile words":           {[]testserver.Step{until("MAIL"), say("550 5.0.0 \x1b]52;c;eA==\x07 \u202eno"), hangUp}, desk.Failed, "550 5.0.0"},
		"no passwords":            {[]testserver.Step{testserver.SMTP{Extensions: []string{"AUTH XOAUTH2"}}.Until("MAIL"), say("530 5.7.0 sign in"), hangUp}, desk.Failed, "530"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := script(t, c.steps...)
			if name == "4xx at greeting" {
				server = testserver.Script(t, nil, say("421 4.3.2 too many"), hangUp)
			}
			o := sending(t, onScript(server.Address))
			mail := o.queue("ben@customer.test")
			sent, err := o.drain()
			if (sent == 1) != (c.state == desk.Accepted) {
				t.Errorf("%d mails sent, %v", sent, err)
			}
			got := o.want(mail.ID, c.state, c.says)
			if strings.ContainsAny(got.LastError, "\x1b\x07\u202e") {
				t.Errorf("it says %q", got.LastError)
			}
			checkRetry(t, o, server, got)
		})
	}
}

// checkRetry holds a mail to the rule: what is deferred comes again, what is in
// doubt or final never does by itself.
func checkRetry(t *testing.T, o *outgoingDesk, server *testserver.Scripted, got desk.Outgoing) {
	t.Helper()
	if got.State == desk.Deferred && !got.NextTry.After(o.desk.Now()) {
		t.Errorf("it is deferred until %v", got.NextTry)
	}
	before := server.Sessions()
	o.pass(time.Hour)
	if _, err := o.drain(); errors.Is(err, desk.ErrFenced) {
		t.Fatal(err)
	}
	again := server.Sessions() > before
	if again != (got.State == desk.Deferred) {
		t.Errorf("a mail that is %s is tried again: %v", got.State, again)
	}
}

func TestSenderHoldsEverythingWhileNobodyAnswers(t *testing.T) {
	t.Parallel()
	o := sending(t, onScript("127.0.0.1:1"))
	first, second := o.queue("ben@customer.test"), o.queue("carl@customer.test")
	sent, err := o.drain()
	var said *desk.Error
	if sent != 0 || !errors.As(err, &said) || said.Code != "REFUSED" {
		t.Errorf("%d sent, %v", sent, err)
	}
	for _, m := range []desk.Outgoing{first, second} {
		o.want(m.ID, desk.Deferred, "refused")
	}
	due, err := o.room.NextDue(t.Context(), o.account.ID)
	if wait := due.Sub(o.desk.Now()); err != nil || wait < 5*time.Second || wait > time.Minute {
		t.Errorf("the next attempt is in %v, %v", wait, err)
	}
}

func TestSenderHoldsMailForAWrongPassword(t *testing.T) {
	t.Parallel()
	server := script(t, testserver.SMTP{}.Until("AUTH"), testserver.Say("535 5.7.8 no"), testserver.Hangup())
	o := sending(t, onScript(server.Address))
	mail := o.queue("ben@customer.test")
	for range 3 {
		_, err := o.drain()
		if desk.KindOf(err) != desk.Denied {
			t.Errorf("the error is %v", err)
		}
	}
	o.want(mail.ID, desk.Deferred, "Type it again: postroom account reauth ")
	second := o.queue("carl@customer.test")
	if _, err := o.drain(); desk.KindOf(err) != desk.Denied {
		t.Errorf("the error is %v", err)
	}
	o.want(second.ID, desk.Deferred, "Type it again: postroom account reauth ")
	if server.Sessions() != 1 {
		t.Errorf("%d attempts with the same wrong password", server.Sessions())
	}
	if a := o.accountNow(); a.State != desk.AccountNeedsSignIn || !strings.Contains(a.Cause, "refuses user name or password") {
		t.Errorf("the account is %s: %s", a.State, a.Cause)
	}
	// It waits for a person, not for a day.
	o.pass(48 * time.Hour)
	_, _ = o.drain()
	o.want(mail.ID, desk.Deferred, "Type it again: postroom account reauth ")
	changed := o.account
	changed.Secret = []byte("new")
	o.pass(time.Hour)
	if _, err := o.sender.Drain(t.Context(), o.lease, changed); desk.KindOf(err) != desk.Denied || server.Sessions() != 3 {
		t.Errorf("after a new sign-in: %d sessions, %v", server.Sessions(), err)
	}
}

func TestSenderSendsToAllOrNobody(t *testing.T) {
	t.Parallel()
	say := testserver.Say
	server := script(t, testserver.SMTP{}.Until("RCPT"), say("250 fine"), testserver.Expect("RCPT"), say("550 5.1.1 nobody"),
		testserver.Expect("RCPT"), say("450 4.2.0 later"), testserver.Hang())
	o := sending(t, onScript(server.Address))
	mail := o.queue("ben@customer.test", "typo@customer.test", "slow@customer.test")
	if sent, err := o.drain(); sent != 0 || err != nil {
		t.Errorf("%d sent, %v", sent, err)
	}
	got := o.want(mail.ID, desk.Failed, "typo@customer.test: 550 5.1.1 nobody")
	if strings.Contains(got.LastError, "ben@") {
		t.Errorf("it blames %q", got.LastError)
	}
	for _, line := range server.Heard() {
		if strings.HasPrefix(line, "DATA") {
			t.Error("half of the recipients get the mail")
		}
	}
}

func TestSenderKeepsOneConnectionForAllMails(t *testing.T) {
	t.Parallel()
	server := script(t, testserver.SMTP{}.Until("QUIT"), testserver.Say("221 bye"))
	o := sending(t, onScript(server.Address))
	for range 5 {
		o.queue("ben@customer.test")
	}
	if sent, err := o.drain(); sent != 5 || err != nil || server.Sessions() != 1 {
		t.Errorf("%d sent over %d connections, %v", sent, server.Sessions(), err)
	}
}

func TestSenderComesBackWhenTheServerIsTiredOfTheConnection(t *testing.T) {
	t.Parallel()
	until, say := testserver.SMTP{}.Until, testserver.Say
	server := script(t, until("DATA"), say("354 go"), testserver.ExpectData(), say("250 ok"), until("MAIL"), say("421 4.7.0 enough"), testserver.Hangup())
	o := sending(t, onScript(server.Address))
	for range 3 {
		o.queue("ben@customer.test")
	}
	if sent, err := o.drain(); sent != 3 || err != nil || server.Sessions() != 3 {
		t.Errorf("%d sent over %d connections, %v", sent, server.Sessions(), err)
	}
}

func TestSenderGivesUpOnAServerThatHangs(t *testing.T) {
	t.Parallel()
	until, say := testserver.SMTP{}.Until, testserver.Say
	for name, c := range map[string]struct {
		steps []testserver.Step
		state desk.OutgoingState
	}{
		"greeting":      {[]testserver.Step{testserver.Hang()}, desk.Deferred},
		"MAIL":          {[]testserver.Step{say("220 hi"), until("MAIL"), testserver.Hang()}, desk.Deferred},
		"DATA":          {[]testserver.Step{say("220 hi"), until("DATA"), testserver.Hang()}, desk.Deferred},
		"after the dot": {[]testserver.Step{say("220 hi"), until("DATA"), say("354 go"), testserver.ExpectData(), testserver.Hang()}, desk.InDoubt},
		"dripping": {[]testserver.Step{
			say("220 hi"), until("DATA"), say("354 go"), testserver.ExpectData(),
			testserver.Drip(strings.Repeat("250-x\r\n", 10_000), time.Millisecond),
		}, desk.InDoubt},
		"flooding": {[]testserver.Step{testserver.Flood("220-x\r\n", 20<<20), testserver.Hang()}, desk.Deferred},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := sending(t, onScript(testserver.Script(t, nil, c.steps...).Address))
			p := &o.sender.patience
			p.greeting, p.command, p.data = time.Second, time.Second, time.Second
			mail := o.queue("ben@customer.test")
			began := time.Now()
			_, _ = o.drain()
			if spent := time.Since(began); spent > 20*time.Second {
				t.Errorf("it takes %v", spent)
			}
			o.want(mail.ID, c.state, "")
		})
	}
}

func TestSenderWaitsALittleForTheAnswerWhenTheProgramEnds(t *testing.T) {
	t.Parallel()
	until, say := testserver.SMTP{}.Until, testserver.Say
	for name, c := range map[string]struct {
		answer []testserver.Step
		state  desk.OutgoingState
	}{
		"answer in time": {[]testserver.Step{say("250 ok")}, desk.Accepted},
		"no answer":      {[]testserver.Step{testserver.Hang()}, desk.InDoubt},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			end := func(*testserver.Session) error { cancel(); return nil }
			server := script(t, append([]testserver.Step{until("DATA"), say("354 go"), testserver.ExpectData(), end}, c.answer...)...)
			o := sending(t, onScript(server.Address))
			mail := o.queue("ben@customer.test")
			if _, err := o.sender.Drain(ctx, o.lease, o.account); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			o.want(mail.ID, c.state, "")
		})
	}
	t.Run("before the dot", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		end := func(*testserver.Session) error { cancel(); return nil }
		o := sending(t, onScript(script(t, until("MAIL"), end, testserver.Hang()).Address))
		mail := o.queue("ben@customer.test")
		_, _ = o.sender.Drain(ctx, o.lease, o.account)
		got := o.want(mail.ID, desk.Deferred, "the program ended")
		if got.NextTry.After(o.desk.Now()) {
			t.Errorf("it waits until %v", got.NextTry)
		}
	})
}

// What must not be on disk or in a log is looked for where it could be.
func TestNoPasswordIsLeftBehind(t *testing.T) {
	t.Parallel()
	const canary = "canary-Gelbspötter-42"
	server := script(t, testserver.SMTP{}.Until("AUTH"), testserver.Say("535 5.7.8 no"), testserver.Hangup())
	a := onScript(server.Address)
	secrets := NewSecrets(filepath.Join(t.TempDir(), "key"), nil)
	var err error
	if a.Secret, err = secrets.Seal(t.Context(), []byte(canary)); err != nil {
		t.Fatal(err)
	}
	o := sending(t, a)
	o.sender.keys.password = secrets.Password
	o.queue("ben@customer.test")
	_, err = o.drain()
	if err == nil || strings.Contains(err.Error(), canary) || strings.Contains(o.log.String(), canary) {
		t.Errorf("the error is %v, the log:\n%s", err, o.log)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(o.db), "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	err = filepath.WalkDir(filepath.Dir(o.db), func(path string, entry os.DirEntry, err error) error {
		// The database itself belongs to SQLite; nobody else may open it.
		if err != nil || entry.IsDir() || strings.HasPrefix(path, o.db) {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), canary) {
			t.Errorf("%s holds the password", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
