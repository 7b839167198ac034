package crash

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Variable chooses the form of the tests: "full" is what a release has to
// stand, anything else the short form that every run of the tests includes.
const Variable = "POSTROOM_CRASH"

// ReportVariable names a file to which every test adds its line.
const ReportVariable = "POSTROOM_CRASH_REPORT"

// Count is how many there are of something in the form that was asked for.
func Count(short, full int) int {
	if os.Getenv(Variable) == "full" {
		return full
	}
	return short
}

// Report says in one line what a test has counted.
func Report(t testing.TB, format string, args ...any) {
	t.Helper()
	line := t.Name() + ": " + fmt.Sprintf(format, args...)
	t.Log(line)
	path := os.Getenv(ReportVariable)
	if path == "" {
		return
	}
	if t.Failed() {
		line = "FAILED " + line
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(line + "\n"); err != nil {
		t.Fatal(err)
	}
}

// Between is a random time from least to most.
func Between(least, most time.Duration) time.Duration {
	return least + rand.N(max(most-least, 1))
}

// Process is a program that is going to be killed.
type Process struct {
	Cmd   *exec.Cmd
	ended chan struct{}
}

// Start starts a program that at the latest ends with the test.
func Start(t testing.TB, cmd *exec.Cmd) *Process {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &Process{Cmd: cmd, ended: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // killed is how it is to end
		close(p.ended)
	}()
	t.Cleanup(p.Kill)
	return p
}

// Ended is closed when the program has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Kill ends the program with SIGKILL, wherever it is, and waits for its end.
func (p *Process) Kill() {
	_ = p.Cmd.Process.Kill() // it may have ended by itself
	<-p.ended
}
