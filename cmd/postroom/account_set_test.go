package main

import (
	"regexp"
	"strings"
	"testing"

	"postroom/internal/testserver"
)

// An account whose server has another certificate or another place gets on
// without being connected anew; what does not work is not kept.
func TestAccountServers(t *testing.T) {
	t.Parallel()
	m := testserver.Shared(t)
	us := m.User(t)
	d := newDesktop(t)
	d.furnish(m, us)
	moved := testserver.NewGate(t, m.IMAPS)
	d.refuses(exitFailed, "postroom account set ADDRESS ca=FILE", "account", "set", us, "ca=")
	if said := d.must("account", "set", us, "imap="+moved.Addr, "--dry-run"); !strings.Contains(said, "imap=imaps://"+moved.Addr) {
		t.Errorf("the preview says %s", said)
	}
	if list := d.must("account", "list", "--json"); strings.Contains(list, moved.Addr) {
		t.Errorf("a preview or a failure was kept: %s", list)
	}
	d.must("account", "set", us, "imap="+moved.Addr)
	d.must("sync", "--once")
	moved.Shut()
	d.must("account", "set", us, "imap="+m.IMAPS, "username="+us, "ca="+m.CAFile)
	if got := d.run("account", "set", us, "username=nobody"); got.code == 0 || !strings.Contains(got.err, "Look at the user name you gave: nobody. Nothing was changed: it signs in as "+us) || strings.Contains(got.err, "reauth") {
		t.Errorf("a wrong user name: %d %s", got.code, got.err)
	}
	d.must("sync", "--once")
	if said := d.must("undo"); !strings.Contains(said, us+" connects to imaps://"+moved.Addr) {
		t.Errorf("undo says %s", said)
	}
	if list := d.must("account", "list", "--json"); !strings.Contains(list, moved.Addr) {
		t.Errorf("undo leaves %s", list)
	}
	for _, bad := range []string{"username=", "imap=::", "ca=/nowhere"} {
		if got := d.run("account", "set", us, bad); got.code == 0 {
			t.Errorf("account set %s works: %s", bad, got.out)
		}
	}
}

// The folders of a real server are listed, chosen and read.
func TestAccountFoldersAndSettings(t *testing.T) {
	t.Parallel()
	m := testserver.Shared(t)
	us := m.User(t)
	d := newDesktop(t)
	d.furnish(m, us)
	m.Append(t, us, "Orders", letterTo(us, "1@x.test", "order"))
	list := d.must("account", "folders", us)
	for _, want := range []string{"INBOX +inbox +open", "Orders +other +not read +1 +0", "Archive +archive +not read", "Junk +junk +spam"} {
		if !regexp.MustCompile(want).MatchString(list) {
			t.Errorf("there is no line %q in\n%s", want, list)
		}
	}
	got := d.must("account", "get", us)
	for _, want := range []string{`IMAP: +imaps://` + m.IMAPS, "SMTP: +smtps?://" + m.SMTPS, "Username: +" + us, "CA:\n[ >]*-----BEGIN CERTIFICATE", "Sign-in: +password", "Folders: +auto", "Write-back: +none"} {
		if !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("there is no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, testserver.Password) {
		t.Errorf("it tells the password:\n%s", got)
	}
	said := d.must("account", "set", us, "write-back=flags", "folders=INBOX,Orders,Old:closed", "cut-off=2026-01-31")
	if !strings.Contains(said, "write-back=flags cut-off=2026-01-31 folders=INBOX,Orders,Old:closed") {
		t.Errorf("it says %s", said)
	}
	for key, want := range map[string]string{"folders": "INBOX,Orders,Old:closed", "cut-off": "2026-01-31", "write-back": "flags"} {
		if got := d.must("account", "get", us, key); strings.TrimSpace(got) != want {
			t.Errorf("%s is %s", key, got)
		}
	}
	if got := d.must("account", "get", us, "write-back", "--json"); !strings.Contains(got, `"value": "flags"`) {
		t.Errorf("for programs it is %s", got)
	}
	d.refuses(exitUsage, "account get "+us, "account", "get", us, "colour")
	d.refuses(exitNotFound, "account list", "account", "get", "nobody@example.test")
	d.must("sync", "--once")
	list = d.must("account", "folders", us)
	for _, want := range []string{"Orders +other +open +1 +1", "Old +other +not on the server", "Junk +junk +not read"} {
		if !regexp.MustCompile(want).MatchString(list) {
			t.Errorf("there is no line %q in\n%s", want, list)
		}
	}
	for _, bad := range [][]string{{"write-back=all"}, {"folders=Sent"}, {"cut-off=2999-01-01"}, {"colour=red"}, {"folders=INBOX,INBOX"}} {
		if got := d.run(append([]string{"account", "set", us}, bad...)...); got.code != exitUsage {
			t.Errorf("account set %v ends with %d: %s", bad, got.code, got.err)
		}
	}
}
