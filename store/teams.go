package store

import (
	"errors"

	"postroom/desk"
)

const (
	listTeams   = `SELECT id, name, created_at FROM teams ORDER BY folded`
	getTeam     = `SELECT id, name, created_at FROM teams WHERE folded = ?`
	teamMembers = `SELECT ` + userColumns + ` FROM team_members tm JOIN users u ON u.id = tm.user_id WHERE tm.team = ? ORDER BY u.folded`
	grantedTo   = `SELECT inbox FROM grants WHERE kind = ? AND grantee = ? ORDER BY inbox`
	addTeam     = `INSERT INTO teams (name, folded, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`
	removeTeam  = `DELETE FROM teams WHERE id = ?`
	emptyTeam   = `DELETE FROM team_members WHERE team = ?`
	ungrantAll  = `DELETE FROM grants WHERE kind = ? AND grantee = ?`
	leaveAll    = `DELETE FROM team_members WHERE user_id = ?`
	joinTeam    = `INSERT INTO team_members (team, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING`
	leaveTeam   = `DELETE FROM team_members WHERE team = ? AND user_id = ?`
)

func scanTeam(sc scanner) (desk.Team, error) {
	var t desk.Team
	err := sc.Scan(&t.ID, &t.Name, into(&t.CreatedAt))
	return t, err
}

// Teams implements [desk.TeamReader].
func (r *reader) Teams() ([]desk.Team, error) { return collect(r.session, scanTeam, listTeams) }

// TeamByName implements [desk.TeamReader].
func (r *reader) TeamByName(folded string) (desk.Team, error) {
	return find(r.session, scanTeam, getTeam, folded)
}

// TeamMembers implements [desk.TeamReader].
func (r *reader) TeamMembers(t desk.TeamID) ([]desk.User, error) {
	return collect(r.session, scanUser, teamMembers, t)
}

// GrantedTo implements [desk.TeamReader].
func (r *reader) GrantedTo(to desk.Grantee) ([]desk.InboxID, error) {
	return collect(r.session, number[desk.InboxID], grantedTo, to.Kind, to.ID)
}

// AddTeam implements [desk.PeopleWriter].
func (w *writer) AddTeam(t desk.Team) (desk.TeamID, error) {
	id, err := w.insert(addTeam, t.Name, desk.FoldName(t.Name), millis(t.CreatedAt))
	if errors.Is(err, desk.ErrNoRow) {
		return 0, conflict("NAME_IN_USE", "Choose another name.", "There is a team %q already.", t.Name)
	}
	return desk.TeamID(id), err
}

// RemoveTeam implements [desk.PeopleWriter].
func (w *writer) RemoveTeam(t desk.TeamID) error {
	inboxes, err := w.GrantedTo(desk.Grantee{Kind: desk.ToTeam, ID: int64(t)})
	if err != nil {
		return err
	}
	if err := errors.Join(w.do(ungrantAll, desk.ToTeam, t), w.do(emptyTeam, t), w.do(removeTeam, t)); err != nil {
		return err
	}
	for _, in := range inboxes {
		if err := w.deriveIn(in); err != nil {
			return err
		}
	}
	return nil
}

// JoinTeam implements [desk.PeopleWriter].
func (w *writer) JoinTeam(t desk.TeamID, u desk.UserID) error {
	if err := w.do(joinTeam, t, u); err != nil {
		return err
	}
	return w.deriveOf(u)
}

// LeaveTeam implements [desk.PeopleWriter].
func (w *writer) LeaveTeam(t desk.TeamID, u desk.UserID) error {
	if err := w.do(leaveTeam, t, u); err != nil {
		return err
	}
	return w.deriveOf(u)
}

// Ungrant implements [desk.PeopleWriter].
func (w *writer) Ungrant(u desk.UserID) error {
	if err := errors.Join(w.do(ungrantAll, desk.ToUser, u), w.do(leaveAll, u)); err != nil {
		return err
	}
	return w.deriveOf(u)
}
