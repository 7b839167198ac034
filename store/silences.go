package store

import (
	"errors"
	"time"

	"postroom/desk"
)

const (
	getSilence    = `SELECT s.conversation, s.user_id, s.since, s.warned, s.look_at FROM silences s WHERE s.conversation = ?`
	endedSilences = `SELECT s.conversation, s.user_id, s.since, s.warned, s.look_at FROM silences s WHERE s.look_at <= ?
		ORDER BY s.look_at, s.conversation LIMIT ?`
	nextSilence = `SELECT s.look_at FROM silences s WHERE s.look_at > 0 ORDER BY s.look_at, s.conversation LIMIT 1`
	saveSilence = `INSERT INTO silences (conversation, user_id, since, warned, look_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (conversation) DO UPDATE SET user_id = excluded.user_id, since = excluded.since, warned = excluded.warned,
		look_at = excluded.look_at`
	dropSilence = `DELETE FROM silences WHERE conversation = ?`
	// startSilences begins those of an inbox anew, all at one moment.
	startSilences = `INSERT INTO silences (conversation, user_id, since, warned, look_at)
		SELECT c.id, c.assignee, ?, 0, ? FROM conversations c
		WHERE c.inbox = ? AND c.place = 'open' AND c.assignee <> 0 AND c.waiting_since > 0
		ON CONFLICT (conversation) DO UPDATE SET user_id = excluded.user_id, since = excluded.since, warned = 0,
		look_at = excluded.look_at`
	// lastDone is what a user did last with a conversation, or wrote for it.
	lastDone = `SELECT coalesce(max(d.at), 0) FROM (SELECT max(e.at) AS at FROM events e WHERE e.conversation = ? AND e.conversation <> 0 AND e.user_id = ?
		UNION ALL SELECT max(r.updated_at) AS at FROM drafts r WHERE r.conversation = ? AND r.author = ?) d`
)

func scanSilence(sc scanner) (desk.Silence, error) {
	var s desk.Silence
	err := sc.Scan(&s.Conversation, &s.User, into(&s.Since), &s.Warned, into(&s.LookAt))
	return s, err
}

// Silence implements [desk.SilenceReader].
func (r *reader) Silence(c desk.ConversationID) (desk.Silence, error) {
	return find(r.session, scanSilence, getSilence, c)
}

// Silences implements [desk.SilenceReader].
func (r *reader) Silences(now time.Time, limit int) ([]desk.Silence, error) {
	return collect(r.session, scanSilence, endedSilences, millis(now), limit)
}

// NextSilence implements [desk.SilenceReader].
func (r *reader) NextSilence() (time.Time, error) {
	var at time.Time
	err := r.get(nextSilence, nil, into(&at))
	if errors.Is(err, desk.ErrNoRow) {
		return time.Time{}, nil
	}
	return at, err
}

// LastDone implements [desk.SilenceReader].
func (r *reader) LastDone(c desk.ConversationID, u desk.UserID) (time.Time, error) {
	var at time.Time
	err := r.get(lastDone, []any{c, u, c, u}, into(&at))
	return at, err
}

// SaveSilence implements [desk.SilenceWriter].
func (w *writer) SaveSilence(s desk.Silence) error {
	return w.do(saveSilence, s.Conversation, s.User, millis(s.Since), flag(s.Warned), millis(s.LookAt))
}

// DropSilence implements [desk.SilenceWriter].
func (w *writer) DropSilence(c desk.ConversationID) error { return w.do(dropSilence, c) }

// StartSilences implements [desk.SilenceWriter].
func (w *writer) StartSilences(in desk.InboxID, since, look time.Time) error {
	return w.do(startSilences, millis(since), millis(look), in)
}
