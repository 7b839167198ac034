package main

import (
	"strings"
	"testing"
)

// TestAliases: an account gets further addresses, each of which has one holder,
// and who wants one that is held is told the command that frees it.
func TestAliases(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.must("inbox", "create", "support", "--shared")
	d.must("inbox", "create", "billing", "--shared")
	d.connectEmpty(t, "support", us)
	d.connectEmpty(t, "billing", "billing@example.test")

	if got := d.must("account", "alias", "add", us, "Help@example.test", "--dry-run"); !strings.Contains(got, "dry run") {
		t.Errorf("a rehearsal says %s", got)
	}
	d.must("account", "alias", "add", us, "Help@example.test")
	d.must("account", "alias", "add", us, "web@example.test", "--kind", "form")
	d.refuses(exitConflict, "postroom account alias remove Help@example.test", "account", "alias", "add", "billing@example.test", "help@EXAMPLE.test", "--kind", "send-as")
	d.refuses(exitConflict, "postroom account alias remove web@example.test", append(connectEmptyArgs("web@example.test"), "--inbox", "billing")...)
	d.refuses(exitUsage, "alias, send-as", "account", "alias", "add", us, "x@example.test", "--kind", "primary")
	d.refuses(exitNotFound, "account list", "account", "alias", "list", "nobody@example.test")
	d.refuses(exitConflict, "account disconnect", "account", "alias", "remove", us)

	got := d.must("account", "alias", "list", "SUPPORT@example.test")
	for _, want := range []string{us, "Help@example.test", "not verified", "web@example.test", "form"} {
		if !strings.Contains(got, want) {
			t.Errorf("the list lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "billing@") {
		t.Errorf("the list of one account has another's:\n%s", got)
	}
	d.must("account", "alias", "remove", "HELP@example.test")
	d.must("account", "alias", "add", "billing@example.test", "help@example.test")
}

// connectEmptyArgs are the words that would connect an address nobody answers
// for.
func connectEmptyArgs(address string) []string {
	return []string{"account", "connect", address, "--imap", "imap://127.0.0.1:1", "--smtp", "smtp://127.0.0.1:1", "--password-command", "echo x"}
}
