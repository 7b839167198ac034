package connector

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"postroom/desk"
)

const (
	// idleTime is how long one IDLE lasts: servers and the boxes on the way
	// drop connections that are silent for ten minutes or more, and a dead
	// one is noticed only when something is sent.
	idleTime = 9 * time.Minute
	// pollTime is how often a server without IDLE is asked.
	pollTime = time.Minute
	// expungeTime is how often the whole folder is looked through because
	// something was deleted.
	expungeTime = 5 * time.Second
	// A server that rings again and again and has no mail is heard less and
	// less often, at least as often as calmMost.
	calmFirst = 10 * time.Millisecond
	calmMost  = time.Second
)

// errRelist asks for the folders to be listed again.
var errRelist = errors.New("the folders have changed")

// errSick is an account whose folders are numbered anew again and again.
var errSick = &desk.Error{
	Kind: desk.Offline, Code: "UIDVALIDITY",
	Message: fmt.Sprintf("The server has numbered a folder anew more than %d times in a day; the account rests.", epochLimit),
	Hint:    "Ask whoever runs the server; it goes on by itself in a few hours.",
}

// watch keeps one folder up to date over one connection, until that fails.
func (w *worker) watch(ctx context.Context, f *folder, s *session) error {
	if s == nil {
		var err error
		if s, err = enterSession(ctx, w.account, w.keys, w.pace); err != nil {
			return err
		}
	}
	defer s.close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	k := w.newKeeper(ctx, f)
	if err := w.catchUp(ctx, s, f, k, false); w.refused(f, err) {
		// Only INBOX has to be there. Somebody may have deleted the folder.
		s.close()
		w.fine(ctx, f.name)
		sleep(ctx, w.pace.look)
		return errRelist
	} else if err != nil {
		return w.outcome(ctx, s, err)
	}
	f.refuse(false)
	w.fine(ctx, f.name)
	looked := w.now()
	calm := backoff{first: calmFirst, most: calmMost}
	for {
		pause := w.pace.look - w.now().Sub(looked)
		if s.gone.Load() {
			pause = expungeTime - w.now().Sub(looked)
		}
		if pause > 0 {
			began := time.Now()
			if err := s.wait(ctx, min(pause, idleTime)); err != nil {
				return w.outcome(ctx, s, err)
			}
			arrived, err := w.news(ctx, s, f, k)
			if err != nil {
				return w.outcome(ctx, s, err)
			}
			if arrived > 0 || time.Since(began) > calmMost {
				calm.reset()
			} else {
				sleep(ctx, calm.pause())
			}
			continue
		}
		if w.isBlind() {
			return errRelist
		}
		again := !s.gone.Swap(false)
		if err := w.catchUp(ctx, s, f, k, again); err != nil {
			return w.outcome(ctx, s, err)
		}
		w.report(ctx)
		looked = w.now()
	}
}

// outcome tells a failure of the network from the end of the work.
func (w *worker) outcome(ctx context.Context, s *session, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if errors.Is(err, errBroken) || errors.Is(err, errEpoch) {
		return err
	}
	return s.explain(err)
}

// refused reports whether an error says that a folder other than INBOX cannot
// be opened, and notes that: the others go on.
func (w *worker) refused(f *folder, err error) bool {
	var status *imap.Error
	if f.role == desk.RoleInbox || !errors.As(err, &status) || status.Type != imap.StatusResponseTypeNo {
		return false
	}
	f.refuse(true)
	return true
}

// catchUp compares the whole folder with the ledger and brings here what is
// missing: the newest mails at once, more than a few by the history goroutine.
func (w *worker) catchUp(ctx context.Context, s *session, f *folder, k *keeper, again bool) error {
	if _, err := w.reconcile(ctx, s, f, again); err != nil {
		return err
	}
	if err := w.fetchSome(ctx, s, f, k, firstPage); err != nil {
		return err
	}
	if f.left() > setSize {
		select {
		case w.backfill <- struct{}{}:
		default:
		}
		return nil
	}
	for f.left() > 0 {
		if err := w.fetchSome(ctx, s, f, k, setSize); err != nil {
			return err
		}
	}
	return nil
}

// reconcile looks at the folder and finds out what is missing here, what has
// gone there and which flags have changed. Only sets decide: every high-water
// mark is a hint. What the server announces is given back when everything was
// here already, and else nothing.
func (w *worker) reconcile(ctx context.Context, s *session, f *folder, again bool) (whole desk.Announced, err error) {
	v, err := s.look(f.name)
	if err != nil {
		return whole, err
	}
	cursor, err := w.room.Folder(ctx, w.lease, f.name, f.role, v.uidValidity)
	if err != nil {
		return whole, err
	}
	f.begin(cursor)
	if err := w.epochs(ctx, cursor); err != nil {
		return whole, err
	}
	known := v.uids
	if exact, err := w.room.KnowsExactly(ctx, cursor, v.uids); err != nil {
		return whole, err
	} else if !exact {
		if known, err = w.room.KnownUIDs(ctx, cursor); err != nil {
			return whole, err
		}
	}
	missing := subtract(v.uids, known)
	f.hide(v.unlisted())
	f.want(missing, again)
	f.dropFailed(v.uids)
	var gone []uint32
	// A server that lists fewer messages than it has is not believed about
	// what is gone; it can be asked again later.
	if len(v.uids) == v.counted {
		gone = subtract(known, v.uids)
	}
	if err := w.changedFlags(ctx, s, f, v.modSeq, known); err != nil {
		return whole, err
	}
	// Where new mail begins is what was seen, and not what the server
	// announces: there may be a message below that it shows a little later.
	next := uint32(1)
	if n := len(v.uids); n > 0 {
		next = max(next, v.uids[n-1]+1)
	}
	thrown, err := w.thrownAway(ctx, s, f, gone)
	if err != nil {
		return whole, err
	}
	if err := w.noteLook(ctx, f, gone, thrown, v.modSeq, next); err != nil || len(missing)+len(gone)+v.unlisted() > 0 {
		return whole, err
	}
	return v.announced(), nil
}

// epochs fails for a folder that the server has numbered anew too often and
// only lately. It is asked at the first look at an epoch.
func (w *worker) epochs(ctx context.Context, cursor desk.Folder) error {
	if cursor.UIDNext > 0 {
		return nil
	}
	times, err := w.room.Renumbered(ctx, cursor)
	if err != nil {
		return err
	}
	if n := len(times); n > epochLimit && w.now().Sub(times[n-1]) < sickTime {
		return errSick
	}
	return nil
}

// changedFlags brings the flags that may have changed since the last look. A
// MODSEQ that has gone back is that of a restored mailbox: all flags may be
// different then.
func (w *worker) changedFlags(ctx context.Context, s *session, f *folder, now uint64, known []uint32) error {
	since := f.at().ModSeq
	if len(known) == 0 || now > 0 && now == since {
		return nil
	}
	if now < since {
		since = 0
	}
	return w.noteFlags(ctx, s, f, since)
}

// noteFlags saves flags that have changed since a MODSEQ. They come in pieces,
// so that new mail can come in between and no answer fills the memory.
func (w *worker) noteFlags(ctx context.Context, s *session, f *folder, since uint64) error {
	return s.fetchFlags(since, func(changed []desk.Fetched) error {
		f.keep.Lock()
		defer f.keep.Unlock()
		return w.room.Flags(ctx, w.lease, f.cursor, changed, nil, nil)
	})
}

// noteLook saves the end of a look at the whole folder, if anything is
// different: what is gone from the server, up to where flags are known and
// where new mail begins.
func (w *worker) noteLook(ctx context.Context, f *folder, gone []uint32, thrown []desk.ConversationID, modSeq uint64, next uint32) error {
	f.keep.Lock()
	defer f.keep.Unlock()
	cursor := f.cursor
	cursor.ModSeq, cursor.UIDNext = modSeq, next
	if len(gone) == 0 && cursor == f.cursor {
		return nil
	}
	for {
		const most = 1000
		few := gone[:min(len(gone), most)]
		gone = gone[len(few):]
		if err := w.room.Flags(ctx, w.lease, cursor, nil, few, thrown); err != nil {
			return err
		}
		f.cursor = cursor
		w.count(0, 0, int64(len(few)))
		if len(gone) == 0 {
			return nil
		}
	}
}

// news fetches what has arrived and the flags that have changed. It returns
// how many messages have arrived.
func (w *worker) news(ctx context.Context, s *session, f *folder, k *keeper) (arrived int, err error) {
	uids, err := s.searchUIDs(max(f.at().UIDNext, 1))
	if err != nil {
		return 0, err
	}
	arrived = len(uids)
	for len(uids) > 0 {
		n := max(0, len(uids)-setSize)
		if err := w.fetchBatch(ctx, s, f, k, batch{uids: uids[n:]}); err != nil {
			return 0, err
		}
		if err := k.drain(ctx); err != nil {
			return 0, err
		}
		uids = uids[:n]
	}
	if f.left() > 0 && f.left() <= setSize {
		// What the server has failed on is asked for alone.
		if err := w.fetchSome(ctx, s, f, k, setSize); err != nil {
			return 0, err
		}
	}
	if !s.flags.Swap(false) {
		return arrived, nil
	}
	return arrived, w.noteFlags(ctx, s, f, f.at().ModSeq)
}

// wait returns when the server has news, at the latest after d.
func (s *session) wait(ctx context.Context, d time.Duration) error {
	if !s.has(imap.CapIdle) {
		s.pause(ctx, min(d, pollTime))
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return s.noop()
	}
	var idle *imapclient.IdleCommand
	err := s.within(s.pace.exchange, func() (err error) {
		idle, err = s.client.Idle()
		return err
	})
	if s.refuses(imap.CapIdle, err) {
		return s.wait(ctx, d)
	}
	if err != nil {
		return err
	}
	quiet := s.pause(ctx, d)
	err = s.within(s.pace.exchange, func() error {
		if err := idle.Close(); err != nil {
			return err
		}
		return idle.Wait()
	})
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err == nil && quiet:
		return s.noop()
	default:
		return err
	}
}

// pause waits for news; it reports whether there was none.
func (s *session) pause(ctx context.Context, d time.Duration) (quiet bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-s.news:
		return false
	case <-s.client.Closed():
	case <-timer.C:
	}
	return true
}
