package store

import (
	"encoding/json"
	"fmt"
	"slices"

	"postroom/desk"
)

const (
	noteColumns = `n.id, n.conversation, n.inbox, n.author, coalesce(u.name, ''), n.at, n.text, n.hidden`
	newestNotes = `SELECT ` + noteColumns + ` FROM notes n LEFT JOIN users u ON u.id = n.author
		WHERE n.conversation = ? AND n.hidden = 0 ORDER BY n.id DESC LIMIT ?`
	countItems = `SELECT (SELECT count(*) FROM messages WHERE conversation = ?)
		+ (SELECT count(*) FROM notes WHERE conversation = ? AND hidden = 0)`
	addNote    = `INSERT INTO notes (id, conversation, inbox, author, at, hidden, text) VALUES (?, ?, ?, ?, ?, ?, ?)`
	hideNote   = `UPDATE notes SET hidden = 1 WHERE id = ?`
	threadHead = `SELECT ` + rowColumns + ` FROM conversations c JOIN members mb ON mb.inbox = c.inbox AND mb.user_id = ?` +
		rowJoins + ` WHERE c.id = ?`
	// threadEvents leaves out what the timeline's other entries show.
	threadEvents = `SELECT ` + eventColumns + ` FROM events e WHERE e.conversation = ? AND e.conversation <> 0 AND e.at >= ?
		AND e.kind NOT IN ('message received', 'note added', 'reply queued', 'sent', 'routed')
		ORDER BY e.seq DESC LIMIT ?`
)

// maxThreadEvents is how many events a timeline shows besides its messages.
const maxThreadEvents = 500

func scanNote(sc scanner) (desk.Note, error) {
	var n desk.Note
	err := sc.Scan(&n.ID, &n.Conversation, &n.Inbox, &n.Author, &n.AuthorName, into(&n.At), &n.Text, &n.Hidden)
	return n, err
}

// Thread implements [desk.TimelineReader].
func (r *reader) Thread(viewer desk.UserID, c desk.ConversationID, limit int) (desk.Thread, error) {
	var t desk.Thread
	var err error
	if t.Row, err = find(r.session, scanRow, threadHead, viewer, viewer, c); err != nil {
		return t, err
	}
	messages, err := r.whole(newestMails, c, limit)
	if err != nil {
		return t, err
	}
	notes, err := collect(r.session, scanNote, newestNotes, c, limit)
	if err != nil {
		return t, err
	}
	var all int
	if err := r.get(countItems, []any{c, c}, &all); err != nil {
		return t, err
	}
	t.Items = newestItems(messages, notes, limit)
	t.Earlier = all - len(t.Items)
	since := int64(-1 << 62)
	if t.Earlier > 0 && len(t.Items) > 0 {
		since = millis(t.Items[0].At())
	}
	events, err := collect(r.session, scanEvent, threadEvents, c, since, maxThreadEvents)
	if err != nil {
		return t, err
	}
	reverse(events)
	t.Items = withEvents(t.Items, events)
	t.People, t.Teams, err = r.names(events)
	return t, err
}

// newestItems merges messages and notes, both newest first, and gives the
// newest limit of them in order.
func newestItems(messages []desk.Message, notes []desk.Note, limit int) []desk.Item {
	var items []desk.Item
	for len(items) < limit && (len(messages) > 0 || len(notes) > 0) {
		if len(notes) == 0 || len(messages) > 0 && messages[0].ID > notes[0].ID {
			items = append(items, desk.Item{Message: &messages[0]})
			messages = messages[1:]
		} else {
			items = append(items, desk.Item{Note: &notes[0]})
			notes = notes[1:]
		}
	}
	reverse(items)
	return items
}

// withEvents puts events behind the entries of their time.
func withEvents(items []desk.Item, events []desk.Event) []desk.Item {
	merged := make([]desk.Item, 0, len(items)+len(events))
	for i := range events {
		at := slices.IndexFunc(items, func(it desk.Item) bool { return it.At().After(events[i].At) })
		if at < 0 {
			at = len(items)
		}
		merged = append(append(merged, items[:at]...), desk.Item{Event: &events[i]})
		items = items[at:]
	}
	return append(merged, items...)
}

// names are the display names of the users in events, who acted and whom an
// assignment was about, and of the teams in them.
func (r *reader) names(events []desk.Event) (map[desk.UserID]string, map[desk.TeamID]string, error) {
	users, teams := map[desk.UserID]string{}, map[desk.TeamID]string{}
	for _, e := range events {
		ids := []desk.UserID{e.Actor.User}
		if e.Kind == desk.EventAssigned || e.Kind == desk.EventUndone {
			for _, v := range []json.RawMessage{e.Before, e.After} {
				var a desk.Assignment
				if json.Unmarshal(v, &a) == nil {
					ids = append(ids, a.User)
					teams[a.Team] = ""
				}
			}
		}
		for _, id := range ids {
			if _, known := users[id]; known || id == 0 {
				continue
			}
			u, err := r.User(id)
			if err != nil && err != desk.ErrNoRow { //nolint:errorlint // find returns the sentinel itself
				return nil, nil, err
			}
			if err == nil {
				users[id] = u.Name
			}
		}
	}
	if delete(teams, 0); len(teams) == 0 {
		return users, nil, nil
	}
	list, err := r.Teams()
	for _, t := range list {
		if _, asked := teams[t.ID]; asked {
			teams[t.ID] = t.Name
		}
	}
	return users, teams, err
}

// AddNote implements [desk.TimelineWriter].
func (w *writer) AddNote(n desk.Note) error {
	if err := w.do(addNote, n.ID, n.Conversation, n.Inbox, n.Author, millis(n.At), flag(n.Hidden), n.Text); err != nil {
		return fmt.Errorf("add note: %w", err)
	}
	if !n.Hidden {
		w.indexNote(n)
	}
	return nil
}

// HideNote implements [desk.TimelineWriter]. What is hidden is not found either.
func (w *writer) HideNote(id desk.MessageID) error {
	if err := w.mustChange(hideNote, id); err != nil {
		return err
	}
	return w.unindex(id)
}

const (
	moveMessages     = `UPDATE messages SET conversation = ? WHERE conversation = ?`
	moveNotes        = `UPDATE notes SET conversation = ? WHERE conversation = ?`
	moveEvents       = `UPDATE events SET conversation = ? WHERE conversation = ? AND conversation <> 0`
	moveParticipants = `INSERT INTO participants (conversation, address, messages)
		SELECT ?, p.address, p.messages FROM participants p WHERE p.conversation = ?
		ON CONFLICT (conversation, address) DO UPDATE SET messages = participants.messages + excluded.messages`
)

// MoveTimeline implements [desk.TimelineWriter].
func (w *writer) MoveTimeline(from, to desk.ConversationID) error {
	if from == to {
		return nil
	}
	for _, q := range []string{moveOutbox, moveMessages, moveNotes, moveEvents, moveParticipants, moveLeft, moveRuns} {
		if err := w.do(q, to, from); err != nil {
			return err
		}
	}
	for i := range w.events {
		if w.events[i].conversation == from {
			w.events[i].conversation = to
		}
	}
	return w.do(removeParticipants, from)
}

func reverse[T any](list []T) { slices.Reverse(list) }
