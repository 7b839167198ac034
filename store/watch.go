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
	conn, err := s.readDB.Conn(ctx)
	if err != nil {
		return nil, s.explain(err)
	}
	w := &watcher{store: s, conn: conn, news: make(chan struct{}, 1)}
	if _, err := w.look(ctx); err != nil {
		_ = conn.Close()
		return nil, s.explain(err)
	}
	wake, every := s.wakeUps(ctx)
	s.watchers.Add(2)
	go w.run(ctx, wake, every)
	go s.nurse(ctx)
	return w.news, nil
}

// watcher is one call of Watch.
type watcher struct {
	store   *Store
	conn    *sql.Conn
	version int64
	news    chan struct{}
}

func (w *watcher) run(ctx context.Context, wake <-chan struct{}, every time.Duration) {
	defer w.store.watchers.Done()
	defer close(w.news)
	defer func() { _ = w.conn.Close() }()
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
			next = firstLook
		case <-timer.C:
			if next *= 2; next > lookUntil {
				next = every
			}
		}
		found, err := w.look(ctx)
		if err != nil && ctx.Err() != nil {
			return
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

// look reports whether the journal has grown by another process's hand.
func (w *watcher) look(ctx context.Context) (bool, error) {
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
	first := w.version == 0
	w.version = version
	return w.store.journal.foreign(seq, first), nil
}
