package shell

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// Lane is a place for one question at a time. Asking again cancels the
// question before, and should its answer come all the same, it is told by its
// number and dropped: a late answer never overwrites a newer one.
//
// Only reads belong in a lane. A write must not be cancelled because the user
// has moved on, so it goes through [Do].
type Lane[T any] struct {
	number uint64
	busy   bool
	cancel context.CancelFunc
}

// Answer is what a question has led to. Only its lane can open it.
type Answer[T any] struct {
	lane   *Lane[T]
	number uint64
	value  T
	err    error
}

// Ask begins a question and forgets the one before.
func (l *Lane[T]) Ask(ctx context.Context, read func(context.Context) (T, error)) tea.Cmd {
	l.Drop()
	l.number++
	l.busy = true
	ctx, l.cancel = context.WithCancel(ctx)
	number := l.number
	return func() tea.Msg {
		v, err := read(ctx)
		return Answer[T]{lane: l, number: number, value: v, err: err}
	}
}

// Take opens the answer if it is the one this lane waits for.
func (l *Lane[T]) Take(msg tea.Msg) (value T, err error, ok bool) {
	a, is := msg.(Answer[T])
	if !is || a.lane != l || a.number != l.number || !l.busy {
		return value, nil, false
	}
	l.Drop()
	return a.value, a.err, true
}

// Busy reports whether an answer is being waited for.
func (l *Lane[T]) Busy() bool { return l.busy }

// Drop forgets the question that is under way.
func (l *Lane[T]) Drop() {
	if l.cancel != nil {
		l.cancel()
		l.cancel = nil
	}
	l.busy = false
}
