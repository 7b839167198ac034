package store

import (
	"context"
	"sync"
	"time"
)

// turnstile lets the processes of a file write in the order in which they came.
// SQLite itself does not queue: who finds the file busy sleeps and tries again,
// ever longer, while those who come later find it free.
//
// It is politeness and not safety. SQLite's own lock stays what keeps two from
// writing at once, so whoever does not know of the turnstile (the sqlite3
// program), or cannot have it (see [openTurns]), is as safe as before.
//
// The lock is in two parts. Who comes takes the gate, then the road, and then
// lets go of the gate; who has written lets go of the road. One process waits
// at the gate for the road, and nobody can get past him: neither who comes new
// nor who has just written. The kernel lets go of both when a process dies.
//
// Within a process one waits for all; the writing session, which whoever is
// here holds, is handed on in order as well.
type turnstile struct {
	path string
	// turns is nil until the first who writes, off says that there are none
	// here.
	turns *turns
	off   bool
	// patience is how long to wait for one's turn.
	patience time.Duration

	// mu guards what follows. waiting says that a goroutine is at the lock,
	// wanted that somebody still wants what it brings, and closed that the one
	// who comes last is to close the file.
	mu                      sync.Mutex
	waiting, wanted, closed bool
	// came tells that the lock is ours. It has room for one.
	came chan error
	// stuck says that the last one who wanted it has given up.
	stuck bool
}

func newTurnstile(path string) *turnstile {
	return &turnstile{path: path, patience: turnPatience, came: make(chan error, 1)}
}

// turnPatience is how long to wait for one's turn. A process that was stopped
// in the middle keeps its own; the others then go on as if there was no
// turnstile, and know it until it lets go.
const turnPatience = busyTimeout / 2

// enter waits for the turn of this process. ours says that it has to be left;
// without it writing goes on all the same, and SQLite's own lock decides.
func (t *turnstile) enter(ctx context.Context) (ours bool, err error) {
	if t.off {
		return false, nil
	}
	if t.turns == nil {
		if t.turns, err = openTurns(t.path); err != nil {
			t.off = true
			return false, nil //nolint:nilerr // the writing itself says what is wrong with the place
		}
	}
	t.mu.Lock()
	if !t.waiting && t.turns.try() {
		t.mu.Unlock()
		return true, nil
	}
	if t.waiting && t.stuck {
		t.mu.Unlock()
		return false, nil
	}
	t.wanted, t.stuck = true, false
	if !t.waiting {
		t.waiting = true
		go t.wait()
	}
	t.mu.Unlock()
	patience := time.NewTimer(t.patience)
	defer patience.Stop()
	select {
	case failure := <-t.came:
		t.off = failure != nil
		return !t.off, nil
	case <-patience.C:
		return t.giveUp(nil)
	case <-ctx.Done():
		return t.giveUp(ctx.Err())
	}
}

// wait stays at the lock until it has it; nothing can call it back from there.
// If nobody wants it any more then, it goes to the next at once.
func (t *turnstile) wait() {
	err := t.turns.wait()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting = false
	switch {
	case t.wanted:
		t.wanted = false
		t.came <- err
		return
	case err == nil:
		t.turns.leave()
	}
	if t.closed {
		t.turns.close()
	}
}

// giveUp no longer wants the turn, unless it has come just now. Who was called
// off does not begin, and who has lost patience goes without.
func (t *turnstile) giveUp(why error) (ours bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting {
		t.wanted, t.stuck = false, why == nil
		return false, why
	}
	failure := <-t.came
	t.off = failure != nil
	if why != nil && failure == nil {
		t.turns.leave()
	}
	return why == nil && failure == nil, why
}

// leave lets the next one write.
func (t *turnstile) leave() { t.turns.leave() }

// close gives the file back, at once or when the one at the lock returns.
func (t *turnstile) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed = t.waiting; !t.closed && t.turns != nil {
		t.turns.close()
		t.turns = nil
	}
	t.off = true
}
