package ui

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/ui/paint"
	"postroom/ui/shell"
)

// Options are what the program on the screen is started with.
type Options struct {
	Desk shell.Desk
	// Bell rings when something at the desk has changed.
	Bell Bell
	// Inbox is the name of the inbox to open first; empty opens all.
	Inbox string
	// Screens are those of [WithWelcome]; nil takes the screens without a
	// first run.
	Screens *shell.Screens
	// ASCII keeps to signs that every terminal has. It is switched on by
	// itself where the locale is not UTF-8.
	ASCII bool
	// Env is the environment of the terminal, as os.Environ gives it.
	Env []string
	// In and Out are the terminal; nil takes the one of the process.
	In  io.Reader
	Out io.Writer
	// Now is the desk's time; nil takes the clock of the machine.
	Now func() time.Time
	// Location is the zone in which times are shown; nil is the machine's.
	Location *time.Location
}

// Bell is where the program hears that something has changed. A
// *desk.Listener is one.
type Bell interface {
	Rung() <-chan struct{}
	Take() desk.Changed
}

// ErrDumb says that the terminal cannot show a screen.
var ErrDumb = &desk.Error{
	Kind: desk.Invalid, Code: "DUMB_TERMINAL",
	Message: "This terminal cannot show a screen (TERM is dumb or empty).",
	Hint:    "Everything is there on the command line too: postroom conversation list",
}

// Run shows the program until the user leaves it. It is the one place where
// the Bubble Tea program is made.
func Run(ctx context.Context, o Options) error {
	env := environment(o.Env)
	if term := env["TERM"]; term == "dumb" || term == "" && env["WT_SESSION"] == "" {
		return ErrDumb
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	painter, err := paint.New(ctx, paint.Terminal{In: o.In, Out: o.Out, Env: o.Env})
	if err != nil {
		return err
	}
	world := worldIn(o.Now, o.Location)
	world.Outside, world.Signal = painter.Outside, painter.Signal
	err = painter.Run(New(ctx, Settings{
		Desk: o.Desk, Inbox: o.Inbox, Screens: o.Screens, World: world,
		ASCII: o.ASCII || !speaksUTF8(env), Monochrome: env["NO_COLOR"] != "",
		Ring: ringer(ctx, o.Bell),
	}))
	if errors.Is(err, tea.ErrInterrupted) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// ringer gives the command that waits for the bell.
func ringer(ctx context.Context, bell Bell) func() tea.Cmd {
	if bell == nil {
		return func() tea.Cmd { return nil }
	}
	return func() tea.Cmd {
		return func() tea.Msg {
			select {
			case <-ctx.Done():
				return nil
			case <-bell.Rung():
				return Rang{bell.Take()}
			}
		}
	}
}

func worldIn(now func() time.Time, zone *time.Location) shell.World {
	w := shell.RealWorld()
	if now == nil {
		now = w.Now
	}
	if zone == nil {
		zone = time.Local
	}
	w.Now = func() time.Time { return now().In(zone) }
	return w
}

func environment(list []string) map[string]string {
	env := make(map[string]string, len(list))
	for _, kv := range list {
		if k, v, ok := strings.Cut(kv, "="); ok {
			env[k] = v
		}
	}
	return env
}

// speaksUTF8 reads the locale in the order POSIX gives its variables. No
// locale at all is the case of a bare environment, where UTF-8 is by far the
// most likely; only one that names another character set is believed.
func speaksUTF8(env map[string]string) bool {
	for _, name := range [...]string{"LC_ALL", "LC_CTYPE", "LANG"} {
		v := strings.ToLower(env[name])
		if v == "" {
			continue
		}
		return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
	}
	return true
}
