package main

import (
	"bufio"
	"strings"
	"syscall"
	"testing"
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
