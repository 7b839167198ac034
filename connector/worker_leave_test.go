package connector

import (
	"context"
	"fmt"
	"testing"

	"postroom/desk"
	"postroom/internal/testserver"
)

// TestUserRemovedWhileSyncing takes the owner of an account off the desk in the
// middle of its first sync. What had been stored becomes messages, nothing more
// is fetched, and the mailbox on the server is as it was.
func TestUserRemovedWhileSyncing(t *testing.T) {
	const letters = 900
	mail := testserver.Shared(t)
	user := mail.User(t)
	mail.Fill(t, user, "INBOX", letters, func(i int) testserver.Letter {
		return testserver.Letter{Raw: rawMail(fmt.Sprintf("letter %d", i), "text")}
	})
	o := newOffice(t, desk.Personal)
	a := o.connect(t, "imaps://"+mail.IMAPS, mail.CAFile, user)
	ctx := context.Background()
	if _, err := o.seat.AddUser(ctx, "kim", "", desk.RoleAdmin); err != nil {
		t.Fatal(err)
	}
	actor, err := o.desk.SignIn(ctx, "kim", "")
	if err != nil {
		t.Fatal(err)
	}
	kim := o.desk.As(actor)
	stop := run(t, o.connector(t))
	o.await(t, "the first mails", func() bool { return len(o.rows(t, desk.InOpen)) > 0 })
	_, err = kim.RemoveUser(ctx, "root", desk.Leaving{
		Addresses: desk.Going{Fate: desk.Release}, Conversations: desk.Going{Fate: desk.Release}, Inboxes: desk.Going{Fate: desk.Transfer, To: "kim"},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.seat = kim
	// What is not parsed yet is counted first: none can be missed.
	stored := o.unparsed(t) + len(o.rows(t, desk.InOpen))

	// The worker of another account, connected after it, is at work: that of
	// the first has been told.
	in, err := kim.CreateInbox(ctx, "other", desk.Personal)
	if err != nil {
		t.Fatal(err)
	}
	second := mail.User(t)
	mail.Deliver(t, second, rawMail("to the other", "text"))
	if _, err := kim.Connect(ctx, "other", accountOn(t, "imaps://"+mail.IMAPS, mail.CAFile, second)); err != nil {
		t.Fatal(err)
	}
	first := o.inbox
	o.inbox = in
	o.await(t, "mail of another account", func() bool { return len(o.rows(t, desk.InOpen)) == 1 })
	o.inbox = first
	o.await(t, "all that was stored to be messages", func() bool { return o.unparsed(t) == 0 })
	stop()
	n := len(o.rows(t, desk.InOpen))
	if n == 0 || n > stored || n >= letters {
		t.Errorf("%d of %d mails are there, %d were stored when %s was released", n, letters, stored, a.Address)
	}
	if left := len(mail.Messages(t, user, "INBOX")); left != letters {
		t.Errorf("%d mails are left on the server", left)
	}
	// The address is free, and its mail comes to whoever connects it.
	if _, err := kim.Connect(ctx, "other", accountOn(t, "imaps://"+mail.IMAPS, mail.CAFile, user)); err != nil {
		t.Error(err)
	}
}

func (o *office) unparsed(t testing.TB) int {
	t.Helper()
	ids, err := o.desk.Mailroom().Unparsed(context.Background(), 10_000)
	if err != nil {
		t.Fatal(err)
	}
	return len(ids)
}
