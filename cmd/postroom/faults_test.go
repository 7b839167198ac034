package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"postroom/internal/crash"
	"postroom/internal/testserver"
)

// ward is the real program on a terminal, with a mailbox behind a gate and a
// few mails, into which faults are put.
type ward struct {
	*glass
	desk *desktop
	mail *testserver.Mail
	// user has the mailbox, customer writes to it.
	user, customer string

	gate *testserver.Gate
	path string
	sent int
}

// furnish gives it a mailbox with three mails, and no program yet. dir is where
// the database lies.
func furnish(t *testing.T, dir string) *ward {
	t.Helper()
	return furnishAt(t, filepath.Join(dir, "postroom.db"))
}

// furnishAt is furnish for a database wherever it lies.
func furnishAt(t *testing.T, database string) *ward {
	t.Helper()
	m := testserver.Shared(t)
	w := &ward{desk: newDesktop(t), mail: m, user: m.User(t), customer: m.User(t), gate: testserver.NewGate(t, m.IMAPS)}
	w.path = database
	w.desk.env["POSTROOM_DB"] = w.path
	w.desk.env["POSTROOM_TEST_SKEW"] = w.desk.write("skew", "0s")
	w.desk.env["POSTROOM_PASSWORD"] = testserver.Password
	w.desk.must("inbox", "create", "Support", "--shared")
	w.desk.must("account", "connect", w.user, "--inbox", "Support", "--imap", w.gate.Addr, "--smtp", m.SMTPS, "--ca", m.CAFile)
	for range 3 {
		w.deliver(t, "few words")
	}
	return w
}

// admit starts the program named so on a furnished ward.
func admit(t *testing.T, dir, program string) *ward {
	t.Helper()
	return furnish(t, dir).start(t, program)
}

// start starts the program, and waits until it shows all there is.
func (w *ward) start(t *testing.T, program string) *ward {
	t.Helper()
	cmd := w.desk.command()
	cmd.Path, cmd.Args[0], cmd.Err = testPath(t, program), program, nil
	w.glass = lookAt(t, 120, 30, cmd)
	w.see("mail connected", "Letter 1", "Letter 2", "Letter 3")
	w.gone("Since ", w.user+" since ", "Not done") // the control of each: no fault, no banner
	return w
}

func testPath(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// deliver brings the next mail.
func (w *ward) deliver(t *testing.T, text string) {
	t.Helper()
	w.sent++
	w.mail.Deliver(t, w.user, fmt.Appendf(nil, "From: Ann <%s>\r\nTo: %s\r\nSubject: Letter %d\r\nDate: %s\r\nMessage-ID: <%d.%s>\r\n\r\n%s\r\n",
		w.customer, w.user, w.sent, time.Now().UTC().Format(time.RFC1123Z), w.sent, w.user, text))
}

// lives fails unless keys still move the selection: down and up again.
func (w *ward) lives() {
	w.t.Helper()
	at := func() int {
		for i, l := range strings.Split(w.frame(), "\n") {
			if strings.Contains(l, "▌") {
				return i
			}
		}
		return -1
	}
	before := at()
	w.press("j")
	w.until(func(string) bool { return at() != before }, "a selection that moves")
	w.press("k")
	w.until(func(string) bool { return at() == before }, "a selection that moves back")
}

// gone waits until the words are not on the screen any more.
func (w *ward) gone(words ...string) {
	w.t.Helper()
	w.until(func(frame string) bool {
		for _, word := range words {
			if strings.Contains(frame, word) {
				return false
			}
		}
		return true
	}, "an end of: "+strings.Join(words, ", "))
}

// whole fails unless all mails are there once, and the server has no others.
func (w *ward) whole() {
	w.t.Helper()
	w.deliver(w.desk.t, "after the fault")
	w.see(fmt.Sprintf("Letter %d", w.sent))
	w.press("q")
	<-w.ended
	var list []struct{ Subject string }
	if err := json.Unmarshal([]byte(w.desk.must("conversation", "list", "--json")), &list); err != nil {
		w.t.Fatal(err)
	}
	seen := map[string]int{}
	for _, c := range list {
		seen[c.Subject]++
	}
	if len(list) != w.sent || len(seen) != w.sent {
		w.t.Errorf("%d conversations about %d letters, want %d", len(list), len(seen), w.sent)
	}
	if r := w.desk.run("sync", "--audit"); r.code != exitDone {
		w.t.Errorf("the audit ended with %d: %s%s", r.code, r.out, r.err)
	}
}

// fault is something that goes wrong with the database, and what the banner is
// to say about it.
type fault struct {
	banner []string
	// begin breaks something and gives what mends it.
	begin func(*testing.T, *ward) (mend func())
	// trigger makes the program notice; taking a conversation if nil.
	trigger func(*testing.T, *ward)
}

func databaseFaults() map[string]fault {
	spoiled := func(errno string, calls ...string) func(*testing.T, *ward) func() {
		return func(t *testing.T, w *ward) func() {
			testserver.NeedTrace(t)
			return crash.Spoil(t, w.cmd.Process.Pid, errno, calls...)
		}
	}
	return map[string]fault{
		"fsync":     {banner: []string{"reports an error", "Look at the disk"}, begin: spoiled("EIO", "fsync", "fdatasync")},
		"read-only": {banner: []string{"reports an error", "Look at the disk"}, begin: spoiled("EROFS", "pwrite64")},
		"no space":  {banner: []string{"disk of the database is full", "Make room"}, begin: spoiled("ENOSPC", "pwrite64")},
		"locked":    {banner: []string{"holds the database"}, begin: locked},
		"deleted":   {banner: []string{"is not there any more", "Put it back"}, begin: deleted},
		"replaced":  {banner: []string{"Another file lies where", "start it again"}, begin: replaced},
		"damaged":   {banner: []string{"The database is damaged", "restore the last backup"}, begin: damaged, trigger: func(t *testing.T, w *ward) { w.deliver(t, "news") }},
		"limited":   {banner: []string{"reports an error"}, begin: limited},
		"nothing":   {},
	}
}

// TestDatabaseFaults: whatever is wrong with the database, the screen lives and
// says so in one place, nothing that failed looks done, and all is well by
// itself when the cause has gone.
func TestDatabaseFaults(t *testing.T) {
	for name, f := range databaseFaults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := admit(t, t.TempDir(), "postroom")
			if f.begin == nil { // the control: no fault, no banner
				w.press("A").see("taken")
				w.gone("Since ", "Not done")
				w.whole()
				return
			}
			mend := f.begin(t, w)
			if f.trigger != nil {
				f.trigger(t, w)
			} else {
				w.press("A")
			}
			w.see(append(f.banner, "Since ")...)
			w.lives()
			w.press("A").see("Not done")
			w.gone("taken")
			mend()
			w.gone(append(f.banner, "Since ", "Not done")...)
			w.press("A").see("taken")
			w.whole()
		})
	}
}

// TestFullDisk is a real one: mail that comes in finds no room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir, own := testserver.SmallDisk(t, "6m")
	if !own {
		return // said there; the errors themselves are tried above
	}
	w := admit(t, dir, "postroom")
	filler := filepath.Join(dir, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err = f.Write(make([]byte, 4096)); err != nil {
			break
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal("the disk does not become full:", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, 0, 300_000)
	for i := 0; len(noise) < cap(noise); i++ {
		noise = fmt.Appendf(noise, "%x\r\n", i*2654435761)
	}
	w.deliver(t, string(noise))
	w.see("Since ", "The disk of the database is full", "Make room")
	w.lives()
	w.press("A").see("Not done")
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	w.gone("Since ", "The disk of the database is full", "Not done")
	w.see(fmt.Sprintf("Letter %d", w.sent))
	w.press("A").see("taken")
	w.whole()
}

// TestDraftOutlivesAFault: what is being typed stays, and is stored afterwards.
func TestDraftOutlivesAFault(t *testing.T) {
	t.Parallel()
	w := admit(t, t.TempDir(), "postroom")
	mend := deleted(t, w)
	w.press("A").see("is not there any more")
	w.press("r")
	mend()
	w.gone("is not there any more")
	w.press("r").see("Reply")
	mend = deleted(t, w)
	w.press("It is on its way.").see("It is on its way.", "The draft is not saved")
	mend()
	w.gone("The draft is not saved", "is not there any more")
	w.see("It is on its way.")
	if err := w.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-w.ended
	again := w.desk.open(120, 30).see("Letter 3")
	again.press("r").see("It is on its way.")
}

func locked(t *testing.T, w *ward) func() {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+w.path)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err == nil {
		_, err = conn.ExecContext(t.Context(), "PRAGMA busy_timeout = 60000")
	}
	if err == nil {
		_, err = conn.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
			t.Error(err)
		}
		if err := errors.Join(conn.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	}
}

func deleted(t *testing.T, w *ward) func() {
	t.Helper()
	rename(t, w.path, w.path+".away")
	return func() { rename(t, w.path+".away", w.path) }
}

func replaced(t *testing.T, w *ward) func() {
	t.Helper()
	w.desk.must("backup", w.path+".copy")
	rename(t, w.path, w.path+".away")
	rename(t, w.path+".copy", w.path)
	return func() { rename(t, w.path+".away", w.path) }
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// damaged writes zeros over the root of the table of messages, from another
// process: who closes the file in this one takes SQLite's locks away.
func damaged(t *testing.T, w *ward) func() {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+w.path+"?_pragma=busy_timeout(60000)")
	if err != nil {
		t.Fatal(err)
	}
	var root, size, a, b, c int
	err = db.QueryRowContext(t.Context(), "SELECT rootpage FROM sqlite_schema WHERE name = 'messages'").Scan(&root)
	err = errors.Join(err, db.QueryRowContext(t.Context(), "PRAGMA page_size").Scan(&size))
	err = errors.Join(err, db.QueryRowContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&a, &b, &c))
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	dd := func(in []byte, args ...string) []byte {
		cmd := exec.CommandContext(t.Context(), "dd", append(args, fmt.Sprint("bs=", size), "count=1", "status=none")...)
		cmd.Stdin = bytes.NewReader(in)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	set := func(page []byte) { dd(page, "of="+w.path, fmt.Sprint("seek=", root-1), "conv=notrunc") }
	whole := dd(nil, "if="+w.path, fmt.Sprint("skip=", root-1))
	set(make([]byte, size))
	return func() { set(whole) }
}

// limited lets no file of the program grow any more, as ulimit does.
func limited(t *testing.T, w *ward) func() {
	t.Helper()
	info, err := os.Stat(w.path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	set := func(limit string) {
		out, err := exec.CommandContext(t.Context(), "prlimit", "--pid", fmt.Sprint(w.cmd.Process.Pid), "--fsize="+limit).CombinedOutput()
		if err != nil {
			t.Fatalf("prlimit: %v: %s", err, out)
		}
	}
	set(fmt.Sprint(info.Size(), ":unlimited"))
	return func() { set("unlimited:unlimited") }
}
