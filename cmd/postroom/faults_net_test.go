package main

import (
	"context"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"postroom/internal/crash"
	"postroom/internal/testserver"
)

// TestNetworkFaults: the way to the server goes wrong in the middle of the work.
// All that is here can be read and changed meanwhile.
func TestNetworkFaults(t *testing.T) {
	certificates := testserver.Certificates(t)
	for name, f := range map[string]struct {
		begin  func(*ward)
		banner []string
	}{
		"network gone":        {func(w *ward) { w.gate.Shut() }, []string{"Nothing answers at", "the connection is refused"}},
		"certificate expired": {func(w *ward) { w.gate.Pretend(&certificates.Expired) }, []string{"The certificate of", "expired"}},
		"certificate changed": {func(w *ward) { w.gate.Pretend(&certificates.Good) }, []string{"comes from an authority", "--ca FILE"}},
		"another name":        {func(w *ward) { w.gate.Pretend(&certificates.OtherName) }, []string{"is for another name", "other.example.test"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := admit(t, t.TempDir(), "postroom")
			f.begin(w)
			w.see(append(f.banner, w.user+" since ", "1 mailbox offline")...)
			w.lives()
			w.press("A").see("taken")
			w.deliver(t, "while nobody could fetch it")
			if f.banner[0] == "Nothing answers at" {
				w.gate.Open()
			} else {
				w.gate.Pretend(nil)
			}
			w.gone(w.user + " since ")
			w.see("mail connected", "Letter 4")
			w.whole()
		})
	}
}

// astray is the program with the name server of a test, since a test may not
// touch that of the machine.
func astray() {
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", os.Getenv("POSTROOM_TEST_NAMES"))
	}}
	main()
}

// TestNameFaults: the name of the server cannot be looked up any more.
func TestNameFaults(t *testing.T) {
	for name, f := range map[string]struct {
		begin func(*testserver.Names)
		says  string
	}{
		"no such name":   {(*testserver.Names).Forget, "There is no server called " + testserver.ServerName},
		"no name server": {(*testserver.Names).Fail, "The name " + testserver.ServerName + " cannot be looked up now"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := furnish(t, t.TempDir())
			names := testserver.NewNames(t)
			w.desk.env["POSTROOM_TEST_NAMES"] = names.Addr
			db := crash.Open(t, w.path)
			call := func(host string) {
				t.Helper()
				_, port, _ := strings.Cut(w.gate.Addr, ":")
				if _, err := db.ExecContext(t.Context(), "UPDATE accounts SET imap = ?", "imaps://"+net.JoinHostPort(host, port)); err != nil {
					t.Fatal(err)
				}
			}
			call(testserver.ServerName)
			w.start(t, "astray")
			f.begin(names)
			w.gate.Shut()
			w.gate.Open()
			w.see(f.says, w.user+" since ", "1 mailbox offline")
			w.lives()
			w.press("A").see("taken")
			w.deliver(t, "while nobody knew where")
			names.Know()
			w.gone(w.user + " since ")
			w.see("mail connected", "Letter 4")
			call("127.0.0.1") // for the audit, which asks the machine for names
			w.whole()
		})
	}
}

// TestPasswordFault: the password is another one now; who knows it signs in on
// the command line, and the screen goes on.
func TestPasswordFault(t *testing.T) {
	t.Parallel()
	w := admit(t, t.TempDir(), "postroom")
	w.desk.must("account", "reauth", w.user, "--password-command", "cat "+w.desk.write("password", testserver.Password))
	w.press("q")
	<-w.ended
	w.desk.write("password", "another")
	w.glass = w.desk.open(120, 30)
	w.see(w.user+" needs sign-in since ", "g , opens the settings")
	w.lives()
	w.press("A").see("taken")
	path := w.desk.write("new", testserver.Password)
	w.desk.must("account", "reauth", w.user, "--password-command", "cat "+path)
	w.gone("needs sign-in")
	w.see("mail connected")
	w.whole()
}

// skewed is the program with a clock that a file puts wrong, since a test may
// not touch that of the machine.
func skewed() {
	w := theWorld()
	w.clock = func() time.Time {
		by, err := os.ReadFile(os.Getenv("POSTROOM_TEST_SKEW"))
		if err != nil {
			return time.Now()
		}
		off, err := time.ParseDuration(strings.TrimSpace(string(by)))
		if err != nil {
			panic(err)
		}
		return time.Now().Add(off)
	}
	os.Exit(run(w))
}

// TestClockFaults: the clock of the machine jumps. A held mail leaves after its
// ten seconds, no more and no less; mail comes in; nothing is given up.
func TestClockFaults(t *testing.T) {
	for skew, words := range map[string]string{"8760h": "1 year ahead", "-8760h": "1 year back", "1h": "1 hour ahead", "-1h": "1 hour back"} {
		t.Run(skew, func(t *testing.T) {
			t.Parallel()
			w := admit(t, t.TempDir(), "skewed")
			w.press("r").see("Reply")
			w.press("It is on its way.").see("It is on its way.")
			w.press("\x1b").see("write on")
			w.press("s").see("leaves in", "take back")
			w.skew(skew)
			w.see("Since ", "The clock of this machine has jumped "+words, "Set it right")
			w.see("leaves in") // neither gone at once nor held for a year
			w.press("\x1b").see("All open")
			w.lives()
			if got := w.mail.Await(t, w.customer, "INBOX", 1); len(got) != 1 {
				t.Errorf("the customer got %d mails", len(got))
			}
			// The cursor has gone with the answered one to the end of the list; what
			// comes in above it would wait for a key.
			w.press("g").press("g")
			w.deliver(t, "with a wrong clock")
			w.see("Letter 4")
			w.skew("0s")
			w.gone("Since ", "has jumped")
			w.see("mail connected")
			w.whole()
		})
	}
}

// skew puts the clock of the program wrong, at one moment.
func (w *ward) skew(by string) {
	w.t.Helper()
	if err := os.Rename(w.desk.write("next skew", by), w.desk.env["POSTROOM_TEST_SKEW"]); err != nil {
		w.t.Fatal(err)
	}
}
