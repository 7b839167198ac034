package testserver

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestPostgresEndsWithItsProcess kills a process that has started a server, and
// waits for the server and its directory to go.
func TestPostgresEndsWithItsProcess(t *testing.T) {
	Need(t, "initdb", "postgres")
	const inChild = "POSTROOM_TEST_POSTGRES_CHILD"
	if os.Getenv(inChild) != "" {
		c := SharedPostgres(t)
		c.Database(t)
		_, _ = os.Stdout.WriteString("dir " + c.dir + "\n")
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestPostgresEndsWithItsProcess$")
	child.Env = append(os.Environ(), inChild+"=1")
	out, err := child.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("the child was not killed: %v\n%s", err, out)
	}
	_, dir, found := strings.Cut(strings.TrimSpace(string(out)), "dir ")
	if !found {
		t.Fatalf("the child has started nothing: %s", out)
	}
	for deadline := time.Now().Add(30 * time.Second); ; {
		if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is still there", dir)
		}
	}
}

func TestPostgresRestarts(t *testing.T) {
	c := StartPostgres(t, "work_mem=5MB")
	if err := c.SQL("postgres", "CREATE TABLE kept ()"); err != nil {
		t.Fatal(err)
	}
	c.Stop(t)
	if c.SQL("postgres", "SELECT 1") == nil {
		t.Error("a stopped server answers")
	}
	c.Resume(t)
	if err := c.SQL("postgres", "SELECT * FROM kept"); err != nil {
		t.Error(err)
	}
}
