package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"postroom/internal/crash"
)

// What is promised here: a copy of the desk that was made while others wrote
// restores, and says so itself (promises P17).

// backups is how many copies are taken while another process writes: few in an
// ordinary run of the tests, POSTROOM_BACKUPS=50 in the long form.
func backups(t *testing.T) int {
	t.Helper()
	text := os.Getenv("POSTROOM_BACKUPS")
	if text == "" {
		return 2
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("POSTROOM_BACKUPS is %q, not a number of backups", text)
	}
	return n
}

// writing runs a process that brings mail in while somebody is in beside: it
// starts when begin is called, and stands still when rest returns. Each round
// takes the mail into an inbox of its own. A writer that never rests would make
// the desk larger and larger while a copy of it is looked at.
func writing(t *testing.T, d *desktop) (begin, rest func(), stop func() (rounds int)) {
	t.Helper()
	turn, ended, mails := make(chan bool), make(chan int), corpus(t, 15)
	go func() {
		rounds := 0
		defer func() { ended <- rounds }()
		for writes, open := false, true; open; {
			select {
			case writes, open = <-turn:
				continue
			default:
			}
			if !writes {
				writes, open = <-turn
				continue
			}
			name := fmt.Sprintf("round %d", rounds)
			for _, args := range [][]string{{"inbox", "create", name, "--shared"}, append([]string{"import", "--inbox", name}, mails...)} {
				if out, err := d.command(args...).CombinedOutput(); err != nil {
					t.Errorf("%v: %v\n%s", args, err, out)
					return
				}
			}
			rounds++
		}
	}()
	begin = func() { turn <- true }
	// It is taken between two rounds.
	rest = func() { turn <- false }
	return begin, rest, func() int { close(turn); return <-ended }
}

func TestBackupsWhileOthersWrite(t *testing.T) {
	t.Parallel()
	d := furnishAll(t)
	d.login = "root"
	begin, rest, stop := writing(t, d)
	var sizes []int
	for i := range backups(t) {
		file := filepath.Join(d.env["HOME"], fmt.Sprintf("copy%d.db", i))
		begin()
		var told copiedForm
		if err := json.Unmarshal([]byte(d.must("backup", file, "--json")), &told); err != nil {
			t.Fatal(err)
		}
		rest()
		restores(t, d, file, told)
		sizes = append(sizes, told.Mails)
	}
	if rounds := stop(); rounds == 0 || sizes[0] == 0 {
		t.Errorf("nothing was written beside the backups: %d rounds, mails %v", rounds, sizes)
	}
	t.Logf("%d backups restored, with %v mails", len(sizes), sizes)
}

// restores opens a copy as a desk, holds it to what the backup has told, and
// rebuilds it: it must come out as it was.
func restores(t *testing.T, d *desktop, file string, told copiedForm) {
	t.Helper()
	copied := dumpDesk(t, file)
	if n := len(copied["raws"]); n != told.Mails || len(told.Damaged) != 0 {
		t.Errorf("the copy has %d mails, told %+v", n, told)
	}
	restored := d.at(file)
	// Mail that was kept and not parsed when the copy was taken is picked up.
	if r := restored.run("sync", "--once"); !strings.Contains(r.err, "could not be read completely") {
		t.Errorf("nobody answers for the account, but sync says %+v", r)
	}
	whole := dumpDesk(t, file)
	if strings.Contains(strings.Join(whole["raws"], "\n"), "parsed=0") {
		t.Error("stored mail has no message")
	}
	if f := rebuilds(t, restored); f.Changed+f.Conversations+f.References != 0 || f.Messages != len(whole["messages"]) {
		t.Errorf("the copy is out of line: %+v", f)
	}
	asBefore(t, restored, whole)
}

// TestBackupTellsDamagedMail: the copy of a desk with a damaged mail is made,
// and nobody can take it for a whole one.
func TestBackupTellsDamagedMail(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.must("inbox", "create", "one", "--shared")
	for i := range 3 {
		d.must("import", "--inbox", "one", d.write("a.eml", letter(i, "From: a@b.test\nSubject: x", fmt.Sprint("text ", i))))
	}
	db := crash.Open(t, d.env["POSTROOM_DB"])
	if _, err := db.ExecContext(t.Context(), `UPDATE chunks SET data = zeroblob(30) WHERE id = 2 << 20`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(d.env["HOME"], "copy.db")
	r := d.run("backup", file, "--json")
	if r.code != exitFailed || !strings.Contains(r.err, "MAIL_DAMAGED") || !strings.Contains(r.out, `"mails": 2`) {
		t.Errorf("%d %s%s", r.code, r.out, r.err)
	}
	if n := len(dumpDesk(t, file)["messages"]); n != 3 {
		t.Errorf("the copy has %d messages", n)
	}
}

// TestBackupWithoutRoom: what could not be written to the end is not there.
func TestBackupWithoutRoom(t *testing.T) {
	t.Parallel()
	d := furnishAll(t)
	dir := filepath.Join(d.env["HOME"], "small")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	limited := func(blocks string) ([]byte, error) {
		cmd := d.command("backup", filepath.Join(dir, "copy.db"))
		sh := exec.CommandContext(t.Context(), "sh", "-c", "ulimit -f "+blocks+` && exec "$0" "$@"`, cmd.Path, "backup", filepath.Join(dir, "copy.db"), "--as", "root")
		sh.Env = cmd.Env
		return sh.CombinedOutput()
	}
	out, err := limited("500")
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	if err == nil || !strings.Contains(string(out), "could not be written to the end") || len(left) != 0 {
		t.Errorf("%v %s left %v", err, out, left)
	}
	// The control: with room the same command makes the copy.
	if out, err := limited("unlimited"); err != nil {
		t.Errorf("%v %s", err, out)
	}
}
