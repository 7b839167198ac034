package store

import (
	"encoding/json"
	"slices"

	"postroom/desk"
)

// The row of a conversation has its tags in words, so that a list need not look
// them up. Beside it a row for each tag has what a list is ordered by, so that
// the conversations with a tag are one index range too.

// tagsText is how the row keeps its tags: nothing for none.
func tagsText(tags []string) string {
	if len(tags) == 0 {
		return ""
	}
	b, err := json.Marshal(tags)
	if err != nil {
		panic("store: words must be marshallable: " + err.Error())
	}
	return string(b)
}

// tagsInto scans what [tagsText] has made.
type tagsInto struct{ tags *[]string }

// Scan implements [database/sql.Scanner].
func (i tagsInto) Scan(v any) error {
	*i.tags = nil
	if text, ok := v.(string); ok && text == "" {
		return nil
	}
	return jsonInto{i.tags}.Scan(v)
}

const (
	addTag   = `INSERT INTO tags (name) VALUES (?) ON CONFLICT (name) DO NOTHING`
	listTags = `SELECT name FROM tags WHERE EXISTS (SELECT 1 FROM members m JOIN conversation_tags c ON c.inbox = m.inbox
		WHERE m.user_id = ? AND c.tag = tags.name) ORDER BY name`
	dropTagged = `DELETE FROM conversation_tags WHERE conversation = ?`
	addTagged  = `INSERT INTO conversation_tags (conversation, tag, inbox, place, rank, last_at) VALUES (?, ?, ?, ?, ?, ?)`
	moveTagged = `UPDATE conversation_tags SET inbox = ?, place = ?, rank = ?, last_at = ? WHERE conversation = ?`
)

// retag brings the rows of a conversation's tags in line with it.
func (w *writer) retag(before, c desk.Conversation) error {
	same := slices.Equal(before.Tags, c.Tags)
	switch {
	case same && len(c.Tags) == 0:
		return nil
	case same:
		if before.Inbox == c.Inbox && placeOf(before) == placeOf(c) && before.Rank() == c.Rank() && before.LastAt.Equal(c.LastAt) {
			return nil
		}
		return w.do(moveTagged, c.Inbox, placeOf(c), c.Rank(), millis(c.LastAt), c.ID)
	}
	if err := w.do(dropTagged, c.ID); err != nil {
		return err
	}
	for _, tag := range c.Tags {
		if err := w.do(addTag, tag); err != nil {
			return err
		}
		if err := w.do(addTagged, c.ID, tag, c.Inbox, placeOf(c), c.Rank(), millis(c.LastAt)); err != nil {
			return err
		}
	}
	return nil
}

// Tags implements [desk.ConversationReader].
func (r *reader) Tags(viewer desk.UserID) ([]string, error) {
	return collect(r.session, scanText, listTags, viewer)
}
