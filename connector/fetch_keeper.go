package connector

import (
	"context"
	"errors"
	"sync"
	"time"

	"postroom/desk"
)

// keeper stores the mails that one session reads, in batches, while the session
// reads on: one batch is being written and one is being filled.
type keeper struct {
	w *worker
	f *folder
	// writes has no room: the session waits when the store is the slower one.
	writes chan []letter
	// ended is readable when nobody takes batches any more.
	ended <-chan error

	// batch is what the session has read since the last hand-over.
	batch []letter
	size  int64
	began time.Time

	open   sync.WaitGroup // batches on their way
	mu     sync.Mutex
	failed error
}

// newKeeper begins to store mails of a folder until ctx ends.
func (w *worker) newKeeper(ctx context.Context, f *folder) *keeper {
	k := &keeper{w: w, f: f, writes: make(chan []letter)}
	k.ended = spawn(w.log, "keep", func() error {
		for {
			select {
			case <-ctx.Done():
				return nil
			case batch := <-k.writes:
				k.write(ctx, batch)
			}
		}
	})
	return k
}

// put takes one mail. It waits when too much is in memory.
func (k *keeper) put(ctx context.Context, l letter) error {
	weight := weigh(l.raw)
	if l.aside != nil {
		defer l.aside.drop()
		weight = weightOf(l.aside.bytes())
	}
	if !k.w.ingest.memory.TryAcquire(weight) {
		// What we hold ourselves must go first, or all would wait for each other.
		if err := k.flush(ctx); err != nil {
			return err
		}
		if err := k.w.ingest.memory.Acquire(ctx, weight); err != nil {
			return err
		}
	}
	if l.aside != nil {
		var err error
		if l.raw, err = l.aside.load(); err != nil {
			k.w.ingest.memory.Release(weight)
			return err
		}
		l.aside = nil
	}
	// Packed here, the mail costs the writer of the store nothing.
	l.packed = k.w.room.Pack(l.raw)
	if len(k.batch) == 0 {
		k.began = time.Now()
	}
	k.batch = append(k.batch, l)
	k.size += weight
	if len(k.batch) >= batchMails || k.size >= batchBytes || time.Since(k.began) >= batchTime {
		return k.flush(ctx)
	}
	return nil
}

// flush hands over what has been read.
func (k *keeper) flush(ctx context.Context) error {
	if err := k.failure(); err != nil {
		k.giveBack(k.batch)
		k.batch, k.size = nil, 0
		return err
	}
	if len(k.batch) == 0 {
		return nil
	}
	batch := k.batch
	k.batch, k.size = nil, 0
	k.open.Add(1)
	select {
	case k.writes <- batch:
		return nil
	case err := <-k.ended:
		k.open.Done()
		k.giveBack(batch)
		return errors.Join(errors.New("mail cannot be stored any more"), err, context.Cause(ctx))
	}
}

// drain hands over the rest and waits until all of it is stored.
func (k *keeper) drain(ctx context.Context) error {
	err := k.flush(ctx)
	k.open.Wait()
	if err == nil {
		err = k.failure()
	}
	return err
}

func (k *keeper) failure() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.failed
}

// giveBack puts mails that were not stored back to what has to be fetched.
func (k *keeper) giveBack(batch []letter) {
	k.drop(batch)
	uids := make([]uint32, len(batch))
	for i, l := range batch {
		uids[i] = l.uid
	}
	k.f.add(uids)
}

// drop frees the memory of mails.
func (k *keeper) drop(batch []letter) {
	for _, l := range batch {
		k.w.ingest.memory.Release(weigh(l.raw))
	}
}

// write is the first transaction for a batch; what is new goes on to be parsed.
func (k *keeper) write(ctx context.Context, batch []letter) {
	defer k.open.Done()
	if k.failure() != nil {
		k.giveBack(batch)
		return
	}
	fresh, err := k.store(ctx, batch)
	if err != nil {
		k.mu.Lock()
		k.failed = err
		k.mu.Unlock()
		k.giveBack(batch)
		return
	}
	k.w.count(int64(len(fresh)), int64(len(batch)-len(fresh)), 0)
	uids := make([]uint32, len(batch))
	for i, l := range batch {
		uids[i] = l.uid
	}
	k.f.succeeded(uids)
	k.parse(ctx, batch, fresh)
}

func (k *keeper) store(ctx context.Context, batch []letter) ([]desk.RawID, error) {
	mails := make([]desk.Fetched, len(batch))
	for i, l := range batch {
		mails[i] = desk.Fetched{UID: l.uid, At: l.at, Seen: l.seen, Answered: l.answered, Packed: l.packed}
	}
	k.f.keep.Lock()
	defer k.f.keep.Unlock()
	cursor := k.f.cursor
	for _, l := range batch {
		cursor.UIDNext = max(cursor.UIDNext, l.uid+1)
		if cursor.Backfilled == 0 || l.uid < cursor.Backfilled {
			cursor.Backfilled = l.uid
		}
	}
	fresh, err := k.w.room.Keep(ctx, k.w.lease, cursor, mails)
	if err == nil {
		k.f.cursor = cursor
	}
	for i := range batch {
		batch[i].packed = desk.Packed{} // it is stored, or made anew
	}
	return fresh, err
}

// parse hands the new mails of a stored batch to the parsers. When all of them
// are new their bytes are at hand; otherwise they are read back, because Keep
// does not say which of them the inbox had already.
func (k *keeper) parse(ctx context.Context, batch []letter, fresh []desk.RawID) {
	a := k.w.account
	if len(fresh) != len(batch) {
		k.drop(batch)
		for _, id := range fresh {
			if k.w.ingest.pick(ctx, id, map[desk.AccountID]desk.Account{a.ID: a}) != nil {
				return // the sweep finds it
			}
		}
		return
	}
	for i, l := range batch {
		t := task{weight: weigh(l.raw), cutOff: a.CutOff, mail: desk.RawMail{
			ID: fresh[i], Inbox: a.Inbox, Account: a.ID, AuthServID: a.AuthServID, Role: k.f.role, At: l.at, Seen: l.seen, Bytes: l.raw,
		}}
		if k.w.ingest.add(ctx, t) != nil {
			k.drop(batch[i+1:])
			return // the sweep finds it
		}
	}
}
