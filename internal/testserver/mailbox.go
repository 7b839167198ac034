package testserver

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"
)

// Sender is the envelope sender of Deliver.
const Sender = "someone@outside.test"

// Deliver puts one message into a user's mailbox over LMTP. It is there when
// Deliver returns.
func (m *Mail) Deliver(t testing.TB, rcpt string, raw []byte) {
	t.Helper()
	m.DeliverFrom(t, Sender, rcpt, raw)
}

// DeliverFrom is Deliver with an envelope sender; an empty one makes a bounce.
func (m *Mail) DeliverFrom(t testing.TB, from, rcpt string, raw []byte) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", m.LMTP, 10*time.Second)
	if err != nil {
		t.Fatalf("deliver to %s: %v", rcpt, err)
	}
	client := smtp.NewClientLMTP(conn)
	defer client.Close()
	if err := hand(client, from, rcpt, raw); err != nil {
		t.Fatalf("deliver to %s over LMTP: %v", rcpt, err)
	}
}

// Post hands one message to Postfix on port 25, as another mail server would.
// It arrives a little later.
func (m *Mail) Post(t testing.TB, from, rcpt string, raw []byte) error {
	t.Helper()
	client, err := smtp.Dial(m.SMTP)
	if err != nil {
		t.Fatalf("connect to Postfix: %v", err)
	}
	defer client.Close()
	return hand(client, from, rcpt, raw)
}

func hand(client *smtp.Client, from, rcpt string, raw []byte) error {
	if err := client.Mail(from, nil); err != nil {
		return err
	}
	if err := client.Rcpt(rcpt, nil); err != nil {
		return err
	}
	data, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := data.Write(raw); err != nil {
		return err
	}
	return data.Close()
}

// Append stores one message in a folder, which is created when it is missing.
// Sessions that have the folder open are told, as for any new message.
func (m *Mail) Append(t testing.TB, user, folder string, raw []byte) {
	t.Helper()
	m.create(t, user, folder)
	m.doveadm(t, bytes.NewReader(raw), "save", "-u", user, "-m", folder)
}

// Letter is one message of a Fill. A zero Received means one minute after the
// letter before it, so that the last one is new.
type Letter struct {
	Raw      []byte
	Received time.Time // INTERNALDATE
	Flags    string    // Maildir letters in alphabetical order: D F R S T
}

// Fill stores n messages in a folder at once, by writing the files Dovecot
// keeps them in. Their UIDs are in the order of i.
func (m *Mail) Fill(t testing.TB, user, folder string, n int, letter func(i int) Letter) {
	t.Helper()
	dir := m.folderDir(t, user, folder)
	began := time.Now()
	for i := range n {
		l := letter(i)
		if l.Received.IsZero() {
			l.Received = began.Add(time.Duration(i-n) * time.Minute)
		}
		// Dovecot numbers new files in the order of their names.
		name := fmt.Sprintf("%d.M%09dP%d.test,S=%d:2,%s", began.Unix(), m.filled.Add(1), os.Getpid(), len(l.Raw), l.Flags)
		path := filepath.Join(dir, "cur", name)
		if err := m.place(path, l); err != nil {
			t.Fatalf("fill %s of %s: %v", folder, user, err)
		}
	}
	// Reading the folder once here keeps that work out of what a test measures.
	m.Doveadm(t, "mailbox", "status", "-u", user, "messages", folder)
}

func (m *Mail) place(path string, l Letter) error {
	if err := os.WriteFile(path, l.Raw, 0o600); err != nil {
		return err
	}
	if err := os.Chtimes(path, l.Received, l.Received); err != nil {
		return err
	}
	return m.own(path)
}

// folderDir is the Maildir of a folder, which is created when it is missing.
func (m *Mail) folderDir(t testing.TB, user, folder string) string {
	t.Helper()
	m.create(t, user, folder)
	dir := strings.TrimSpace(m.Doveadm(t, "mailbox", "path", "-u", user, folder))
	if !strings.HasPrefix(dir, m.mailDir()) {
		t.Fatalf("Dovecot says that %s of %s is in %q", folder, user, dir)
	}
	return dir
}

func (m *Mail) create(t testing.TB, user, folder string) {
	t.Helper()
	listed := strings.Split(m.Doveadm(t, "mailbox", "list", "-u", user), "\n")
	for _, name := range listed {
		if name == folder {
			// A folder that Dovecot makes by itself has no files before its first use.
			m.Doveadm(t, "mailbox", "status", "-u", user, "messages", folder)
			return
		}
	}
	m.Doveadm(t, "mailbox", "create", "-s", "-u", user, folder)
}

// Doveadm runs an administration command of Dovecot and returns what it prints.
func (m *Mail) Doveadm(t testing.TB, args ...string) string {
	t.Helper()
	return m.doveadm(t, nil, args...)
}

func (m *Mail) doveadm(t testing.TB, stdin io.Reader, args ...string) string {
	t.Helper()
	out, err := m.tryDoveadm(stdin, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (m *Mail) tryDoveadm(stdin io.Reader, args ...string) (string, error) {
	config := filepath.Join(m.dir, "dovecot", "dovecot.conf")
	cmd := exec.Command(Program("doveadm"), append([]string{"-c", config}, args...)...)
	var out, problem bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &out, &problem
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("doveadm %s: %w: %s", strings.Join(args, " "), err, problem.String())
	}
	return out.String(), nil
}

// Dial is a signed-in IMAP session, closed with the test.
func (m *Mail) Dial(t testing.TB, user string) *imapclient.Client {
	t.Helper()
	client, err := imapclient.DialTLS(m.IMAPS, &imapclient.Options{TLSConfig: m.TLS()})
	if err != nil {
		t.Fatalf("connect to Dovecot: %v", err)
	}
	t.Cleanup(func() { _ = client.Close() })
	if err := client.Login(user, Password).Wait(); err != nil {
		t.Fatalf("sign in as %s: %v", user, err)
	}
	return client
}

// Stored is a message as the server holds it.
type Stored struct {
	UID      uint32
	Flags    []string
	Received time.Time
	Raw      []byte
}

// Messages reads a folder back in the order of its UIDs, without setting flags.
func (m *Mail) Messages(t testing.TB, user, folder string) []Stored {
	t.Helper()
	client := m.Dial(t, user)
	defer client.Close()
	selected, err := client.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		t.Fatalf("open %s of %s: %v", folder, user, err)
	}
	if selected.NumMessages == 0 {
		return nil
	}
	body := &imap.FetchItemBodySection{Peek: true}
	fetched, err := client.Fetch(imap.SeqSet{{Start: 1}}, &imap.FetchOptions{
		UID: true, Flags: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{body},
	}).Collect()
	if err != nil {
		t.Fatalf("read %s of %s: %v", folder, user, err)
	}
	messages := make([]Stored, len(fetched))
	for i, f := range fetched {
		messages[i] = Stored{UID: uint32(f.UID), Received: f.InternalDate, Raw: f.FindBodySection(body)}
		for _, flag := range f.Flags {
			messages[i].Flags = append(messages[i].Flags, string(flag))
		}
	}
	return messages
}

// Await reads a folder until it holds n messages, for mail that is on its way.
func (m *Mail) Await(t testing.TB, user, folder string, n int) []Stored {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		messages := m.Messages(t, user, folder)
		if len(messages) >= n {
			return messages
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s of %s holds %d messages after 30 s, %d should have come", folder, user, len(messages), n)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Delete removes messages by UID, as another mail program would.
func (m *Mail) Delete(t testing.TB, user, folder string, uids ...uint32) {
	t.Helper()
	for _, uid := range uids {
		m.Doveadm(t, "expunge", "-u", user, "mailbox", folder, "uid", fmt.Sprint(uid))
	}
}

// SetFlags adds a flag like \Seen to messages by UID, as another mail program
// would.
func (m *Mail) SetFlags(t testing.TB, user, folder, flag string, uids ...uint32) {
	t.Helper()
	for _, uid := range uids {
		m.Doveadm(t, "flags", "add", "-u", user, flag, "mailbox", folder, "uid", fmt.Sprint(uid))
	}
}

// Move moves messages by UID to another folder, as another mail program would.
func (m *Mail) Move(t testing.TB, user, from, to string, uids ...uint32) {
	t.Helper()
	m.create(t, user, to)
	for _, uid := range uids {
		m.Doveadm(t, "move", "-u", user, to, "mailbox", from, "uid", fmt.Sprint(uid))
	}
}

// UIDValidity is the number under which the folder's UIDs count.
func (m *Mail) UIDValidity(t testing.TB, user, folder string) uint32 {
	t.Helper()
	var n uint32
	out := m.Doveadm(t, "-f", "flow", "mailbox", "status", "-u", user, "uidvalidity", folder)
	if _, err := fmt.Sscanf(out[strings.LastIndex(out, "uidvalidity="):], "uidvalidity=%d", &n); err != nil {
		t.Fatalf("read the UIDVALIDITY of %s of %s from %q: %v", folder, user, out, err)
	}
	return n
}

// ResetUIDValidity makes the folder look as after a restored backup: another
// UIDVALIDITY, and the messages numbered anew from 1. The user's sessions are
// cut.
func (m *Mail) ResetUIDValidity(t testing.TB, user, folder string) {
	t.Helper()
	dir := m.folderDir(t, user, folder)
	before := m.UIDValidity(t, user, folder)
	for range 50 {
		m.Kick(t, user)
		for _, pattern := range []string{"dovecot-uidlist", "dovecot.index*"} {
			files, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
					t.Fatalf("forget the UIDs of %s: %v", folder, err)
				}
			}
		}
		if m.UIDValidity(t, user, folder) != before {
			return
		}
		// A session that was being cut has written its view once more.
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("the UIDVALIDITY of %s of %s stays %d", folder, user, before)
}

// Kick cuts the sessions of a user; the server stays.
func (m *Mail) Kick(t testing.TB, user string) {
	t.Helper()
	// Exit status 68 is Dovecot's "no such session".
	if out, err := m.tryDoveadm(nil, "kick", user); err != nil && !strings.Contains(err.Error(), "exit status 68") {
		t.Fatalf("cut the sessions of %s: %v %s", user, err, out)
	}
}
