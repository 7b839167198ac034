//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postroom/desk"
	"postroom/internal/testserver"
	"postroom/store"
)

// The benchmarks measure the program as it is installed, from outside: as a
// process, on a terminal, against a mail server and beside other programs. They
// read /proc, so they are for Linux. docs/benchmarks.md says how to run them
// and what came out.

// benchRows is how many conversations the desk has whose keys are pressed:
// 100,000, or POSTROOM_BENCH_ROWS.
func benchRows(b *testing.B) int { return numberFrom(b, "POSTROOM_BENCH_ROWS", 100_000, 10_000) }

// benchMails is how many mails a mailbox has; POSTROOM_BENCH_MAILS changes it.
func benchMails(b *testing.B) int { return numberFrom(b, "POSTROOM_BENCH_MAILS", 10_000, 100) }

func numberFrom(b *testing.B, name string, usual, least int) int {
	b.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		b.Fatalf("%s=%s: a number from %d on", name, text, least)
	}
	return n
}

// workplace is a desk of its own with the program beside it. This process works
// at the desk too, as a colleague's would.
type workplace struct {
	b       *testing.B
	dir     string
	program string
	store   *store.Store
	desk    *desk.Desk
	seat    *desk.Seat
}

// built is the program as `make build` makes it.
func built(b *testing.B) string {
	b.Helper()
	testserver.Need(b, "go")
	file := filepath.Join(b.TempDir(), "postroom")
	cmd := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", file, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("build the program: %v\n%s", err, out)
	}
	return file
}

// newWorkplace opens a desk in a directory, made if there is none.
func newWorkplace(b *testing.B, program, dir string) *workplace {
	b.Helper()
	w := &workplace{b: b, dir: dir, program: program}
	var err error
	w.store, err = store.Open(b.Context(), w.database(), store.Options{})
	w.ok(err)
	b.Cleanup(w.close)
	w.desk, err = desk.New(b.Context(), desk.Outside{Store: w.store, Clock: time.Now, Rand: rand.Reader})
	w.ok(err)
	login, err := osLogin()
	w.ok(err)
	actor, err := w.desk.SignIn(b.Context(), login, "")
	w.ok(err)
	w.seat = w.desk.As(actor)
	return w
}

// close leaves the desk to the others.
func (w *workplace) close() {
	if w.store != nil {
		w.ok(w.store.Close())
	}
	w.store = nil
}

func (w *workplace) ok(err error) {
	w.b.Helper()
	if err != nil {
		w.b.Fatal(err)
	}
}

func (w *workplace) database() string { return filepath.Join(w.dir, "desk.db") }

// connect gives the desk a shared inbox with a mailbox. The password comes from
// a command, so that there is no key to keep.
func (w *workplace) connect(m *testserver.Mail, user string) {
	w.b.Helper()
	_, err := w.seat.CreateInbox(w.b.Context(), "Support", desk.Shared)
	w.ok(err)
	pem, err := os.ReadFile(m.CAFile)
	w.ok(err)
	_, err = w.seat.Connect(w.b.Context(), "Support", desk.Account{
		Address: user, IMAP: "imaps://" + m.IMAPS, SMTP: "smtps://127.0.0.1:465", CA: string(pem), PasswordCommand: "echo " + testserver.Password,
	})
	w.ok(err)
}

// command is the program at this desk.
func (w *workplace) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(w.b.Context(), w.program, args...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "POSTROOM_DB=" + w.database(),
		"TERM=xterm-256color", "LANG=C.UTF-8",
	}
	return cmd
}

// mails is how many mails are in conversations.
func (w *workplace) mails() int {
	var n int
	w.ask("SELECT count(*) FROM messages", &n)
	return n
}

// ask reads one number from the database, beside the program.
func (w *workplace) ask(query string, dest any) {
	w.b.Helper()
	db, err := sql.Open("sqlite", "file:"+w.database()+"?_pragma=busy_timeout(10000)")
	w.ok(err)
	defer func() { w.ok(db.Close()) }()
	w.ok(db.QueryRowContext(w.b.Context(), query).Scan(dest))
}

// usage is what a process has cost.
type usage struct {
	wall, cpu time.Duration
	peak      int64 // of its memory, in bytes
}

// cost runs a program to its end.
func cost(b *testing.B, cmd *exec.Cmd) usage {
	b.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var u usage
	// What the system reports at the end counts the memory of this process
	// too, from before the exec, so the mark is read while the program runs.
	for every := time.NewTicker(20 * time.Millisecond); ; {
		select {
		case err := <-ended:
			every.Stop()
			u.wall = time.Since(began)
			if err != nil {
				b.Fatalf("%s: %v\n%s", cmd, err, out.String())
			}
			u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			return u
		case <-every.C:
			if peak, err := field(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid), "VmHWM:"); err == nil {
				u.peak = max(u.peak, peak<<10)
			}
		}
	}
}

// spread is a series of measurements.
type spread []time.Duration

// at is the value below which so many of a hundred lie.
func (s spread) at(percent int) time.Duration {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	return sorted[min(len(sorted)-1, len(sorted)*percent/100)]
}

func (s spread) median() time.Duration { return s.at(50) }

// report gives p50 and p95 in milliseconds under a name.
func (s spread) report(b *testing.B, name string) {
	b.Helper()
	b.ReportMetric(ms(s.at(50)), name+"-p50-ms")
	b.ReportMetric(ms(s.at(95)), name+"-p95-ms")
	b.Logf("%-28s p50 %8.2f ms   p95 %8.2f ms   max %8.2f ms   of %d", name, ms(s.at(50)), ms(s.at(95)), ms(s.at(100)), len(s))
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// only says that the time of an iteration means nothing here.
func only(b *testing.B) { b.ReportMetric(0, "ns/op") }

// sizeBelow is how much the files below a directory hold.
func sizeBelow(b *testing.B, dir string) int64 {
	b.Helper()
	var sum int64
	err := filepath.WalkDir(dir, func(_ string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return sum
}

// process is what /proc tells of a running program.
type process struct {
	wakes    int64         // how often one of its threads was woken
	cpu      time.Duration // it has used
	resident int64         // bytes of memory
}

func lookAtProcess(pid int) (process, error) {
	var p process
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil {
		return p, err
	}
	for _, task := range tasks {
		n, err := field(task, "voluntary_ctxt_switches:")
		if err != nil {
			return p, err
		}
		p.wakes += n
	}
	if p.resident, err = field(fmt.Sprintf("/proc/%d/status", pid), "VmRSS:"); err != nil {
		return p, err
	}
	p.resident <<= 10
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return p, err
	}
	// Behind the name, which may hold anything, utime and stime are the 12th
	// and 13th field, in hundredths of a second (proc(5)).
	rest := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	for _, text := range rest[11:13] {
		ticks, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return p, err
		}
		p.cpu += time.Duration(ticks) * 10 * time.Millisecond
	}
	return p, nil
}

// field is a number in one of the tables of /proc.
func field(file, name string) (int64, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) > 1 && words[0] == name {
			return strconv.ParseInt(words[1], 10, 64)
		}
	}
	return 0, fmt.Errorf("%s has no %s", file, name)
}

// fill gives the desk n conversations of one short mail each, spread over ten
// shared inboxes and ten years, the newest an hour old, all of them open work.
func (w *workplace) fill(n int) {
	w.b.Helper()
	ctx := w.b.Context()
	var inboxes []desk.Inbox
	for i := range 10 {
		in, err := w.seat.CreateInbox(ctx, fmt.Sprintf("Queue %d", i), desk.Shared)
		w.ok(err)
		inboxes = append(inboxes, in)
	}
	const batch = 1000
	newest := time.Now().Add(-time.Hour)
	apart := 10 * 365 * 24 * time.Hour / time.Duration(n)
	for from := 0; from < n; from += batch {
		in := inboxes[from/batch%len(inboxes)]
		w.ok(w.keep(ctx, in, from, min(n, from+batch), func(i int) time.Time { return newest.Add(time.Duration(i+1-n) * apart) }))
	}
}

// keep brings mails in through both transactions of their way.
func (w *workplace) keep(ctx context.Context, in desk.Inbox, from, to int, at func(i int) time.Time) error {
	fetched := make([]desk.Fetched, 0, to-from)
	list := make([]desk.Incoming, 0, to-from)
	for i := from; i < to; i++ {
		p := newPenman(i)
		mail := desk.Mail{
			MessageID: fmt.Sprintf("%d.bench@outside.test", i), Subject: fmt.Sprintf("%s %s A-%06d", p.word(), p.word(), i), Date: at(i),
			From: []desk.Mailbox{{Name: p.word() + " " + p.word(), Addr: customer(i)}}, To: []desk.Mailbox{{Addr: "us@example.test"}},
			Text: p.words(40), Auto: desk.Auto{Kind: desk.AutoNone},
		}
		mail.BodyText = mail.Text
		fetched = append(fetched, desk.Fetched{At: at(i), Packed: w.desk.Mailroom().Pack([]byte(mail.MessageID + mail.Text))})
		list = append(list, desk.Incoming{Inbox: in.ID, Role: desk.RoleInbox, At: at(i), Mail: mail})
	}
	ids, err := w.seat.KeepImported(ctx, in.Name, desk.RoleInbox, fetched)
	if err != nil {
		return err
	}
	for i, id := range ids {
		list[i].Raw = id
	}
	return w.desk.Mailroom().Receive(ctx, list)
}

// largeDesk is a desk of n conversations. Making one of a hundred thousand takes
// a minute; with POSTROOM_BENCH_DIR it is kept there for the next run.
func largeDesk(b *testing.B, program string, n int) *workplace {
	b.Helper()
	keep := os.Getenv("POSTROOM_BENCH_DIR")
	if keep == "" {
		w := newWorkplace(b, program, b.TempDir())
		w.fill(n)
		return w
	}
	dir := filepath.Join(keep, strconv.Itoa(n))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		b.Fatal(err)
	}
	w := newWorkplace(b, program, dir)
	if w.mails() != n {
		if w.mails() > 0 {
			b.Fatalf("%s holds another desk, or one that was not finished: remove it", dir)
		}
		w.fill(n)
	}
	return w
}
