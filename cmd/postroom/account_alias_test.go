package main

import (
	"strings"
	"testing"

	"postroom/internal/testserver"
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
	for _, want := range []string{us, "Help@ex", "not verified", "form"} {
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

// TestAliasVerified: what comes back by a real mail server may be written from,
// and an answer to what was sent there leaves from it; an address that only
// somebody else gets, or that nobody has, is not.
func TestAliasVerified(t *testing.T) {
	t.Parallel()
	m := testserver.StartMail(t, us, anna, "bob@example.test")
	d := newDesktop(t)
	d.furnish(m, us)
	const alias = "support+press@example.test"
	d.must("account", "alias", "add", us, alias)
	d.must("account", "alias", "add", us, "nobody@example.test")
	d.must("account", "alias", "add", us, "bob@example.test")
	d.must("account", "alias", "add", us, "support+out@example.test", "--kind", "send-as")

	m.Deliver(t, us, letterTo(alias, "one@example.test", "For the press"))
	d.must("sync", "--once")
	d.in = "Here it is.\n"
	if got := d.must("reply", "1", "--dry-run", "--yes"); !strings.Contains(got, us) || strings.Contains(got, "From: \"Root\" <"+alias) {
		t.Errorf("before it is verified the answer is\n%s", got)
	}
	d.refuses(exitConflict, "account alias verify "+alias, "reply", "1", "--from", alias)

	if got := d.must("account", "alias", "verify", alias); !strings.Contains(got, "can be written from") {
		t.Errorf("verify says %s", got)
	}
	d.refuses(exitConflict, "already", "account", "alias", "verify", alias)
	if got := d.must("account", "alias", "verify", "support+out@example.test", "--json"); !strings.Contains(got, `"kind": "send-as"`) {
		t.Errorf("verify of send-as says %s", got)
	}
	// The controls: two the server does not let us send from.
	d.refuses(exitFailed, "not owned by user", "account", "alias", "verify", "nobody@example.test")
	d.refuses(exitFailed, "not owned by user", "account", "alias", "verify", "bob@example.test")
	if got := d.must("account", "alias", "list", "--json"); strings.Count(got, `"verified_at": null`) != 2 {
		t.Errorf("the addresses are %s", got)
	}

	d.must("reply", "1", "--yes")
	arrived := m.Messages(t, anna, "INBOX")
	last := string(arrived[len(arrived)-1].Raw)
	if !strings.Contains(last, "<"+alias+">") || strings.Contains(last, "<"+us+">") {
		t.Errorf("the answer is\n%s", last)
	}

	// Connected again it has them again, and says so. A file that is no authority
	// is refused before anybody is asked.
	d.must("account", "disconnect", us)
	again := []string{"account", "connect", us, "--inbox", "support", "--imap", m.IMAPS, "--smtp", m.SMTPS, "--ca"}
	d.write("no.pem", "nothing")
	delete(d.env, "POSTROOM_PASSWORD")
	d.refuses(exitUsage, "to trust holds none", append(again, "~/no.pem")...)
	d.env["POSTROOM_PASSWORD"] = testserver.Password
	if got := d.must(append(again, m.CAFile, "--dry-run")...); !strings.Contains(got, "It was connected before, until 20") {
		t.Errorf("the preview of connecting it again is\n%s", got)
	}
	if got := d.must(append(again, m.CAFile)...); !strings.Contains(got, "the mail it had by then stays where it came in") || !strings.Contains(got, "further addresses again: support+out@example.test, support+press@example.test.") {
		t.Errorf("connected again it says\n%s", got)
	}
}
