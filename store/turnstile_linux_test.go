package store

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// newTurns makes the turnstiles of some processes at one file.
func newTurns(t *testing.T, n int) []*turnstile {
	t.Helper()
	path := filepath.Join(t.TempDir(), "desk.db")
	var list []*turnstile
	for range n {
		one := newTurnstile(path)
		one.patience = time.Hour // a test that hangs is seen
		t.Cleanup(one.close)
		list = append(list, one)
	}
	return list
}

func mustEnter(t *testing.T, one *turnstile) {
	t.Helper()
	if ours, err := one.enter(t.Context()); err != nil || !ours {
		t.Fatalf("the turn: %v, %v", ours, err)
	}
}

// someoneWaits waits until one waits for the road, who cannot be overtaken then.
// Who only tries takes the gate for a moment as well, so it counts from when he
// has tried.
func someoneWaits(t *testing.T, one, other *turnstile) {
	t.Helper()
	for tried := false; !tried; runtime.Gosched() {
		one.mu.Lock()
		tried = one.waiting
		one.mu.Unlock()
	}
	if other.turns == nil {
		mustOpen(t, other)
	}
	for other.turns.set(unix.F_OFD_SETLK, unix.F_WRLCK, gateByte) == nil {
		other.turns.free(gateByte)
		runtime.Gosched()
	}
}

func mustOpen(t *testing.T, one *turnstile) {
	t.Helper()
	var err error
	if one.turns, err = openTurns(one.path); err != nil {
		t.Fatal(err)
	}
}

// TestTurnsInOrder: who has just written and writes again at once does not get
// past the one who waits. The control is the road alone, without the gate.
func TestTurnsInOrder(t *testing.T) {
	all := newTurns(t, 3)
	a, b, look := all[0], all[1], all[2]
	mustEnter(t, a)
	order, left := make(chan string, 2), make(chan struct{})
	go func() {
		defer close(left)
		if ours, err := b.enter(context.Background()); err != nil || !ours {
			order <- "nobody"
			return
		}
		order <- "b"
		b.leave()
	}()
	someoneWaits(t, b, look)
	a.leave()
	mustEnter(t, a)
	order <- "a"
	a.leave()
	if first, second := <-order, <-order; first != "b" || second != "a" {
		t.Errorf("first %s, then %s", first, second)
	}
	<-left
	// The road is free, and one at the gate is about to take it.
	if err := b.turns.set(unix.F_OFD_SETLK, unix.F_WRLCK, gateByte); err != nil {
		t.Fatal(err)
	}
	if a.turns.try() {
		t.Error("the one at the gate was overtaken")
	}
	if err := a.turns.set(unix.F_OFD_SETLK, unix.F_WRLCK, roadByte); err != nil {
		t.Errorf("without the gate he is not overtaken either: %v; the test sees nothing", err)
	}
}

// TestTurnThatIsKept: a process that was stopped while it had the turn keeps
// others for as long as their patience, once. They go on without, and queue
// again when it has let go.
func TestTurnThatIsKept(t *testing.T) {
	all := newTurns(t, 2)
	a, b := all[0], all[1]
	mustEnter(t, a)
	b.patience = time.Microsecond
	if ours, err := b.enter(t.Context()); ours || err != nil {
		t.Fatalf("it has the turn: %v, %v", ours, err)
	}
	b.patience = time.Hour
	if ours, err := b.enter(t.Context()); ours || err != nil {
		t.Fatalf("it waits again: %v, %v", ours, err)
	}
	a.leave()
	for ours := false; !ours; {
		var err error
		if ours, err = b.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	b.leave()
	mustEnter(t, a) // what came too late for b was given back
	a.leave()
}

// TestTurnCalledOff: who does not want to write any more while he waits does
// not write, and his turn goes to the next.
func TestTurnCalledOff(t *testing.T) {
	all := newTurns(t, 2)
	a, b := all[0], all[1]
	mustEnter(t, a)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if ours, err := b.enter(ctx); ours || !errors.Is(err, context.Canceled) {
		t.Fatalf("called off: %v, %v", ours, err)
	}
	a.leave()
	mustEnter(t, a)
	a.leave()
}

// TestTurnOfTheDead: closing the file, as the system does for a process that is
// killed, lets go of the turn.
func TestTurnOfTheDead(t *testing.T) {
	all := newTurns(t, 2)
	a, b := all[0], all[1]
	mustEnter(t, a)
	a.close()
	mustEnter(t, b)
	b.leave()
}

// TestNoTurnstile: where there can be none, writing goes on.
func TestNoTurnstile(t *testing.T) {
	one := newTurnstile(filepath.Join(t.TempDir(), "no", "such", "directory"))
	for range 2 {
		if ours, err := one.enter(t.Context()); ours || err != nil {
			t.Fatalf("it has the turn: %v, %v", ours, err)
		}
	}
	one.close()
}
