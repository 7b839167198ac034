package store

import (
	"errors"
	"slices"

	"postroom/desk"
)

// A search walks the hits of the index from the newest on and shows each
// conversation at its newest hit, until the window is full. What a window
// before it has shown is told by asking for a newer hit of the same
// conversation, so a page needs nothing but the conversation it begins at.

// hitJoins lead from the hit s to the row of its conversation; they need the
// viewer twice.
const hitJoins = ` LEFT JOIN messages m ON m.id = s.rowid LEFT JOIN notes n ON n.id = s.rowid
	CROSS JOIN conversations c ON c.id = coalesce(m.conversation, n.conversation)
	CROSS JOIN members mb ON mb.user_id = ? AND mb.inbox = c.inbox` + rowJoins

const newestFirst = ` ORDER BY m.id DESC LIMIT 1`

// search is a window of a search on its way to an answer.
type search struct {
	compiled
	viewer  desk.UserID
	inboxes []desk.InboxID
	win     desk.Window
	// match is what to look for, limited to the viewer's inboxes.
	match string
	// from is the hit at which the window begins, 0 for the top.
	from desk.MessageID
}

// walk answers a window of a search.
func (r *reader) walk(viewer desk.UserID, inboxes []desk.InboxID, q compiled, win desk.Window) (desk.Page, error) {
	var p desk.Page
	indexed, err := r.inIndex(inboxes)
	if err != nil || len(indexed) == 0 {
		return p, err
	}
	s := search{compiled: q, viewer: viewer, inboxes: inboxes, win: win, match: r.dialect.text.inScope(q.match, indexed)}
	if s.from, err = r.startOf(s); err != nil || win.Back && s.from == 0 {
		return p, err
	}
	seen := map[desk.ConversationID]bool{}
	err = r.eachHit(s, func(hit desk.MessageID, row desk.Row) (bool, error) {
		if seen[row.ID] {
			return true, nil
		}
		if s.from != 0 {
			newer, err := r.newestHit(s, row.ID, hit)
			if err != nil || newer != 0 {
				return true, err // it stands further up
			}
		}
		seen[row.ID] = true
		if len(p.Rows) == win.Limit {
			p.More = true
			return false, nil
		}
		p.Rows = append(p.Rows, row)
		return true, nil
	})
	if err != nil {
		return desk.Page{}, err
	}
	if win.Back {
		reverse(p.Rows)
	}
	return p, nil
}

// eachHit gives the hits of a search in their order, until show wants no more.
func (r *reader) eachHit(s search, show func(desk.MessageID, desk.Row) (more bool, err error)) error {
	if r.dialect.oneResult {
		return r.eachHitBySpans(s, show)
	}
	text, args := s.hitsQuery()
	rows, err := r.nth(0, s.where.text == "", text, args)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var hit desk.MessageID
		row, err := scanRow(behind{rows, &hit})
		if err != nil {
			return err
		}
		if more, err := show(hit, row); !more || err != nil {
			return err
		}
	}
	return rows.Err()
}

// behind scans one more column in front of a list's row.
type behind struct {
	scanner
	first any
}

// Scan implements scanner.
func (b behind) Scan(dest ...any) error { return b.scanner.Scan(append([]any{b.first}, dest...)...) }

// startOf is the hit at which the window begins: the newest one of the
// conversation it begins at, or, when that has none any more, where its last
// message is. 0 is the top.
func (r *reader) startOf(s search) (desk.MessageID, error) {
	if s.win.From == (desk.Cursor{}) {
		return 0, nil
	}
	hit, err := r.newestHit(s, s.win.From.ID, 0)
	if err != nil || hit != 0 {
		return hit, err
	}
	c, err := r.Conversation(s.win.From.ID)
	if errors.Is(err, desk.ErrNoRow) {
		return desk.FirstMessageID(s.win.From.Key / 1000), nil
	}
	return c.Last, err
}

// newestHit is the newest hit of a conversation behind the given one, 0 if
// there is none.
func (r *reader) newestHit(s search, c desk.ConversationID, after desk.MessageID) (desk.MessageID, error) {
	newest := desk.MessageID(0)
	ask := func(text string, args ...any) error {
		ids, err := collect(r.session, number[desk.MessageID], text+newestFirst, args...)
		if len(ids) > 0 {
			newest = max(newest, ids[0])
		}
		return err
	}
	err := ask(r.dialect.text.messageHit+andText(s.hit), append([]any{c, after, s.match}, s.hit.args...)...)
	if err == nil && s.hit.text == "" {
		err = ask(r.dialect.text.noteHit, c, after, s.match)
	}
	return newest, err
}

// allHits are the hits of a search with the rows of their conversations.
const allHits = `SELECT s.rowid, ` + rowColumns + ` FROM search s` + hitJoins + ` WHERE search MATCH ?`

// hitsQuery is the text of the walk and its arguments.
func (s search) hitsQuery() (string, []any) {
	wanted := s.ofHit()
	order := " DESC"
	if s.from != 0 {
		op := "<"
		if s.win.Back {
			op, order = ">", " ASC"
		}
		if s.win.Include {
			op += "="
		}
		wanted = wanted.and(pred{"s.rowid " + op + " ?", []any{s.from}})
	}
	return allHits + " AND " + wanted.text + " ORDER BY s.rowid" + order, append([]any{s.viewer, s.viewer, s.match}, wanted.args...)
}

// ofHit is what a hit has to be besides one: the message m or the note n of a
// conversation c that the view shows.
func (q compiled) ofHit() pred {
	p := pred{"(n.id IS NULL OR n.hidden = 0) AND c.joined_to = 0", nil}
	switch {
	case len(q.places) == 1:
		p = p.and(pred{"c.place = ?", []any{q.places[0]}})
	case !slices.Contains(q.places, desk.InTrash):
		p = p.and(pred{"c.place <> ?", []any{desk.InTrash}})
	}
	if q.view.Inbox != 0 {
		p = p.and(pred{"c.inbox = ?", []any{q.view.Inbox}})
	}
	p = p.and(heldBy(q.view))
	if q.tag != "" {
		p = p.and(hasTag(q.tag))
	}
	if q.view.Owed {
		p = p.and(pred{"c.rank < ?", []any{int64(desk.RankOwed)}})
	}
	return p.and(q.hit).and(q.where)
}
