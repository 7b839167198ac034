package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"

	"postroom/desk"
	"postroom/internal/testserver"
)

// sickMemory is the most memory a process may ever have had (promises P10).
const sickMemory = 200 << 20

// TestSickServersFillNoMemory runs the program as users do against every sick
// server at once, those it reads from and those it sends through, until all have
// done their worst.
func TestSickServersFillNoMemory(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.must("inbox", "create", "support", "--shared")
	var ward []interface{ Played() int }
	for i, trouble := range testserver.Troubles() {
		if trouble.At == "NONE" {
			continue
		}
		server := testserver.StartSick(t, trouble)
		ward = append(ward, server)
		connectUntried(t, d, "support", desk.Account{Address: fmt.Sprintf("sick%02d@example.test", i), IMAP: server.URL(), CA: readFile(t, server.CAFile)})
	}
	for _, server := range sickSubmission(t, d) {
		ward = append(ward, server)
	}
	cmd := d.command("sync")
	cmd.Path = plain(t)
	peak := peakMemory(t, cmd, func() bool {
		return !slices.ContainsFunc(ward, func(s interface{ Played() int }) bool { return s.Played() == 0 })
	})
	t.Logf("%d sick servers at once: at most %d MB", len(ward), peak>>20)
	if peak > sickMemory {
		t.Errorf("the program had %d MB", peak>>20)
	}
}

// sickSubmission connects an account to each sick submission server and queues a
// mail there. What they read has no mail.
func sickSubmission(t *testing.T, d *desktop) []*testserver.SickSMTP {
	t.Helper()
	empty := testserver.Script(t, nil, testserver.Say("* OK ready"), testserver.IMAP{}.Until("LOGOUT"))
	var ward []*testserver.SickSMTP
	for i, trouble := range testserver.SMTPTroubles() {
		server := testserver.StartSickSMTP(t, trouble)
		ward = append(ward, server)
		inbox := fmt.Sprint("out", i)
		d.must("inbox", "create", inbox, "--shared")
		connectUntried(t, d, inbox, desk.Account{
			Address: fmt.Sprintf("out%02d@example.test", i), IMAP: "imap://" + empty.Address, SMTP: server.URL(), CA: readFile(t, server.CAFile), FilesSent: true,
		})
		d.in = "It is on its way."
		d.must("compose", "--inbox", inbox, "--to", "ann@customer.test", "--to", testserver.SickRecipient, "--subject", "Your parcel", "--queue")
	}
	return ward
}

// TestSickServersFillNoMemoryControl lets a program without limits read a part
// of what one of those servers says. It must be caught.
func TestSickServersFillNoMemoryControl(t *testing.T) {
	t.Parallel()
	const part = 100 << 20
	done := make(chan struct{})
	server := testserver.Script(t, nil, testserver.Say("* OK ready"), testserver.IMAP{}.Until("LIST"), testserver.Write(`* LIST () "/" "`), testserver.Flood("x", part),
		func(*testserver.Session) error { close(done); return nil }, testserver.Hang())
	peak := peakMemory(t, exec.CommandContext(t.Context(), "naivelist", server.Address), func() bool {
		select {
		case <-done:
			return true
		default:
			return false
		}
	})
	t.Logf("a program without limits: %d MB for %d MB of a name", peak>>20, part>>20)
	if peak < sickMemory {
		t.Error("a program without limits passes: the test measures nothing")
	}
}

// naiveList is the control: it lists the folders of a server.
func naiveList() {
	c, err := imapclient.DialInsecure(os.Args[1], nil)
	if err == nil {
		err = c.Login("anna", testserver.Password).Wait()
	}
	if err == nil {
		_, err = c.List("", "*", nil).Collect()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// peakMemory runs a program until enough has happened, and gives the most
// memory it ever had.
func peakMemory(t *testing.T, cmd *exec.Cmd, enough func() bool) int64 {
	t.Helper()
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	limit := time.After(patience)
	for !enough() {
		select {
		case err := <-ended:
			t.Fatalf("%s has ended: %v\n%s", cmd, err, &said)
		case <-limit:
			t.Errorf("%s has not met everything", cmd)
			_ = cmd.Process.Kill() // so that the next look ends it
		case <-time.After(20 * time.Millisecond):
		}
	}
	peak, err := field(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid), "VmHWM:")
	if err != nil {
		t.Fatal(err)
	}
	_ = cmd.Process.Kill() // that is how it is to end
	if err := <-ended; err == nil {
		t.Errorf("%s was not killed", cmd)
	}
	return peak << 10
}

// connectUntried connects an account without asking its servers first.
func connectUntried(t *testing.T, d *desktop, inbox string, a desk.Account) desk.AccountID {
	t.Helper()
	p := newProgram(world{
		getenv: func(k string) string { return d.env[k] }, in: strings.NewReader(""), out: &bytes.Buffer{}, err: &bytes.Buffer{},
		login: func() (string, error) { return d.login, nil }, clock: time.Now,
	})
	h, err := p.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a.Username, a.PasswordCommand = a.Address, "echo "+testserver.Password
	if a.SMTP == "" {
		a.SMTP = "smtp://127.0.0.1:1"
	}
	a, err = h.seat.Connect(t.Context(), inbox, a)
	if err := errors.Join(err, h.close()); err != nil {
		t.Fatal(err)
	}
	return a.ID
}

// readFile is the text of a file; none has no text.
func readFile(t *testing.T, name string) string {
	t.Helper()
	if name == "" {
		return ""
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// largeMemory is the most memory a process may ever have had while the largest
// honest mails come in (promises P9).
const largeMemory = 300 << 20

// TestSickServersFillNoMemoryWithLargeMail lets six accounts fetch at once mails
// as large as are stored whole. All of them in memory would be too much.
func TestSickServersFillNoMemoryWithLargeMail(t *testing.T) {
	const accounts, size = 6, 63 << 20
	users, attached := make([]string, accounts), noise(size)
	for i := range users {
		users[i] = fmt.Sprintf("large%d@example.test", i)
	}
	m := testserver.Start(t, testserver.Options{Users: users})
	sink := testserver.StartSink(t, nil)
	d := newDesktop(t)
	d.env["POSTROOM_PASSWORD"] = testserver.Password
	for i, user := range users {
		m.Fill(t, user, "INBOX", 1, func(int) testserver.Letter { return testserver.Letter{Raw: largeMail(user, i, attached)} })
		inbox := fmt.Sprint("inbox", i)
		d.must("inbox", "create", inbox, "--shared")
		d.must("account", "connect", user, "--inbox", inbox, "--imap", "imap://"+m.PlainIMAP, "--smtp", "smtp://"+sink.Address)
	}
	cmd := d.command("sync")
	cmd.Path = plain(t)
	peak := peakMemory(t, cmd, func() bool {
		var list []struct{ Subject string }
		if err := json.Unmarshal([]byte(d.must("conversation", "list", "--json")), &list); err != nil {
			t.Fatal(err)
		}
		return len(list) == accounts
	})
	t.Logf("%d mails of %d MB for as many accounts: at most %d MB", accounts, size>>20, peak>>20)
	if accounts*size < largeMemory {
		t.Error("all of them together are not too much: the test shows nothing")
	}
	if peak > largeMemory {
		t.Errorf("the program had %d MB", peak>>20)
	}
}

// largeMail is a mail with an attachment.
func largeMail(to string, n int, attached []byte) []byte {
	head := fmt.Sprintf("From: Ann <ann@customer.test>\r\nTo: %s\r\nSubject: Large %d\r\nDate: %s\r\nMessage-ID: <large%d@customer.test>\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee what is attached.\r\n--b\r\nContent-Type: application/octet-stream; name=large.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n",
		to, n, time.Now().UTC().Format(time.RFC1123Z), n)
	return slices.Concat([]byte(head), attached, []byte("--b--\r\n"))
}

// noise is base64 that no compression makes small, in lines.
func noise(size int) []byte {
	source, line := rand.NewPCG(1, 1), make([]byte, 57)
	var b bytes.Buffer
	for b.Len() < size {
		for i := range line {
			line[i] = byte(source.Uint64())
		}
		b.WriteString(base64.StdEncoding.EncodeToString(line) + "\r\n")
	}
	return b.Bytes()
}
