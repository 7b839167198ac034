package testserver_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"postroom/internal/testserver"
)

const anna, ben = "anna@example.test", "ben@example.test"

func letter(subject string) []byte {
	return []byte("From: someone@outside.test\r\nTo: anna@example.test\r\nSubject: " + subject +
		"\r\nMessage-ID: <" + subject + "@outside.test>\r\n\r\nHello.\r\n")
}

func TestMailPostedOverSMTPIsReadOverIMAP(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	user := mail.User(t)
	if err := mail.Post(t, "someone@outside.test", user, letter("posted")); err != nil {
		t.Fatal(err)
	}
	got := mail.Await(t, user, "INBOX", 1)
	if !bytes.Contains(got[0].Raw, []byte("Subject: posted\r\n")) {
		t.Errorf("read back:\n%s", got[0].Raw)
	}
	if bytes.Contains(bytes.ReplaceAll(got[0].Raw, []byte("\r\n"), nil), []byte("\n")) {
		t.Error("the message has bare newlines")
	}
}

func TestPlusAddressReachesItsUser(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	user := mail.User(t)
	tagged := strings.Replace(user, "@", "+c42.abc@", 1)
	if err := mail.Post(t, "someone@outside.test", tagged, letter("tagged")); err != nil {
		t.Fatal(err)
	}
	mail.Deliver(t, tagged, letter("direct"))
	got := mail.Await(t, user, "INBOX", 2)
	for _, m := range got {
		if !bytes.Contains(m.Raw, []byte(tagged)) {
			t.Errorf("the tagged address is gone:\n%s", m.Raw)
		}
	}
}

func TestPostfixRefusesWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	for _, rcpt := range []string{"nobody@example.test", "someone@elsewhere.test"} {
		if err := mail.Post(t, "a@outside.test", rcpt, letter("stray")); smtpCode(err) < 500 {
			t.Errorf("mail to %s: %v, want a refusal", rcpt, err)
		}
	}
}

func TestSubmissionWantsAPassword(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	me, other := mail.User(t), mail.User(t)
	dial := map[string]func() (*smtp.Client, error){
		"submission": func() (*smtp.Client, error) { return smtp.DialStartTLS(mail.Submission, mail.TLS()) },
		"smtps":      func() (*smtp.Client, error) { return smtp.DialTLS(mail.SMTPS, mail.TLS()) },
	}
	for name, connect := range dial {
		t.Run(name, func(t *testing.T) {
			client, err := connect()
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			if err := submit(client, me, other); smtpCode(err) < 500 {
				t.Errorf("without a password: %v, want a refusal", err)
			}
			if err := client.Auth(sasl.NewPlainClient("", me, "wrong")); smtpCode(err) != 535 {
				t.Errorf("with a wrong password: %v, want 535", err)
			}
			// The library hangs up after a refused password.
			if client, err = connect(); err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			if err := client.Auth(sasl.NewPlainClient("", me, testserver.Password)); err != nil {
				t.Fatal(err)
			}
			if err := submit(client, other, me); smtpCode(err) != 553 {
				t.Errorf("as someone else: %v, want 553", err)
			}
			if err := submit(client, me, other); err != nil {
				t.Errorf("with a password: %v", err)
			}
		})
	}
	mail.Await(t, other, "INBOX", len(dial))
	if n := len(mail.Messages(t, me, "INBOX")); n != 0 {
		t.Errorf("%d messages came that were refused", n)
	}
}

func submit(client *smtp.Client, from, to string) error {
	err := client.SendMail(from, []string{to}, bytes.NewReader(letter("submitted")))
	return errors.Join(err, client.Reset())
}

func smtpCode(err error) int {
	var answer *smtp.SMTPError
	if errors.As(err, &answer) {
		return answer.Code
	}
	return 0
}

func TestNoPasswordBeforeTLS(t *testing.T) {
	t.Parallel()
	mail := testserver.StartDovecot(t, anna)
	bare, err := imapclient.DialInsecure(mail.IMAP, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer bare.Close()
	if !bare.Caps().Has(imap.CapLoginDisabled) {
		t.Error("the server takes a password before STARTTLS")
	}
	secure, err := imapclient.DialStartTLS(mail.IMAP, &imapclient.Options{TLSConfig: mail.TLS()})
	if err != nil {
		t.Fatal(err)
	}
	defer secure.Close()
	if err := secure.Login(anna, "wrong").Wait(); err == nil {
		t.Error("a wrong password was accepted")
	}
	if err := secure.Login(anna, testserver.Password).Wait(); err != nil {
		t.Error(err)
	}
}

func TestPlaintextPort(t *testing.T) {
	t.Parallel()
	mail := testserver.StartDovecot(t, anna)
	client, err := imapclient.DialInsecure(mail.PlainIMAP, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.Login(anna, testserver.Password).Wait(); err != nil {
		t.Error(err)
	}
}

func TestIdentities(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		identity func(*testserver.Authority) testserver.Certificate
		refused  func(error) bool
	}{
		"expired": {func(a *testserver.Authority) testserver.Certificate { return a.Expired }, func(err error) bool {
			var invalid x509.CertificateInvalidError
			return errors.As(err, &invalid) && invalid.Reason == x509.Expired
		}},
		"other name": {func(a *testserver.Authority) testserver.Certificate { return a.OtherName }, func(err error) bool {
			var name x509.HostnameError
			return errors.As(err, &name)
		}},
		"self-signed": {func(a *testserver.Authority) testserver.Certificate { return a.SelfSigned }, func(err error) bool {
			var unknown x509.UnknownAuthorityError
			return errors.As(err, &unknown)
		}},
		"good": {nil, func(err error) bool { return err == nil }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mail := testserver.Start(t, testserver.Options{Users: []string{anna}, Identity: c.identity})
			conn, err := tls.Dial("tcp", mail.IMAPS, mail.TLS())
			if err == nil {
				_ = conn.Close()
			}
			if !c.refused(err) {
				t.Errorf("connecting gives %v", err)
			}
		})
	}
}

func TestFolders(t *testing.T) {
	t.Parallel()
	mail := testserver.StartDovecot(t, anna, ben)
	list, err := mail.Dial(t, anna).List("", "*", &imap.ListOptions{ReturnSpecialUse: true}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	special := map[imap.MailboxAttr]string{}
	for _, folder := range list {
		for _, attr := range folder.Attrs {
			special[attr] = folder.Mailbox
		}
	}
	for _, attr := range []imap.MailboxAttr{
		imap.MailboxAttrSent, imap.MailboxAttrDrafts, imap.MailboxAttrJunk, imap.MailboxAttrArchive, imap.MailboxAttrTrash,
	} {
		if special[attr] == "" {
			t.Errorf("no folder is %s", attr)
		}
	}
	mail.Append(t, anna, "Projects/Ä Ö", letter("kept"))
	if got := mail.Messages(t, anna, "Projects/Ä Ö"); len(got) != 1 || !bytes.Contains(got[0].Raw, []byte("kept")) {
		t.Errorf("the folder holds %v", got)
	}
	if got := mail.Messages(t, ben, "INBOX"); len(got) != 0 {
		t.Errorf("ben has %d messages that are not his", len(got))
	}
}

func TestFillThenChangeByAnotherHand(t *testing.T) {
	t.Parallel()
	mail := testserver.StartDovecot(t, anna)
	mail.Fill(t, anna, "INBOX", 200, func(i int) testserver.Letter {
		l := testserver.Letter{Raw: letter("n" + string(rune('a'+i%26)))}
		if i == 3 {
			l.Flags = "FS"
		}
		return l
	})
	got := mail.Messages(t, anna, "INBOX")
	if len(got) != 200 || got[0].UID != 1 || got[199].UID != 200 {
		t.Fatalf("the folder holds %d messages, the first is %+v", len(got), got[0])
	}
	if !bytes.Equal(got[1].Raw, letter("nb")) {
		t.Errorf("read back:\n%s", got[1].Raw)
	}
	if !got[0].Received.Before(got[1].Received) {
		t.Errorf("dates %v and %v are not in order", got[0].Received, got[1].Received)
	}
	if flags := strings.Join(got[3].Flags, " "); !strings.Contains(flags, `\Flagged`) || !strings.Contains(flags, `\Seen`) {
		t.Errorf("the fourth has flags %s", flags)
	}

	mail.Fill(t, anna, "Sent", 2, func(int) testserver.Letter { return testserver.Letter{Raw: letter("sent")} })
	mail.Fill(t, anna, "Sent", 2, func(int) testserver.Letter { return testserver.Letter{Raw: letter("again")} })
	if got := mail.Messages(t, anna, "Sent"); len(got) != 4 || !bytes.Contains(got[3].Raw, []byte("again")) {
		t.Errorf("filling twice leaves %d messages", len(got))
	}

	mail.SetFlags(t, anna, "INBOX", `\Answered`, 5)
	mail.Delete(t, anna, "INBOX", 1, 2)
	mail.Move(t, anna, "INBOX", "Archive", 3)
	got = mail.Messages(t, anna, "INBOX")
	if len(got) != 197 || got[0].UID != 4 || !strings.Contains(strings.Join(got[1].Flags, " "), `\Answered`) {
		t.Errorf("after the changes %d messages are left, the second is %+v", len(got), got[1])
	}
	if n := len(mail.Messages(t, anna, "Archive")); n != 1 {
		t.Errorf("%d messages were moved, want 1", n)
	}
}

func TestUIDValidityChanges(t *testing.T) {
	t.Parallel()
	mail := testserver.StartDovecot(t, anna)
	for _, subject := range []string{"one", "two", "three"} {
		mail.Deliver(t, anna, letter(subject))
	}
	mail.Delete(t, anna, "INBOX", 1)
	open := mail.Dial(t, anna)
	if _, err := open.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	before := mail.UIDValidity(t, anna, "INBOX")
	mail.ResetUIDValidity(t, anna, "INBOX")
	if after := mail.UIDValidity(t, anna, "INBOX"); after == before {
		t.Errorf("UIDVALIDITY stays %d", after)
	}
	got := mail.Messages(t, anna, "INBOX")
	if len(got) != 2 || got[0].UID != 1 || !bytes.Contains(got[0].Raw, []byte("Subject: two")) {
		t.Errorf("afterwards the folder holds %+v", got)
	}
	if err := open.Noop().Wait(); err == nil {
		t.Error("the open session lived on")
	}
}

func TestStopAndResume(t *testing.T) {
	t.Parallel()
	mail := testserver.StartDovecot(t, anna)
	mail.Deliver(t, anna, letter("before"))
	open := mail.Dial(t, anna)
	mail.Stop(t)
	if err := open.Noop().Wait(); err == nil {
		t.Error("the session outlived the server")
	}
	if _, err := tls.Dial("tcp", mail.IMAPS, mail.TLS()); err == nil {
		t.Error("the stopped server accepts connections")
	}
	mail.Resume(t)
	mail.Restart(t)
	if got := mail.Messages(t, anna, "INBOX"); len(got) != 1 {
		t.Errorf("after the restart the folder holds %d messages, want 1", len(got))
	}
}
