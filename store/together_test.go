package store

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"postroom/desk"
)

// TestTogether: statements that are sent together are seen by the next one, and
// when one of them fails nothing of the transaction is kept.
func TestTogether(t *testing.T) {
	s := openPostgres(t)
	const read = `INSERT INTO reads (user_id, conversation, up_to) VALUES (?, 1, 1)`
	reads := func(users []int, ask bool) (seen int, err error) {
		err = s.change(t.Context(), func(w *writer) error {
			for _, u := range users {
				if err := w.do(read, u); err != nil {
					return err
				}
			}
			if waits := w.waiting.batch.Len(); waits != len(users) {
				t.Errorf("%d of %d statements wait", waits, len(users))
			}
			if err := w.Append(&desk.Event{Kind: desk.EventHistory}); err != nil || !ask {
				return err
			}
			return w.get("SELECT count(*) FROM reads", nil, &seen)
		})
		return seen, err
	}
	for _, ask := range []bool{false, true} {
		var pg *pgconn.PgError
		if _, err := reads([]int{1, 2, 1, 3}, ask); !errors.As(err, &pg) || pg.Code != "23505" {
			t.Errorf("asked %v, a row that is there already: %v", ask, err)
		}
		if end := journalEnd(t, s); end != 0 {
			t.Errorf("asked %v, the journal has grown to %d", ask, end)
		}
	}
	// The control: the same without the row that is there already.
	if seen, err := reads([]int{1, 2, 3}, true); err != nil || seen != 3 {
		t.Errorf("%d rows are seen behind three statements: %v", seen, err)
	}
	if end := journalEnd(t, s); end != 1 {
		t.Errorf("the journal ends at %d", end)
	}
}

// TestTogetherIsBounded: a mail of many megabytes does not wait in memory.
func TestTogetherIsBounded(t *testing.T) {
	s := openPostgres(t)
	text, most := strings.Repeat("x", maxWaitingBytes/4), 0
	err := s.change(t.Context(), func(w *writer) error {
		for i := range 3 * maxWaiting {
			body := ""
			if i < 9 {
				body = text
			}
			if err := w.do(addBody, i, "{}", body, "", ""); err != nil {
				return err
			}
			most = max(most, w.waiting.batch.Len())
			if w.waiting.bytes >= maxWaitingBytes || i < 9 && w.waiting.batch.Len() > 4 {
				t.Errorf("%d statements of %d bytes wait", w.waiting.batch.Len(), w.waiting.bytes)
			}
		}
		return nil
	})
	if err != nil || most != maxWaiting-1 {
		t.Errorf("at most %d statements have waited: %v", most, err)
	}
}
