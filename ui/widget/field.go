package widget

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"postroom/desk/safe"
	"postroom/ui/theme"
)

// Field is a text of one line that is being typed. The terminal's own cursor
// stands in it, which is what makes input methods work.
type Field struct {
	text []rune
	at   int
	from int // the first rune in sight
}

// Value is what has been typed.
func (f *Field) Value() string { return string(f.text) }

// Set replaces the text and puts the cursor behind it.
func (f *Field) Set(s string) {
	f.text = []rune(safe.Line(s).String())
	f.at, f.from = len(f.text), 0
}

// Insert types a text. Line breaks become blanks: a paste never presses enter.
func (f *Field) Insert(s string) {
	var add []rune
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			add = append(add, ' ')
		case unicode.IsPrint(r):
			add = append(add, r)
		}
	}
	f.text = append(f.text[:f.at:f.at], append(add, f.text[f.at:]...)...)
	f.at += len(add)
}

// Press takes a key and reports whether it was one for a text field.
func (f *Field) Press(msg tea.KeyPressMsg) bool {
	k := msg.Key()
	if k.Text != "" && !k.Mod.Contains(tea.ModCtrl) && !k.Mod.Contains(tea.ModAlt) {
		f.Insert(k.Text)
		return true
	}
	switch msg.Keystroke() {
	case "left", "ctrl+b":
		f.at = max(f.at-1, 0)
	case "right", "ctrl+f":
		f.at = min(f.at+1, len(f.text))
	case "home", "ctrl+a":
		f.at = 0
	case "end", "ctrl+e":
		f.at = len(f.text)
	case "backspace", "ctrl+h":
		f.cut(f.at-1, f.at)
	case "delete", "ctrl+d":
		f.cut(f.at, f.at+1)
	case "ctrl+u":
		f.cut(0, f.at)
	case "ctrl+k":
		f.cut(f.at, len(f.text))
	case "ctrl+w", "alt+backspace":
		f.cut(f.wordStart(), f.at)
	default:
		return false
	}
	return true
}

func (f *Field) cut(from, to int) {
	from, to = max(from, 0), min(to, len(f.text))
	if from >= to {
		return
	}
	f.text = append(f.text[:from:from], f.text[to:]...)
	f.at = from
}

func (f *Field) wordStart() int {
	i := f.at
	for i > 0 && unicode.IsSpace(f.text[i-1]) {
		i--
	}
	for i > 0 && !unicode.IsSpace(f.text[i-1]) {
		i--
	}
	return i
}

// Draw writes the part around the cursor into a line and tells how many cells
// from its own beginning the cursor stands.
func (f *Field) Draw(l *Line, t *theme.Theme, width int) (cursor int) {
	width = min(width, l.Left())
	if width <= 0 {
		return 0
	}
	f.from = min(f.from, f.at)
	for t.Width(string(f.text[f.from:f.at])) > width-1 {
		f.from++
	}
	// In a wider line there is room again for what had gone at the left.
	for f.from > 0 && t.Width(string(f.text[f.from-1:])) <= width-1 {
		f.from--
	}
	shown := string(f.text[f.from:])
	room := width
	for t.Width(shown) > room {
		// Cut without an ellipsis: it would look like a typed character.
		runes := []rune(shown)
		shown = string(runes[:len(runes)-1])
	}
	l.Cell(theme.Plain, safe.Clean(strings.TrimRight(shown, "\n")), width)
	return t.Width(string(f.text[f.from:f.at]))
}
