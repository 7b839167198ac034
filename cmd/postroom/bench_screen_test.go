//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"postroom/desk"
	"postroom/internal/testserver"
)

// pane is the program on a pseudo-terminal. What it writes gets its time as it
// comes and is drawn later, so that the emulator costs no measurement anything.
type pane struct {
	b      *testing.B
	cmd    *exec.Cmd
	tty    *os.File
	screen *vt.Emulator
	output chan output
}

// output is what came in one piece.
type output struct {
	at   time.Time
	data []byte
}

const (
	benchWidth  = 120
	benchHeight = 40
)

func openPane(b *testing.B, cmd *exec.Cmd) *pane {
	b.Helper()
	p := &pane{b: b, cmd: cmd, screen: vt.NewEmulator(benchWidth, benchHeight), output: make(chan output, 1<<14)}
	var err error
	if p.tty, err = pty.StartWithSize(cmd, &pty.Winsize{Cols: benchWidth, Rows: benchHeight}); err != nil {
		b.Fatal(err)
	}
	go p.read()
	go func() { _, _ = io.Copy(p.tty, p.screen) }() // what a terminal answers to questions
	return p
}

func (p *pane) read() {
	defer close(p.output)
	buf := make([]byte, 1<<16)
	for {
		n, err := p.tty.Read(buf)
		if n > 0 {
			p.output <- output{time.Now(), bytes.Clone(buf[:n])}
		}
		if err != nil {
			return
		}
	}
}

// close ends the program the hard way: how it leaves is not measured.
func (p *pane) close() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait() // killed is how it ends
	_ = p.tty.Close()
	for range p.output {
	}
	_ = p.screen.Close()
}

// draw brings one piece of output to the screen.
func (p *pane) draw(o output) {
	_, _ = p.screen.Write(o.data) // in memory
}

func (p *pane) frame() string { return ansi.Strip(p.screen.String()) }

// press sends keys, and gives the time at which they were on their way.
func (p *pane) press(keys string) time.Time {
	p.b.Helper()
	at := time.Now()
	if _, err := io.WriteString(p.tty, keys); err != nil {
		p.b.Fatal(err)
	}
	return at
}

// until draws until the screen is as wanted, and gives the time at which what
// made it so had come.
func (p *pane) until(what string, ok func(frame string) bool) time.Time {
	p.b.Helper()
	if ok(p.frame()) {
		return time.Now()
	}
	limit := time.After(patience)
	for {
		select {
		case o, open := <-p.output:
			if !open {
				p.b.Fatalf("the program has ended without showing %s:\n%s", what, p.frame())
			}
			p.draw(o)
			if ok(p.frame()) {
				return o.at
			}
		case <-limit:
			p.b.Fatalf("the screen does not show %s:\n%s", what, p.frame())
		}
	}
}

func (p *pane) shows(text string) time.Time {
	p.b.Helper()
	return p.until(text, func(frame string) bool { return strings.Contains(frame, text) })
}

func (p *pane) hides(text string) time.Time {
	p.b.Helper()
	return p.until("no "+text, func(frame string) bool { return !strings.Contains(frame, text) })
}

// rest draws until nothing has come for a while, and gives the time of the last
// piece; zero when there was none.
func (p *pane) rest(quiet time.Duration) (last time.Time) {
	p.b.Helper()
	for {
		select {
		case o, open := <-p.output:
			if !open {
				p.b.Fatalf("the program has ended:\n%s", p.frame())
			}
			last = o.at
			p.draw(o)
		case <-time.After(quiet):
			return last
		}
	}
}

// pause draws what comes in a while.
func (p *pane) pause(d time.Duration) {
	over := time.After(d)
	for {
		select {
		case o := <-p.output:
			p.draw(o)
		case <-over:
			return
		}
	}
}

// answer draws the answer to a key, and gives the times of its first and its
// last piece.
func (p *pane) answer() (first, last time.Time) {
	p.b.Helper()
	select {
	case o, open := <-p.output:
		if !open {
			p.b.Fatalf("the program has ended:\n%s", p.frame())
		}
		p.draw(o)
		first = o.at
	case <-time.After(patience):
		p.b.Fatalf("no answer to a key:\n%s", p.frame())
	}
	if last = p.rest(silence); last.IsZero() {
		last = first
	}
	return first, last
}

// silence is how long nothing must come for an answer to be complete. It is
// longer than what the screen itself waits for before it reads a conversation.
const silence = 200 * time.Millisecond

// BenchmarkKey measures on a desk of a hundred thousand conversations, or
// POSTROOM_BENCH_ROWS, from a key to the first bytes of the answer and to the
// last ones, also while mail comes in, and what the program costs while nobody
// touches it. An iteration is one key.
func BenchmarkKey(b *testing.B) {
	n := benchRows(b)
	w := largeDesk(b, built(b), n)
	for _, k := range []stroke{
		{name: "j", key: "j", undo: "k", run: 10},
		{name: "page-down", key: "\x1b[6~", undo: "\x1b[5~", run: 10},
		{name: "enter", key: "\r", undo: "q", run: 1},
		// A terminal begins many keys with the same byte, so esc alone has to
		// be waited for.
		{name: "esc", before: "\r", key: "\x1b", undo: "\r", run: 1},
	} {
		b.Run(k.name, func(b *testing.B) { w.keys(b, k) })
	}
	b.Run("held", w.held)
	b.Run("idle", w.idle)
	// The last, because the desk has more mail then.
	b.Run("j-while-mail-comes-in", func(b *testing.B) { w.keysInRain(b, n) })
}

// keysInRain presses j while twenty mails a second come in through another
// process, this one, until the screen has the cursor on the next row.
func (w *workplace) keysInRain(b *testing.B, n int) {
	p := w.screenOf(b)
	defer p.close()
	in, err := w.seat.Inbox(b.Context(), "Queue 0")
	w.ok(err)
	ctx, stop := context.WithCancel(b.Context())
	came := make(chan int, 1)
	go func() {
		every := time.NewTicker(time.Second / 20)
		defer every.Stop()
		for i := n; ; i++ {
			select {
			case <-ctx.Done():
				came <- i - n
				return
			case <-every.C:
				if err := w.keep(ctx, in.Inbox, i, i+1, func(int) time.Time { return time.Now() }); err != nil && ctx.Err() == nil {
					b.Error(err)
				}
			}
		}
	}()
	var moved spread
	began := time.Now()
	for b.Loop() {
		if len(moved)%30 == 29 {
			p.press("gg")
			p.until("the first row", func(string) bool { return p.row() == 0 })
		}
		next := p.row() + 1
		at := p.press("j")
		moved = append(moved, p.until("the next row", func(string) bool { return p.row() == next }).Sub(at))
		p.pause(37 * time.Millisecond) // never in step with the mail
	}
	rate := time.Since(began).Seconds()
	stop()
	only(b)
	moved.report(b, "row-moved")
	b.ReportMetric(float64(<-came)/rate, "mails/s")
}

// screenOf opens the screen and waits until it stands still.
func (w *workplace) screenOf(b *testing.B) *pane {
	p := openPane(b, w.command())
	p.shows("A-0")
	p.rest(time.Second)
	return p
}

// stroke is a key to be measured, so many times in a row, and the one that
// takes it back.
type stroke struct {
	name, before, key, undo string
	run                     int
}

// keys presses a key again and again, each time until the screen stands still.
func (w *workplace) keys(b *testing.B, k stroke) {
	p := w.screenOf(b)
	defer p.close()
	if k.before != "" {
		p.press(k.before)
		p.answer()
	}
	var first, all spread
	for b.Loop() {
		if n := len(first); n > 0 && n%k.run == 0 {
			for range k.run {
				p.press(k.undo)
				p.answer()
			}
		}
		at := p.press(k.key)
		begun, done := p.answer()
		first, all = append(first, begun.Sub(at)), append(all, done.Sub(at))
	}
	only(b)
	first.report(b, "first-bytes")
	all.report(b, "last-bytes")
}

// held is a key that was held: two hundred presses at once, until the screen
// stands still, and how many rows the cursor has gone by then.
func (w *workplace) held(b *testing.B) {
	p := w.screenOf(b)
	defer p.close()
	var first, all spread
	var rows []float64
	for b.Loop() {
		p.until("the first row", func(string) bool { return p.row() == 0 })
		at := p.press(strings.Repeat("j", 200))
		begun, done := p.answer()
		first, all = append(first, begun.Sub(at)), append(all, done.Sub(at))
		rows = append(rows, float64(p.row()))
		p.press("gg")
	}
	only(b)
	first.report(b, "first-bytes")
	all.report(b, "200-keys")
	b.ReportMetric(middle(rows), "rows")
}

// row is where the cursor is in the list: [workplace.fill] numbers subjects in
// the order of the list. -1 is nowhere.
func (p *pane) row() int {
	for line := range strings.Lines(p.frame()) {
		_, cells, ok := strings.Cut(line, "│▌")
		if _, number, found := strings.Cut(cells, " A-"); ok && found && len(number) >= 6 {
			if n, err := strconv.Atoi(number[:6]); err == nil {
				return n
			}
		}
	}
	return -1
}

// idle watches the program for ten seconds in which nothing happens.
func (w *workplace) idle(b *testing.B) {
	const watched = 10 * time.Second
	p := w.screenOf(b)
	defer p.close()
	var before, after process
	var written int
	for b.Loop() {
		var err error
		before, err = lookAtProcess(p.cmd.Process.Pid)
		w.ok(err)
		for end := time.After(watched); end != nil; {
			select {
			case o := <-p.output:
				written += len(o.data)
				p.draw(o)
			case <-end:
				end = nil
			}
		}
		after, err = lookAtProcess(p.cmd.Process.Pid)
		w.ok(err)
	}
	only(b)
	b.ReportMetric(float64(after.wakes-before.wakes)/watched.Seconds(), "wakes/s")
	b.ReportMetric(100*(after.cpu-before.cpu).Seconds()/watched.Seconds(), "CPU-%")
	b.ReportMetric(float64(after.resident)/1e6, "RSS-MB")
	b.ReportMetric(float64(written), "bytes-written")
}

// BenchmarkStart is the time from the start of the process to the first frame
// with conversations on it. An iteration is one start.
func BenchmarkStart(b *testing.B) {
	program := built(b)
	sizes := []int{10_000, 100_000}
	if n := benchRows(b); n > 100_000 {
		sizes = append(sizes, n)
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("%dk", n/1000), func(b *testing.B) {
			w := largeDesk(b, program, n)
			var frames, versions spread
			for b.Loop() {
				began := time.Now()
				p := openPane(b, w.command())
				frames = append(frames, p.shows("A-0").Sub(began))
				p.close()
				versions = append(versions, cost(b, w.command("version")).wall)
			}
			only(b)
			frames.report(b, "first-frame")
			versions.report(b, "version-command")
		})
	}
}

// BenchmarkLive measures how long after the fact the screen shows what somebody
// else did, without a key press: a mail, counted from when another client that
// idles on the same mailbox was told of it, and the commit of another process.
// An iteration is one of each.
func BenchmarkLive(b *testing.B) {
	m := testserver.StartDovecot(b, benchUser)
	m.Fill(b, benchUser, "INBOX", 5, yearOfMail(5).letter)
	w := newWorkplace(b, built(b), b.TempDir())
	w.connect(m, benchUser)
	p := openPane(b, w.command())
	defer p.close()
	p.shows("connected")
	p.shows("A-30004")
	p.rest(time.Second)
	told := idler(b, m)
	var delivered, own, closed, reopened spread
	for i := 0; b.Loop(); i++ {
		subject := fmt.Sprintf("Live-%06d", i)
		sent := time.Now()
		m.Deliver(b, benchUser, letterTo(benchUser, subject+"@example.test", subject))
		notice, seen := <-told, p.shows(subject)
		delivered, own = append(delivered, seen.Sub(sent)), append(own, seen.Sub(notice))
		p.rest(silence)
		ids := []desk.ConversationID{w.newest()}
		_, err := w.seat.Close(b.Context(), ids)
		w.ok(err)
		done := time.Now()
		closed = append(closed, p.hides(subject).Sub(done))
		p.rest(silence)
		_, err = w.seat.Reopen(b.Context(), ids)
		w.ok(err)
		done = time.Now()
		reopened = append(reopened, p.shows(subject).Sub(done))
		_, err = w.seat.Close(b.Context(), ids)
		w.ok(err)
		p.hides(subject)
		p.rest(silence)
	}
	only(b)
	delivered.report(b, "delivery-to-screen")
	own.report(b, "notice-to-screen")
	closed.report(b, "close-elsewhere")
	reopened.report(b, "reopen-elsewhere")
}

// newest is the conversation with the newest mail.
func (w *workplace) newest() desk.ConversationID {
	w.b.Helper()
	page, err := w.seat.List(w.b.Context(), desk.View{Place: desk.InOpen, Assigned: desk.Anybody, Sort: desk.ByNewest}, desk.Window{Limit: 1})
	w.ok(err)
	if len(page.Rows) == 0 {
		w.b.Fatal("no conversation is open")
	}
	return page.Rows[0].ID
}

// idler is a client of its own that idles on the mailbox and gives the time of
// each notice of new mail.
func idler(b *testing.B, m *testserver.Mail) <-chan time.Time {
	b.Helper()
	told := make(chan time.Time, 16)
	c, err := imapclient.DialTLS(m.IMAPS, &imapclient.Options{
		TLSConfig: m.TLS(),
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				told <- time.Now()
			}
		}},
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Close() })
	if err := c.Login(benchUser, testserver.Password).Wait(); err != nil {
		b.Fatal(err)
	}
	if _, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		b.Fatal(err)
	}
	if _, err := c.Idle(); err != nil {
		b.Fatal(err)
	}
	return told
}
