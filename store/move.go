package store

import (
	"context"
	"crypto/rand"
	"errors"
	"math"
	"os"
	"slices"
	"strings"

	"postroom/desk"
)

// Moved is a desk that is in another database now, row by row.
type Moved struct {
	From, To string
	Tables   []MovedTable
	// Mails are the stored mails there whose bytes were held to their hashes.
	Mails int
	// Damaged are those that were wrong before; they moved as they are.
	Damaged []desk.RawID
	// Altered is how many texts held characters that are not kept any more;
	// U+FFFD stands for them there.
	Altered int64
}

// MovedTable is a table of which both sides have the same rows.
type MovedTable struct {
	Name string
	Rows int64
	// SHA256 is the sum of the hashes of its rows, in hex.
	SHA256 string
}

// MoveTo moves the desk into another database: all of it is copied while
// nobody can write here, then both sides are compared, and only then is the
// other one the desk and this one no more. Both have to be opened with
// [Options].Moving. progress is told the tables as they are copied; it may be
// nil. When it fails, the desk is where it was, and a new move begins anew; one
// that was cut off behind its last comparison is only finished.
func (s *Store) MoveTo(ctx context.Context, to *Store, progress func(table string, rows int64)) (Moved, error) {
	var done Moved
	if s.isSame(to) {
		return done, s.already()
	}
	err := s.change(ctx, func(w *writer) error {
		finished, err := w.mayMove(ctx, to)
		if err != nil || finished {
			return err
		}
		if err := w.hold(); err != nil {
			return err
		}
		g := gate{phaseArriving, s.path, rand.Text()}
		if err := to.receive(ctx, g); err != nil {
			return err
		}
		if done, err = copyDesk(ctx, w.session, to, progress); err != nil {
			return err
		}
		g.phase = phaseVerified
		if err := to.setGate(ctx, g); err != nil {
			return err
		}
		return w.do(setGate, phaseMoved, to.path, g.move)
	})
	if err != nil {
		return Moved{}, err
	}
	done.From, done.To = s.path, to.path
	// Whatever is called off now: the desk is there, and has to be open.
	return done, to.setGate(context.WithoutCancel(ctx), gate{})
}

// isSame reports whether two stores are the same database.
func (s *Store) isSame(other *Store) bool {
	here, err := os.Stat(s.path)
	there, missing := os.Stat(other.path)
	return s.path == other.path || err == nil && missing == nil && os.SameFile(here, there)
}

// mayMove refuses a database that is not the desk itself. finished says that it
// was, and that all of it is at the other side.
func (w *writer) mayMove(ctx context.Context, to *Store) (finished bool, err error) {
	here, err := w.gate()
	if err != nil || here.phase == phaseDesk {
		return false, err
	}
	if here.phase != phaseMoved {
		return false, w.store.elsewhere(here)
	}
	there, err := to.gate(ctx)
	if err != nil {
		return false, err
	}
	if there.move != here.move || there.phase != phaseVerified {
		return false, w.store.elsewhere(here)
	}
	return true, nil
}

// hold keeps a transaction that takes longer than any other.
func (s *session) hold() error {
	if s.dialect.patient == "" {
		return nil
	}
	return s.plain(s.dialect.patient)
}

// receive makes a database ready to be moved into: what an earlier move has
// left is taken out; anything else is not touched.
func (s *Store) receive(ctx context.Context, g gate) error {
	return s.change(ctx, func(w *writer) error {
		was, err := w.gate()
		if err != nil {
			return err
		}
		arriving := was.phase == phaseArriving || was.phase == phaseVerified
		for _, t := range slices.Backward(tables()) {
			if t.name == "desk" {
				continue
			}
			var n int64
			if !arriving {
				if err := w.get(`SELECT count(*) FROM `+t.name, nil, &n); err != nil {
					return err
				}
			} else if err := w.do(`DELETE FROM ` + t.name); err != nil {
				return err
			}
			if n > 0 {
				return s.notEmpty()
			}
		}
		return errors.Join(w.do(w.dialect.text.removeIn, int64(math.MinInt64), int64(math.MaxInt64)), w.do(setGate, g.phase, g.other, g.move))
	})
}

// copyDesk copies a desk and compares both sides.
func copyDesk(ctx context.Context, from *session, to *Store, progress func(string, int64)) (Moved, error) {
	var done Moved
	for _, t := range tables() {
		columns, err := t.columns(from)
		if err != nil {
			return done, err
		}
		moved, err := t.copyTo(ctx, from, to, columns)
		if err != nil {
			return done, err
		}
		done.Tables = append(done.Tables, MovedTable{t.name, moved.rows, moved.text()})
		done.Altered += moved.altered
		if progress != nil {
			progress(t.name, moved.rows)
		}
	}
	if err := to.makeSearch(ctx); err != nil {
		return done, err
	}
	if progress != nil {
		progress("search", 0)
	}
	return done, to.compare(ctx, from, &done)
}

// A transaction of a copy ends at one of these; a statement of it takes fewer
// values than any database allows.
const (
	copyRows   = 20_000
	copyBytes  = 32 << 20
	copyValues = 500
)

// copyTo copies one table, and gives the digest of what it has read.
func (t table) copyTo(ctx context.Context, from *session, to *Store, columns []string) (digest, error) {
	var d digest
	var batch [][]any
	size := 0
	flush := func() error {
		err := to.change(ctx, func(w *writer) error { return w.put(t, columns, batch) })
		batch, size = batch[:0], 0
		return err
	}
	err := from.each(t.selects(columns), func(row []any) error {
		if err := d.add(row); err != nil {
			return err
		}
		batch = append(batch, slices.Clone(row))
		if size += len(d.row); len(batch) < copyRows && size < copyBytes {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if err == nil && t.ids != noIdentity {
		err = t.goOn(ctx, from, to)
	}
	return d, err
}

// put inserts rows, several with each statement.
func (w *writer) put(t table, columns []string, rows [][]any) error {
	if t.name == "desk" && len(rows) == 1 {
		// Its one row is there already.
		return w.do(`UPDATE desk SET `+strings.Join(columns, " = ?, ")+` = ?`, rows[0]...)
	}
	n := max(copyValues/len(columns), 1)
	for _, size := range []int{n, 1} {
		text := t.inserts(columns, size)
		for len(rows) >= size {
			if err := w.do(text, slices.Concat(rows[:size]...)...); err != nil {
				return err
			}
			rows = rows[size:]
		}
	}
	return nil
}

// goOn lets the next id of a table be the one it would have been.
func (t table) goOn(ctx context.Context, from *session, to *Store) error {
	var top, last int64
	err := errors.Join(from.get(`SELECT coalesce(max(id), 0) FROM `+t.name, nil, &top), from.get(from.dialect.lastID, []any{t.name}, &last))
	last = max(last, top)
	if err != nil || last == 0 || t.ids != counted && !to.dialect.countsAll {
		return err
	}
	return to.change(ctx, func(w *writer) error {
		if w.dialect.forgetLastID != "" {
			if err := w.do(w.dialect.forgetLastID, t.name); err != nil {
				return err
			}
		}
		return w.do(w.dialect.setLastID, t.name, last)
	})
}

// makeSearch fills the search index from messages and notes.
func (s *Store) makeSearch(ctx context.Context) error {
	span := desk.Span{After: math.MinInt64}
	for {
		var ids []desk.MessageID
		err := s.change(ctx, func(w *writer) error {
			var err error
			if ids, err = collect(w.session, number[desk.MessageID], nextItems, span.After, span.After, 1000); err != nil || len(ids) == 0 {
				return err
			}
			span.UpTo = ids[len(ids)-1]
			return w.index(span)
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		span.After = span.UpTo
	}
}

// nextItems are the next ids of messages and notes.
const nextItems = `SELECT id FROM (SELECT id FROM messages WHERE id > ? UNION ALL SELECT id FROM notes WHERE id > ?) AS items
	ORDER BY id LIMIT ?`

// compare holds every table and every mail of this side to the other one.
func (s *Store) compare(ctx context.Context, from *session, done *Moved) error {
	return s.snapshot(ctx, func(here *session) error {
		for i, t := range tables() {
			columns, err := t.columns(here)
			if err != nil {
				return err
			}
			d, err := t.digest(here, columns)
			if err != nil {
				return err
			}
			if want := done.Tables[i]; d.rows != want.Rows || d.text() != want.SHA256 {
				return broken("NOT_THE_SAME", "Look at the disk and the server, then begin again.", nil,
					"The table %s is not the same on both sides: %d rows were read, and %d are in %s.", t.name, want.Rows, d.rows, s.path)
			}
		}
		if err := here.searchIsWhole(); err != nil {
			return err
		}
		var err error
		if done.Mails, done.Damaged, err = verifyMails(&reader{here, s.pack}); err != nil {
			return err
		}
		for _, id := range done.Damaged {
			if _, err := (&reader{from, s.pack}).RawBytes(id); !isDamaged(err) {
				return broken("NOT_THE_SAME", "Look at the disk and the server, then begin again.", err,
					"The stored mail %d is damaged in %s.", id, s.path)
			}
		}
		return nil
	})
}

const countSearch = `SELECT (SELECT count(*) FROM search), (SELECT count(*) FROM messages) + (SELECT count(*) FROM notes WHERE hidden = 0)`

// searchIsWhole counts what can be found.
func (s *session) searchIsWhole() error {
	var found, all int64
	err := s.get(countSearch, nil, &found, &all)
	if err == nil && found != all {
		err = broken("NOT_THE_SAME", "Begin again.", nil, "The search index has %d entries for %d messages and notes.", found, all)
	}
	return err
}

// change is [Store.Write] for this package.
func (s *Store) change(ctx context.Context, fn func(*writer) error) error {
	return s.Write(ctx, func(w desk.Writer) error {
		own, ok := w.(*writer)
		if !ok {
			return errors.New("store: a writer of somebody else")
		}
		return fn(own)
	})
}
