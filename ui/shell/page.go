package shell

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk/safe"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// Passage is a sentence or more of a [Page], under the one before it.
type Passage struct {
	Role theme.Role
	// Indent is how many cells it stands to the right.
	Indent int
	Text   safe.Text
	// Gap leaves a line before it.
	Gap bool
}

// Page is a dialog that is read and scrolled.
type Page struct {
	sh    *Shell
	title safe.Text
	text  []Passage
	top   int
	// lines are the passages broken for a width and a theme.
	lines []string
	width int
	look  *theme.Theme
	// tall is how many lines were in sight.
	tall int
}

// NewPage makes a dialog of what is to be read.
func NewPage(sh *Shell, title safe.Text, text []Passage) *Page {
	return &Page{sh: sh, title: title, text: text}
}

// Press scrolls, or closes the page.
func (p *Page) Press(msg tea.KeyPressMsg) tea.Cmd {
	switch msg.Keystroke() {
	case "j", "down":
		p.top++
	case "k", "up":
		p.top--
	case "pgdown", "space", "ctrl+d":
		p.top += max(p.tall-1, 1)
	case "pgup", "ctrl+u":
		p.top -= max(p.tall-1, 1)
	case "g", "home":
		p.top = 0
	case "G", "shift+g", "end":
		p.top = len(p.lines)
	case "q", "enter":
		p.sh.Dismiss()
	}
	p.top = max(min(p.top, len(p.lines)-p.tall), 0)
	return nil
}

// Paste is ignored: there is nothing to type.
func (p *Page) Paste(string) {}

// Update hears facts, of which none concern a page.
func (p *Page) Update(tea.Msg) tea.Cmd { return nil }

// View draws what is in sight of the page.
func (p *Page) View(size Size) ([]string, *tea.Position) {
	t := p.sh.Theme()
	box := widget.Box{Title: p.title, Hint: safe.Const("j/k scroll · esc back"), Width: min(100, size.W)}
	in := box.Inside()
	if p.width != in || p.look != t {
		p.width, p.look, p.lines = in, t, p.broken(t, in)
	}
	p.tall = min(len(p.lines), max(size.H-6, 1))
	p.top = max(min(p.top, len(p.lines)-p.tall), 0)
	box.Lines = p.lines[p.top : p.top+p.tall]
	if more := len(p.lines) - p.top - p.tall; more > 0 {
		box.Hint = safe.Sprintf("%s more lines · j/k scroll · esc back", safe.Int(more))
	}
	return box.View(t), nil
}

// broken are the passages as lines.
func (p *Page) broken(t *theme.Theme, width int) []string {
	var lines []string
	for _, passage := range p.text {
		if passage.Gap {
			lines = append(lines, widget.Blank(width))
		}
		indent := min(passage.Indent, width/3)
		for _, part := range widget.Wrap(t, passage.Text, width-indent) {
			lines = append(lines, widget.NewLine(t, width).Space(indent).Put(passage.Role, part).String())
		}
	}
	return lines
}
