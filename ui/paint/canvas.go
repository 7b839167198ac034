package paint

import (
	"bytes"
	"io"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// canvas turns views into the bytes that bring the terminal from the last one
// to the next.
type canvas struct {
	out     io.Writer
	env     []string
	profile colorprofile.Profile
	// noCarriage says that nothing in front of the terminal turns a newline
	// into a carriage return and a newline.
	noCarriage bool

	buf   bytes.Buffer // what moves and draws
	frame bytes.Buffer // the whole of one write
	draw  *uv.TerminalRenderer
	cells uv.ScreenBuffer
	// last is what is on the screen; nil when nothing of ours is.
	last *tea.View
	// synced says that the terminal can show a frame at once (mode 2026).
	synced bool
	// shape is the cursor's, as ECMA-48 numbers it; 0 is the terminal's own.
	shape int
}

func newCanvas(out io.Writer, env []string, noCarriage bool) *canvas {
	c := &canvas{out: out, env: env, profile: colorprofile.Detect(out, env), noCarriage: noCarriage}
	c.cells = uv.NewScreenBuffer(0, 0)
	c.blank()
	return c
}

// blank begins anew on a screen whose content is not known.
func (c *canvas) blank() {
	c.buf.Reset()
	c.last = nil
	c.draw = uv.NewTerminalRenderer(&c.buf, c.env)
	c.draw.SetColorProfile(c.profile)
	// A tab or a backspace moves the cursor as we think only where the
	// terminal's own settings say so, and saves next to nothing.
	c.draw.SetTabStops(-1)
	c.draw.SetBackspace(false)
	c.draw.SetMapNewline(c.noCarriage)
	c.draw.SetScrollOptim(true)
	c.draw.SetFullscreen(true)
	c.draw.SetRelativeCursor(false)
	c.draw.Erase()
}

// colours says which colours the terminal has.
func (c *canvas) colours(p colorprofile.Profile) {
	if p != c.profile {
		c.profile = p
		c.blank()
	}
}

// graphemes has widths counted in grapheme clusters, as the terminal now does.
func (c *canvas) graphemes() { c.cells.Method = ansi.GraphemeWidth }

// resize says how large the screen is.
func (c *canvas) resize(w, h int) {
	c.draw.Erase()
	c.draw.Resize(w, h)
	c.cells.Touched = nil // of the old height
	c.cells.Resize(w, h)
	c.last = nil
}

// paint brings the view on the screen, in one write, or none if nothing of it
// is new.
func (c *canvas) paint(v tea.View) error {
	if c.last != nil && sameView(*c.last, v) {
		return nil
	}
	c.cells.Clear()
	uv.NewStyledString(v.Content).Draw(c.cells, c.cells.Bounds())
	c.draw.Render(c.cells.RenderBuffer)
	if v.Cursor != nil {
		c.draw.MoveTo(v.Cursor.X, v.Cursor.Y)
	}
	if err := c.draw.Flush(); err != nil {
		return err
	}
	c.compose(v)
	c.last = &v
	if c.frame.Len() == 0 {
		return nil
	}
	_, err := c.out.Write(c.frame.Bytes())
	return err
}

// compose puts the write together: what is drawn, between the signs that the
// terminal is to show it at once, with the cursor hidden while it moves.
func (c *canvas) compose(v tea.View) {
	c.frame.Reset()
	shown := c.last != nil && c.last.Cursor != nil
	drawn := c.buf.Len() > 0
	if drawn && c.synced {
		c.frame.WriteString(ansi.SetModeSynchronizedOutput)
	}
	if shown && (v.Cursor == nil || drawn && !c.synced) {
		c.frame.WriteString(ansi.ResetModeTextCursorEnable)
		shown = false
	}
	if c.last == nil || c.last.WindowTitle != v.WindowTitle {
		c.frame.WriteString(ansi.SetWindowTitle(v.WindowTitle))
	}
	c.frame.Write(c.buf.Bytes())
	c.buf.Reset()
	if v.Cursor != nil {
		if shape := cursorShape(v.Cursor); shape != c.shape {
			c.frame.WriteString(ansi.SetCursorStyle(shape))
			c.shape = shape
		}
		if !shown {
			c.frame.WriteString(ansi.SetModeTextCursorEnable)
		}
	}
	if drawn && c.synced {
		c.frame.WriteString(ansi.ResetModeSynchronizedOutput)
	}
}

// cursorShape is the parameter of DECSCUSR. A blinking block is what terminals
// have by themselves.
func cursorShape(c *tea.Cursor) int {
	n := int(c.Shape)*2 + 1
	if !c.Blink {
		n++
	}
	if n == 1 {
		n = 0
	}
	return n
}

func sameView(a, b tea.View) bool {
	if a.Content != b.Content || a.WindowTitle != b.WindowTitle || (a.Cursor == nil) != (b.Cursor == nil) {
		return false
	}
	return a.Cursor == nil || a.Cursor.Position == b.Cursor.Position && cursorShape(a.Cursor) == cursorShape(b.Cursor)
}
