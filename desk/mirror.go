package desk

import (
	"errors"
	"slices"
	"time"
)

// The mirror keeps an account's mailbox and its conversations alike, as far as
// the account's write-back says.
//
// What a person changes here is noted with the change, in one transaction, and
// written to the server by a job: read is Seen, answered is Answered, closed is
// in the archive, spam in Junk, thrown away in Trash, open in the INBOX. In a
// personal inbox what another mail program does there counts here: Seen is read,
// not Seen is unread, gone from the INBOX is closed, in Junk is spam, all of it
// in Trash is thrown away, back is open. Nothing is deleted on either side.
//
// The last change wins, and that is the last one the desk has learned of. While
// something waits to be written, what the server shows of the same is older and
// changes nothing here. Our own change is no news when it comes back: the
// ledger row that says so is written before the job is done.

// Placed is where a mail from outside lies on its server, as the ledger knows.
type Placed struct {
	Message      MessageID
	Conversation ConversationID
	Inbox        InboxID
	// HeaderID is its Message-ID; empty when it has none.
	HeaderID    string
	Raw         RawID
	Folder      FolderID
	Account     AccountID
	Name        string
	Role        FolderRole
	UIDValidity uint32
	UID         uint32
	// Seen and Answered are the flags as last seen there or written.
	Seen, Answered bool
	// Gone says that it has left the folder; Former that the folder has been
	// numbered anew since, so that the UID means nothing any more.
	Gone, Former bool
}

// here reports whether the mail lies in the folder now.
func (p Placed) here() bool { return !p.Gone && !p.Former }

// Moving says how far mails have to be moved on a server.
type Moving int

// How far: not at all, to where the conversation's place says, or also out of
// Trash, because it was restored.
const (
	StayPut Moving = iota
	MoveAlong
	MoveBack
)

// Mirror is a conversation whose mails have to be brought in line on the server
// of an account.
type Mirror struct {
	Account      AccountID
	Conversation ConversationID
	Version      int64
	// Moves says whether its place has changed, and not only what was read.
	Moves     Moving
	NextTry   time.Time
	Attempts  int
	LastError string
}

// mirrored notes what people change for the mirror. What the connector changes
// comes from the server and is not written back to it.
type mirrored struct {
	Writer
	now func() time.Time
}

// SaveConversation is that of the store, and lets the mails follow.
func (m *mirrored) SaveConversation(c Conversation) error {
	before, err := m.Conversation(c.ID)
	if err != nil {
		return err
	}
	if err := m.Writer.SaveConversation(c); err != nil || before.Place() == c.Place() {
		return err
	}
	if before.Trashed && !c.Trashed {
		return m.WantMirror(c.ID, MoveBack, m.now())
	}
	return m.WantMirror(c.ID, MoveAlong, m.now())
}

// MarkRead is that of the store, and lets the flags follow.
func (m *mirrored) MarkRead(u UserID, c ConversationID, upTo MessageID) error {
	if err := m.Writer.MarkRead(u, c, upTo); err != nil {
		return err
	}
	return m.WantMirror(c, StayPut, m.now())
}

// twoWays reports whether what other programs do to an account's mailbox counts
// here.
func twoWays(a Account, in Inbox) bool { return in.Kind == Personal && a.WriteBack == WriteMove }

// flagged takes over what another program has marked as read or unread.
func (m *Mailroom) flagged(w Writer, in Inbox, p Placed, seen bool) error {
	if in.Kind != Personal {
		return nil // there, who has read what is kept for each person
	}
	if seen {
		if err := w.MarkRead(in.Owner, p.Conversation, p.Message); err != nil {
			return err
		}
		return m.readIfAllSeen(w, in, p.Conversation)
	}
	if waits, _, err := waiting(w, p.Account, p.Conversation); err != nil || waits {
		return err
	}
	if err := w.MarkUnread(in.Owner, p.Conversation, p.Message); err != nil {
		return err
	}
	c, err := w.Conversation(p.Conversation)
	if err != nil || c.LastIn >= p.Message {
		return err
	}
	c.LastIn = p.Message
	return w.SaveConversation(c)
}

// waiting says whether something done here waits to be written to the account's
// server, and whether that moves the conversation's mails.
func waiting(r Reader, a AccountID, c ConversationID) (some, moves bool, err error) {
	m, err := r.Mirror(a, c)
	if errors.Is(err, ErrNoRow) {
		return false, false, nil
	}
	return err == nil, m.Moves != StayPut, err
}

// readIfAllSeen notes that a personal conversation is read when nothing that
// has come since it was last read is unseen in the mailbox.
func (m *Mailroom) readIfAllSeen(w Writer, in Inbox, id ConversationID) error {
	c, err := w.Conversation(id)
	if err != nil {
		return err
	}
	upTo, err := w.ReadUpTo(id)
	if err != nil || c.LastIn <= upTo {
		return err
	}
	places, err := w.Placed(id)
	if err != nil {
		return err
	}
	for _, p := range places {
		if p.here() && !p.Seen && p.Message > upTo && p.Message <= c.LastIn {
			return nil
		}
	}
	return w.MarkRead(in.Owner, id, c.LastIn)
}

// left takes over that a mail is no more in the INBOX: when it was the last of
// its conversation there, another program has put that away. thrown says that
// all of the conversation lies in Trash, also what was in Junk.
func (m *Mailroom) left(w Writer, a Account, in Inbox, p Placed, thrown bool) error {
	if !twoWays(a, in) || p.Role != RoleInbox && (p.Role != RoleJunk || !thrown) {
		return nil
	}
	_, moves, err := waiting(w, a.ID, p.Conversation)
	if err != nil {
		return err
	}
	places, err := w.Placed(p.Conversation)
	if err != nil {
		return err
	}
	junk := false
	for _, q := range places {
		if q.here() && q.Role == RoleInbox {
			return m.readIfAllSeen(w, in, p.Conversation)
		}
		junk = junk || q.here() && q.Role == RoleJunk && q.Raw == p.Raw
	}
	c, err := w.Conversation(p.Conversation)
	if err != nil {
		return err
	}
	if thrown && !moves && !c.Trashed {
		if err := m.turn(w, c, func(c *Conversation) { c.Trashed = true }, EventTrashed); err != nil {
			return err
		}
		return w.MarkRead(in.Owner, c.ID, c.LastIn)
	}
	if moves || c.Place() != InOpen {
		// What made it unread may have been this mail.
		return m.readIfAllSeen(w, in, p.Conversation)
	}
	if junk {
		return m.turn(w, c, func(c *Conversation) { c.Spam = true }, EventSpam)
	}
	if err := m.turn(w, c, func(c *Conversation) { c.Status = Closed }, EventClosed); err != nil {
		return err
	}
	return w.MarkRead(in.Owner, c.ID, c.LastIn)
}

// appeared takes over that a mail which is here already has come into a folder:
// into the INBOX, back from wherever it was, or into Junk. before are the
// places it had.
func (m *Mailroom) appeared(w Writer, in Inbox, cursor Folder, f Fetched, before []Placed) error {
	role := cursor.Role
	if role != RoleInbox && role != RoleJunk {
		return nil
	}
	newest := before[len(before)-1]
	newest.Account = cursor.Account
	_, moves, err := waiting(w, cursor.Account, newest.Conversation)
	if err != nil {
		return err
	}
	for _, p := range before {
		if p.Role == role && !p.Gone {
			// It never left: another copy, or the folder is numbered anew.
			if p.Seen == f.Seen {
				return nil
			}
			return m.flagged(w, in, newest, f.Seen)
		}
	}
	c, err := w.Conversation(newest.Conversation)
	if err != nil {
		return err
	}
	switch {
	case moves:
	case role == RoleInbox && c.Place() != InOpen:
		kind := EventReopened
		if c.Trashed {
			kind = EventRestored
		}
		err = m.turn(w, c, func(c *Conversation) {
			c.Trashed, c.Spam, c.Status, c.SnoozedUntil = false, false, Open, time.Time{}
		}, kind)
	case role == RoleJunk && c.Place() != InSpam:
		var rest bool
		if rest, err = othersInInbox(w, newest); err == nil && !rest {
			err = m.turn(w, c, func(c *Conversation) { c.Trashed, c.Spam = false, true }, EventSpam)
		}
	}
	if err != nil {
		return err
	}
	return m.flagged(w, in, newest, f.Seen)
}

// othersInInbox reports whether another mail of the conversation lies in an
// INBOX.
func othersInInbox(r Reader, p Placed) (bool, error) {
	places, err := r.Placed(p.Conversation)
	for _, q := range places {
		if q.here() && q.Role == RoleInbox && q.Raw != p.Raw {
			return true, err
		}
	}
	return false, err
}

// turn changes a conversation because of what another mail program did.
func (m *Mailroom) turn(w Writer, c Conversation, change func(*Conversation), kind EventKind) error {
	before := c.Place()
	change(&c)
	if c.Place() == InOpen {
		if err := m.d.backTo(w, &c, connectorActor()); err != nil {
			return err
		}
	}
	c.Version++
	if err := w.SaveConversation(c); err != nil {
		return err
	}
	return w.Append(&Event{At: m.d.now(), Actor: connectorActor(), Kind: kind, Inbox: c.Inbox, Conversation: c.ID, Before: state(before), After: state(c.Place())})
}

// elsewhere takes over what another mail program did in the mailbox of a
// personal inbox.
func (m *Mailroom) elsewhere(w Writer, a Account, in Inbox, cursor Folder, turned []Fetched, gone []uint32, thrown []ConversationID) error {
	if in.Kind != Personal {
		return nil
	}
	about := func(uid uint32, do func(Placed) error) error {
		p, err := w.PlacedAt(cursor, uid)
		if errors.Is(err, ErrNoRow) {
			return nil // not parsed yet
		}
		if err != nil || p.Inbox != in.ID {
			return err // it came in while the account served another inbox
		}
		return do(p)
	}
	for _, f := range turned {
		if err := about(f.UID, func(p Placed) error { return m.flagged(w, in, p, f.Seen) }); err != nil {
			return err
		}
	}
	for _, uid := range gone {
		if err := about(uid, func(p Placed) error {
			return m.left(w, a, in, p, slices.Contains(thrown, p.Conversation))
		}); err != nil {
			return err
		}
	}
	return nil
}
