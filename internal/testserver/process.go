package testserver

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// process is a daemon in the foreground, with a keeper beside it: a shell that
// waits for the end of a pipe only this process holds, and then ends the daemon
// and removes the directory. A panic, a test timeout or kill -9 thereby leaves
// nothing behind.
type process struct {
	name   string
	cmd    *exec.Cmd
	quit   syscall.Signal
	exited chan struct{}

	keeper     *exec.Cmd
	keeperPipe io.WriteCloser
}

// keeperScript ends on a line from the pipe (an orderly stop happened) or acts
// on its end. $1 is the process group, $2 the directory, $3 the signal the
// daemon ends on.
const keeperScript = `
read -r word && exit 0
kill "-$3" "-$1" 2>/dev/null && sleep 0.3 && kill -KILL "-$1" 2>/dev/null
rm -rf "$2"
`

// startProcess starts a daemon that ends on SIGTERM and knows itself whose
// rights to take.
func startProcess(dir, log string, argv ...string) (*process, error) {
	return startProcessAs(nil, syscall.SIGTERM, dir, log, argv...)
}

// startProcessAs starts a daemon as another user; quit is the signal on which
// it ends at once.
func startProcessAs(who *syscall.Credential, quit syscall.Signal, dir, log string, argv ...string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	// Daemons close every descriptor they could have, one by one, which takes a
	// while where the limit is a million.
	argv = append([]string{"-c", `ulimit -n 4096 2>/dev/null; exec "$@"`, "daemon"}, argv...)
	p := &process{cmd: exec.Command("/bin/sh", argv...), quit: quit, exited: make(chan struct{})}
	p.name = argv[3]
	p.cmd.Dir = dir
	// A pipe as output would keep `go test` waiting for every child of the daemon.
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: who}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.exited)
	}()
	pid := strconv.Itoa(p.cmd.Process.Pid)
	p.keeper = exec.Command("/bin/sh", "-c", keeperScript, "keeper", pid, dir, strconv.Itoa(int(quit)))
	p.keeper.Dir = "/"
	p.keeper.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if p.keeperPipe, err = p.keeper.StdinPipe(); err == nil {
		err = p.keeper.Start()
	}
	if err != nil {
		_ = p.cmd.Process.Kill()
		return nil, fmt.Errorf("start the keeper of %s: %w", p.name, err)
	}
	return p, nil
}

// stop ends the daemon, waits for it, and dismisses the keeper.
func (p *process) stop() error {
	pid := p.cmd.Process.Pid
	// The group holds the sessions too. They get the time to finish a write, not
	// to wait for their clients; a stopped server must not answer any more.
	_ = syscall.Kill(-pid, p.quit)
	for range 60 {
		if errors.Is(syscall.Kill(-pid, 0), syscall.ESRCH) {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	<-p.exited
	_, _ = io.WriteString(p.keeperPipe, "done\n")
	_ = p.keeperPipe.Close()
	return p.keeper.Wait()
}

func (p *process) running() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// waitFor returns when every address accepts a connection.
func (p *process) waitFor(addresses ...string) error {
	deadline := time.Now().Add(30 * time.Second)
	for _, address := range addresses {
		for {
			conn, err := net.DialTimeout("tcp", address, time.Second)
			if err == nil {
				_ = conn.Close()
				break
			}
			if !p.running() {
				return fmt.Errorf("%s stopped while it started", p.name)
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("%s does not listen on %s after 30 s: %w", p.name, address, err)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	return nil
}

// ports are loopback ports held for one server. Between choosing a port and the
// daemon binding it another test process could choose the same one, so the
// choice is also claimed as a name in Linux's abstract socket namespace, which
// the kernel gives back when the process ends.
type ports struct {
	claims []net.Listener
}

// take finds a free port below the range the kernel hands out to connections.
func (p *ports) take() (string, error) {
	for range 1000 {
		port := 20000 + rand.IntN(12000)
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		if p.claim(port) && canListen(address) {
			return address, nil
		}
	}
	return "", errors.New("no free port between 20000 and 32000 on 127.0.0.1")
}

func (p *ports) claim(port int) bool {
	if runtime.GOOS != "linux" {
		return true
	}
	claim, err := net.Listen("unix", "@postroom-testserver-"+strconv.Itoa(port))
	if err != nil {
		return false
	}
	p.claims = append(p.claims, claim)
	return true
}

func canListen(address string) bool {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return false
	}
	return l.Close() == nil
}

func (p *ports) release() {
	for _, claim := range p.claims {
		_ = claim.Close()
	}
	p.claims = nil
}

func portOf(address string) string {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		panic("testserver: address without a port: " + address)
	}
	return port
}
