package store

import (
	"context"
	"database/sql"
	"time"

	"postroom/desk"
)

// News from other processes. Something wakes the watcher (on Linux a change of
// the write-ahead log, seen in its directory without opening it); then
// PRAGMA data_version on a connection of its own says whether anybody has
// committed, and the journal's last number whether it was somebody else.

// sweep is how often the watcher looks when nothing has woken it.
const sweep = 5 * time.Second

// A commit is written to the log before it is synced and shown to others, so
// one wake-up is followed by looks that come ever slower until lookUntil.
const (
	firstLook = time.Millisecond / 2
	lookUntil = 250 * time.Millisecond
)

// Watch tells of commits of other processes that have put something into the
// journal, and of trouble that has come or gone. While it runs the database is
// looked after: what it cannot do now is tried again. The channel holds one
// piece of news, and is closed when ctx ends. One watcher is enough for a
// process; a second one would share the news with it.
func (s *Store) Watch(ctx context.Context) (<-chan struct{}, error) {
	w := &watcher{store: s, news: make(chan struct{}, 1), first: true, rhythm: rhythm{sweep, firstLook}}
	// Listening begins before the first look, so that nothing is missed.
	var wake <-chan struct{}
	if s.server != nil {
		wake, w.rhythm.soon = s.listen(ctx), sweep
	} else {
		wake, w.rhythm.every = s.wakeUps(ctx)
	}
	if _, err := w.look(ctx); err != nil {
		w.close()
		return nil, s.explain(err)
	}
	s.watchers.Add(2)
	go w.run(ctx, wake)
	go s.nurse(ctx)
	return w.news, nil
}

// rhythm is when to look again: every so often, and how soon after a wake-up.
type rhythm struct{ every, soon time.Duration }

// watcher is one call of Watch.
type watcher struct {
	store *Store
	// conn is nil until it is needed, and after it has failed.
	conn    *sql.Conn
	version int64
	// first is set until something has been seen.
	first  bool
	rhythm rhythm
	news   chan struct{}
}

func (w *watcher) close() {
	if w.conn != nil {
		_ = w.conn.Close()
		w.conn = nil
	}
}

func (w *watcher) run(ctx context.Context, wake <-chan struct{}) {
	defer w.store.watchers.Done()
	defer close(w.news)
	defer w.close()
	every := w.rhythm.every
	timer := time.NewTimer(every)
	defer timer.Stop()
	next := every
	for {
		turned := false
		select {
		case <-ctx.Done():
			return
		case <-w.store.health.turned:
			turned = true
		case _, ok := <-wake:
			if !ok {
				wake = nil
				continue
			}
			next = w.rhythm.soon
		case <-timer.C:
			if next *= 2; next > lookUntil {
				next = every
			}
		}
		found, err := w.look(ctx)
		if err != nil && ctx.Err() != nil {
			return
		}
		if err != nil && w.store.server != nil {
			// Nobody may be asking for anything, and who writes may be waiting
			// for what has become of his COMMIT.
			_ = w.store.noted(w.store.explain(err))
		}
		if found || turned {
			select {
			case w.news <- struct{}{}:
			default:
			}
		}
		timer.Reset(next)
	}
}

// look reports whether the journal has grown by another process's hand. After
// a failure the next look has a connection of its own.
func (w *watcher) look(ctx context.Context) (found bool, err error) {
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if w.conn == nil {
		if w.conn, err = w.store.readDB.Conn(ctx); err != nil {
			w.conn = nil
			return false, err
		}
		w.version = -1
	}
	var version int64
	if err := w.conn.QueryRowContext(ctx, w.store.dialect.version).Scan(&version); err != nil {
		return false, err
	}
	if version == w.version {
		return false, nil
	}
	var seq desk.Seq
	if err := w.conn.QueryRowContext(ctx, lastSeq).Scan(&seq); err != nil {
		return false, err
	}
	if err := w.store.stillHere(ctx); err != nil {
		return false, err
	}
	first := w.first
	w.version, w.first = version, false
	return w.store.journal.foreign(seq, first), nil
}
