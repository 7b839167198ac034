package store

import (
	"errors"
	"slices"
	"time"

	"postroom/desk"
)

const (
	outgoingColumns = `o.id, o.conversation, o.inbox, o.account, o.author, o.message, o.state, o.hold_until,
		o.next_try, o.attempts, o.created_at, o.updated_at, o.last_error, o.header_id, o.envelope, o.subject, o.text`
	getOutgoing    = `SELECT ` + outgoingColumns + ` FROM outbox o WHERE o.id = ?`
	getOutgoingRaw = `SELECT data FROM outbox_raws WHERE outgoing = ?`
	unsettledFor   = `SELECT ` + outgoingColumns + ` FROM members m JOIN outbox o ON o.inbox = m.inbox
		WHERE m.user_id = ? AND o.state NOT IN ('accepted', 'cancelled')`
	settledFor = `SELECT ` + outgoingColumns + ` FROM members m JOIN outbox o ON o.inbox = m.inbox
		WHERE m.user_id = ? AND m.inbox = ? AND o.state IN ('accepted', 'cancelled') ORDER BY o.id DESC LIMIT ?`
	outgoingOf = `SELECT ` + outgoingColumns + ` FROM outbox o WHERE o.account = ? AND o.state = ? ORDER BY o.id`
	outgoingID = `SELECT ` + outgoingColumns + ` FROM outbox o WHERE o.header_id = ? ORDER BY o.id LIMIT 1`
	// writtenAt goes by the id of the message, whose order is that of time.
	writtenAt = `SELECT ` + outgoingColumns + ` FROM messages m JOIN outbox o ON o.id = m.outgoing
		WHERE m.id >= ? AND m.id < ? AND m.inbox = ? ORDER BY m.id`
	dueOutgoing = `SELECT ` + outgoingColumns + ` FROM outbox o WHERE o.account = ?
		AND o.state IN ('queued', 'deferred') AND o.due_at <= ? ORDER BY o.id LIMIT 1`
	abandoned = `SELECT ` + outgoingColumns + ` FROM outbox o WHERE o.account = ? AND o.state = ? AND o.fence < ? ORDER BY o.id`
	nextDue   = `SELECT at FROM (
		SELECT min(due_at) AS at FROM outbox WHERE account = ? AND state IN ('queued', 'deferred')
		UNION ALL SELECT min(next_try) FROM jobs WHERE account = ?
		UNION ALL SELECT min(next_try) FROM mirror WHERE account = ?) AS due WHERE at IS NOT NULL
		ORDER BY at LIMIT 1`
	countWaiting = `SELECT count(*) FROM outbox WHERE account = ?
		AND state IN ('queued', 'claimed', 'submitting', 'deferred', 'in doubt')`
	addOutgoing = `INSERT INTO outbox (conversation, inbox, account, author, message, state, hold_until, next_try,
		due_at, fence, attempts, created_at, updated_at, last_error, header_id, envelope, subject, text)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`
	saveOutgoing = `UPDATE outbox SET conversation = ?, inbox = ?, account = ?, author = ?, message = ?, state = ?,
		hold_until = ?, next_try = ?, due_at = ?, attempts = ?, created_at = ?, updated_at = ?, last_error = ?,
		header_id = ?, envelope = ?, subject = ?, text = ? WHERE id = ? AND state = ?`
	fenceOutgoing   = `UPDATE outbox SET fence = (SELECT a.fence FROM accounts a WHERE a.id = outbox.account) WHERE id = ?`
	saveOutgoingRaw = `INSERT INTO outbox_raws (outgoing, data) VALUES (?, ?)
		ON CONFLICT (outgoing) DO UPDATE SET data = excluded.data WHERE outbox_raws.data <> excluded.data`
)

// envelope is what of an outgoing mail only its worker needs.
type envelope struct {
	recipients
	From       desk.Mailbox `json:"from"`
	ReplyTo    string       `json:"rto,omitempty"`
	InReplyTo  string       `json:"irt,omitempty"`
	References []string     `json:"ref,omitempty"`
	Signature  string       `json:"sig,omitempty"`
}

func scanOutgoing(sc scanner) (desk.Outgoing, error) {
	var o desk.Outgoing
	var e envelope
	err := sc.Scan(&o.ID, &o.Conversation, &o.Inbox, &o.Account, &o.Author, &o.Message, &o.State, into(&o.HoldUntil),
		into(&o.NextTry), &o.Attempts, into(&o.CreatedAt), into(&o.UpdatedAt), &o.LastError, &o.HeaderID, jsonInto{&e}, &o.Subject, &o.Text)
	o.From, o.ReplyTo, o.To, o.Cc, o.Bcc = e.From, e.ReplyTo, e.To, e.Cc, e.Bcc
	o.InReplyTo, o.References, o.Signature = e.InReplyTo, e.References, e.Signature
	return o, err
}

// withRaw adds the bytes that were handed over, if there are any yet.
func (r *reader) withRaw(o desk.Outgoing, err error) (desk.Outgoing, error) {
	if err != nil {
		return o, err
	}
	err = r.get(getOutgoingRaw, []any{o.ID}, &o.Raw)
	if errors.Is(err, desk.ErrNoRow) {
		err = nil
	}
	return o, err
}

// Outgoing implements [desk.OutboxReader].
func (r *reader) Outgoing(id desk.OutgoingID) (desk.Outgoing, error) {
	return r.withRaw(find(r.session, scanOutgoing, getOutgoing, id))
}

// settledShown is how many final rows of the outbox are listed.
const settledShown = 100

// OutgoingFor implements [desk.OutboxReader].
func (r *reader) OutgoingFor(viewer desk.UserID, all bool) ([]desk.Outgoing, error) {
	list, err := collect(r.session, scanOutgoing, unsettledFor, viewer)
	if err != nil {
		return nil, err
	}
	if all {
		settled, err := r.settled(viewer)
		if err != nil {
			return nil, err
		}
		list = append(list, settled...)
	}
	slices.SortFunc(list, newestOutgoing)
	return list, nil
}

// settled are the newest final rows: of each inbox, then of all together.
func (r *reader) settled(viewer desk.UserID) ([]desk.Outgoing, error) {
	inboxes, err := r.visible(viewer)
	if err != nil {
		return nil, err
	}
	var list []desk.Outgoing
	for _, in := range inboxes {
		part, err := collect(r.session, scanOutgoing, settledFor, viewer, in, settledShown)
		if err != nil {
			return nil, err
		}
		list = append(list, part...)
	}
	slices.SortFunc(list, newestOutgoing)
	return list[:min(len(list), settledShown)], nil
}

func newestOutgoing(a, b desk.Outgoing) int { return int(b.ID - a.ID) }

// OutgoingOf implements [desk.OutboxReader].
func (r *reader) OutgoingOf(a desk.AccountID, s desk.OutgoingState) ([]desk.Outgoing, error) {
	return collect(r.session, scanOutgoing, outgoingOf, a, s)
}

// OutgoingWrittenAt implements [desk.OutboxReader].
func (r *reader) OutgoingWrittenAt(in desk.InboxID, at time.Time) ([]desk.Outgoing, error) {
	return collect(r.session, scanOutgoing, writtenAt, desk.FirstMessageID(at.Unix()), desk.FirstMessageID(at.Unix()+1), in)
}

// OutgoingByHeaderID implements [desk.OutboxReader].
func (r *reader) OutgoingByHeaderID(id string) (desk.Outgoing, error) {
	if id == "" {
		return desk.Outgoing{}, desk.ErrNoRow
	}
	return r.withRaw(find(r.session, scanOutgoing, outgoingID, id))
}

// DueOutgoing implements [desk.OutboxReader].
func (r *reader) DueOutgoing(a desk.AccountID, now time.Time) (desk.Outgoing, error) {
	return r.withRaw(find(r.session, scanOutgoing, dueOutgoing, a, millis(now)))
}

// Abandoned implements [desk.OutboxReader].
func (r *reader) Abandoned(a desk.AccountID, fence int64) ([]desk.Outgoing, error) {
	var list []desk.Outgoing
	for _, s := range []desk.OutgoingState{desk.Claimed, desk.Submitting} {
		part, err := collect(r.session, scanOutgoing, abandoned, a, s, fence)
		if err != nil {
			return nil, err
		}
		for _, o := range part {
			if o, err = r.withRaw(o, nil); err != nil {
				return nil, err
			}
			list = append(list, o)
		}
	}
	return list, nil
}

// NextDue implements [desk.AccountReader].
func (r *reader) NextDue(a desk.AccountID) (time.Time, error) {
	at, err := collect(r.session, number[desk.Seq], nextDue, a, a, a)
	if err != nil || len(at) == 0 {
		return time.Time{}, err
	}
	return fromMillis(int64(at[0])), nil
}

// CountWaiting implements [desk.AccountReader].
func (r *reader) CountWaiting(a desk.AccountID) (int, error) {
	var n int
	err := r.get(countWaiting, []any{a}, &n)
	return n, err
}

// outgoingValues are the columns of addOutgoing and saveOutgoing, in order.
func outgoingValues(o desk.Outgoing) ([]any, error) {
	e, err := asJSON(envelope{recipients{o.To, o.Cc, o.Bcc}, o.From, o.ReplyTo, o.InReplyTo, o.References, o.Signature})
	due := o.HoldUntil
	if o.NextTry.After(due) {
		due = o.NextTry
	}
	return []any{
		o.Conversation, o.Inbox, o.Account, o.Author, o.Message, o.State, millis(o.HoldUntil), millis(o.NextTry),
		millis(due), o.Attempts, millis(o.CreatedAt), millis(o.UpdatedAt), o.LastError, o.HeaderID, e, o.Subject, o.Text,
	}, err
}

// AddOutgoing implements [desk.OutboxWriter].
func (w *writer) AddOutgoing(o desk.Outgoing) (desk.OutgoingID, error) {
	values, err := outgoingValues(o)
	if err != nil {
		return 0, err
	}
	id, err := w.insert(addOutgoing, values...)
	if err != nil {
		return 0, err
	}
	o.ID = desk.OutgoingID(id)
	return o.ID, w.afterOutgoing(o)
}

// SaveOutgoing implements [desk.OutboxWriter].
func (w *writer) SaveOutgoing(o desk.Outgoing, before desk.OutgoingState) error {
	values, err := outgoingValues(o)
	if err != nil {
		return err
	}
	n, err := w.exec(saveOutgoing, append(values, o.ID, before)...)
	if err != nil {
		return err
	}
	if n == 0 {
		return desk.ErrStale
	}
	return w.afterOutgoing(o)
}

// afterOutgoing writes what hangs on a row: the fence it was claimed under,
// and its bytes.
func (w *writer) afterOutgoing(o desk.Outgoing) error {
	if o.State == desk.Claimed || o.State == desk.Submitting {
		if err := w.do(fenceOutgoing, o.ID); err != nil {
			return err
		}
	}
	if len(o.Raw) > 0 {
		return w.do(saveOutgoingRaw, o.ID, o.Raw)
	}
	return nil
}

const (
	dueJobs = `SELECT j.id, j.account, j.kind, j.outgoing, j.next_try, j.attempts, j.last_error FROM jobs j
		WHERE j.account = ? AND j.next_try <= ? ORDER BY j.id`
	addJob = `INSERT INTO jobs (account, kind, outgoing, next_try, attempts, last_error)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	saveJob   = `UPDATE jobs SET next_try = ?, attempts = ?, last_error = ? WHERE id = ?`
	removeJob = `DELETE FROM jobs WHERE id = ?`
)

// DueJobs implements [desk.OutboxReader].
func (r *reader) DueJobs(a desk.AccountID, now time.Time) ([]desk.Job, error) {
	return collect(r.session, func(sc scanner) (desk.Job, error) {
		var j desk.Job
		err := sc.Scan(&j.ID, &j.Account, &j.Kind, &j.Outgoing, into(&j.NextTry), &j.Attempts, &j.LastError)
		return j, err
	}, dueJobs, a, millis(now))
}

// AddJob implements [desk.OutboxWriter].
func (w *writer) AddJob(j desk.Job) error {
	return w.do(addJob, j.Account, j.Kind, j.Outgoing, millis(j.NextTry), j.Attempts, j.LastError)
}

// SaveJob implements [desk.OutboxWriter].
func (w *writer) SaveJob(j desk.Job) error {
	return w.do(saveJob, millis(j.NextTry), j.Attempts, j.LastError, j.ID)
}

// RemoveJob implements [desk.OutboxWriter].
func (w *writer) RemoveJob(id int64) error {
	return w.do(removeJob, id)
}
