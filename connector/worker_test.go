package connector

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testdesk"
	"postroom/internal/testserver"
	"postroom/store"
)

// office is a desk with one inbox, for tests.
type office struct {
	desk  *desk.Desk
	seat  *desk.Seat
	inbox desk.Inbox
	path  string
}

func newOffice(t testing.TB, kind desk.InboxKind) *office {
	t.Helper()
	o := openOffice(t, testdesk.File(t))
	in, err := o.seat.CreateInbox(context.Background(), "support", kind)
	if err != nil {
		t.Fatal(err)
	}
	o.inbox = in
	return o
}

func openOffice(t testing.TB, path string) *office {
	t.Helper()
	return openOfficeWith(t, path, desk.Outside{Clock: time.Now})
}

// openOfficeWith opens it with a clock and a lease time of its own.
func openOfficeWith(t testing.TB, path string, outside desk.Outside) *office {
	t.Helper()
	return openOfficeOn(t, path, outside, func(s desk.Store) desk.Store { return s })
}

// openOfficeOn opens it on what becomes of its store.
func openOfficeOn(t testing.TB, path string, outside desk.Outside, on func(desk.Store) desk.Store) *office {
	t.Helper()
	ctx := context.Background()
	st, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	outside.Store, outside.Rand = on(st), rand.Reader
	d, err := desk.New(ctx, outside)
	if err != nil {
		t.Fatal(err)
	}
	actor, err := d.SignIn(ctx, "root", "")
	if err != nil {
		t.Fatal(err)
	}
	return &office{desk: d, seat: d.As(actor), path: path}
}

// connect gives the inbox an account on a test server.
func (o *office) connect(t testing.TB, url, caFile, user string) desk.Account {
	t.Helper()
	a := accountOn(t, url, caFile, user)
	a, err := o.seat.Connect(context.Background(), "support", a)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (o *office) connector(t testing.TB) *Connector {
	t.Helper()
	c := New(Options{
		Desk:     o.desk,
		Password: func(context.Context, desk.Account) (string, error) { return testserver.Password, nil },
		Log:      slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelInfo})),
	})
	c.pace.again = 20 * time.Millisecond
	return c
}

// testLog puts log lines where a failed test shows them.
type testLog struct{ t testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(string(p[:max(0, len(p)-1)]))
	return len(p), nil
}

// run runs a connector until the test ends.
func run(t testing.TB, c *Connector) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("run: %v", err)
			}
		case <-time.After(30 * time.Second):
			t.Error("the connector does not stop")
		}
	}
	t.Cleanup(stop)
	return stop
}

// sync makes one pass that has to work.
func (o *office) sync(t testing.TB, c *Connector) Summary {
	t.Helper()
	list, err := c.Sync(soon(t, time.Minute))
	if err != nil || len(list) != 1 {
		t.Fatalf("sync: %v, %v", list, err)
	}
	if list[0].Err != nil {
		t.Fatalf("sync: %v", list[0].Err)
	}
	return list[0]
}

// rows lists what is in a place, newest first.
func (o *office) rows(t testing.TB, place desk.Place) []desk.Row {
	t.Helper()
	page, err := o.seat.List(context.Background(), desk.View{Inbox: o.inbox.ID, Place: place, Assigned: desk.Anybody, Sort: desk.ByNewest}, desk.Window{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return page.Rows
}

func (o *office) subjects(t testing.TB, place desk.Place) []string {
	t.Helper()
	var list []string
	for _, r := range o.rows(t, place) {
		list = append(list, r.Subject)
	}
	return list
}

// await waits for the bell until something holds.
func (o *office) await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	bell := o.desk.Bell().Listen()
	defer bell.Close()
	ctx := soon(t, 2*time.Minute)
	for !holds() {
		select {
		case <-bell.Rung():
			bell.Take()
		case <-ctx.Done():
			t.Fatalf("waited for %s; open: %v", what, o.subjects(t, desk.InOpen))
		}
	}
}

func TestFirstSyncThenIncremental(t *testing.T) {
	mail := testserver.Shared(t)
	user := mail.User(t)
	mail.Fill(t, user, "INBOX", 130, func(i int) testserver.Letter {
		return testserver.Letter{Raw: rawMail(fmt.Sprintf("letter %d", i), "text")}
	})
	o := newOffice(t, desk.Shared)
	o.connect(t, "imaps://"+mail.IMAPS, mail.CAFile, user)
	c := o.connector(t)
	if s := o.sync(t, c); s.New != 130 {
		t.Errorf("the first pass brought %d mails, want 130", s.New)
	}
	if rows := o.rows(t, desk.InOpen); len(rows) != 130 || rows[0].Subject != "letter 129" {
		t.Errorf("%d conversations, the newest %q", len(rows), rows[0].Subject)
	}
	if s := o.sync(t, c); s.New != 0 || s.Known != 0 {
		t.Errorf("a pass over nothing new brought %+v", s)
	}
	mail.Deliver(t, user, rawMail("fresh", "text"))
	mail.Delete(t, user, "INBOX", 3, 5)
	if s := o.sync(t, c); s.New != 1 || s.Gone != 2 {
		t.Errorf("one new and two gone, but %+v", s)
	}
	if got := o.subjects(t, desk.InOpen); len(got) != 131 || got[0] != "fresh" {
		t.Errorf("after a deletion on the server %d conversations, the newest %q", len(got), got[0])
	}
	for _, m := range mail.Messages(t, user, "INBOX") {
		for _, f := range m.Flags {
			if f == `\Seen` {
				t.Errorf("reading has set %s on UID %d", f, m.UID)
			}
		}
	}
}

func TestOldMailComesInClosed(t *testing.T) {
	mail := testserver.Shared(t)
	user := mail.User(t)
	mail.Fill(t, user, "INBOX", 2, func(i int) testserver.Letter {
		return testserver.Letter{Raw: rawMail(fmt.Sprintf("letter %d", i), "text"), Received: time.Now().AddDate(0, -2+2*i, -1)}
	})
	o := newOffice(t, desk.Shared)
	o.connect(t, "imaps://"+mail.IMAPS, mail.CAFile, user)
	o.sync(t, o.connector(t))
	if open, closed := o.subjects(t, desk.InOpen), o.subjects(t, desk.InClosed); fmt.Sprint(open, closed) != "[letter 1] [letter 0]" {
		t.Errorf("open %v, closed %v", open, closed)
	}
}

func TestNewMailArrivesByIdle(t *testing.T) {
	mail := testserver.Shared(t)
	user := mail.User(t)
	o := newOffice(t, desk.Shared)
	o.connect(t, "imaps://"+mail.IMAPS, mail.CAFile, user)
	run(t, o.connector(t))
	o.await(t, "the account to be connected", func() bool { return o.state(t) == desk.AccountConnected })
	for i := range 3 {
		subject := fmt.Sprintf("live %d", i)
		mail.Deliver(t, user, rawMail(subject, "text"))
		o.await(t, subject, func() bool { got := o.subjects(t, desk.InOpen); return len(got) == i+1 && got[0] == subject })
	}
}

func (o *office) state(t testing.TB) desk.AccountState {
	t.Helper()
	list, err := o.seat.Accounts(context.Background())
	if err != nil || len(list) == 0 {
		t.Fatalf("accounts: %v, %v", list, err)
	}
	return list[0].State
}

func TestMoveAndUIDValidityMakeNoNewMail(t *testing.T) {
	mail := testserver.Start(t, testserver.Options{Users: []string{"anna@example.test"}})
	user := "anna@example.test"
	for i := range 5 {
		mail.Deliver(t, user, rawMail(fmt.Sprintf("letter %d", i), "text"))
	}
	o := newOffice(t, desk.Shared)
	o.connect(t, "imaps://"+mail.IMAPS, mail.CAFile, user)
	c := o.connector(t)
	o.sync(t, c)
	mail.Move(t, user, "INBOX", "Junk", 2)
	if s := o.sync(t, c); s.New != 0 || s.Known != 1 || s.Gone != 1 {
		t.Errorf("a move is %+v, want one known and one gone", s)
	}
	mail.ResetUIDValidity(t, user, "INBOX")
	if s := o.sync(t, c); s.New != 0 || s.Known != 4 {
		t.Errorf("a new epoch is %+v, want four known", s)
	}
	if got := o.subjects(t, desk.InOpen); len(got) != 5 {
		t.Errorf("%d conversations, want 5", len(got))
	}
}

func TestSentAndJunk(t *testing.T) {
	mail := testserver.Shared(t)
	user := mail.User(t)
	mail.Deliver(t, user, rawMail("question", "text"))
	o := newOffice(t, desk.Shared)
	o.connect(t, "imaps://"+mail.IMAPS, mail.CAFile, user)
	c := o.connector(t)
	o.sync(t, c)
	answer := []byte("From: us@example.test\r\nTo: Ada <ada@outside.test>\r\nSubject: Re: question\r\n" +
		"Message-ID: <answer@example.test>\r\nIn-Reply-To: <7175657374696f6e@outside.test>\r\n\r\nYes.\r\n")
	mail.Append(t, user, "Sent", answer)
	mail.Append(t, user, "Junk", rawMail("cheap pills", "text"))
	if s := o.sync(t, c); s.New != 2 {
		t.Errorf("the pass brought %+v", s)
	}
	rows := o.rows(t, desk.InOpen)
	if len(rows) != 1 || rows[0].Messages != 2 || rows[0].Owed() {
		t.Errorf("the answer in Sent is not in its conversation: %+v", rows)
	}
	if spam := o.subjects(t, desk.InSpam); fmt.Sprint(spam) != "[cheap pills]" {
		t.Errorf("spam holds %v", spam)
	}
}

func TestFlagsCountInAPersonalInbox(t *testing.T) {
	mail := testserver.Shared(t)
	user := mail.User(t)
	mail.Deliver(t, user, rawMail("letter", "text"))
	o := newOffice(t, desk.Personal)
	o.connect(t, "imaps://"+mail.IMAPS, mail.CAFile, user)
	c := o.connector(t)
	o.sync(t, c)
	if rows := o.rows(t, desk.InOpen); len(rows) != 1 || !rows[0].Unread {
		t.Fatalf("a new letter is %+v", rows)
	}
	mail.SetFlags(t, user, "INBOX", `\Seen`, 1)
	o.sync(t, c)
	if rows := o.rows(t, desk.InOpen); rows[0].Unread {
		t.Error("a letter read in another program is still unread here")
	}
}

func TestReconnectsWhenTheServerComesBack(t *testing.T) {
	user := "anna@example.test"
	mail := testserver.StartDovecot(t, user)
	o := newOffice(t, desk.Shared)
	o.connect(t, "imaps://"+mail.IMAPS, mail.CAFile, user)
	run(t, o.connector(t))
	o.await(t, "the account to be connected", func() bool { return o.state(t) == desk.AccountConnected })
	mail.Stop(t)
	o.await(t, "the loss to be told", func() bool { return o.state(t) == desk.AccountRetrying })
	mail.Resume(t)
	mail.Deliver(t, user, rawMail("after the storm", "text"))
	o.await(t, "the mail after the restart", func() bool { return len(o.subjects(t, desk.InOpen)) == 1 })
	o.await(t, "the account to be connected again", func() bool { return o.state(t) == desk.AccountConnected })
}

func TestPausedAccountIsLeftAlone(t *testing.T) {
	mail := testserver.Shared(t)
	user := mail.User(t)
	o := newOffice(t, desk.Shared)
	a := o.connect(t, "imaps://"+mail.IMAPS, mail.CAFile, user)
	c := o.connector(t)
	run(t, c)
	o.await(t, "the account to be connected", func() bool { return o.state(t) == desk.AccountConnected })
	if _, err := o.seat.Pause(t.Context(), user); err != nil {
		t.Fatal(err)
	}
	o.await(t, "the worker to end", func() bool {
		by, err := c.ServedBy(t.Context(), a.ID)
		return err == nil && by == ""
	})
	mail.Deliver(t, user, rawMail("while paused", "text"))
	list, err := o.connector(t).Sync(t.Context())
	if err != nil || len(list) != 1 || !list[0].Paused || o.state(t) != desk.AccountPaused || len(o.subjects(t, desk.InOpen)) != 0 {
		t.Fatalf("a pass over a paused account: %+v %v, it is %s", list, err, o.state(t))
	}
	if _, _, err := o.seat.Resume(t.Context(), user); err != nil {
		t.Fatal(err)
	}
	o.await(t, "the mail of the pause", func() bool { return len(o.subjects(t, desk.InOpen)) == 1 })
}

func TestTwoConnectorsServeAnAccountInTurn(t *testing.T) {
	mail := testserver.Shared(t)
	user := mail.User(t)
	o := newOffice(t, desk.Shared)
	o.connect(t, "imaps://"+mail.IMAPS, mail.CAFile, user)
	first := o.connector(t)
	stop := run(t, first)
	o.await(t, "the account to be connected", func() bool { return o.state(t) == desk.AccountConnected })
	other := openOffice(t, o.path)
	second := other.connector(t)
	list, err := second.Sync(soon(t, 20*time.Second))
	if err != nil || len(list) != 1 || list[0].ServedBy != first.holder || list[0].Err != nil {
		t.Errorf("a second process syncs: %+v, %v", list, err)
	}
	stop()
	mail.Deliver(t, user, rawMail("letter", "text"))
	if s := o.sync(t, second); s.New != 1 {
		t.Errorf("after the first has let go: %+v", s)
	}
}

// TestInterruptedPassesLoseAndDoubleNothing stops passes at any moment and
// counts in the end.
func TestInterruptedPassesLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	const letters = 700
	mail := testserver.Shared(t)
	user := mail.User(t)
	mail.Fill(t, user, "INBOX", letters, func(i int) testserver.Letter {
		return testserver.Letter{Raw: rawMail(fmt.Sprintf("letter %d", i), fmt.Sprint("text of ", i))}
	})
	o := newOffice(t, desk.Shared)
	o.connect(t, "imap://"+mail.PlainIMAP, "", user)
	for i := range 12 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(20+i*15)*time.Millisecond)
		_, _ = openOffice(t, o.path).connector(t).Sync(ctx)
		cancel()
	}
	o.sync(t, o.connector(t))
	seen := map[string]int{}
	for _, s := range o.subjects(t, desk.InOpen) {
		seen[s]++
	}
	if len(seen) != letters || o.total(t) != letters {
		t.Errorf("%d letters in %d conversations, want %d", len(seen), o.total(t), letters)
	}
}
