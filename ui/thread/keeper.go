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
	mu     sync.Mutex
	newest int
}

// save stores the text unless a newer one has been stored or sent.
func (k *keeper) save(ctx context.Context, d shell.Desk, draft desk.Draft, edits int) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if edits < k.newest {
		return nil
	}
	k.newest = edits
	_, err := d.SaveDraft(ctx, draft)
	return err
}

// finish runs what ends the text. If it succeeds nothing is saved any more.
func (k *keeper) finish(do func() (done bool, err error)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	done, err := do()
	if done {
		k.newest = math.MaxInt
	}
	return err
}
