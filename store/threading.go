package store

import (
	"errors"

	"postroom/desk"
)

const (
	knownColumns = `m.id, m.conversation, m.sender, m.direction, m.auth_failed`
	knownID      = `SELECT ` + knownColumns + ` FROM messages m WHERE m.inbox = ? AND m.message_id = ?
		AND m.message_id <> '' ORDER BY m.id LIMIT 1`
	answersTo = `SELECT ` + knownColumns + ` FROM refs r JOIN messages m ON m.id = r.message
		WHERE r.inbox = ? AND r.ref = ? ORDER BY r.message LIMIT 100`
	mailIDs = `SELECT m.message_id FROM messages m WHERE m.conversation = ? AND m.message_id <> ''
		ORDER BY m.id DESC LIMIT ?`
	getTokenKey = `SELECT token_key FROM desk WHERE id = 1 AND token_key IS NOT NULL`
	setTokenKey = `UPDATE desk SET token_key = ? WHERE id = 1 AND token_key IS NULL`
)

func scanKnown(sc scanner) (desk.Known, error) {
	var k desk.Known
	err := sc.Scan(&k.Message, &k.Conversation, &k.Sender, &k.Direction, &k.AuthFailed)
	return k, err
}

// KnownIDs implements [desk.ThreadingReader].
func (r *reader) KnownIDs(in desk.InboxID, ids []string) ([]desk.Known, error) {
	var list []desk.Known
	for _, id := range ids {
		k, err := find(r.session, scanKnown, knownID, in, id)
		if errors.Is(err, desk.ErrNoRow) {
			k, err = r.knownLeft(in, id)
		}
		if errors.Is(err, desk.ErrNoRow) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, k)
	}
	return list, nil
}

// knownLeft is a message of a conversation that has left an inbox. None has left
// most, so that is asked first, once for all mails.
func (r *reader) knownLeft(in desk.InboxID, id string) (desk.Known, error) {
	_, err := recall(r.session, question{table: "moved", inbox: in}, func() (int64, error) {
		return find(r.session, number[int64], anyLeft, in)
	})
	if err != nil {
		return desk.Known{}, err
	}
	return find(r.session, scanKnown, knownLeft, in, id)
}

// AnswersTo implements [desk.ThreadingReader].
func (r *reader) AnswersTo(in desk.InboxID, id string) ([]desk.Known, error) {
	return collect(r.session, scanKnown, answersTo, in, key(id))
}

// MailIDs implements [desk.ThreadingReader].
func (r *reader) MailIDs(c desk.ConversationID, limit int) ([]string, error) {
	list, err := collect(r.session, scanText, mailIDs, c, limit)
	reverse(list)
	return list, err
}

// TokenKey implements [desk.ThreadingReader].
func (r *reader) TokenKey() ([]byte, error) {
	var key []byte
	err := r.get(getTokenKey, nil, &key)
	return key, err
}

// InitTokenKey implements [desk.JournalWriter].
func (w *writer) InitTokenKey(key []byte) ([]byte, error) {
	if err := w.do(setTokenKey, key); err != nil {
		return nil, err
	}
	return w.TokenKey()
}
