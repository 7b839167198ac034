package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"postroom/connector"
	"postroom/desk"
)

// quietInput is one on which nothing ever comes.
type quietInput struct {
	asked chan struct{} // closed with the first read
	over  chan struct{}
}

func (s *quietInput) Read([]byte) (int, error) {
	close(s.asked)
	<-s.over
	return 0, io.EOF
}

// TestInterruptEndsWaitingForInput at the first signal, wherever a command
// reads from.
func TestInterruptEndsWaitingForInput(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.withAccounts()
	pipe := d.env["HOME"] + "/pipe"
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	compose := []string{"compose", "--inbox", "support", "--to", anna, "--subject", "x"}
	for _, args := range [][]string{
		{"note", "1"},
		{"note", "1", "--file", pipe},
		{"reply", "1"},
		{"reply", "1", "--file", pipe},
		compose, append(compose, "--file", pipe),
		{"parse", "-"},
		{"parse", pipe},
		{"account", "connect", "x@example.test", "--inbox", "support", "--imap", "localhost:1", "--smtp", "localhost:1", "--ca", pipe},
	} {
		in := &quietInput{asked: make(chan struct{}), over: make(chan struct{})}
		ctx, interrupt := context.WithCancel(t.Context())
		var problems bytes.Buffer
		w := world{
			args: args, getenv: func(k string) string { return d.env[k] }, in: in, out: io.Discard, err: &problems,
			login: func() (string, error) { return d.login, nil }, clock: time.Now,
		}
		ended := make(chan int, 1)
		go func() { ended <- newProgram(w).execute(ctx) }()
		if args[len(args)-1] == pipe {
			// This waits until the command has opened the other end.
			writer, err := os.OpenFile(pipe, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer writer.Close()
		} else {
			<-in.asked
		}
		interrupt()
		select {
		case code := <-ended:
			if code != exitFailed || !strings.Contains(problems.String(), "Interrupted.") {
				t.Errorf("%v ended with %d: %s", args, code, &problems)
			}
		case <-time.After(patience):
			t.Errorf("%v waits on", args)
		}
		close(in.over)
	}
}

// TestTextInAnotherEncodingIsRefused, wherever it comes from.
func TestTextInAnotherEncodingIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.withAccounts()
	latin := "Sch\xf6ne Gr\xfc\xdfe"
	d.in = latin
	file := d.write("answer.txt", latin)
	compose := []string{"compose", "--inbox", "support", "--to", anna}
	for _, args := range [][]string{
		{"note", "1"},
		{"note", "1", "--file", file},
		{"note", "1", latin},
		{"reply", "1"},
		{"reply", "1", "--file", file},
		append(compose, "--subject", "x"), append(compose, "--subject", latin),
	} {
		d.refuses(exitUsage, "Convert it first", args...)
	}
}

// endless is what /dev/zero is, and counts what is taken of it.
type endless struct{ taken int64 }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	e.taken += int64(len(b))
	return len(b), nil
}

// TestInputWithoutEndIsRefused, wherever a command reads from, and no more of
// it is taken than there is room for: the memory of the machine was the limit.
func TestInputWithoutEndIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.withAccounts()
	compose := []string{"compose", "--inbox", "support", "--to", anna, "--subject", "x"}
	connect := []string{"account", "connect", "x@example.test", "--inbox", "support", "--imap", "localhost:1", "--smtp", "localhost:1", "--ca", "-"}
	for _, args := range [][]string{{"note", "1"}, {"reply", "1"}, compose, {"parse", "-"}, connect} {
		in := &endless{}
		var problems bytes.Buffer
		code := newProgram(world{
			args: args, getenv: func(k string) string { return d.env[k] }, in: in, out: io.Discard, err: &problems,
			login: func() (string, error) { return d.login, nil }, clock: time.Now,
		}).execute(t.Context())
		if code != exitUsage || !strings.Contains(problems.String(), "There is more in the standard input than") {
			t.Errorf("%v ended with %d: %s", args, code, &problems)
		}
		if most := int64(2 * connector.MaxMail); in.taken > most || in.taken == 0 {
			t.Errorf("%v has read %d bytes", args, in.taken)
		}
	}
	d.refuses(exitUsage, "There is more in /dev/zero than the 4 MB", "reply", "1", "--file", "/dev/zero")
	d.refuses(exitUsage, "The note is longer than 4 MB", "note", "1", strings.Repeat("x", desk.MaxText+1))
}
