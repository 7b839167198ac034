package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"postroom/desk"
)

// head is what of a mail only its reader sees.
type head struct {
	InReplyTo   []string             `json:"irt,omitempty"`
	References  []string             `json:"ref,omitempty"`
	From        []desk.Mailbox       `json:"from,omitempty"`
	ReplyTo     []desk.Mailbox       `json:"rto,omitempty"`
	To          []desk.Mailbox       `json:"to,omitempty"`
	Cc          []desk.Mailbox       `json:"cc,omitempty"`
	Bcc         []desk.Mailbox       `json:"bcc,omitempty"`
	DeliveredTo []string             `json:"dto,omitempty"`
	AuthResults []string             `json:"auth,omitempty"`
	Defects     []string             `json:"def,omitempty"`
	Recipients  []desk.AutoRecipient `json:"rcp,omitempty"`
	Returned    string               `json:"ret,omitempty"`
	Forwarded   []desk.Mailbox       `json:"fwd,omitempty"`
}

func headOf(m desk.Mail) head {
	return head{m.InReplyTo, m.References, m.From, m.ReplyTo, m.To, m.Cc, m.Bcc, m.DeliveredTo, m.AuthResults, m.Defects, m.Auto.Recipients, m.Returned, m.Forwarded}
}

func (h head) onto(m *desk.Mail) {
	m.InReplyTo, m.References, m.From, m.ReplyTo, m.To, m.Cc, m.Bcc = h.InReplyTo, h.References, h.From, h.ReplyTo, h.To, h.Cc, h.Bcc
	m.DeliveredTo, m.AuthResults, m.Defects, m.Auto.Recipients, m.Returned, m.Forwarded = h.DeliveredTo, h.AuthResults, h.Defects, h.Recipients, h.Returned, h.Forwarded
}

// headInto scans a head. One that is damaged reads as empty: it is derived and
// a rebuild mends it, and until then the message can be read all the same.
type headInto struct{ h *head }

// Scan implements [database/sql.Scanner].
func (i headInto) Scan(v any) error {
	if err := (jsonInto{i.h}).Scan(v); err != nil {
		*i.h = head{}
	}
	return nil
}

const (
	lastMessageIDs = `SELECT coalesce((SELECT max(id) FROM messages WHERE id >= ? AND id < ?), 0),
		coalesce((SELECT max(id) FROM notes WHERE id >= ? AND id < ?), 0),
		coalesce((SELECT max(message) FROM outbox WHERE message >= ? AND message < ?), 0)`
	addMessage = `INSERT INTO messages (id, conversation, inbox, account, raw, direction, at, author, outgoing,
		unreadable, auth_failed, sent_at, attachments, auto, sender, message_id, subject)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	addBody       = `INSERT INTO bodies (message, head, text, quoted, signature) VALUES (?, ?, ?, ?, ?)`
	addAttachment = `INSERT INTO attachments (message, n, filename, content_type, size, sha256, content_id, inline)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	addRef         = `INSERT INTO refs (inbox, ref, message) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`
	addParticipant = `INSERT INTO participants (conversation, address, messages) VALUES (?, ?, 1)
		ON CONFLICT (conversation, address) DO UPDATE SET messages = participants.messages + 1`
)

// NextMessageID implements [desk.TimelineWriter]. The ids of mails taken back
// are not given out again: their outbox rows still name them.
func (w *writer) NextMessageID(at time.Time) (desk.MessageID, error) {
	const lastSecond = 1 << 42 // beyond, an id would overflow
	sec := min(max(at.Unix(), 0), lastSecond)
	first, end := desk.FirstMessageID(sec), desk.FirstMessageID(sec+1)
	var mail, note, sent desk.MessageID
	if err := w.get(lastMessageIDs, []any{first, end, first, end, first, end}, &mail, &note, &sent); err != nil {
		return 0, err
	}
	id := max(mail+1, note+1, sent+1, first, 1)
	if id >= end {
		return 0, fmt.Errorf("the second %d holds no more messages", sec)
	}
	return id, nil
}

// AddMessage implements [desk.TimelineWriter].
func (w *writer) AddMessage(m desk.Message) error {
	kept := []any{m.ID, m.Conversation, m.Inbox, m.Account, m.Raw, m.Direction, millis(m.At), m.Author, m.Outgoing}
	err := w.do(addMessage, append(kept, derivedColumns(m)...)...)
	if err != nil {
		return fmt.Errorf("add message: %w", err)
	}
	h, err := asJSON(headOf(m.Mail))
	if err != nil {
		return err
	}
	if err := w.do(addBody, m.ID, h, m.Mail.Text, m.Mail.Quoted, m.Mail.Signature); err != nil {
		return err
	}
	for i, a := range m.Mail.Attachments {
		if err := w.do(addAttachment, m.ID, i, a.Filename, a.ContentType, a.Size, a.SHA256, a.ContentID, flag(a.Inline)); err != nil {
			return err
		}
	}
	for _, ref := range referred(m.Mail) {
		if err := w.do(addRef, m.Inbox, ref, m.ID); err != nil {
			return err
		}
	}
	for _, addr := range people(m.Mail) {
		if err := w.do(addParticipant, m.Conversation, addr); err != nil {
			return err
		}
	}
	if m.Raw != 0 {
		if err := w.do(setParsed, m.Raw); err != nil {
			return err
		}
	}
	w.indexMessage(m)
	return nil
}

// derivedColumns are those of the messages that their mails say, in the order
// of addMessage and rewriteMessage.
func derivedColumns(m desk.Message) []any {
	sender := ""
	if len(m.Mail.From) > 0 {
		sender = desk.FoldAddress(m.Mail.From[0].Addr)
	}
	return []any{
		flag(m.Unreadable), flag(m.AuthFailed), millis(m.Mail.Date), len(m.Mail.Attachments), m.Mail.Auto.Kind, sender,
		m.Mail.MessageID, m.Mail.Subject,
	}
}

// Caps for mails that name more than anybody means.
const (
	maxRefs   = 100
	maxPeople = 1000
)

// referred are the ids a mail answers: In-Reply-To, the mail a delivery report
// sends back, then the newest references.
func referred(m desk.Mail) []string {
	var ids []string
	seen := map[string]bool{"": true}
	add := func(id string) {
		if id = key(id); !seen[id] && len(ids) < maxRefs {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	for _, id := range m.InReplyTo {
		add(id)
	}
	add(m.Returned)
	for _, id := range slices.Backward(m.References) {
		add(id)
	}
	return ids
}

// people are the folded addresses that wrote a mail or got it.
func people(m desk.Mail) []string {
	var list []string
	seen := map[string]bool{"": true}
	for _, b := range slices.Concat(m.From, m.To, m.Cc, m.Bcc) {
		if a := key(desk.FoldAddress(b.Addr)); !seen[a] && len(list) < maxPeople {
			seen[a] = true
			list = append(list, a)
		}
	}
	return list
}

const (
	removeMessage     = `DELETE FROM messages WHERE id = ?`
	removeBody        = `DELETE FROM bodies WHERE message = ?`
	removeAttachments = `DELETE FROM attachments WHERE message = ?`
	removeRef         = `DELETE FROM refs WHERE inbox = ? AND ref = ? AND message = ?`
	leaveOne          = `UPDATE participants SET messages = messages - 1 WHERE conversation = ? AND address = ?`
	leave             = `DELETE FROM participants WHERE conversation = ? AND address = ? AND messages <= 0`
	attachRaw         = `UPDATE messages SET raw = ? WHERE id = ? AND (raw = 0 OR raw = ?)`
	messageWithRaw    = `SELECT id FROM messages WHERE raw = ? AND raw <> 0`
)

// RemoveMessage implements [desk.TimelineWriter].
func (w *writer) RemoveMessage(id desk.MessageID) error {
	m, err := w.Message(id)
	if err != nil {
		return err
	}
	if m.Direction != desk.Out || m.Raw != 0 {
		return fmt.Errorf("remove message %d: it is not an outgoing one that never left", id)
	}
	for _, ref := range referred(m.Mail) {
		if err := w.do(removeRef, m.Inbox, ref, id); err != nil {
			return err
		}
	}
	for _, addr := range people(m.Mail) {
		if err := errors.Join(w.do(leaveOne, m.Conversation, addr), w.do(leave, m.Conversation, addr)); err != nil {
			return err
		}
	}
	for _, q := range []string{removeAttachments, removeBody, removeMessage} {
		if err := w.do(q, id); err != nil {
			return err
		}
	}
	return w.unindex(id)
}

// AttachRaw implements [desk.TimelineWriter]. A message that has its bytes
// keeps them; the copy with other bytes counts as read all the same.
func (w *writer) AttachRaw(id desk.MessageID, raw desk.RawID) error {
	var other desk.MessageID
	err := w.get(messageWithRaw, []any{raw}, &other)
	if err == nil && other != id {
		return fmt.Errorf("attach raw mail %d to message %d: it belongs to %d", raw, id, other)
	}
	if err != nil && !errors.Is(err, desk.ErrNoRow) {
		return err
	}
	return errors.Join(w.do(attachRaw, raw, id, raw), w.do(setParsed, raw))
}

const (
	messageColumns = `m.id, m.conversation, m.inbox, m.account, m.raw, m.direction, m.at, m.author, m.outgoing,
		m.unreadable, m.auth_failed, m.sent_at, m.auto, m.message_id, m.subject, m.attachments,
		coalesce(u.name, ''), coalesce(o.state, '')`
	messageJoins = ` LEFT JOIN users u ON u.id = m.author LEFT JOIN outbox o ON o.id = m.outgoing`
	fullMessage  = `SELECT ` + messageColumns + `, coalesce(b.head, '{}'), coalesce(b.text, ''), coalesce(b.quoted, ''),
		coalesce(b.signature, '') FROM messages m LEFT JOIN bodies b ON b.message = m.id` + messageJoins
	getMessage  = fullMessage + ` WHERE m.id = ?`
	newestMails = fullMessage + ` WHERE m.conversation = ? ORDER BY m.id DESC LIMIT ?`
	// lastMail is the newest one that is not automatic; newestMail any.
	lastMail = fullMessage + ` WHERE m.conversation = ? AND m.auto IN ('none', '') ORDER BY m.id DESC LIMIT 1`
	allMails = `SELECT ` + messageColumns + `, '{}', substr(coalesce(b.text, ''), 1, 400), '', '' FROM messages m
		LEFT JOIN bodies b ON b.message = m.id` + messageJoins + ` WHERE m.conversation = ? ORDER BY m.id`
	listAttachments = `SELECT filename, content_type, size, sha256, content_id, inline FROM attachments
		WHERE message = ? ORDER BY n`
)

// scanned is a message and how many attachments are still to be read.
type scanned struct {
	desk.Message
	attachments int
}

func scanMessage(sc scanner) (scanned, error) {
	var m scanned
	var h head
	mail := &m.Mail
	err := sc.Scan(&m.ID, &m.Conversation, &m.Inbox, &m.Account, &m.Raw, &m.Direction, into(&m.At), &m.Author, &m.Outgoing,
		&m.Unreadable, &m.AuthFailed, into(&mail.Date), &mail.Auto.Kind, &mail.MessageID, &mail.Subject, &m.attachments,
		&m.AuthorName, &m.State, headInto{&h}, &mail.Text, &mail.Quoted, &mail.Signature)
	h.onto(mail)
	return m, err
}

// whole reads messages with their attachments.
func (r *reader) whole(text string, args ...any) ([]desk.Message, error) {
	found, err := collect(r.session, scanMessage, text, args...)
	if err != nil {
		return nil, err
	}
	list := make([]desk.Message, len(found))
	for i, m := range found {
		list[i] = m.Message
		if m.attachments == 0 {
			continue
		}
		list[i].Mail.Attachments, err = collect(r.session, scanAttachment, listAttachments, m.ID)
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

func scanAttachment(sc scanner) (desk.Attachment, error) {
	var a desk.Attachment
	err := sc.Scan(&a.Filename, &a.ContentType, &a.Size, &a.SHA256, &a.ContentID, &a.Inline)
	return a, err
}

func (r *reader) wholeOne(text string, args ...any) (desk.Message, error) {
	list, err := r.whole(text, args...)
	if err != nil {
		return desk.Message{}, err
	}
	if len(list) == 0 {
		return desk.Message{}, desk.ErrNoRow
	}
	return list[0], nil
}

// Message implements [desk.TimelineReader].
func (r *reader) Message(id desk.MessageID) (desk.Message, error) {
	return r.wholeOne(getMessage, id)
}

// LastMail implements [desk.TimelineReader].
func (r *reader) LastMail(c desk.ConversationID) (desk.Message, error) {
	m, err := r.wholeOne(lastMail, c)
	if errors.Is(err, desk.ErrNoRow) {
		return r.wholeOne(newestMails, c, 1)
	}
	return m, err
}

// Mails implements [desk.TimelineReader].
func (r *reader) Mails(c desk.ConversationID) ([]desk.Message, error) {
	list, err := r.whole(allMails, c)
	for i := range list {
		list[i].Mail.Text = atMost(list[i].Mail.Text, desk.SnippetBytes)
	}
	return list, err
}

// atMost cuts a text to n bytes without breaking a character.
func atMost(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
