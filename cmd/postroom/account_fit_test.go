package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"postroom/internal/testserver"
)

// TestConnectAsksWhatDoesNotFit: a person's address is refused before a
// password is asked for, a mailbox full of private mail before anything is
// written, and --yes, or the address typed once more, says that it is right.
func TestConnectAsksWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	const berlin = "berlin@example.test"
	m := testserver.StartMail(t, anna, berlin, us, sales)
	m.Fill(t, berlin, "INBOX", 40, func(i int) testserver.Letter {
		from := "ben@example.test"
		if i%4 == 0 {
			from = fmt.Sprintf("c%d@shop.test", i)
		}
		return testserver.Letter{
			Raw:      fmt.Appendf(nil, "From: %s\r\nTo: %s\r\nSubject: lunch\r\nMessage-ID: <%d@x.test>\r\n\r\nyes\r\n", from, berlin, i),
			Received: time.Now().AddDate(0, 0, -2*i),
		}
	})
	d := newDesktop(t)
	d.must("inbox", "create", "team", "--shared")
	connect := func(address string, more ...string) []string {
		return append([]string{"account", "connect", address, "--inbox", "team", "--imap", m.IMAPS, "--smtp", m.SMTPS, "--ca", m.CAFile}, more...)
	}
	// There is no password yet: that it is not missed shows what comes first.
	d.refuses(exitConflict, "looks like the address of a person", connect(anna)...)
	d.refuses(exitUsage, "no time up to which mail is history", connect(berlin, "--cut-off", "soon")...)

	d.env["POSTROOM_PASSWORD"] = testserver.Password
	d.refuses(exitConflict, "of 40 mails from people 30 are from colleagues and 0 from others", connect(berlin)...)
	d.refuses(exitConflict, "with --yes", connect(berlin, "--json")...)
	if got := d.must("account", "list", "--json"); strings.TrimSpace(got) != "[]" {
		t.Fatalf("what nobody has confirmed is connected: %s", got)
	}
	got := d.must(connect(berlin, "--yes", "--preview", "--cut-off", "31d")...)
	for _, want := range []string{"dry run", "INBOX: 40 messages, 24 of them from before", "come in closed", "sends no mail"} {
		if !strings.Contains(got, want) {
			t.Errorf("the preview has no %q:\n%s", want, got)
		}
	}
	var f struct {
		Folders []folderForm `json:"folders"`
		Traffic trafficForm  `json:"traffic"`
		Logging *string      `json:"logging"`
		DryRun  bool         `json:"dry_run"`
	}
	if err := json.Unmarshal([]byte(d.must(connect(berlin, "--yes", "--preview", "--json")...)), &f); err != nil || !f.DryRun || f.Folders[0].Old != 25 || f.Traffic.Colleagues != 30 || f.Traffic.People != 11 || f.Logging != nil {
		t.Errorf("%+v, %v", f, err)
	}
	own := []string{"account", "connect", anna, "--new", "own", "--imap", m.IMAPS, "--smtp", m.SMTPS, "--ca", m.CAFile, "--preview"}
	if err := json.Unmarshal([]byte(d.must(append(own, "--json")...)), &f); err != nil || f.Logging == nil || *f.Logging != "automatic" {
		t.Errorf("what would be logged of one's own mail: %+v, %v", f, err)
	}
	if got := d.must(own...); !strings.Contains(got, "logged on contacts automatically") || !strings.Contains(got, "inbox set own logging=replies (or off)") {
		t.Errorf("the preview of one's own mailbox does not say what is logged:\n%s", got)
	}
	if got := d.must("account", "list", "--json"); strings.TrimSpace(got) != "[]" {
		t.Fatalf("a preview has connected: %s", got)
	}

	g := d.open(100, 30, connect(berlin)...)
	g.see("Type the address again").press("yes\r").see("say that it is right with --yes")
	g = d.open(100, 30, connect(berlin)...)
	g.see("Type the address again").press("Berlin@example.test\r").see("Connected " + berlin)
	<-g.ended
	d.must(connect(anna, "--yes")...)
	d.connectsToNew(t, m)
}

// connectsToNew makes an inbox with its mailbox: in one line of a script, and
// with a terminal that asks for everything.
func (d *desktop) connectsToNew(t *testing.T, m *testserver.Mail) {
	t.Helper()
	d.must("user", "add", "tom")
	servers := []string{"--imap", m.IMAPS, "--smtp", m.SMTPS, "--ca", m.CAFile}
	connect := func(words ...string) []string {
		return append(append([]string{"account", "connect"}, words...), servers...)
	}
	d.refuses(exitUsage, "--new NAME --shared", connect(sales)...)
	d.refuses(exitUsage, "is not a mail address", connect("a@"+sales, "--inbox", "team")...)
	d.refuses(exitUsage, "knows no sign-in provider", connect(sales, "--inbox", "team", "--oauth", "yahoo")...)
	d.refuses(exitUsage, "its domain", "oauth", "set", "microsoft", "--client-id", "x", "--tenant", "acme test")
	d.refuses(exitUsage, "address is missing", connect("--new", "sales")...)
	d.refuses(exitUsage, "Either --inbox", connect(sales, "--inbox", "team", "--new", "sales")...)
	d.refuses(exitUsage, "Add --shared", connect(sales, "--new", "sales", "--deputy", "tom")...)
	d.refuses(exitNotFound, "nobody-here", connect(sales, "--new", "sales", "--shared", "--deputy", "nobody-here")...)
	d.refuses(exitNotFound, "sales", "inbox", "show", "sales") // both or neither

	d.env["POSTROOM_PASSWORD"] = testserver.Password
	got := d.must(connect(sales, "--new", "sales", "--shared", "--access", "everyone", "--template", "sales", "--deputy", "tom", "--json")...)
	for _, want := range []string{`"made": {`, `"deputy": "tom"`, `"inbox": "sales"`, `"everyone"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if got := d.must("inbox", "get", "sales", "deputy"); strings.TrimSpace(got) != "tom" {
		t.Errorf("the deputy is %s", got)
	}

	delete(d.env, "POSTROOM_PASSWORD")
	g := d.open(160, 40, connect()...)
	g.see("Whose mail is it?").press("team\r").see("Which address is it?").press(us + "\r").see("Password for").press(testserver.Password + "\r")
	g.see("Into which inbox", "There are: sales, team").press("\r").see("Who works in it").press("everyone\r").see("become tickets").press("\r").see("Who looks after it").press("\r")
	g.see("while that one is away").press("tom\r").see("What is it for", "enter for support").press("\r")
	g.see(`Made the shared inbox "support"`, "Connected "+us+` to "support"`)
	<-g.ended
}
