package store

import (
	"errors"
	"time"
	"unicode/utf8"

	"postroom/desk"
)

const (
	noteAutoAnswer = `INSERT INTO auto_answers (inbox, address, at) VALUES (?, ?, ?)
		ON CONFLICT (inbox, address) DO UPDATE SET at = excluded.at WHERE auto_answers.at <= ?`
	capturedIn  = `SELECT conversation FROM captures WHERE inbox = ? AND sender = ? AND text = ?`
	saveCapture = `INSERT INTO captures (inbox, sender, text, conversation) VALUES (?, ?, ?, ?)
		ON CONFLICT (inbox, sender, text) DO UPDATE SET conversation = excluded.conversation`

	addHook = `INSERT INTO hooks (rule, name, inbox, conversation, url, body, next_try, attempts, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	dueHook = `SELECT id, rule, name, inbox, conversation, url, body, next_try, attempts, created_at FROM hooks
		WHERE next_try <= ?`
	nextHook = `SELECT next_try FROM hooks WHERE 1 = 1`
	// hookNotAt leaves out what begins with a text, given with its length.
	hookNotAt  = ` AND substr(url, 1, ?) <> ?`
	firstHook  = ` ORDER BY next_try, id LIMIT 1`
	saveHook   = `UPDATE hooks SET next_try = ?, attempts = ? WHERE id = ?`
	removeHook = `DELETE FROM hooks WHERE id = ?`

	senderColumns   = `inbox, address, allowed, reason, user_id, at`
	knownSenders    = `SELECT ` + senderColumns + ` FROM known_senders WHERE inbox = ? ORDER BY address`
	knownSender     = `SELECT ` + senderColumns + ` FROM known_senders WHERE inbox = ? AND address = ?`
	anyKnown        = `SELECT 1 FROM known_senders WHERE inbox = ? LIMIT 1`
	saveKnownSender = `INSERT INTO known_senders (inbox, address, allowed, reason, user_id, at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (inbox, address) DO UPDATE SET allowed = excluded.allowed, reason = excluded.reason,
		user_id = excluded.user_id, at = excluded.at`
	removeKnownSender = `DELETE FROM known_senders WHERE inbox = ? AND address = ?`
)

// NoteAutoAnswer implements [desk.RuleWriter].
func (w *writer) NoteAutoAnswer(in desk.InboxID, address string, now time.Time, within time.Duration) (bool, error) {
	n, err := w.exec(noteAutoAnswer, in, key(address), millis(now), millis(now.Add(-within)))
	return n > 0, err
}

// CapturedIn implements [desk.RuleReader].
func (r *reader) CapturedIn(in desk.InboxID, sender, text string) (desk.ConversationID, error) {
	var c desk.ConversationID
	err := r.get(capturedIn, []any{in, key(sender), key(text)}, &c)
	return c, err
}

// SaveCapture implements [desk.RuleWriter].
func (w *writer) SaveCapture(in desk.InboxID, sender, text string, c desk.ConversationID) error {
	return w.do(saveCapture, in, key(sender), key(text), c)
}

// AddHook implements [desk.RuleWriter].
func (w *writer) AddHook(h desk.Hook) error {
	return w.do(addHook, h.Rule, h.Name, h.Inbox, h.Conversation, h.URL, string(h.Body), millis(h.NextTry), h.Attempts, millis(h.CreatedAt))
}

// hooksBut completes a question for hooks: the first of them, of those whose
// address begins with none of busy.
func hooksBut(sql string, args []any, busy []string) (string, []any) {
	for _, begin := range busy {
		sql += hookNotAt
		args = append(args, utf8.RuneCountInString(begin), begin)
	}
	return sql + firstHook, args
}

// DueHook implements [desk.RuleReader].
func (r *reader) DueHook(now time.Time, busy []string) (desk.Hook, error) {
	sql, args := hooksBut(dueHook, []any{millis(now)}, busy)
	return find(r.session, func(sc scanner) (desk.Hook, error) {
		var h desk.Hook
		var body string
		err := sc.Scan(&h.ID, &h.Rule, &h.Name, &h.Inbox, &h.Conversation, &h.URL, &body, into(&h.NextTry), &h.Attempts, into(&h.CreatedAt))
		h.Body = []byte(body)
		return h, err
	}, sql, args...)
}

// NextHook implements [desk.RuleReader].
func (r *reader) NextHook(busy []string) (time.Time, error) {
	var at time.Time
	sql, args := hooksBut(nextHook, nil, busy)
	err := r.get(sql, args, into(&at))
	if errors.Is(err, desk.ErrNoRow) {
		return time.Time{}, nil
	}
	return at, err
}

// SaveHook implements [desk.RuleWriter].
func (w *writer) SaveHook(h desk.Hook) error {
	return w.do(saveHook, millis(h.NextTry), h.Attempts, h.ID)
}

// RemoveHook implements [desk.RuleWriter].
func (w *writer) RemoveHook(id int64) error { return w.do(removeHook, id) }

func scanKnownSender(sc scanner) (desk.KnownSender, error) {
	var k desk.KnownSender
	err := sc.Scan(&k.Inbox, &k.Address, &k.Allowed, &k.Reason, &k.By, into(&k.At))
	return k, err
}

// KnownSenders implements [desk.RuleReader].
func (r *reader) KnownSenders(in desk.InboxID) ([]desk.KnownSender, error) {
	return collect(r.session, scanKnownSender, knownSenders, in)
}

// KnownSender implements [desk.RuleReader]. Most inboxes have no list, so that is
// asked first, once for all senders.
func (r *reader) KnownSender(in desk.InboxID, address string) (desk.KnownSender, error) {
	q := question{table: "known_senders", query: "any", inbox: in}
	_, err := recall(r.session, q, func() (int64, error) { return find(r.session, number[int64], anyKnown, in) })
	if err != nil {
		return desk.KnownSender{}, err
	}
	q.query, q.text = "one", key(address)
	return recall(r.session, q, func() (desk.KnownSender, error) {
		return find(r.session, scanKnownSender, knownSender, in, q.text)
	})
}

// SaveKnownSender implements [desk.RuleWriter].
func (w *writer) SaveKnownSender(k desk.KnownSender) error {
	return w.do(saveKnownSender, k.Inbox, key(k.Address), flag(k.Allowed), k.Reason, k.By, millis(k.At))
}

// RemoveKnownSender implements [desk.RuleWriter].
func (w *writer) RemoveKnownSender(in desk.InboxID, address string) error {
	return w.do(removeKnownSender, in, key(address))
}
