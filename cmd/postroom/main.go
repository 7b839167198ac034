package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"os/user"
	"runtime/debug"
	"syscall"
	"time"
)

func main() { os.Exit(run(theWorld())) }

// world is what the operating system gives one run of the program. Tests put
// their own in its place.
type world struct {
	args     []string
	getenv   func(string) string
	in       io.Reader
	out, err io.Writer
	login    func() (string, error)
	clock    func() time.Time
}

func theWorld() world {
	return world{
		args: os.Args[1:], getenv: os.Getenv,
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		login: osLogin, clock: time.Now,
	}
}

// osLogin is who the operating system says is at the keyboard.
func osLogin() (string, error) {
	u, err := user.Current()
	if err != nil {
		return "", err
	}
	return u.Username, nil
}

// run executes one command line and gives its exit code. The first SIGINT,
// SIGTERM or SIGHUP cancels the context, so that everything ends in order; a second one
// ends the process the hard way.
func run(w world) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop)

	p := newProgram(w)
	restore := p.rememberTerminal()
	defer func() {
		if cause := recover(); cause != nil {
			restore()
			p.print.panicked(thisBuild(), cause, debug.Stack())
			code = exitFailed
		}
	}()
	return p.execute(ctx)
}
