package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"postroom/desk"
)

// A database that fails is left alone: the first error of the disk, of a lock
// or of a damaged page is the trouble of the store. From then on Write refuses
// with that error and touches nothing, so that nothing is made worse and nobody
// storms a full disk; Read goes on. The nurse tries to write from time to time,
// and with a success the trouble is over.

const (
	// retryFirst and retryMost bound the pause between two attempts to get
	// well: doubling, so that a moment's fault is over in a second.
	retryFirst = time.Second
	retryMost  = 15 * time.Second
	// retryShare keeps the checking of a large file to a small share of the
	// time: after a check the pause is at least so many times as long.
	retryShare = 10
)

// health is whether the database takes changes.
type health struct {
	mu      sync.Mutex
	trouble desk.Trouble
	// nursed says that somebody looks after the trouble, and tried is when
	// that was last done where nobody does.
	nursed int
	tried  time.Time
	// turned tells the watcher of a change, ill the nurse of a beginning;
	// both have room for one.
	turned, ill chan struct{}
}

func newHealth() health {
	return health{turned: make(chan struct{}, 1), ill: make(chan struct{}, 1)}
}

// Trouble implements [desk.Store].
func (s *Store) Trouble() desk.Trouble {
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	return s.health.trouble
}

// noted passes an error on, and remembers it if it is one of the database.
func (s *Store) noted(err error) error {
	var e *desk.Error
	if !errors.As(err, &e) || e.Kind != desk.Unwell {
		return err
	}
	h := &s.health
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.trouble.Err == nil:
		h.trouble = desk.Trouble{Err: e, Since: time.Now()}
	case h.trouble.Err.Code == e.Code, e.Code == "DATABASE_BUSY":
		// The cause is known already; a lock is none while there is another.
		return err
	default:
		h.trouble.Err = e
	}
	signal(h.turned)
	signal(h.ill)
	return err
}

// well ends the trouble.
func (s *Store) well() {
	h := &s.health
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.trouble.Err != nil {
		h.trouble = desk.Trouble{}
		signal(h.turned)
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// refuse is the answer to who wants to write while there is trouble. In a
// process without a nurse whoever comes looks after it.
func (s *Store) refuse(ctx context.Context) error {
	h := &s.health
	h.mu.Lock()
	trouble := h.trouble.Err
	mine := trouble != nil && h.nursed == 0 && time.Since(h.tried) > retryFirst
	if mine {
		h.tried = time.Now()
	}
	h.mu.Unlock()
	if mine && s.recover(ctx) {
		return nil
	}
	if trouble != nil {
		return trouble
	}
	return nil
}

// nurse looks after the database until ctx ends.
func (s *Store) nurse(ctx context.Context) {
	defer s.watchers.Done()
	s.nursing(1)
	defer s.nursing(-1)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	pause := retryFirst
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.health.ill:
			pause = retryFirst
		case <-timer.C:
			began := time.Now()
			s.recover(ctx)
			pause = max(min(2*pause, retryMost), retryShare*time.Since(began))
		}
		timer.Stop()
		if s.Trouble().Err != nil {
			timer.Reset(pause)
		}
	}
}

func (s *Store) nursing(by int) {
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	s.health.nursed += by
}

// recover tries whether the database takes changes again, and ends the trouble
// if it does.
func (s *Store) recover(ctx context.Context) bool {
	trouble := s.Trouble().Err
	switch {
	case trouble == nil:
		return true
	case trouble.Code == codeMoved:
		return false // it does not come back
	}
	if err := s.explain(s.treat(ctx, trouble.Code)); err != nil {
		_ = s.noted(err) // it may be another one by now
		return false
	}
	s.well()
	return true
}

// treat does what has to be done after a kind of trouble, and then writes.
func (s *Store) treat(ctx context.Context, code string) error {
	ses, err := take(ctx, s.writer)
	if err != nil {
		return err
	}
	defer func() { s.writer <- ses }()
	if err := s.present(); err != nil {
		return err
	}
	// What these connections have in memory may not be what is on the disk.
	anew := code != "DATABASE_BUSY" && code != "DISK_FULL"
	if anew && ses != nil {
		_ = ses.close()
		ses = nil
	}
	switch {
	case code == "DATABASE_BUSY":
	case s.server != nil:
		s.forgetReaders() // its files are its own business
	case code == "DISK_FULL":
		err = s.roomFor()
	case code == "READ_ONLY":
		s.forgetReaders()
	default:
		s.forgetReaders()
		err = s.examine(ctx)
	}
	if err != nil {
		return err
	}
	if ses == nil {
		if ses, err = s.writing(ctx); err != nil {
			ses = nil
			return err
		}
	}
	if err = s.attempt(ctx, ses); err != nil {
		_ = ses.close()
		ses = nil
	}
	return err
}

// attempt writes as little as can be written, and waits for no lock: the next
// attempt is the waiting.
func (s *Store) attempt(ctx context.Context, ses *session) error {
	ses.ctx, ses.caller = context.WithoutCancel(ctx), ctx
	wait := func(d time.Duration) error {
		_, err := ses.conn.ExecContext(ses.ctx, fmt.Sprintf("%s = %d", s.dialect.wait, d.Milliseconds()))
		return err
	}
	if err := wait(retryFirst / 10); err != nil {
		return err
	}
	if err := ses.plain(s.dialect.beginWrite); err != nil {
		return err
	}
	if _, err := ses.exec(setMark, s.handle, s.mark.Add(1), millis(time.Now())); err != nil {
		return err
	}
	if err := s.commit(ses); err != nil {
		return err
	}
	return wait(busyTimeout)
}

// forgetReaders closes the idle reading connections.
func (s *Store) forgetReaders() {
	for range cap(s.readers) {
		select {
		case ses := <-s.readers:
			if ses != nil {
				_ = ses.close()
			}
			s.readers <- nil
		default:
			return
		}
	}
}

// examine lets SQLite look for damage in the whole file.
func (s *Store) examine(ctx context.Context) error {
	ses, err := newSession(ctx, s.readDB, s.dialect)
	if err != nil {
		return err
	}
	defer func() { _ = ses.close() }()
	var verdict string
	if err := ses.conn.QueryRowContext(ctx, quickCheck).Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return s.damaged(errors.New(verdict))
	}
	return nil
}
