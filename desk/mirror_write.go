package desk

import (
	"context"
	"errors"
	"slices"
	"time"
)

// MirrorDue lists what is due to be written to the account's server.
func (m *Mailroom) MirrorDue(ctx context.Context, l Lease) ([]Mirror, error) {
	var list []Mirror
	err := m.d.store.Read(ctx, func(r Reader) error {
		var err error
		list, err = r.MirrorDue(l.Account, m.d.now())
		return err
	})
	return list, err
}

// FinishMirror ends what was written, or notes why it has to wait. What was
// changed here in the meantime is due again either way.
func (m *Mailroom) FinishMirror(ctx context.Context, l Lease, mi Mirror, failure error, retry time.Time) error {
	return m.fenced(ctx, l, func(w Writer) error {
		if failure == nil {
			return w.RemoveMirror(mi)
		}
		mi.Attempts++
		mi.LastError, mi.NextTry = failure.Error(), retry
		return w.SaveMirror(mi)
	})
}

// Change is what has to be different about one mail on the server.
type Change struct {
	Placed
	// AddSeen and AddAnswered are flags that are missing there.
	AddSeen, AddAnswered bool
	// To is where it belongs; empty when it is there.
	To FolderRole
	// Away are where it is to be looked for, in this order, because it is in
	// no folder that is read; nil when it lies where it is known to.
	Away []FolderRole
}

// Changes says what of a conversation is not on the account's server as it is
// here.
func (m *Mailroom) Changes(ctx context.Context, mi Mirror) ([]Change, error) {
	var list []Change
	err := m.d.store.Read(ctx, func(r Reader) error {
		list = nil
		a, err := r.Account(mi.Account)
		if errors.Is(err, ErrNoRow) || err == nil && a.WriteBack == WriteNone {
			return nil
		}
		if err != nil {
			return err
		}
		c, err := r.Conversation(mi.Conversation)
		if errors.Is(err, ErrNoRow) || err == nil && c.Inbox != a.Inbox {
			return nil
		}
		if err != nil {
			return err
		}
		places, err := r.Placed(c.ID)
		if err != nil {
			return err
		}
		if list, err = flagChanges(r, a, c, places); err != nil {
			return err
		}
		if mi.Moves != StayPut && a.WriteBack == WriteMove {
			list = moveChanges(list, mi, c, places)
		}
		return nil
	})
	return slices.DeleteFunc(list, func(ch Change) bool { return !ch.AddSeen && !ch.AddAnswered && ch.To == "" }), err
}

// flagChanges are all mails of the account that lie in a folder, with the flags
// they lack.
func flagChanges(r Reader, a Account, c Conversation, places []Placed) ([]Change, error) {
	upTo, err := r.ReadUpTo(c.ID)
	if err != nil {
		return nil, err
	}
	answered, err := answeredHere(r, c.ID)
	if err != nil {
		return nil, err
	}
	var list []Change
	for _, p := range places {
		if p.Account == a.ID && p.here() {
			answers := answered[p.HeaderID] && !p.Answered
			// Who answers has read; once it is marked so, unread there stays unread.
			list = append(list, Change{Placed: p, AddSeen: (p.Message <= upTo || answers) && !p.Seen, AddAnswered: answers})
		}
	}
	return list, nil
}

// answeredHere are the Message-IDs that mail written here answers and a server
// has taken.
func answeredHere(r Reader, c ConversationID) (map[string]bool, error) {
	msgs, err := r.Mails(c)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, m := range msgs {
		if m.Outgoing == 0 || m.State != Accepted {
			continue
		}
		whole, err := r.Message(m.ID)
		if err != nil {
			return nil, err
		}
		for _, id := range whole.Mail.InReplyTo {
			found[id] = id != ""
		}
	}
	return found, nil
}

// moveChanges adds where mails belong. What lies in the INBOX or in Junk is
// moved, and of what was there before: to Trash what the archive has of it, out
// of Trash what was restored, and of an open conversation that has nothing in
// an INBOX any more all that is in one of them.
func moveChanges(list []Change, mi Mirror, c Conversation, places []Placed) []Change {
	belongs := map[Place]FolderRole{InOpen: RoleInbox, InSnoozed: RoleInbox, InClosed: RoleArchive, InSpam: RoleJunk, InTrash: RoleTrash}[c.Place()]
	inInbox, here := false, map[RawID]bool{}
	for _, p := range places {
		inInbox = inInbox || p.here() && p.Role == RoleInbox
		here[p.Raw] = here[p.Raw] || p.here()
	}
	for i, ch := range list {
		if (ch.Role == RoleInbox || ch.Role == RoleJunk) && ch.Role != belongs {
			list[i].To = belongs
		}
	}
	var away []FolderRole
	switch {
	case belongs == RoleTrash:
		away = []FolderRole{RoleArchive}
	case belongs == RoleInbox && !inInbox:
		away = []FolderRole{RoleArchive, RoleTrash}
	case mi.Moves == MoveBack:
		away = []FolderRole{RoleTrash}
	default:
		return list
	}
	for i, p := range places {
		last := i+1 == len(places) || places[i+1].Raw != p.Raw
		if p.Account == mi.Account && last && !here[p.Raw] && (p.Role == RoleInbox || p.Role == RoleJunk) {
			list = append(list, Change{Placed: p, To: belongs, Away: away})
		}
	}
	return list
}

// Written notes what a change has done to a mail on the server: its flags, or
// that it has left its folder and, if that is known, where it lies now.
func (m *Mailroom) Written(ctx context.Context, l Lease, ch Change, now Placed) error {
	return m.fenced(ctx, l, func(w Writer) error {
		from := Folder{ID: ch.Folder, UIDValidity: ch.UIDValidity}
		if ch.To == "" {
			_, err := w.SetFlags(from, []Fetched{{UID: ch.UID, Seen: now.Seen, Answered: now.Answered}})
			return err
		}
		if len(ch.Away) == 0 {
			if err := w.SetGone(from, []uint32{ch.UID}, m.d.now()); err != nil {
				return err
			}
		}
		to, err := w.Folder(l.Account, now.Name)
		if errors.Is(err, ErrNoRow) || err == nil && (to.UIDValidity != now.UIDValidity || now.UID == 0) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := w.Place(to, now.UID, now); err != nil || now.Seen == ch.Seen {
			return err
		}
		// Where it lay nobody looked; there it was marked otherwise.
		in, err := w.Inbox(now.Inbox)
		if err != nil {
			return err
		}
		return m.flagged(w, in, now, now.Seen)
	})
}

// PutAway are the mails of the conversations that have lost mails in the folder
// to another mail program and have none left in any folder but trash, in a
// personal inbox where that counts: whether they have been thrown away is seen
// by where they are now. Those of a conversation stand together, what has just
// gone first.
func (m *Mailroom) PutAway(ctx context.Context, cursor Folder, gone []uint32, trash string) ([]Placed, error) {
	var list []Placed
	err := m.d.store.Read(ctx, func(r Reader) error {
		list = nil
		a, err := r.Account(cursor.Account)
		if err != nil {
			return err
		}
		in, err := r.Inbox(a.Inbox)
		if err != nil || !twoWays(a, in) {
			return err
		}
		seen := map[ConversationID]bool{}
		for _, uid := range gone {
			p, err := r.PlacedAt(cursor, uid)
			if errors.Is(err, ErrNoRow) || err == nil && (p.Inbox != in.ID || seen[p.Conversation]) {
				continue
			}
			if err != nil {
				return err
			}
			seen[p.Conversation] = true
			places, err := r.Placed(p.Conversation)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(places, func(q Placed) bool {
				just := q.Folder == cursor.ID && slices.Contains(gone, q.UID)
				return q.Account != a.ID || q.here() && q.Name != trash && !just
			}) {
				list = append(list, eachOnce(p, places)...)
			}
		}
		return nil
	})
	return list, err
}

// eachOnce is one place of each mail, beginning with the one that has gone.
func eachOnce(gone Placed, places []Placed) []Placed {
	list := []Placed{gone}
	for _, p := range places {
		if !slices.ContainsFunc(list, func(q Placed) bool { return q.Raw == p.Raw }) {
			list = append(list, p)
		}
	}
	return list
}
