package store

import "postroom/desk"

const (
	listMembers = `SELECT ` + userColumns + `, m.reply, m.assign, m.configure FROM members m JOIN users u ON u.id = m.user_id
		WHERE m.inbox = ? ORDER BY u.folded`
	getRights = `SELECT reply, assign, configure FROM members WHERE user_id = ? AND inbox = ?`
	// visibleInboxes are the inboxes a viewer works in. It only says which
	// ranges to ask for; every one of them asks for the membership again.
	visibleInboxes = `SELECT inbox FROM members WHERE user_id = ? ORDER BY inbox`

	listGrants = `SELECT g.inbox, g.kind, g.grantee, g.reply, g.assign, g.configure, g.since FROM grants g
		LEFT JOIN teams t ON g.kind = 'team' AND t.id = g.grantee LEFT JOIN users u ON g.kind = 'user' AND u.id = g.grantee
		WHERE g.inbox = ? ORDER BY g.kind, coalesce(t.folded, u.folded, '')`
	saveGrant = `INSERT INTO grants (inbox, kind, grantee, reply, assign, configure, since) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (inbox, kind, grantee) DO UPDATE SET reply = excluded.reply, assign = excluded.assign, configure = excluded.configure`
	removeGrant = `DELETE FROM grants WHERE inbox = ? AND kind = ? AND grantee = ?`
)

// standing is every reason for which a user sees an inbox, with what it lets
// him do: source is owner, admin, or the kind of the grant.
const standing = `
	SELECT i.owner AS user_id, i.id AS inbox, 'owner' AS source, 0 AS team, 1 AS reply, 1 AS assign, 1 AS configure FROM inboxes i
	UNION ALL SELECT u.id, i.id, 'admin', 0, 0, 0, 1 FROM users u CROSS JOIN inboxes i WHERE u.role = 'admin' AND i.kind = 'shared'
	UNION ALL SELECT g.user_id, g.inbox, 'break-glass', 0, 0, 0, 0 FROM glass g JOIN users u ON u.id = g.user_id AND u.role = 'admin' WHERE g.ended = 0
	UNION ALL SELECT g.grantee, g.inbox, g.kind, 0, g.reply, g.assign, g.configure FROM grants g
		JOIN inboxes i ON i.id = g.inbox AND i.kind = 'shared' WHERE g.kind = 'user'
	UNION ALL SELECT tm.user_id, g.inbox, g.kind, g.grantee, g.reply, g.assign, g.configure FROM grants g
		JOIN inboxes i ON i.id = g.inbox AND i.kind = 'shared' JOIN team_members tm ON tm.team = g.grantee WHERE g.kind = 'team'
	UNION ALL SELECT u.id, g.inbox, g.kind, 0, g.reply, g.assign, g.configure FROM users u CROSS JOIN grants g
		JOIN inboxes i ON i.id = g.inbox AND i.kind = 'shared' WHERE g.kind = 'everyone'`

// The members of one inbox, or of all inboxes one user, made anew.
const (
	deriveMembers = `INSERT INTO members (user_id, inbox, reply, assign, configure)
		SELECT s.user_id, s.inbox, max(s.reply), max(s.assign), max(s.configure) FROM (` + standing + `) s
		JOIN users u ON u.id = s.user_id AND u.disabled_at < 0 AND u.pending_since < 0 WHERE `
	forgetIn = `DELETE FROM members WHERE inbox = ?`
	forgetOf = `DELETE FROM members WHERE user_id = ?`
	deriveIn = deriveMembers + `s.inbox = ? GROUP BY s.user_id, s.inbox`
	deriveOf = deriveMembers + `s.user_id = ? GROUP BY s.user_id, s.inbox`
)

func (w *writer) deriveIn(in desk.InboxID) error {
	if err := w.do(forgetIn, in); err != nil {
		return err
	}
	return w.do(deriveIn, in)
}

func (w *writer) deriveOf(u desk.UserID) error {
	if err := w.do(forgetOf, u); err != nil {
		return err
	}
	return w.do(deriveOf, u)
}

func scanMember(sc scanner) (desk.Member, error) {
	var m desk.Member
	err := sc.Scan(userInto(&m.User, &m.Rights.Reply, &m.Rights.Assign, &m.Rights.Configure)...)
	return m, err
}

func scanRights(sc scanner) (desk.Rights, error) {
	var r desk.Rights
	err := sc.Scan(&r.Reply, &r.Assign, &r.Configure)
	return r, err
}

func scanGrant(sc scanner) (desk.Grant, error) {
	var g desk.Grant
	err := sc.Scan(&g.Inbox, &g.To.Kind, &g.To.ID, &g.Reply, &g.Assign, &g.Configure, into(&g.Since))
	return g, err
}

// Members implements [desk.InboxReader].
func (r *reader) Members(in desk.InboxID) ([]desk.Member, error) {
	return collect(r.session, scanMember, listMembers, in)
}

// Rights implements [desk.InboxReader].
func (r *reader) Rights(in desk.InboxID, u desk.UserID) (desk.Rights, error) {
	return find(r.session, scanRights, getRights, u, in)
}

func (r *reader) visible(u desk.UserID) ([]desk.InboxID, error) {
	return collect(r.session, number[desk.InboxID], visibleInboxes, u)
}

// Grants implements [desk.InboxReader].
func (r *reader) Grants(in desk.InboxID) ([]desk.Grant, error) {
	return collect(r.session, scanGrant, listGrants, in)
}

// SaveGrant implements [desk.PeopleWriter].
func (w *writer) SaveGrant(g desk.Grant) error {
	err := w.do(saveGrant, g.Inbox, g.To.Kind, g.To.ID, flag(g.Reply), flag(g.Assign), flag(g.Configure), millis(g.Since))
	if err != nil {
		return err
	}
	return w.deriveIn(g.Inbox)
}

// RemoveGrant implements [desk.PeopleWriter].
func (w *writer) RemoveGrant(in desk.InboxID, to desk.Grantee) error {
	if err := w.do(removeGrant, in, to.Kind, to.ID); err != nil {
		return err
	}
	return w.deriveIn(in)
}

// listReasons are all reasons of an inbox, the strongest of a user first.
const listReasons = `SELECT ` + userColumns + `, s.source, coalesce(t.name, ''), s.reply, s.assign, s.configure
	FROM (` + standing + `) s JOIN users u ON u.id = s.user_id LEFT JOIN teams t ON t.id = s.team
	WHERE s.inbox = ? ORDER BY u.folded, CASE s.source WHEN 'owner' THEN 1 WHEN 'user' THEN 2 WHEN 'team' THEN 3 WHEN 'everyone' THEN 4 ELSE 5 END, t.folded`

// Reasons implements [desk.InboxReader].
func (r *reader) Reasons(in desk.InboxID) ([]desk.Reason, error) {
	return collect(r.session, func(sc scanner) (desk.Reason, error) {
		var why desk.Reason
		err := sc.Scan(userInto(&why.User, &why.Kind, &why.Team, &why.Rights.Reply, &why.Rights.Assign, &why.Rights.Configure)...)
		return why, err
	}, listReasons, in)
}
