package thread

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"postroom/desk"
	"postroom/ui/shell"
)

// shelf is the part of a desk that keeps drafts.
type shelf struct {
	shell.Desk
	mu     sync.Mutex
	drafts map[desk.DraftKind]string
	refuse error
}

func (s *shelf) SaveDraft(_ context.Context, d desk.Draft) (desk.Draft, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return d, s.refuse
	}
	s.drafts[d.Kind] = d.Text
	return d, nil
}

func (s *shelf) DiscardDraft(_ context.Context, _ desk.ConversationID, k desk.DraftKind) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.drafts, k)
	return nil
}

func text(n int) keeping {
	return keeping{draft: desk.Draft{Kind: desk.DraftReply, Text: fmt.Sprint(n)}, edits: n}
}

// TestASaveAfterSendingBringsNoDraftBack lets many saves and the sending run
// side by side, the way commands do.
func TestASaveAfterSendingBringsNoDraftBack(t *testing.T) {
	ctx := context.Background()
	for range 50 {
		s := &shelf{drafts: map[desk.DraftKind]string{}}
		k := &keeper{}
		var wg sync.WaitGroup
		for n := 1; n <= 20; n++ {
			wg.Go(func() {
				if err := k.save(ctx, s, text(n)); err != nil {
					t.Error(err)
				}
			})
			if n == 10 {
				wg.Go(func() {
					err := k.finish(desk.DraftReply, func() (bool, error) { return true, s.DiscardDraft(ctx, 0, desk.DraftReply) })
					if err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		if len(s.drafts) != 0 {
			t.Fatalf("a draft came back: %v", s.drafts)
		}
	}
}

func TestSavesEndWithTheNewest(t *testing.T) {
	ctx := context.Background()
	for range 50 {
		s := &shelf{drafts: map[desk.DraftKind]string{}}
		k := &keeper{}
		var wg sync.WaitGroup
		for n := 20; n >= 1; n-- {
			wg.Go(func() {
				if err := k.save(ctx, s, text(n)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if s.drafts[desk.DraftReply] != "20" {
			t.Fatalf("the store ended with %q", s.drafts[desk.DraftReply])
		}
	}
}

func TestARefusedSaveCanBeTriedAgain(t *testing.T) {
	ctx := context.Background()
	s := &shelf{drafts: map[desk.DraftKind]string{}, refuse: errors.New("full")}
	k := &keeper{}
	if k.save(ctx, s, text(3)) == nil {
		t.Fatal("no error")
	}
	if err := k.finish(desk.DraftReply, func() (bool, error) { return false, errors.New("no way out") }); err == nil {
		t.Fatal("no error")
	}
	s.refuse = nil
	if err := k.save(ctx, s, text(3)); err != nil || s.drafts[desk.DraftReply] != "3" {
		t.Fatalf("%v, the store has %v", err, s.drafts)
	}
	note := text(4)
	note.draft.Kind, note.gone = desk.DraftNote, desk.DraftReply
	if err := k.save(ctx, s, note); err != nil || len(s.drafts) != 1 || s.drafts[desk.DraftNote] != "4" {
		t.Fatalf("%v, the store has %v", err, s.drafts)
	}
	empty := text(5)
	empty.draft.Kind, empty.empty = desk.DraftNote, true
	if err := k.save(ctx, s, empty); err != nil || len(s.drafts) != 0 {
		t.Fatalf("%v, the store has %v", err, s.drafts)
	}
}

// TestTheEndOfOneTextLeavesTheOther: sending a reply must not keep the note
// that was begun beside it from being stored.
func TestTheEndOfOneTextLeavesTheOther(t *testing.T) {
	ctx := context.Background()
	s := &shelf{drafts: map[desk.DraftKind]string{desk.DraftReply: "0"}}
	k := &keeper{}
	if err := k.finish(desk.DraftNote, func() (bool, error) { return true, nil }); err != nil {
		t.Fatal(err)
	}
	note := text(1)
	note.draft.Kind, note.gone = desk.DraftNote, desk.DraftReply
	if err := k.save(ctx, s, note); err != nil || len(s.drafts) != 0 {
		t.Fatalf("%v: what the note was before lies there as a reply: %v", err, s.drafts)
	}
	if err := k.save(ctx, s, text(2)); err != nil || s.drafts[desk.DraftReply] != "2" {
		t.Fatalf("%v, the store has %v", err, s.drafts)
	}
}
