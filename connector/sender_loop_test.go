package connector

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

// countingStore counts what a loop does while nothing happens.
type countingStore struct {
	desk.Store
	calls atomic.Int64
}

func (c *countingStore) Read(ctx context.Context, fn func(desk.Reader) error) error {
	c.calls.Add(1)
	return c.Store.Read(ctx, fn)
}

func (c *countingStore) Write(ctx context.Context, fn func(desk.Writer) error) error {
	c.calls.Add(1)
	return c.Store.Write(ctx, fn)
}

// loop runs the loop and tells what it reports.
func (o *outgoingDesk) loop(t *testing.T) (reports chan error, ended chan error) {
	t.Helper()
	reports, ended = make(chan error, 100), make(chan error, 1)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		ended <- o.sender.Loop(ctx, o.lease, o.account, func(err error) { reports <- err })
	}()
	t.Cleanup(func() { cancel(); <-done })
	return reports, ended
}

func (o *outgoingDesk) await(id desk.OutgoingID, state desk.OutgoingState) {
	o.t.Helper()
	for range 1000 {
		if o.row(id).State == state {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	o.t.Fatalf("mail %d is %s after 10 s, want %s", id, o.row(id).State, state)
}

func TestLoopSleepsUntilThereIsMail(t *testing.T) {
	t.Parallel()
	server, taken := mailServer(t, testserver.Say("250 ok"), testserver.Hangup())
	o := sending(t, onScript(server.Address))
	mood := o.store.(*moodyStore)
	counting := &countingStore{Store: mood.Store}
	mood.Store = counting
	reports, _ := o.loop(t)
	if err := <-reports; err != nil {
		t.Errorf("with nothing to do it reports %v", err)
	}
	time.Sleep(100 * time.Millisecond)
	before := counting.calls.Load()
	time.Sleep(500 * time.Millisecond)
	if n := counting.calls.Load() - before; n != 0 {
		t.Errorf("an idle outbox asks the database %d times in half a second", n)
	}
	mail := o.queue("ben@customer.test")
	o.await(mail.ID, desk.Accepted)
	if len(taken()) != 1 {
		t.Errorf("the server has %d mails", len(taken()))
	}
}

func TestLoopSendsWhatIsHeldAtItsTime(t *testing.T) {
	t.Parallel()
	server, _ := mailServer(t, testserver.Say("250 ok"), testserver.Hangup())
	o := sending(t, onScript(server.Address))
	reports, _ := o.loop(t)
	if err := <-reports; err != nil {
		t.Fatal(err)
	}
	dr, err := o.seat.NewMail(t.Context(), "support")
	if err != nil {
		t.Fatal(err)
	}
	dr.To, dr.Subject, dr.Text = []desk.Mailbox{{Addr: "ben@customer.test"}}, "held", "text"
	began := time.Now()
	sent, err := o.seat.Send(t.Context(), dr, desk.SendOptions{Hold: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	o.await(sent.Outgoing.ID, desk.Accepted)
	if waited := time.Since(began); waited < 300*time.Millisecond {
		t.Errorf("it was held for %v only", waited)
	}
}

func TestLoopReportsAndStays(t *testing.T) {
	t.Parallel()
	server := script(t, testserver.SMTP{}.Until("AUTH"), testserver.Say("535 5.7.8 no"), testserver.Hangup())
	o := sending(t, onScript(server.Address))
	first := o.queue("ben@customer.test")
	reports, _ := o.loop(t)
	if err := <-reports; desk.KindOf(err) != desk.Denied {
		t.Errorf("it reports %v", err)
	}
	second := o.queue("carl@customer.test")
	o.await(first.ID, desk.Deferred)
	o.await(second.ID, desk.Deferred)
	for range 2 {
		select {
		case err := <-reports:
			if desk.KindOf(err) != desk.Denied {
				t.Errorf("then it reports %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("the bell is not heard")
		}
	}
	if server.Sessions() != 1 {
		t.Errorf("%d attempts to sign in", server.Sessions())
	}
}

func TestLoopEndsWithItsLease(t *testing.T) {
	t.Parallel()
	server, _ := mailServer(t, testserver.Say("250 ok"), testserver.Hangup())
	o := sending(t, onScript(server.Address))
	reports, ended := o.loop(t)
	if err := <-reports; err != nil {
		t.Fatal(err)
	}
	o.newLease("thief")
	o.queue("ben@customer.test")
	select {
	case err := <-ended:
		if !errors.Is(err, desk.ErrFenced) {
			t.Errorf("it ends with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it goes on without a lease")
	}
}

// A database that fails for a while must not be asked without a pause.
func TestLoopDoesNotSpinWhenTheDatabaseFails(t *testing.T) {
	t.Parallel()
	server, _ := mailServer(t, testserver.Say("250 ok"), testserver.Hangup())
	o := sending(t, onScript(server.Address))
	mail := o.queue("ben@customer.test")
	var asked atomic.Int64
	var broken atomic.Bool
	broken.Store(true)
	o.store.(*moodyStore).fail = func() error {
		if asked.Add(1); broken.Load() {
			return errDisk
		}
		return nil
	}
	reports, _ := o.loop(t)
	if err := <-reports; !errors.Is(err, errDisk) {
		t.Errorf("it reports %v", err)
	}
	time.Sleep(500 * time.Millisecond)
	if n := asked.Load(); n > 5 {
		t.Errorf("the broken database was asked %d times in half a second", n)
	}
	broken.Store(false)
	o.await(mail.ID, desk.Accepted)
}
