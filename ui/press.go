package ui

import (
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// prefix is the beginning of a sequence of keys, such as the g of "g m".
type prefix struct {
	keys   string
	number uint64
	shown  bool
}

type prefixShown struct{ number uint64 }

// prefixPause is how long a prefix waits before the footer says how it can go
// on. Whoever knows the way is not disturbed.
const prefixPause = 400 * time.Millisecond

// pressed leads a key to the dialog in front, to the text that is being
// written, or to the action it is bound to.
func (m *Model) pressed(msg tea.KeyPressMsg) tea.Cmd {
	if m.sh.Size().TooSmall() {
		return m.pressedBlind(msg)
	}
	if d := m.sh.Dialog(); d != nil {
		switch msg.Keystroke() {
		case "esc", "ctrl+c":
			m.quit = false
			m.sh.Dismiss()
			return nil
		}
		return d.Press(msg)
	}
	place := m.sh.Top().Place()
	if t, ok := m.sh.Top().(shell.Typer); ok && t.Typing() {
		if msg.Key().Text == "" {
			if a, ok := m.keymap().Find(place.Scope, msg.Keystroke()); ok {
				return m.run(a, place.Target(a))
			}
		}
		return t.Type(msg)
	}
	return m.bound(msg, place)
}

// pressedBlind is for a window that shows nothing: no key does what nobody
// sees, but one can leave. What is being written is saved, what is held stays
// in the outbox.
func (m *Model) pressedBlind(msg tea.KeyPressMsg) tea.Cmd {
	switch msg.Keystroke() {
	case "ctrl+c", "q":
		return m.settle()
	}
	return nil
}

// bound looks for the action behind a key, alone or as the next of a sequence.
func (m *Model) bound(msg tea.KeyPressMsg, place shell.Place) tea.Cmd {
	begun := m.prefix.keys
	m.prefix = prefix{number: m.prefix.number + 1}
	for _, key := range action.Names(msg) {
		if begun != "" {
			key = begun + " " + key
		}
		if a, ok := m.keymap().Find(place.Scope, key); ok {
			return m.run(a, place.Target(a))
		}
		if m.keymap().Begins(place.Scope, key) {
			m.prefix.keys = key
			return m.sh.After(prefixPause, prefixShown{m.prefix.number})
		}
	}
	name := action.Names(msg)[0]
	if begun == "" && utf8.RuneCountInString(name) != 1 || name == "esc" {
		return nil
	}
	if begun != "" {
		name = begun + " " + name
	}
	return m.sh.Say(shell.Toast{Text: safe.Sprintf("%s does nothing here · ? shows the keys", safe.Line(name)), Role: theme.Faint})
}

// run begins an action on what it was pressed for, or says what is missing.
func (m *Model) run(a action.Action, on action.Target) tea.Cmd {
	if why := a.Missing(on); why != "" {
		return m.sh.Say(shell.Toast{Text: safe.Sprintf("%s: %s", safe.Line(a.Title), safe.Line(why)), Role: theme.Warn})
	}
	return a.Run(on)
}

func (m *Model) pasted(text string) tea.Cmd {
	if m.sh.Size().TooSmall() {
		return nil
	}
	if d := m.sh.Dialog(); d != nil {
		d.Paste(text)
		return nil
	}
	if t, ok := m.sh.Top().(shell.Typer); ok && t.Typing() {
		return t.Paste(text)
	}
	// Elsewhere letters are verbs, and a paste must never press keys.
	return nil
}

// keymap is the map of the screens that are open, those in front first.
func (m *Model) keymap() *action.Keymap {
	if m.keys == nil || m.known != m.sh.Changes() {
		m.known = m.sh.Changes()
		var tables [][]action.Action
		stack := m.sh.Stack()
		for i := len(stack) - 1; i >= 0; i-- {
			tables = append(tables, stack[i].Actions())
		}
		m.keys = action.NewKeymap(append(tables, m.own)...)
	}
	return m.keys
}
