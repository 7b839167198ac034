package testserver_test

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"postroom/internal/testserver"
)

// victim, in the environment, makes TestKilledProcess the process to be killed.
const victim = "POSTROOM_TESTSERVER_VICTIM"

func TestKilledProcessLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	testserver.Need(t, "dovecot", "doveadm")
	cmd := exec.Command(os.Args[0], "-test.run=^TestVictim$", "-test.v")
	cmd.Env = append(os.Environ(), victim+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var address, ca string
	for lines := bufio.NewScanner(out); ca == "" && lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) == 3 && fields[0] == "listening" {
			address, ca = fields[1], fields[2]
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if ca == "" {
		t.Fatal("the other process did not start a server")
	}
	gone := func() bool {
		conn, dialErr := net.Dial("tcp", address)
		if dialErr == nil {
			_ = conn.Close()
		}
		_, statErr := os.Stat(ca)
		return dialErr != nil && os.IsNotExist(statErr)
	}
	for deadline := time.Now().Add(20 * time.Second); !gone(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("20 s later %s listens or %s exists", address, ca)
		}
	}
}

// TestVictim is not a test: see TestKilledProcessLeavesNothingBehind.
func TestVictim(t *testing.T) {
	if os.Getenv(victim) == "" {
		return
	}
	mail := testserver.StartDovecot(t, anna)
	if _, err := os.Stdout.WriteString("listening " + mail.IMAPS + " " + mail.CAFile + "\n"); err != nil {
		t.Fatal(err)
	}
	select {}
}
