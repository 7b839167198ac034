package crash

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// WriteCalls are the system calls by which a file changes.
func WriteCalls() []string {
	return []string{"pwrite64", "fdatasync", "fsync", "ftruncate", "unlink", "unlinkat", "rename", "renameat"}
}

// Fault is what happens at one system call of a program. The zero value only
// counts the calls.
type Fault struct {
	// Call is its name, At which one it is, counted from 1 in each thread.
	Call string
	At   int
	// Error is what it returns, like ENOSPC; the program is killed before the
	// call if it is empty. Every later call of the thread returns it too if
	// Lasting is set.
	Error   string
	Lasting bool
}

func (f Fault) String() string {
	if f.Error == "" {
		return fmt.Sprintf("killed at %s %d", f.Call, f.At)
	}
	return fmt.Sprintf("%s at %s %d", f.Error, f.Call, f.At)
}

func (f Fault) inject() string {
	effect := "signal=KILL"
	if f.Error != "" {
		effect = "error=" + f.Error
	}
	when := fmt.Sprint(f.At)
	if f.Lasting {
		when += "+"
	}
	return fmt.Sprintf("inject=%s:%s:when=%s", f.Call, effect, when)
}

// Traced is how a traced run went.
type Traced struct {
	// Hit says whether the fault has happened; Point names it by the number of
	// calls of that name that all threads had made, so that two runs that were
	// hit at the same place have the same.
	Hit   bool
	Point string
	// Most is the highest number of calls of each name in one thread.
	Most map[string]int
	// Exit is the program's exit code; -1 when it was killed.
	Exit int
	// Output is what it said.
	Output string
}

// Trace runs a program under strace with a fault. A fault that no thread gets
// to does not happen.
func Trace(t testing.TB, cmd *exec.Cmd, f Fault) Traced {
	t.Helper()
	log := filepath.Join(t.TempDir(), "trace")
	args := []string{"strace", "-f", "-qq", "-o", log, "-e", "signal=none", "-e", "trace=" + strings.Join(WriteCalls(), ",")}
	if f.Call != "" {
		args = append(args, "-e", f.inject())
	}
	traced := under(cmd, args)
	var said strings.Builder
	traced.Stdout, traced.Stderr = &said, &said
	err := traced.Run()
	if traced.ProcessState == nil {
		t.Fatalf("run under strace: %v", err)
	}
	out := readTrace(t, log, f)
	out.Exit, out.Output = traced.ProcessState.ExitCode(), said.String()
	if f.Error == "" {
		// strace ends itself with the signal that ended the program.
		out.Hit = f.Call != "" && out.Exit == -1
	}
	return out
}

// under is the same program below another one. It has a process group of its
// own, so that nothing of it outlives the test.
func under(cmd *exec.Cmd, args []string) *exec.Cmd {
	below := *cmd
	below.Args = append(append(args, cmd.Path), cmd.Args[1:]...)
	below.Path = args[0]
	if path, err := exec.LookPath(args[0]); err == nil {
		below.Path, below.Err = path, nil
	}
	below.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return &below
}

// tracedCall is the beginning of a line of strace: the thread and the call. A
// call that another thread's line has interrupted is resumed later; it counts
// where it began.
var tracedCall = regexp.MustCompile(`^(\d+) +(\w+)\(`)

func readTrace(t testing.TB, log string, f Fault) Traced {
	t.Helper()
	file, err := os.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := Traced{Most: map[string]int{}}
	type thread struct{ id, call string }
	own, all := map[thread]int{}, map[string]int{}
	sc := bufio.NewScanner(file)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		if strings.HasSuffix(sc.Text(), "(INJECTED)") {
			out.Hit = true
		}
		m := tracedCall.FindStringSubmatch(sc.Text())
		if m == nil {
			continue
		}
		th := thread{m[1], m[2]}
		own[th]++
		all[th.call]++
		out.Most[th.call] = max(out.Most[th.call], own[th])
		if th.call == f.Call && own[th] == f.At && out.Point == "" {
			out.Point = fmt.Sprintf("%s %d", f.Call, all[f.Call])
		}
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// Spoil lets system calls of a running program fail from now on, until mend is
// called. The caller has asked testserver.NeedTrace.
func Spoil(t testing.TB, pid int, errno string, calls ...string) (mend func()) {
	t.Helper()
	list := strings.Join(calls, ",")
	cmd := exec.CommandContext(t.Context(), "strace", "-f", "-o", os.DevNull, "-p", fmt.Sprint(pid),
		"-e", "signal=none", "-e", "trace="+list, "-e", "inject="+list+":error="+errno)
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// It says so once it holds all threads.
	sc := bufio.NewScanner(said)
	for attached := false; !attached; {
		if !sc.Scan() {
			t.Fatalf("strace does not attach to %d: %v", pid, sc.Err())
		}
		attached = strings.Contains(sc.Text(), "attached")
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for sc.Scan() {
		}
	}()
	return func() {
		_ = cmd.Process.Signal(syscall.SIGINT) // lets go of the program
		<-drained
		_ = cmd.Wait() // it ends by the signal
	}
}
