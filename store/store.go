package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver

	"postroom/desk"
)

// Options change how a database is opened. The zero value is right for a desk.
type Options struct {
	// Readers is how many snapshots can be read at the same time; 4 unless set.
	Readers int
	// Cache is the page cache of each connection in KiB; 16 MiB unless set.
	Cache int
	// Existing refuses a database that is not there instead of making it.
	Existing bool
	// Moving opens a database also while it is not the desk, to move it.
	Moving bool
	// AnyDisk opens the database on a network disk too, where the locks of
	// SQLite may not hold.
	AnyDisk bool
	// disk tells what kind of disk a directory is on; tests put theirs here.
	disk func(dir string) (string, error)
}

// Store is an open database. It implements [desk.Store].
type Store struct {
	// path is the file, or the server's DSN without its password.
	path    string
	dialect dialect
	// server is nil where the desk is a file.
	server *server
	// db holds the connections; they are pinned in sessions, so that each has
	// its statements prepared once.
	db, readDB *sql.DB
	// writer has room for one: who has taken the session may write.
	writer  chan *session
	readers chan *session
	// turns is the queue of the processes that write; nil for a server, which
	// queues by itself.
	turns *turnstile
	pack  *packer
	// handle names this open store in marks, mark is its last transaction.
	handle int64
	mark   atomic.Int64
	// health is whether it takes changes, files what is open.
	health health
	files  files
	// journal is how far this process knows the journal.
	journal seen
	// moving says that the gate is open, see [Options].
	moving bool
	// watchers are the goroutines of Watch; they end with their contexts.
	watchers sync.WaitGroup
	// commit is COMMIT; tests put failures here.
	commit func(*session) error
}

var _ desk.Store = (*Store)(nil)

// Open opens the database of a desk, made and brought to today's schema if
// need be. dsn is the path of a file, with or without "sqlite:" before it.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	if o.Readers <= 0 {
		o.Readers = 4
	}
	if o.Cache <= 0 {
		o.Cache = 16 << 10
	}
	if IsServer(dsn) {
		return openServer(ctx, dsn, o)
	}
	path, err := parseDSN(dsn)
	if err != nil {
		return nil, err
	}
	if err := onLocalDisk(path, o); err != nil {
		return nil, err
	}
	if err := prepareFile(ctx, path, o.Existing); err != nil {
		return nil, err
	}
	s := newStore(path, sqliteDialect(), o)
	s.turns = newTurnstile(path)
	if s.db, err = sql.Open("sqlite", writeDSN(path, o.Cache)); err != nil {
		return nil, err
	}
	if s.readDB, err = sql.Open("sqlite", readDSN(path, o.Cache)); err != nil {
		return nil, err
	}
	// A session that is let go of is closed, not kept for the next: what it has
	// in memory may be what was wrong with it.
	s.db.SetMaxIdleConns(0)
	s.readDB.SetMaxIdleConns(0)
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// newStore is a store without its connections.
func newStore(path string, d dialect, o Options) *Store {
	s := &Store{
		health: newHealth(), path: path, dialect: d, pack: newPacker(), moving: o.Moving,
		writer: make(chan *session, 1), readers: make(chan *session, o.Readers),
		commit: func(ses *session) error { return ses.plain("COMMIT") },
	}
	var seed [8]byte
	_, _ = rand.Read(seed[:]) // it does not fail: see its documentation
	s.handle = int64(binary.LittleEndian.Uint64(seed[:]) >> 1)
	for range o.Readers {
		s.readers <- nil // opened when it is first needed
	}
	return s
}

// ready opens the writing session and asks at the gate; without either
// everything is closed again.
func (s *Store) ready(ctx context.Context) error {
	w, err := s.writing(ctx)
	s.writer <- w
	if err == nil {
		err = s.enter(ctx)
	}
	if err != nil {
		return errors.Join(s.explain(err), s.Close())
	}
	return nil
}

// Path is where the database file is, or the server's DSN without its
// password.
func (s *Store) Path() string { return s.path }

// Close waits for the transactions under way and closes the database.
func (s *Store) Close() error {
	var errs []error
	if w := <-s.writer; w != nil {
		errs = append(errs, w.close())
	}
	if s.turns != nil {
		s.turns.close()
	}
	for range cap(s.readers) {
		if r := <-s.readers; r != nil {
			errs = append(errs, r.close())
		}
	}
	s.pack.close()
	return errors.Join(append(errs, s.readDB.Close(), s.db.Close())...)
}

// Read runs fn on one snapshot. It never waits for a writer.
func (s *Store) Read(ctx context.Context, fn func(desk.Reader) error) error {
	return s.noted(s.snapshot(ctx, func(ses *session) error { return fn(&reader{ses, s.pack}) }))
}

// reading takes a reading session, opened if it is the first time. Files that
// are not the database any more are not opened; sessions that are open go on.
func (s *Store) reading(ctx context.Context) (*session, error) {
	var failure error
	for range cap(s.readers) {
		ses, err := take(ctx, s.readers)
		if err != nil || ses != nil {
			return ses, err
		}
		if failure = s.present(); failure == nil {
			ses, failure = newSession(ctx, s.readDB, s.dialect)
		}
		if failure == nil {
			return ses, nil
		}
		s.readers <- nil
	}
	return nil, failure
}

// snapshot runs fn on a reading session in a transaction of its own.
func (s *Store) snapshot(ctx context.Context, fn func(*session) error) error {
	ses, err := s.reading(ctx)
	if err != nil {
		return s.explain(err)
	}
	defer func() { s.readers <- ses }()
	again := func(ctx context.Context) (*session, error) { return newSession(ctx, s.readDB, s.dialect) }
	if ses, err = s.begin(ctx, ses, again, s.dialect.beginRead); err != nil {
		return s.explain(err)
	}
	defer func() {
		if ses.plain("ROLLBACK") != nil {
			_ = ses.close()
			ses = nil
		}
	}()
	return s.explain(fn(ses))
}

// begin starts a transaction on a session. One that a server has let go of
// while nobody used it is made again; nothing has been asked of it yet, so
// nothing is done twice.
func (s *Store) begin(ctx context.Context, ses *session, again func(context.Context) (*session, error), statement string) (*session, error) {
	ses.ctx, ses.caller, ses.changed, ses.asked = ctx, ctx, false, nil
	err := ses.plain(statement)
	if err == nil {
		return ses, nil
	}
	_ = ses.close()
	if !isGone(err) {
		return nil, err
	}
	if ses, err = again(ctx); err != nil {
		return nil, err
	}
	ses.ctx, ses.caller = ctx, ctx
	if err := ses.plain(statement); err != nil {
		_ = ses.close()
		return nil, err
	}
	return ses, nil
}

// take waits for a free session. What has been called off does not begin.
func take(ctx context.Context, from <-chan *session) (*session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case ses := <-from:
		return ses, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Write runs fn in one transaction. What an unchanged database is told to keep
// is not written at all.
func (s *Store) Write(ctx context.Context, fn func(desk.Writer) error) error {
	if err := s.refuse(ctx); err != nil {
		return err
	}
	return s.noted(s.write(ctx, fn))
}

func (s *Store) write(ctx context.Context, fn func(desk.Writer) error) error {
	ses, err := take(ctx, s.writer)
	if err != nil {
		return err
	}
	defer func() { s.writer <- ses }()
	if ses == nil {
		if ses, err = s.writing(ctx); err != nil {
			return s.explain(err)
		}
	}
	if err := s.present(); err != nil {
		return err
	}
	if s.turns != nil {
		ours, err := s.turns.enter(ctx)
		if err != nil {
			return err
		}
		if ours {
			defer s.turns.leave()
		}
	}
	if ses, err = s.begin(ctx, ses, s.writing, s.dialect.beginWrite); err != nil {
		return s.explain(err)
	}
	ses.ctx, ses.asked = context.WithoutCancel(ctx), asked{}
	open := true
	defer func() {
		// Also after a panic in fn: its transaction must not stay open.
		if open && ses.plain("ROLLBACK") != nil {
			_ = ses.close()
			ses = nil
		}
	}()
	w := &writer{reader: reader{ses, s.pack}, store: s}
	if err := w.admitted(fn); err != nil {
		return s.explain(err)
	}
	if err := errors.Join(w.flushSearch(), w.sendWaiting()); err != nil {
		return s.explain(err)
	}
	if !w.changed && len(w.events) == 0 {
		return nil
	}
	if err := w.seal(); err != nil {
		return s.explain(err)
	}
	failure := s.commit(ses)
	if failure == nil {
		open = false
		w.committed()
		return nil
	}
	// The outcome is unknown. Let go of the connection, so that nothing of it
	// can still become true, and look on a fresh one.
	_ = ses.plain("ROLLBACK")
	_ = ses.close()
	ses, open = nil, false
	if err := s.afterFailedCommit(ctx, w.mark, failure); err != nil {
		return err
	}
	w.committed()
	return nil
}

const (
	setMark = `INSERT INTO marks (handle, mark, at) VALUES (?, ?, ?)
		ON CONFLICT (handle) DO UPDATE SET mark = excluded.mark, at = excluded.at`
	forgetMarks = `DELETE FROM marks WHERE at < ?`
	getMark     = `SELECT mark FROM marks WHERE handle = ?`
)

// markAge is how long the mark of a store that is gone stays.
const markAge = 30 * 24 * time.Hour

// afterFailedCommit looks whether the transaction with the given mark is in the
// database. If it is, the commit has worked after all.
func (s *Store) afterFailedCommit(ctx context.Context, mark int64, failure error) error {
	var found int64
	err := func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settled)
		defer cancel()
		ses, err := s.look(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = ses.close() }()
		err = ses.get(getMark, []any{s.handle}, &found)
		if errors.Is(err, desk.ErrNoRow) {
			return nil
		}
		return err
	}()
	if err != nil {
		whose := "The database"
		if s.server != nil {
			whose = "The database server"
		}
		return unwell("COMMIT_UNKNOWN", "Look whether it was done before doing it again.", errors.Join(failure, err),
			whose+" could not say whether the last change was kept.")
	}
	if found == mark {
		return nil
	}
	return s.explain(fmt.Errorf("commit: %w", failure))
}

// settled is how long to look for what has become of a COMMIT: longer than a
// server keeps the transaction of a client that has vanished.
const settled = forgottenWriter + 15*time.Second

// look starts reading behind a COMMIT that has failed, on a connection of its
// own. A server that is restarting is waited for.
func (s *Store) look(ctx context.Context) (*session, error) {
	db := s.db
	if s.server == nil {
		var err error
		if db, err = sql.Open("sqlite", readDSN(s.path, 1024)); err != nil {
			return nil, err
		}
		// What the session gives back is closed then.
		defer func() { _ = db.Close() }()
	}
	open := func(ctx context.Context) (*session, error) { return newSession(ctx, db, s.dialect) }
	for {
		ses, err := open(ctx)
		if err == nil {
			ses, err = s.begin(ctx, ses, open, s.dialect.beginLook)
		}
		if !isGone(err) {
			return ses, err
		}
		select {
		case <-time.After(time.Second / 4):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// reader answers questions on one snapshot.
type reader struct {
	*session
	pack *packer
}

// writer changes things in one transaction.
type writer struct {
	reader
	store *Store
	// events wait for the commit, mark is the number of the transaction.
	events []pendingEvent
	mark   int64
	// search waits to be written in one go.
	search []searchRow
}

// do is exec for who does not ask how many rows there were.
func (w *writer) do(text string, args ...any) error { return w.later(text, args) }

// insert gives the id of a new row through RETURNING id.
func (w *writer) insert(text string, args ...any) (int64, error) {
	var id int64
	err := w.get(text, args, &id)
	if err == nil {
		w.changed = true
	}
	return id, err
}

// seal writes what belongs to the end of a transaction: the journal, whose
// sequence makes commits serial, and the transaction's mark.
func (w *writer) seal() error {
	w.mark = w.store.mark.Add(1)
	now := time.Now()
	if w.mark == 1 {
		if err := w.do(forgetMarks, millis(now.Add(-markAge))); err != nil {
			return err
		}
	}
	if err := w.do(setMark, w.store.handle, w.mark, millis(now)); err != nil {
		return err
	}
	if err := w.flushEvents(); err != nil {
		return err
	}
	return w.sendWaiting()
}

// committed tells the watcher that these events are our own.
func (w *writer) committed() {
	if n := len(w.events); n > 0 {
		w.store.journal.own(w.events[0].Seq, w.events[n-1].Seq)
	}
}

// busyTimeout is how long to wait for another process that writes.
const busyTimeout = 10 * time.Second

func readDSN(path string, cache int) string {
	return fileDSN(path, cache, "query_only(1)")
}

func writeDSN(path string, cache int) string {
	return fileDSN(path, cache, "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)") + "&_txlock=immediate"
}

func fileDSN(path string, cache int, pragmas ...string) string {
	q := url.Values{}
	// A file that has gone is not made anew.
	q.Add("mode", "rw")
	q.Add("_pragma", fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()))
	q.Add("_pragma", fmt.Sprintf("cache_size(-%d)", cache))
	q.Add("_pragma", "temp_store(MEMORY)")
	for _, p := range pragmas {
		q.Add("_pragma", p)
	}
	return fileURL(path) + "?" + q.Encode()
}

func fileURL(path string) string {
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// dirOf makes sure that the directory of a database is there; a new one is for
// its owner only.
func dirOf(path string) error {
	return os.MkdirAll(filepath.Dir(path), 0o700)
}
