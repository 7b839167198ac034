package main

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// glass is the real program on a pseudo-terminal, with a terminal emulator in
// front of it: what it shows is what a person would see.
type glass struct {
	t   testing.TB
	cmd *exec.Cmd
	tty *os.File

	mu      sync.Mutex
	screen  *vt.Emulator
	changed chan struct{} // room for one: a second change before a look adds nothing
	ended   chan struct{}
}

// patience is how long a test waits for something to appear. It is a limit for
// failures, not a measure: looking is woken by every change of the screen.
const patience = 60 * time.Second

// open starts the program on a terminal of the given size.
func (d *desktop) open(w, h int, args ...string) *glass {
	d.t.Helper()
	return lookAt(d.t, w, h, d.command(args...))
}

// command is the program as a process of its own at this desk.
func (d *desktop) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(d.t.Context(), "postroom", args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "USER=" + d.login, "GORACE=" + os.Getenv("GORACE")}
	for k, v := range d.env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	return cmd
}

func lookAt(t testing.TB, w, h int, cmd *exec.Cmd) *glass {
	t.Helper()
	g := &glass{t: t, cmd: cmd, screen: vt.NewEmulator(w, h), changed: make(chan struct{}, 1), ended: make(chan struct{})}
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(w), Rows: uint16(h)}) //nolint:gosec // sizes of a screen
	if err != nil {
		t.Fatal(err)
	}
	g.tty = tty
	go g.watch()
	go g.answer()
	t.Cleanup(g.close)
	return g
}

// watch draws what the program writes.
func (g *glass) watch() {
	defer close(g.ended)
	buf := make([]byte, 1<<15)
	for {
		n, err := g.tty.Read(buf)
		if n > 0 {
			g.mu.Lock()
			_, _ = g.screen.Write(buf[:n]) // an emulator in memory does not fail
			g.mu.Unlock()
			select {
			case g.changed <- struct{}{}:
			default:
			}
		}
		if err != nil {
			return
		}
	}
}

// answer gives the program what a terminal answers to its questions.
func (g *glass) answer() { _, _ = io.Copy(g.tty, g.screen) }

func (g *glass) close() {
	if g.cmd.ProcessState == nil {
		_ = g.cmd.Process.Kill() // it may have ended by itself
		_ = g.cmd.Wait()
	}
	_ = g.tty.Close()
	select {
	case <-g.ended:
	case <-time.After(patience): // or what has failed before is never told
		g.t.Error("the program has ended, and its terminal is still held open")
		return
	}
	// Close of the emulator itself would race with Read in answer; the end of
	// its pipe is all that answer waits for.
	if pipe, ok := g.screen.InputPipe().(io.Closer); ok {
		_ = pipe.Close()
	}
}

// press sends keys as the terminal would.
func (g *glass) press(keys string) *glass {
	g.t.Helper()
	if _, err := io.WriteString(g.tty, keys); err != nil {
		g.t.Fatal(err)
	}
	return g
}

// frame is the screen as plain text.
func (g *glass) frame() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return ansi.Strip(g.screen.String())
}

// see waits until the screen shows all the words.
func (g *glass) see(words ...string) *glass {
	g.t.Helper()
	g.until(func(frame string) bool {
		for _, w := range words {
			if !strings.Contains(frame, w) {
				return false
			}
		}
		return true
	}, strings.Join(words, ", "))
	return g
}

func (g *glass) until(ok func(frame string) bool, what string) {
	g.t.Helper()
	limit := time.After(patience)
	for {
		if ok(g.frame()) {
			return
		}
		select {
		case <-g.changed:
		case <-g.ended:
			if ok(g.frame()) {
				return
			}
			g.t.Fatalf("the program has ended without showing %s:\n%s", what, g.frame())
		case <-limit:
			g.t.Fatalf("the screen does not show %s:\n%s", what, g.frame())
		}
	}
}
