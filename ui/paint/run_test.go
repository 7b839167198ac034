package paint_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/term"

	"postroom/ui/paint"
)

// TestMain lets the test binary be the program on the terminal.
func TestMain(m *testing.M) {
	if os.Getenv("PAINT_PROGRAM") == "" {
		os.Exit(m.Run())
	}
	defer func() {
		if cause := recover(); cause != nil {
			fmt.Printf("panic: %v\r\n%s\r\n", cause, debug.Stack())
		}
		fmt.Println("ended")
	}()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	p, err := paint.New(ctx, paint.Terminal{Env: os.Environ()})
	if err == nil {
		err = p.Run(&counter{painter: p})
	}
	fmt.Println("error:", err)
}

// counter counts keys, and does what some keys say.
type counter struct {
	painter *paint.Painter
	keys    int
	w, h    int
	note    string
}

func (c *counter) Init() tea.Cmd { return nil }

func (c *counter) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		c.w, c.h = msg.Width, msg.Height
	case tea.ResumeMsg:
		c.note = "resumed"
	case tea.BlurMsg:
		c.note = "away"
		return c, c.painter.Signal("\a")
	case tea.FocusMsg:
		c.note = "here"
	case string:
		c.note = msg
	case tea.KeyPressMsg:
		c.keys++
		return c, c.press(msg.String())
	}
	return c, nil
}

func (c *counter) press(key string) tea.Cmd {
	switch key {
	case "q":
		return tea.Quit
	case "z":
		return tea.Suspend
	case "!":
		panic("in Update")
	case "?":
		return tea.Batch(nil, func() tea.Msg { return tea.BatchMsg{func() tea.Msg { panic("in a command") }} })
	case "r":
		return func() tea.Msg { return paint.Repaint{} }
	case "e":
		cmd := exec.Command("sh", "-c", `stty -a | grep -o -- '-\?icanon'; echo outside; read line; echo "got $line"`)
		return c.painter.Outside(cmd, func(err error) tea.Msg { return fmt.Sprint("back: ", err) })
	}
	return nil
}

func (c *counter) View() tea.View {
	v := tea.View{AltScreen: true, WindowTitle: "counter"}
	v.Content = fmt.Sprintf("keys %d\nsize %dx%d\n%s", c.keys, c.w, c.h, c.note)
	if c.keys%2 == 1 {
		v.Cursor = tea.NewCursor(3, 1)
	}
	return v
}

// glass is the program on a terminal, and a terminal emulator in front of it.
type glass struct {
	t   *testing.T
	cmd *exec.Cmd
	tty *os.File

	mu      sync.Mutex
	screen  *vt.Emulator
	alt     bool
	hidden  bool
	bells   int
	focus   bool // it is told when the terminal comes to the front, or goes
	changed chan struct{}
	ended   chan struct{}
}

func open(t *testing.T) *glass {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "PAINT_PROGRAM=1", "TERM=xterm-256color")
	g := &glass{t: t, cmd: cmd, screen: vt.NewEmulator(60, 10), changed: make(chan struct{}, 1), ended: make(chan struct{})}
	g.screen.SetCallbacks(vt.Callbacks{
		AltScreen:        func(on bool) { g.alt = on },
		CursorVisibility: func(on bool) { g.hidden = !on },
		Bell:             func() { g.bells++ },
		EnableMode:       func(m ansi.Mode) { g.focus = g.focus || m == ansi.ModeFocusEvent },
		DisableMode:      func(m ansi.Mode) { g.focus = g.focus && m != ansi.ModeFocusEvent },
	})
	g.tty, err = pty.StartWithSize(cmd, &pty.Winsize{Cols: 60, Rows: 10})
	if err != nil {
		t.Fatal(err)
	}
	go g.watch()
	go func() { _, _ = io.Copy(g.tty, g.screen) }() // its answers
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = g.tty.Close()
		<-g.ended
		if pipe, ok := g.screen.InputPipe().(io.Closer); ok {
			_ = pipe.Close()
		}
	})
	return g.see("keys 0", "size 60x10")
}

func (g *glass) watch() {
	defer close(g.ended)
	buf := make([]byte, 1<<15)
	for {
		n, err := g.tty.Read(buf)
		if err != nil {
			return
		}
		g.mu.Lock()
		_, _ = g.screen.Write(buf[:n])
		g.mu.Unlock()
		select {
		case g.changed <- struct{}{}:
		default:
		}
	}
}

func (g *glass) press(keys string) *glass {
	g.t.Helper()
	if _, err := io.WriteString(g.tty, keys); err != nil {
		g.t.Fatal(err)
	}
	return g
}

func (g *glass) frame() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return ansi.Strip(g.screen.String())
}

func (g *glass) see(words ...string) *glass {
	g.t.Helper()
	return g.until(strings.Join(words, ", "), func() bool {
		frame := g.frame()
		for _, w := range words {
			if !strings.Contains(frame, w) {
				return false
			}
		}
		return true
	})
}

// until waits for something that is made true by what the program writes.
func (g *glass) until(what string, ok func() bool) *glass {
	g.t.Helper()
	for limit := time.After(30 * time.Second); !ok(); {
		select {
		case <-g.changed:
		case <-g.ended:
			if ok() {
				return g
			}
			g.t.Fatalf("it ended without %s:\n%s", what, g.frame())
		case <-limit:
			g.t.Fatalf("no %s:\n%s", what, g.frame())
		}
	}
	return g
}

// left says that the terminal is as it was before the program: the main
// screen, a cursor, and lines that the terminal edits and shows.
func (g *glass) left() {
	g.t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.alt || g.hidden || g.focus {
		g.t.Errorf("alternate screen %t, hidden cursor %t, focus reported %t", g.alt, g.hidden, g.focus)
	}
	if raw(g.t, g.tty) {
		g.t.Error("the terminal is still raw")
	}
}

// raw reports whether keys come one by one: making it raw changes nothing then.
func raw(t *testing.T, tty *os.File) bool {
	t.Helper()
	before, err := term.MakeRaw(int(tty.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = term.Restore(int(tty.Fd()), before) }()
	now, err := term.GetState(int(tty.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	return *now == *before
}

func TestLeavesTheTerminalAsItWas(t *testing.T) {
	for name, end := range map[string]func(*glass){
		"q":                  func(g *glass) { g.press("q").see("error: <nil>", "ended") },
		"SIGTERM":            func(g *glass) { _ = g.cmd.Process.Signal(syscall.SIGTERM); g.see("ended") },
		"SIGINT":             func(g *glass) { _ = g.cmd.Process.Signal(syscall.SIGINT); g.see("ended") },
		"panic in Update":    func(g *glass) { g.press("!").see("ended") },
		"panic in a command": func(g *glass) { g.press("?").see("ended") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := open(t).press("ab").see("keys 2")
			g.until("alternate screen", func() bool { g.mu.Lock(); defer g.mu.Unlock(); return g.alt && g.hidden })
			if !raw(t, g.tty) {
				t.Error("the terminal is not raw while the program runs")
			}
			end(g)
			g.left()
		})
	}
}

// TestPanicCanBeRead: what went wrong stands on the main screen.
func TestPanicCanBeRead(t *testing.T) {
	for key, words := range map[string]string{"!": "in Update", "?": "in a command"} {
		g := open(t)
		g.mu.Lock()
		g.screen.Resize(200, 200)
		g.mu.Unlock()
		g.press(key).see("panic: "+words, "(*counter).press", "ended")
		g.left()
		if strings.Contains(g.frame(), "keys 1") {
			t.Error("the frame stayed on the main screen")
		}
	}
}

func TestStoppedAndContinued(t *testing.T) {
	g := open(t).press("z")
	g.until("main screen", func() bool { g.mu.Lock(); defer g.mu.Unlock(); return !g.alt })
	g.left()
	if err := pty.Setsize(g.tty, &pty.Winsize{Cols: 50, Rows: 8}); err != nil {
		t.Fatal(err)
	}
	g.mu.Lock()
	g.screen.Resize(50, 8)
	g.mu.Unlock()
	// The process stops itself some time after it has given the terminal back,
	// so it is told to go on until it does.
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for range 3000 {
		<-again.C
		if strings.Contains(g.frame(), "resumed") {
			break
		}
		_ = syscall.Kill(-g.cmd.Process.Pid, syscall.SIGCONT)
	}
	g.see("size 50x8", "keys 1", "resumed").press("a").see("keys 2")
}

func TestAnotherProgramHasTheTerminal(t *testing.T) {
	g := open(t).press("e").see("outside")
	if frame := g.frame(); !strings.Contains(frame, "icanon") || strings.Contains(frame, "-icanon") {
		t.Errorf("the terminal of the other program edits no lines:\n%s", frame)
	}
	g.press("hello\r").see("back: <nil>", "keys 1").press("a").see("keys 2")
}

func TestResizeAndRepaint(t *testing.T) {
	g := open(t)
	if err := pty.Setsize(g.tty, &pty.Winsize{Cols: 40, Rows: 6}); err != nil {
		t.Fatal(err)
	}
	g.mu.Lock()
	g.screen.Resize(40, 6)
	g.mu.Unlock()
	g.see("size 40x6")
	g.mu.Lock()
	_, _ = g.screen.Write([]byte("\x1b[2J\x1b[Hsomething else"))
	g.mu.Unlock()
	g.press("r").see("keys 1", "size 40x6")
	if strings.Contains(g.frame(), "something") {
		t.Errorf("what another program wrote is still there:\n%s", g.frame())
	}
}

// TestSignalsWhileAway: the terminal says that it is not in front any more, and
// a signal reaches it without drawing anything.
func TestSignalsWhileAway(t *testing.T) {
	g := open(t)
	rung := func() int { g.mu.Lock(); defer g.mu.Unlock(); return g.bells }
	g.press("a").see("keys 1")
	if rung() != 0 {
		t.Error("a bell in front")
	}
	g.press(ansi.Blur).see("away", "keys 1")
	g.until("a bell", func() bool { return rung() == 1 })
	g.press(ansi.Focus).see("here", "keys 1").press("a").see("keys 2")
}

// TestManyKeysAtOnce all count, and the last frame is that of the last key.
func TestManyKeysAtOnce(t *testing.T) {
	open(t).press(strings.Repeat("j", 500)).see("keys 500")
}
