//go:build !race

package connector

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/crash"
	"postroom/internal/testserver"
)

// TestCrashEpoch numbers a mailbox anew when so many per cent of it have been
// fetched, in the middle of the fetching: nothing is lost, nothing comes twice,
// and what was done to a conversation stays (promise P7). That the ledger has
// mails under two numbers is the control: they were read again.
func TestCrashEpoch(t *testing.T) {
	var lines []string
	for percent, letters := range map[int]int{1: crash.Count(300, 5_000), 50: crash.Count(300, 5_000), 99: crash.Count(300, 5_000), 100: crash.Count(300, 50_000)} {
		t.Run(fmt.Sprint(percent, "%"), func(t *testing.T) {
			again, took := numberAnewAt(t, letters, percent)
			lines = append(lines, fmt.Sprintf("%d of %d read again at %d %% in %s", again, letters, percent, took.Round(100*time.Millisecond)))
			if percent >= 50 && again == 0 {
				t.Error("nothing was read again: the numbering did not change in time")
			}
		})
	}
	slices.Sort(lines)
	crash.Report(t, "%d new numberings: 0 lost, 0 twice, what was done stays; %s", len(lines), strings.Join(lines, ", "))
}

func numberAnewAt(t *testing.T, letters, percent int) (again int, took time.Duration) {
	const user = "anna@example.test"
	mail := testserver.StartDovecot(t, user)
	mail.Fill(t, user, "INBOX", letters, func(i int) testserver.Letter {
		return testserver.Letter{Raw: rawMail(fmt.Sprint("letter ", i), strings.Repeat("text ", 400)), Received: time.Now().Add(time.Duration(i-letters) * time.Minute)}
	})
	o := newOffice(t, desk.Shared)
	o.connect(t, "imap://"+mail.PlainIMAP, "", user)
	stop := run(t, o.connector(t))
	o.await(t, "the first mails", func() bool { return o.total(t) >= max(1, letters*percent/100) })
	first := o.rows(t, desk.InOpen)[0].ID
	ctx := context.Background()
	_, err := o.seat.Take(ctx, []desk.ConversationID{first})
	if err == nil {
		_, err = o.seat.Close(ctx, []desk.ConversationID{first})
	}
	if err != nil {
		t.Fatal(err)
	}
	closed := fmt.Sprintf("%+v", o.rows(t, desk.InClosed))
	began := time.Now()
	mail.ResetUIDValidity(t, user, "INBOX")
	mail.Deliver(t, user, rawMail("fresh", "text"))
	db := crash.Open(t, o.path)
	// Mail that is known already rings no bell.
	crash.Await(t, "all letters under their new numbers", func() bool {
		return o.total(t) > letters && crash.Number(t, db, "SELECT count(*) FROM ledger l JOIN folders f ON f.id = l.folder WHERE l.uidvalidity = f.uidvalidity") > letters
	})
	took = time.Since(began)
	o.await(t, "the account to be well", func() bool { return o.state(t) == desk.AccountConnected })
	stop()
	for _, what := range crash.Broken(t, db) {
		t.Error(what)
	}
	if got := fmt.Sprintf("%+v", o.rows(t, desk.InClosed)); got != closed {
		t.Errorf("what was done has changed:\n%s\n%s", closed, got)
	}
	if n, kept := o.total(t), crash.Number(t, db, "SELECT count(*) FROM messages"); n != letters+1 || kept != letters+1 {
		t.Errorf("%d conversations with %d messages, want %d", n, kept, letters+1)
	}
	return crash.Number(t, db, "SELECT count(*) - count(DISTINCT raw) FROM ledger"), took
}
