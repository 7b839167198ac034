//go:build !race

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/crash"
	"postroom/internal/testserver"
)

// What is promised here: a mail is never sent twice by us, and never silently
// not sent (promises P11, P12); its copy is in Sent once (P13). Three programs
// send for three accounts. They are killed at any instant, and stopped until
// another has taken their lease; the server loses an answer in twenty after it
// has taken the mail.

// TestCrashOutbox sends and kills. The control sends first and notes it
// afterwards, and must send some mails twice.
func TestCrashOutbox(t *testing.T) {
	mails, kills, stops := crash.Count(90, 6_000), crash.Count(30, 600), crash.Count(2, 30)
	o := newCrashOutbox(t)
	o.queue(5)
	first := o.team.timeTo(func() bool { return o.number("SELECT count(*) FROM outbox WHERE state = 'accepted'") > 0 })
	tally := struct{ waiting, holder, stopped int }{}
	for i := range kills {
		// What is to be sent comes in while the kills go on.
		o.queue(5 + (mails-5)*(i+1)/kills)
		if o.number("SELECT count(*) FROM outbox WHERE state IN ('queued', 'claimed', 'submitting')") > 0 {
			tally.waiting++
		}
		if o.team.killOne(crash.Between(first/4, first*5/4)) == killedHolder {
			tally.holder++
		}
		if i*stops/kills < (i+1)*stops/kills {
			// The last two of the full form wait until the clock says so.
			o.stopOne(tally.stopped >= crash.Count(stops, stops-2))
			tally.stopped++
		}
	}
	o.team.end()
	o.drain()
	if tally.waiting < kills/2 || tally.holder < kills/4 {
		t.Errorf("%+v of %d kills and %d stops: the test proves nothing", tally, kills, stops)
	}
	end := o.check(mails)
	doubled, copied := sendNaively(t, o.mail, o.users[0])
	if doubled == 0 || copied == 0 {
		t.Errorf("the naive program has sent %d mails twice and copied %d: the test shows nothing", doubled, copied)
	}
	crash.Report(t, "%d mails, %d kills (%d while mail waited, %d of a sender), %d senders stopped past their lease, every 20th answer lost: %s; the naive program sent %d twice and has %d copies too many",
		mails, kills, tally.waiting, tally.holder, tally.stopped, end, doubled, copied)
}

// crashOutbox is a desk with three accounts that send.
type crashOutbox struct {
	t      *testing.T
	d      *desktop
	mail   *testserver.Mail
	sink   *testserver.Sink
	users  []string
	team   *crashTeam
	seat   *desk.Seat
	queued int
}

func newCrashOutbox(t *testing.T) *crashOutbox {
	t.Helper()
	o := &crashOutbox{t: t, d: newDesktop(t), users: []string{"one@example.test", "two@example.test", "three@example.test"}}
	o.mail = testserver.StartDovecot(t, o.users...)
	o.sink = testserver.StartSink(t, func(n int) bool { return n%20 == 0 })
	o.d.env["POSTROOM_PASSWORD"] = testserver.Password
	for i, user := range o.users {
		inbox := fmt.Sprint("inbox", i)
		o.d.must("inbox", "create", inbox, "--shared")
		o.d.must("account", "connect", user, "--inbox", inbox, "--imap", "imap://"+o.mail.PlainIMAP, "--smtp", "smtp://"+o.sink.Address)
	}
	o.team = newCrashTeam(t, o.d, 3)
	// The author works in this process, as somebody at a screen would.
	p := newProgram(world{getenv: func(k string) string { return o.d.env[k] }, login: func() (string, error) { return o.d.login, nil }, clock: time.Now})
	h, err := p.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.close() }) // what it wrote is looked at by others
	o.seat = h.seat
	return o
}

func (o *crashOutbox) number(query string) int {
	o.t.Helper()
	return crash.Number(o.t, o.team.db, query)
}

// queue sees to it that so many mails have been handed to the outbox.
func (o *crashOutbox) queue(n int) {
	o.t.Helper()
	ctx := o.t.Context()
	for ; o.queued < n; o.queued++ {
		dr, err := o.seat.NewMail(ctx, fmt.Sprint("inbox", o.queued%len(o.users)))
		if err != nil {
			o.t.Fatal(err)
		}
		dr.To = []desk.Mailbox{{Addr: fmt.Sprintf("customer%d@kite.test", o.queued)}}
		dr.Subject, dr.Text = fmt.Sprint("Matter ", o.queued), "It is on its way."
		sent, err := o.seat.Send(ctx, dr, desk.SendOptions{})
		if err != nil || len(sent.Cautions) > 0 {
			o.t.Fatalf("queue a mail: %v, %v", sent.Cautions, err)
		}
	}
}

// stopOne stops a program that has a lease until another has taken it, and lets
// it go on. The lease runs out by the clock, or is made to.
func (o *crashOutbox) stopOne(byTheClock bool) {
	o.t.Helper()
	victim := -1
	for victim < 0 || !o.passable(o.team.all[victim].Cmd.Process, byTheClock) {
		o.team.start()
		crash.Await(o.t, "a lease", func() bool {
			holders := o.team.holders()
			victim = slices.IndexFunc(o.team.all, func(p *crash.Process) bool { return holders[p.Cmd.Process.Pid] })
			return victim >= 0
		})
		o.signal(o.team.all[victim].Cmd.Process, syscall.SIGSTOP)
		crash.Await(o.t, "it to stand still", func() bool { return standsStill(o.t, o.team.all[victim].Cmd.Process.Pid) })
	}
	process := o.team.all[victim].Cmd.Process
	// A program that has just started asks for the lease at once.
	other := (victim + 1) % len(o.team.all)
	o.team.all[other].Kill()
	o.team.all[other] = nil
	crash.Await(o.t, "the lease to run out", func() bool {
		return o.number("SELECT count(*) FROM accounts WHERE until > 1000 * unixepoch() AND "+heldBy(process)) == 0
	})
	o.team.start()
	crash.Await(o.t, "another to take the lease", func() bool { return o.number("SELECT count(*) FROM accounts WHERE "+heldBy(process)) == 0 })
	o.signal(process, syscall.SIGCONT)
}

// passable tells whether others can write beside a program that is stopped, and
// ends its leases unless the clock is to do that. One that was stopped inside a
// transaction goes on for now: nobody can pass it by.
func (o *crashOutbox) passable(process *os.Process, byTheClock bool) bool {
	o.t.Helper()
	until := "0"
	if byTheClock {
		until = "until"
	}
	conn, err := o.team.db.Conn(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, err = conn.ExecContext(o.t.Context(), "PRAGMA busy_timeout = 100; UPDATE accounts SET until = "+until+" WHERE "+heldBy(process))
	if _, again := conn.ExecContext(o.t.Context(), "PRAGMA busy_timeout = 10000"); again != nil {
		o.t.Fatal(again)
	}
	if err != nil {
		o.signal(process, syscall.SIGCONT)
	}
	return err == nil
}

// standsStill tells whether every thread of a process has stopped, which is some
// time after the signal.
func standsStill(t *testing.T, pid int) bool {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	if err != nil || len(threads) == 0 {
		t.Fatalf("the threads of process %d: %d, %v", pid, len(threads), err)
	}
	for _, thread := range threads {
		stat, err := os.ReadFile(thread)
		if err != nil {
			return false // it has ended since
		}
		// The state is the word after the name, which is in brackets.
		if rest := stat[bytes.LastIndexByte(stat, ')')+1:]; !bytes.HasPrefix(rest, []byte(" T")) {
			return false
		}
	}
	return true
}

func heldBy(process *os.Process) string { return fmt.Sprintf("holder LIKE '%%/%d/%%'", process.Pid) }

func (o *crashOutbox) signal(process *os.Process, signal syscall.Signal) {
	o.t.Helper()
	if err := process.Signal(signal); err != nil {
		o.t.Fatal(err)
	}
}

// drain lets the rest be sent in peace: nothing may stay on its way.
func (o *crashOutbox) drain() {
	o.t.Helper()
	for range 20 {
		if out, err := o.team.command("sync", "--once").CombinedOutput(); err != nil {
			o.t.Fatalf("the last pass: %v\n%s", err, out)
		}
		if o.number("SELECT count(*) FROM outbox WHERE state NOT IN ('accepted', 'in doubt', 'failed')")+o.number("SELECT count(*) FROM jobs") == 0 {
			return
		}
		var waiting []struct {
			ID    int64
			State string
		}
		if err := json.Unmarshal([]byte(o.d.must("outbox", "list", "--json")), &waiting); err != nil {
			o.t.Fatal(err)
		}
		for _, w := range waiting {
			if w.State == string(desk.Deferred) {
				o.d.must("outbox", "retry", fmt.Sprint(w.ID))
			}
		}
	}
	o.t.Errorf("%d mails and %d copies are still on their way",
		o.number("SELECT count(*) FROM outbox WHERE state NOT IN ('accepted', 'in doubt', 'failed')"), o.number("SELECT count(*) FROM jobs"))
}

// check compares the outbox with what has arrived and what is in Sent.
func (o *crashOutbox) check(mails int) string {
	o.t.Helper()
	for _, what := range append(crash.Broken(o.t, o.team.db), wronglySent(o.t, o.d, o.sink.Taken())...) {
		o.t.Error(what)
	}
	copies := map[string]int{}
	for _, user := range o.users {
		for _, stored := range o.mail.Messages(o.t, user, "Sent") {
			copies[strings.Trim(headOf(o.t, stored.Raw).Get("Message-Id"), "<>")]++
		}
	}
	states := map[string][]string{}
	for _, state := range []string{"accepted", "in doubt", "failed"} {
		if list := crash.Rows(o.t, o.team.db, "SELECT header_id FROM outbox WHERE state = '"+state+"'"); list != "" {
			states[state] = strings.Split(strings.ReplaceAll(list, "0: ", ""), "\n")
		}
	}
	taken, twice, lost, arrived, miscopied := o.sink.Taken(), 0, 0, 0, 0
	for _, n := range taken {
		if n > 1 {
			twice++
		}
	}
	for _, id := range states["accepted"] {
		if taken[id] == 0 {
			lost++
		}
		if copies[id] != 1 {
			miscopied++
		}
	}
	for _, id := range states["in doubt"] {
		arrived += taken[id]
	}
	sum := len(states["accepted"]) + len(states["in doubt"]) + len(states["failed"])
	var shown []struct{ State string }
	if err := json.Unmarshal([]byte(o.d.must("outbox", "list", "--json")), &shown); err != nil {
		o.t.Fatal(err)
	}
	if sum != mails || len(states["failed"]) > 0 || miscopied > 0 || len(copies) > mails || len(shown) != len(states["in doubt"]) {
		o.t.Errorf("%d mails: %d accepted, %d in doubt, %d failed; %d accepted ones have no copy in Sent or several; the author sees %d",
			mails, len(states["accepted"]), len(states["in doubt"]), len(states["failed"]), miscopied, len(shown))
	}
	if got := o.number("SELECT count(*) FROM messages"); got != mails {
		o.t.Errorf("%d messages of %d mails", got, mails)
	}
	return fmt.Sprintf("%d sent twice, %d accepted that never arrived, %d accepted, %d in doubt and shown (%d had arrived), %d without exactly one copy in Sent",
		twice, lost, len(states["accepted"]), len(states["in doubt"]), arrived, miscopied)
}

// sendNaively kills the naive program at its work, until it has shown both of
// its mistakes or has had its chances.
func sendNaively(t *testing.T, m *testserver.Mail, user string) (doubled, copied int) {
	t.Helper()
	sink := testserver.StartSink(t, func(n int) bool { return n%20 == 0 })
	cursor := filepath.Join(t.TempDir(), "cursor")
	kills := crash.Count(5, 60)
	for i := range 20 * kills {
		cmd := exec.CommandContext(t.Context(), "naivesend", cursor, sink.Address, m.PlainIMAP, user)
		cmd.Env = os.Environ()
		naive, before := crash.Start(t, cmd), sink.Count()
		crash.Await(t, "the naive program to send", func() bool { return sink.Count() > before })
		select {
		case <-naive.Ended(): // an answer was lost
		case <-time.After(crash.Between(0, 20*time.Millisecond)):
		}
		naive.Kill()
		if i < kills-1 {
			continue
		}
		stored := m.Messages(t, user, "Naive")
		different := map[string]bool{}
		for _, copy := range stored {
			different[string(copy.Raw)] = true
		}
		doubled, copied = sink.Count()-len(sink.Taken()), len(stored)-len(different)
		if doubled > 0 && copied > 0 {
			break
		}
	}
	return doubled, copied
}
