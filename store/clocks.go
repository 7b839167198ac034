package store

import (
	"time"

	"postroom/desk"
)

const (
	clockColumns = `k.conversation, k.kind, k.policy, k.calendar, k.goal, k.warn, k.started, k.pauses, k.stopped, k.warn_at, k.due_at, k.told`
	listClocks   = `SELECT ` + clockColumns + ` FROM clocks k WHERE k.conversation = ? ORDER BY k.kind`
	// clocksTold is answered by the index of those that have something to tell.
	clocksTold  = `SELECT ` + clockColumns + ` FROM clocks k WHERE k.tell_at > 0 AND k.tell_at <= ? ORDER BY k.tell_at, k.conversation, k.kind LIMIT ?`
	nextClock   = `SELECT k.tell_at FROM clocks k WHERE k.tell_at > ? AND k.tell_at > 0 ORDER BY k.tell_at LIMIT 1`
	openTickets = `SELECT c.id FROM conversations c WHERE c.ticket <> 0 AND c.place IN ('open', 'snoozed') ORDER BY c.id`
	dropClock   = `DELETE FROM clocks WHERE conversation = ? AND kind = ?`
	addClock    = `INSERT INTO clocks (policy, calendar, goal, warn, started, pauses, stopped, warn_at, due_at, told, tell_at, conversation, kind)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (conversation, kind) DO UPDATE SET policy = excluded.policy,
		calendar = excluded.calendar, goal = excluded.goal, warn = excluded.warn, started = excluded.started, pauses = excluded.pauses,
		stopped = excluded.stopped, warn_at = excluded.warn_at, due_at = excluded.due_at, told = excluded.told, tell_at = excluded.tell_at`
	saveClock = `UPDATE clocks SET policy = ?, calendar = ?, goal = ?, warn = ?, started = ?, pauses = ?, stopped = ?, warn_at = ?,
		due_at = ?, told = ?, tell_at = ? WHERE conversation = ? AND kind = ? AND told = ?`
)

func scanClock(sc scanner) (desk.Clock, error) {
	var k desk.Clock
	err := sc.Scan(&k.Conversation, &k.Kind, &k.Policy, &k.Calendar, &k.Goal, &k.Warn, into(&k.Started), jsonInto{&k.Pauses},
		into(&k.Stopped), into(&k.WarnAt), into(&k.DueAt), &k.Told)
	return k, err
}

func clockValues(k desk.Clock) ([]any, error) {
	pauses, err := asJSON(k.Pauses)
	return []any{
		k.Policy, k.Calendar, int64(k.Goal), int64(k.Warn), millis(k.Started), pauses, millis(k.Stopped), millis(k.WarnAt),
		millis(k.DueAt), k.Told, millis(k.TellAt()), k.Conversation, k.Kind,
	}, err
}

// Clocks implements [desk.ClockReader].
func (r *reader) Clocks(c desk.ConversationID) ([]desk.Clock, error) {
	return collect(r.session, scanClock, listClocks, c)
}

// ClocksTold implements [desk.ClockReader].
func (r *reader) ClocksTold(now time.Time, limit int) ([]desk.Clock, time.Time, error) {
	due, err := collect(r.session, scanClock, clocksTold, millis(now), limit)
	if err != nil {
		return nil, time.Time{}, err
	}
	var next time.Time
	if err = r.get(nextClock, []any{millis(now)}, into(&next)); err == desk.ErrNoRow { //nolint:errorlint // get returns the sentinel itself
		err = nil
	}
	return due, next, err
}

// OpenTickets implements [desk.ClockReader].
func (r *reader) OpenTickets() ([]desk.ConversationID, error) {
	return collect(r.session, number[desk.ConversationID], openTickets)
}

// AddClock implements [desk.ClockWriter].
func (w *writer) AddClock(k desk.Clock) error {
	args, err := clockValues(k)
	if err != nil {
		return err
	}
	return w.do(addClock, args...)
}

// SaveClock implements [desk.ClockWriter].
func (w *writer) SaveClock(k desk.Clock, told desk.ClockState) error {
	args, err := clockValues(k)
	if err != nil {
		return err
	}
	if n, err := w.exec(saveClock, append(args, told)...); err != nil || n > 0 {
		return err
	}
	return desk.ErrStale
}

// RemoveClock implements [desk.ClockWriter].
func (w *writer) RemoveClock(c desk.ConversationID, kind desk.ClockKind) error {
	return w.do(dropClock, c, kind)
}
