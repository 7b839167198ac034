package connector

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/crash"
	"postroom/internal/testdesk"
	"postroom/internal/testserver"
)

// TestUnchangedFolder: a pass over a mailbox that announces what it announced
// when everything was here does not look into it, for a quarter of an hour at
// the most. Whether it has looked shows in a mail that was taken out of the
// ledger behind its back: only a look at the whole folder finds that.
func TestUnchangedFolder(t *testing.T) {
	const user = "anna@example.test"
	mail := testserver.StartDovecot(t, user)
	began := time.Now()
	var late atomic.Int64
	o := openOfficeWith(t, testdesk.File(t), desk.Outside{Clock: func() time.Time { return began.Add(time.Duration(late.Load())) }})
	in, err := o.seat.CreateInbox(context.Background(), "support", desk.Shared)
	if err != nil {
		t.Fatal(err)
	}
	o.inbox = in
	o.connect(t, "imap://"+mail.PlainIMAP, "", user)
	for _, subject := range []string{"one", "two", "three"} {
		mail.Deliver(t, user, rawMail(subject, "text"))
	}
	c := o.connector(t)
	pass := func(what string, fresh, known, gone int) {
		t.Helper()
		got := o.sync(t, c)
		if got.New != fresh || got.Known != known || got.Gone != gone {
			t.Errorf("%s: %d new, %d known, %d gone; want %d, %d, %d", what, got.New, got.Known, got.Gone, fresh, known, gone)
		}
	}
	db := crash.Open(t, o.path)
	forget := func(uid int) {
		t.Helper()
		if _, err := db.ExecContext(context.Background(), "DELETE FROM ledger WHERE uid = ?", uid); err != nil {
			t.Fatal(err)
		}
	}
	pass("the first pass", 3, 0, 0)
	forget(1)
	pass("the pass after it looks", 0, 1, 0)
	pass("and so does the next, which finds everything here", 0, 0, 0)
	forget(1)
	pass("what has not changed is not looked into", 0, 0, 0)
	late.Store(int64(c.pace.look - time.Second))
	pass("nor a little later", 0, 0, 0)
	late.Store(int64(c.pace.look + time.Second))
	pass("but is after a while", 0, 1, 0)
	pass("whereupon all is here again", 0, 0, 0)
	forget(2)
	late.Store(0)
	pass("a clock that was set back proves nothing", 0, 1, 0)
	pass("whereupon all is here again", 0, 0, 0)

	changes := []struct {
		what       string
		do         func()
		fresh, old int
		gone       int
	}{
		{"a new mail", func() { mail.Deliver(t, user, rawMail("four", "text")) }, 1, 1, 0},
		{"one that is gone", func() { mail.Delete(t, user, "INBOX", 4) }, 0, 1, 1},
		{"one that came and one that is gone", func() {
			mail.Deliver(t, user, rawMail("five", "text"))
			mail.Delete(t, user, "INBOX", 2)
		}, 1, 1, 1},
		{"a flag", func() { mail.SetFlags(t, user, "INBOX", `\Flagged`, 3) }, 0, 1, 0},
		{"a new numbering", func() { mail.ResetUIDValidity(t, user, "INBOX") }, 0, 3, 0},
	}
	for _, change := range changes {
		pass("before "+change.what, 0, 0, 0)
		pass("before "+change.what+", once more", 0, 0, 0)
		forget(1)
		pass("the control of "+change.what, 0, 0, 0)
		change.do()
		pass(change.what, change.fresh, change.old, change.gone)
	}
}

// TestSickStatus: whatever a server answers when it is asked what it announces,
// a pass brings all of its mail.
func TestSickStatus(t *testing.T) {
	t.Parallel()
	o := newOffice(t, desk.Shared)
	var servers []*testserver.Sick
	for i, answer := range [][]testserver.Step{
		{testserver.Say("$tag BAD what?")},
		{testserver.Say("$tag NO [NONEXISTENT] there is none")},
		{testserver.Say("$tag OK done")},
		{testserver.Say("* STATUS INBOX (MESSAGES x", "$tag OK done")},
		{testserver.Say("* STATUS Other (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 7 HIGHESTMODSEQ 3)", "$tag OK done")},
		{testserver.Say("* STATUS INBOX (MESSAGES 6 UIDNEXT 7 UIDVALIDITY 7 HIGHESTMODSEQ 3)", "$tag OK done")},
		{testserver.Hang()},
		{testserver.Hangup()},
	} {
		server := testserver.StartSick(t, testserver.Trouble{
			Name: fmt.Sprint("status ", i), Capabilities: "IMAP4rev1 CONDSTORE", At: "STATUS",
			Do: func(_ *testserver.Sick, session *testserver.Session) error {
				for _, step := range answer {
					if err := step(session); err != nil {
						return err
					}
				}
				return nil
			},
		})
		o.connect(t, server.URL(), server.CAFile, fmt.Sprintf("status%d@example.test", i))
		servers = append(servers, server)
	}
	c := o.connector(t)
	c.pace = hasty()
	list, err := c.Sync(soon(t, time.Minute))
	if err != nil || len(list) != len(servers) {
		t.Fatalf("sync: %v, %v", list, err)
	}
	for i, got := range list {
		if got.New != 6 || got.Err != nil || servers[i].Played() != 1 {
			t.Errorf("server %d, asked %d times: %d new, %v", i, servers[i].Played(), got.New, got.Err)
		}
	}
}
