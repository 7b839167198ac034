package connector

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

func TestNewMailDoesNotWaitForHistory(t *testing.T) {
	t.Parallel()
	const history = 1500
	mail := testserver.Shared(t)
	user := mail.User(t)
	mail.Fill(t, user, "INBOX", history, func(i int) testserver.Letter {
		return testserver.Letter{Raw: rawMail(fmt.Sprintf("letter %d", i), strings.Repeat("text ", 400)), Received: time.Now().AddDate(-1, 0, 0).Add(time.Duration(i) * time.Minute)}
	})
	o := newOffice(t, desk.Shared)
	o.connect(t, "imaps://"+mail.IMAPS, mail.CAFile, user)
	run(t, o.connector(t))
	o.await(t, "the first page", func() bool { return o.total(t) >= firstPage })
	mail.Deliver(t, user, rawMail("fresh", "text"))
	o.await(t, "new mail", func() bool { return len(o.subjects(t, desk.InOpen)) == 1 })
	o.await(t, "all of history", func() bool { return o.total(t) == history+1 })
}

// total is how many conversations the inbox has.
func (o *office) total(t testing.TB) int {
	t.Helper()
	view, err := o.seat.Inbox(context.Background(), "support")
	if err != nil {
		t.Fatal(err)
	}
	return view.Counts.Open + view.Counts.Closed + view.Counts.Spam
}

func TestUIDValidityChangesWhileFetching(t *testing.T) {
	t.Parallel()
	const letters = 800
	user := "anna@example.test"
	mail := testserver.StartDovecot(t, user)
	mail.Fill(t, user, "INBOX", letters, func(i int) testserver.Letter {
		return testserver.Letter{Raw: rawMail(fmt.Sprintf("letter %d", i), strings.Repeat("text ", 2000)), Received: time.Now().AddDate(-1, 0, 0).Add(time.Duration(i) * time.Minute)}
	})
	o := newOffice(t, desk.Shared)
	o.connect(t, "imaps://"+mail.IMAPS, mail.CAFile, user)
	run(t, o.connector(t))
	o.await(t, "the first page", func() bool { return o.total(t) >= firstPage })
	mail.ResetUIDValidity(t, user, "INBOX")
	mail.Deliver(t, user, rawMail("fresh", "text"))
	o.await(t, "all letters", func() bool { return o.total(t) >= letters+1 })
	o.await(t, "the account to be well", func() bool { return o.state(t) == desk.AccountConnected })
	if n := o.total(t); n != letters+1 {
		t.Errorf("%d conversations, want %d", n, letters+1)
	}
}

func TestAnswerInAnotherClientIsSeenLive(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	user := mail.User(t)
	mail.Deliver(t, user, rawMail("question", "text"))
	o := newOffice(t, desk.Shared)
	o.connect(t, "imaps://"+mail.IMAPS, mail.CAFile, user)
	run(t, o.connector(t))
	o.await(t, "the question", func() bool { return len(o.subjects(t, desk.InOpen)) == 1 })
	mail.Append(t, user, "Sent", []byte("From: us@example.test\r\nTo: Ada <ada@outside.test>\r\nSubject: Re: question\r\n"+
		"Message-ID: <answer@example.test>\r\nIn-Reply-To: <7175657374696f6e@outside.test>\r\n\r\nYes.\r\n"))
	o.await(t, "the answer", func() bool { rows := o.rows(t, desk.InOpen); return len(rows) == 1 && rows[0].Messages == 2 })
	mail.Append(t, user, "Junk", rawMail("pills", "text"))
	o.await(t, "the spam", func() bool { return len(o.subjects(t, desk.InSpam)) == 1 })
	mail.Move(t, user, "INBOX", "Archive", 1)
	mail.Deliver(t, user, rawMail("another", "text"))
	o.await(t, "what came after the move", func() bool { return len(o.subjects(t, desk.InOpen)) == 2 })
}

func TestAccountsComeAndGoWhileRunning(t *testing.T) {
	mail := testserver.Shared(t)
	user := mail.User(t)
	mail.Deliver(t, user, rawMail("letter", "text"))
	o := newOffice(t, desk.Shared)
	run(t, o.connector(t))
	o.connect(t, "imaps://"+mail.IMAPS, mail.CAFile, user)
	o.await(t, "the mail of an account connected later", func() bool { return len(o.subjects(t, desk.InOpen)) == 1 })
	if _, err := o.seat.Disconnect(context.Background(), user); err != nil {
		t.Fatal(err)
	}
	if got := o.subjects(t, desk.InOpen); len(got) != 1 {
		t.Errorf("after disconnecting the inbox shows %v", got)
	}
}

func TestRefusedPasswordIsNotTriedAgain(t *testing.T) {
	server := testserver.Script(t, nil, testserver.Say("* OK ready"), testserver.IMAP{}.Until("LOGIN"),
		testserver.Say("$tag NO [AUTHENTICATIONFAILED] no \x1b]0;you\x07 may not"), testserver.Hang())
	o := newOffice(t, desk.Shared)
	o.connect(t, "imap://"+server.Address, "", "anna@example.test")
	c := o.connector(t)
	c.pace.again = time.Millisecond
	run(t, c)
	o.await(t, "the refusal to be told", func() bool { return o.state(t) == desk.AccountNeedsSignIn })
	list, err := o.seat.Accounts(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if cause := list[0].Cause; !strings.Contains(cause, "password") || strings.ContainsAny(cause, "\x1b\x07") {
		t.Errorf("the cause is %q", cause)
	}
	if n := server.Sessions(); n != 1 {
		t.Errorf("the password was tried %d times", n)
	}
}

func TestServerWithoutExtensionsIsPolled(t *testing.T) {
	server := testserver.StartSick(t, testserver.Trouble{Name: "plain", Capabilities: "IMAP4rev1", UIDs: []uint32{1, 2}, At: "NONE"})
	o := newOffice(t, desk.Shared)
	a := o.connect(t, server.URL(), "", "anna@example.test")
	s, err := openSession(soon(t, 10*time.Second), a, "secret", patient())
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if _, err := s.examine("INBOX"); err != nil {
		t.Fatal(err)
	}
	if err := s.wait(soon(t, 10*time.Second), time.Millisecond); err != nil {
		t.Errorf("waiting without IDLE: %v", err)
	}
	uids, err := s.searchUIDs(2)
	if err != nil || fmt.Sprint(uids) != "[2]" {
		t.Errorf("search without ESEARCH: %v, %v", uids, err)
	}
}

func TestFolderThatCannotBeOpenedStopsNoOther(t *testing.T) {
	server := testserver.Script(t, nil, testserver.Say("* OK ready"), testserver.IMAP{}.Until("LIST"),
		testserver.Say(`* LIST () "/" INBOX`, `* LIST () "/" Sent`, "$tag OK done"),
		testserver.IMAP{}.Until("SEARCH"), testserver.Say("* SEARCH", "$tag OK done"),
		testserver.IMAP{}.Until("EXAMINE"), testserver.Say("$tag NO [NONEXISTENT] no such mailbox"), testserver.Hang())
	o := newOffice(t, desk.Shared)
	o.connect(t, "imap://"+server.Address, "", "anna@example.test")
	o.sync(t, o.connector(t))
	list, err := o.seat.Accounts(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if list[0].State != desk.AccountConnected || !strings.Contains(list[0].Cause, "Sent") {
		t.Errorf("the account is %s: %q", list[0].State, list[0].Cause)
	}
}
