package connector

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"postroom/connector/compose"
	"postroom/desk"
	"postroom/internal/testserver"
)

// realAccount is an account on a real Dovecot and Postfix.
func realAccount(t *testing.T, mail *testserver.Mail, user string) desk.Account {
	t.Helper()
	ca, err := os.ReadFile(mail.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	return desk.Account{
		Address: user, IMAP: "imaps://" + mail.IMAPS, SMTP: "smtp+starttls://" + mail.Submission, CA: string(ca),
		Secret: []byte("sealed"), PlusAddressing: true,
	}
}

// copies is how many mails are in the Sent folder of a user.
func copies(t *testing.T, mail *testserver.Mail, user string) int {
	t.Helper()
	if !strings.Contains("\n"+mail.Doveadm(t, "mailbox", "list", "-u", user), "\nSent\n") {
		return 0
	}
	return len(mail.Messages(t, user, "Sent"))
}

func TestSentCopyIsMadeOnce(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	user := mail.User(t)
	o := sending(t, realAccount(t, mail, user))
	sent := o.queue(mail.User(t))
	if n, err := o.drain(); n != 1 || err != nil {
		t.Fatalf("%d sent, %v", n, err)
	}
	stored := mail.Messages(t, user, "Sent")
	if len(stored) != 1 || !strings.Contains(strings.Join(stored[0].Flags, " "), "\\Seen") {
		t.Fatalf("there are %d copies: %+v\n%s", len(stored), stored, o.log)
	}
	if got := o.row(sent.ID); string(stored[0].Raw) != string(got.Raw) {
		t.Errorf("the copy is\n%s\nnot\n%s", stored[0].Raw, got.Raw)
	}
	if due, err := o.room.NextDue(t.Context(), o.account.ID); err != nil || !due.IsZero() {
		t.Errorf("something is still due at %v, %v", due, err)
	}
	// The job again, as after a crash before it was removed.
	r := &round{Sender: o.sender, line: o.sender.line(o.account), lease: o.lease, account: o.account}
	defer r.close()
	if err := r.copySent(t.Context(), sent.ID); err != nil {
		t.Error(err)
	}
	if n := copies(t, mail, user); n != 1 {
		t.Errorf("there are %d copies after the job has run again", n)
	}
}

func TestSentCopyIsLeftToAProviderThatFiles(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	user := mail.User(t)
	a := realAccount(t, mail, user)
	a.FilesSent = true
	o := sending(t, a)
	o.queue(mail.User(t))
	if n, err := o.drain(); n != 1 || err != nil || copies(t, mail, user) != 0 {
		t.Errorf("%d sent, %v", n, err)
	}
}

// A provider files what it sends under a Message-ID of its own, with other
// bytes: no second copy is made there, and here it is the same mail.
func TestSentCopyOfAnotherMessageIDIsOurs(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	for _, v := range []struct {
		name, kept    string
		copies, mails int
	}{
		{"filed by the provider", desk.OwnIDField, 1, 1},
		{"control: another mail altogether", "X-Other", 2, 2},
	} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			user := mail.User(t)
			o := sending(t, realAccount(t, mail, user))
			o.queue(mail.User(t))
			out, found, err := o.room.ClaimOutgoing(t.Context(), o.lease)
			if err != nil || !found {
				t.Fatal(found, err)
			}
			raw, err := compose.Build(out, out.CreatedAt, compose.Options{})
			if err != nil {
				t.Fatal(err)
			}
			filed := strings.Replace(string(raw), "Message-ID: <"+out.HeaderID, "Message-ID: <changed."+out.HeaderID, 1)
			filed = strings.Replace(filed, desk.OwnIDField, v.kept, 1)
			if v.kept != desk.OwnIDField {
				filed = strings.Replace(filed, "Subject: ", "Subject: Another, ", 1)
			}
			mail.Append(t, user, "Sent", []byte(filed))
			if out, err = o.room.Submitting(t.Context(), o.lease, out, raw); err == nil {
				err = o.room.Settle(t.Context(), o.lease, out, desk.Settled{State: desk.Accepted})
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := o.drain(); err != nil {
				t.Fatal(err)
			}
			if n := copies(t, mail, user); n != v.copies {
				t.Errorf("there are %d copies, want %d", n, v.copies)
			}
			if err := o.room.Release(t.Context(), o.lease); err != nil {
				t.Fatal(err)
			}
			c := New(Options{Desk: o.desk, Password: func(context.Context, desk.Account) (string, error) { return testserver.Password, nil }})
			if list, err := c.Sync(soon(t, time.Minute)); err != nil || list[0].Err != nil {
				t.Fatal(list, err)
			}
			page, err := o.seat.List(t.Context(), desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByNewest}, desk.Window{Limit: 10})
			closed, err2 := o.seat.List(t.Context(), desk.View{Place: desk.InClosed, Assigned: desk.Anybody, Sort: desk.ByNewest}, desk.Window{Limit: 10})
			if err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
			n := 0
			for _, row := range append(page.Rows, closed.Rows...) {
				n += row.Messages
			}
			if n != v.mails {
				t.Errorf("%d mails are here, want %d", n, v.mails)
			}
		})
	}
}

// The server has done what it was asked, but the connection breaks before it
// can say so: at each command of the job.
func TestSentCopyIsMadeOnceWhereverTheConnectionBreaks(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	for _, verb := range []string{"APPEND", halfAppend, "UID SEARCH", "EXAMINE", "LIST"} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			user := mail.User(t)
			proxy := newCutter(t, mail.PlainIMAP, verb, 2)
			a := realAccount(t, mail, user)
			a.IMAP = "imap://" + proxy.address
			o := sending(t, a)
			o.queue(mail.User(t))
			for range 6 {
				if _, err := o.drain(); err != nil {
					t.Fatal(err)
				}
				o.pass(time.Hour)
			}
			if due, err := o.room.NextDue(t.Context(), o.account.ID); err != nil || !due.IsZero() {
				t.Errorf("the job still waits for %v, %v\n%s", due, err, o.log)
			}
			if n := copies(t, mail, user); n != 1 || proxy.done() == 0 {
				t.Errorf("there are %d copies after %d cuts", n, proxy.done())
			}
		})
	}
	t.Run("control", func(t *testing.T) {
		t.Parallel()
		user := mail.User(t)
		proxy := newCutter(t, mail.PlainIMAP, "APPEND", 2)
		a := realAccount(t, mail, user)
		a.IMAP = "imap://" + proxy.address
		for range 3 {
			s, err := openSession(t.Context(), desk.Account{Address: user, Username: user, IMAP: a.IMAP}, testserver.Password, patient())
			if err != nil {
				t.Fatal(err)
			}
			folder, err := s.folderFor(desk.RoleSent, true)
			if err == nil {
				err = s.appendSeen(folder, desk.Outgoing{Raw: []byte("Message-ID: <a@b>\r\n\r\nx\r\n"), UpdatedAt: time.Now()})
			}
			s.close()
			if err == nil {
				break
			}
		}
		if n := copies(t, mail, user); n < 2 {
			t.Errorf("without a look there are %d copies: this test shows nothing", n)
		}
	})
}

// A mail in doubt is settled by its copy, not before the time, and only then.
func TestEvidenceSettlesAMailInDoubt(t *testing.T) {
	t.Parallel()
	mail := testserver.Shared(t)
	user := mail.User(t)
	lost := script(t, testserver.SMTP{}.Until("DATA"), testserver.Say("354 go"), testserver.ExpectData(), testserver.Hangup())
	a := realAccount(t, mail, user)
	a.SMTP, a.FilesSent = "smtp://"+lost.Address, true
	o := sending(t, a)
	arrived, vanished := o.queue("ben@customer.test"), o.queue("carl@customer.test")
	if sent, _ := o.drain(); sent != 0 {
		t.Fatal("a lost answer counts as sent")
	}
	raw := o.want(arrived.ID, desk.InDoubt, "").Raw
	o.want(vanished.ID, desk.InDoubt, "")
	mail.Append(t, user, "Sent", raw)
	next, err := o.sender.Evidence(t.Context(), o.lease, o.account)
	if wait := next.Sub(o.desk.Now()); err != nil || wait < 11*time.Minute || wait > 12*time.Minute {
		t.Errorf("it is looked for in %v, %v", wait, err)
	}
	o.want(arrived.ID, desk.InDoubt, "")
	o.pass(13 * time.Minute)
	next, err = o.sender.Evidence(t.Context(), o.lease, o.account)
	if err != nil || !next.After(o.desk.Now()) {
		t.Errorf("the other one is looked for at %v, %v", next, err)
	}
	got := o.want(arrived.ID, desk.Accepted, "found in Sent")
	if string(got.Raw) != string(raw) {
		t.Error("its bytes are lost")
	}
	for range 20 {
		o.pass(6 * time.Hour)
		if next, err = o.sender.Evidence(t.Context(), o.lease, o.account); err != nil {
			t.Fatal(err)
		}
	}
	if !next.IsZero() {
		t.Errorf("it is looked for for ever: %v", next)
	}
	o.want(vanished.ID, desk.InDoubt, "")
	if lost.Sessions() != 2 {
		t.Errorf("%d connections to the SMTP server", lost.Sessions())
	}
}

// cutter stands between a client and an IMAP server and breaks the connection
// where the server says that a command is done.
type cutter struct {
	address, upstream, verb string

	mu   sync.Mutex
	left int
	cut  int
}

// halfAppend cuts in the middle of the mail, before the server has all of it.
const halfAppend = "half of APPEND"

// newCutter cuts the first so many answers to commands with this verb.
func newCutter(t *testing.T, upstream, verb string, times int) *cutter {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{address: l.Addr().String(), upstream: upstream, verb: verb, left: times}
	var all sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); all.Wait() })
	all.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { c.serve(client) })
		}
	})
	return c
}

func (c *cutter) done() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cut
}

func (c *cutter) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", c.upstream)
	if err != nil {
		return
	}
	defer server.Close()
	var mu sync.Mutex
	tags := map[string]bool{} // of the commands to cut
	go func() {
		defer server.Close()
		in := bufio.NewReader(client)
		appended := 0
		for {
			line, err := in.ReadString('\n')
			if c.verb == halfAppend && (appended > 0 || strings.Contains(line, " APPEND ")) {
				if appended++; appended == 10 && c.take() {
					_ = client.Close()
					return
				}
			}
			if tag, command, ok := strings.Cut(line, " "); ok && strings.HasPrefix(command, c.verb) {
				mu.Lock()
				tags[tag] = true
				mu.Unlock()
			}
			if _, failed := io.WriteString(server, line); err != nil || failed != nil {
				return
			}
		}
	}()
	in := bufio.NewReader(server)
	for {
		line, err := in.ReadString('\n')
		tag, _, _ := strings.Cut(line, " ")
		mu.Lock()
		hit := tags[tag]
		mu.Unlock()
		if hit && c.take() {
			return
		}
		if _, failed := io.WriteString(client, line); err != nil || failed != nil {
			return
		}
	}
}

func (c *cutter) take() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left == 0 {
		return false
	}
	c.left--
	c.cut++
	return true
}
