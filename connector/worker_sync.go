package connector

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"postroom/desk"
)

// Summary is what one pass over an account has done.
type Summary struct {
	Account string
	// New mails came in; Known were read again and recognised by their bytes;
	// Gone are no more on the server and stay here.
	New, Known, Gone int
	// Sent mails were taken by the server for outgoing mail.
	Sent int
	// Skipped are messages the server fails to hand out.
	Skipped int
	// ServedBy names the process that serves the account already; then there
	// was nothing to do.
	ServedBy string
	// Paused says that the account was left alone because it is paused.
	Paused bool
	// Err says why the pass is not complete.
	Err error
}

const (
	// syncAtOnce is how many accounts one pass serves at the same time.
	syncAtOnce = 4
	// syncTries is how often a pass connects again without getting further.
	syncTries = 3
	// brokenWait is for how many deadlines of a mail one pass goes on while
	// no mail comes.
	brokenWait = 10
)

// Sync makes one pass over all accounts: it fetches what is missing, parses
// all of it, does what time has brought and sends what is due. The summaries are in the order of the
// accounts; the error is one of the store.
func (c *Connector) Sync(ctx context.Context) ([]Summary, error) {
	accounts, err := c.room.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := c.room.Tick(ctx); err != nil {
		return nil, err
	}
	return c.syncSome(ctx, accounts, (*worker).once)
}

// Repair is Sync for some accounts, in the order given, that looks at every
// folder whole, whatever its server announces: what an audit has found missing
// is fetched, and what was never there is marked as gone.
func (c *Connector) Repair(ctx context.Context, ids []desk.AccountID) ([]Summary, error) {
	accounts, err := c.chosen(ctx, ids)
	if err != nil {
		return nil, err
	}
	return c.syncSome(ctx, accounts, func(w *worker, ctx context.Context) Summary {
		w.noStatus = true
		return w.once(ctx)
	})
}

func (c *Connector) syncSome(ctx context.Context, accounts []desk.Account, once func(*worker, context.Context) Summary) ([]Summary, error) {
	c = c.fresh()
	parsing, stop := context.WithCancelCause(ctx)
	team := &crew{log: c.log, stop: stop}
	defer team.wait()
	defer stop(nil)
	c.ingest.start(parsing, team)
	if _, err := c.ingest.sweep(parsing); err != nil {
		return nil, err
	}
	list := make([]Summary, len(accounts))
	c.forEach(parsing, "sync", accounts, func(i int) { list[i] = once(c.newWorker(accounts[i]), parsing) })
	return list, errors.Join(c.ingest.wait(parsing), ctx.Err())
}

// forEach does something with every account, some of them at a time, until ctx
// ends.
func (c *Connector) forEach(ctx context.Context, name string, accounts []desk.Account, do func(i int)) {
	slots := semaphore.NewWeighted(syncAtOnce)
	var all sync.WaitGroup
	for i, a := range accounts {
		if err := slots.Acquire(ctx, 1); err != nil {
			break
		}
		all.Add(1)
		spawn(c.log, name+" "+a.Address, func() error {
			defer all.Done()
			defer slots.Release(1)
			do(i)
			return nil
		})
	}
	all.Wait()
}

// once makes one pass over one account.
func (w *worker) once(ctx context.Context) Summary {
	if w.account.State == desk.AccountPaused {
		w.tally.Paused = true
		return w.tally
	}
	lease, err := w.tryLease(ctx, w.account.ID)
	if err != nil {
		if desk.KindOf(err) == desk.Conflict {
			w.tally.ServedBy = lease.Holder
		} else {
			w.tally.Err = err
		}
		return w.tally
	}
	w.lease = lease
	held, stop := context.WithCancelCause(ctx)
	team := &crew{log: w.log, stop: stop}
	team.spawn("lease", func() error { return w.renew(held) })
	err = w.pass(held)
	if err == nil && w.outbox != nil {
		w.tally.Sent, err = w.outbox.Drain(held, w.lease, w.account)
	}
	if err != nil {
		w.offline(held, err)
	} else {
		w.fine(held, inboxName)
	}
	stop(nil)
	team.wait()
	w.release()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tally.Err = err
	for _, f := range w.folders {
		w.tally.Skipped += len(f.givenUp())
	}
	return w.tally
}

// pass connects until everything is here, or no attempt gets further.
func (w *worker) pass(ctx context.Context) error {
	if err := w.unlock(ctx); err != nil {
		return err
	}
	wait := w.pace.backoff()
	stuck, broken := 0, 0
	moved := time.Now()
	for {
		before := w.progress()
		err := w.passOnce(ctx)
		if w.progress() > before {
			moved = time.Now()
		}
		// Messages the server fails on are passed over, but nobody waits for
		// hours while each of them runs into its deadline.
		patient := broken < brokenMost && time.Since(moved) < brokenWait*w.pace.mail
		switch {
		case err == nil || ctx.Err() != nil:
			return errors.Join(err, context.Cause(ctx))
		case (errors.Is(err, errBroken) || errors.Is(err, errEpoch)) && patient:
			broken++
			sleep(ctx, w.pace.broken)
			continue
		case errors.Is(err, desk.ErrFenced), errors.Is(err, errSick), desk.KindOf(err) == desk.Denied, desk.KindOf(err) == desk.Invalid:
			return err
		case w.progress() > before:
			stuck = 0
		default:
			stuck++
		}
		if stuck >= syncTries || w.progress() == 0 {
			// Nobody waits for a pass that cannot even begin.
			return err
		}
		sleep(ctx, wait.pause())
	}
}

// progress grows with every mail.
func (w *worker) progress() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tally.New + w.tally.Known + w.tally.Gone
}

func (w *worker) passOnce(ctx context.Context) error {
	s, folders, err := w.arrive(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	still, err := w.unchanged(ctx, s, folders)
	if err != nil {
		return w.outcome(ctx, s, err)
	}
	for _, f := range folders {
		if still[f] {
			continue
		}
		if err := w.passFolder(ctx, s, f); err != nil {
			return w.outcome(ctx, s, err)
		}
	}
	return nil
}

// unchanged finds the folders that need not be opened: what the server
// announces of them is what it announced when everything in them was here, and
// that was looked at lately. A server that cannot answer is not asked again in
// this pass.
func (w *worker) unchanged(ctx context.Context, s *session, folders []*folder) (map[*folder]bool, error) {
	if w.noStatus {
		return nil, nil
	}
	names := make([]string, len(folders))
	for i, f := range folders {
		names[i] = f.name
	}
	now, err := s.announced(names)
	if err != nil {
		w.noStatus = true
		return nil, fmt.Errorf("%w: %w", errBroken, s.explain(err))
	}
	still := map[*folder]bool{}
	for _, f := range folders {
		if as, ok := now[f.name]; ok {
			if still[f], err = w.room.FolderSettled(ctx, w.account.ID, f.name, f.role, as, w.pace.look); err != nil {
				return nil, err
			}
		}
	}
	return still, nil
}

func (w *worker) passFolder(ctx context.Context, s *session, f *folder) error {
	whole, err := w.reconcile(ctx, s, f, false)
	if err != nil {
		if w.refused(f, err) {
			return nil
		}
		return err
	}
	if whole.ModSeq > 0 {
		return w.room.SettleFolder(ctx, w.lease, f.at().ID, whole)
	}
	return w.historyOf(ctx, s, f)
}
