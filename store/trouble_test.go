package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postroom/desk"
)

// ailing is a store with a bit in it, and somebody who looks after it.
type ailing struct {
	*Store
	t    *testing.T
	news <-chan struct{}
}

func ail(t *testing.T) *ailing {
	t.Helper()
	s := open(t)
	fill(t, s, 60, 5)
	news, err := s.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a := &ailing{s, t, news}
	a.last() // a reader is open, as in a program that is used
	return a
}

// add writes an event.
func (a *ailing) add() error {
	return a.Write(a.t.Context(), func(w desk.Writer) error { return w.Append(&desk.Event{Kind: desk.EventHistory}) })
}

// last reads the number of the newest event.
func (a *ailing) last() desk.Seq {
	a.t.Helper()
	var seq desk.Seq
	err := a.Read(a.t.Context(), func(r desk.Reader) error {
		var err error
		seq, err = r.LastSeq()
		return err
	})
	if err != nil {
		a.t.Error("while there is trouble nothing can be read:", err)
	}
	return seq
}

// wants is trouble of a code: told, and the answer to everyone who writes.
func (a *ailing) wants(code string) {
	a.t.Helper()
	before := a.last()
	var e *desk.Error
	if err := a.add(); !errors.As(err, &e) || e.Kind != desk.Unwell || e.Code != code || e.Hint == "" {
		a.t.Fatalf("a write is answered with %v, want %s", err, code)
	}
	a.heard("trouble")
	trouble := a.Trouble()
	if trouble.Err == nil || trouble.Err.Code != code || time.Since(trouble.Since) > time.Minute {
		a.t.Fatalf("the trouble is %+v", trouble)
	}
	// The second is refused with the same words, without a try.
	commit := a.commit
	a.commit = func(*session) error { a.t.Error("something was tried in spite of the trouble"); return commit(nil) }
	err := a.add()
	a.commit = commit
	if !errors.As(err, &e) || e.Code != code {
		a.t.Errorf("the second write is answered with %v", err)
	}
	if a.last() != before {
		a.t.Error("what was refused has been done")
	}
}

func (a *ailing) heard(what string) {
	a.t.Helper()
	select {
	case <-a.news:
	case <-time.After(time.Minute):
		a.t.Fatalf("nobody hears of %s; now it is: %v", what, a.Trouble().Err)
	}
}

// heals waits until the nurse has found that all is well.
func (a *ailing) heals() {
	a.t.Helper()
	for a.Trouble().Err != nil {
		a.heard("the end of the trouble")
	}
	before := a.last()
	if err := a.add(); err != nil {
		a.t.Fatal("after the trouble:", err)
	}
	if a.last() != before+1 {
		a.t.Error("what was written after the trouble is not there")
	}
}

// on runs a statement on the writing connection.
func (a *ailing) on(text string) {
	a.t.Helper()
	ses := <-a.writer
	_, err := ses.conn.ExecContext(a.t.Context(), text)
	a.writer <- ses
	if err != nil {
		a.t.Fatal(err)
	}
}

func TestFullDiskIsTroubleAndHeals(t *testing.T) {
	t.Parallel()
	a := ail(t)
	if a.add() != nil || a.Trouble().Err != nil {
		t.Fatal("a healthy store is in trouble:", a.Trouble().Err)
	}
	// The fault is on this connection only, so that the next attempt has none.
	a.on("PRAGMA max_page_count = 1")
	err := a.Write(t.Context(), func(w desk.Writer) error {
		return w.Append(&desk.Event{Kind: desk.EventHistory, After: fmt.Appendf(nil, "%q", strings.Repeat("x", 200_000))})
	})
	var e *desk.Error
	if !errors.As(err, &e) || e.Code != "DISK_FULL" {
		t.Fatalf("a full disk is %v", err)
	}
	a.heard("trouble")
	a.heals()
}

func TestLockedDatabaseIsTroubleAndHeals(t *testing.T) {
	t.Parallel()
	a := ail(t)
	other, err := sql.Open("sqlite", writeDSN(a.Path(), 1024))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	conn, err := other.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a.on("PRAGMA busy_timeout = 50")
	lock := func(text string) {
		if _, err := conn.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	lock("BEGIN IMMEDIATE")
	a.wants("DATABASE_BUSY")
	lock("ROLLBACK")
	a.heals()
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestMissingDatabaseIsTroubleAndHeals(t *testing.T) {
	t.Parallel()
	a := ail(t)
	away := a.Path() + ".away"
	move(t, a.Path(), away)
	a.wants("DATABASE_GONE")
	if _, err := os.Stat(a.Path()); err == nil {
		t.Error("a new database was made in its place")
	}
	move(t, away, a.Path())
	a.heals()
}

func TestReplacedDatabaseIsNotWrittenTo(t *testing.T) {
	t.Parallel()
	a := ail(t)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if _, err := a.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	away := a.Path() + ".away"
	move(t, a.Path(), away)
	move(t, copied, a.Path())
	a.wants("DATABASE_REPLACED")
	move(t, a.Path(), copied)
	move(t, away, a.Path())
	a.heals()
	// Without its log the database is another one too.
	log := a.Path() + "-wal"
	move(t, log, log+".away")
	a.wants("DATABASE_REPLACED")
	move(t, log+".away", log)
	a.heals()
}

func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// TestDamagedDatabaseIsNotWrittenTo: a page that cannot be is found by who
// reads it; then nothing is written until all of the file is whole again.
func TestDamagedDatabaseIsNotWrittenTo(t *testing.T) {
	t.Parallel()
	a := ail(t)
	a.on("PRAGMA wal_checkpoint(TRUNCATE)")
	page := a.rootOf("messages")
	whole := a.page(page)
	a.setPage(page, make([]byte, len(whole)))
	a.forgetReaders()
	err := a.Read(t.Context(), func(r desk.Reader) error {
		_, err := r.Thread(1, 1, 50)
		return err
	})
	var e *desk.Error
	if !errors.As(err, &e) || e.Code != "DATABASE_DAMAGED" || !strings.Contains(e.Hint, "backup") {
		t.Fatalf("a damaged page is %v", err)
	}
	a.wants("DATABASE_DAMAGED")
	before := sumOf(t, a.Path())
	_ = a.recover(t.Context())
	if a.Trouble().Err == nil {
		t.Fatal("a damaged database is taken for whole")
	}
	if sumOf(t, a.Path()) != before {
		t.Error("a damaged database was written to")
	}
	a.setPage(page, whole)
	a.heals()
}

func (a *ailing) rootOf(table string) (page int) {
	a.t.Helper()
	ses := <-a.writer
	defer func() { a.writer <- ses }()
	err := ses.conn.QueryRowContext(a.t.Context(), `SELECT rootpage FROM sqlite_schema WHERE name = ?`, table).Scan(&page)
	if err != nil {
		a.t.Fatal(err)
	}
	return page
}

const pageSize = 8192

// page and setPage go through another process: closing the file in this one
// would take SQLite's locks away.
func (a *ailing) page(n int) []byte {
	a.t.Helper()
	out, err := exec.CommandContext(a.t.Context(), "dd", "if="+a.Path(), fmt.Sprint("bs=", pageSize), fmt.Sprint("skip=", n-1), "count=1", "status=none").Output()
	if err != nil {
		a.t.Fatal(err)
	}
	return out
}

func (a *ailing) setPage(n int, to []byte) {
	a.t.Helper()
	c := exec.CommandContext(a.t.Context(), "dd", "of="+a.Path(), fmt.Sprint("bs=", pageSize), fmt.Sprint("seek=", n-1), "count=1", "conv=notrunc", "status=none")
	c.Stdin = strings.NewReader(string(to))
	if out, err := c.CombinedOutput(); err != nil {
		a.t.Fatalf("%v: %s", err, out)
	}
}

func sumOf(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "sha256sum", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestTroubleHealsWithoutWatcher: a command that waits has no watcher; what it
// does next finds out.
func TestTroubleHealsWithoutWatcher(t *testing.T) {
	t.Parallel()
	s := open(t)
	a := &ailing{Store: s, t: t}
	away := a.Path() + ".away"
	move(t, a.Path(), away)
	if a.add() == nil {
		t.Fatal("a missing database was written to")
	}
	move(t, away, a.Path())
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for a.add() != nil {
		if ctx.Err() != nil {
			t.Fatal("it does not heal:", a.Trouble().Err)
		}
	}
}
