package store

import (
	"context"
	"errors"
	"fmt"

	"postroom/desk"
)

const (
	// tidyFrom is from how many segments on the index is worth tidying.
	tidyFrom = 3
	// tidyAll is how much of an index has to have come since all of it was
	// last made one segment, in percent, before that is done again: so a mail
	// is rewritten a few times in the life of a desk, however large it grows.
	tidyAll = 33
	// tidyWork is how many pages of 4 KB one step writes, more or less.
	tidyWork = 64
	// tidyLevel is how many segments of a level are merged into one of the
	// next. It is FTS5's least, for merging while nobody waits.
	tidyLevel = 2
)

const (
	// countSegments goes from one segment to the next, however many rows each
	// of them has.
	countSegments = `WITH RECURSIVE s (id) AS (
			SELECT min(segid) FROM search_idx
			UNION ALL SELECT (SELECT min(segid) FROM search_idx WHERE segid > s.id) FROM s WHERE s.id IS NOT NULL
		) SELECT count(id) FROM s`
	mergeLevel    = `SELECT coalesce(max(v), 0) FROM search_config WHERE k = 'usermerge'`
	setMergeLevel = `INSERT INTO search (search, rank) VALUES ('usermerge', ?)`
	mergeSegments = `INSERT INTO search (search, rank) VALUES ('merge', ?)`
	totalChanges  = `SELECT total_changes()`
	// largestShare is how much of the index its largest segment is, in percent.
	largestShare = `SELECT coalesce(max(n) * 100 / sum(n), 100) FROM (SELECT count(*) AS n FROM search_idx GROUP BY segid)`
)

// Tidy implements [desk.Store]. SQLite's index grows by a segment with each
// transaction, and a search asks every segment for each of its words: at a
// million mails and 21 segments a common word takes seven times as long as with
// one. FTS5 merges some of them while mail comes in and leaves the rest to a
// quiet hour (https://sqlite.org/fts5.html, "The 'merge' command"), which is
// when this is called. PostgreSQL sees to its index by itself.
func (s *Store) Tidy(ctx context.Context) (more bool, err error) {
	if s.dialect.text.segments == "" {
		return false, nil
	}
	var segments int
	err = s.snapshot(ctx, func(ses *session) error { return ses.get(s.dialect.text.segments, nil, &segments) })
	if err != nil || segments < tidyFrom {
		return false, err
	}
	err = s.Write(ctx, func(dw desk.Writer) error {
		w, ok := dw.(*writer)
		if !ok {
			return fmt.Errorf("tidy: a writer of type %T", dw)
		}
		if more, err = w.mergeSome(); err == nil && !more {
			return errTidy // so that nothing is written
		}
		return err
	})
	if errors.Is(err, errTidy) {
		err = nil
	}
	return more, err
}

var errTidy = errors.New("there is nothing to tidy")

// mergeSome does one step, and reports whether there was anything to do.
func (w *writer) mergeSome() (bool, error) {
	var level, share int
	if err := w.get(mergeLevel, nil, &level); err != nil {
		return false, err
	}
	if level != tidyLevel {
		if err := w.do(setMergeLevel, tidyLevel); err != nil {
			return false, err
		}
	}
	done, err := w.merge(tidyWork)
	if err != nil || done {
		return done, err
	}
	// Those that are like each other are merged. A negative number takes all.
	if err := w.get(largestShare, nil, &share); err != nil || share > 100-tidyAll {
		return false, err
	}
	return w.merge(-tidyWork)
}

// merge reports whether there was anything to merge: then more than one row has
// changed (the same page of FTS5's documentation).
func (w *writer) merge(work int) (bool, error) {
	var before, after int
	if err := w.get(totalChanges, nil, &before); err != nil {
		return false, err
	}
	if err := w.do(mergeSegments, work); err != nil {
		return false, err
	}
	err := w.get(totalChanges, nil, &after)
	return after-before > 1, err
}
