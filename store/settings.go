package store

import (
	"errors"
	"time"

	"postroom/desk"
)

const (
	getSettings  = `SELECT from_name, signature, notify, deputy, contacts, tickets_off, tickets_in, tickets_stage, logging, falling, give_back FROM inbox_settings WHERE inbox = ?`
	saveSettings = `INSERT INTO inbox_settings (inbox, from_name, signature, notify, deputy, contacts, tickets_off, tickets_in, tickets_stage, logging, falling, give_back)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (inbox) DO UPDATE SET from_name = excluded.from_name, signature = excluded.signature,
		notify = excluded.notify, deputy = excluded.deputy, contacts = excluded.contacts, tickets_off = excluded.tickets_off,
		tickets_in = excluded.tickets_in, tickets_stage = excluded.tickets_stage, logging = excluded.logging, falling = excluded.falling,
		give_back = excluded.give_back`

	getUserSignature  = `SELECT signature FROM user_settings WHERE user_id = ?`
	saveUserSignature = `INSERT INTO user_settings (user_id, signature) VALUES (?, ?)
		ON CONFLICT (user_id) DO UPDATE SET signature = excluded.signature`

	getNotifyRule  = `SELECT about, ways, every FROM notify_rules WHERE user_id = ? AND inbox = ?`
	saveNotifyRule = `INSERT INTO notify_rules (user_id, inbox, about, ways, every) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (user_id, inbox) DO UPDATE SET about = excluded.about, ways = excluded.ways, every = excluded.every`
	dropNotifyRule = `DELETE FROM notify_rules WHERE user_id = ? AND inbox = ?`
	// happenings needs the span, the viewer twice. Automatic mail has its kind
	// in after.
	happenings = `SELECT e.seq, e.kind, e.user_id, c.inbox, c.id, c.assignee, c.who, e.after
		FROM events e JOIN conversations c ON c.id = e.conversation
		WHERE e.seq > ? AND e.seq <= ? AND c.spam = 0
		AND EXISTS (SELECT 1 FROM members m WHERE m.user_id = ? AND m.inbox = c.inbox)
		AND (e.kind = 'assigned' OR e.kind = 'notified' OR e.kind = 'message received' AND e.after IS NULL AND e.message <= c.last_in
			AND NOT EXISTS (SELECT 1 FROM reads r WHERE r.user_id = ? AND r.conversation = c.id AND r.up_to >= c.last_in))
		ORDER BY e.seq`
)

func scanSettings(sc scanner) (desk.InboxSettings, error) {
	var s desk.InboxSettings
	var falling, back int64
	err := sc.Scan(&s.FromName, &s.Signature, &s.Notify, &s.Deputy, &s.Contacts, &s.Tickets.Off, &s.Tickets.Pipeline, &s.Tickets.Stage, &s.Logging, &falling, &back)
	s.Falling, s.Return = fallingFrom(falling), time.Duration(back)*time.Minute
	return s, err
}

// InboxSettings implements [desk.SettingsReader].
func (r *reader) InboxSettings(in desk.InboxID) (desk.InboxSettings, error) {
	s, err := recall(r.session, question{table: "inbox_settings", inbox: in}, func() (desk.InboxSettings, error) {
		return find(r.session, scanSettings, getSettings, in)
	})
	if errors.Is(err, desk.ErrNoRow) {
		return desk.InboxSettings{}, nil
	}
	return s, err
}

// UserSignature implements [desk.SettingsReader].
func (r *reader) UserSignature(u desk.UserID) (string, error) {
	var text string
	err := r.get(getUserSignature, []any{u}, &text)
	if errors.Is(err, desk.ErrNoRow) {
		return "", nil
	}
	return text, err
}

// SaveInboxSettings implements [desk.SettingsWriter].
func (w *writer) SaveInboxSettings(in desk.InboxID, s desk.InboxSettings) error {
	return w.do(saveSettings, in, s.FromName, s.Signature, s.Notify, s.Deputy, s.Contacts, flag(s.Tickets.Off), s.Tickets.Pipeline, s.Tickets.Stage, s.Logging, minutesOf(s.Falling), minutesOf(s.Return))
}

// minutesOf is a time in whole minutes; what is below zero, which means never,
// is -1, and so again from there.
func minutesOf(d time.Duration) int64 {
	if d < 0 {
		return -1
	}
	return int64(d / time.Minute)
}

func fallingFrom(minutes int64) time.Duration {
	if minutes < 0 {
		return -1
	}
	return time.Duration(minutes) * time.Minute
}

// SaveUserSignature implements [desk.SettingsWriter].
func (w *writer) SaveUserSignature(u desk.UserID, text string) error {
	return w.do(saveUserSignature, u, text)
}

// NotifyRule implements [desk.SettingsReader].
func (r *reader) NotifyRule(u desk.UserID, in desk.InboxID) (desk.NotifyRule, error) {
	var n desk.NotifyRule
	var minutes int64
	err := r.get(getNotifyRule, []any{u, in}, &n.About, jsonInto{&n.Ways}, &minutes)
	n.Every = time.Duration(minutes) * time.Minute
	return n, err
}

// SaveNotifyRule implements [desk.SettingsWriter].
func (w *writer) SaveNotifyRule(u desk.UserID, in desk.InboxID, n desk.NotifyRule) error {
	ways, err := asJSON(n.Ways)
	if err != nil {
		return err
	}
	return w.do(saveNotifyRule, u, in, n.About, ways, int64(n.Every/time.Minute))
}

// DropNotifyRule implements [desk.SettingsWriter].
func (w *writer) DropNotifyRule(u desk.UserID, in desk.InboxID) error {
	return w.do(dropNotifyRule, u, in)
}

// Happenings implements [desk.JournalReader].
func (r *reader) Happenings(viewer desk.UserID, after, last desk.Seq) ([]desk.Happening, error) {
	return collect(r.session, func(sc scanner) (desk.Happening, error) {
		var h desk.Happening
		err := sc.Scan(&h.Seq, &h.Kind, &h.By, &h.Inbox, &h.Conversation, &h.Assignee, &h.Who, rawJSON{&h.After})
		return h, err
	}, happenings, after, last, viewer, viewer)
}
