package connector

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testdesk"
	"postroom/internal/testserver"
)

// mirrorOffice is a desk and a mailbox that follow each other.
type mirrorOffice struct {
	*office
	mail *testserver.Mail
	user string
	c    *Connector
	// forgetful makes the store forget what the mirror needs.
	forgetful *atomic.Bool
}

func newMirror(t testing.TB, mail *testserver.Mail, user string, kind desk.InboxKind, back desk.WriteBack) *mirrorOffice {
	t.Helper()
	return newMirrorAt(t, mail, "imaps://"+mail.IMAPS, user, kind, back)
}

// newMirrorAt reaches the mailbox by an address of its own.
func newMirrorAt(t testing.TB, mail *testserver.Mail, url, user string, kind desk.InboxKind, back desk.WriteBack) *mirrorOffice {
	t.Helper()
	o := &mirrorOffice{mail: mail, user: user, forgetful: &atomic.Bool{}}
	o.office = openOfficeOn(t, testdesk.File(t), desk.Outside{Clock: time.Now}, func(s desk.Store) desk.Store {
		return &forgetfulStore{s, o.forgetful}
	})
	in, err := o.seat.CreateInbox(t.Context(), "support", kind)
	if err != nil {
		t.Fatal(err)
	}
	o.inbox = in
	a := accountOn(t, url, mail.CAFile, user)
	a.WriteBack = back
	if _, err := o.seat.Connect(t.Context(), "support", a); err != nil {
		t.Fatal(err)
	}
	password := func(context.Context, desk.Account) (string, error) { return testserver.Password, nil }
	o.c = o.connector(t)
	o.c.outbox = NewSender(SenderOptions{Desk: o.desk, Password: password, Log: o.c.log})
	return o
}

func (o *mirrorOffice) pass(t testing.TB) {
	t.Helper()
	o.sync(t, o.c)
}

// folder lists what is in a folder on the server: subjects, with a star for
// what is Seen and an arrow for what is Answered.
func (o *mirrorOffice) folder(t testing.TB, name string) string {
	t.Helper()
	if !strings.Contains("\n"+o.mail.Doveadm(t, "mailbox", "list", "-u", o.user), "\n"+name+"\n") {
		return "[]"
	}
	var list []string
	for _, m := range o.mail.Messages(t, o.user, name) {
		subject := subjectOf(m.Raw)
		flags := strings.Join(m.Flags, " ")
		if strings.Contains(flags, `\Seen`) {
			subject += "*"
		}
		if strings.Contains(flags, `\Answered`) {
			subject += ">"
		}
		list = append(list, subject)
	}
	slices.Sort(list)
	return fmt.Sprint(list)
}

func subjectOf(raw []byte) string {
	_, rest, _ := strings.Cut(string(raw), "Subject: ")
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(line)
}

// is compares what the server has with what it should have.
func (o *mirrorOffice) is(t testing.TB, what, inbox, archive, junk string) {
	t.Helper()
	got := fmt.Sprintf("INBOX %s, Archive %s, Junk %s", o.folder(t, "INBOX"), o.folder(t, "Archive"), o.folder(t, "Junk"))
	if want := fmt.Sprintf("INBOX [%s], Archive [%s], Junk [%s]", inbox, archive, junk); got != want {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}

func (o *mirrorOffice) find(t testing.TB, subject string) desk.Row {
	t.Helper()
	for _, place := range []desk.Place{desk.InOpen, desk.InClosed, desk.InSpam, desk.InTrash} {
		for _, row := range o.rows(t, place) {
			if row.Subject == subject {
				return row
			}
		}
	}
	t.Fatalf("no conversation %q", subject)
	return desk.Row{}
}

func (o *mirrorOffice) close(t testing.TB, subject string) {
	t.Helper()
	if _, err := o.seat.Close(t.Context(), []desk.ConversationID{o.find(t, subject).ID}); err != nil {
		t.Fatal(err)
	}
}

func (o *mirrorOffice) reopen(t testing.TB, subject string) {
	t.Helper()
	if _, err := o.seat.Reopen(t.Context(), []desk.ConversationID{o.find(t, subject).ID}); err != nil {
		t.Fatal(err)
	}
}

func (o *mirrorOffice) read(t testing.TB, subject string) {
	t.Helper()
	row := o.find(t, subject)
	if err := o.seat.MarkRead(t.Context(), row.ID, row.Last); err != nil {
		t.Fatal(err)
	}
}

func TestWriteBack(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	for _, v := range []struct {
		back                 desk.WriteBack
		kind                 desk.InboxKind
		read, closed, opened [3]string
	}{
		{desk.WriteNone, desk.Shared, [3]string{"a b", "", ""}, [3]string{"a b", "", ""}, [3]string{"a b", "", ""}},
		{desk.WriteFlags, desk.Shared, [3]string{"a* b", "", ""}, [3]string{"a* b", "", ""}, [3]string{"a* b", "", ""}},
		{desk.WriteMove, desk.Shared, [3]string{"a* b", "", ""}, [3]string{"b", "a*", ""}, [3]string{"a* b", "", ""}},
		{desk.WriteMove, desk.Personal, [3]string{"a* b", "", ""}, [3]string{"b", "a*", ""}, [3]string{"a* b", "", ""}},
	} {
		t.Run(string(v.kind)+" "+string(v.back), func(t *testing.T) {
			t.Parallel()
			user := mail.User(t)
			mail.Deliver(t, user, rawMail("a", "text"))
			mail.Deliver(t, user, rawMail("b", "text"))
			o := newMirror(t, mail, user, v.kind, v.back)
			o.pass(t)
			o.is(t, "before", "a b", "", "")
			o.read(t, "a")
			o.pass(t)
			o.is(t, "read", v.read[0], v.read[1], v.read[2])
			o.close(t, "a")
			o.pass(t)
			o.is(t, "closed", v.closed[0], v.closed[1], v.closed[2])
			o.pass(t)
			if row := o.find(t, "a"); row.Place() != desk.InClosed {
				t.Errorf("our own move opens it again: %s", row.Place())
			}
			o.reopen(t, "a")
			o.pass(t)
			o.is(t, "reopened", v.opened[0], v.opened[1], v.opened[2])
			o.pass(t)
			if row := o.find(t, "a"); row.Place() != desk.InOpen || row.Messages != 1 {
				t.Errorf("after all it is %s with %d messages", row.Place(), row.Messages)
			}
		})
	}
}

// What is done in another program counts in a personal inbox.
func TestDoneInAnotherProgram(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	user := mail.User(t)
	mail.Deliver(t, user, rawMail("a", "text"))
	o := newMirror(t, mail, user, desk.Personal, desk.WriteMove)
	uid := func(folder string) uint32 { return uint32(mail.Messages(t, user, folder)[0].UID) }
	now := func(what string, place desk.Place, unread bool) {
		t.Helper()
		o.pass(t)
		if row := o.find(t, "a"); row.Place() != place || row.Unread != unread {
			t.Errorf("%s: it is %s, unread %t", what, row.Place(), row.Unread)
		}
	}
	now("arrived", desk.InOpen, true)
	mail.SetFlags(t, user, "INBOX", `\Seen`, uid("INBOX"))
	now("read there", desk.InOpen, false)
	mail.Doveadm(t, "flags", "remove", "-u", user, `\Seen`, "mailbox", "INBOX", "all")
	now("marked unread there", desk.InOpen, true)
	mail.Move(t, user, "INBOX", "Archive", uid("INBOX"))
	now("archived there", desk.InClosed, false)
	mail.Move(t, user, "Archive", "INBOX", uid("Archive"))
	now("taken out of the archive there", desk.InOpen, true)
	mail.Move(t, user, "INBOX", "Junk", uid("INBOX"))
	now("junk there", desk.InSpam, true)
	mail.Move(t, user, "Junk", "INBOX", uid("Junk"))
	now("no junk there", desk.InOpen, true)
	mail.Move(t, user, "INBOX", "Trash", uid("INBOX"))
	now("thrown away there", desk.InTrash, false)
	mail.Move(t, user, "Trash", "INBOX", uid("Trash"))
	now("taken out of the trash there", desk.InOpen, true)
	mail.Move(t, user, "INBOX", "Elsewhere", uid("INBOX"))
	now("sorted away there", desk.InClosed, false)
	o.is(t, "none of it is undone", "", "", "")
}

// An answer from here is marked on the mail it answers.
func TestAnswerIsMarked(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	user := mail.User(t)
	mail.Deliver(t, user, rawMail("a", "text"))
	o := newMirror(t, mail, user, desk.Shared, desk.WriteFlags)
	o.pass(t)
	dr, err := o.seat.NewReply(t.Context(), o.find(t, "a").ID, false)
	if err != nil {
		t.Fatal(err)
	}
	dr.Text = "Yes."
	sent, err := o.seat.Send(t.Context(), dr, desk.SendOptions{})
	if err != nil || len(sent.Cautions) > 0 {
		t.Fatal(sent.Cautions, err)
	}
	room := o.desk.Mailroom()
	lease, err := room.Lease(t.Context(), sent.Outgoing.Account, "sender", "")
	if err != nil {
		t.Fatal(err)
	}
	out, _, err := room.ClaimOutgoing(t.Context(), lease)
	if err == nil {
		out, err = room.Submitting(t.Context(), lease, out, []byte("From: us@example.test\r\nMessage-ID: <"+out.HeaderID+">\r\n\r\nYes.\r\n"))
	}
	o.is(t, "while it is being sent", "a", "", "")
	if err == nil {
		err = room.Settle(t.Context(), lease, out, desk.Settled{State: desk.Accepted})
	}
	if err == nil {
		err = room.Release(t.Context(), lease)
	}
	if err != nil {
		t.Fatal(err)
	}
	o.pass(t)
	o.is(t, "when it is sent", "a*>", "", "")
}
