package store

import "postroom/desk"

const (
	getSetup  = `SELECT state, updated_at FROM setups WHERE user_id = ?`
	saveSetup = `INSERT INTO setups (user_id, state, updated_at) VALUES (?, ?, ?)
		ON CONFLICT (user_id) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at`
	dropSetup = `DELETE FROM setups WHERE user_id = ?`
)

// Setup implements [desk.PeopleReader].
func (r *reader) Setup(u desk.UserID) (desk.Setup, error) {
	var s desk.Setup
	err := r.get(getSetup, []any{u}, jsonInto{&s}, into(&s.UpdatedAt))
	return s, err
}

// SaveSetup implements [desk.PeopleWriter].
func (w *writer) SaveSetup(u desk.UserID, s desk.Setup) error {
	state, err := asJSON(s)
	if err != nil {
		return err
	}
	return w.do(saveSetup, u, state, millis(s.UpdatedAt))
}

// DropSetup implements [desk.PeopleWriter].
func (w *writer) DropSetup(u desk.UserID) error { return w.do(dropSetup, u) }
