package shell

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk/safe"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// Pick is a dialog over a list of choices that typing filters.
type Pick struct {
	sh     *Shell
	title  safe.Text
	hint   safe.Text
	picker widget.Picker
	items  []widget.Item
	take   func(int) tea.Cmd
	// typed, if set, gives further choices for what has been typed.
	typed func(string) ([]widget.Item, func(int) tea.Cmd)
	extra int
	more  func(int) tea.Cmd
	rows  int
}

// NewPick makes a dialog; take begins the choice with the given index.
func NewPick(sh *Shell, title safe.Text, items []widget.Item, take func(int) tea.Cmd) *Pick {
	p := &Pick{sh: sh, title: title, hint: safe.Const("type to filter · enter choose · esc back"), items: items, take: take, rows: 12}
	p.picker.SetItems(items)
	return p
}

// Hint replaces the words in the lower edge.
func (p *Pick) Hint(h safe.Text) *Pick {
	p.hint = h
	return p
}

// Tall lets the dialog use the height of the screen.
func (p *Pick) Tall() *Pick {
	p.rows = 200
	return p
}

// Typed sets a source of choices that follow from what is typed, such as the
// number of a conversation. They come first.
func (p *Pick) Typed(f func(string) ([]widget.Item, func(int) tea.Cmd)) *Pick {
	p.typed = f
	return p
}

// Press takes a key.
func (p *Pick) Press(msg tea.KeyPressMsg) tea.Cmd {
	if msg.Keystroke() != "enter" {
		before := p.picker.Field.Value()
		p.picker.Press(msg)
		if p.picker.Field.Value() != before {
			p.refill()
		}
		return nil
	}
	i, ok := p.picker.Chosen()
	if !ok {
		return nil
	}
	if i < p.extra {
		p.sh.Dismiss()
		return p.more(i)
	}
	i -= p.extra
	if why := p.items[i].Off; !why.IsEmpty() {
		return p.sh.Say(Toast{Text: safe.Sprintf("%s: %s", p.items[i].Label, why), Role: theme.Warn})
	}
	p.sh.Dismiss()
	return p.take(i)
}

// Paste types a text at once.
func (p *Pick) Paste(s string) {
	p.picker.Paste(s)
	p.refill()
}

func (p *Pick) refill() {
	if p.typed == nil {
		return
	}
	first, more := p.typed(p.picker.Field.Value())
	if len(first) == 0 && p.extra == 0 {
		return
	}
	p.extra, p.more = len(first), more
	p.picker.SetItems(append(first, p.items...))
}

// Update hears facts, of which none concern a choice.
func (p *Pick) Update(tea.Msg) tea.Cmd { return nil }

// View draws the dialog.
func (p *Pick) View(size Size) ([]string, *tea.Position) {
	t := p.sh.Theme()
	box := widget.Box{Title: p.title, Hint: p.hint, Width: min(72, size.W)}
	rows := min(p.rows, max(len(p.items), 1)+p.extra, max(size.H-8, 1))
	lines, at := p.picker.View(t, safe.Const("> "), box.Inside(), rows)
	box.Lines = lines
	return box.View(t), &tea.Position{X: 2 + at, Y: 1}
}
