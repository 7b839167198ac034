package thread

import (
	"context"
	"math"
	"sync"

	"postroom/desk"
	"postroom/ui/shell"
)

// keeper lets the saves of one text and its sending happen one after the other
// and never out of order: commands run side by side, and a save that comes late
// must neither bring back an older text nor a draft that has been sent.
type keeper struct {
	mu sync.Mutex
	// newest are the edits that the store has of each kind.
	newest map[desk.DraftKind]int
}

// keeping is a text to be stored: the edits it has seen tell older from newer.
type keeping struct {
	draft desk.Draft
	edits int
	// empty says that there is nothing to keep any more.
	empty bool
	// gone is the kind the text had before, if that has changed: what is
	// stored under it goes away, so that a note does not lie there as a reply.
	gone desk.DraftKind
}

// save stores the text unless a newer one has been stored or sent.
func (k *keeper) save(ctx context.Context, d shell.Desk, t keeping) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if t.edits >= k.newest[t.draft.Kind] {
		if err := t.store(ctx, d); err != nil {
			return err
		}
		k.note(t.draft.Kind, t.edits)
	}
	if t.gone == "" || t.edits < k.newest[t.gone] {
		return nil
	}
	k.note(t.gone, t.edits)
	return d.DiscardDraft(ctx, t.draft.Conversation, t.gone)
}

func (t keeping) store(ctx context.Context, d shell.Desk) error {
	if t.empty {
		return d.DiscardDraft(ctx, t.draft.Conversation, t.draft.Kind)
	}
	_, err := d.SaveDraft(ctx, t.draft)
	return err
}

func (k *keeper) note(kind desk.DraftKind, edits int) {
	if k.newest == nil {
		k.newest = map[desk.DraftKind]int{}
	}
	k.newest[kind] = edits
}

// finish runs what ends the text. If it succeeds nothing of its kind is saved
// any more.
func (k *keeper) finish(kind desk.DraftKind, do func() (done bool, err error)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	done, err := do()
	if done {
		k.note(kind, math.MaxInt)
	}
	return err
}
