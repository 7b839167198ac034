package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"postroom/internal/crash"
	"postroom/internal/testserver"
)

// TestConvertThereAndBack switches an account between shared and personal while
// mail arrives on a real server and another process serves the account. Every
// mail is there once, and no audit misses any. The control connects the mailbox
// under another address, which brings all of it a second time.
func TestConvertThereAndBack(t *testing.T) {
	t.Parallel()
	m := testserver.StartMail(t, us, anna)
	d := newDesktop(t)
	d.furnish(m, us)
	d.must("user", "add", "ben")
	d.must("inbox", "member", "add", "support", "ben")
	var want []string
	deliver := func() string {
		name := fmt.Sprintf("mail %03d", len(want))
		want = append(want, name)
		m.Deliver(t, us, letterTo(us, strings.ReplaceAll(name, " ", "")+"@example.test", name))
		return name
	}
	for range 5 {
		deliver()
	}
	d.must("sync", "--once")
	serving := crash.Start(t, d.command("sync"))
	// Servers date mail in whole seconds, so what comes within the second of
	// the switch still is of the time before it.
	arriveIn := func(inbox string) {
		for range 100 {
			newest := deliver()
			crash.Await(t, "the newest mail", func() bool { return slices.Contains(d.subjects(""), newest) })
			if slices.Contains(d.subjects("inbox:"+inbox), newest) {
				return
			}
		}
		t.Fatalf("no mail comes into %s", inbox)
	}
	arriveIn("support")
	deliver()
	if got := d.must("account", "convert", us, "--to", "personal", "--preview"); !strings.Contains(got, `serves the inbox "root"`) {
		t.Errorf("without a name it is called by its owner, where support is taken: %s", got)
	}
	if got := d.must("account", "convert", us, "--to", "personal", "--inbox", "Mine"); !strings.Contains(got, "Ben no longer reads") {
		t.Errorf("convert says %s", got)
	}
	arriveIn("Mine")
	deliver()
	if got := d.must("account", "convert", us, "--to", "shared", "--inbox", "support"); !strings.Contains(got, "Ben will read") {
		t.Errorf("convert says %s", got)
	}
	arriveIn("support")
	d.must("account", "convert", us, "--to", "personal", "--inbox", "Mine")
	deliver()
	if got := d.must("undo"); !strings.Contains(got, `serves the shared inbox "support" again`) {
		t.Errorf("undo says %s", got)
	}
	arriveIn("support")
	serving.Kill()
	d.must("sync", "--once")

	if got := d.subjects(""); !slices.Equal(got, want) {
		t.Errorf("of the mails\n%q these are here:\n%q", want, got)
	}
	mine, support := d.subjects("inbox:Mine"), d.subjects("inbox:support")
	if len(mine) == 0 || len(mine)+len(support) != len(want) {
		t.Errorf("%d are in Mine and %d in support, of %d", len(mine), len(support), len(want))
	}
	if got := d.as("ben").subjects(""); !slices.Equal(got, support) {
		t.Errorf("ben reads\n%q of\n%q", got, support)
	}
	if code, inbox := d.audited(); code != exitDone || inbox.Missing != 0 || inbox.Extra != 0 || inbox.OnServer != len(want) {
		t.Errorf("the audit ended with %d: %+v", code, inbox)
	}
	d.must("inbox", "create", "other", "--shared")
	d.must("account", "connect", "other@example.test", "--username", us, "--inbox", "other", "--imap", m.IMAPS, "--smtp", m.SMTPS, "--ca", m.CAFile)
	d.must("sync", "--once")
	if got := d.subjects(""); len(got) != 2*len(want) {
		t.Errorf("the control: %d of %d mails were seen to come twice", len(got)-len(want), len(want))
	}
}

// subjects are those of all conversations the user finds, sorted.
func (d *desktop) subjects(query string) []string {
	d.t.Helper()
	var list []struct{ Subject string }
	args := []string{"search", "(is:open OR is:closed) " + query, "--limit", "200", "--json"}
	if err := json.Unmarshal([]byte(d.must(args...)), &list); err != nil {
		d.t.Fatal(err)
	}
	var subjects []string
	for _, c := range list {
		subjects = append(subjects, c.Subject)
	}
	slices.Sort(subjects)
	return subjects
}
