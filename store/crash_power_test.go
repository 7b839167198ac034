//go:build !race

package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/crash"
	"postroom/internal/testserver"
)

// What is promised here: what a transaction has acknowledged survives a power
// cut (promise P2). A process is recorded that keeps mails and says so after
// each commit. Then the power goes at many places of the record, each time with
// the writes lost that were not synced.

// keepInChild holds the path of the database for the process that is recorded,
// carelessVariable is set for the control.
const (
	keepInChild      = "POSTROOM_STORE_TEST_KEEP"
	carelessVariable = "POSTROOM_STORE_TEST_CARELESS"
)

// TestCrashPower cuts the power of a process that works as the program does,
// and of one that syncs less often: the control, which must lose something.
func TestCrashPower(t *testing.T) {
	if path := os.Getenv(keepInChild); path != "" {
		keepAndTell(t, path)
		return
	}
	testserver.NeedTrace(t)
	cuts := crash.Count(20, 200)
	lost, acknowledged, damaged := cutThePower(t, cuts, "")
	for _, what := range append(lost, damaged...) {
		t.Error(what)
	}
	control, _, _ := cutThePower(t, cuts/2, "1")
	if len(control) == 0 {
		t.Error("with synchronous=NORMAL nothing is lost: the cuts do not hit")
	}
	crash.Report(t, "%d power cuts, %d acknowledged commits lost, %d damaged (%d acknowledged in all at the cuts); the control lost something in %d of %d cuts",
		cuts, len(lost), len(damaged), acknowledged, len(control), cuts/2)
}

// keepAndTell keeps mails, parses them, and says so after each commit.
func keepAndTell(t *testing.T, path string) {
	ctx := t.Context()
	s, err := Open(ctx, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv(carelessVariable) != "" {
		w := <-s.writer
		if _, err := w.conn.ExecContext(ctx, "PRAGMA synchronous = NORMAL"); err != nil {
			t.Fatal(err)
		}
		s.writer <- w
	}
	d, seat := deskOn(t, s)
	for i := range crash.Count(20, 150) {
		raw := powerMail(i)
		ids, err := seat.KeepImported(ctx, "support", desk.RoleInbox, []desk.Fetched{{At: time.Now(), Packed: s.Pack(raw)}})
		if err != nil || len(ids) != 1 {
			t.Fatal(ids, err)
		}
		fmt.Printf("kept %d\n", i)
		rm, err := d.Mailroom().Raw(ctx, ids[0])
		if err != nil {
			t.Fatal(err)
		}
		in := desk.Incoming{Raw: rm.ID, Inbox: rm.Inbox, Role: rm.Role, At: rm.At, Mail: desk.Mail{
			MessageID: fmt.Sprintf("%d@b", i), Subject: "Late invoice", From: []desk.Mailbox{{Addr: "a@b.test"}}, Text: string(raw[:200]),
		}}
		if err := d.Mailroom().Receive(ctx, []desk.Incoming{in}); err != nil {
			t.Fatal(err)
		}
		fmt.Printf("received %d\n", i)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// powerMail is the i-th mail: text that does not compress well, of any size up
// to some pages.
func powerMail(i int) []byte {
	r := mathrand.New(mathrand.NewPCG(uint64(i), 1))
	var b strings.Builder
	fmt.Fprintf(&b, "From: a@b.test\r\nMessage-ID: <%d@b>\r\n\r\n", i)
	for range 20 + r.IntN(1200) {
		fmt.Fprintf(&b, "%016x ", r.Uint64())
	}
	return []byte(b.String())
}

func deskOn(t *testing.T, s *Store) (*desk.Desk, *desk.Seat) {
	t.Helper()
	ctx := context.Background()
	d, err := desk.New(ctx, desk.Outside{Store: s, Clock: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	actor, err := d.SignIn(ctx, "maya", "")
	if err != nil {
		t.Fatal(err)
	}
	return d, d.As(actor)
}

// cutThePower records one run and cuts its power. It gives what had been said
// and was gone, one line for each cut that lost something, how many commits had
// been said at all cuts together, and what was damaged.
func cutThePower(t *testing.T, cuts int, careless string) (lost []string, said int, damaged []string) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "desk.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, seat := deskOn(t, s)
	_, err = seat.CreateInbox(t.Context(), "support", desk.Shared)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	disk := crash.ReadDisk(t, dir)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashPower$")
	child.Env = append(os.Environ(), keepInChild+"="+path, carelessVariable+"="+careless)
	record := crash.Record(t, child, dir)
	at := cutsIn(t, record, cuts)
	r := mathrand.New(mathrand.NewPCG(uint64(len(record)), uint64(cuts)))
	told := powerTold{}
	for i, w := range record {
		disk.Do(w)
		told.hear(w)
		for range at[i] {
			loss := crash.Loss(r.IntN(3))
			after := t.TempDir()
			disk.Cut(t, after, loss, r)
			gone, broken := told.missing(t, filepath.Join(after, "desk.db"))
			said += told.kept + told.received
			where := fmt.Sprintf("the power went after %s %d of %d (%s)", w.Call, i, len(record), loss)
			if gone > 0 {
				lost = append(lost, fmt.Sprintf("%s: %d of %d commits are lost", where, gone, told.kept+told.received))
			}
			for _, what := range broken {
				damaged = append(damaged, where+": "+what)
			}
		}
	}
	return lost, said, damaged
}

// cutsIn chooses where to cut: half of the places right after something was
// said, where a lost commit hurts most.
func cutsIn(t *testing.T, record []crash.Written, cuts int) map[int]int {
	t.Helper()
	var spoken []int
	for i, w := range record {
		if w.Call == "said" && strings.HasPrefix(w.Path, "received") {
			spoken = append(spoken, i)
		}
	}
	if len(spoken) == 0 || len(record) < 10*len(spoken) {
		t.Fatalf("%d writes and %d commits were recorded", len(record), len(spoken))
	}
	at := map[int]int{}
	for i := range cuts {
		if i%2 == 0 {
			at[spoken[i/2*len(spoken)/((cuts+1)/2)]]++
			continue
		}
		at[(i*len(record)+len(record)/3)/cuts%len(record)]++
	}
	return at
}

// powerTold is what a process has said so far.
type powerTold struct{ kept, received int }

func (p *powerTold) hear(w crash.Written) {
	switch {
	case w.Call != "said":
	case strings.HasPrefix(w.Path, "kept "):
		p.kept++
	case strings.HasPrefix(w.Path, "received "):
		p.received++
	}
}

// missing opens what the power has left and counts what was said and is not
// there.
func (p *powerTold) missing(t *testing.T, path string) (gone int, broken []string) {
	t.Helper()
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		return 0, []string{err.Error()}
	}
	if err := s.Close(); err != nil {
		return 0, []string{err.Error()}
	}
	db := crash.Open(t, path)
	defer func() { _ = db.Close() }() // reading only
	for i := range p.kept {
		sum := sha256.Sum256(powerMail(i))
		switch {
		case crash.Number(t, db, "SELECT count(*) FROM raws WHERE sha256 = ?", sum[:]) != 1:
			gone++
		case i < p.received && crash.Number(t, db, "SELECT count(*) FROM messages WHERE raw IN (SELECT id FROM raws WHERE sha256 = ?)", sum[:]) != 1:
			gone++
		}
	}
	return gone, slices.Concat(broken, crash.Broken(t, db))
}
