//go:build !race

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"postroom/internal/crash"
	"postroom/internal/testserver"
)

// What is promised here: there is no place inside an operation where a crash,
// or a disk that says no, leaves half of something or does it twice (promises
// P3, P4). The program runs under strace, which kills it at one system call, or
// lets that call fail. Then it runs once more, and the desk must be what it is
// when nothing happens.

// crashOp is one operation of the program.
type crashOp struct {
	name string
	// desk is a desk ready for it; each point works on a copy.
	desk *desktop
	args []string
	// end is what decides whether two desks have come to the same end.
	end []string
	// begin is called before each point.
	begin func()
	// wrong looks at what rows do not show.
	wrong func(t *testing.T, d *desktop) []string
	// unmade is set where the tables may not be there yet.
	unmade bool
	// refusal is set where doing it once more may be refused as done.
	refusal bool
}

// ends are the queries for what came in.
func ends() []string {
	return []string{
		"SELECT hex(sha256), parsed, inbox FROM raws",
		`SELECT hex(r.sha256), m.message_id, m.subject, m.direction, c.subject, c.messages, c.status, c.assignee
			FROM messages m JOIN raws r ON r.id = m.raw JOIN conversations c ON c.id = m.conversation`,
		"SELECT l.uid, hex(r.sha256), l.gone_at < 0 FROM ledger l JOIN raws r ON r.id = l.raw",
		"SELECT kind, count(*) FROM events WHERE kind IN ('message received', 'assigned') GROUP BY kind",
		"SELECT who, open, owed, closed, spam FROM tallies",
		"SELECT address, messages FROM participants",
		"SELECT count(*) FROM search WHERE search MATCH 'matter'",
	}
}

// TestCrashPoints kills the program at system calls of each operation.
func TestCrashPoints(t *testing.T) {
	testserver.NeedTrace(t)
	r, ops := &crashRuns{program: plain(t), points: map[string]bool{}}, crashOps(t)
	killed := func(call string, n int) []crash.Fault { return []crash.Fault{{Call: call, At: n}} }
	r.all(t, ops, crash.Count(20, 500), killed)
	control := naivePoints(t, crash.Count(12, 40), killed)
	if control == 0 {
		t.Error("the naive program is never left with half a mail: the points do not hit")
	}
	crash.Report(t, "%d kills at %d different system calls of %s: %d bad; the naive program was bad %d times",
		r.hits, len(r.points), opNames(ops), r.bad, control)
}

// TestCrashFaults lets syncing and writing fail instead. An fsync that fails
// leaves the outcome of the commit unknown: it may be there after all.
func TestCrashFaults(t *testing.T) {
	testserver.NeedTrace(t)
	r, ops := &crashRuns{program: plain(t), points: map[string]bool{}}, crashOps(t)
	r.all(t, ops, crash.Count(15, 150), diskFaults)
	control := naivePoints(t, crash.Count(12, 40), diskFaults)
	if control == 0 {
		t.Error("the naive program doubles nothing: the faults do not hit")
	}
	crash.Report(t, "%d times EIO at fsync or ENOSPC at pwrite64 at %d different system calls of %s: %d bad; the naive program was bad %d times",
		r.hits, len(r.points), opNames(ops), r.bad, control)
}

// diskFaults are what a disk may answer to one call.
func diskFaults(call string, n int) []crash.Fault {
	switch call {
	case "fsync", "fdatasync":
		return []crash.Fault{{Call: call, At: n, Error: "EIO"}}
	case "pwrite64":
		return []crash.Fault{{Call: call, At: n, Error: "ENOSPC"}, {Call: call, At: n, Error: "ENOSPC", Lasting: true}}
	}
	return nil
}

func opNames(ops []crashOp) string {
	var names []string
	for _, op := range ops {
		names = append(names, op.name)
	}
	return strings.Join(names, ", ")
}

// crashOps are the operations, each with a desk of its own.
func crashOps(t *testing.T) []crashOp {
	t.Helper()
	return []crashOp{importOp(t), syncOp(t), claimOp(t), outboxOp(t), migrateOp(t)}
}

// crashMails writes some mails: two conversations, and one mail of some size.
func crashMails(t *testing.T, d *desktop, n int) (dir string) {
	t.Helper()
	dir = filepath.Join(d.env["HOME"], "mails")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.eml", i)), crashMail(i), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func crashMail(i int) []byte {
	answers, text := "", "A line of this mail.\r\n"
	if i >= 8 {
		answers = fmt.Sprintf("<%d@kite.test>", i-8)
	}
	if i%6 == 5 {
		text = strings.Repeat(text, 3000)
	}
	return letterFrom(fmt.Sprintf("customer%d@kite.test", i%8), "support@example.test", fmt.Sprintf("<%d@kite.test>", i), answers, fmt.Sprintf("Matter %d", i%8), text)
}

func importOp(t *testing.T) crashOp {
	d := newDesktop(t)
	d.must("inbox", "create", "support", "--shared")
	dir := crashMails(t, d, 14)
	return crashOp{name: "import", desk: d, args: []string{"import", "--inbox", "support", dir}, end: ends()}
}

func syncOp(t *testing.T) crashOp {
	const user = "crash@example.test"
	m := testserver.StartDovecot(t, user)
	m.Fill(t, user, "INBOX", 14, func(i int) testserver.Letter { return testserver.Letter{Raw: crashMail(i)} })
	d := newDesktop(t)
	d.env["POSTROOM_PASSWORD"] = testserver.Password
	d.must("inbox", "create", "support", "--shared")
	sink := testserver.StartSink(t, nil)
	d.must("account", "connect", user, "--inbox", "support", "--imap", "imap://"+m.PlainIMAP, "--smtp", "smtp://"+sink.Address)
	return crashOp{name: "sync", desk: d, args: []string{"sync", "--once"}, end: ends()}
}

func claimOp(t *testing.T) crashOp {
	d := newDesktop(t)
	d.must("inbox", "create", "support", "--shared")
	d.must("import", "--inbox", "support", crashMails(t, d, 8))
	return crashOp{name: "claim", desk: d, args: strings.Fields("conversation take 1 2 3 4 5 6 7 8"), end: ends(), refusal: true}
}

// outboxOp sends five mails. What was killed past the final dot stays in doubt,
// so the end is not always the same; but what it says is always true.
func outboxOp(t *testing.T) crashOp {
	const user, mails = "crash@example.test", 5
	m := testserver.StartDovecot(t, user)
	d := newDesktop(t)
	d.env["POSTROOM_PASSWORD"] = testserver.Password
	d.must("inbox", "create", "support", "--shared")
	sink := testserver.StartSink(t, nil)
	d.must("account", "connect", user, "--inbox", "support", "--imap", "imap://"+m.PlainIMAP, "--smtp", "smtp://"+sink.Address, "--files-sent")
	for i := range mails {
		d.in = "It is on its way."
		d.must("compose", "--inbox", "support", "--to", fmt.Sprintf("customer%d@kite.test", i), "--subject", fmt.Sprint("Matter ", i), "--queue")
	}
	return crashOp{
		name: "outbox", desk: d, args: []string{"sync", "--once"},
		end:   []string{"SELECT header_id, subject FROM outbox", "SELECT count(*) FROM messages"},
		begin: sink.Forget,
		wrong: func(t *testing.T, d *desktop) []string { return wronglySent(t, d, sink.Taken()) },
	}
}

// wronglySent holds an outbox at rest to what has arrived.
func wronglySent(t *testing.T, d *desktop, taken map[string]int) (wrong []string) {
	t.Helper()
	db := crash.Open(t, d.env["POSTROOM_DB"])
	rows, err := db.QueryContext(t.Context(), "SELECT header_id, state FROM outbox")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, state string
		if err := rows.Scan(&id, &state); err != nil {
			t.Fatal(err)
		}
		n := taken[id]
		switch {
		case n > 1:
			wrong = append(wrong, fmt.Sprintf("a mail was sent %d times", n))
		case state == "accepted" && n != 1:
			wrong = append(wrong, "an accepted mail has never arrived")
		case state == "deferred" && n > 0:
			wrong = append(wrong, "a mail that has arrived is going to be sent again")
		case state != "accepted" && state != "in doubt" && state != "deferred":
			wrong = append(wrong, "a mail is left "+state)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return wrong
}

// migrateOp makes a desk where there is none. Older schemas are found by
// migrating up to them first.
func migrateOp(t *testing.T) crashOp {
	return crashOp{
		name: "migrate", desk: newDesktop(t), args: []string{"inbox", "list"}, unmade: true,
		end: []string{"SELECT type, name, sql FROM sqlite_schema", "SELECT version_id, is_applied FROM goose_db_version", "SELECT login, role FROM users", "SELECT kind FROM events", "SELECT seq, next_conversation FROM desk"},
	}
}

// naivePoints counts how often the naive import is left with half a mail, or
// with one twice.
func naivePoints(t *testing.T, points int, faults func(call string, n int) []crash.Fault) (bad int) {
	t.Helper()
	const mails = 10
	naive := func(dir string, n int) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), "naiveimport", dir, fmt.Sprint(n))
		cmd.Env = os.Environ()
		return cmd
	}
	empty := t.TempDir()
	crash.Trace(t, naive(empty, 0), crash.Fault{})
	count := crash.Trace(t, naive(crash.CopyDir(t, empty, t.TempDir()), mails), crash.Fault{})
	most := map[string]int{"pwrite64": count.Most["pwrite64"], "fsync": count.Most["fsync"]}
	for _, f := range faultsOver(most, points, faults) {
		dir := crash.CopyDir(t, empty, t.TempDir())
		crash.Trace(t, naive(dir, mails), f)
		if out, err := naive(dir, mails).CombinedOutput(); err != nil {
			t.Fatalf("the naive program: %v\n%s", err, out)
		}
		db := crash.Open(t, filepath.Join(dir, "naive.db"))
		if crash.Number(t, db, "SELECT count(*) FROM raws") != mails || crash.Number(t, db, "SELECT count(*) FROM messages") != mails {
			bad++
		}
	}
	return bad
}
