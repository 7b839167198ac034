package connector

import (
	"fmt"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"postroom/desk"
	"postroom/internal/testserver"
)

func TestFoldersAreFoundByUseAndByName(t *testing.T) {
	list := func(name string, attrs ...imap.MailboxAttr) *imap.ListData {
		return &imap.ListData{Mailbox: name, Delim: '.', Attrs: attrs}
	}
	for _, c := range []struct {
		name string
		all  []*imap.ListData
		want string
	}{
		{"special use wins over names", []*imap.ListData{list("INBOX"), list("Sent"), list("Old", imap.MailboxAttrSent), list("Trap", imap.MailboxAttrJunk)}, "[{INBOX inbox} {Old sent} {Trap junk}]"},
		{"names in other languages", []*imap.ListData{list("Gesendete Objekte"), list("Spam")}, "[{INBOX inbox} {Gesendete Objekte sent} {Spam junk}]"},
		{"names below INBOX", []*imap.ListData{list("INBOX.Sent"), list("INBOX.Junk")}, "[{INBOX inbox} {INBOX.Sent sent} {INBOX.Junk junk}]"},
		{"Spanish", []*imap.ListData{list("Enviados"), list("Correo no deseado")}, "[{INBOX inbox} {Enviados sent} {Correo no deseado junk}]"},
		{"Japanese", []*imap.ListData{list("ゴミ箱"), list("送信済み"), list("迷惑メール"), list("アーカイブ")}, "[{INBOX inbox} {送信済み sent} {迷惑メール junk}]"},
		{"Russian", []*imap.ListData{list("Корзина"), list("Отправленные"), list("Спам")}, "[{INBOX inbox} {Отправленные sent} {Спам junk}]"},
		{"a language nobody has taught it", []*imap.ListData{list("Seolta"), list("Turscar")}, "[{INBOX inbox}]"},
		{"a folder that cannot be opened", []*imap.ListData{list("Sent", imap.MailboxAttrNoSelect), list("INBOX", imap.MailboxAttrJunk)}, "[{INBOX inbox}]"},
	} {
		if got := fmt.Sprint(choose(c.all, nil)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestArchiveIsFoundByUseAndByName(t *testing.T) {
	list := func(name string, attrs ...imap.MailboxAttr) *imap.ListData {
		return &imap.ListData{Mailbox: name, Delim: '/', Attrs: attrs}
	}
	for _, c := range []struct {
		all  []*imap.ListData
		want string
	}{
		{[]*imap.ListData{list("Archive"), list("2026", imap.MailboxAttrArchive)}, "2026"},
		{[]*imap.ListData{list("[Gmail]/Alle Nachrichten", imap.MailboxAttrAll), list("[Gmail]/Papierkorb", imap.MailboxAttrTrash)}, "[Gmail]/Alle Nachrichten"},
		{[]*imap.ListData{list("INBOX"), list("Arkiv")}, "Arkiv"},
		{[]*imap.ListData{list("INBOX/Archiv")}, "INBOX/Archiv"},
		{[]*imap.ListData{list("INBOX"), list("Trash"), list("Work")}, ""},
	} {
		if got, _ := folderOf(c.all, desk.RoleArchive); got != c.want {
			t.Errorf("the archive is %q, want %q", got, c.want)
		}
	}
}

func TestSetsGoNewestFirstAndTroubleAlone(t *testing.T) {
	f := newFolder(listing{name: "INBOX", role: desk.RoleInbox})
	f.want([]uint32{1, 2, 3, 4, 5, 6, 7}, false)
	b := f.take(3)
	if fmt.Sprint(b.uids) != "[5 6 7]" || b.alone {
		t.Errorf("the first set is %v", b)
	}
	f.missed(b, []uint32{7})
	var order []string
	for f.left() > 0 {
		b := f.take(10)
		order = append(order, fmt.Sprint(b.uids, b.alone))
		if b.uids[0] == 6 {
			f.missed(b, nil)
		}
	}
	if got := fmt.Sprint(order); got != "[[6] true [6] true [6] true [5] true [1 2 3 4] false]" {
		t.Errorf("order %s", got)
	}
	if fmt.Sprint(f.givenUp()) != "[6]" {
		t.Errorf("given up %v", f.givenUp())
	}
	if f.want([]uint32{6}, false); f.left() != 0 {
		t.Error("a message that was given up is asked for again at every connection")
	}
	if f.want([]uint32{6}, true); f.left() != 1 {
		t.Error("a message that was given up is never asked for again")
	}
	if f.dropFailed([]uint32{1, 2}); len(f.givenUp()) != 0 {
		t.Error("a message that was deleted is still a trouble")
	}
}

func TestSubtract(t *testing.T) {
	if got := subtract([]uint32{1, 2, 3, 5, 9}, []uint32{2, 4, 5}); fmt.Sprint(got) != "[1 3 9]" {
		t.Errorf("subtract: %v", got)
	}
}

// A server that is well again has its mail here within a minute (promises P10).
func TestPauseDoublesUpToAMinute(t *testing.T) {
	b := patient().backoff()
	for i := range 12 {
		want := min(time.Second<<i, time.Minute)
		if got := b.pause(); got > want || got < want*3/4 {
			t.Errorf("pause %d is %v, want about %v", i, got, want)
		}
	}
	if b.reset(); b.pause() > time.Second {
		t.Error("a reset does not begin again")
	}
}

func TestHolderIsGone(t *testing.T) {
	own := holderName("a")
	if isGone(own, own) || isGone("elsewhere/1/x", own) || isGone("nonsense", own) {
		t.Error("a holder that may live is taken for dead")
	}
	var host string
	var pid int
	for i := range own {
		if own[i] == '/' {
			host = own[:i]
			break
		}
	}
	// No system has a process with this number.
	pid = 1 << 30
	if !isGone(fmt.Sprintf("%s/%d/b", host, pid), own) {
		t.Error("a dead process of this host is not seen")
	}
}

// TestDeletedFolder: somebody deletes a folder on the server, while it is
// watched or while nobody looks. The mail that came from it stays, the others
// go on, and when there is such a folder again it is read.
func TestDeletedFolder(t *testing.T) {
	t.Parallel()
	for name, watched := range map[string]bool{"while it is watched": true, "while nobody looks": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mail := testserver.Shared(t)
			user := mail.User(t)
			mail.Deliver(t, user, rawMail("letter", "text"))
			mail.Append(t, user, "Junk", rawMail("cheap pills", "text"))
			o := newOffice(t, desk.Shared)
			a := o.connect(t, "imaps://"+mail.IMAPS, mail.CAFile, user)
			con := o.connector(t)
			con.pace.look = time.Second
			look := func() { o.sync(t, con) }
			if watched {
				run(t, con)
				look = func() {}
			}
			look()
			both := func(open, spam int) func() bool {
				return func() bool { return len(o.subjects(t, desk.InOpen)) == open && len(o.subjects(t, desk.InSpam)) == spam }
			}
			o.await(t, "both mails", both(1, 1))
			mail.Doveadm(t, "mailbox", "delete", "-u", user, "Junk")
			mail.Deliver(t, user, rawMail("after the deletion", "text"))
			look()
			o.await(t, "the mail after the deletion", both(2, 1))
			o.awaitHealth(t, a.ID, "to be well", func(a desk.Account) bool { return a.State == desk.AccountConnected })
			mail.Append(t, user, "Junk", rawMail("more pills", "text"))
			look()
			o.await(t, "the mail in the new folder", both(2, 2))
			o.awaitHealth(t, a.ID, "to say nothing more", func(a desk.Account) bool { return a.State == desk.AccountConnected && a.Cause == "" })
			if found := o.audit(t, o.connector(t), a.ID); !found.Complete() {
				t.Errorf("the audit finds %+v", found)
			}
		})
	}
}
