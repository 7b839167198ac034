package store

import (
	"errors"
	"strings"

	"postroom/desk"
)

// A search walks the hits of the index from the newest on and shows each
// conversation at its newest hit, until the window is full. What a window
// before it has shown is told by asking for a newer hit of the same
// conversation, so a page needs nothing but the conversation it begins at.

const (
	hits = `SELECT s.rowid, ` + rowColumns + ` FROM search s
		LEFT JOIN messages m ON m.id = s.rowid LEFT JOIN notes n ON n.id = s.rowid
		CROSS JOIN conversations c ON c.id = coalesce(m.conversation, n.conversation)
		CROSS JOIN members mb ON mb.user_id = ? AND mb.inbox = c.inbox` + rowJoins + `
		WHERE search MATCH ?`
	messageHit = `SELECT m.id FROM messages m CROSS JOIN search s ON s.rowid = m.id
		WHERE m.conversation = ? AND m.id > ? AND search MATCH ?`
	noteHit = `SELECT m.id FROM notes m CROSS JOIN search s ON s.rowid = m.id
		WHERE m.conversation = ? AND m.id > ? AND m.hidden = 0 AND search MATCH ?`
	newestFirst = ` ORDER BY m.id DESC LIMIT 1`
)

// walk answers a window of a search.
func (r *reader) walk(viewer desk.UserID, inboxes []desk.InboxID, q compiled, win desk.Window) (desk.Page, error) {
	var p desk.Page
	match := inScope(q.match, inboxes)
	from, err := r.startOf(q, match, win)
	if err != nil || win.Back && from == 0 {
		return p, err
	}
	text, args := hitsQuery(viewer, q, match, win, from)
	rows, err := r.nth(0, q.where.text == "", text, args)
	if err != nil {
		return p, err
	}
	defer func() { _ = rows.Close() }()
	seen := map[desk.ConversationID]bool{}
	for rows.Next() {
		var hit desk.MessageID
		row, err := scanRow(withHit{rows, &hit})
		if err != nil {
			return desk.Page{}, err
		}
		if seen[row.ID] {
			continue
		}
		if from != 0 {
			newer, err := r.newestHit(row.ID, hit, q, match)
			if err != nil {
				return desk.Page{}, err
			}
			if newer != 0 {
				continue // it stands further up
			}
		}
		seen[row.ID] = true
		if len(p.Rows) == win.Limit {
			p.More = true
			break
		}
		p.Rows = append(p.Rows, row)
	}
	if err := rows.Err(); err != nil {
		return desk.Page{}, err
	}
	if win.Back {
		reverse(p.Rows)
	}
	return p, nil
}

// withHit scans the row id of the hit in front of a list's row.
type withHit struct {
	scanner
	hit *desk.MessageID
}

// Scan implements scanner.
func (w withHit) Scan(dest ...any) error { return w.scanner.Scan(append([]any{w.hit}, dest...)...) }

// startOf is the hit at which the window begins: the newest one of the
// conversation it begins at, or, when that has none any more, where its last
// message is. 0 is the top.
func (r *reader) startOf(q compiled, match string, win desk.Window) (desk.MessageID, error) {
	if win.From == (desk.Cursor{}) {
		return 0, nil
	}
	hit, err := r.newestHit(win.From.ID, 0, q, match)
	if err != nil || hit != 0 {
		return hit, err
	}
	c, err := r.Conversation(win.From.ID)
	if errors.Is(err, desk.ErrNoRow) {
		return desk.FirstMessageID(win.From.Key / 1000), nil
	}
	return c.Last, err
}

// newestHit is the newest hit of a conversation behind the given one, 0 if
// there is none.
func (r *reader) newestHit(c desk.ConversationID, after desk.MessageID, q compiled, match string) (desk.MessageID, error) {
	newest := desk.MessageID(0)
	ask := func(text string, args ...any) error {
		ids, err := collect(r.session, number[desk.MessageID], text+newestFirst, args...)
		if len(ids) > 0 {
			newest = max(newest, ids[0])
		}
		return err
	}
	err := ask(messageHit+andText(q.hit), append([]any{c, after, match}, q.hit.args...)...)
	if err == nil && q.hit.text == "" {
		err = ask(noteHit, c, after, match)
	}
	return newest, err
}

// hitsQuery is the text of the walk and its arguments.
func hitsQuery(viewer desk.UserID, q compiled, match string, win desk.Window, from desk.MessageID) (string, []any) {
	var b strings.Builder
	args := []any{viewer, viewer, match}
	b.WriteString(hits)
	add := func(text string, more ...any) {
		b.WriteString(" AND " + text)
		args = append(args, more...)
	}
	add("(n.id IS NULL OR n.hidden = 0)")
	add("c.joined_to = 0")
	if len(q.places) == 1 {
		add("c.place = ?", q.places[0])
	}
	if q.view.Inbox != 0 {
		add("c.inbox = ?", q.view.Inbox)
	}
	if q.view.Assigned != desk.Anybody {
		add("c.assignee = ?", q.view.Assigned)
	}
	if q.view.Owed {
		add("c.rank < ?", int64(desk.RankOwed))
	}
	if q.hit.text != "" {
		add(q.hit.text, q.hit.args...)
	}
	if q.where.text != "" {
		add(q.where.text, q.where.args...)
	}
	order := " DESC"
	if from != 0 {
		op := "<"
		if win.Back {
			op, order = ">", " ASC"
		}
		if win.Include {
			op += "="
		}
		add("s.rowid "+op+" ?", from)
	}
	b.WriteString(" ORDER BY s.rowid" + order)
	return b.String(), args
}
