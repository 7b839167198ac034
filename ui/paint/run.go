package paint

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// Terminal is where a program is shown.
type Terminal struct {
	// In and Out are the terminal; nil takes the one of the process.
	In  io.Reader
	Out io.Writer
	// Env is the environment of the terminal, as os.Environ gives it.
	Env []string
}

// Repaint is a message that has the whole screen drawn again, for when
// something else has written on it.
type Repaint struct{}

// pace is the least time from one frame to the next. A person sees no
// difference; it is for events that come by the hundred.
const pace = 4 * time.Millisecond

// Painter shows one program on one terminal.
type Painter struct {
	ctx     context.Context
	options []tea.ProgramOption
	// winch tells that the window has changed.
	winch chan os.Signal
	// told is where somebody outside asks the program to end.
	told chan os.Signal
	// inner is the program. The event loop alone uses it.
	inner tea.Model
	// due has room for one: a view that waits to be painted.
	due chan struct{}

	mu     sync.Mutex
	term   *terminal
	canvas *canvas
	view   tea.View
	// sized is set once the size is known. Before, nothing is painted.
	sized bool
	// away is set while the terminal is somebody else's.
	away bool
	// failed is why nothing can be painted any more.
	failed error
	crash  *Crash
}

// Crash is a panic in a command.
type Crash struct {
	Cause any
	Stack []byte // where it was
}

// Error implements error.
func (c *Crash) Error() string { return fmt.Sprintf("%v\n\nin a command:\n%s", c.Cause, c.Stack) }

// New prepares a painter. Nothing of the terminal is touched before Run. The
// error says that there is no terminal to read keys from.
func New(ctx context.Context, t Terminal) (*Painter, error) {
	if t.Out == nil {
		t.Out = os.Stdout
	}
	if t.In == nil {
		t.In = os.Stdin
		if _, ok := terminalOf(os.Stdin); !ok {
			keyboard, _, err := tea.OpenTTY()
			if err != nil {
				return nil, err
			}
			t.In = keyboard
		}
	}
	p := &Painter{
		ctx: ctx, due: make(chan struct{}, 1), winch: make(chan os.Signal, 1), told: make(chan os.Signal, 1),
		term: newTerminal(t.In, t.Out, t.Env),
	}
	p.canvas = newCanvas(t.Out, t.Env, p.term.in == nil)
	p.options = []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithInput(t.In), tea.WithOutput(t.Out), tea.WithEnvironment(t.Env),
		tea.WithoutRenderer(), tea.WithFPS(1), // of a renderer that does nothing
		tea.WithFilter(p.before), tea.WithoutCatchPanics(), tea.WithoutSignalHandler(),
	}
	return p, nil
}

// Run shows the model until it quits, and leaves the terminal as it was. Its
// errors are those of tea.Program.Run, and of the terminal. A panic of the
// model goes on to the caller; one in a command comes as a [Crash].
func (p *Painter) Run(model tea.Model) error {
	p.inner = model
	// Before the terminal is touched: tea.Program begins to listen some time
	// after, and who is told to end until then dies with the terminal raw.
	signal.Notify(p.told, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(p.told)
	if w, h, ok := p.term.size(); ok {
		p.options = append(p.options, tea.WithWindowSize(w, h))
		// At once, so that nothing typed before the first frame is seen.
		if err := p.comeBack(); err != nil {
			return err
		}
		signal.Notify(p.winch, syscall.SIGWINCH)
		defer signal.Stop(p.winch)
	}
	defer p.leave()
	_, err := tea.NewProgram(p, p.options...).Run()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.crash != nil {
		panic(p.crash)
	}
	if p.failed != nil {
		return p.failed
	}
	return err
}

// Outside is the command that runs another program on the terminal, such as an
// editor, and then tells the model what done makes of its end.
func (p *Painter) Outside(cmd *exec.Cmd, done tea.ExecCallback) tea.Cmd {
	return p.guard(tea.Exec(&outside{cmd, p}, done))
}

// Signal is the command that sends a sequence which draws nothing, such as a
// bell, between two frames. While the terminal is somebody else's it is lost.
func (p *Painter) Signal(sequence string) tea.Cmd {
	return p.guard(func() tea.Msg {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.write(sequence)
		return nil
	})
}

// outside gives the terminal away while its program runs.
type outside struct {
	*exec.Cmd
	p *Painter
}

// SetStdin implements tea.ExecCommand.
func (o *outside) SetStdin(r io.Reader) { o.Stdin = r }

// SetStdout implements tea.ExecCommand.
func (o *outside) SetStdout(w io.Writer) { o.Stdout = w }

// SetStderr implements tea.ExecCommand.
func (o *outside) SetStderr(w io.Writer) { o.Stderr = w }

// Run implements tea.ExecCommand.
func (o *outside) Run() error {
	o.p.leave()
	err := o.Cmd.Run()
	if back := o.p.comeBack(); err == nil {
		err = back
	}
	return err
}

// resized is the size after the window has changed.
type resized tea.WindowSizeMsg

// lost says that the program cannot go on; the painter knows why.
type lost struct{}

// Init implements tea.Model.
func (p *Painter) Init() tea.Cmd {
	return tea.Batch(p.guard(p.inner.Init()), p.paint, p.window, p.end)
}

// before sees every message first (tea.WithFilter): the terminal is given back
// before the process is stopped.
func (p *Painter) before(_ tea.Model, msg tea.Msg) tea.Msg {
	if _, stops := msg.(tea.SuspendMsg); stops {
		p.leave()
	}
	return msg
}

// Update implements tea.Model.
func (p *Painter) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case lost:
		return p, tea.Quit
	case resized:
		_, cmd := p.Update(tea.WindowSizeMsg(msg))
		return p, tea.Batch(cmd, p.window)
	case tea.SuspendMsg:
		if err := p.comeBack(); err != nil {
			return p, tea.Quit
		}
		return p, p.measure // the window may have changed meanwhile
	default:
		p.note(msg)
	}
	var cmd tea.Cmd
	p.inner, cmd = p.inner.Update(msg)
	return p, p.guard(cmd)
}

// note hears what a message says about the terminal.
func (p *Painter) note(msg tea.Msg) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		if msg.Width > 0 && msg.Height > 0 {
			p.sized = true
			p.canvas.resize(msg.Width, msg.Height)
		}
	case tea.ColorProfileMsg:
		p.canvas.colours(msg.Profile)
	case tea.ModeReportMsg:
		p.mode(msg)
	case Repaint:
		p.canvas.blank()
	}
}

// mode hears the answers to the terminal's questions.
func (p *Painter) mode(msg tea.ModeReportMsg) {
	switch msg.Mode {
	case ansi.ModeSynchronizedOutput:
		p.canvas.synced = msg.Value == ansi.ModeReset
	case ansi.ModeUnicodeCore:
		if msg.Value == ansi.ModeReset || msg.Value == ansi.ModeSet || msg.Value == ansi.ModePermanentlySet {
			p.canvas.graphemes()
			p.write(ansi.SetModeUnicodeCore)
		}
	}
}

// write sends a sequence of its own.
func (p *Painter) write(sequence string) {
	if p.term.taken {
		if _, err := io.WriteString(p.term.out, sequence); err != nil {
			p.failed = err
		}
	}
}

// View implements tea.Model. It draws nothing: it notes what is to be drawn.
func (p *Painter) View() tea.View {
	v := p.inner.View()
	p.mu.Lock()
	p.view = v
	p.mu.Unlock()
	select {
	case p.due <- struct{}{}:
	default:
	}
	return tea.View{}
}

// paint is the command that paints until the program ends.
func (p *Painter) paint() tea.Msg {
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		select {
		case <-p.ctx.Done():
			return nil
		case <-p.due:
		}
		select {
		case <-p.ctx.Done():
			return nil
		case <-rest.C:
		}
		rest.Reset(pace)
		if err := p.frame(); err != nil {
			return lost{}
		}
	}
}

// frame paints the newest view.
func (p *Painter) frame() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.sized || p.away || p.failed != nil {
		return p.failed
	}
	if !p.term.taken {
		p.canvas.blank()
		if err := p.term.take(); err != nil {
			p.failed = err
			return err
		}
	}
	p.failed = p.canvas.paint(p.view)
	return p.failed
}

// leave gives the terminal to somebody else.
func (p *Painter) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = true
	if err := p.term.release(p.canvas); err != nil {
		p.failed = err
	}
}

// comeBack takes the terminal again and has everything drawn anew.
func (p *Painter) comeBack() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = false
	p.canvas.blank()
	if err := p.term.take(); err != nil {
		p.failed = err
		return err
	}
	return nil
}

// end waits until the program is told to end. What is meant for another program,
// such as an interrupt while an editor runs, does not count.
func (p *Painter) end() tea.Msg {
	for {
		select {
		case <-p.ctx.Done():
			return nil
		case s := <-p.told:
			p.mu.Lock()
			away := p.away
			p.mu.Unlock()
			switch {
			case away:
			case s == syscall.SIGINT:
				return tea.InterruptMsg{}
			default:
				return tea.QuitMsg{}
			}
		}
	}
}

// window waits for the window to change.
func (p *Painter) window() tea.Msg {
	select {
	case <-p.ctx.Done():
		return nil
	case <-p.winch:
		w, h, _ := p.term.size()
		return resized{Width: w, Height: h}
	}
}

// measure is the command that asks for the size once.
func (p *Painter) measure() tea.Msg {
	if w, h, ok := p.term.size(); ok {
		return tea.WindowSizeMsg{Width: w, Height: h}
	}
	return nil
}

// guard ends the program in order when a command panics.
func (p *Painter) guard(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if cause := recover(); cause != nil {
				p.mu.Lock()
				defer p.mu.Unlock()
				p.crash = &Crash{cause, debug.Stack()}
				msg = lost{}
			}
		}()
		msg = cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i, cmd := range batch {
				batch[i] = p.guard(cmd)
			}
		}
		return msg
	}
}
