package store

import (
	"time"

	"postroom/desk"
)

const (
	mailboxColumns = `, coalesce(b.write_back, 'none'), coalesce(b.folders, 'null')`
	withMailbox    = ` LEFT JOIN mailboxes b ON b.account = a.id`
	placedColumns  = `m.id, m.conversation, m.inbox, m.message_id, ` + lyingColumns
	lyingColumns   = `l.raw, f.id, f.account, f.name, f.role, l.uidvalidity, l.uid,
		l.seen, l.answered, CASE WHEN l.gone_at = ? THEN 0 ELSE 1 END,
		CASE WHEN l.uidvalidity = f.uidvalidity THEN 0 ELSE 1 END`
	placedOrder = ` ORDER BY m.id, l.folder, l.uidvalidity, l.uid`
	placedOf    = `SELECT ` + placedColumns + ` FROM messages m JOIN ledger l ON l.raw = m.raw JOIN folders f ON f.id = l.folder
		WHERE m.conversation = ? AND m.direction = 'in' AND m.raw <> 0` + placedOrder
	placedBytes = `SELECT ` + placedColumns + ` FROM raws r JOIN messages m ON m.raw = r.id JOIN ledger l ON l.raw = r.id
		JOIN folders f ON f.id = l.folder WHERE r.inbox = ? AND r.sha256 = ? AND m.raw <> 0 AND m.direction = 'in'` + placedOrder
	placedRaw = `SELECT 0, 0, 0, '', ` + lyingColumns + ` FROM ledger l JOIN folders f ON f.id = l.folder
		WHERE l.raw = ? ORDER BY l.folder, l.uidvalidity, l.uid`
	placedAt = `SELECT ` + placedColumns + ` FROM ledger l JOIN messages m ON m.raw = l.raw JOIN folders f ON f.id = l.folder
		WHERE l.folder = ? AND l.uidvalidity = ? AND l.uid = ? AND m.direction = 'in' AND m.raw <> 0`
	// readUpTo goes by way of the members: reads are sought by user first.
	readUpTo = `SELECT coalesce(max(r.up_to), 0) FROM conversations c JOIN members m ON m.inbox = c.inbox
		JOIN reads r ON r.user_id = m.user_id AND r.conversation = c.id WHERE c.id = ?`
	markUnread = `UPDATE reads SET up_to = ? WHERE user_id = ? AND conversation = ? AND up_to > ?`
	wantMirror = `INSERT INTO mirror (account, conversation, version, moves, next_try, attempts, last_error)
		SELECT a.id, c.id, 1, ?, ?, 0, '' FROM conversations c JOIN accounts a ON a.inbox = c.inbox
		JOIN mailboxes b ON b.account = a.id WHERE c.id = ? AND a.connected = 1 AND b.write_back <> 'none'
		ON CONFLICT (account, conversation) DO UPDATE SET version = mirror.version + 1,
		moves = CASE WHEN excluded.moves > mirror.moves THEN excluded.moves ELSE mirror.moves END,
		next_try = excluded.next_try, attempts = 0`
	mirrorColumns = `account, conversation, version, moves, next_try, attempts, last_error`
	dueMirror     = `SELECT ` + mirrorColumns + ` FROM mirror WHERE account = ? AND next_try <= ? ORDER BY conversation LIMIT 100`
	getMirror     = `SELECT ` + mirrorColumns + ` FROM mirror WHERE account = ? AND conversation = ?`
	saveMirror    = `UPDATE mirror SET next_try = ?, attempts = ?, last_error = ? WHERE account = ? AND conversation = ? AND version = ?`
	removeWanted  = `DELETE FROM mirror WHERE account = ? AND conversation = ? AND version = ?`
)

func scanPlaced(sc scanner) (desk.Placed, error) {
	var p desk.Placed
	err := sc.Scan(&p.Message, &p.Conversation, &p.Inbox, &p.HeaderID, &p.Raw, &p.Folder, &p.Account, &p.Name, &p.Role, &p.UIDValidity, &p.UID,
		&p.Seen, &p.Answered, &p.Gone, &p.Former)
	return p, err
}

// Placed implements [desk.MirrorReader].
func (r *reader) Placed(c desk.ConversationID) ([]desk.Placed, error) {
	return collect(r.session, scanPlaced, placedOf, millis(time.Time{}), c)
}

// PlacedBytes implements [desk.MirrorReader].
func (r *reader) PlacedBytes(in desk.InboxID, sha256 [32]byte) ([]desk.Placed, error) {
	return collect(r.session, scanPlaced, placedBytes, millis(time.Time{}), in, sha256[:])
}

// PlacedRaw implements [desk.MirrorReader].
func (r *reader) PlacedRaw(id desk.RawID) ([]desk.Placed, error) {
	return collect(r.session, scanPlaced, placedRaw, millis(time.Time{}), id)
}

// PlacedAt implements [desk.MirrorReader].
func (r *reader) PlacedAt(f desk.Folder, uid uint32) (desk.Placed, error) {
	return find(r.session, scanPlaced, placedAt, millis(time.Time{}), f.ID, f.UIDValidity, uid)
}

// ReadUpTo implements [desk.MirrorReader].
func (r *reader) ReadUpTo(c desk.ConversationID) (desk.MessageID, error) {
	var id desk.MessageID
	err := r.get(readUpTo, []any{c}, &id)
	return id, err
}

func scanMirror(sc scanner) (desk.Mirror, error) {
	var m desk.Mirror
	err := sc.Scan(&m.Account, &m.Conversation, &m.Version, &m.Moves, into(&m.NextTry), &m.Attempts, &m.LastError)
	return m, err
}

// MirrorDue implements [desk.MirrorReader].
func (r *reader) MirrorDue(a desk.AccountID, now time.Time) ([]desk.Mirror, error) {
	return collect(r.session, scanMirror, dueMirror, a, millis(now))
}

// Mirror implements [desk.MirrorReader].
func (r *reader) Mirror(a desk.AccountID, c desk.ConversationID) (desk.Mirror, error) {
	return find(r.session, scanMirror, getMirror, a, c)
}

// WantMirror implements [desk.MirrorWriter].
func (w *writer) WantMirror(c desk.ConversationID, moves desk.Moving, at time.Time) error {
	return w.do(wantMirror, moves, millis(at), c)
}

// SaveMirror implements [desk.MirrorWriter].
func (w *writer) SaveMirror(m desk.Mirror) error {
	return w.do(saveMirror, millis(m.NextTry), m.Attempts, m.LastError, m.Account, m.Conversation, m.Version)
}

// RemoveMirror implements [desk.MirrorWriter].
func (w *writer) RemoveMirror(m desk.Mirror) error {
	return w.do(removeWanted, m.Account, m.Conversation, m.Version)
}

// MarkUnread implements [desk.MirrorWriter].
func (w *writer) MarkUnread(u desk.UserID, c desk.ConversationID, from desk.MessageID) error {
	return w.do(markUnread, from-1, u, c, from-1)
}

// Place implements [desk.MirrorWriter].
func (w *writer) Place(f desk.Folder, uid uint32, p desk.Placed) error {
	return w.do(addLedger, f.ID, f.UIDValidity, uid, p.Raw, flag(p.Seen), flag(p.Answered), millis(time.Time{}))
}
