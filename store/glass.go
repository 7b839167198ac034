package store

import (
	"time"

	"postroom/desk"
)

const (
	glassColumns = `SELECT g.id, g.inbox, g.user_id, g.reason, g.since, g.until, g.ended FROM glass g`
	openGlass    = glassColumns + ` WHERE g.ended = 0 ORDER BY g.id`
	glassOf      = glassColumns + ` JOIN inboxes i ON i.id = g.inbox WHERE i.owner = ? AND (g.ended = 0 OR g.until > ?) ORDER BY g.id DESC`
	addGlass     = `INSERT INTO glass (inbox, user_id, reason, since, until, ended) VALUES (?, ?, ?, ?, ?, 0) RETURNING id`
	endGlass     = `UPDATE glass SET until = ?, ended = ? WHERE id = ?`
)

func scanGlass(sc scanner) (desk.Glass, error) {
	var g desk.Glass
	err := sc.Scan(&g.ID, &g.Inbox, &g.User, &g.Reason, into(&g.Since), into(&g.Until), &g.Over)
	return g, err
}

// OpenGlass implements [desk.PeopleReader].
func (r *reader) OpenGlass() ([]desk.Glass, error) { return collect(r.session, scanGlass, openGlass) }

// GlassOf implements [desk.PeopleReader].
func (r *reader) GlassOf(owner desk.UserID, after time.Time) ([]desk.Glass, error) {
	return collect(r.session, scanGlass, glassOf, owner, millis(after))
}

// AddGlass implements [desk.PeopleWriter].
func (w *writer) AddGlass(g desk.Glass) (int64, error) {
	id, err := w.insert(addGlass, g.Inbox, g.User, g.Reason, millis(g.Since), millis(g.Until))
	if err != nil {
		return 0, err
	}
	return id, w.deriveIn(g.Inbox)
}

// EndGlass implements [desk.PeopleWriter].
func (w *writer) EndGlass(g desk.Glass) error {
	if err := w.do(endGlass, millis(g.Until), flag(g.Over), g.ID); err != nil {
		return err
	}
	return w.deriveIn(g.Inbox)
}
