package store

import (
	"errors"
	"time"

	"postroom/desk"
)

const (
	countUsers  = `SELECT count(*) FROM users`
	userColumns = `u.id, u.login, u.name, u.role, u.disabled_at, u.created_at`
	getUser     = `SELECT ` + userColumns + ` FROM users u WHERE u.id = ?`
	getLogin    = `SELECT ` + userColumns + ` FROM users u WHERE u.folded = ?`
	listUsers   = `SELECT ` + userColumns + ` FROM users u ORDER BY u.folded`
	addUser     = `INSERT INTO users (login, folded, name, role, disabled_at, created_at)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`
)

func scanUser(sc scanner) (desk.User, error) {
	var u desk.User
	err := sc.Scan(&u.ID, &u.Login, &u.Name, &u.Role, into(&u.DisabledAt), into(&u.CreatedAt))
	return u, err
}

// CountUsers implements [desk.PeopleReader].
func (r *reader) CountUsers() (int, error) {
	var n int
	err := r.get(countUsers, nil, &n)
	return n, err
}

// User implements [desk.PeopleReader].
func (r *reader) User(id desk.UserID) (desk.User, error) {
	return find(r.session, scanUser, getUser, id)
}

// UserByLogin implements [desk.PeopleReader].
func (r *reader) UserByLogin(folded string) (desk.User, error) {
	return find(r.session, scanUser, getLogin, folded)
}

// Users implements [desk.PeopleReader].
func (r *reader) Users() ([]desk.User, error) {
	return collect(r.session, scanUser, listUsers)
}

// AddUser implements [desk.PeopleWriter].
func (w *writer) AddUser(u desk.User) (desk.UserID, error) {
	id, err := w.insert(addUser, u.Login, desk.FoldName(u.Login), u.Name, u.Role, millis(u.DisabledAt), millis(u.CreatedAt))
	if errors.Is(err, desk.ErrNoRow) {
		return 0, conflict("LOGIN_IN_USE", "Choose another login, or see: postroom user list", "The login %q is taken.", u.Login)
	}
	if err != nil {
		return 0, err
	}
	return desk.UserID(id), w.deriveOf(desk.UserID(id))
}

const (
	getContact        = `SELECT contact FROM contact_addresses WHERE folded = ?`
	addContact        = `INSERT INTO contacts (name, created_at) VALUES (?, ?) RETURNING id`
	addContactAddress = `INSERT INTO contact_addresses (folded, address, contact) VALUES (?, ?, ?)`
	nameContact       = `UPDATE contacts SET name = ? WHERE id = ? AND name = ''`
)

// Contact implements [desk.PeopleWriter].
func (w *writer) Contact(m desk.Mailbox, at time.Time) (desk.ContactID, error) {
	folded := key(desk.FoldAddress(m.Addr))
	var id int64
	err := w.get(getContact, []any{folded}, &id)
	switch {
	case err == nil && m.Name != "":
		err = w.do(nameContact, m.Name, id)
	case err == desk.ErrNoRow: //nolint:errorlint // get returns the sentinel itself
		if id, err = w.insert(addContact, m.Name, millis(at)); err == nil {
			err = w.do(addContactAddress, folded, m.Addr, id)
		}
	}
	return desk.ContactID(id), err
}
