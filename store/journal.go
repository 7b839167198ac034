package store

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"postroom/desk"
)

const (
	eventColumns = `e.seq, e.at, e.actor, e.user_id, e.login, e.kind, e.inbox, e.conversation, e.message,
		e.before, e.after, e.batch, e.undone`
	lastSeq = `SELECT seq FROM desk WHERE id = 1`
	// seqAndGate changes with the journal, and when the desk moves away.
	seqAndGate  = `SELECT 2 * d.seq + CASE WHEN g.phase = 'moved' THEN 1 ELSE 0 END FROM desk d, gate g WHERE d.id = 1 AND g.id = 1`
	eventsAfter = `SELECT ` + eventColumns + ` FROM events e WHERE e.seq > ? ORDER BY e.seq LIMIT ?`
	eventsOf    = `SELECT ` + eventColumns + ` FROM events e WHERE e.inbox = ? AND e.kind = ? AND e.at > ? ORDER BY e.seq`
	lastBatch   = `SELECT e.batch FROM events e WHERE e.user_id = ? AND e.undoable = 1 ORDER BY e.seq DESC LIMIT 1`
	batchEvents = `SELECT ` + eventColumns + ` FROM events e WHERE e.batch = ? AND e.batch <> ''
		AND e.user_id = ? AND e.undoable = 1 ORDER BY e.seq DESC`
	eventsIn    = `SELECT ` + eventColumns + ` FROM events e WHERE e.conversation = ? AND e.conversation <> 0 ORDER BY e.seq`
	eventsSince = `SELECT ` + eventColumns + ` FROM events e WHERE e.conversation = ? AND e.conversation <> 0
		AND e.seq > ? ORDER BY e.seq DESC`
	// journalSpan needs the span, and the viewer four times. Who has looked into
	// a personal inbox finds that he did, also when he sees it no more.
	journalSpan = `SELECT ` + eventColumns + ` FROM events e WHERE e.seq >= ? AND e.seq < ? AND (
		EXISTS (SELECT 1 FROM members m WHERE m.user_id = ? AND m.inbox = e.inbox)
		OR e.user_id = ? AND e.kind IN ('break-glass', 'break-glass over')
		OR e.inbox = 0 AND (e.user_id = ? OR EXISTS (SELECT 1 FROM users u WHERE u.id = ? AND u.role = 'admin')))`
	takeSeq  = `UPDATE desk SET seq = seq + ? WHERE id = 1 RETURNING seq`
	addEvent = `INSERT INTO events (seq, at, actor, user_id, login, kind, inbox, conversation, message, before,
		after, batch, undone, undoable) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	markUndone = `UPDATE events SET undone = 1, undoable = 0 WHERE seq = ?`
)

// pendingEvent waits for the commit. Its conversation may still move.
type pendingEvent struct {
	*desk.Event
	conversation desk.ConversationID
}

func scanEvent(sc scanner) (desk.Event, error) {
	var e desk.Event
	err := sc.Scan(&e.Seq, into(&e.At), &e.Actor.Kind, &e.Actor.User, &e.Actor.Login, &e.Kind, &e.Inbox, &e.Conversation, &e.Message,
		rawJSON{&e.Before}, rawJSON{&e.After}, &e.Batch, &e.Undone)
	return e, err
}

// LastSeq implements [desk.JournalReader].
func (r *reader) LastSeq() (desk.Seq, error) {
	var seq desk.Seq
	err := r.get(lastSeq, nil, &seq)
	return seq, err
}

// EventsAfter implements [desk.JournalReader].
func (r *reader) EventsAfter(after desk.Seq, limit int) ([]desk.Event, error) {
	return collect(r.session, scanEvent, eventsAfter, after, limit)
}

// Journal implements [desk.JournalReader].
func (r *reader) Journal(viewer desk.UserID, q desk.JournalQuery, span desk.Seq) ([]desk.Event, error) {
	query, args := journalSpan, []any{q.Before - span, q.Before, viewer, viewer, viewer, viewer}
	also := func(condition string, with ...any) { query, args = query+` AND `+condition, append(args, with...) }
	if q.Kind == "" {
		also(`e.kind NOT IN ('message received', 'history imported', 'routed')`)
	} else {
		also(`e.kind = ?`, q.Kind)
	}
	if q.User != 0 {
		also(`e.user_id = ? AND e.actor = 'user'`, q.User)
	}
	if q.Inbox != 0 {
		also(`e.inbox = ?`, q.Inbox)
	}
	return collect(r.session, scanEvent, query+` ORDER BY e.seq DESC LIMIT ?`, append(args, q.Limit)...)
}

// EventsSince implements [desk.JournalReader].
func (r *reader) EventsSince(in desk.InboxID, kind desk.EventKind, since time.Time) ([]desk.Event, error) {
	return collect(r.session, scanEvent, eventsOf, in, kind, millis(since))
}

// EventsIn implements [desk.JournalReader].
func (r *reader) EventsIn(c desk.ConversationID) ([]desk.Event, error) {
	return collect(r.session, scanEvent, eventsIn, c)
}

// LastBatch implements [desk.JournalReader].
func (r *reader) LastBatch(u desk.UserID, batch string) ([]desk.Event, error) {
	if batch == "" {
		err := r.get(lastBatch, []any{u}, &batch)
		if errors.Is(err, desk.ErrNoRow) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return collect(r.session, scanEvent, batchEvents, batch, u)
}

// LastChange implements [desk.JournalReader].
func (r *reader) LastChange(c desk.ConversationID, since desk.Seq, kinds []desk.EventKind) (desk.Event, error) {
	rows, err := r.query(eventsSince, c, since)
	if err != nil {
		return desk.Event{}, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		e, err := scanEvent(rows)
		if err != nil {
			return desk.Event{}, err
		}
		if slices.Contains(kinds, e.Kind) {
			return e, nil
		}
	}
	if err := rows.Err(); err != nil {
		return desk.Event{}, err
	}
	return desk.Event{}, desk.ErrNoRow
}

// Append implements [desk.JournalWriter].
func (w *writer) Append(e *desk.Event) error {
	w.events = append(w.events, pendingEvent{e, e.Conversation})
	return nil
}

// flushEvents takes the next numbers of the journal and writes the events
// under them. From here to the commit no other transaction gets a number, so
// the order of the numbers is the order of the commits, without gaps.
func (w *writer) flushEvents() error {
	if len(w.events) == 0 {
		return nil
	}
	last, err := w.insert(takeSeq, len(w.events))
	if err != nil {
		return err
	}
	first := desk.Seq(last) - desk.Seq(len(w.events)) + 1
	for i, p := range w.events {
		e := *p.Event
		e.Seq = first + desk.Seq(i)
		undoable := flag(e.Undoable() && e.Batch != "")
		err := w.do(addEvent, e.Seq, millis(e.At), e.Actor.Kind, e.Actor.User, e.Actor.Login, e.Kind, e.Inbox, p.conversation, e.Message,
			orNull(e.Before), orNull(e.After), e.Batch, flag(e.Undone), undoable)
		if err != nil {
			return err
		}
	}
	for i, p := range w.events {
		p.Seq = first + desk.Seq(i)
	}
	if w.dialect.notify == "" {
		return nil
	}
	return w.do(w.dialect.notify, strconv.FormatInt(last, 10))
}

// MarkUndone implements [desk.JournalWriter].
func (w *writer) MarkUndone(events []desk.Event) error {
	for _, e := range events {
		if err := w.do(markUndone, e.Seq); err != nil {
			return err
		}
	}
	return nil
}
