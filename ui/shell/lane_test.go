package shell_test

import (
	"context"
	"errors"
	"testing"

	"postroom/ui/shell"
)

func ask(l *shell.Lane[int], n int) func() any {
	cmd := l.Ask(context.Background(), func(ctx context.Context) (int, error) { return n, ctx.Err() })
	return func() any { return cmd() }
}

func TestLateAnswerIsDropped(t *testing.T) {
	var l shell.Lane[int]
	first, second := ask(&l, 1), ask(&l, 2)
	if v, err, ok := l.Take(second()); !ok || err != nil || v != 2 {
		t.Fatalf("the newer answer: %d %v %v", v, err, ok)
	}
	if _, _, ok := l.Take(first()); ok {
		t.Fatal("the older answer was taken after the newer one")
	}
	if l.Busy() {
		t.Error("the lane waits for nothing, and says it does")
	}
}

func TestAnswerIsTakenOnce(t *testing.T) {
	var l shell.Lane[int]
	msg := ask(&l, 1)()
	if _, _, ok := l.Take(msg); !ok {
		t.Fatal("not taken")
	}
	if _, _, ok := l.Take(msg); ok {
		t.Fatal("taken twice")
	}
}

func TestAskingAgainCancels(t *testing.T) {
	var l shell.Lane[int]
	var ctx context.Context
	cmd := l.Ask(context.Background(), func(c context.Context) (int, error) { ctx = c; return 0, nil })
	cmd()
	ask(&l, 2)
	if !errors.Is(ctx.Err(), context.Canceled) {
		t.Error("the question before still runs")
	}
}

func TestAnswerOfAnotherLane(t *testing.T) {
	var a, b shell.Lane[int]
	ask(&a, 1)
	msg := ask(&b, 2)()
	if _, _, ok := a.Take(msg); ok {
		t.Fatal("a lane has taken another's answer")
	}
}
