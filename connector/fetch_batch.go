package connector

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/emersion/go-imap/v2"

	"postroom/desk"
	"postroom/desk/safe"
)

// errOversize ends a FETCH in which a mail turned out to be too large.
var errOversize = errors.New("a mail is too large to be fetched whole")

// fetchSome brings up to n of the mails that are missing, newest first, and
// waits until they are stored.
func (w *worker) fetchSome(ctx context.Context, s *session, f *folder, k *keeper, n int) error {
	for n > 0 {
		b := f.take(n)
		if len(b.uids) == 0 {
			break
		}
		n -= len(b.uids)
		if err := w.fetchBatch(ctx, s, f, k, b); err != nil {
			return errors.Join(err, k.drain(ctx))
		}
	}
	return k.drain(ctx)
}

// fetchBatch asks for a batch with one command. What does not come is put back
// to be asked for alone: one broken message must never stop the others. An
// error says that the connection is of no more use.
func (w *worker) fetchBatch(ctx context.Context, s *session, f *folder, k *keeper, b batch) error {
	if err := w.sameEpoch(s, f); err != nil {
		f.returned(b)
		return err
	}
	got, err := w.fetchNow(ctx, s, f, k, b)
	if err == nil && len(got) >= len(b.uids) {
		return nil
	}
	if ctx.Err() != nil || k.failure() != nil || errors.Is(err, desk.ErrFenced) {
		f.returned(b)
		return errors.Join(k.failure(), err)
	}
	var status *imap.Error
	switch {
	case errors.Is(err, errOversize):
		b.uids = slices.DeleteFunc(b.uids, func(uid uint32) bool { return slices.Contains(got, uid) })
		f.returned(b)
		return fmt.Errorf("%w: %w", errBroken, err)
	case err == nil || errors.As(err, &status):
		// The connection lives. A message the server says nothing about may
		// just have been deleted.
		if b.alone {
			if there, err := s.holds(b.uids[0]); err != nil || !there {
				return err
			}
		}
		f.missed(b, got)
		return w.hopeless(f)
	default:
		f.missed(b, got)
		return fmt.Errorf("%w: %w", errBroken, s.explain(err))
	}
}

// hopeless fails when the server fails on so many messages of a folder that
// asking for the next one is no use for now.
func (w *worker) hopeless(f *folder) error {
	const most = 1000
	n := len(f.givenUp())
	if n < most {
		return nil
	}
	return &desk.Error{
		Kind: desk.Offline, Code: "NO_MAIL", Message: fmt.Sprintf("The server lists %d messages of %s that it does not hand out.", n, safe.Line(f.name)),
		Hint: "Ask whoever runs the server; it is tried again.",
	}
}

func (w *worker) fetchNow(ctx context.Context, s *session, f *folder, k *keeper, b batch) ([]uint32, error) {
	put := func(l letter) error { return k.put(ctx, l) }
	if b.cut > 0 {
		if err := s.fetchCut(ctx, b.uids[0], b.cut, put); err != nil {
			return nil, err
		}
		return b.uids, nil
	}
	return s.fetch(ctx, b.uids, nil, func(l letter) error {
		if l.oversize > 0 {
			f.large(l.uid, l.oversize)
			return errOversize
		}
		return put(l)
	})
}

// sameEpoch opens the folder if the session has another one open, and makes
// sure that the UIDs we are about to ask for still mean the same mails.
func (w *worker) sameEpoch(s *session, f *folder) error {
	if s.selected.name != f.name {
		if _, err := s.examine(f.name); err != nil {
			return err
		}
	}
	f.keep.Lock()
	defer f.keep.Unlock()
	if f.cursor.UIDValidity != s.selected.uidValidity {
		return errEpoch
	}
	return nil
}

// holds asks whether the folder has a message with this UID.
func (s *session) holds(uid uint32) (bool, error) {
	found := false
	err := s.within(s.pace.exchange, func() error {
		data, err := s.client.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{imap.UIDSetNum(imap.UID(uid))}}, nil).Wait()
		if err != nil {
			return err
		}
		set, ok := data.All.(imap.UIDSet)
		found = ok && set.Contains(imap.UID(uid))
		return nil
	})
	return found, err
}

// fetchHistory brings what is missing in all folders over a connection of its
// own, which is open only as long as there is something to bring. New mail does
// not wait for it: that comes over the connection of its folder.
func (w *worker) fetchHistory(ctx context.Context) error {
	for {
		f := w.nextHistory()
		if f == nil {
			w.fine(ctx, "history")
			select {
			case <-ctx.Done():
				return nil
			case <-w.backfill:
				continue
			}
		}
		s, err := enterSession(ctx, w.account, w.keys, w.pace)
		if err != nil {
			return err
		}
		err = w.drainHistory(ctx, s)
		s.close()
		if err != nil {
			return w.outcome(ctx, s, err)
		}
	}
}

// drainHistory works through the folders in their order.
func (w *worker) drainHistory(ctx context.Context, s *session) error {
	for f := w.nextHistory(); f != nil; f = w.nextHistory() {
		if err := w.historyOf(ctx, s, f); err != nil {
			return err
		}
	}
	return nil
}

func (w *worker) historyOf(ctx context.Context, s *session, f *folder) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	k := w.newKeeper(ctx, f)
	for b := f.take(setSize); len(b.uids) > 0; b = f.take(setSize) {
		if err := w.fetchBatch(ctx, s, f, k, b); err != nil {
			return errors.Join(err, k.drain(ctx))
		}
	}
	return k.drain(ctx)
}

// nextHistory is the first folder with something missing.
func (w *worker) nextHistory() *folder {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.folders {
		if f.left() > 0 {
			return f
		}
	}
	return nil
}
