package connector

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
)

// chosen gives the office an account that reads the folders.
func chosen(t *testing.T, mail *testserver.Mail, user string, folders ...desk.FolderChoice) *mirrorOffice {
	t.Helper()
	o := newMirror(t, mail, user, desk.Shared, desk.WriteNone)
	if _, err := o.seat.SetMailbox(t.Context(), user, desk.MailboxChange{Folders: &folders}); err != nil {
		t.Fatal(err)
	}
	return o
}

// about is the account as it is now.
func (o *mirrorOffice) about(t *testing.T) desk.Account {
	t.Helper()
	list, err := o.seat.Accounts(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	return list[0]
}

func TestChosenFoldersAreRead(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	user := mail.User(t)
	mail.Deliver(t, user, rawMail("inbox", "text"))
	for _, folder := range []string{"Orders", "Old", "Private", "Junk"} {
		mail.Append(t, user, folder, rawMail(strings.ToLower(folder), "text"))
	}
	o := chosen(t, mail, user, desk.FolderChoice{Name: "INBOX"}, desk.FolderChoice{Name: "Orders"}, desk.FolderChoice{Name: "Old", Role: desk.RoleClosed}, desk.FolderChoice{Name: "Nowhere"})
	o.pass(t)
	for place, want := range map[desk.Place]string{desk.InOpen: "[inbox orders]", desk.InClosed: "[old]", desk.InSpam: "[]"} {
		got := o.subjects(t, place)
		if fmt.Sprint(slices.Sorted(slices.Values(got))) != want {
			t.Errorf("%s holds %v, want %s", place, got, want)
		}
	}
	if cause := o.about(t).Cause; !strings.Contains(cause, "no folder Nowhere") {
		t.Errorf("a folder that is not there is told as %q", cause)
	}
}

func TestRenamedFolderIsFollowed(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	user := mail.User(t)
	for i := range 5 {
		mail.Append(t, user, "Orders", rawMail(fmt.Sprint("order ", i), "text"))
	}
	o := chosen(t, mail, user, desk.FolderChoice{Name: "INBOX"}, desk.FolderChoice{Name: "Orders", Role: desk.RoleExtra})
	o.pass(t)
	mail.Doveadm(t, "mailbox", "rename", "-u", user, "Orders", "Aufträge")
	mail.Append(t, user, "Aufträge", rawMail("order 5", "text"))
	if s := o.sync(t, o.c); s.New != 1 || s.Known != 0 || s.Gone != 0 {
		t.Errorf("after the renaming a pass is %+v", s)
	}
	if got := fmt.Sprint(o.about(t).Folders, o.about(t).Cause); got != "[{INBOX } {Aufträge extra}]" {
		t.Errorf("the account reads %s", got)
	}
	if got := o.subjects(t, desk.InOpen); len(got) != 6 {
		t.Errorf("%d conversations, want 6", len(got))
	}
}

// A folder that is gone is told, and what came from it stays; another one that
// only has its epoch and its UIDs is not taken for it.
func TestRemovedFolderIsTold(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	user := mail.User(t)
	mail.Append(t, user, "Orders", rawMail("order", "text"))
	o := chosen(t, mail, user, desk.FolderChoice{Name: "INBOX"}, desk.FolderChoice{Name: "Orders"})
	o.pass(t)
	validity := mail.UIDValidity(t, user, "Orders")
	mail.Doveadm(t, "mailbox", "delete", "-u", user, "Orders")
	mail.Append(t, user, "Other", rawMail("something else", "text"))
	mail.Doveadm(t, "mailbox", "update", "-u", user, "--uid-validity", fmt.Sprint(validity), "Other")
	if got := mail.UIDValidity(t, user, "Other"); got != validity {
		t.Fatalf("the other folder has the epoch %d, want %d: this test shows nothing", got, validity)
	}
	if s := o.sync(t, o.c); s.New != 0 {
		t.Errorf("a pass is %+v", s)
	}
	a := o.about(t)
	if fmt.Sprint(a.Folders) != "[{INBOX } {Orders }]" || !strings.Contains(a.Cause, "The folder Orders is no more on the server") {
		t.Errorf("the account reads %v and says %q", a.Folders, a.Cause)
	}
	if got := o.subjects(t, desk.InOpen); fmt.Sprint(got) != "[order]" {
		t.Errorf("what came from it is %v", got)
	}
}

// A folder is renamed, and another one removed, while a worker waits for news in
// both.
func TestFolderIsRenamedWhileItIsWatched(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	user := mail.User(t)
	mail.Append(t, user, "Orders", rawMail("order", "text"))
	mail.Append(t, user, "Bills", rawMail("bill", "text"))
	o := chosen(t, mail, user, desk.FolderChoice{Name: "INBOX"}, desk.FolderChoice{Name: "Orders"}, desk.FolderChoice{Name: "Bills"})
	o.c.pace.look = 300 * time.Millisecond
	run(t, o.c)
	o.await(t, "both folders", func() bool { return len(o.subjects(t, desk.InOpen)) == 2 })
	mail.Doveadm(t, "mailbox", "rename", "-u", user, "Orders", "Renamed")
	mail.Doveadm(t, "mailbox", "delete", "-u", user, "Bills")
	mail.Append(t, user, "Renamed", rawMail("another order", "text"))
	o.await(t, "the mail that came after the renaming", func() bool { return len(o.subjects(t, desk.InOpen)) == 3 })
	o.await(t, "the removed folder to be told", func() bool { return strings.Contains(o.about(t).Cause, "Bills is no more") })
	if got := fmt.Sprint(o.about(t).Folders); got != "[{INBOX } {Renamed } {Bills }]" {
		t.Errorf("the account reads %s", got)
	}
}
