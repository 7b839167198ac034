package store

import (
	"errors"
	"slices"

	"postroom/desk"
)

// What is in a conversation changes places: into another conversation, or with
// it into another inbox.

const (
	listItems = `SELECT id FROM messages WHERE conversation = ? UNION ALL SELECT id FROM notes WHERE conversation = ? ORDER BY 1`
	eventSeqs = `SELECT seq FROM events WHERE conversation = ? AND conversation <> 0 ORDER BY seq`
	// eventsAbout are those of a conversation, with the message each is about.
	eventsAbout    = `SELECT seq, message FROM events WHERE conversation = ? AND conversation <> 0`
	moveMessage    = `UPDATE messages SET conversation = ? WHERE id = ? AND conversation = ?`
	moveNote       = `UPDATE notes SET conversation = ? WHERE id = ? AND conversation = ?`
	moveRun        = `UPDATE rule_runs SET conversation = ? WHERE message = ? AND conversation = ?`
	moveSent       = `UPDATE outbox SET conversation = ? WHERE message = ?`
	moveEvent      = `UPDATE events SET conversation = ? WHERE seq = ?`
	moveOutbox     = `UPDATE outbox SET conversation = ? WHERE message IN (SELECT id FROM messages WHERE conversation = ?)`
	moveLeft       = `INSERT INTO moved (conversation, inbox) SELECT ?, v.inbox FROM moved v WHERE v.conversation = ? ON CONFLICT DO NOTHING`
	draftsOf       = `SELECT author, kind FROM drafts WHERE conversation = ? AND conversation <> 0`
	leaving        = `SELECT count(*) FROM outbox WHERE message IN (SELECT id FROM messages WHERE conversation = ?) AND state IN (?, ?, ?, ?, ?)`
	rehomeMessages = `UPDATE messages SET inbox = ? WHERE conversation = ?`
	rehomeNotes    = `UPDATE notes SET inbox = ? WHERE conversation = ?`
	rehomeOutbox   = `UPDATE outbox SET inbox = ? WHERE message IN (SELECT id FROM messages WHERE conversation = ?)`
	rehomeDrafts   = `UPDATE drafts SET inbox = ?, account = 0 WHERE conversation = ? AND conversation <> 0`
	allMessagesOf  = fullMessage + ` WHERE m.conversation = ? ORDER BY m.id`
	allNotesOf     = `SELECT ` + noteColumns + ` FROM notes n LEFT JOIN users u ON u.id = n.author
		WHERE n.conversation = ? AND n.hidden = 0 ORDER BY n.id`
	hasLeft  = `INSERT INTO moved (conversation, inbox) VALUES (?, ?) ON CONFLICT DO NOTHING`
	cameHome = `DELETE FROM moved WHERE conversation = ? AND inbox = ?`
	wasIn    = `SELECT count(*) FROM moved WHERE conversation = ? AND inbox = ?`
	anyLeft  = `SELECT 1 FROM moved WHERE inbox = ? LIMIT 1`
	// knownLeft looks in every inbox, for one message of what has left this one.
	knownLeft = `SELECT ` + knownColumns + ` FROM inboxes i JOIN messages m ON m.inbox = i.id
		JOIN moved v ON v.conversation = m.conversation AND v.inbox = ?
		WHERE m.message_id = ? AND m.message_id <> '' ORDER BY m.id LIMIT 1`
)

// Items implements [desk.TimelineReader].
func (r *reader) Items(c desk.ConversationID) ([]desk.MessageID, error) {
	return collect(r.session, number[desk.MessageID], listItems, c, c)
}

// EventSeqs implements [desk.TimelineReader].
func (r *reader) EventSeqs(c desk.ConversationID) ([]desk.Seq, error) {
	return collect(r.session, number[desk.Seq], eventSeqs, c)
}

// MoveItems implements [desk.TimelineWriter].
func (w *writer) MoveItems(items []desk.MessageID, events []desk.Seq, from, to desk.ConversationID) error {
	for _, id := range items {
		if err := errors.Join(w.do(moveMessage, to, id, from), w.do(moveNote, to, id, from), w.do(moveRun, to, id, from), w.do(moveSent, to, id)); err != nil {
			return err
		}
	}
	seqs, err := collect(w.session, func(sc scanner) (desk.Seq, error) {
		var seq desk.Seq
		var about desk.MessageID
		err := sc.Scan(&seq, &about)
		if !slices.Contains(events, seq) && (about == 0 || !slices.Contains(items, about)) {
			seq = 0
		}
		return seq, err
	}, eventsAbout, from)
	if err != nil {
		return err
	}
	for _, seq := range seqs {
		if seq == 0 {
			continue
		}
		if err := w.do(moveEvent, to, seq); err != nil {
			return err
		}
	}
	if err := w.do(moveLeft, to, from); err != nil {
		return err
	}
	for _, c := range []desk.ConversationID{from, to} {
		if _, err := w.RewriteParticipants(c); err != nil {
			return err
		}
	}
	return nil
}

// MoveDrafts implements [desk.TimelineWriter].
func (w *writer) MoveDrafts(from, to desk.ConversationID) error {
	type key struct {
		author desk.UserID
		kind   desk.DraftKind
	}
	list, err := collect(w.session, func(sc scanner) (key, error) {
		var k key
		err := sc.Scan(&k.author, &k.kind)
		return k, err
	}, draftsOf, from)
	if err != nil {
		return err
	}
	for _, k := range list {
		d, err := w.Draft(k.author, from, k.kind)
		if err != nil {
			return err
		}
		there, err := w.Draft(k.author, to, k.kind)
		switch {
		case errors.Is(err, desk.ErrNoRow):
			there = d
			there.Conversation = to
		case err != nil:
			return err
		default:
			there.Text += "\n\n" + d.Text
		}
		if _, err := w.SaveDraft(there); err != nil {
			return err
		}
		if err := w.DeleteDraft(k.author, from, k.kind); err != nil {
			return err
		}
	}
	return nil
}

// Leaving implements [desk.OutboxReader].
func (r *reader) Leaving(c desk.ConversationID) (bool, error) {
	var n int
	err := r.get(leaving, []any{c, desk.Queued, desk.Claimed, desk.Submitting, desk.Deferred, desk.InDoubt}, &n)
	return n > 0, err
}

// Rehome implements [desk.TimelineWriter].
func (w *writer) Rehome(c desk.ConversationID, from, to desk.InboxID) error {
	if err := w.flushSearch(); err != nil {
		return err
	}
	messages, err := w.whole(allMessagesOf, c)
	if err != nil {
		return err
	}
	for _, m := range messages {
		for _, ref := range referred(m.Mail) {
			if err := errors.Join(w.do(removeRef, from, ref, m.ID), w.do(addRef, to, ref, m.ID)); err != nil {
				return err
			}
		}
		if err := w.unindex(m.ID); err != nil {
			return err
		}
		m.Inbox = to
		w.indexMessage(m)
	}
	notes, err := collect(w.session, scanNote, allNotesOf, c)
	if err != nil {
		return err
	}
	for _, n := range notes {
		if err := w.unindex(n.ID); err != nil {
			return err
		}
		n.Inbox = to
		w.indexNote(n)
	}
	for _, q := range []string{rehomeMessages, rehomeNotes, rehomeOutbox, rehomeDrafts} {
		if err := w.do(q, to, c); err != nil {
			return err
		}
	}
	return errors.Join(w.do(hasLeft, c, from), w.do(cameHome, c, to))
}

// WasIn implements [desk.ThreadingReader].
func (r *reader) WasIn(c desk.ConversationID, in desk.InboxID) (bool, error) {
	var n int
	err := r.get(wasIn, []any{c, in}, &n)
	return n > 0, err
}
