package uitest

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"postroom/ui/shell"
)

// Driver runs a model without a terminal.
type Driver struct {
	t       testing.TB
	model   tea.Model
	clock   *Clock
	ring    func() (tea.Msg, bool)
	holding bool
	waiting []tea.Cmd
	quit    bool
}

// New starts the model in a terminal of the given size. ring gives what the
// bell has to say, if it has rung since; nil is a bell that never rings.
func New(t testing.TB, model tea.Model, clock *Clock, ring func() (tea.Msg, bool)) *Driver {
	d := &Driver{t: t, model: model, clock: clock, ring: ring}
	d.command(model.Init())
	return d
}

// Resize changes the size of the terminal.
func (d *Driver) Resize(w, h int) *Driver { return d.Send(tea.WindowSizeMsg{Width: w, Height: h}) }

// Press presses keys one after the other: "j", "ctrl+d", "enter", "esc".
// Between two keys everything they began comes to its end.
func (d *Driver) Press(keys ...string) *Driver {
	for _, k := range keys {
		d.Send(Key(k))
	}
	return d
}

// Type presses the keys of a text.
func (d *Driver) Type(text string) *Driver {
	for _, r := range text {
		d.Send(Key(string(r)))
	}
	return d
}

// Send lets the model hear a message.
func (d *Driver) Send(msg tea.Msg) *Driver {
	d.hear(msg)
	d.Listen()
	return d
}

// Listen lets the model hear the bell until it is silent.
func (d *Driver) Listen() *Driver {
	for d.ring != nil && !d.holding {
		msg, rang := d.ring()
		if !rang {
			return d
		}
		d.hear(msg)
	}
	return d
}

// Advance moves the clock and fires the timers on the way, in their order.
func (d *Driver) Advance(by time.Duration) *Driver {
	end := d.clock.now.Add(by)
	for {
		msg, ok := d.clock.next(end)
		if !ok {
			break
		}
		d.Send(msg)
	}
	d.clock.now = end
	return d
}

// Hold keeps commands back instead of running them, so that a test can decide
// in which order they are answered.
func (d *Driver) Hold() *Driver {
	d.holding = true
	return d
}

// Waiting is how many commands are held back.
func (d *Driver) Waiting() int { return len(d.waiting) }

// Answer runs the command held back at the index; negative counts from the end.
func (d *Driver) Answer(i int) *Driver {
	if i < 0 {
		i += len(d.waiting)
	}
	cmd := d.waiting[i]
	d.waiting = slices.Delete(d.waiting, i, i+1)
	d.deliver(cmd)
	return d
}

// Release runs everything that was held back, the newest first, and from then
// on all at once again.
func (d *Driver) Release() *Driver {
	for len(d.waiting) > 0 {
		d.Answer(-1)
	}
	d.holding = false
	return d.Listen()
}

func (d *Driver) hear(msg tea.Msg) {
	d.t.Helper()
	if msg == nil {
		return
	}
	if _, ok := msg.(tea.QuitMsg); ok {
		d.quit = true
		return
	}
	var cmd tea.Cmd
	d.model, cmd = d.model.Update(msg)
	d.command(cmd)
}

func (d *Driver) command(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	if d.holding {
		d.waiting = append(d.waiting, cmd)
		return
	}
	d.deliver(cmd)
}

func (d *Driver) deliver(cmd tea.Cmd) {
	msg := cmd()
	if batch, ok := msg.(tea.BatchMsg); ok {
		for _, c := range batch {
			d.command(c)
		}
		return
	}
	d.hear(msg)
}

// Quit reports whether the program has left.
func (d *Driver) Quit() bool { return d.quit }

// View is the present frame as the program describes it.
func (d *Driver) View() tea.View { return d.model.View() }

// Styled is the present frame with its attributes, the escape written as ␛ so
// that it can be read.
func (d *Driver) Styled() string { return strings.ReplaceAll(d.View().Content, "\x1b", "␛") }

// Frame is the present frame as plain text.
func (d *Driver) Frame() string { return ansi.Strip(d.View().Content) }

// Line is one line of the frame without the blanks at its end.
func (d *Driver) Line(i int) string {
	lines := strings.Split(d.Frame(), "\n")
	if i < 0 {
		i += len(lines)
	}
	if i < 0 || i >= len(lines) {
		return ""
	}
	return strings.TrimRight(lines[i], " ")
}

// See fails the test unless the frame contains all the words.
func (d *Driver) See(words ...string) *Driver {
	d.t.Helper()
	frame := d.Frame()
	for _, w := range words {
		if !strings.Contains(frame, w) {
			d.t.Fatalf("the frame does not show %q:\n%s", w, frame)
		}
	}
	return d
}

// NotSee fails the test if the frame contains one of the words.
func (d *Driver) NotSee(words ...string) *Driver {
	d.t.Helper()
	frame := d.Frame()
	for _, w := range words {
		if strings.Contains(frame, w) {
			d.t.Fatalf("the frame shows %q:\n%s", w, frame)
		}
	}
	return d
}

// Key is the message of a key press.
func Key(name string) tea.KeyPressMsg {
	var mod tea.KeyMod
	for {
		switch {
		case strings.HasPrefix(name, "ctrl+") && len(name) > 5:
			mod, name = mod|tea.ModCtrl, name[5:]
		case strings.HasPrefix(name, "shift+") && len(name) > 6:
			mod, name = mod|tea.ModShift, name[6:]
		case strings.HasPrefix(name, "alt+") && len(name) > 4:
			mod, name = mod|tea.ModAlt, name[4:]
		default:
			return plainKey(name, mod)
		}
	}
}

func plainKey(name string, mod tea.KeyMod) tea.KeyPressMsg {
	codes := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "backspace": tea.KeyBackspace,
		"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
		"home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "delete": tea.KeyDelete,
	}
	if code, ok := codes[name]; ok {
		return tea.KeyPressMsg{Code: code, Mod: mod}
	}
	if name == "space" {
		name = " "
	}
	r := []rune(name)[0]
	if mod != 0 && mod != tea.ModShift {
		return tea.KeyPressMsg{Code: r, Mod: mod}
	}
	return tea.KeyPressMsg{Code: r, Text: name, Mod: mod}
}

// Clock is a clock that only the test moves, with its timers.
type Clock struct {
	now     time.Time
	timers  []timer
	signals []string
}

type timer struct {
	at  time.Time
	msg tea.Msg
}

// NewClock makes a clock that stands.
func NewClock(now time.Time) *Clock { return &Clock{now: now} }

// Now is the time the clock shows.
func (c *Clock) Now() time.Time { return c.now }

// Leap moves the clock at once, as over a long absence: for before a program
// is opened.
func (c *Clock) Leap(d time.Duration) { c.now = c.now.Add(d) }

// World is the world of a shell with this clock.
func (c *Clock) World() shell.World {
	after := func(d time.Duration, msg tea.Msg) tea.Cmd {
		return func() tea.Msg {
			c.timers = append(c.timers, timer{c.now.Add(d), msg})
			return nil
		}
	}
	signal := func(sequence string) tea.Cmd {
		return func() tea.Msg {
			c.signals = append(c.signals, sequence)
			return nil
		}
	}
	return shell.World{Now: c.Now, After: after, Signal: signal}
}

// Signals are the sequences sent to the terminal since the last call.
func (c *Clock) Signals() []string {
	list := c.signals
	c.signals = nil
	return list
}

// next takes the first timer due until end and moves the clock to it.
func (c *Clock) next(end time.Time) (tea.Msg, bool) {
	first := -1
	for i, t := range c.timers {
		if !t.at.After(end) && (first < 0 || t.at.Before(c.timers[first].at)) {
			first = i
		}
	}
	if first < 0 {
		return nil, false
	}
	t := c.timers[first]
	c.timers = slices.Delete(c.timers, first, first+1)
	if t.at.After(c.now) {
		c.now = t.at
	}
	return t.msg, true
}
