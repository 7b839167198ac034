package store

import (
	"errors"

	"postroom/desk"
)

const (
	getSettings  = `SELECT from_name, signature, notify, deputy FROM inbox_settings WHERE inbox = ?`
	saveSettings = `INSERT INTO inbox_settings (inbox, from_name, signature, notify, deputy) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (inbox) DO UPDATE SET from_name = excluded.from_name, signature = excluded.signature,
		notify = excluded.notify, deputy = excluded.deputy`

	getUserSignature  = `SELECT signature FROM user_settings WHERE user_id = ?`
	saveUserSignature = `INSERT INTO user_settings (user_id, signature) VALUES (?, ?)
		ON CONFLICT (user_id) DO UPDATE SET signature = excluded.signature`
)

func scanSettings(sc scanner) (desk.InboxSettings, error) {
	var s desk.InboxSettings
	err := sc.Scan(&s.FromName, &s.Signature, &s.Notify, &s.Deputy)
	return s, err
}

// InboxSettings implements [desk.SettingsReader].
func (r *reader) InboxSettings(in desk.InboxID) (desk.InboxSettings, error) {
	s, err := find(r.session, scanSettings, getSettings, in)
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
	return w.do(saveSettings, in, s.FromName, s.Signature, s.Notify, s.Deputy)
}

// SaveUserSignature implements [desk.SettingsWriter].
func (w *writer) SaveUserSignature(u desk.UserID, text string) error {
	return w.do(saveUserSignature, u, text)
}
