package connector

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

var errDisk = errors.New("the disk is full")

// mailServer takes every mail and remembers the Message-IDs it has said 250 to,
// or would have.
func mailServer(t *testing.T, answer ...testserver.Step) (*testserver.Scripted, func() map[string]int) {
	t.Helper()
	steps := []testserver.Step{testserver.SMTP{}.Until("DATA"), testserver.Say("354 go"), testserver.ExpectData()}
	server := script(t, append(steps, answer...)...)
	return server, func() map[string]int {
		taken, last := map[string]int{}, ""
		for _, line := range server.Heard() {
			if id, ok := strings.CutPrefix(line, "Message-ID: "); ok {
				last = id
			}
			if line == "." {
				taken[last]++
			}
		}
		return taken
	}
}

// A process that dies between the commit and the answer leaves the mail to the
// next holder of the lease, who must not send it again (crash table).
func TestMailOfADeadWorkerIsInDoubtAndNeverSentAgain(t *testing.T) {
	t.Parallel()
	server, taken := mailServer(t, testserver.Say("250 ok"), testserver.Hangup())
	o := sending(t, onScript(server.Address))
	mail := o.queue("ben@customer.test")
	mood := o.store.(*moodyStore)
	writes := 0
	dead := errors.New("this process is dead")
	mood.fail = func() error {
		// Claim and "submitting" are written; then nothing ever again.
		if writes++; writes > 2 {
			return dead
		}
		return nil
	}
	if _, err := o.drain(); !errors.Is(err, dead) {
		t.Fatalf("got %v", err)
	}
	mood.fail = nil
	o.want(mail.ID, desk.Submitting, "")

	first := o.lease
	o.lease = o.newLease("second")
	o.sender = o.newSender()
	for range 5 {
		o.pass(24 * time.Hour)
		if sent, err := o.drain(); sent != 0 || err != nil {
			t.Errorf("%d sent, %v", sent, err)
		}
	}
	o.want(mail.ID, desk.InDoubt, "the program stopped")
	for id, n := range taken() {
		if n != 1 {
			t.Errorf("%s was sent %d times", id, n)
		}
	}
	// The dead one wakes up: its fence is old.
	err := o.room.Settle(t.Context(), first, o.row(mail.ID), desk.Settled{State: desk.Accepted})
	if !errors.Is(err, desk.ErrFenced) {
		t.Errorf("the first worker may still write: %v", err)
	}
}

func TestMailClaimedByADeadWorkerIsFree(t *testing.T) {
	t.Parallel()
	server, taken := mailServer(t, testserver.Say("250 ok"), testserver.Hangup())
	o := sending(t, onScript(server.Address))
	mail := o.queue("ben@customer.test")
	if _, found, err := o.room.ClaimOutgoing(t.Context(), o.lease); !found || err != nil {
		t.Fatal(found, err)
	}
	if sent, err := o.drain(); sent != 0 || err != nil {
		t.Errorf("its own claim is free: %d sent, %v", sent, err)
	}
	o.lease = o.newLease("second")
	if sent, err := o.drain(); sent != 1 || err != nil || len(taken()) != 1 {
		t.Errorf("%d sent, %v", sent, err)
	}
	o.want(mail.ID, desk.Accepted, "")
}

// A worker that has lost its lease stops before the dot.
func TestWorkerWithoutLeaseSendsNothing(t *testing.T) {
	t.Parallel()
	var o *outgoingDesk
	steal := func(*testserver.Session) error { o.newLease("thief"); return nil }
	server := script(t, testserver.SMTP{}.Until("DATA"), steal, testserver.Say("354 go"), testserver.ExpectData(), testserver.Say("250 ok"))
	o = sending(t, onScript(server.Address))
	mail := o.queue("ben@customer.test")
	if sent, err := o.drain(); sent != 0 || !errors.Is(err, desk.ErrFenced) {
		t.Errorf("%d sent, %v", sent, err)
	}
	o.want(mail.ID, desk.Claimed, "")
	for _, line := range server.Heard() {
		if line == "." {
			t.Error("the dot was sent under a lost lease")
		}
	}
}

// A database that fails at any one write must cost no mail and double none.
func TestSenderSurvivesEveryFailingWrite(t *testing.T) {
	t.Parallel()
	for failing := 1; failing <= 4; failing++ {
		t.Run(fmt.Sprint("write ", failing), func(t *testing.T) {
			t.Parallel()
			server, taken := mailServer(t, testserver.Say("250 ok"), testserver.Hangup())
			o := sending(t, onScript(server.Address))
			mail := o.queue("ben@customer.test")
			mood, writes := o.store.(*moodyStore), 0
			mood.fail = func() error {
				if writes++; writes == failing {
					return errDisk
				}
				return nil
			}
			for range 4 {
				_, _ = o.drain()
				o.pass(time.Hour)
			}
			o.want(mail.ID, desk.Accepted, "")
			for id, n := range taken() {
				if n != 1 {
					t.Errorf("%s was sent %d times", id, n)
				}
			}
		})
	}
}

// A commit that reports failure and is there all the same: the mail is not
// sent under it, and comes back.
func TestSenderDoesNotTrustAFailedCommit(t *testing.T) {
	t.Parallel()
	server, taken := mailServer(t, testserver.Say("250 ok"), testserver.Hangup())
	o := sending(t, onScript(server.Address))
	mail := o.queue("ben@customer.test")
	o.store.(*moodyStore).Store = &lyingStore{Store: o.store.(*moodyStore).Store, lie: 2}
	if _, err := o.drain(); !errors.Is(err, errDisk) {
		t.Fatalf("got %v", err)
	}
	o.want(mail.ID, desk.Deferred, "it was not sent")
	if len(taken()) != 0 {
		t.Error("the mail was sent without the state before the dot")
	}
	o.pass(time.Hour)
	if sent, err := o.drain(); sent != 1 || err != nil {
		t.Errorf("%d sent, %v", sent, err)
	}
	o.want(mail.ID, desk.Accepted, "")
}

// lyingStore commits one write and says that it failed.
type lyingStore struct {
	desk.Store
	count, lie int
}

func (l *lyingStore) Write(ctx context.Context, fn func(desk.Writer) error) error {
	err := l.Store.Write(ctx, fn)
	if l.count++; l.count == l.lie && err == nil {
		return errDisk
	}
	return err
}

// The promise in numbers: servers that lose answers, workers that die. The
// control sends as most programs do, notes it afterwards, and sends twice.
func TestManyMailsAndDyingWorkersSendNoneTwice(t *testing.T) {
	t.Parallel()
	const mails = 60
	run := func(t *testing.T, careful bool) (twice int, o *outgoingDesk) {
		var mu sync.Mutex
		answers := 0
		answer := func(s *testserver.Session) error {
			mu.Lock()
			answers++
			lose := answers%7 == 0
			mu.Unlock()
			if lose {
				return testserver.Reset()(s)
			}
			return testserver.Say("250 ok")(s)
		}
		server, taken := mailServer(t, answer, testserver.Hangup())
		o = sending(t, onScript(server.Address))
		for range mails {
			o.queue("ben@customer.test")
		}
		mood, writes := o.store.(*moodyStore), 0
		for round := range mails {
			writes = 0
			mood.fail = func() error {
				// This worker dies after some writes, a different number each time.
				if writes++; writes > 3+round%9 {
					return errDisk
				}
				return nil
			}
			if careful {
				_, _ = o.drain()
			} else {
				naiveDrain(o)
			}
			mood.fail = nil
			o.lease = o.newLease(fmt.Sprint("worker ", round))
			o.sender = o.newSender()
			o.pass(time.Hour / 4)
		}
		for _, n := range taken() {
			if n > 1 {
				twice++
			}
		}
		return twice, o
	}
	twice, o := run(t, true)
	if twice != 0 {
		t.Errorf("%d mails were sent twice", twice)
	}
	states := map[desk.OutgoingState]int{}
	list, err := o.seat.Outbox(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range list {
		states[out.State]++
	}
	if states[desk.Accepted]+states[desk.InDoubt] != mails || states[desk.InDoubt] == 0 {
		t.Errorf("the states are %v", states)
	}
	t.Logf("states %v", states)
	if control, _ := run(t, false); control == 0 {
		t.Error("the naive control sends nothing twice: this test shows nothing")
	}
}

// naiveDrain sends first and notes it afterwards.
func naiveDrain(o *outgoingDesk) {
	ctx := context.Background()
	for {
		out, found, err := o.room.ClaimOutgoing(ctx, o.lease)
		if err != nil || !found {
			return
		}
		sub, err := openSubmission(ctx, o.account, "x", o.sender.patience)
		if err != nil {
			return
		}
		raw := []byte("Message-ID: <" + out.HeaderID + ">\r\n\r\nx\r\n")
		e, err := envelopeOf(out)
		if err != nil {
			return
		}
		err = sub.submit(ctx, e, raw, func() error { return nil })
		sub.close()
		end := desk.Settled{State: desk.Deferred, Retry: o.desk.Now()}
		if err == nil {
			out.Raw = raw
			end.State = desk.Accepted
		}
		if o.room.Settle(ctx, o.lease, out, end) != nil {
			return
		}
	}
}

func TestRetriesTakeADay(t *testing.T) {
	t.Parallel()
	var age time.Duration
	tries, retryAfter := 0, patientSMTP().retryAfter
	for {
		tries++
		wait, again := retryAfter(tries, age)
		if !again {
			break
		}
		if tries == 1 && wait != time.Minute || wait < time.Minute || wait > 8*time.Hour {
			t.Errorf("try %d waits %v", tries, wait)
		}
		age += wait
	}
	if age < giveUpAge || age > 40*time.Hour || tries < 9 || tries > 12 {
		t.Errorf("given up after %v and %d tries", age, tries)
	}
	if wait, again := retryAfter(1, 100*time.Hour); wait != time.Minute || !again {
		t.Errorf("a mail of a machine that was off: %v %v", wait, again)
	}
	if wait, again := retryAfter(30, 0); wait != time.Minute || !again {
		t.Errorf("a mail its author sends again: %v %v", wait, again)
	}
}

// What nobody has sent for a day goes back to its author, and does not stop
// what is behind it.
func TestLeftOverMailGoesBackToTheDrafts(t *testing.T) {
	t.Parallel()
	server, taken := mailServer(t, testserver.Say("250 ok"), testserver.Hangup())
	o := sending(t, onScript(server.Address))
	old := []desk.Outgoing{o.queue("ben@customer.test"), o.queue("carl@customer.test")}
	o.pass(25 * time.Hour)
	fresh := o.queue("dora@customer.test")
	if sent, err := o.drain(); sent != 1 || err != nil || len(taken()) != 1 {
		t.Errorf("%d sent, %v", sent, err)
	}
	for _, m := range old {
		o.want(m.ID, desk.Cancelled, "")
	}
	o.want(fresh.ID, desk.Accepted, "")
}
