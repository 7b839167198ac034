package main

import (
	"bufio"
	"context"
	"io"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestSyncEndsInOrder: a signal is how it is meant to end.
func TestSyncEndsInOrder(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		d := newDesktop(t)
		d.must("inbox", "create", "support", "--shared")
		cmd := d.command("sync")
		problems, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(problems)
		if !lines.Scan() || !strings.Contains(lines.Text(), "Serving all accounts") {
			t.Fatalf("sync begins with %q", lines.Text())
		}
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			t.Errorf("after %s it says %q", sig, lines.Text())
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("after %s it ends with %v", sig, err)
		}
	}
}

// TestPasswordIsNotShown on the terminal it is typed on, and an interrupt in
// the middle ends the command.
func TestPasswordIsNotShown(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.must("inbox", "create", "support", "--shared")
	args := []string{"account", "connect", us, "--inbox", "support", "--imap", "localhost:1", "--smtp", "localhost:1"}
	g := d.open(80, 24, args...)
	g.see("Password for " + us)
	g.press("hunter2\r").see("Nothing answers at localhost:1")
	if text := g.frame(); strings.Contains(text, "hunter2") {
		t.Errorf("the password is on the screen:\n%s", text)
	}
	g = d.open(80, 24, args...)
	g.see("Password for " + us)
	g.press("\x03").see("Interrupted.")
}

// TestSyncTellsOfTrouble and of its end: without a screen nobody else does.
func TestSyncTellsOfTrouble(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	var wrong atomic.Int64
	said, saying := io.Pipe()
	p := newProgram(world{
		getenv: func(k string) string { return d.env[k] }, out: io.Discard, err: saying,
		login: func() (string, error) { return d.login, nil }, clock: func() time.Time { return time.Now().Add(time.Duration(wrong.Load())) },
	})
	h, err := p.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.close() })
	ctx, off := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		err := p.tellTrouble(ctx, h)
		_ = saying.Close()
		ended <- err
	}()
	lines := bufio.NewScanner(said)
	for _, step := range []struct {
		off  time.Duration
		says string
	}{{time.Hour, "The clock of this machine has jumped 1 hour ahead. Set it right"}, {0, "That is over"}} {
		wrong.Store(int64(step.off))
		h.desk.LookAtClock()
		if !lines.Scan() || !strings.Contains(lines.Text(), step.says) {
			t.Errorf("with a clock that is off by %v it says %q", step.off, lines.Text())
		}
	}
	off()
	if err := <-ended; err != nil || lines.Scan() {
		t.Errorf("it ends with %v and %q", err, lines.Text())
	}
}
