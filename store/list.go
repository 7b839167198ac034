package store

import (
	"database/sql"
	"slices"
	"strings"

	"postroom/desk"
)

// A view over several inboxes is a merge of one index range for each of them:
// no sort, no count, and nothing is read that is not shown.

const (
	rowColumns = conversationColumns + `, c.last_in > coalesce(rd.up_to, 0), coalesce(ua.name, ''), ib.name`
	// rowJoins needs the viewer as its one argument.
	rowJoins = ` JOIN inboxes ib ON ib.id = c.inbox
		LEFT JOIN reads rd ON rd.user_id = ? AND rd.conversation = c.id LEFT JOIN users ua ON ua.id = c.assignee`
	// listRange is one range; the viewer's membership is part of it.
	listRange = `SELECT ` + rowColumns + ` FROM members mb CROSS JOIN conversations c` + rowJoins + `
		WHERE mb.user_id = ? AND mb.inbox = ? AND c.inbox = ? AND c.place = ?`
)

func scanRow(sc scanner) (desk.Row, error) {
	var r desk.Row
	err := sc.Scan(append(conversationInto(&r.Conversation), &r.Unread, &r.AssigneeName, &r.InboxName)...)
	return r, err
}

// defaultLimit is how many rows a window has that does not say.
const defaultLimit = 50

// List implements [desk.ConversationReader].
func (r *reader) List(viewer desk.UserID, v desk.View, win desk.Window) (desk.Page, error) {
	if win.Limit <= 0 {
		win.Limit = defaultLimit
	}
	if v.Sort == "" {
		v.Sort = desk.ByWaiting
	}
	if v.Owed && v.Sort != desk.ByWaiting {
		return desk.Page{}, invalid("BAD_VIEW", "Sort it by waiting.", "Only a list by waiting can show who waits.")
	}
	q, err := r.dialect.text.compile(v)
	if err != nil || q.never {
		return desk.Page{}, err
	}
	inboxes, err := r.ranges(viewer, q.view.Inbox)
	if err != nil || len(inboxes) == 0 {
		return desk.Page{}, err
	}
	switch {
	case q.only != 0:
		return r.single(viewer, q, win)
	case q.match != "":
		return r.walk(viewer, inboxes, q, win)
	default:
		return r.merge(viewer, inboxes, q, win)
	}
}

// ranges are the inboxes a list goes over.
func (r *reader) ranges(viewer desk.UserID, one desk.InboxID) ([]desk.InboxID, error) {
	inboxes, err := r.visible(viewer)
	if err != nil || one == 0 {
		return inboxes, err
	}
	if slices.Contains(inboxes, one) {
		return []desk.InboxID{one}, nil
	}
	return nil, nil
}

// rangeQuery is the text of one range and its arguments behind the inbox and
// the place.
func rangeQuery(q compiled, win desk.Window) (string, []any) {
	key, down := "rank", win.Back
	if q.view.Sort == desk.ByNewest {
		key, down = "last_at", !win.Back
	}
	var b strings.Builder
	var args []any
	b.WriteString(listRange)
	if q.view.Assigned != desk.Anybody {
		b.WriteString(" AND c.assignee = ?")
		args = append(args, q.view.Assigned)
	}
	if q.view.Owed {
		b.WriteString(" AND c.rank < ?")
		args = append(args, int64(desk.RankOwed))
	}
	if win.From != (desk.Cursor{}) {
		op := ">"
		if down {
			op = "<"
		}
		if win.Include {
			op += "="
		}
		b.WriteString(" AND (c." + key + ", c.id) " + op + " (?, ?)")
		args = append(args, win.From.Key, win.From.ID)
	}
	if q.where.text != "" {
		b.WriteString(" AND " + q.where.text)
		args = append(args, q.where.args...)
	}
	order := ""
	if down {
		order = " DESC"
	}
	b.WriteString(" ORDER BY c." + key + order + ", c.id" + order + " LIMIT ?")
	return b.String(), append(args, win.Limit+1)
}

// stream is one range that is being read, with its next row.
type stream struct {
	rows *sql.Rows
	// read are the rows that are still to come where rows is nil.
	read []desk.Row
	next desk.Row
}

func (s *stream) close() {
	if s.rows != nil {
		_ = s.rows.Close()
	}
}

// advance reads the next row; false at the end.
func (s *stream) advance() (bool, error) {
	if s.rows == nil {
		if len(s.read) == 0 {
			return false, nil
		}
		s.next, s.read = s.read[0], s.read[1:]
		return true, nil
	}
	if !s.rows.Next() {
		return false, s.rows.Err()
	}
	var err error
	s.next, err = scanRow(s.rows)
	return err == nil, err
}

// merge answers a window from the index ranges of the view.
func (r *reader) merge(viewer desk.UserID, inboxes []desk.InboxID, q compiled, win desk.Window) (desk.Page, error) {
	var p desk.Page
	if win.Back && win.From == (desk.Cursor{}) {
		return p, nil // nothing is before the top
	}
	streams, err := r.streams(viewer, inboxes, q, win)
	defer func() {
		for _, s := range streams {
			s.close()
		}
	}()
	if err != nil {
		return p, err
	}
	var open []*stream
	for _, s := range streams {
		ok, err := s.advance()
		if err != nil {
			return p, err
		}
		if ok {
			open = append(open, s)
		}
	}
	before := inOrder(q.view.Sort, win.Back)
	for len(open) > 0 {
		least := slices.MinFunc(open, before)
		if len(p.Rows) == win.Limit {
			p.More = true
			break
		}
		p.Rows = append(p.Rows, least.next)
		ok, err := least.advance()
		if err != nil {
			return desk.Page{}, err
		}
		if !ok {
			open = slices.DeleteFunc(open, func(s *stream) bool { return s == least })
		}
	}
	if win.Back {
		reverse(p.Rows)
	}
	return p, nil
}

// streams opens one range for each inbox and place. The caller closes those it
// gets, also with an error.
func (r *reader) streams(viewer desk.UserID, inboxes []desk.InboxID, q compiled, win desk.Window) ([]*stream, error) {
	text, args := rangeQuery(q, win)
	var list []*stream
	for _, in := range inboxes {
		for _, place := range q.places {
			all := append([]any{viewer, viewer, in, in, place}, args...)
			rows, err := r.nth(len(list), q.where.text == "", text, all) //nolint:rowserrcheck,sqlclosecheck // advance and merge do
			if err != nil {
				return list, err
			}
			if !r.dialect.oneResult {
				list = append(list, &stream{rows: rows})
				continue
			}
			read, err := drain(rows, scanRow)
			if err != nil {
				return list, err
			}
			list = append(list, &stream{read: read})
		}
	}
	return list, nil
}

// inOrder compares the next rows of two streams in the direction of reading.
func inOrder(sort desk.Sort, back bool) func(a, b *stream) int {
	return func(a, b *stream) int {
		n := compareRows(sort, a.next, b.next)
		if back {
			return -n
		}
		return n
	}
}

// compareRows is the order of a list: by its key, then by number, so that it
// is total and paging misses nothing.
func compareRows(sort desk.Sort, a, b desk.Row) int {
	ca, cb := a.Cursor(sort), b.Cursor(sort)
	n := compareInts(ca.Key, cb.Key)
	if n == 0 {
		n = compareInts(int64(ca.ID), int64(cb.ID))
	}
	if sort == desk.ByNewest {
		return -n
	}
	return n
}

func compareInts(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// single answers a query that names one conversation.
func (r *reader) single(viewer desk.UserID, q compiled, win desk.Window) (desk.Page, error) {
	var p desk.Page
	c, err := r.Conversation(q.only)
	if err != nil {
		if err == desk.ErrNoRow { //nolint:errorlint // find returns the sentinel itself
			err = nil
		}
		return p, err
	}
	place := placeOf(c)
	if q.view.Inbox != 0 && c.Inbox != q.view.Inbox || !slices.Contains(q.places, place) {
		return p, nil
	}
	win.Limit = 1
	q.where = pred{"c.id = ?", []any{q.only}}.and(q.where)
	if q.match != "" {
		q.where = q.where.and(r.dialect.text.hasHit("("+q.match+")", q.hit, ""))
	} else {
		q.where = q.where.and(hitOnly(q.hit))
	}
	text, args := rangeQuery(q, win)
	rows, err := r.once(text, append([]any{viewer, viewer, c.Inbox, c.Inbox, place}, args...)...)
	if err != nil {
		return p, err
	}
	p.Rows, err = drain(rows, scanRow)
	return p, err
}
