package triage

import (
	"context"
	"math"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/ui/shell"
)

// goal is where the cursor goes when an answer comes.
type goal uint8

const (
	keep  goal = iota // where it is
	toTop             // to the first row
	toEnd             // to the last row
	find              // to the row that was asked for
)

// asked is what a question of the list is about.
type asked struct {
	goal   goal
	view   desk.View
	anchor desk.Cursor
	// id is the row at the anchor, which is held there; 0 for none.
	id desk.ConversationID
	// last is the held row as we knew it.
	last  desk.Row
	crest *desk.Cursor
	rows  int
	// query is which one the view is of, while a search is open.
	query uint64
}

// found is the answer to it.
type found struct {
	asked asked
	page  page
}

// read begins to read the rows around the cursor, or at the goal. While a
// question is under way another with the same goal waits for its answer: with
// mail pouring in, cancelling would mean that no answer ever comes.
func (s *Screen) read(g goal) tea.Cmd {
	if s.turning && g == keep {
		g = toTop
	}
	if s.lane.Busy() && g == keep {
		s.stale = true
		return nil
	}
	return s.ask(s.question(g))
}

func (s *Screen) question(g goal) asked {
	a := asked{goal: g, view: s.where.view, crest: s.win.crest, rows: 2 * max(s.win.height, 10), query: s.search.view}
	if cur := s.win.current(); g == keep && cur != nil {
		a.anchor, a.last = s.anchor(*cur), *cur
		if _, loose := s.win.loose[cur.ID]; !loose {
			a.id = cur.ID
		}
	} else if g == keep {
		a.goal = toTop
	}
	return a
}

// anchor is the place of a row in the list. A row that is held keeps the place
// at which it has been found.
func (s *Screen) anchor(r desk.Row) desk.Cursor {
	if s.held.ID == r.ID {
		return s.held
	}
	return r.Cursor(s.where.view.Sort)
}

// readAt looks for a row at the place where it used to be.
func (s *Screen) readAt(r desk.Row) tea.Cmd {
	a := s.question(find)
	a.anchor, a.id, a.last = r.Cursor(a.view.Sort), r.ID, r
	return s.ask(a)
}

func (s *Screen) ask(a asked) tea.Cmd {
	s.stale, s.asking, s.steps = false, a.goal, 0
	if a.goal != keep {
		s.owed = 0
	}
	d := s.sh.Desk
	return s.lane.Ask(s.sh.Context(), func(ctx context.Context) (found, error) {
		p, err := around(ctx, d, a)
		return found{a, p}, err
	})
}

// jumping reports whether the cursor is on its way to rows that are not in
// memory yet.
func (s *Screen) jumping() bool { return s.lane.Busy() && s.asking != keep }

// around reads the rows about an anchor, both ways.
func around(ctx context.Context, d shell.Desk, a asked) (page, error) {
	var p page
	if a.goal == toTop {
		got, err := d.List(ctx, a.view, desk.Window{Limit: a.rows})
		return page{rows: got.Rows, below: got.More}, err
	}
	if a.goal == toEnd {
		got, err := d.List(ctx, a.view, desk.Window{From: end(a.view.Sort), Back: true, Limit: a.rows})
		return page{rows: got.Rows, above: got.More, at: len(got.Rows)}, err
	}
	before, err := d.List(ctx, a.view, desk.Window{From: a.anchor, Back: true, Limit: a.rows})
	if err != nil {
		return p, err
	}
	behind, err := d.List(ctx, a.view, desk.Window{From: a.anchor, Include: true, Limit: a.rows})
	if err != nil {
		return p, err
	}
	p.rows = append(before.Rows, behind.Rows...)
	p.above, p.below, p.at = before.More, behind.More, len(before.Rows)
	if err := hold(ctx, d, a, &p); err != nil {
		return p, err
	}
	return p, newest(ctx, d, a, &p)
}

// hold finds the row at the anchor. One that has moved in the list stays where
// it was; one that has left it stays too, unless it was only looked for.
func hold(ctx context.Context, d shell.Desk, a asked, p *page) error {
	if a.id == 0 || p.at < len(p.rows) && p.rows[p.at].ID == a.id {
		return nil
	}
	for _, r := range p.rows {
		if r.ID == a.id {
			p.pin = &r
			return nil
		}
	}
	if a.goal == find {
		return nil
	}
	t, err := d.Thread(ctx, a.id, 1)
	switch {
	case err == nil && t.ID == a.id:
		p.pin, p.gone = &t.Row, !belongs(a.view, t.Row)
	case err == nil || desk.KindOf(err) == desk.NotFound:
		p.pin, p.gone = &a.last, true
	default:
		return err
	}
	return nil
}

// newest counts what has come in at the beginning of the list, where that is
// far above the rows that are read.
func newest(ctx context.Context, d shell.Desk, a asked, p *page) error {
	if a.crest == nil || !p.above {
		return nil
	}
	first, err := d.List(ctx, a.view, desk.Window{From: *a.crest, Back: true, Limit: 99})
	p.before = len(first.Rows)
	return err
}

// belongs reports whether a row is in a view as far as the row itself tells. A
// query is left to the desk: what it might have left out is taken to be in.
func belongs(v desk.View, r desk.Row) bool {
	return (v.Place == "" || r.Place() == v.Place) &&
		(v.Inbox == 0 || r.Inbox == v.Inbox) &&
		(v.Assigned == desk.Anybody || desk.UserID(v.Assigned) == r.Assignee) &&
		(!v.Owed || r.Owed()) &&
		(v.Sort != desk.ByDue || !r.DueAt.IsZero())
}

// end is behind the last row of a list.
func end(s desk.Sort) desk.Cursor {
	if s == desk.ByNewest {
		return desk.Cursor{Key: math.MinInt64 + 1}
	}
	return desk.Cursor{Key: math.MaxInt64, ID: math.MaxInt64}
}

// arrived takes an answer about the list.
func (s *Screen) arrived(msg tea.Msg) tea.Cmd {
	f, err, ok := s.lane.Take(msg)
	if !ok {
		return nil
	}
	if err != nil {
		s.search.asked = 0 // enter asks again
		if s.stale {
			return tea.Batch(s.sh.Missed(err), s.read(keep))
		}
		return s.sh.Missed(err)
	}
	if s.turning && f.asked.goal == keep {
		return s.ask(s.question(toTop))
	}
	if cur := s.win.current(); f.asked.goal == keep && cur != nil && f.asked.id != 0 && f.asked.id != cur.ID && !contains(f.page, cur.ID) {
		// The cursor has moved on, out of what was read: ask again, from
		// where it is now.
		return s.ask(s.question(keep))
	}
	s.search.landed = f.asked.query
	if s.turning {
		s.used = 0 // while a view is open no column goes again
	}
	s.turning = s.search.pending() && !s.search.typing
	s.win.apply(f.page, f.asked.goal, s.where.view.Sort)
	s.used |= usedBy(s.win.rows)
	if s.steps != 0 || s.owed != 0 {
		s.move(s.steps)
		s.steps = 0
	}
	s.held = desk.Cursor{}
	if cur := s.win.current(); f.page.pin != nil && cur != nil && cur.ID == f.page.pin.ID {
		s.held = desk.Cursor{Key: f.asked.anchor.Key, ID: cur.ID}
	}
	var again tea.Cmd
	if s.stale {
		again = s.read(keep)
	} else if s.owed != 0 {
		again = s.more()
	}
	return tea.Batch(again, s.preview.follow(s.win.current()))
}

func contains(p page, id desk.ConversationID) bool {
	if p.pin != nil && p.pin.ID == id {
		return true
	}
	for _, r := range p.rows {
		if r.ID == id {
			return true
		}
	}
	return false
}
