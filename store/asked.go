package store

import (
	"errors"
	"slices"
	"strings"

	"postroom/desk"
)

// asked is what a transaction that writes has been told about a desk's
// settings, by the table they are in: each mail of a batch asks for the same.
// It ends with the transaction. Nobody else writes meanwhile, so only the
// transaction itself can make an answer wrong; a statement that changes a table
// takes away what was told from it.
type asked map[string]map[question]answer

// question is one about a table: which question, about which inbox and which
// text. What does not count is empty.
type question struct {
	table, query string
	inbox        desk.InboxID
	text         string
}

// answer has [desk.ErrNoRow] for err where there is no row.
type answer struct {
	value any
	err   error
}

// recall gives what the transaction has been told, and asks where it has not. In
// a transaction that only reads it always asks.
func recall[T any](s *session, q question, ask func() (T, error)) (T, error) {
	if a, ok := s.asked[q.table][q]; ok {
		value, _ := a.value.(T)
		return value, a.err
	}
	value, err := ask()
	if s.asked == nil || err != nil && !errors.Is(err, desk.ErrNoRow) {
		return value, err
	}
	if s.asked[q.table] == nil {
		s.asked[q.table] = map[question]answer{}
	}
	s.asked[q.table][q] = answer{value, err}
	return value, err
}

// recallAll is recall for all rows of a statement. The list is the caller's.
func recallAll[T any](s *session, q question, scan func(scanner) (T, error), text string, args ...any) ([]T, error) {
	list, err := recall(s, q, func() ([]T, error) { return collect(s, scan, text, args...) })
	return slices.Clone(list), err
}

// before takes away what a statement may make wrong.
func (a asked) before(statement string) {
	if len(a) == 0 || strings.HasPrefix(statement, "SELECT ") {
		return
	}
	if table := changedBy(statement); table != "" {
		delete(a, table)
		return
	}
	clear(a)
}

// changedBy is the table that a statement changes; empty where that is not
// plain to see.
func changedBy(statement string) string {
	for _, begin := range []string{"INSERT INTO ", "UPDATE ", "DELETE FROM "} {
		if rest, ok := strings.CutPrefix(statement, begin); ok {
			if end := strings.IndexAny(rest, " (\t\n"); end >= 0 {
				rest = rest[:end]
			}
			return rest
		}
	}
	return ""
}
