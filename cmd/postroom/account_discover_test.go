package main

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"postroom/internal/testserver"
)

// TestDiscoverTellsAndConnectsNothing: the form for people and for programs.
func TestDiscoverTellsAndConnectsNothing(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	got := d.must("account", "discover", "maya@fastmail.com")
	for _, want := range []string{"from the settings of Fastmail that postroom knows", "imaps://imap.fastmail.com:993", "smtps://smtp.fastmail.com:465", "maya@fastmail.com", "app password"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	var f foundForm
	if err := json.Unmarshal([]byte(d.must("account", "discover", "a@gmx.net", "--json")), &f); err != nil || f.SMTP != "smtps://mail.gmx.net:465" || f.Source != "built-in" {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := os.Stat(d.env["POSTROOM_DB"]); err == nil {
		t.Error("it has made a desk")
	}
	d.refuses(exitNotFound, "nobody is asked", "account", "discover", us, "--no-lookup")
	d.refuses(exitUsage, "is not a mail address", "account", "discover", "maya")
	d.must("inbox", "create", "support", "--shared")
	d.refuses(exitUsage, "--smtp is missing", "account", "connect", us, "--inbox", "support", "--imap", "127.0.0.1:1")
	d.refuses(exitUsage, "--imap is missing", "account", "connect", us, "--inbox", "support", "--smtp", "127.0.0.1:1")
	d.refuses(exitNotFound, "nobody is asked", "account", "connect", us, "--inbox", "support", "--no-lookup")
}

// TestConnectFindsItsServers in the name server of the domain, on real servers;
// a server of a stranger is told and gets no password.
func TestConnectFindsItsServers(t *testing.T) {
	t.Parallel()
	m := testserver.StartMail(t, us)
	names := testserver.NewNames(t)
	d := newDesktop(t)
	d.env["POSTROOM_NO_LOOKUP"], d.env["POSTROOM_TEST_NAMES"], d.env["POSTROOM_PASSWORD"] = "", names.Addr, testserver.Password
	d.must("inbox", "create", "support", "--shared")
	connect := func(address string) (string, error) {
		cmd := exec.CommandContext(t.Context(), "astray", "account", "connect", address, "--inbox", "support", "--ca", m.CAFile)
		cmd.Env = d.command().Env
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for protocol, at := range map[string]string{"_imaps": m.IMAPS, "_submissions": m.SMTPS} {
		_, port, err := net.SplitHostPort(at)
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			t.Fatal(err)
		}
		names.Service(protocol+"._tcp.example.test", testserver.ServerName+".", uint16(n))
		names.Service(protocol+"._tcp.victim.test", testserver.ServerName+".", uint16(n))
	}
	out, err := connect("support@victim.test")
	if err == nil || !strings.Contains(out, "in another domain") || !strings.Contains(out, "--imap "+testserver.ServerName+":") {
		t.Errorf("%v\n%s", err, out)
	}
	if got := d.must("account", "list", "--json"); strings.TrimSpace(got) != "[]" {
		t.Errorf("a stranger's server is connected: %s", got)
	}
	out, err = connect(us)
	if err != nil || !strings.Contains(out, "from example.test's own settings in DNS") || !strings.Contains(out, "Connected "+us) {
		t.Errorf("%v\n%s", err, out)
	}
	if got := d.must("account", "list", "--json"); !strings.Contains(got, "imaps://"+testserver.ServerName) {
		t.Errorf("connected is %s", got)
	}
}

// TestTheFirstRunFindsServers as one would type them, with what there is to
// know about them.
func TestTheFirstRunFindsServers(t *testing.T) {
	t.Parallel()
	p := quietProgram(t)
	p.getenv = func(k string) string { return map[string]string{"POSTROOM_NO_LOOKUP": "1"}[k] }
	for address, want := range map[string][3]string{
		"a@icloud.com": {"imap.mail.me.com:993", "smtp.mail.me.com:587", "imap.mail.me.com is outside of icloud.com."},
		"a@proton.me":  {"imap+starttls://127.0.0.1:1143", "smtp+starttls://127.0.0.1:1025", "Proton Bridge has to run on this machine."},
	} {
		got, err := p.findServers(t.Context(), address)
		if err != nil || got.IMAP != want[0] || got.SMTP != want[1] || !strings.HasPrefix(got.Note, want[2]) {
			t.Errorf("%s: %+v, %v", address, got, err)
		}
	}
	if got, err := p.findServers(t.Context(), us); err == nil {
		t.Errorf("nobody was to be asked: %+v", got)
	}
}
