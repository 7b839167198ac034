package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	sqlite3 "modernc.org/sqlite/lib"

	"postroom/desk"
)

// What is derived from mails, brought in line with what it is derived from. A
// row that is right is not written, so that a rebuild of an untouched desk
// changes the search index and nothing else.

const (
	originColumns = `SELECT m.id, m.conversation, m.inbox, m.account, m.raw, m.direction, m.at, m.author, m.outgoing
		FROM messages m `
	origins         = originColumns + `WHERE m.id > ? ORDER BY m.id LIMIT ?`
	originsBefore   = originColumns + `WHERE m.id < ? ORDER BY m.id DESC LIMIT ?`
	conversationIDs = `SELECT id FROM conversations WHERE id > ? ORDER BY id LIMIT ?`
	rewriteMessage  = `UPDATE messages SET unreadable = ?, auth_failed = ?, sent_at = ?, attachments = ?, auto = ?,
		sender = ?, message_id = ?, subject = ? WHERE id = ? AND (unreadable <> ? OR auth_failed <> ? OR sent_at <> ?
		OR attachments <> ? OR auto <> ? OR sender <> ? OR message_id <> ? OR subject <> ?)`
	rewriteBody = addBody + ` ON CONFLICT (message) DO UPDATE SET head = excluded.head, text = excluded.text,
		quoted = excluded.quoted, signature = excluded.signature WHERE bodies.head <> excluded.head
		OR bodies.text <> excluded.text OR bodies.quoted <> excluded.quoted OR bodies.signature <> excluded.signature`
	rewriteAttachment = addAttachment + ` ON CONFLICT (message, n) DO UPDATE SET filename = excluded.filename,
		content_type = excluded.content_type, size = excluded.size, sha256 = excluded.sha256,
		content_id = excluded.content_id, inline = excluded.inline WHERE attachments.filename <> excluded.filename
		OR attachments.content_type <> excluded.content_type OR attachments.size <> excluded.size
		OR attachments.sha256 <> excluded.sha256 OR attachments.content_id <> excluded.content_id
		OR attachments.inline <> excluded.inline`
	dropAttachmentsFrom = `DELETE FROM attachments WHERE message = ? AND n >= ?`
)

// Origins implements [desk.RebuildReader].
func (r *reader) Origins(after desk.MessageID, limit int) ([]desk.Message, error) {
	return collect(r.session, origin, origins, after, limit)
}

// OriginsBefore implements [desk.RebuildReader].
func (r *reader) OriginsBefore(before desk.MessageID, limit int) ([]desk.Message, error) {
	return collect(r.session, origin, originsBefore, before, limit)
}

func origin(sc scanner) (desk.Message, error) {
	var m desk.Message
	err := sc.Scan(&m.ID, &m.Conversation, &m.Inbox, &m.Account, &m.Raw, &m.Direction, into(&m.At), &m.Author, &m.Outgoing)
	return m, err
}

// ConversationIDs implements [desk.RebuildReader].
func (r *reader) ConversationIDs(after desk.ConversationID, limit int) ([]desk.ConversationID, error) {
	return collect(r.session, number[desk.ConversationID], conversationIDs, after, limit)
}

// RewriteMessage implements [desk.RebuildWriter].
func (w *writer) RewriteMessage(m desk.Message) (bool, error) {
	h, err := asJSON(headOf(m.Mail))
	if err != nil {
		return false, err
	}
	derived := derivedColumns(m)
	changed := int64(0)
	run := func(text string, args ...any) {
		n, failed := w.exec(text, args...)
		changed, err = changed+n, errors.Join(err, failed)
	}
	run(rewriteMessage, slices.Concat(derived, []any{m.ID}, derived)...)
	run(rewriteBody, m.ID, h, m.Mail.Text, m.Mail.Quoted, m.Mail.Signature)
	for i, a := range m.Mail.Attachments {
		run(rewriteAttachment, m.ID, i, a.Filename, a.ContentType, a.Size, a.SHA256, a.ContentID, flag(a.Inline))
	}
	run(dropAttachmentsFrom, m.ID, len(m.Mail.Attachments))
	for _, ref := range referred(m.Mail) {
		run(addRef, m.Inbox, ref, m.ID)
	}
	return changed > 0, err
}

const (
	dropBodies = `DELETE FROM bodies WHERE message > ? AND message <= ?
		AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = bodies.message)`
	dropAttachments = `DELETE FROM attachments WHERE message > ? AND message <= ?
		AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = attachments.message)`
	messagesIn = fullMessage + ` WHERE m.id > ? AND m.id <= ? ORDER BY m.id`
	notesIn    = `SELECT ` + noteColumns + ` FROM notes n LEFT JOIN users u ON u.id = n.author
		WHERE n.id > ? AND n.id <= ? AND n.hidden = 0`
)

// Tidy implements [desk.RebuildWriter].
func (w *writer) Tidy(s desk.Span) error {
	if s.After <= 0 {
		if err := w.mendSearch(); err != nil {
			return err
		}
	}
	err := errors.Join(w.do(dropBodies, s.After, s.UpTo), w.do(dropAttachments, s.After, s.UpTo), w.do(w.dialect.text.removeIn, s.After, s.UpTo))
	if err != nil {
		return err
	}
	return w.index(s)
}

// index puts the messages and notes of a span into the search index, in order
// of their ids: that is how the index likes to be filled.
func (w *writer) index(s desk.Span) error {
	messages, err := w.whole(messagesIn, s.After, s.UpTo)
	if err != nil {
		return err
	}
	for _, m := range messages {
		w.indexMessage(m)
	}
	notes, err := collect(w.session, scanNote, notesIn, s.After, s.UpTo)
	if err != nil {
		return err
	}
	for _, n := range notes {
		w.indexNote(n)
	}
	slices.SortFunc(w.search, func(a, b searchRow) int { return int(a.id - b.id) })
	return nil
}

const (
	headsOf   = `SELECT b.head FROM messages m JOIN bodies b ON b.message = m.id WHERE m.conversation = ?`
	peopleOf  = `SELECT address, messages FROM participants WHERE conversation = ?`
	setPeople = `INSERT INTO participants (conversation, address, messages) VALUES (?, ?, ?)`
	refsFrom  = `SELECT r.inbox, r.ref, r.message, coalesce(b.head, '{}'), coalesce(m.inbox, 0) FROM refs r
		LEFT JOIN messages m ON m.id = r.message LEFT JOIN bodies b ON b.message = r.message
		WHERE (r.inbox, r.ref, r.message) > (?, ?, ?) ORDER BY r.inbox, r.ref, r.message LIMIT ?`
)

// RewriteParticipants implements [desk.RebuildWriter].
func (w *writer) RewriteParticipants(c desk.ConversationID) (bool, error) {
	heads, err := collect(w.session, scanHead, headsOf, c)
	if err != nil {
		return false, err
	}
	want, have := map[string]int64{}, map[string]int64{}
	for _, m := range heads {
		for _, addr := range people(m) {
			want[addr]++
		}
	}
	_, err = collect(w.session, func(sc scanner) (string, error) {
		var addr string
		var n int64
		err := sc.Scan(&addr, &n)
		have[addr] = n
		return addr, err
	}, peopleOf, c)
	if err != nil || maps.Equal(want, have) {
		return false, err
	}
	if err := w.do(removeParticipants, c); err != nil {
		return false, err
	}
	for addr, n := range want {
		if err := w.do(setPeople, c, addr, n); err != nil {
			return false, err
		}
	}
	return true, nil
}

// scanHead reads the part of a mail that its participants and references are
// derived from.
func scanHead(sc scanner) (desk.Mail, error) {
	var m desk.Mail
	var h head
	err := sc.Scan(headInto{&h})
	h.onto(&m)
	return m, err
}

// refsAtOnce is how many rows [writer.DropReferences] looks at.
const refsAtOnce = 5000

// refPlace is a row of refs.
type refPlace struct {
	Inbox   desk.InboxID
	Ref     string
	Message desk.MessageID
}

// DropReferences implements [desk.RebuildWriter].
func (w *writer) DropReferences(place string) (string, int, error) {
	var at refPlace
	if place != "" {
		if err := json.Unmarshal([]byte(place), &at); err != nil {
			return "", 0, fmt.Errorf("find the place in the references: %w", err)
		}
	}
	var strays []refPlace
	rows, err := collect(w.session, func(sc scanner) (refPlace, error) {
		var p refPlace
		var h head
		var m desk.Mail
		var inbox desk.InboxID
		err := sc.Scan(&p.Inbox, &p.Ref, &p.Message, headInto{&h}, &inbox)
		if h.onto(&m); err == nil && (inbox != p.Inbox || !slices.Contains(referred(m), p.Ref)) {
			strays = append(strays, p)
		}
		return p, err
	}, refsFrom, at.Inbox, at.Ref, at.Message, refsAtOnce)
	if err != nil || len(rows) == 0 {
		return "", 0, err
	}
	for _, p := range strays {
		if err := w.do(removeRef, p.Inbox, p.Ref, p.Message); err != nil {
			return "", 0, err
		}
	}
	next, err := asJSON(rows[len(rows)-1])
	return next, len(strays), err
}

// mendSearch empties a search index that is damaged itself; what is in it is
// put there again span by span.
func (w *writer) mendSearch() error {
	text := w.dialect.text
	if text.check == "" {
		return nil
	}
	err := w.do(text.check)
	if primary(err) == sqlite3.SQLITE_CORRUPT {
		return w.do(text.empty)
	}
	return err
}
