package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

// TestKeyThatIsElsewhere: at another home the key of a desk is missing. Who is
// about to type a password there is told so, before any server is asked; and
// when it is lost, one command names what has to be signed in again.
func TestKeyThatIsElsewhere(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.must("inbox", "create", "two", "--shared")
	seal(t, d, "secret")
	connect := []string{"account", "connect", "new@desk.test", "--inbox", "two", "--imap", "imap://127.0.0.1:1", "--smtp", "smtp://127.0.0.1:1"}
	d.env["POSTROOM_PASSWORD"] = "typed"
	// The control: with the key the server is asked.
	d.refuses(exitFailed, "127.0.0.1", connect...)
	d.refuses(exitConflict, "is not lost", "key", "new")

	d.in = "hunter2"
	d.must("oauth", "set", "microsoft", "--client-id", "x", "--secret-file", "-")
	if got := d.must("oauth", "list"); !strings.Contains(got, "with a secret") || strings.Contains(got, "unreadable") {
		t.Errorf("with the key it lists %s", got)
	}
	d.copiesKey(t)
	d.env["XDG_STATE_HOME"] = t.TempDir()
	if got := d.must("oauth", "list"); !strings.Contains(got, "secret unreadable") || !strings.Contains(got, "POSTROOM_KEY_FILE") {
		t.Errorf("without it, it lists %s", got)
	}
	d.refuses(exitFailed, d.env["XDG_STATE_HOME"], connect...)
	d.refuses(exitFailed, "postroom key export", "account", "reauth", "sealed@desk.test")
	d.in = "client secret"
	d.refuses(exitFailed, "POSTROOM_KEY_FILE", "oauth", "set", "google", "--client-id", "x", "--secret-file", "-")
	d.must("user", "add", "tom")
	d.as("tom").refuses(exitNotAllowed, "admin", "key", "new")
	if got := d.must("key", "new", "--dry-run"); !strings.Contains(got, "postroom account reauth sealed@desk.test") {
		t.Errorf("a rehearsal says %s", got)
	}
	d.refuses(exitFailed, "is missing", connect...)
	if got := d.must("key", "new"); !strings.Contains(got, "postroom oauth set microsoft --client-id ID") {
		t.Errorf("a new key says %s", got)
	}
	if got := d.must("oauth", "list", "--json"); !strings.Contains(got, "postroom oauth set microsoft --client-id x") {
		t.Errorf("with the new key it lists %s", got)
	}
	d.foreignKey(t)
	if got := d.must("account", "list"); !strings.Contains(got, "needs sign-in") {
		t.Errorf("the accounts are %s", got)
	}
	if got := d.must("journal", "--kind", "key begun"); !strings.Contains(got, "Root") {
		t.Errorf("the journal says %s", got)
	}
	d.refuses(exitFailed, "127.0.0.1", connect...)
}

// copiesKey saves the key, tries the copy on what the key itself has sealed, and
// looks whether the journal knows.
func (d *desktop) copiesKey(t *testing.T) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "copy.key")
	d.must("key", "export", file)
	d.refuses(exitConflict, "is there already", "key", "export", file)
	d.refuses(exitUsage, "is no name of a file", "key", "export", "~/postroom.key")
	d.refuses(exitUsage, "is no name of a file", "key", "export", "")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy is %v, %v", info, err)
	}
	saved, err := os.ReadFile(file)
	if err != nil || string(saved) != d.must("key", "export") {
		t.Errorf("it holds another key than the one that is shown: %v", err)
	}
	d.env["POSTROOM_KEY_FILE"] = file
	if got := d.must("oauth", "list"); strings.Contains(got, "unreadable") {
		t.Errorf("with the copy it lists %s", got)
	}
	delete(d.env, "POSTROOM_KEY_FILE")
	if got := d.must("journal", "--kind", "key copied"); !strings.Contains(got, "shown") || strings.Count(got, "key copied") != 2 {
		t.Errorf("the journal says %s", got)
	}
}

// foreignKey looks what the doctor says while another key lies in the place of
// the desk's.
func (d *desktop) foreignKey(t *testing.T) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "own.key")
	d.must("key", "export", file)
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "other.key")
	if err := os.WriteFile(other, []byte(identity.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	d.env["POSTROOM_KEY_FILE"] = other
	d.refuses(exitFailed, "holds another one", "key", "export")
	d.env["POSTROOM_KEY_FILE"] = file
	d.must("key", "export")
	delete(d.env, "POSTROOM_KEY_FILE")
}
