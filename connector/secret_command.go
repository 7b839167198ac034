package connector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"postroom/desk"
)

const (
	// secretTime is how long a password command may take: long enough for a
	// person to touch a key, short enough not to hang a worker.
	secretTime = 30 * time.Second
	// secretLinger is how long what it has started may hold its output open.
	secretLinger = time.Second
)

// runPasswordCommand asks the account's command for the password: the first
// line it prints. Neither the command, which may quote a password itself, nor
// anything it prints gets into an error.
func runPasswordCommand(ctx context.Context, a desk.Account) (string, error) {
	limited, cancel := context.WithTimeout(ctx, secretTime)
	defer cancel()
	out := &firstLine{room: secretCap}
	cmd := exec.CommandContext(limited, "sh", "-c", a.PasswordCommand)
	cmd.Stdout = out
	cmd.WaitDelay = secretLinger
	ownGroup(cmd)
	err := cmd.Run()
	fail := func(why string) error {
		return &desk.Error{
			Kind: desk.Offline, Code: "PASSWORD_COMMAND", Message: fmt.Sprintf("The password command of %s %s.", a.Address, why),
			Hint: "Run it by hand: it has to print the password on its first line.",
		}
	}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case limited.Err() != nil:
		return "", fail(fmt.Sprintf("did not end within %d seconds", int(secretTime.Seconds())))
	case errors.As(err, &exit):
		return "", fail(fmt.Sprintf("ended with status %d", exit.ExitCode()))
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return "", fail("cannot be run")
	}
	password := out.String()
	if password == "" || strings.ContainsRune(password, 0) {
		return "", fail("printed no password")
	}
	return password, nil
}

// firstLine keeps the first line written to it and forgets the rest.
type firstLine struct {
	room int
	line bytes.Buffer
	done bool
}

// Write never fails: a command that prints more must not die of it.
func (f *firstLine) Write(b []byte) (int, error) {
	if f.done {
		return len(b), nil
	}
	first, _, ended := bytes.Cut(b, []byte("\n"))
	f.done = ended
	f.line.Write(first[:min(len(first), f.room-f.line.Len())])
	return len(b), nil
}

// String is the line without its end.
func (f *firstLine) String() string { return strings.TrimSuffix(f.line.String(), "\r") }
