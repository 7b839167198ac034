package storetest

import (
	"testing"
	"time"

	"postroom/desk"
)

// kept is a mail that was stored and waits to be parsed.
func (b *mailbox) kept(role desk.FolderRole, uid uint32, letter, answers string) desk.Incoming {
	b.t.Helper()
	b.clock.forward(time.Minute)
	in := desk.Incoming{Inbox: b.account.Inbox, Account: b.account.ID, Role: role, At: b.clock.get(), Mail: mail(letter, "ann@x.test", letter, "text")}
	if answers != "" {
		in.Mail.InReplyTo = []string{answers}
	}
	fresh, err := b.room.Keep(b.ctx, b.lease, b.folders[role], []desk.Fetched{{UID: uid, At: in.At, Packed: b.store.Pack([]byte(letter))}})
	b.ok(err)
	in.Raw = fresh[0]
	return in
}

// again tells the desk that a mail it knows lies in a folder, too.
func (b *mailbox) again(role desk.FolderRole, uid uint32, letter string) {
	b.t.Helper()
	_, err := b.room.Keep(b.ctx, b.lease, b.folders[role], []desk.Fetched{{UID: uid, At: b.clock.get(), Packed: b.store.Pack([]byte(letter))}})
	b.ok(err)
}

// What another program does to a mail counts also before the mail is in its
// conversation: each of these ends as if it had been done a moment later.
func testDoneBeforeRead(t *testing.T, fresh Fresh) {
	w := newWorld(t, fresh)
	b := w.mailbox(w.ownAcc)
	in, junk := desk.RoleInbox, desk.RoleJunk
	uid := uint32(100)
	for _, v := range []struct {
		name     string
		role     desk.FolderRole
		then     func(letter string)
		new      string // what becomes of it as the first of its conversation
		answer   string // and of a closed conversation that it answers
		answered string // and of one with a mail in INBOX
	}{
		{"nothing", in, func(string) {}, "open, unread", "open, unread", "open, unread"},
		{"read", in, func(string) { b.seen(uid, true) }, "open", "open", "open"},
		{"archived", in, func(string) { b.gone(in, uid) }, "closed", "closed", "open"},
		{"put into Junk", in, func(l string) { b.gone(in, uid); b.again(junk, uid, l) }, "spam, unread", "spam, unread", "open, unread"},
		{"found in Junk", junk, func(string) {}, "spam, unread", "spam, unread", "open, unread"},
		{"taken out of Junk", junk, func(l string) { b.gone(junk, uid); b.again(in, uid, l) }, "open, unread", "open, unread", "open, unread"},
		{"archived out of Junk", junk, func(string) { b.gone(junk, uid) }, "spam", "closed", "open"},
	} {
		do := func(letter, answers string) {
			uid++
			mail := b.kept(v.role, uid, letter, answers)
			v.then(letter)
			w.ok(b.room.Receive(w.ctx, []desk.Incoming{mail}))
		}
		do(v.name, "")
		w.want(v.name, b.is(v.name), v.new)

		uid++
		closed := "closed " + v.name
		b.lies(in, uid, closed, true)
		b.gone(in, uid)
		do("answer to "+closed, closed)
		w.want(v.name+", to a closed one", b.is(closed), v.answer)

		uid++
		open := "open " + v.name
		b.lies(in, uid, open, true)
		do("answer to "+open, open)
		w.want(v.name+", to an open one", b.is(open), v.answered)
	}

	// A person's word is worth more: that of who lets the sender through, and of
	// who has just opened the conversation.
	answer := func(to string) {
		uid++
		w.ok(b.room.Receive(w.ctx, []desk.Incoming{b.kept(junk, uid, "to "+to, to)}))
	}
	put := func(letter string) {
		uid++
		b.lies(in, uid, letter, true)
		b.gone(in, uid)
	}
	put("thrown away")
	_, err := w.ben.Trash(w.ctx, b.find("thrown away"))
	w.ok(err)
	answer("thrown away")
	w.want("something waits to be written", b.is("thrown away"), "open, unread")
	b.write(0)
	put("let through")
	_, err = w.ben.KnowSender(w.ctx, w.ownInbox.Name, "ann@x.test", true, "")
	w.ok(err)
	answer("let through")
	w.want("the sender is let through", b.is("let through"), "open, unread")

	// In a team's mailbox nobody's program decides.
	team := w.mailbox(w.helpAcc)
	uid++
	mail := team.kept(in, uid, "a team's", "")
	team.gone(in, uid)
	w.ok(team.room.Receive(w.ctx, []desk.Incoming{mail}))
	w.want("a team's mail", team.is("a team's"), "open, unread")
}
