package triage

import (
	"slices"
	"testing"
	"time"

	"postroom/desk"
	"postroom/ui/action"
	"postroom/ui/shell"
)

// row is a conversation whose customer has been waiting for so many minutes.
func row(id desk.ConversationID, minutes int) desk.Row {
	base := time.Date(2026, 10, 19, 12, 0, 0, 0, time.UTC)
	at := base.Add(-time.Duration(minutes) * time.Minute)
	return desk.Row{Conversation: desk.Conversation{ID: id, Version: 1, Status: desk.Open, WaitingSince: at, LastAt: at, LastIn: desk.MessageID(id)}}
}

func list(ids ...desk.ConversationID) []desk.Row {
	var rows []desk.Row
	for _, id := range ids {
		rows = append(rows, row(id, 1000-int(id)))
	}
	return rows
}

func ids(w *window) []desk.ConversationID {
	var got []desk.ConversationID
	for _, r := range w.rows {
		got = append(got, r.ID)
	}
	return got
}

// shown is a window of five lines over rows with the cursor on one of them.
func shown(cursor desk.ConversationID, rows ...desk.ConversationID) *window {
	w := &window{height: 5}
	w.apply(page{rows: list(rows...)}, toTop, desk.ByWaiting)
	w.put(w.index(cursor))
	return w
}

// again answers a question about the row under the cursor.
func (w *window) again(rows ...desk.ConversationID) {
	at := slices.Index(rows, w.current().ID)
	w.apply(page{rows: list(rows...), at: at}, keep, desk.ByWaiting)
}

func TestRowKeepsItsLine(t *testing.T) {
	w := shown(30, 10, 20, 30, 40, 50)
	line := w.cursor - w.top
	w.again(5, 6, 10, 20, 25, 30, 40, 50)
	if w.current().ID != 30 || w.cursor-w.top != line {
		t.Errorf("the cursor is on %d at line %d, was on 30 at line %d", w.current().ID, w.cursor-w.top, line)
	}
	if w.newAbove() != 2 {
		t.Errorf("%d new above, want 5 and 6", w.newAbove())
	}
	w.move(-2)
	w.move(-9)
	if w.newAbove() != 0 {
		t.Errorf("%d new above after they have been seen", w.newAbove())
	}
}

func TestRowsFromMemoryAreNotNew(t *testing.T) {
	w := shown(30, 10, 20, 30, 40, 50)
	w.above = true
	w.again(7, 8, 10, 20, 30, 40, 50)
	if w.newAbove() != 0 {
		t.Errorf("%d new above: the rows were only not in memory", w.newAbove())
	}
}

func TestHeldRowGoesWhenTheCursorLeaves(t *testing.T) {
	w := shown(30, 10, 20, 30, 40, 50)
	gone := row(30, 970)
	w.apply(page{rows: list(10, 20, 40, 50), at: 2, pin: &gone, gone: true}, keep, desk.ByWaiting)
	if w.current().ID != 30 || w.gone != 30 {
		t.Fatalf("the cursor is on %d, held is %d", w.current().ID, w.gone)
	}
	w.move(1)
	if w.current().ID != 40 || !slices.Equal(ids(w), []desk.ConversationID{10, 20, 40, 50}) {
		t.Errorf("on %d of %v", w.current().ID, ids(w))
	}
}

func TestLateAnswerDoesNotBringBackWhatWasClosed(t *testing.T) {
	w := shown(30, 10, 20, 30, 40, 50)
	w.leave(action.Target{30}, false)
	if w.current().ID != 40 {
		t.Fatalf("the cursor went to %d", w.current().ID)
	}
	w.again(10, 20, 30, 40, 50)
	if w.index(30) >= 0 || w.current().ID != 40 {
		t.Errorf("%v with the cursor on %d", ids(w), w.current().ID)
	}
	reopened := list(10, 20, 30, 40, 50)
	reopened[2].Version = 3
	w.apply(page{rows: reopened, at: 3}, keep, desk.ByWaiting)
	if w.index(30) < 0 {
		t.Error("a row that was opened again does not come back")
	}
}

func TestLeavingTheLastGoesUp(t *testing.T) {
	w := shown(50, 10, 20, 30, 40, 50)
	w.leave(action.Target{40, 50}, false)
	if w.current().ID != 30 {
		t.Errorf("the cursor is on %d", w.current().ID)
	}
	w.leave(action.Target{10, 20, 30}, false)
	if w.current() != nil {
		t.Errorf("the cursor is on %d in an empty list", w.current().ID)
	}
}

func TestAge(t *testing.T) {
	for _, c := range []struct {
		d    time.Duration
		want string
	}{{0, "now"}, {-time.Hour, "now"}, {59 * time.Minute, "59m"}, {47 * time.Hour, "47h"}, {49 * time.Hour, "2d"}, {20 * 24 * time.Hour, "2w"}, {400 * 24 * time.Hour, "1y"}} {
		if got := shell.Age(c.d).String(); got != c.want {
			t.Errorf("%v: %s, want %s", c.d, got, c.want)
		}
	}
}
