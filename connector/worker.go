package connector

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"postroom/desk"
	"postroom/desk/safe"
)

const (
	// deniedTime is how long to wait after a refused password before it is
	// tried once more: some providers refuse for other reasons, and none must
	// be made to lock the account.
	deniedTime = 30 * time.Minute
	// sickTime is how long an account rests whose folders are renumbered
	// again and again.
	sickTime = 6 * time.Hour
)

// inboxName is the folder every account has (RFC 9051 section 5.1).
const inboxName = "INBOX"

// outboxPart is the part of a worker that sends.
const outboxPart = "outbox"

// errEpoch is a folder whose UIDVALIDITY has changed under us.
var errEpoch = errors.New("the server has numbered the folder anew")

// worker serves one account. One supervisor goroutine holds the lease; below it
// one goroutine per folder waits for news, one fetches history and one sends.
type worker struct {
	*Connector
	account desk.Account
	log     *slog.Logger
	lease   desk.Lease
	keys    keys

	// backfill wakes the goroutine that fetches history; it has room for one.
	backfill chan struct{}

	mu       sync.Mutex
	folders  []*folder
	troubles map[string]error
	online   bool
	blind    bool     // only INBOX is known
	noStatus bool     // the server cannot say what it announces
	lacks    []string // what the server cannot do, in sentences
	told     string   // the health the desk has
	missed   bool     // the desk could not be told; the next renewal of the lease does
	tally    Summary
}

func (c *Connector) newWorker(a desk.Account) *worker {
	return &worker{
		Connector: c, keys: c.keys, account: a, log: c.log.With("account", a.Address),
		backfill: make(chan struct{}, 1), troubles: map[string]error{}, tally: Summary{Account: a.Address},
	}
}

// serve works for the account until ctx ends.
func (w *worker) serve(ctx context.Context) error {
	wait := w.pace.backoff()
	for ctx.Err() == nil {
		lease, err := w.acquire(ctx)
		if err != nil {
			return nil
		}
		w.lease = lease
		began := w.now()
		err = w.tenure(ctx)
		if ctx.Err() != nil {
			return nil
		}
		w.log.Warn("the account is given up for now", "err", err)
		if w.now().Sub(began) > w.pace.most {
			wait.reset()
		}
		sleep(ctx, wait.pause())
	}
	return nil
}

// tenure serves the account under one lease, until ctx ends or the lease is
// lost. The lease goes back at the end.
func (w *worker) tenure(ctx context.Context) error {
	held, stop := context.WithCancelCause(ctx)
	team := &crew{log: w.log, stop: stop}
	team.spawn("lease", func() error { return w.renew(held) })
	team.spawn("account", func() error { return w.supervise(held) })
	<-held.Done()
	team.wait()
	w.release()
	return context.Cause(held)
}

// supervise connects again and again.
func (w *worker) supervise(ctx context.Context) error {
	wait := w.pace.backoff()
	for ctx.Err() == nil {
		began := w.now()
		err := w.connected(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if errors.Is(err, desk.ErrFenced) {
			return err
		}
		if w.now().Sub(began) > w.pace.most {
			wait.reset()
		}
		if errors.Is(err, errRelist) {
			continue
		}
		w.offline(ctx, err)
		switch {
		case desk.KindOf(err) == desk.Denied:
			sleep(ctx, deniedTime)
		case errors.Is(err, errSick):
			sleep(ctx, sickTime)
		default:
			rest(ctx, w.desk, err, &wait)
		}
	}
	return nil
}

// connected finds the folders and serves them until something fails that is
// not a matter of one connection.
func (w *worker) connected(ctx context.Context) error {
	if err := w.unlock(ctx); err != nil {
		return err
	}
	first, folders, err := w.arrive(ctx)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	team := &crew{log: w.log, stop: stop}
	w.mu.Lock()
	clear(w.troubles)
	w.mu.Unlock()
	for i, f := range folders {
		mine := first
		if i > 0 {
			mine = nil
		}
		team.spawn("folder "+f.name, func() error {
			return w.tend(ctx, f.name, func(ctx context.Context) error {
				s := mine
				mine = nil
				return w.watch(ctx, f, s)
			})
		})
	}
	team.spawn("history", func() error { return w.tend(ctx, "history", w.fetchHistory) })
	if w.outbox != nil {
		team.spawn(outboxPart, func() error { return w.send(ctx) })
	}
	<-ctx.Done()
	team.wait()
	first.close()
	return context.Cause(ctx)
}

// unlock gets what the account signs in with, anew each time it connects, so
// that a changed password is found. Its sessions then share the password;
// tokens end, so each session asks for one.
func (w *worker) unlock(ctx context.Context) error {
	secret, err := w.Connector.keys.secret(ctx, w.account, "")
	w.keys.password = given(secret).password
	return err
}

// keepFolders brings the folders in line with what the server lists. What is
// known of a folder outlives a connection. What the server cannot do is noted,
// too, and what is lost.
func (w *worker) keepFolders(list []listing, s *session, lost []string) []*folder {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.blind, w.lacks = s.blind, append(s.lacks(), lost...)
	now := make([]*folder, 0, len(list))
	for _, l := range list {
		i := slices.IndexFunc(w.folders, func(f *folder) bool { return f.listing == l })
		if i >= 0 {
			now = append(now, w.folders[i])
		} else {
			now = append(now, newFolder(l))
		}
	}
	w.folders = now
	return now
}

// tend runs a part of the worker again whenever its connection fails. It gives
// up only what is a matter of the whole account.
func (w *worker) tend(ctx context.Context, part string, run func(context.Context) error) error {
	wait := w.pace.backoff()
	broken, before := 0, 0
	for ctx.Err() == nil {
		began := w.now()
		err := run(ctx)
		if now := w.progress(); now > before {
			broken, before = 0, now
		}
		switch {
		case ctx.Err() != nil || err == nil:
			return nil
		case errors.Is(err, desk.ErrFenced), errors.Is(err, errSick), errors.Is(err, errRelist), desk.KindOf(err) == desk.Denied:
			return err
		case errors.Is(err, errBroken) && broken < brokenMost || errors.Is(err, errEpoch):
			broken++
			if broken > fetchTries {
				// It is not one message alone.
				w.trouble(ctx, part, err)
			} else {
				w.log.Warn("reading goes on without what failed", "part", part, "err", err)
			}
			sleep(ctx, w.pace.broken)
			continue
		default:
		}
		broken = 0
		if w.now().Sub(began) > w.pace.most {
			wait.reset()
		}
		w.trouble(ctx, part, err)
		rest(ctx, w.desk, err, &wait)
	}
	return nil
}

// send empties the outbox as long as the account is connected. What is wrong
// with the way out is told and never stops the way in.
func (w *worker) send(ctx context.Context) error {
	return w.outbox.Loop(ctx, w.lease, w.account, func(err error) {
		switch {
		case ctx.Err() != nil:
		case err != nil:
			w.trouble(ctx, outboxPart, err)
		default:
			w.fine(ctx, outboxPart)
		}
	})
}

// count adds to what this worker has done.
func (w *worker) count(fresh, known, gone int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tally.New += int(fresh)
	w.tally.Known += int(known)
	w.tally.Gone += int(gone)
}

// trouble notes that a part of the account does not work.
func (w *worker) trouble(ctx context.Context, part string, err error) {
	w.log.Warn("the connection is tried again", "part", part, "err", err)
	if desk.KindOf(err) == desk.Unwell {
		return // that is trouble of the desk, and nothing is wrong with the account
	}
	w.mu.Lock()
	w.troubles[part] = err
	w.mu.Unlock()
	w.report(ctx)
}

// fine notes that a part works.
func (w *worker) fine(ctx context.Context, part string) {
	w.mu.Lock()
	delete(w.troubles, part)
	w.online = w.online || part == inboxName
	w.mu.Unlock()
	w.report(ctx)
}

// offline notes that the account does not work at all.
func (w *worker) offline(ctx context.Context, err error) {
	w.log.Warn("the account is not connected", "err", err)
	if desk.KindOf(err) == desk.Unwell {
		return
	}
	w.mu.Lock()
	w.online = false
	clear(w.troubles)
	w.troubles[""] = err
	w.mu.Unlock()
	w.report(ctx)
}

// report tells the desk how the account is, if that has changed.
func (w *worker) report(ctx context.Context) {
	state, cause := w.health()
	w.mu.Lock()
	same := w.told == string(state)+cause
	w.told = string(state) + cause
	w.mu.Unlock()
	if same {
		return
	}
	if err := w.room.SetHealth(ctx, w.lease, state, cause); err != nil && ctx.Err() == nil {
		w.log.Error("the state of the account could not be noted", "err", err)
		w.mu.Lock()
		w.told, w.missed = "", true
		w.mu.Unlock()
	}
}

// reportAgain tells what the database did not take when it was to be told.
func (w *worker) reportAgain(ctx context.Context) {
	w.mu.Lock()
	untold := w.missed
	w.missed = false
	w.mu.Unlock()
	if untold {
		w.report(ctx)
	}
}

func (w *worker) health() (desk.AccountState, string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.troubles) > 0 {
		parts := make([]string, 0, len(w.troubles))
		for part := range w.troubles {
			parts = append(parts, part)
		}
		slices.Sort(parts)
		err := w.troubles[parts[0]]
		return stateOf(err), sentenceFor(w.account, err)
	}
	if !w.online {
		return desk.AccountConnecting, ""
	}
	var skipped []string
	if w.blind {
		skipped = append(skipped, "The server's list of folders cannot be read, so only INBOX is; look for a folder with a broken name.")
	}
	skipped = append(skipped, w.lacks...)
	for _, f := range w.folders {
		if f.isRefused() {
			skipped = append(skipped, fmt.Sprintf("The folder %s cannot be opened; it is tried again.", safe.Line(f.name)))
		}
		if n := f.hides(); n > 0 {
			skipped = append(skipped, hiddenSentence(f.name, n))
		}
		if list := f.givenUp(); len(list) > 0 {
			skipped = append(skipped, skippedSentence(f.name, list))
		}
	}
	return desk.AccountConnected, strings.Join(skipped, " ")
}

func (w *worker) isBlind() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.blind
}

func hiddenSentence(folder string, n int) string {
	if n == 1 {
		return fmt.Sprintf("The server counts 1 message more in %s than it lists; it comes when the server lists it.", safe.Line(folder))
	}
	return fmt.Sprintf("The server counts %d messages more in %s than it lists; they come when the server lists them.", n, safe.Line(folder))
}

func skippedSentence(folder string, uids []uint32) string {
	const some = 5
	text := fmt.Sprint(uids[:min(some, len(uids))])
	text = strings.Trim(strings.ReplaceAll(text, " ", ", "), "[]")
	if len(uids) > some {
		text += ", …"
	}
	if len(uids) == 1 {
		return fmt.Sprintf("The server fails to hand out 1 message of %s (UID %s); it is tried again.", safe.Line(folder), text)
	}
	return fmt.Sprintf("The server fails to hand out %d messages of %s (UIDs %s); they are tried again.", len(uids), safe.Line(folder), text)
}
