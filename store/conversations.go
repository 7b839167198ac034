package store

import (
	"fmt"
	"slices"
	"time"

	"postroom/desk"
)

// conversationColumns are all of a conversation, in the order in which
// [scanConversation] and [conversationValues] have them.
const (
	conversationColumns = `c.id, c.inbox, c.subject, c.status, c.spam, c.assignee, c.contact, c.who, c.snippet,
		c.version, c.created_at, c.last, c.last_at, c.last_in, c.waiting_since, c.messages, c.attachments,
		c.touched, c.answered_outside, c.joined_to, c.related_to, c.team, c.priority, c.tags, c.snoozed_until,
		c.trashed, c.ticket, c.stage, c.due_at, c.due, c.due_state`
	getConversation  = `SELECT ` + conversationColumns + ` FROM conversations c WHERE c.id = ?`
	nextConversation = `UPDATE desk SET next_conversation = next_conversation + 1 WHERE id = 1
		RETURNING next_conversation - 1`
	addConversation = `INSERT INTO conversations (inbox, subject, status, spam, assignee, contact, who, snippet,
		version, created_at, last, last_at, last_in, waiting_since, messages, attachments, touched,
		answered_outside, joined_to, related_to, team, priority, tags, snoozed_until, trashed, ticket, stage, due_at,
		due, due_state, place, rank, urgency, id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	saveConversation = `UPDATE conversations SET inbox = ?, subject = ?, status = ?, spam = ?, assignee = ?,
		contact = ?, who = ?, snippet = ?, version = ?, created_at = ?, last = ?, last_at = ?, last_in = ?,
		waiting_since = ?, messages = ?, attachments = ?, touched = ?, answered_outside = ?, joined_to = ?,
		related_to = ?, team = ?, priority = ?, tags = ?, snoozed_until = ?, trashed = ?, ticket = ?, stage = ?,
		due_at = ?, due = ?, due_state = ?, place = ?, rank = ?, urgency = ? WHERE id = ?`
	removeConversation = `DELETE FROM conversations WHERE id = ?`
	countMessages      = `SELECT count(*) FROM messages WHERE conversation = ?`
)

// placeJoined is the place of a conversation that went into another one: in no
// list and in no number.
const placeJoined desk.Place = "joined"

func placeOf(c desk.Conversation) desk.Place {
	if c.JoinedTo != 0 {
		return placeJoined
	}
	return c.Place()
}

func conversationInto(c *desk.Conversation) []any {
	return []any{
		&c.ID, &c.Inbox, &c.Subject, &c.Status, &c.Spam, &c.Assignee, &c.Contact, &c.Who, &c.Snippet,
		&c.Version, into(&c.CreatedAt), &c.Last, into(&c.LastAt), &c.LastIn, into(&c.WaitingSince), &c.Messages,
		&c.Attachments, &c.Touched, &c.AnsweredOutside, &c.JoinedTo, &c.RelatedTo, &c.Team, &c.Priority,
		tagsInto{&c.Tags},
		into(&c.SnoozedUntil), &c.Trashed, &c.Ticket, &c.Stage, into(&c.DueAt), &c.Due, &c.DueState,
	}
}

func scanConversation(sc scanner) (desk.Conversation, error) {
	var c desk.Conversation
	err := sc.Scan(conversationInto(&c)...)
	return c, err
}

func conversationValues(c desk.Conversation) []any {
	return []any{
		c.Inbox, c.Subject, c.Status, flag(c.Spam), c.Assignee, c.Contact, c.Who, c.Snippet,
		c.Version, millis(c.CreatedAt), c.Last, millis(c.LastAt), c.LastIn, millis(c.WaitingSince), c.Messages,
		flag(c.Attachments), flag(c.Touched), flag(c.AnsweredOutside), c.JoinedTo, c.RelatedTo, c.Team, c.Priority,
		tagsText(c.Tags), millis(c.SnoozedUntil), flag(c.Trashed), c.Ticket, c.Stage, millis(c.DueAt), c.Due, c.DueState,
		placeOf(c), c.Rank(), c.Urgency(), c.ID,
	}
}

// Conversation implements [desk.ConversationReader].
func (r *reader) Conversation(id desk.ConversationID) (desk.Conversation, error) {
	return find(r.session, scanConversation, getConversation, id)
}

// NextConversationID implements [desk.ConversationWriter].
func (w *writer) NextConversationID() (desk.ConversationID, error) {
	id, err := w.insert(nextConversation)
	return desk.ConversationID(id), err
}

// AddConversation implements [desk.ConversationWriter].
func (w *writer) AddConversation(c desk.Conversation) error {
	if err := w.do(addConversation, conversationValues(c)...); err != nil {
		return err
	}
	if err := w.retag(desk.Conversation{}, c); err != nil {
		return err
	}
	if err := w.restage(staged{}, stagedOf(c)); err != nil {
		return err
	}
	return w.retally(tally{}, tallyOf(c))
}

// SaveConversation implements [desk.ConversationWriter].
func (w *writer) SaveConversation(c desk.Conversation) error {
	before, err := w.Conversation(c.ID)
	if err != nil {
		return err
	}
	if err := w.mustChange(saveConversation, conversationValues(c)...); err != nil {
		return err
	}
	if err := w.retag(before, c); err != nil {
		return err
	}
	if err := w.restage(stagedOf(before), stagedOf(c)); err != nil {
		return err
	}
	return w.retally(tallyOf(before), tallyOf(c))
}

const (
	removeReads        = `DELETE FROM reads WHERE conversation = ?`
	removeParticipants = `DELETE FROM participants WHERE conversation = ?`
	removeDrafts       = `DELETE FROM drafts WHERE conversation = ?`
	notesOf            = `SELECT id FROM notes WHERE conversation = ?`
	removeNotes        = `DELETE FROM notes WHERE conversation = ?`
)

// RemoveConversation implements [desk.ConversationWriter].
func (w *writer) RemoveConversation(id desk.ConversationID) error {
	c, err := w.Conversation(id)
	if err != nil {
		return err
	}
	var n int
	if err := w.get(countMessages, []any{id}, &n); err != nil {
		return err
	}
	if n > 0 {
		return fmt.Errorf("remove conversation %d: it has %d messages", id, n)
	}
	notes, err := collect(w.session, number[desk.MessageID], notesOf, id)
	if err != nil {
		return err
	}
	for _, note := range notes {
		if err := w.unindex(note); err != nil {
			return err
		}
	}
	for _, q := range []string{removeNotes, removeReads, removeParticipants, removeDrafts, removeTicket, dropTagged, removeConversation} {
		if err := w.do(q, id); err != nil {
			return err
		}
	}
	if err := w.restage(stagedOf(c), staged{}); err != nil {
		return err
	}
	return w.retally(tallyOf(c), tally{})
}

const markRead = `INSERT INTO reads (user_id, conversation, up_to) VALUES (?, ?, ?)
	ON CONFLICT (user_id, conversation) DO UPDATE SET up_to = excluded.up_to WHERE excluded.up_to > reads.up_to`

// MarkRead implements [desk.ConversationWriter]. Reading never goes back.
func (w *writer) MarkRead(u desk.UserID, c desk.ConversationID, upTo desk.MessageID) error {
	return w.do(markRead, u, c, upTo)
}

const (
	listParticipants = `SELECT address FROM participants WHERE conversation = ? ORDER BY address`
	writingOthers    = `SELECT ` + userColumns + ` FROM drafts d JOIN users u ON u.id = d.author
		WHERE d.conversation = ? AND d.conversation <> 0 AND d.updated_at >= ? AND d.kind = ? AND d.author <> ?
		ORDER BY d.updated_at DESC`
)

// Participants implements [desk.ConversationReader].
func (r *reader) Participants(c desk.ConversationID) ([]string, error) {
	return collect(r.session, scanText, listParticipants, c)
}

func scanText(sc scanner) (string, error) {
	var s string
	err := sc.Scan(&s)
	return s, err
}

// WritingOthers implements [desk.ConversationReader].
func (r *reader) WritingOthers(c desk.ConversationID, me desk.UserID, since time.Time) ([]desk.User, error) {
	return collect(r.session, scanUser, writingOthers, c, millis(since), desk.DraftReply, me)
}

// openOf is answered by the index of an inbox's assignees.
const openOf = `SELECT id FROM conversations WHERE inbox = ? AND place IN ('open', 'snoozed') AND assignee = ?`

// OpenOf implements [desk.ConversationReader].
func (r *reader) OpenOf(in desk.InboxID, u desk.UserID) ([]desk.ConversationID, error) {
	ids, err := collect(r.session, number[desk.ConversationID], openOf, in, u)
	slices.Sort(ids)
	return ids, err
}

const (
	openOfTeam   = `SELECT id FROM conversations WHERE inbox = ? AND place IN ('open', 'snoozed') AND team = ? AND team <> 0`
	snoozeEnded  = `SELECT id FROM conversations WHERE snoozed_until > 0 AND snoozed_until <= ? ORDER BY snoozed_until, id LIMIT ?`
	snoozeEnding = `SELECT snoozed_until FROM conversations WHERE snoozed_until > 0 AND snoozed_until > ? ORDER BY snoozed_until LIMIT 1`
)

// OpenOfTeam implements [desk.ConversationReader].
func (r *reader) OpenOfTeam(in desk.InboxID, t desk.TeamID) ([]desk.ConversationID, error) {
	ids, err := collect(r.session, number[desk.ConversationID], openOfTeam, in, t)
	slices.Sort(ids)
	return ids, err
}

// Snoozed implements [desk.ConversationReader].
func (r *reader) Snoozed(now time.Time, limit int) (ended []desk.ConversationID, next time.Time, err error) {
	if ended, err = collect(r.session, number[desk.ConversationID], snoozeEnded, millis(now), limit); err != nil {
		return nil, next, err
	}
	later, err := collect(r.session, number[int64], snoozeEnding, millis(now))
	if len(later) > 0 {
		next = fromMillis(later[0])
	}
	return ended, next, err
}
