package store

import (
	"errors"

	"postroom/desk"
)

const (
	inboxColumns = `i.id, i.name, i.kind, i.owner, i.created_at`
	getInbox     = `SELECT ` + inboxColumns + ` FROM inboxes i WHERE i.id = ?`
	getInboxName = `SELECT ` + inboxColumns + ` FROM inboxes i WHERE i.folded = ?`
	listInboxes  = `SELECT ` + inboxColumns + ` FROM inboxes i ORDER BY i.folded`
	listMembers  = `SELECT ` + userColumns + ` FROM members m JOIN users u ON u.id = m.user_id
		WHERE m.inbox = ? ORDER BY u.folded`
	isMember = `SELECT count(*) FROM members WHERE user_id = ? AND inbox = ?`
	addInbox = `INSERT INTO inboxes (name, folded, kind, owner, created_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING RETURNING id`
	addMember = `INSERT INTO members (user_id, inbox) VALUES (?, ?) ON CONFLICT DO NOTHING`
	// visibleInboxes are the inboxes a viewer works in. It only says which
	// ranges to ask for; every one of them asks for the membership again.
	visibleInboxes = `SELECT inbox FROM members WHERE user_id = ? ORDER BY inbox`
)

func scanInbox(sc scanner) (desk.Inbox, error) {
	var in desk.Inbox
	err := sc.Scan(&in.ID, &in.Name, &in.Kind, &in.Owner, into(&in.CreatedAt))
	return in, err
}

// Inbox implements [desk.InboxReader].
func (r *reader) Inbox(id desk.InboxID) (desk.Inbox, error) {
	return find(r.session, scanInbox, getInbox, id)
}

// InboxByName implements [desk.InboxReader].
func (r *reader) InboxByName(folded string) (desk.Inbox, error) {
	return find(r.session, scanInbox, getInboxName, folded)
}

// Inboxes implements [desk.InboxReader].
func (r *reader) Inboxes() ([]desk.Inbox, error) {
	return collect(r.session, scanInbox, listInboxes)
}

// Members implements [desk.InboxReader].
func (r *reader) Members(in desk.InboxID) ([]desk.User, error) {
	return collect(r.session, scanUser, listMembers, in)
}

// IsMember implements [desk.InboxReader].
func (r *reader) IsMember(in desk.InboxID, u desk.UserID) (bool, error) {
	var n int
	err := r.get(isMember, []any{u, in}, &n)
	return n > 0, err
}

func (r *reader) visible(u desk.UserID) ([]desk.InboxID, error) {
	return collect(r.session, number[desk.InboxID], visibleInboxes, u)
}

// AddInbox implements [desk.PeopleWriter].
func (w *writer) AddInbox(in desk.Inbox) (desk.InboxID, error) {
	id, err := w.insert(addInbox, in.Name, desk.FoldName(in.Name), in.Kind, in.Owner, millis(in.CreatedAt))
	if errors.Is(err, desk.ErrNoRow) {
		return 0, conflict("NAME_IN_USE", "Choose another name.", "There is an inbox %q already.", in.Name)
	}
	return desk.InboxID(id), err
}

// AddMember implements [desk.PeopleWriter].
func (w *writer) AddMember(in desk.InboxID, u desk.UserID) error {
	return w.do(addMember, u, in)
}
