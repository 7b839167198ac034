package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"postroom/desk"
)

// An inbox goes into another one. What is in its conversations goes in a few
// statements, and the search index stays as it is: it is by far the most of the
// work, and every mail would only get another number. An inbox stands in the
// index for those too that went into it ([reader.inIndex]).

const (
	someIn      = `SELECT ` + conversationColumns + ` FROM conversations c WHERE c.inbox = ? LIMIT ?`
	leavingFrom = `SELECT count(*) FROM outbox WHERE inbox = ? AND state NOT IN ('accepted', 'cancelled') AND state IN (?, ?, ?, ?, ?)`

	// unreadTwice are mails of one inbox that nobody has parsed yet and that
	// the other has too.
	unreadTwice = `SELECT a.id, b.id FROM raws a JOIN raws b ON b.inbox = ? AND b.sha256 = a.sha256 WHERE a.inbox = ? AND a.parsed = 0`
	leadTo      = `UPDATE ledger SET raw = ? WHERE raw = ?`
	dropChunks  = `DELETE FROM chunks WHERE id >= ? AND id < ?`
	dropRaw     = `DELETE FROM raws WHERE id = ?`

	// joinedInto are the inboxes that went into another one.
	joinedInto = `SELECT id, joined_to FROM inboxes WHERE joined_to <> 0`
	closeInbox = `UPDATE inboxes SET joined_to = ?, folded = ? WHERE id = ?`
)

// rehomesAll are the statements that bring what is in the conversations of an
// inbox (the second argument) into another one (the first).
func rehomesAll() []string {
	const those = `(SELECT id FROM conversations WHERE inbox = ?)`
	return []string{
		`INSERT INTO refs (inbox, ref, message) SELECT CAST(? AS BIGINT), r.ref, r.message FROM refs r WHERE r.inbox = ? ON CONFLICT DO NOTHING`,
		`UPDATE messages SET inbox = ? WHERE conversation IN ` + those,
		`UPDATE notes SET inbox = ? WHERE conversation IN ` + those,
		`UPDATE drafts SET inbox = ?, account = 0 WHERE conversation <> 0 AND conversation IN ` + those,
		`DELETE FROM moved WHERE inbox = ? AND conversation IN ` + those,
	}
}

// RehomeAll implements [desk.PartsWriter].
func (w *writer) RehomeAll(from, to desk.InboxID) error {
	for _, text := range rehomesAll() {
		if err := w.do(text, to, from); err != nil {
			return err
		}
	}
	return w.do(`DELETE FROM refs WHERE inbox = ?`, from)
}

// inIndex are the inboxes under which the search index has what is in some: the
// inboxes themselves and those that went into them, or into one of those.
func (r *reader) inIndex(inboxes []desk.InboxID) ([]desk.InboxID, error) {
	went := map[desk.InboxID][]desk.InboxID{}
	var gone []desk.InboxID
	_, err := collect(r.session, func(sc scanner) (from desk.InboxID, err error) {
		var to desk.InboxID
		err = sc.Scan(&from, &to)
		went[to], gone = append(went[to], from), append(gone, from)
		return from, err
	}, joinedInto)
	// What went away from a viewer is not his, and not to be looked through.
	all := slices.DeleteFunc(slices.Clone(inboxes), func(in desk.InboxID) bool { return slices.Contains(gone, in) })
	for i := 0; i < len(all); i++ {
		all = append(all, went[all[i]]...)
	}
	return all, err
}

// joinsInbox are the statements that bring what is left of an inbox (the second
// argument) into another one (the first).
func joinsInbox() []string {
	return []string{
		// Of mail that both have, parsed, the second stays where it is: a
		// message is made of it.
		`UPDATE raws SET inbox = ? WHERE inbox = ? AND NOT EXISTS (SELECT 1 FROM raws b WHERE b.inbox = ? AND b.sha256 = raws.sha256)`,
		// As when an account is moved, its lease ends.
		`UPDATE accounts SET inbox = ?, holder = '', fence = fence + 1, until = 0 WHERE inbox = ?`,
		`UPDATE served SET inbox = ? WHERE inbox = ?`,
		`UPDATE drafts SET inbox = ? WHERE inbox = ?`,
		`UPDATE outbox SET inbox = ? WHERE inbox = ?`,
		`UPDATE waiting SET inbox = ? WHERE inbox = ?`,
		`UPDATE hooks SET inbox = ? WHERE inbox = ?`,
		`INSERT INTO moved (conversation, inbox) SELECT v.conversation, CAST(? AS BIGINT) FROM moved v JOIN conversations c ON c.id = v.conversation
			WHERE v.inbox = ? AND c.inbox <> ? ON CONFLICT DO NOTHING`,
		`INSERT INTO notify_rules (user_id, inbox, about, ways, every)
			SELECT n.user_id, CAST(? AS BIGINT), n.about, n.ways, n.every FROM notify_rules n WHERE n.inbox = ? ON CONFLICT DO NOTHING`,
		`INSERT INTO known_senders (inbox, address, allowed, reason, user_id, at)
			SELECT CAST(? AS BIGINT), k.address, k.allowed, k.reason, k.user_id, k.at FROM known_senders k WHERE k.inbox = ? ON CONFLICT DO NOTHING`,
		`INSERT INTO auto_answers (inbox, address, at)
			SELECT CAST(? AS BIGINT), x.address, x.at FROM auto_answers x WHERE x.inbox = ? ON CONFLICT DO NOTHING`,
		`INSERT INTO captures (inbox, sender, text, conversation)
			SELECT CAST(? AS BIGINT), x.sender, x.text, x.conversation FROM captures x WHERE x.inbox = ? ON CONFLICT DO NOTHING`,
	}
}

// SomeIn implements [desk.PartsReader].
func (r *reader) SomeIn(in desk.InboxID, limit int) ([]desk.Conversation, error) {
	return collect(r.session, scanConversation, someIn, in, limit)
}

// LeavingFrom implements [desk.PartsReader].
func (r *reader) LeavingFrom(in desk.InboxID) (int, error) {
	var n int
	err := r.get(leavingFrom, []any{in, desk.Queued, desk.Claimed, desk.Submitting, desk.Deferred, desk.InDoubt}, &n)
	return n, err
}

// JoinInbox implements [desk.PartsWriter].
func (w *writer) JoinInbox(from, to desk.InboxID) error {
	twice, err := collect(w.session, func(sc scanner) ([2]int64, error) {
		var ids [2]int64
		err := sc.Scan(&ids[0], &ids[1])
		return ids, err
	}, unreadTwice, to, from)
	if err != nil {
		return err
	}
	for _, ids := range twice {
		if err := errors.Join(w.do(leadTo, ids[1], ids[0]), w.do(dropChunks, ids[0]<<chunkBits, (ids[0]+1)<<chunkBits), w.do(dropRaw, ids[0])); err != nil {
			return err
		}
	}
	for _, text := range joinsInbox() {
		args := []any{to, from, to}
		if err := w.do(text, args[:strings.Count(text, "?")]...); err != nil {
			return err
		}
	}
	for _, table := range []string{"moved", "notify_rules", "known_senders", "auto_answers", "captures"} {
		if err := w.do(`DELETE FROM `+table+` WHERE inbox = ?`, from); err != nil {
			return err
		}
	}
	// No name has a control character, so nobody can type this one.
	return w.mustChange(closeInbox, to, fmt.Sprintf("\x01%d", from), from)
}
