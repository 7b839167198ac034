package shell

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk/safe"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// Option is one answer to a question.
type Option struct {
	Label safe.Text
	// Run is what the answer leads to; nil does nothing.
	Run func() tea.Cmd
}

// Choice is a question with a few answers. The first is the one that does no
// harm, so that a key pressed by habit does none.
type Choice struct {
	sh      *Shell
	title   safe.Text
	text    safe.Text
	options []Option
	cursor  int
}

// NewChoice makes a question.
func NewChoice(sh *Shell, title, text safe.Text, options ...Option) *Choice {
	return &Choice{sh: sh, title: title, text: text, options: options}
}

// Press moves between the answers, takes one with enter, or with its number.
func (c *Choice) Press(msg tea.KeyPressMsg) tea.Cmd {
	switch key := msg.Keystroke(); key {
	case "down", "j", "tab", "right":
		c.cursor = (c.cursor + 1) % len(c.options)
	case "up", "k", "shift+tab", "left":
		c.cursor = (c.cursor + len(c.options) - 1) % len(c.options)
	case "enter":
		return c.take(c.cursor)
	case "q":
		c.sh.Dismiss()
	default:
		if len(key) == 1 && key[0] >= '1' && int(key[0]-'1') < len(c.options) {
			return c.take(int(key[0] - '1'))
		}
	}
	return nil
}

func (c *Choice) take(i int) tea.Cmd {
	c.sh.Dismiss()
	if run := c.options[i].Run; run != nil {
		return run()
	}
	return nil
}

// Paste is ignored: there is nothing to type.
func (c *Choice) Paste(string) {}

// Update hears facts, of which none concern a question.
func (c *Choice) Update(tea.Msg) tea.Cmd { return nil }

// View draws the question.
func (c *Choice) View(size Size) ([]string, *tea.Position) {
	t := c.sh.Theme()
	box := widget.Box{Title: c.title, Hint: safe.Const("enter choose · esc back"), Width: min(64, size.W)}
	in := box.Inside()
	lines := []string{widget.Blank(in)}
	for _, l := range widget.Wrap(t, c.text, in) {
		lines = append(lines, widget.NewLine(t, in).Put(theme.Plain, l).String())
	}
	lines = append(lines, widget.Blank(in))
	for i, o := range c.options {
		base, sign := theme.Plain, " "
		if i == c.cursor {
			base, sign = theme.Cursor, t.Signs.Cursor
		}
		l := widget.NewLineOn(t, base, in).Sign(theme.Plain, sign).Space(1)
		l.Put(theme.Plain, safe.Int(i+1)).Space(2).Put(theme.Plain, o.Label)
		lines = append(lines, l.String())
	}
	box.Lines = append(lines, widget.Blank(in))
	return box.View(t), nil
}
