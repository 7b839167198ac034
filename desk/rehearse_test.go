package desk

import (
	"context"
	"errors"
	"testing"
	"time"
)

// tinyStore keeps whether a write stayed, and nothing else.
type tinyStore struct {
	Store
	kept, refused int
}

func (s *tinyStore) Write(_ context.Context, fn func(Writer) error) error {
	if err := fn(tinyWriter{}); err != nil {
		s.refused++
		return err
	}
	s.kept++
	return nil
}

type tinyWriter struct{ Writer }

func (tinyWriter) Append(*Event) error { return nil }

func TestRehearsalKeepsNothing(t *testing.T) {
	store := &tinyStore{}
	d := &Desk{store: store, clock: time.Now}
	bell := d.Bell().Listen()
	defer bell.Close()
	ran := 0
	use := func(w Writer) error {
		ran++
		return w.Append(&Event{Seq: 1, Inbox: 1})
	}
	if err := d.write(Rehearse(t.Context()), use); err != nil {
		t.Errorf("the rehearsal ended with %v", err)
	}
	if ran != 1 || store.kept != 0 || store.refused != 1 || bell.Take().Touches(0) {
		t.Errorf("rehearsed %d times, kept %d, took back %d", ran, store.kept, store.refused)
	}
	if err := d.write(t.Context(), use); err != nil || store.kept != 1 || !bell.Take().Touches(1) {
		t.Errorf("the same in earnest: %v, kept %d", err, store.kept)
	}
	stop := errors.New("not allowed")
	if err := d.write(Rehearse(t.Context()), func(Writer) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("a rehearsal hides why it would fail: %v", err)
	}
}
