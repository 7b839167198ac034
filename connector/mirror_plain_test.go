package connector

import (
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"

	"postroom/desk"
	"postroom/internal/testserver"
)

// A server that lacks what makes moving easy: what can be done safely is done,
// and the rest is said. Another program has marked a mail as deleted, which a
// plain EXPUNGE would take.
func TestServersThatLackExtensions(t *testing.T) {
	t.Parallel()
	const user = "anna@example.test"
	for _, v := range []struct {
		name, offers   string
		inbox, archive string // when "a" was closed
		again          string // and when it was opened again
		says           []string
		not            string
	}{
		{"no MOVE", "IMAP4rev1 LITERAL+ UIDPLUS IDLE", "b c", "a*", "a* b c", nil, "The server"},
		{"no MOVE, no UIDPLUS, no IDLE", "IMAP4rev1", "a* b c", "", "a* b c", []string{"has no IDLE), so it is asked every minute", "neither MOVE nor UIDPLUS"}, "nothing"},
		{"no SPECIAL-USE, no CONDSTORE", "IMAP4rev1 MOVE UIDPLUS", "b c", "a*", "a* b c", []string{"has no IDLE"}, "neither MOVE"},
	} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			mail := testserver.Start(t, testserver.Options{Users: []string{user}, Offers: v.offers})
			for _, subject := range []string{"a", "b", "c"} {
				mail.Append(t, user, "INBOX", rawMail(subject, "text"))
			}
			o := newMirror(t, mail, user, desk.Personal, desk.WriteMove)
			o.pass(t)
			mail.SetFlags(t, user, "INBOX", `\Deleted`, 2)
			o.read(t, "a")
			o.close(t, "a")
			o.pass(t)
			o.is(t, "closed", v.inbox, v.archive, "")
			cause := o.about(t).Cause
			for _, says := range v.says {
				if !strings.Contains(cause, says) {
					t.Errorf("the account says %q, not %q", cause, says)
				}
			}
			if strings.Contains(cause, v.not) {
				t.Errorf("the account says %q", cause)
			}
			o.pass(t)
			o.reopen(t, "a")
			o.pass(t)
			o.is(t, "opened again", v.again, "", "")
			if list, err := o.c.Audit(t.Context(), []desk.AccountID{o.about(t).ID}, nil); err != nil || !list[0].Complete() {
				t.Errorf("audit: %+v, %v", list, err)
			}
		})
	}
}

// A job that was killed between copying and removing is done again: one copy.
func TestMoveByCopyingIsDoneOnce(t *testing.T) {
	t.Parallel()
	const user = "anna@example.test"
	mail := testserver.Start(t, testserver.Options{Users: []string{user}, Offers: "IMAP4rev1 UIDPLUS"})
	mail.Append(t, user, "INBOX", rawMail("a", "text"))
	mail.Append(t, user, "INBOX", rawMail("b", "text"))
	o := newMirror(t, mail, user, desk.Personal, desk.WriteMove)
	o.pass(t)
	o.close(t, "a")
	client := mail.Dial(t, user)
	if _, err := client.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Copy(imap.UIDSetNum(1), "Archive").Wait(); err != nil {
		t.Fatal(err)
	}
	o.pass(t)
	o.is(t, "after the second attempt", "b", "a", "")
	// Control: copying without a look makes a second copy.
	if _, err := client.Copy(imap.UIDSetNum(2), "Archive").Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Move(imap.UIDSetNum(2), "Archive").Wait(); err != nil {
		t.Fatal(err)
	}
	o.is(t, "control", "", "a b b", "")
}
