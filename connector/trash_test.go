package connector

import (
	"testing"

	"postroom/desk"
	"postroom/internal/testserver"
)

// trashed compares what the server has in INBOX, the archive and Trash.
func (o *mirrorOffice) trashed(t *testing.T, what, inbox, archive, trash string) {
	t.Helper()
	o.is(t, what, inbox, archive, "")
	if got := o.folder(t, "Trash"); got != "["+trash+"]" {
		t.Errorf("%s: Trash %s, want [%s]", what, got, trash)
	}
}

// throw throws a conversation away, or restores it.
func (o *mirrorOffice) throw(t *testing.T, subject string, away bool) {
	t.Helper()
	do := o.seat.Restore
	if away {
		do = o.seat.Trash
	}
	if _, err := do(t.Context(), []desk.ConversationID{o.find(t, subject).ID}); err != nil {
		t.Fatal(err)
	}
	o.pass(t)
}

// What is thrown away here lies in the server's Trash, also what was in the
// archive, and comes back from there to where it was: nothing else does, and
// none of it where mail is not moved.
func TestThrownAwayHere(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	for _, v := range []struct {
		kind desk.InboxKind
		back desk.WriteBack
	}{{desk.Personal, desk.WriteMove}, {desk.Shared, desk.WriteMove}, {desk.Shared, desk.WriteFlags}} {
		t.Run(string(v.kind)+" "+string(v.back), func(t *testing.T) {
			t.Parallel()
			user := mail.User(t)
			mail.Deliver(t, user, rawMail("a", "text"))
			mail.Deliver(t, user, rawMail("b", "text"))
			o := newMirror(t, mail, user, v.kind, v.back)
			o.pass(t)
			o.throw(t, "a", true)
			if v.back != desk.WriteMove {
				o.trashed(t, "control", "a b", "", "")
				return
			}
			o.trashed(t, "thrown away", "b", "", "a")
			o.throw(t, "a", false)
			o.trashed(t, "restored", "a b", "", "")
			o.close(t, "a")
			o.pass(t)
			o.throw(t, "a", true)
			o.trashed(t, "thrown away out of the archive", "b", "", "a")
			o.throw(t, "a", false)
			o.trashed(t, "restored as closed", "b", "a", "")
			o.throw(t, "a", true)
			mail.Deliver(t, user, rawMail("c", "text"))
			o.pass(t)
			o.close(t, "b")
			o.pass(t)
			o.reopen(t, "b")
			o.pass(t)
			o.trashed(t, "nobody has restored it", "b c", "", "a")
			if row := o.find(t, "a"); row.Place() != desk.InTrash {
				t.Errorf("our own move is news: %s", row.Place())
			}
		})
	}
}

// A conversation is thrown away when the last of its mails has come into Trash.
// Where one of them lies elsewhere it is closed, and what happens to a team's
// mailbox changes nothing.
func TestThrownAwayElsewhere(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	for _, v := range []struct {
		name  string
		kind  desk.InboxKind
		first string // where the first mail goes
		then  desk.Place
	}{
		{"both", desk.Personal, "Trash", desk.InTrash},
		{"one is kept", desk.Personal, "Archive", desk.InClosed},
		{"a team's", desk.Shared, "Trash", desk.InOpen},
	} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			user := mail.User(t)
			mail.Append(t, user, "INBOX", []byte("From: ann@outside.test\r\nTo: us@example.test\r\nSubject: a\r\nMessage-ID: <one@"+user+">\r\n\r\none\r\n"))
			mail.Append(t, user, "INBOX", []byte("From: ann@outside.test\r\nTo: us@example.test\r\nSubject: Re: a\r\nMessage-ID: <two@"+user+">\r\nIn-Reply-To: <one@"+user+">\r\n\r\ntwo\r\n"))
			// A mail of the same Message-ID lies in Trash already: bytes decide.
			mail.Append(t, user, "Trash", []byte("From: ann@outside.test\r\nSubject: a\r\nMessage-ID: <one@"+user+">\r\n\r\nanother\r\n"))
			o := newMirror(t, mail, user, v.kind, desk.WriteMove)
			o.pass(t)
			mail.Move(t, user, "INBOX", v.first, 1)
			o.pass(t)
			if row := o.find(t, "a"); row.Place() != desk.InOpen || row.Messages != 2 {
				t.Fatalf("with one of two gone it is %s, with %d mails", row.Place(), row.Messages)
			}
			mail.Move(t, user, "INBOX", "Trash", 2)
			o.pass(t)
			o.pass(t)
			if row := o.find(t, "a"); row.Place() != v.then {
				t.Errorf("it is %s, not %s", row.Place(), v.then)
			}
			if v.then != desk.InTrash {
				return
			}
			o.throw(t, "a", false)
			if got := o.folder(t, "INBOX"); got != "[Re: a* a*]" {
				t.Errorf("restored here, INBOX has %s", got)
			}
		})
	}
}
