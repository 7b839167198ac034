package store

import (
	"errors"

	"postroom/desk"
)

const (
	inboxColumns = `i.id, i.name, i.kind, i.owner, i.created_at, i.joined_to`
	getInbox     = `SELECT ` + inboxColumns + ` FROM inboxes i WHERE i.id = ?`
	getInboxName = `SELECT ` + inboxColumns + ` FROM inboxes i WHERE i.folded = ?`
	listInboxes  = `SELECT ` + inboxColumns + ` FROM inboxes i WHERE i.joined_to = 0 ORDER BY i.folded`
	saveInbox    = `UPDATE inboxes SET name = ?, folded = ?, kind = ?, owner = ? WHERE id = ?`
	addInbox     = `INSERT INTO inboxes (name, folded, kind, owner, created_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING RETURNING id`
)

func scanInbox(sc scanner) (desk.Inbox, error) {
	var in desk.Inbox
	err := sc.Scan(&in.ID, &in.Name, &in.Kind, &in.Owner, into(&in.CreatedAt), &in.JoinedTo)
	return in, err
}

// Inbox implements [desk.InboxReader].
func (r *reader) Inbox(id desk.InboxID) (desk.Inbox, error) {
	return recall(r.session, question{table: "inboxes", inbox: id}, func() (desk.Inbox, error) {
		return find(r.session, scanInbox, getInbox, id)
	})
}

// InboxByName implements [desk.InboxReader].
func (r *reader) InboxByName(folded string) (desk.Inbox, error) {
	return find(r.session, scanInbox, getInboxName, folded)
}

// Inboxes implements [desk.InboxReader].
func (r *reader) Inboxes() ([]desk.Inbox, error) {
	return collect(r.session, scanInbox, listInboxes)
}

// AddInbox implements [desk.PeopleWriter].
func (w *writer) AddInbox(in desk.Inbox) (desk.InboxID, error) {
	id, err := w.insert(addInbox, in.Name, desk.FoldName(in.Name), in.Kind, in.Owner, millis(in.CreatedAt))
	if errors.Is(err, desk.ErrNoRow) {
		return 0, conflict("NAME_IN_USE", "Choose another name.", "There is an inbox %q already.", in.Name)
	}
	if err != nil {
		return 0, err
	}
	return desk.InboxID(id), w.deriveIn(desk.InboxID(id))
}

// SaveInbox implements [desk.PeopleWriter].
func (w *writer) SaveInbox(in desk.Inbox) error {
	if err := w.do(saveInbox, in.Name, desk.FoldName(in.Name), in.Kind, in.Owner, in.ID); err != nil {
		return err
	}
	return w.deriveIn(in.ID)
}

// inhabited are the tables with what may not lose its inbox, forgotten those
// whose rows say nothing without it. Whatever refers to an inbox is in one.
func inhabited() []string {
	return []string{"conversations", "raws", "accounts", "served", "drafts", "glass"}
}

func forgotten() []string {
	return []string{"tallies", "stage_tallies", "members", "grants", "inbox_settings", "notify_rules", "routings"}
}

// RemoveInbox implements [desk.PeopleWriter].
func (w *writer) RemoveInbox(in desk.InboxID) (bool, error) {
	for _, table := range inhabited() {
		var n int
		if err := w.get(`SELECT count(*) FROM `+table+` WHERE inbox = ?`, []any{in}, &n); err != nil || n > 0 {
			return false, err
		}
	}
	for _, table := range forgotten() {
		if err := w.do(`DELETE FROM `+table+` WHERE inbox = ?`, in); err != nil {
			return false, err
		}
	}
	return true, w.do(`DELETE FROM inboxes WHERE id = ?`, in)
}
