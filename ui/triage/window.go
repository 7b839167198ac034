package triage

import (
	"maps"
	"slices"

	"postroom/desk"
	"postroom/ui/action"
)

// window is the part of a list that is in memory.
type window struct {
	rows []desk.Row
	// above and below say that the list goes on beyond rows.
	above, below bool
	// cursor is the row that keys act on, top the first one in sight.
	cursor, top int
	// height is how many rows are in sight.
	height int
	// loaded is false until the first answer.
	loaded bool
	// fresh are rows that came in above the ones in sight and have not been
	// seen; more counts those beyond the rows in memory.
	fresh map[desk.ConversationID]bool
	more  int
	// crest is the first row of the whole list when it was last in sight.
	crest *desk.Cursor
	// gone is the row under the cursor when it does not belong to the list
	// any more; 0 for none.
	gone desk.ConversationID
	// hidden are rows an action of ours takes away, with the version they had:
	// a late answer that still has them does not bring them back.
	hidden map[desk.ConversationID]int64
	// loose are rows an action of ours has changed. They are not held in
	// their place when they leave the list.
	loose map[desk.ConversationID]int64
	// ours are rows an undo of ours has brought back: they are not new.
	ours map[desk.ConversationID]bool
}

// page is an answer about the rows around a place in the list.
type page struct {
	rows         []desk.Row
	above, below bool
	// at is where in rows the place is.
	at int
	// pin is the row the question was about, if it was about one: held where
	// it was, with its present content. gone says that it has left the list.
	pin  *desk.Row
	gone bool
	// before counts the rows above the remembered crest when the beginning
	// of the list is not among rows.
	before int
}

// clone is a window of its own, which what happens to this one leaves alone.
func (w *window) clone() window {
	c := *w
	c.rows = slices.Clone(w.rows)
	c.fresh, c.hidden, c.loose = maps.Clone(w.fresh), maps.Clone(w.hidden), maps.Clone(w.loose)
	c.ours = maps.Clone(w.ours)
	return c
}

// current is the row under the cursor; nil in an empty list.
func (w *window) current() *desk.Row {
	if w.cursor < 0 || w.cursor >= len(w.rows) {
		return nil
	}
	return &w.rows[w.cursor]
}

// index finds a row by its identity; -1 when it is not in memory.
func (w *window) index(id desk.ConversationID) int {
	return slices.IndexFunc(w.rows, func(r desk.Row) bool { return r.ID == id })
}

// move moves the cursor by rows, as far as rows are in memory, and says by how
// many. The number of the row alone does not tell: a row that had been held
// leaves the list when the cursor leaves it.
func (w *window) move(by int) (moved int) {
	if len(w.rows) == 0 {
		return 0
	}
	to := min(max(w.cursor+by, 0), len(w.rows)-1)
	moved = to - w.cursor
	w.put(to)
	return moved
}

// put sets the cursor on a row and lets go of a row that had been held.
func (w *window) put(i int) {
	if held := w.index(w.gone); w.gone != 0 && held >= 0 && held != i {
		w.rows = slices.Delete(w.rows, held, held+1)
		if held < i {
			i--
		}
		if held < w.top {
			w.top--
		}
		w.gone = 0
	}
	w.cursor = i
	w.scroll()
}

// margin is how many rows stay in sight around the cursor.
func (w *window) margin() int { return min(2, max((w.height-1)/2, 0)) }

// scroll moves the sight as little as needed to have the cursor in it.
func (w *window) scroll() {
	m := w.margin()
	if w.cursor < w.top+m {
		w.top = w.cursor - m
	}
	if w.cursor > w.top+w.height-1-m {
		w.top = w.cursor - w.height + 1 + m
	}
	w.settle()
}

// settle keeps the sight inside of the list and leaves no line below it empty
// that a row from above could fill. Rows that have just come in stay where they
// are: they wait to be asked for.
func (w *window) settle() {
	w.hold()
	for w.top > 0 && len(w.rows)-w.top < w.height && !w.fresh[w.rows[w.top-1].ID] {
		w.top--
	}
	w.look()
}

// hold keeps the sight inside of the list.
func (w *window) hold() { w.top = min(max(w.top, 0), max(w.cursor, 0)) }

// look notes what is in sight now.
func (w *window) look() {
	for i := w.top; i < min(w.top+w.height, len(w.rows)); i++ {
		delete(w.fresh, w.rows[i].ID)
	}
}

// seeCrest remembers the first row of the list if it is in sight.
func (w *window) seeCrest(s desk.Sort) {
	if w.top == 0 && !w.above && len(w.rows) > 0 {
		c := w.rows[0].Cursor(s)
		w.crest, w.more = &c, 0
	}
}

// newAbove is how many rows have come in above the ones in sight.
func (w *window) newAbove() int { return len(w.fresh) + w.more }

// apply takes an answer. The row under the cursor stays on its line; goal says
// where the cursor goes instead, if the question was about that.
func (w *window) apply(p page, g goal, s desk.Sort) {
	line, old := w.cursor-w.top, w.current()
	rows, at := w.merge(p)
	known := make(map[desk.ConversationID]desk.MessageID, len(w.rows))
	for _, r := range w.rows {
		known[r.ID] = r.LastIn
	}
	had, hadAbove := w.loaded, w.above
	var first desk.ConversationID
	if len(w.rows) > 0 {
		first = w.rows[0].ID
	}
	w.rows, w.above, w.below, w.loaded = rows, p.above, p.below, true
	w.gone = 0
	if p.gone && p.pin != nil {
		w.gone = p.pin.ID
	}
	switch {
	case g == toTop:
		w.cursor, w.top = 0, 0
		clear(w.fresh)
	case g == toEnd:
		w.cursor = max(len(rows)-1, 0)
		w.top = max(len(rows)-w.height, 0)
	default:
		w.cursor = min(at, max(len(rows)-1, 0))
		// The cursor may have moved on while the question was under way.
		if g == keep && old != nil {
			if i := w.index(old.ID); i >= 0 {
				w.cursor = i
			}
		}
		w.top = w.cursor - line
		if g == find {
			w.top = w.cursor - w.height/2
		}
	}
	if had && g == keep {
		w.markFresh(known, first, hadAbove)
		w.countMore(p.before, s)
		w.forget()
		// What has gone from below the cursor leaves its line empty until the
		// next key: to fill it from above would move the cursor under the hand.
		w.hold()
		w.look()
	} else {
		w.forget()
		w.settle()
	}
	w.seeCrest(s)
}

// merge puts the held row where it was and leaves out what we have taken away.
func (w *window) merge(p page) ([]desk.Row, int) {
	rows := make([]desk.Row, 0, len(p.rows)+1)
	at := p.at
	for i, r := range p.rows {
		if i == p.at && p.pin != nil {
			at = len(rows)
			rows = append(rows, *p.pin)
		}
		v, hidden := w.hidden[r.ID]
		if hidden && r.Version > v {
			delete(w.hidden, r.ID)
			hidden = false
		}
		if hidden || p.pin != nil && r.ID == p.pin.ID {
			if i < p.at {
				at--
			}
			continue
		}
		rows = append(rows, r)
	}
	if p.pin != nil && p.at >= len(p.rows) {
		at = len(rows)
		rows = append(rows, *p.pin)
	}
	return rows, at
}

// countMore takes the rows above the crest that are in memory off their number.
func (w *window) countMore(before int, s desk.Sort) {
	w.more = before
	if before == 0 || w.crest == nil {
		return
	}
	for _, r := range w.rows {
		if k := r.Cursor(s).Key; w.fresh[r.ID] && (s == desk.ByNewest) == (k > w.crest.Key) && k != w.crest.Key {
			w.more = max(w.more-1, 0)
		}
	}
}

// markFresh notes rows above the sight that were not there before, or not with
// the mail they have now. Rows that were merely not in memory are not new.
func (w *window) markFresh(known map[desk.ConversationID]desk.MessageID, first desk.ConversationID, hadAbove bool) {
	if w.fresh == nil {
		w.fresh = map[desk.ConversationID]bool{}
	}
	from := 0
	if hadAbove {
		if from = w.index(first); from < 0 {
			return
		}
	}
	for i := from; i < min(w.top, len(w.rows)); i++ {
		id := w.rows[i].ID
		if w.ours[id] {
			continue
		}
		if last, ok := known[id]; !ok || last != w.rows[i].LastIn {
			w.fresh[id] = true
		}
	}
}

// forget drops notes about rows that are not in memory any more, or that show
// what an action of ours has done.
func (w *window) forget() {
	for id := range w.fresh {
		if w.index(id) < 0 {
			delete(w.fresh, id)
		}
	}
	for id := range w.ours {
		if w.index(id) >= 0 {
			delete(w.ours, id)
		}
	}
	for id, version := range w.loose {
		if i := w.index(id); i < 0 || w.rows[i].Version > version {
			delete(w.loose, id)
		}
	}
}

// loosen notes rows an action of ours is about to change.
func (w *window) loosen(on action.Target) {
	if w.loose == nil {
		w.loose = map[desk.ConversationID]int64{}
	}
	for _, id := range on {
		if i := w.index(id); i >= 0 {
			w.loose[id] = w.rows[i].Version
		}
	}
}

// leave moves the cursor off rows that an action takes from where they are, to
// the next one below, else above. Unless they may stay, they go at once.
func (w *window) leave(on action.Target, stay bool) {
	going := make(map[desk.ConversationID]bool, len(on))
	for _, id := range on {
		going[id] = true
	}
	if cur := w.current(); cur != nil && going[cur.ID] {
		next := w.cursor
		for next < len(w.rows) && going[w.rows[next].ID] {
			next++
		}
		if next == len(w.rows) {
			for next = w.cursor; next >= 0 && going[w.rows[next].ID]; {
				next--
			}
		}
		if next >= 0 {
			w.put(next)
		}
	}
	if w.hidden == nil {
		w.hidden = map[desk.ConversationID]int64{}
	}
	line, cur := w.cursor-w.top, w.current()
	for id := range going {
		if i := w.index(id); i >= 0 && !stay {
			w.hidden[id] = w.rows[i].Version
		}
	}
	if stay || cur == nil {
		return
	}
	id := cur.ID
	w.rows = slices.DeleteFunc(w.rows, func(r desk.Row) bool { return going[r.ID] })
	if i := w.index(id); i >= 0 {
		w.cursor = i
	} else {
		w.cursor = 0
	}
	w.top = w.cursor - line
	w.settle()
}

// restore takes back what leave has noted, when the action has failed or was
// undone.
func (w *window) restore(on action.Target) {
	if w.ours == nil {
		w.ours = map[desk.ConversationID]bool{}
	}
	for _, id := range on {
		delete(w.hidden, id)
		delete(w.loose, id)
		delete(w.fresh, id)
		w.ours[id] = true
	}
}

// wants reports whether rows should be fetched: less than a page is left in a
// direction in which the list goes on.
func (w *window) wants() bool {
	return w.loaded && (w.above && w.top < w.height || w.below && len(w.rows)-(w.top+w.height) < w.height)
}
