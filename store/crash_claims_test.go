package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"golang.org/x/sys/unix"

	"postroom/desk"
	"postroom/internal/crash"
	"postroom/internal/testserver"
)

// What is promised here: of all who take a conversation one wins, and the
// others are told who (promise P14). Eight processes take the same
// conversations at the same time; what each was told, and when, has to be the
// history of one row that is claimed once (a linearizable one).

// The child of a test finds here which desk to open, who it is, and that it is
// to claim without compare-and-set: the control.
const (
	claimAt     = "POSTROOM_STORE_TEST_CLAIM"
	claimAs     = "POSTROOM_STORE_TEST_CLAIM_AS"
	claimUpTo   = "POSTROOM_STORE_TEST_CLAIM_UP_TO"
	claimNaive  = "POSTROOM_STORE_TEST_CLAIM_NAIVE"
	claimers    = 8
	claimAtOnce = 20 // at most, in one transaction
)

func TestCrashClaims(t *testing.T) {
	if dsn := os.Getenv(claimAt); dsn != "" {
		claimAll(t, dsn)
		return
	}
	for name, place := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "desk.db") },
		"postgres": func(t *testing.T) string { return testserver.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			n := crash.Count(400, 100_000)
			began := time.Now()
			h := letThemClaim(t, place(t), n, "")
			took := time.Since(began)
			if double := h.winners(2); len(double) > 0 || len(h.winners(1)) != n {
				t.Errorf("%d of %d conversations have one winner, %d more than one", len(h.winners(1)), n, len(double))
			}
			if bad := h.violations(); len(bad) > 0 {
				t.Errorf("%d conversations have a history that no single row has, the first is %d: %v", len(bad), bad[0], h[bad[0]])
			}
			control := letThemClaim(t, place(t), min(n, 2000), "1")
			doubles, bad := control.winners(2), control.violations()
			if len(doubles) == 0 || len(bad) < len(doubles) {
				t.Errorf("without compare-and-set %d conversations have two winners, and %d histories are refused: the test sees nothing", len(doubles), len(bad))
			}
			crash.Report(t, "%d claims of %d conversations by %d processes in %v: %d winners, 0 double; the control had %d conversations with two winners",
				n*claimers, n, claimers, took.Round(time.Second), n, len(doubles))
		})
	}
}

// claim is what one process was told about one conversation.
type claim struct {
	by           int // process
	asked, heard int64
	holder       int64 // the user who has it
	won          bool
}

// claims are all of them, by conversation.
type claims map[desk.ConversationID][]claim

// winners are the conversations that at least so many have won.
func (h claims) winners(least int) (list []desk.ConversationID) {
	for id, all := range h {
		n := 0
		for _, c := range all {
			if c.won {
				n++
			}
		}
		if n >= least {
			list = append(list, id)
		}
	}
	return list
}

// violations are the conversations whose claims cannot have happened one after
// the other, each somewhere between its question and its answer.
func (h claims) violations() (list []desk.ConversationID) {
	// The state is the holder; who wins found none, who loses is told him.
	model := porcupine.Model{
		Init: func() any { return int64(0) },
		Step: func(state, _, output any) (bool, any) {
			holder, _ := state.(int64)
			c, _ := output.(claim)
			if c.won {
				return holder == 0, c.holder
			}
			return holder != 0 && holder == c.holder, holder
		},
	}
	for id, all := range h {
		var history []porcupine.Operation
		for _, c := range all {
			history = append(history, porcupine.Operation{ClientId: c.by, Call: c.asked, Output: c, Return: c.heard})
		}
		if len(all) != claimers || !porcupine.CheckOperations(model, history) {
			list = append(list, id)
		}
	}
	slices.Sort(list)
	return list
}

// letThemClaim makes a desk of n conversations and lets processes take them.
func letThemClaim(t *testing.T, dsn string, n int, naive string) claims {
	t.Helper()
	makeClaimable(t, dsn, n)
	var children []*exec.Cmd
	var starts []io.WriteCloser
	var outputs []*bufio.Scanner
	for i := range claimers {
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashClaims$", "-test.timeout=50m")
		c.Env = append(os.Environ(), claimAt+"="+dsn, claimAs+"="+fmt.Sprint(i), claimUpTo+"="+fmt.Sprint(n), claimNaive+"="+naive)
		c.Stderr = os.Stderr
		in, err := c.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		if !lines.Scan() || lines.Text() != "ready" {
			t.Fatalf("process %d says %q", i, lines.Text())
		}
		children, starts, outputs = append(children, c), append(starts, in), append(outputs, lines)
	}
	for _, in := range starts {
		if err := in.Close(); err != nil {
			t.Fatal(err)
		}
	}
	all := claims{}
	heard := make(chan []string)
	for i, lines := range outputs {
		go func() {
			var list []string
			for lines.Scan() {
				if rest, ok := strings.CutPrefix(lines.Text(), "claim "); ok {
					list = append(list, fmt.Sprint(i, " ", rest))
				}
			}
			heard <- list
		}()
	}
	for range outputs {
		for _, line := range <-heard {
			var c claim
			var id desk.ConversationID
			if _, err := fmt.Sscan(line, &c.by, &id, &c.asked, &c.heard, &c.holder, &c.won); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			all[id] = append(all[id], c)
		}
	}
	for i, c := range children {
		if err := c.Wait(); err != nil {
			t.Fatalf("process %d: %v", i, err)
		}
	}
	return all
}

func makeClaimable(t *testing.T, dsn string, n int) {
	t.Helper()
	s, err := Open(t.Context(), dsn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Write(t.Context(), func(w desk.Writer) error {
		for i := range claimers {
			if _, err := w.AddUser(desk.User{Login: claimer(i), Name: claimer(i), Role: desk.RoleAgent}); err != nil {
				return err
			}
		}
		in, err := w.AddInbox(desk.Inbox{Name: "support", Kind: desk.Shared, Owner: 1})
		for i := range claimers {
			err = errors.Join(err, w.SaveGrant(desk.Grant{Inbox: in, To: desk.Grantee{Kind: desk.ToUser, ID: int64(i + 1)}, Rights: desk.WorkRights()}))
		}
		return err
	})
	for done := 0; done < n && err == nil; done += 1000 {
		err = s.Write(t.Context(), func(w desk.Writer) error {
			for range min(1000, n-done) {
				id, err := w.NextConversationID()
				if err != nil {
					return err
				}
				if err := w.AddConversation(desk.Conversation{ID: id, Inbox: 1, Status: desk.Open}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

func claimer(i int) string { return fmt.Sprint("agent", i) }

// claimAll is one process: it takes all conversations, some at a time, and says
// what it was told.
func claimAll(t *testing.T, dsn string) {
	var me, n int
	if _, err := fmt.Sscan(os.Getenv(claimAs)+" "+os.Getenv(claimUpTo), &me, &n); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), dsn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := desk.New(t.Context(), desk.Outside{Store: s, Clock: time.Now, Rand: rand.NewChaCha8([32]byte{byte(me)})})
	if err != nil {
		t.Fatal(err)
	}
	seat := d.As(desk.Actor{Kind: desk.ActorUser, User: desk.UserID(me + 1), Login: claimer(me)})
	ids := make([]desk.ConversationID, n)
	for i := range ids {
		ids[i] = desk.ConversationID(i + 1)
	}
	take := taking(seat)
	if os.Getenv(claimNaive) != "" {
		take = naively(s, desk.UserID(me+1))
	}
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin) // until all are ready
	out := bufio.NewWriter(os.Stdout)
	for len(ids) > 0 {
		n := min(1+rand.IntN(claimAtOnce), len(ids))
		asked := monotonic(t)
		holders, err := take(t.Context(), ids[:n])
		for isBusy(err) {
			holders, err = take(t.Context(), ids[:n])
		}
		if err != nil {
			t.Fatal(err)
		}
		heard := monotonic(t)
		for _, id := range ids[:n] {
			h := holders[id]
			fmt.Fprintln(out, "claim", id, asked, heard, max(h, -h), h < 0)
		}
		ids = ids[n:]
	}
	if err := errors.Join(out.Flush(), s.Close()); err != nil {
		t.Fatal(err)
	}
}

func isBusy(err error) bool {
	var e *desk.Error
	return errors.As(err, &e) && e.Code == "DATABASE_BUSY"
}

// taker takes conversations and says who has each: a negative number is oneself
// who has just won it.
type taker func(context.Context, []desk.ConversationID) (map[desk.ConversationID]int64, error)

func taking(seat *desk.Seat) taker {
	return func(ctx context.Context, ids []desk.ConversationID) (map[desk.ConversationID]int64, error) {
		out, err := seat.Take(ctx, ids)
		holders := map[desk.ConversationID]int64{}
		for _, id := range out.Done {
			holders[id] = -int64(seat.Actor().User)
		}
		for _, skipped := range out.Skipped {
			var i int64
			if _, scan := fmt.Sscanf(skipped.Reason, "agent%d has it", &i); scan != nil {
				err = errors.Join(err, fmt.Errorf("the loser is told %q: %w", skipped.Reason, scan))
			}
			holders[skipped.ID] = i + 1
		}
		return holders, err
	}
}

// naively reads who has the conversations, and then writes.
func naively(s *Store, me desk.UserID) taker {
	return func(ctx context.Context, ids []desk.ConversationID) (map[desk.ConversationID]int64, error) {
		holders := map[desk.ConversationID]int64{}
		var free []desk.Conversation
		err := s.Read(ctx, func(r desk.Reader) error {
			for _, id := range ids {
				c, err := r.Conversation(id)
				if err != nil {
					return err
				}
				if holders[id] = int64(c.Assignee); c.Assignee == 0 {
					free = append(free, c)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		err = s.Write(ctx, func(w desk.Writer) error {
			for _, c := range free {
				c.Assignee = me
				holders[c.ID] = -int64(me)
				if err := w.SaveConversation(c); err != nil {
					return err
				}
			}
			return nil
		})
		return holders, err
	}
}

// monotonic is a time that all processes of a machine share.
func monotonic(t *testing.T) int64 {
	t.Helper()
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		t.Fatal(err)
	}
	return now.Nano()
}
