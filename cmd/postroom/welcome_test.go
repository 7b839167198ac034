package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postroom/internal/testserver"
)

// TestFirstRunLeadsToTheSampleMail: an empty desk begins with the choice, and
// the first choice is the demo.
func TestFirstRunLeadsToTheSampleMail(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.env["TMPDIR"] = t.TempDir()
	g := d.open(100, 30)
	g.see("Look around with sample mail", "Add my own inbox")
	g.press("\r").see("Maya Brandt", "longest waiting first")
	g.press("q")
	<-g.ended
	if left, err := os.ReadDir(d.env["TMPDIR"]); err != nil || len(left) > 0 {
		t.Errorf("%v: the demo has left %v", err, left)
	}
}

// TestFirstRunConnectsAMailbox on real servers, by keys alone, killed in the
// middle: what was said is there again, the password is not. The test mail goes
// the whole way.
func TestFirstRunConnectsAMailbox(t *testing.T) {
	t.Parallel()
	m := testserver.StartMail(t, us, anna)
	m.Deliver(t, us, letterTo(us, "one@example.test", "Where is my parcel"))
	d := newDesktop(t)
	g := d.open(100, 40)
	g.see("Add a team address").press("3").see("Which address is it?")
	g.press(us + "\t\r").see("Which servers have the mail of " + us)
	ca, err := filepath.Rel(d.env["HOME"], m.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	g.press(m.IMAPS+"\t"+m.SMTPS+"\t\t~/"+ca+"\t\r").see("How does "+us+" sign in?", "all kept")
	g.press("half-a-pass\t")
	if err := g.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = g.cmd.Wait() // killed is how it is to end
	<-g.ended

	g = d.open(100, 40)
	g.see("Add a team address").press("3").see("go on with "+us, "a team's mailbox")
	g.press("\t\r").see("How does "+us, "4 of 8")
	if strings.Contains(g.frame(), "***") {
		t.Errorf("there is a password:\n%s", g.frame())
	}
	g.press(testserver.Password + "\t\t\r").see("Into which inbox does its mail go?")
	g.press("\t\t\t\t\r").see("What is support for?", "(●) support")
	g.press("\t\r").see("become tickets?", "(●) no")
	g.press("\t\r").see("INBOX", "1 mail as work", "sends no mail")
	if got := d.must("account", "list", "--json"); strings.TrimSpace(got) != "[]" {
		t.Errorf("connected before it was agreed to:\n%s", got)
	}
	g.press("\t\r").see("Does a mail go out and come back?")
	g.press("\r").see("It went out and came back the whole way.")
	g.press("\r").see("sees, answers, assigns, configures", "Only one person can answer there yet")
	g.press("\r").see("Where is my parcel")
	g.press("q")
	<-g.ended
	d.in = ""
	if got := d.must("account", "list"); !strings.Contains(got, us) {
		t.Errorf("the accounts are\n%s", got)
	}
}

// TestTheWizardSignsInAtAProvider by a code, on a real one that the mail server
// asks, into an inbox that is there.
func TestTheWizardSignsInAtAProvider(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	d.must("oauth", "set", d.provider.Issuer, "--client-id", testserver.ClientID, "--public", "--scope", testserver.ReadScope)
	g := d.open(100, 40)
	g.see("All open").press(":").see("commands").press("connect a mailbox").see("> connect a mailbox").press("\r").see("Whose mail is it?")
	g.press("\t\r").see("Which address is it?")
	g.press(anna + "\t\r").see("Which servers have the mail of " + anna)
	g.press(d.mail.IMAPS+"\t"+d.mail.SMTPS+"\t\t"+d.mail.CAFile+"\t\r").see("Sign in", "by a code")
	g.press("2\t\t\r").see("The code to type there:")
	_, code, _ := strings.Cut(g.frame(), "The code to type there: ")
	code, _, _ = strings.Cut(code, " ")
	d.provider.ApproveDevice(t, code, anna)
	g.see("Into which inbox does its mail go?", "there already")
	g.press("2\t\r").see("Connect " + anna + " to Anna?")
	g.press("\t\r").see("Does a mail go out and come back?")
	g.press("\r").see("It went out and came back the whole way.")
	// An account that signs in there is in the way of forgetting the provider.
	d.refuses(exitConflict, "sign", "oauth", "remove", d.provider.Issuer)
}
