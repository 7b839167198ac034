package store

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/crash"
	"postroom/internal/testserver"
)

// What is promised here: a round robin is fair to one, also when several
// processes ask it for the same conversations at once and some of them are
// killed. Each conversation gets one owner, once, and the turns go round in one
// order without a gap: whoever was killed has either given one and moved the
// turn, or neither.

// The child of a test finds here which desk to open, how many conversations
// there are, and that it is to look and write in two steps: the control.
const (
	turnsAt    = "POSTROOM_STORE_TEST_TURNS"
	turnsUpTo  = "POSTROOM_STORE_TEST_TURNS_UP_TO"
	turnsNaive = "POSTROOM_STORE_TEST_TURNS_NAIVE"
	givers     = 4
)

func TestCrashTurns(t *testing.T) {
	if dsn := os.Getenv(turnsAt); dsn != "" {
		giveAll(t, dsn)
		return
	}
	for name, place := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "desk.db") },
		"postgres": func(t *testing.T) string { return testserver.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			n, kills := crash.Count(120, 20_000), crash.Count(3, 200)
			given, killed := letThemGive(t, place(t), n, kills, "")
			if err := fair(given, n); err != nil {
				t.Error(err)
			}
			control, _ := letThemGive(t, place(t), min(n, 1000), 0, "1")
			unfair := fair(control, min(n, 1000))
			if unfair == nil {
				t.Error("looking and writing in two steps is as fair: the test sees nothing")
			}
			crash.Report(t, "%d conversations given by %d processes, %d times one was killed: each once, the turns in order; the control: %v", n, givers, killed, unfair)
		})
	}
}

// giving is that a conversation was given to a user.
type giving struct {
	conversation desk.ConversationID
	to           desk.UserID
}

// fair is nil when n conversations were given once each, to everybody in turn.
func fair(all []giving, n int) error {
	had := map[desk.ConversationID]bool{}
	for i, g := range all {
		if had[g.conversation] {
			return fmt.Errorf("conversation %d was given twice", g.conversation)
		}
		had[g.conversation] = true
		if i >= claimers && g.to != all[i-claimers].to {
			return fmt.Errorf("the turn of user %d came after %v", g.to, all[i-claimers:i])
		}
		if i < claimers && slices.ContainsFunc(all[:i], func(before giving) bool { return before.to == g.to }) {
			return fmt.Errorf("user %d had two turns before everybody had one", g.to)
		}
	}
	if len(had) != n {
		return fmt.Errorf("%d of %d were given", len(had), n)
	}
	return nil
}

// letThemGive makes a desk of n conversations and lets processes give them away,
// of which one is killed and begun anew a number of times. It returns what the
// journal says, and how many were killed before they had done everything.
func letThemGive(t *testing.T, dsn string, n, kills int, naive string) (given []giving, killed int) {
	t.Helper()
	makeClaimable(t, dsn, n)
	s, err := Open(t.Context(), dsn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Write(t.Context(), addRota); err != nil {
		t.Fatal(err)
	}
	child := func() *exec.Cmd {
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashTurns$", "-test.timeout=50m")
		c.Env = append(os.Environ(), turnsAt+"="+dsn, turnsUpTo+"="+fmt.Sprint(n), turnsNaive+"="+naive)
		c.Stderr = os.Stderr
		return c
	}
	ends := make(chan error)
	for range givers - 1 {
		go func() { ends <- child().Run() }()
	}
	for range kills + 1 {
		c := child()
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		p := crash.Start(t, c)
		lines := bufio.NewScanner(out)
		for left := 1 + rand.IntN(n/(kills+2)+1); left > 0 && lines.Scan(); left-- {
		}
		select {
		case <-p.Ended():
		default:
			killed++
		}
		p.Kill()
	}
	for range givers - 1 {
		if err := <-ends; err != nil {
			t.Fatal(err)
		}
	}
	err = s.Read(t.Context(), func(r desk.Reader) error {
		events, err := r.EventsSince(1, desk.EventAssigned, time.Time{})
		for _, e := range events {
			var to desk.Assignment
			err = errors.Join(err, json.Unmarshal(e.After, &to))
			c, read := r.Conversation(e.Conversation)
			if err = errors.Join(err, read); c.Assignee != to.User && naive == "" {
				t.Errorf("conversation %d has user %d, the journal says %d", c.ID, c.Assignee, to.User)
			}
			given = append(given, giving{e.Conversation, to.User})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return given, killed
}

// addRota makes a round robin of all users.
func addRota(w desk.Writer) error {
	users, err := w.Users()
	if err != nil {
		return err
	}
	rota := desk.Strategy{Name: "rota", Kind: desk.RoundRobin}
	for _, u := range users {
		rota.Targets = append(rota.Targets, desk.Grantee{Kind: desk.ToUser, ID: int64(u.ID)})
	}
	_, err = w.AddStrategy(rota)
	return err
}

// giveAll is one process: it lets the round robin find somebody for one
// conversation after the other.
func giveAll(t *testing.T, dsn string) {
	var n int
	if _, err := fmt.Sscan(os.Getenv(turnsUpTo), &n); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), dsn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := desk.New(t.Context(), desk.Outside{Store: s, Clock: time.Now, Rand: rand.NewChaCha8([32]byte{})})
	if err != nil {
		t.Fatal(err)
	}
	seat := d.As(desk.Actor{Kind: desk.ActorUser, User: 1, Login: claimer(0)})
	give := func(id desk.ConversationID) error {
		_, err := seat.AssignBy(t.Context(), []desk.ConversationID{id}, "rota", 0)
		return err
	}
	if os.Getenv(turnsNaive) != "" {
		give = func(id desk.ConversationID) error { return giveNaively(t.Context(), s, id) }
	}
	for id := desk.ConversationID(1); id <= desk.ConversationID(n); id++ {
		err := give(id)
		for isBusy(err) {
			err = give(id)
		}
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("asked for", id)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// giveNaively looks whose turn it is, and then writes.
func giveNaively(ctx context.Context, s *Store, id desk.ConversationID) error {
	var c desk.Conversation
	var next desk.Agent
	err := s.Read(ctx, func(r desk.Reader) error {
		agents, err := r.Agents(1, 1)
		if err == nil {
			next = slices.MinFunc(agents, func(a, b desk.Agent) int { return cmp.Compare(a.Turn, b.Turn) })
			c, err = r.Conversation(id)
		}
		return err
	})
	if err != nil || c.Assignee != 0 {
		return err
	}
	c.Assignee = next.ID
	return s.Write(ctx, func(w desk.Writer) error {
		to, err := json.Marshal(c.Assignment())
		return errors.Join(err, w.GiveTurn(1, next.ID), w.SaveConversation(c),
			w.Append(&desk.Event{At: time.Now(), Kind: desk.EventAssigned, Inbox: c.Inbox, Conversation: id, After: to}))
	})
}
