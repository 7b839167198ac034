package main

import (
	"bytes"
	"errors"
	"fmt"
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
