package store

import (
	"cmp"
	"database/sql"
	"slices"
	"strings"

	"postroom/desk"
)

// A view over several inboxes is a merge of one index range for each of them:
// no sort, no count, and nothing is read that is not shown.

const (
	rowColumns = conversationColumns + `, c.last_in > coalesce(rd.up_to, 0), coalesce(ua.name, ''),
		coalesce(tm.name, ''), coalesce(st.name, ''), ib.name`
	// rowJoins needs the viewer as its one argument.
	rowJoins = ` JOIN inboxes ib ON ib.id = c.inbox
		LEFT JOIN reads rd ON rd.user_id = ? AND rd.conversation = c.id LEFT JOIN users ua ON ua.id = c.assignee
		LEFT JOIN teams tm ON tm.id = c.team LEFT JOIN stages st ON st.id = c.stage`
	// listRange is one range, each row behind its key; the viewer's membership
	// is part of it.
	listRange = rowColumns + ` FROM members mb CROSS JOIN conversations c` + rowJoins + `
		WHERE mb.user_id = ? AND mb.inbox = ? AND c.inbox = ? AND c.place = ?`
	// taggedRange is one of those with a tag.
	taggedRange = rowColumns + ` FROM members mb CROSS JOIN conversation_tags ct CROSS JOIN conversations c` + rowJoins + `
		WHERE c.id = ct.conversation AND mb.user_id = ? AND mb.inbox = ? AND ct.inbox = ? AND ct.place = ? AND ct.tag = ?`
)

func scanRow(sc scanner) (desk.Row, error) {
	var r desk.Row
	err := sc.Scan(append(conversationInto(&r.Conversation), &r.Unread, &r.AssigneeName, &r.TeamName, &r.StageName, &r.InboxName)...)
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

// along is what a window is ordered by, besides the number, and whether that
// goes down.
func (q compiled) along(win desk.Window) (key string, down bool) {
	switch q.view.Sort {
	case desk.ByNewest:
		return "last_at", !win.Back
	case desk.ByDue:
		return "due_at", win.Back
	case desk.ByPriority:
		return "urgency", win.Back
	default:
		return "rank", win.Back
	}
}

// rangeQuery is the text of one range and its arguments behind the inbox and
// the place.
func rangeQuery(q compiled, win desk.Window) (string, []any) {
	column, down := q.along(win)
	var b strings.Builder
	var args []any
	key, id, from := "c."+column, "c.id", listRange
	switch {
	case q.tag != "":
		key, id, from, args = "ct."+column, "ct.conversation", taggedRange, []any{q.tag}
	case q.among.text != "":
		const here = " CROSS JOIN conversations c"
		from = strings.Replace(listRange, here, " CROSS JOIN ("+q.among.text+") w"+here, 1) + " AND c.id = w.id"
	}
	b.WriteString("SELECT " + key + " AS key, " + from)
	held := heldBy(q.view)
	b.WriteString(andText(held))
	args = append(args, held.args...)
	if q.view.Sort == desk.ByDue {
		b.WriteString(" AND c.due_at > 0")
	}
	if q.view.Owed {
		b.WriteString(" AND " + strings.TrimSuffix(key, column) + "rank < ?")
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
		b.WriteString(" AND (" + key + ", " + id + ") " + op + " (?, ?)")
		args = append(args, win.From.Key, win.From.ID)
	}
	if q.where.text != "" {
		b.WriteString(" AND " + q.where.text)
		args = append(args, q.where.args...)
	}
	b.WriteString(inOrder(key, id, down))
	return b.String(), append(args, win.Limit+1)
}

// heldBy limits a range by its stage and by who has it. Most conversations no team has: the
// index of those that one has leaves the others out, which has to be said.
func heldBy(v desk.View) pred {
	var p pred
	if v.Team != 0 {
		p = pred{"c.team = ? AND c.team <> 0", []any{v.Team}}
	}
	if v.Stage != 0 {
		p = p.and(pred{"c.stage = ? AND c.stage <> 0", []any{v.Stage}})
	}
	switch {
	case v.Assigned == desk.Anybody:
		return p
	case v.Assigned == desk.Nobody && v.Team == 0:
		return p.and(pred{"c.assignee = 0 AND c.team = 0", nil})
	default:
		return p.and(pred{"c.assignee = ?", []any{v.Assigned}})
	}
}

// inOrder takes the first rows by a key and, of the same key, by a number.
func inOrder(key, id string, down bool) string {
	if down {
		return " ORDER BY " + key + " DESC, " + id + " DESC LIMIT ?"
	}
	return " ORDER BY " + key + ", " + id + " LIMIT ?"
}

// rangeArgs are the arguments of one range, those of [rangeQuery] last.
func (q compiled) rangeArgs(viewer desk.UserID, in desk.InboxID, place desk.Place, more []any) []any {
	return slices.Concat(q.among.args, []any{viewer, viewer, in, in, place}, more)
}

// mergedQuery is all ranges in one statement. A server that merges them by
// itself is asked once instead of once for each, and sends no row that is not
// shown.
func mergedQuery(viewer desk.UserID, inboxes []desk.InboxID, q compiled, win desk.Window) (string, []any) {
	one, more := rangeQuery(q, win)
	var ranges []string
	var args []any
	for _, in := range inboxes {
		for _, place := range q.places {
			ranges = append(ranges, "("+one+")")
			args = append(args, q.rangeArgs(viewer, in, place, more)...)
		}
	}
	if len(ranges) == 1 {
		return one, args
	}
	_, down := q.along(win)
	return strings.Join(ranges, " UNION ALL ") + inOrder("key", "id", down), append(args, win.Limit+1)
}

// stream is one range that is being read, with its next row and its key.
type stream struct {
	rows *sql.Rows
	key  int64
	next desk.Row
}

// advance reads the next row; false at the end.
func (s *stream) advance() (bool, error) {
	if !s.rows.Next() {
		return false, s.rows.Err()
	}
	var err error
	s.next, err = scanRow(behind{s.rows, &s.key})
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
			_ = s.rows.Close()
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
	_, down := q.along(win)
	before := func(a, b *stream) int {
		n := cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.next.ID, b.next.ID))
		if down {
			return -n
		}
		return n
	}
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

// streams opens the ranges of all inboxes and places: one by one, or merged
// where a connection has one open result. The caller closes those it gets, also
// with an error.
func (r *reader) streams(viewer desk.UserID, inboxes []desk.InboxID, q compiled, win desk.Window) ([]*stream, error) {
	var list []*stream
	open := func(text string, args []any) error {
		rows, err := r.nth(len(list), q.where.text+q.among.text == "", text, args) //nolint:rowserrcheck,sqlclosecheck // advance and merge do
		if err == nil {
			list = append(list, &stream{rows: rows})
		}
		return err
	}
	if r.dialect.oneResult {
		err := open(mergedQuery(viewer, inboxes, q, win))
		return list, err
	}
	text, more := rangeQuery(q, win)
	for _, in := range inboxes {
		for _, place := range q.places {
			if err := open(text, q.rangeArgs(viewer, in, place, more)); err != nil {
				return list, err
			}
		}
	}
	return list, nil
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
	rows, err := r.once(text, q.rangeArgs(viewer, c.Inbox, place, args)...)
	if err != nil {
		return p, err
	}
	p.Rows, err = drain(rows, func(sc scanner) (desk.Row, error) { return scanRow(behind{sc, new(int64)}) })
	return p, err
}
