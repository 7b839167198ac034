//go:build !race

package connector

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postroom/desk"
	"postroom/internal/crash"
	"postroom/internal/testserver"
	"postroom/store"
)

// What is promised here: every mail that was sent to us is shown exactly once,
// and what was done to it stays, whatever order things happen in (promises P6,
// P7). A mailbox gets mail of every awkward kind, is moved about and numbered
// anew, while pollers fetch, die, overtake each other and fetch again.

// TestCrashIngest draws such histories. The controls are counted: a program
// that takes the Message-ID for the mail would have lost some, one that takes
// the UID for it would have shown some twice.
func TestCrashIngest(t *testing.T) {
	runs := crash.Count(4, 200)
	users := make([]string, runs+1) // rapid may repeat the last run
	for i := range users {
		users[i] = fmt.Sprintf("ingest%d@example.test", i)
	}
	mail := testserver.StartDovecot(t, users...)
	checks := flag.Lookup("rapid.checks")
	before := checks.Value.String()
	if err := checks.Value.Set(strconv.Itoa(runs)); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = checks.Value.Set(before) }() // it was valid before
	var tally voyageTally
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		v := newVoyage(t, rt, mail, users[min(run, runs)], &tally)
		if run++; run == 1 {
			// What the controls count must be in the histories by more than chance.
			v.deliver("INBOX", "ordinary", "same id", "same id", "no id")
			v.dieAt(1)
			v.fetch(rt)
			v.numberAnew(rt)
		}
		rt.Repeat(map[string]func(*rapid.T){
			"arrive": v.arrive, "fetch": v.fetch, "die": v.die, "overtake": v.overtake,
			"move": v.move, "number anew": v.numberAnew, "work": v.work,
		})
		v.fetch(rt)
		v.check(rt)
	})
	if tally.byID == 0 || tally.byUID == 0 || tally.died == 0 {
		t.Errorf("%+v: the histories prove nothing", &tally)
	}
	crash.Report(t, "%d histories of %d steps: %d mails sent and shown, %d pollers died, %d were overtaken, %d new numberings; by Message-ID %d would be lost, by UID %d shown twice",
		run, tally.steps, tally.sent, tally.died, tally.overtaken, tally.epochs, tally.byID, tally.byUID)
}

type voyageTally struct{ steps, sent, died, overtaken, epochs, byID, byUID int }

// voyage is one history of one mailbox.
type voyage struct {
	t     *testing.T
	mail  *testserver.Mail
	user  string
	path  string
	db    *sql.DB
	tally *voyageTally
	ahead atomic.Int64 // how far the desk's clock is ahead

	epochs int
	// sent is what has arrived, by its subject: the Message-ID, maybe empty.
	sent map[string]string
	// done is what has been done to a conversation: its row as it was then.
	done map[desk.ConversationID]desk.Row
}

func newVoyage(t *testing.T, rt *rapid.T, mail *testserver.Mail, user string, tally *voyageTally) *voyage {
	v := &voyage{
		t: t, mail: mail, user: user, path: filepath.Join(t.TempDir(), "desk.db"), tally: tally,
		sent: map[string]string{}, done: map[desk.ConversationID]desk.Row{},
	}
	mail.Fill(t, user, "Junk", 0, nil)
	p := v.poller(0)
	defer p.close()
	if _, err := p.seat.CreateInbox(context.Background(), "support", desk.Shared); err != nil {
		rt.Fatal(err)
	}
	account := desk.Account{Address: user, IMAP: "imap://" + mail.PlainIMAP, SMTP: "smtp://127.0.0.1:1", Secret: []byte("sealed")}
	if _, err := p.seat.Connect(context.Background(), "support", account); err != nil {
		rt.Fatal(err)
	}
	v.db = crash.Open(t, v.path)
	return v
}

// voyagePoller is one process with its own view on the desk.
type voyagePoller struct {
	*office
	connector *Connector
	store     *store.Store
}

// poller opens the desk as a new process does, later than all before it: the
// leases of the dead have run out. With writes > 0 it dies at that write.
func (v *voyage) poller(writes int) *voyagePoller {
	v.t.Helper()
	ctx := context.Background()
	ahead := time.Duration(v.ahead.Add(int64(2 * desk.LeaseTime)))
	st, err := store.Open(ctx, v.path, store.Options{})
	if err != nil {
		v.t.Fatal(err)
	}
	mood := &moodyStore{Store: st}
	d, err := desk.New(ctx, desk.Outside{Store: mood, Clock: func() time.Time { return time.Now().Add(ahead) }, Rand: rand.Reader})
	if err != nil {
		v.t.Fatal(err)
	}
	actor, err := d.SignIn(ctx, "root", "")
	if err != nil {
		v.t.Fatal(err)
	}
	p := &voyagePoller{office: &office{desk: d, seat: d.As(actor), path: v.path}, store: st}
	if writes > 0 {
		var done atomic.Int64
		mood.fail = func() error {
			if done.Add(1) >= int64(writes) {
				return errDead
			}
			return nil
		}
	}
	p.connector = p.office.connector(v.t)
	p.connector.pace.again, p.connector.pace.broken = time.Millisecond, time.Millisecond
	return p
}

var errDead = errors.New("this process is dead")

func (p *voyagePoller) close() { _ = p.store.Close() } // like a process that is gone

// arrive delivers some mails: ordinary ones, some with the Message-ID of an
// earlier one or with none, and the same bytes once more.
func (v *voyage) arrive(rt *rapid.T) {
	kinds := rapid.SliceOfN(rapid.SampledFrom([]string{"ordinary", "ordinary", "same id", "no id", "same bytes"}), 1, 6).Draw(rt, "kinds")
	v.deliver(rapid.SampledFrom([]string{"INBOX", "INBOX", "INBOX", "Junk"}).Draw(rt, "folder"), kinds...)
}

func (v *voyage) deliver(folder string, kinds ...string) {
	var raws [][]byte
	for _, kind := range kinds {
		subject := fmt.Sprint("letter ", len(v.sent))
		id := fmt.Sprintf("<%d@outside.test>", len(v.sent))
		switch {
		case kind == "same id":
			id = "<again@outside.test>"
		case kind == "no id":
			id = ""
		case kind == "same bytes" && len(raws) > 0:
			raws = append(raws, raws[0])
			continue
		}
		v.sent[subject] = id
		head := "From: Ada <ada@outside.test>\r\nTo: us@example.test\r\nSubject: " + subject + "\r\n"
		if id != "" {
			head += "Message-ID: " + id + "\r\n"
		}
		raws = append(raws, []byte(head+"\r\nHello.\r\n"))
	}
	v.mail.Fill(v.t, v.user, folder, len(raws), func(i int) testserver.Letter { return testserver.Letter{Raw: raws[i]} })
	v.tally.steps++
}

// fetch is a pass that nothing happens to.
func (v *voyage) fetch(rt *rapid.T) {
	p := v.poller(0)
	defer p.close()
	list, err := p.connector.Sync(soon(v.t, time.Minute))
	if err != nil || len(list) != 1 || list[0].Err != nil {
		rt.Fatalf("a pass: %+v, %v", list, err)
	}
	v.tally.steps++
}

// die is a pass that ends with one of its writes, the first or a later one.
func (v *voyage) die(rt *rapid.T) {
	v.dieAt(rapid.IntRange(1, 9).Draw(rt, "write"))
}

func (v *voyage) dieAt(write int) {
	p := v.poller(write)
	defer p.close()
	if list, err := p.connector.Sync(soon(v.t, time.Minute)); err != nil || len(list) > 0 && list[0].Err != nil {
		v.tally.died++
	}
	v.tally.steps++
}

// overtake lets a second poller take the lease while the first is fetching.
func (v *voyage) overtake(rt *rapid.T) {
	first, second := v.poller(0), v.poller(0)
	defer first.close()
	defer second.close()
	var both sync.WaitGroup
	lost := false
	both.Go(func() {
		list, err := first.connector.Sync(soon(v.t, time.Minute))
		lost = err != nil || len(list) == 1 && (list[0].Err != nil || list[0].ServedBy != "")
	})
	both.Go(func() {
		if _, err := second.connector.Sync(soon(v.t, time.Minute)); err != nil {
			v.t.Errorf("the second poller: %v", err)
		}
	})
	both.Wait()
	if lost {
		v.tally.overtaken++
	}
	v.tally.steps++
}

// move takes a mail from one folder to the other, as another program does.
func (v *voyage) move(rt *rapid.T) {
	from, to := "INBOX", "Junk"
	if rapid.Bool().Draw(rt, "back") {
		from, to = to, from
	}
	stored := v.mail.Messages(v.t, v.user, from)
	if len(stored) == 0 {
		return
	}
	v.mail.Move(v.t, v.user, from, to, rapid.SampledFrom(stored).Draw(rt, "mail").UID)
	v.tally.steps++
}

// numberAnew makes the server forget its UIDs, as after a restored backup.
func (v *voyage) numberAnew(*rapid.T) {
	if v.epochs == epochLimit {
		return
	}
	v.epochs++
	v.tally.epochs++
	v.mail.ResetUIDValidity(v.t, v.user, "INBOX")
	v.tally.steps++
}

// work takes, notes and closes a conversation that is shown.
func (v *voyage) work(rt *rapid.T) {
	p := v.poller(0)
	defer p.close()
	shown := v.shown(p)
	if len(shown) == 0 {
		return
	}
	id := rapid.SampledFrom(shown).Draw(rt, "conversation").ID
	if _, found := v.done[id]; found {
		return
	}
	ctx := context.Background()
	_, err := p.seat.Take(ctx, []desk.ConversationID{id})
	if err == nil {
		_, err = p.seat.AddNote(ctx, id, "seen to")
	}
	if err == nil {
		_, err = p.seat.Close(ctx, []desk.ConversationID{id})
	}
	if err != nil {
		rt.Fatal(err)
	}
	for _, row := range v.shown(p) {
		if row.ID == id {
			v.done[id] = row
		}
	}
	v.tally.steps++
}

func (v *voyage) shown(p *voyagePoller) []desk.Row {
	var list []desk.Row
	for _, place := range []desk.Place{desk.InOpen, desk.InClosed, desk.InSpam} {
		list = append(list, p.rows(v.t, place)...)
	}
	slices.SortFunc(list, func(a, b desk.Row) int { return int(a.ID - b.ID) })
	return list
}

// check holds what is shown to what was sent.
func (v *voyage) check(rt *rapid.T) {
	for _, what := range crash.Broken(v.t, v.db) {
		rt.Error(what)
	}
	p := v.poller(0)
	defer p.close()
	seen := map[string]int{}
	for _, row := range v.shown(p) {
		seen[row.Subject] += row.Messages
		if was, found := v.done[row.ID]; found && fmt.Sprintf("%+v", was) != fmt.Sprintf("%+v", row) {
			rt.Errorf("what was done to %q has changed:\n%+v\n%+v", row.Subject, was, row)
		}
	}
	ids := map[string]bool{}
	for subject, id := range v.sent {
		ids[id] = true
		if seen[subject] != 1 {
			rt.Errorf("%q is shown %d times", subject, seen[subject])
		}
	}
	if len(seen) != len(v.sent) {
		rt.Errorf("%d mails are shown, %d were sent", len(seen), len(v.sent))
	}
	v.tally.sent += len(v.sent)
	v.tally.byID += len(v.sent) - len(ids)
	v.tally.byUID += crash.Number(v.t, v.db, "SELECT count(*) - count(DISTINCT raw) FROM ledger")
}
