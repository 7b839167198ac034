//go:build unix

package connector

import (
	"os/exec"
	"syscall"
)

// ownGroup lets the timeout end all that a command has started, not only the
// shell, and keeps it away from the terminal that shows postroom.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
