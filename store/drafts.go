package store

import "postroom/desk"

const (
	getDraft = `SELECT d.id, d.author, d.kind, d.inbox, d.conversation, d.account, d.recipients, d.subject,
		d.text, d.version, d.updated_at FROM drafts d WHERE d.author = ? AND d.conversation = ? AND d.kind = ?`
	saveDraft = `INSERT INTO drafts (author, conversation, kind, inbox, account, recipients, subject, text,
		version, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (author, conversation, kind) DO UPDATE SET inbox = excluded.inbox, account = excluded.account,
		recipients = excluded.recipients, subject = excluded.subject, text = excluded.text,
		version = excluded.version, updated_at = excluded.updated_at RETURNING id`
	deleteDraft = `DELETE FROM drafts WHERE author = ? AND conversation = ? AND kind = ?`
)

// recipients are the three lists of a mail that is being written.
type recipients struct {
	To  []desk.Mailbox `json:"to,omitempty"`
	Cc  []desk.Mailbox `json:"cc,omitempty"`
	Bcc []desk.Mailbox `json:"bcc,omitempty"`
}

// addressed is what of a draft stands in its head besides the subject.
type addressed struct {
	recipients
	From string `json:"from,omitempty"`
}

// Draft implements [desk.TimelineReader].
func (r *reader) Draft(author desk.UserID, c desk.ConversationID, k desk.DraftKind) (desk.Draft, error) {
	var d desk.Draft
	var rc addressed
	err := r.get(getDraft, []any{author, c, k}, &d.ID, &d.Author, &d.Kind, &d.Inbox, &d.Conversation, &d.Account,
		jsonInto{&rc}, &d.Subject, &d.Text, &d.Version, into(&d.UpdatedAt))
	d.To, d.Cc, d.Bcc, d.From = rc.To, rc.Cc, rc.Bcc, rc.From
	return d, err
}

// SaveDraft implements [desk.TimelineWriter].
func (w *writer) SaveDraft(d desk.Draft) (desk.DraftID, error) {
	rc, err := asJSON(addressed{recipients{d.To, d.Cc, d.Bcc}, d.From})
	if err != nil {
		return 0, err
	}
	id, err := w.insert(saveDraft, d.Author, d.Conversation, d.Kind, d.Inbox, d.Account, rc, d.Subject, d.Text, d.Version, millis(d.UpdatedAt))
	return desk.DraftID(id), err
}

// DeleteDraft implements [desk.TimelineWriter].
func (w *writer) DeleteDraft(author desk.UserID, c desk.ConversationID, k desk.DraftKind) error {
	return w.do(deleteDraft, author, c, k)
}
