package desk

import (
	"context"
	"strings"
	"time"
)

// Direction says which way a message went.
type Direction string

// The directions.
const (
	In  Direction = "in"
	Out Direction = "out"
)

// Message is one mail in a conversation.
type Message struct {
	ID           MessageID
	Conversation ConversationID
	Inbox        InboxID
	// Account is where it came in or went out; 0 for imported mail.
	Account AccountID
	// Raw is the stored bytes; 0 for an outgoing message not yet handed over.
	Raw       RawID
	Direction Direction
	// At is when the server received it or we sent it.
	At time.Time
	// Author is the user who wrote an outgoing message, if that can be told.
	Author UserID
	// AuthorName is filled on reading.
	AuthorName string
	// Outgoing is the outbox row behind a message written here; State is that
	// row's state, filled on reading.
	Outgoing OutgoingID
	State    OutgoingState
	// Unreadable says that the mail could not be parsed: Mail.Text is its raw text.
	Unreadable bool
	// AuthFailed says that DMARC failed when it came in: what refers to it, or
	// is referred to by it, does not thread by that alone.
	AuthFailed bool
	// Mail is the parsed message without its HTML and its whole text: those
	// are made again from Raw where they are asked for.
	Mail Mail
}

// Note is a text for the team. It has no way into an outgoing message.
type Note struct {
	ID           MessageID
	Conversation ConversationID
	Inbox        InboxID
	Author       UserID
	AuthorName   string // filled on reading
	At           time.Time
	Text         string
	// Hidden is set when the note was undone; its event stays.
	Hidden bool
}

// Item is one entry of a timeline: exactly one of the three is set.
type Item struct {
	Message *Message
	Note    *Note
	Event   *Event
}

// At is when the entry happened.
func (it Item) At() time.Time {
	switch {
	case it.Message != nil:
		return it.Message.At
	case it.Note != nil:
		return it.Note.At
	default:
		return it.Event.At
	}
}

// Thread is a conversation with its timeline, oldest first.
type Thread struct {
	Row
	Items []Item
	// Earlier is how many messages and notes are left out at the beginning.
	Earlier int
	// People are the display names of the users in Items' events, Teams those
	// of the teams.
	People map[UserID]string
	Teams  map[TeamID]string
}

// ThreadLimit is how many messages and notes [Seat.Thread] reads unless asked
// otherwise: no conversation may make a key press slow.
const ThreadLimit = 200

// Thread reads a conversation with its newest limit messages and notes and the
// events between them.
func (s *Seat) Thread(ctx context.Context, id ConversationID, limit int) (Thread, error) {
	if limit <= 0 {
		limit = ThreadLimit
	}
	var t Thread
	err := s.d.store.Read(ctx, func(r Reader) error {
		c, err := s.mustSee(r, id)
		if err != nil {
			return err
		}
		t, err = r.Thread(s.actor.User, c.ID, limit)
		return err
	})
	return t, err
}

// RawMail gives the stored bytes of a message.
func (s *Seat) RawMail(ctx context.Context, conv ConversationID, id MessageID) ([]byte, error) {
	var raw []byte
	err := s.d.store.Read(ctx, func(r Reader) error {
		c, err := s.mustSee(r, conv)
		if err != nil {
			return err
		}
		m, err := r.Message(id)
		if err != nil || m.Conversation != c.ID || m.Raw == 0 {
			return notFound("NO_SUCH_MESSAGE", "", "Conversation #%d has no stored message %d.", conv, id)
		}
		raw, err = r.RawBytes(m.Raw)
		return err
	})
	return raw, err
}

// AddNote writes a note for the team into a conversation.
func (s *Seat) AddNote(ctx context.Context, id ConversationID, text string) (Outcome, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\x00", ""))
	if text == "" {
		return Outcome{}, invalid("EMPTY_NOTE", "Write something first.", "The note is empty.")
	}
	if err := checkLength(text, "The note"); err != nil {
		return Outcome{}, err
	}
	return s.each(ctx, []ConversationID{id}, func(w Writer, c *Conversation) (*Event, string, error) {
		at := s.d.now()
		mid, err := w.NextMessageID(at)
		if err != nil {
			return nil, "", err
		}
		n := Note{ID: mid, Conversation: c.ID, Inbox: c.Inbox, Author: s.actor.User, At: at, Text: text}
		if err := w.AddNote(n); err != nil {
			return nil, "", err
		}
		ev := s.event(EventNoteAdded, c.Inbox, c.ID, nil, nil)
		ev.Message = mid
		return ev, "", w.DeleteDraft(s.actor.User, c.ID, DraftNote)
	})
}

// Snippet is the beginning of a text as one line of at most n runes.
func Snippet(text string, n int) string {
	var b strings.Builder
	count := 0
	for _, word := range strings.Fields(text) {
		if count > 0 {
			b.WriteByte(' ')
			count++
		}
		for _, r := range word {
			if count >= n {
				return b.String() + "…"
			}
			b.WriteRune(r)
			count++
		}
		if count >= n {
			break
		}
	}
	return b.String()
}
