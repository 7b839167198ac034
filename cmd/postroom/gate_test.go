package main

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"postroom/internal/crash"
)

// What is promised here: an older program cannot hurt a newer database
// (promises P19). It says which version is needed and changes no byte.

// bytesOf are the hashes of a database and of the log beside it, read while
// nobody has them open.
func bytesOf(t *testing.T, path string) [2][32]byte {
	t.Helper()
	var sums [2][32]byte
	for i, name := range []string{path, path + "-wal"} {
		b, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		sums[i] = sha256.Sum256(b)
	}
	return sums
}

// needsNoDesk are the commands that open none.
func needsNoDesk() []string {
	return []string{"help", "version", "parse", "demo", "rule template", "sla due", "sla elapsed", "account discover", "completion bash", "completion fish", "completion powershell", "completion zsh"}
}

func TestNewerDatabaseIsLeftAlone(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.must("inbox", "create", "one", "--shared")
	path := d.env["POSTROOM_DB"]
	db := crash.Open(t, path)
	for _, s := range []string{
		`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, 1)`, `UPDATE gate SET needs = 'v9.8.7'`,
	} {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	// A crash has left a log: the newest state is only in there.
	newest := d.env["HOME"] + "/newest.db"
	for _, end := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + end)
		if err != nil || len(b) == 0 {
			t.Fatal(end, err)
		}
		if err := os.WriteFile(newest+end, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, database := range []string{path, newest} {
		newerDatabaseIsLeftAlone(t, d.at(database))
	}
}

func newerDatabaseIsLeftAlone(t *testing.T, d *desktop) {
	t.Helper()
	before := bytesOf(t, d.env["POSTROOM_DB"])
	tries := intrusions(d, "one", "batch")
	tried := 0
	for _, c := range leaves(quietProgram(t).tree()) {
		name := strings.TrimPrefix(c.CommandPath(), "postroom ")
		if slices.Contains(needsNoDesk(), name) || name == "postroom" {
			continue
		}
		r := d.run(tries[name][0]...)
		if r.code != exitFailed || !strings.Contains(r.err, "needs postroom v9.8.7 or newer") || !strings.Contains(r.err, "Install postroom v9.8.7 or newer.") {
			t.Errorf("%v: %+v", tries[name][0], r)
		}
		tried++
	}
	g := lookAt(t, 200, 24, d.command()).see("needs postroom v9.8.7 or newer")
	if err := g.cmd.Wait(); err == nil || g.cmd.ProcessState.ExitCode() != exitFailed {
		t.Errorf("the screen ends with %v", err)
	}
	if bytesOf(t, d.env["POSTROOM_DB"]) != before || tried < 25 {
		t.Errorf("%d commands have changed a newer database", tried)
	}
	// The control: what may be changed is changed.
	if _, err := crash.Open(t, d.env["POSTROOM_DB"]).ExecContext(t.Context(), `DELETE FROM goose_db_version WHERE version_id = 9000`); err != nil {
		t.Fatal(err)
	}
	if r := d.run("user", "add", "tom"); r.code != exitDone || bytesOf(t, d.env["POSTROOM_DB"]) == before {
		t.Errorf("%+v", r)
	}
}
