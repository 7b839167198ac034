package store

import "postroom/desk"

const (
	neverLogs    = `SELECT user_id, address, whole, added_by, at FROM never_log WHERE user_id = 0 OR user_id = ? ORDER BY user_id, address`
	saveNeverLog = `INSERT INTO never_log (user_id, address, whole, added_by, at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (user_id, address) DO UPDATE SET whole = excluded.whole, added_by = excluded.added_by, at = excluded.at`
	removeNeverLog = `DELETE FROM never_log WHERE user_id = ? AND address = ?`

	logOff    = `SELECT count(*) FROM log_off WHERE conversation = ?`
	stopLog   = `INSERT INTO log_off (conversation) VALUES (?) ON CONFLICT DO NOTHING`
	resumeLog = `DELETE FROM log_off WHERE conversation = ?`
	// conversationsIn goes through an inbox by the numbers of its conversations.
	conversationsIn = `SELECT ` + conversationColumns + ` FROM conversations c
		WHERE c.inbox = ? AND c.id > ? AND c.joined_to = 0 ORDER BY c.id LIMIT ?`
)

// NeverLogs implements [desk.CustomerReader].
func (r *reader) NeverLogs(u desk.UserID) ([]desk.NeverLog, error) {
	return collect(r.session, func(sc scanner) (desk.NeverLog, error) {
		n := desk.NeverLog{Scope: desk.NeverAddress}
		var whole bool
		err := sc.Scan(&n.User, &n.Address, &whole, &n.By, into(&n.At))
		if whole {
			n.Scope = desk.NeverMail
		}
		return n, err
	}, neverLogs, u)
}

// SaveNeverLog implements [desk.CustomerWriter].
func (w *writer) SaveNeverLog(n desk.NeverLog) error {
	return w.do(saveNeverLog, n.User, key(n.Address), flag(n.Scope == desk.NeverMail), n.By, millis(n.At))
}

// RemoveNeverLog implements [desk.CustomerWriter].
func (w *writer) RemoveNeverLog(u desk.UserID, address string) error {
	return w.do(removeNeverLog, u, key(address))
}

// LogOff implements [desk.CustomerReader].
func (r *reader) LogOff(c desk.ConversationID) (bool, error) {
	var n int
	err := r.get(logOff, []any{c}, &n)
	return n > 0, err
}

// StopLog implements [desk.CustomerWriter].
func (w *writer) StopLog(c desk.ConversationID) error { return w.do(stopLog, c) }

// ResumeLog implements [desk.CustomerWriter].
func (w *writer) ResumeLog(c desk.ConversationID) error { return w.do(resumeLog, c) }

// ConversationsIn implements [desk.CustomerReader].
func (r *reader) ConversationsIn(in desk.InboxID, after desk.ConversationID, limit int) ([]desk.Conversation, error) {
	return collect(r.session, scanConversation, conversationsIn, in, after, limit)
}
