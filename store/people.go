package store

import (
	"errors"
	"fmt"

	"postroom/desk"
)

const (
	countUsers  = `SELECT count(*) FROM users`
	userColumns = `u.id, u.login, u.name, u.role, u.disabled_at, u.created_at, u.email, u.pending_since, u.removed_at`
	getUser     = `SELECT ` + userColumns + ` FROM users u WHERE u.id = ?`
	getLogin    = `SELECT ` + userColumns + ` FROM users u WHERE u.folded = ?`
	listUsers   = `SELECT ` + userColumns + ` FROM users u ORDER BY u.folded`
	addUser     = `INSERT INTO users (login, folded, name, role, disabled_at, created_at, email, pending_since, removed_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`
	saveUser = `UPDATE users SET folded = ?, name = ?, role = ?, disabled_at = ?, email = ?, pending_since = ?, removed_at = ? WHERE id = ?`

	getCode  = `SELECT user_id, mac, expires_at, tries, outgoing FROM codes WHERE user_id = ?`
	saveCode = `INSERT INTO codes (user_id, mac, expires_at, tries, outgoing) VALUES (?, ?, ?, ?, ?) ON CONFLICT (user_id) DO UPDATE
		SET mac = excluded.mac, expires_at = excluded.expires_at, tries = excluded.tries, outgoing = excluded.outgoing`
	dropCode = `DELETE FROM codes WHERE user_id = ?`
)

func scanUser(sc scanner) (desk.User, error) {
	var u desk.User
	err := sc.Scan(userInto(&u)...)
	return u, err
}

// userInto are the places of userColumns, and of what a query has behind them.
func userInto(u *desk.User, more ...any) []any {
	return append([]any{&u.ID, &u.Login, &u.Name, &u.Role, into(&u.DisabledAt), into(&u.CreatedAt), &u.Email, into(&u.PendingSince), into(&u.RemovedAt)}, more...)
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
	id, err := w.insert(addUser, u.Login, desk.FoldName(u.Login), u.Name, u.Role, millis(u.DisabledAt), millis(u.CreatedAt), u.Email, millis(u.PendingSince), millis(u.RemovedAt))
	if errors.Is(err, desk.ErrNoRow) {
		return 0, conflict("LOGIN_IN_USE", "Choose another login, or see: postroom user list", "The login %q is taken.", u.Login)
	}
	if err != nil {
		return 0, err
	}
	return desk.UserID(id), w.deriveOf(desk.UserID(id))
}

// SaveUser implements [desk.PeopleWriter].
func (w *writer) SaveUser(u desk.User) error {
	folded := desk.FoldName(u.Login)
	if !u.RemovedAt.IsZero() {
		// Nobody can type it, so that the login is free.
		folded = fmt.Sprint("removed ", u.ID)
	}
	if err := w.do(saveUser, folded, u.Name, u.Role, millis(u.DisabledAt), u.Email, millis(u.PendingSince), millis(u.RemovedAt), u.ID); err != nil {
		return err
	}
	return w.deriveOf(u.ID)
}

// Code implements [desk.PeopleReader].
func (r *reader) Code(u desk.UserID) (desk.Code, error) {
	return find(r.session, func(sc scanner) (desk.Code, error) {
		var c desk.Code
		err := sc.Scan(&c.User, &c.MAC, into(&c.ExpiresAt), &c.Tries, &c.Outgoing)
		return c, err
	}, getCode, u)
}

// SaveCode implements [desk.PeopleWriter].
func (w *writer) SaveCode(c desk.Code) error {
	return w.do(saveCode, c.User, c.MAC, millis(c.ExpiresAt), c.Tries, c.Outgoing)
}

// DropCode implements [desk.PeopleWriter].
func (w *writer) DropCode(u desk.UserID) error { return w.do(dropCode, u) }
