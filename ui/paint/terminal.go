package paint

import (
	"errors"
	"io"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"
)

// tty is the file of a terminal.
type tty interface {
	io.ReadWriter
	Fd() uintptr
}

// terminalOf gives the terminal behind a stream, if it is one.
func terminalOf(stream any) (tty, bool) {
	f, ok := stream.(tty)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// terminal is what is set on a terminal while the program has it.
type terminal struct {
	out io.Writer
	// in is the keyboard, nil when it is no terminal.
	in tty
	// before is how the keyboard was set; nil when the terminal is not ours.
	before *term.State
	taken  bool
	// questions are asked once.
	questions string
}

func newTerminal(in io.Reader, out io.Writer, env []string) *terminal {
	t := &terminal{out: out}
	t.in, _ = terminalOf(in)
	if in == nil {
		return t
	}
	t.questions = ansi.RequestBackgroundColor
	if answersModes(env) {
		t.questions += ansi.RequestModeSynchronizedOutput + ansi.RequestModeUnicodeCore
	}
	return t
}

// answersModes reports whether the terminal may be asked for its modes. Not so
// over SSH, where an unknown terminal prints the question, nor in Apple's.
func answersModes(list []string) bool {
	env := uv.Environ(list)
	for _, name := range []string{"ghostty", "wezterm", "alacritty", "kitty", "rio"} {
		if strings.Contains(env.Getenv("TERM"), name) {
			return true
		}
	}
	if _, windows := env.LookupEnv("WT_SESSION"); windows {
		return true
	}
	_, ssh := env.LookupEnv("SSH_TTY")
	return !ssh && !strings.Contains(env.Getenv("TERM_PROGRAM"), "Apple")
}

// take makes the terminal ours: keys come one by one and unseen, and what was
// on the screen waits behind the alternate one.
func (t *terminal) take() error {
	if t.taken {
		return nil
	}
	if t.in != nil {
		before, err := term.MakeRaw(int(t.in.Fd()))
		if err != nil {
			return err
		}
		t.before = before
	}
	t.taken = true
	_, err := io.WriteString(t.out, ansi.SetModeAltScreenSaveCursor+ansi.ResetModeTextCursorEnable+ansi.EraseEntireScreen+
		ansi.SetModeBracketedPaste+ansi.SetModeFocusEvent+ansi.SetModifyOtherKeys2+ansi.PushKittyKeyboard(ansi.KittyDisambiguateEscapeCodes)+t.questions)
	t.questions = ""
	return err
}

// release gives the terminal back as it was. What the canvas has
// changed on it is known there.
func (t *terminal) release(c *canvas) error {
	if !t.taken {
		return nil
	}
	t.taken = false
	// The settings first: writing may have to wait for the terminal.
	var restored error
	if t.before != nil {
		restored = term.Restore(int(t.in.Fd()), t.before)
	}
	var b strings.Builder
	b.WriteString(ansi.ResetModifyOtherKeys + ansi.PopKittyKeyboard(1) + ansi.ResetModeFocusEvent + ansi.ResetModeBracketedPaste)
	if c.cells.Method == ansi.GraphemeWidth {
		b.WriteString(ansi.ResetModeUnicodeCore)
	}
	if c.shape != 0 {
		b.WriteString(ansi.SetCursorStyle(0))
		c.shape = 0
	}
	b.WriteString(ansi.SetWindowTitle("") + ansi.ResetModeAltScreenSaveCursor + ansi.SetModeTextCursorEnable)
	_, err := io.WriteString(t.out, b.String())
	return errors.Join(restored, err)
}

// size asks the terminal how large it is.
func (t *terminal) size() (w, h int, ok bool) {
	f, ok := terminalOf(t.out)
	if !ok {
		return 0, 0, false
	}
	w, h, err := term.GetSize(int(f.Fd()))
	return w, h, err == nil && w > 0 && h > 0
}
