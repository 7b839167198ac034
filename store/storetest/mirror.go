package storetest

import (
	"fmt"
	"testing"
	"time"

	"postroom/desk"
)

// mailbox is an account's INBOX and Junk as a worker sees them.
type mailbox struct {
	*world
	account desk.Account
	room    *desk.Mailroom
	lease   desk.Lease
	folders map[desk.FolderRole]desk.Folder
}

func (w *world) mailbox(a desk.Account) *mailbox {
	w.t.Helper()
	b := &mailbox{world: w, account: a, room: w.d.Mailroom(), folders: map[desk.FolderRole]desk.Folder{}}
	var err error
	b.lease, err = b.room.Lease(w.ctx, a.ID, "worker", "")
	w.ok(err)
	for role, name := range map[desk.FolderRole]string{desk.RoleInbox: "INBOX", desk.RoleJunk: "Junk"} {
		b.folders[role], err = b.room.Folder(w.ctx, b.lease, name, role, 7)
		w.ok(err)
	}
	return b
}

// lies tells the desk that a mail lies in a folder under a UID.
func (b *mailbox) lies(role desk.FolderRole, uid uint32, letter string, seen bool) {
	b.t.Helper()
	b.clock.forward(time.Minute)
	at := b.clock.get()
	fresh, err := b.room.Keep(b.ctx, b.lease, b.folders[role], []desk.Fetched{{UID: uid, At: at, Seen: seen, Packed: b.store.Pack([]byte(letter))}})
	b.ok(err)
	for _, raw := range fresh {
		b.ok(b.room.Receive(b.ctx, []desk.Incoming{{Raw: raw, Inbox: b.account.Inbox, Account: b.account.ID, Role: role, At: at, Seen: seen, Mail: mail(letter, "ann@x.test", letter, "text")}}))
	}
}

// gone tells it that the mail has left the folder, seen what its flag is.
func (b *mailbox) gone(role desk.FolderRole, uid uint32) {
	b.t.Helper()
	b.ok(b.room.Flags(b.ctx, b.lease, b.folders[role], nil, []uint32{uid}, nil))
}

func (b *mailbox) seen(uid uint32, seen bool) {
	b.t.Helper()
	b.ok(b.room.Flags(b.ctx, b.lease, b.folders[desk.RoleInbox], []desk.Fetched{{UID: uid, Seen: seen}}, nil, nil))
}

// wanted is what has to be written to the server.
func (b *mailbox) wanted() []desk.Change {
	b.t.Helper()
	due, err := b.room.MirrorDue(b.ctx, b.lease)
	b.ok(err)
	var all []desk.Change
	for _, m := range due {
		list, err := b.room.Changes(b.ctx, m)
		b.ok(err)
		all = append(all, list...)
	}
	return all
}

// write does all that is wanted: a moved mail gets the UID.
func (b *mailbox) write(uid uint32) {
	b.t.Helper()
	for _, ch := range b.wanted() {
		now := ch.Placed
		now.Seen, now.Answered = ch.Seen || ch.AddSeen, ch.Answered || ch.AddAnswered
		if ch.AddSeen || ch.AddAnswered {
			flags := ch
			flags.To = ""
			b.ok(b.room.Written(b.ctx, b.lease, flags, now))
		}
		if ch.To != "" {
			now.UID, now.Name = uid, map[desk.FolderRole]string{desk.RoleInbox: "INBOX", desk.RoleJunk: "Junk", desk.RoleArchive: "Archive"}[ch.To]
			b.ok(b.room.Written(b.ctx, b.lease, ch, now))
		}
	}
	due, err := b.room.MirrorDue(b.ctx, b.lease)
	b.ok(err)
	for _, m := range due {
		b.ok(b.room.FinishMirror(b.ctx, b.lease, m, nil, time.Time{}))
	}
}

// is reads place and unread of the conversation with the subject.
func (b *mailbox) is(subject string) string {
	b.t.Helper()
	for _, place := range []desk.Place{desk.InOpen, desk.InClosed, desk.InSpam, desk.InTrash} {
		p, err := b.ben.List(b.ctx, desk.View{Inbox: b.account.Inbox, Place: place, Assigned: desk.Anybody, Sort: desk.ByNewest}, desk.Window{Limit: 100})
		b.ok(err)
		for _, row := range p.Rows {
			if row.Subject != subject {
				continue
			}
			if row.Unread {
				return string(place) + ", unread"
			}
			return string(place)
		}
	}
	return "nowhere"
}

func (b *mailbox) find(subject string) []desk.ConversationID {
	b.t.Helper()
	for _, c := range b.conversations() {
		if c.Subject == subject && c.Inbox == b.account.Inbox {
			return []desk.ConversationID{c.ID}
		}
	}
	b.t.Fatal("no conversation", subject)
	return nil
}

// What is done here is wanted on the server, and no more than the account's
// write-back says.
func testWriteBack(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	steps := func(a desk.Account, back desk.WriteBack) []string {
		b := w.mailbox(a)
		_, err := w.seatOf(a).SetMailbox(w.ctx, a.Address, desk.MailboxChange{WriteBack: &back})
		w.ok(err)
		letter := a.Address + string(back)
		b.lies(desk.RoleInbox, 1, letter, false)
		var list []string
		note := func(what string) {
			for _, ch := range b.wanted() {
				what += ":"
				if ch.AddSeen {
					what += " seen"
				}
				if ch.AddAnswered {
					what += " answered"
				}
				if ch.To != "" {
					what += " to " + string(ch.To)
				}
			}
			list = append(list, what)
			b.write(0)
		}
		c := b.find(letter)
		note("arrived")
		var last desk.MessageID
		w.read(func(r desk.Reader) error {
			got, err := r.Conversation(c[0])
			last = got.Last
			return err
		})
		w.ok(w.ben.MarkRead(w.ctx, c[0], last))
		note("read")
		w.accepted(c[0], "Yes. "+letter)
		b.lease, err = b.room.Lease(w.ctx, a.ID, "worker", "")
		w.ok(err)
		note("answered")
		_, err = w.ben.Close(w.ctx, c)
		w.ok(err)
		note("closed")
		_, err = w.ben.Undo(w.ctx, "")
		w.ok(err)
		note("undone")
		return list
	}
	w.want("the usual of a team", w.helpAcc.WriteBack, desk.WriteNone)
	w.want("the usual of a person", w.ownAcc.WriteBack, desk.WriteMove)
	w.want("none", steps(w.helpAcc, desk.WriteNone), []string{"arrived", "read", "answered", "closed", "undone"})
	w.want("flags", steps(w.salesAcc, desk.WriteFlags), []string{"arrived", "read: seen", "answered: answered", "closed", "undone"})
	w.want("moves", steps(w.ownAcc, desk.WriteMove), []string{"arrived", "read: seen", "answered: answered", "closed: to archive", "undone: to inbox"})
	// A mail of before that is only read stays where it is.
	b := w.mailbox(w.ownAcc)
	b.lies(desk.RoleInbox, 9, "old", false)
	_, err := w.ben.Close(w.ctx, b.find("old"))
	w.ok(err)
	b.write(0)
	b.lies(desk.RoleInbox, 10, "old", false)
	w.want("moved back elsewhere", b.is("old"), "open, unread")
	w.want("nothing to write", b.wanted(), []desk.Change(nil))
}

// seatOf is the seat of who may change an account.
func (w *world) seatOf(a desk.Account) *desk.Seat {
	if a.ID == w.ownAcc.ID {
		return w.ben
	}
	return w.maya
}

// A mailbox that changes hands is treated as a new one of its kind, and as
// before when that is taken back.
func testWriteBackConverted(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	back := func() desk.WriteBack {
		var a desk.Account
		w.read(func(r desk.Reader) (err error) {
			a, err = r.Account(w.helpAcc.ID)
			return err
		})
		return a.WriteBack
	}
	flags := desk.WriteFlags
	_, err := w.maya.SetMailbox(w.ctx, w.helpAcc.Address, desk.MailboxChange{WriteBack: &flags})
	w.ok(err)
	for _, history := range []desk.MailHistory{desk.HistoryKeep, desk.HistoryMove} {
		_, err = w.maya.Convert(w.ctx, desk.Conversion{Address: w.helpAcc.Address, To: desk.Personal, History: history})
		w.ok(err)
		w.want("made personal", back(), desk.WriteMove)
		_, err = w.maya.Undo(w.ctx, "")
		w.ok(err)
		w.want("taken back", back(), desk.WriteFlags)
	}
}

// What another mail program does in a personal mailbox counts here, unless
// something newer waits to be written; in a team's it does not.
func testDoneElsewhere(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	b := w.mailbox(w.ownAcc)
	b.lies(desk.RoleInbox, 1, "one", false)
	b.seen(1, true)
	w.want("read there", b.is("one"), "open")
	b.seen(1, false)
	w.want("marked unread there", b.is("one"), "open, unread")
	b.gone(desk.RoleInbox, 1)
	w.want("archived there", b.is("one"), "closed")
	b.lies(desk.RoleInbox, 2, "one", true)
	w.want("back there, seen", b.is("one"), "open")
	b.gone(desk.RoleInbox, 2)
	b.lies(desk.RoleJunk, 1, "one", true)
	w.want("junk there", b.is("one"), "spam")
	b.lies(desk.RoleInbox, 3, "one", false)
	b.gone(desk.RoleJunk, 1)
	w.want("no junk there", b.is("one"), "open, unread")
	w.want("none of it is written back", b.wanted(), []desk.Change(nil))

	_, err := w.ben.Close(w.ctx, b.find("one"))
	w.ok(err)
	b.seen(3, true)
	b.seen(3, false)
	w.want("closed here", b.is("one"), "closed")
	b.write(0)
	w.want("and written", []any{b.is("one"), len(b.wanted())}, []any{"closed", 0})
	b.gone(desk.RoleInbox, 3)
	w.want("our own move is no news", b.is("one"), "closed")
	_, err = w.ben.Reopen(w.ctx, b.find("one"))
	w.ok(err)
	b.write(4)
	_, err = w.ben.Close(w.ctx, b.find("one"))
	w.ok(err)
	b.lies(desk.RoleInbox, 4, "one", true)
	w.want("our own move back is older than the closing", b.is("one"), "closed")
	w.want("which has to be written", len(b.wanted()), 1)

	// Two mails of one conversation: the last one that leaves closes it.
	b.lies(desk.RoleInbox, 5, "two", true)
	b.clock.forward(time.Minute)
	fresh2, err := b.room.Keep(b.ctx, b.lease, b.folders[desk.RoleInbox], []desk.Fetched{{UID: 6, At: b.clock.get(), Packed: b.store.Pack([]byte("two again"))}})
	w.ok(err)
	again := mail("again@x", "ann@x.test", "Re: two", "text")
	again.InReplyTo = []string{"two"}
	w.ok(b.room.Receive(w.ctx, []desk.Incoming{{Raw: fresh2[0], Inbox: b.account.Inbox, Account: b.account.ID, Role: desk.RoleInbox, At: b.clock.get(), Mail: again}}))
	w.want("two mails, the newer unseen", b.is("two"), "open, unread")
	b.gone(desk.RoleInbox, 6)
	w.want("the newer one archived there", b.is("two"), "open")
	b.gone(desk.RoleInbox, 5)
	w.want("both", b.is("two"), "closed")

	// A server that moves nothing leaves a closed one where it is.
	b.lies(desk.RoleInbox, 7, "four", true)
	_, err = w.ben.Close(w.ctx, b.find("four"))
	w.ok(err)
	due, err := b.room.MirrorDue(w.ctx, b.lease)
	w.ok(err)
	for _, m := range due {
		w.ok(b.room.FinishMirror(w.ctx, b.lease, m, nil, time.Time{}))
	}
	b.seen(7, false)
	w.want("closed here, marked unread there", b.is("four"), "closed, unread")
	b.gone(desk.RoleInbox, 7)
	w.want("and put away there", b.is("four"), "closed")

	// All of it in the server's Trash is thrown away, and comes back with it.
	b.lies(desk.RoleInbox, 20, "five", false)
	list, err := b.room.PutAway(w.ctx, b.folders[desk.RoleInbox], []uint32{20}, "Trash")
	w.ok(err)
	w.want("to be looked for in Trash", len(list), 1)
	w.ok(b.room.Flags(w.ctx, b.lease, b.folders[desk.RoleInbox], nil, []uint32{20}, []desk.ConversationID{list[0].Conversation}))
	w.want("thrown away there", b.is("five"), "trash")
	b.lies(desk.RoleInbox, 21, "five", true)
	w.want("taken out of the trash there", b.is("five"), "open")
	_, err = w.ben.Trash(w.ctx, b.find("five"))
	w.ok(err)
	w.want("thrown away here", b.wanted()[0].To, desk.RoleTrash)
	b.write(0)
	_, err = w.ben.Restore(w.ctx, b.find("five"))
	w.ok(err)
	w.want("restored here", fmt.Sprintln(b.wanted()[0].To, b.wanted()[0].Away), "inbox [archive trash]\n")
	b.write(22)

	team := w.mailbox(w.helpAcc)
	move := desk.WriteMove
	_, err = w.maya.SetMailbox(w.ctx, w.helpAcc.Address, desk.MailboxChange{WriteBack: &move})
	w.ok(err)
	team.lies(desk.RoleInbox, 1, "three", false)
	team.gone(desk.RoleInbox, 1)
	w.want("a team's mail", team.is("three"), "open, unread")
}
