package action

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// Names are the names under which a key press may be bound, best first: the
// character that was typed, and, where that is no Latin one, the character of
// the physical key. The order matters: by physical key first, y and z would be
// swapped on a German keyboard.
func Names(msg tea.KeyPressMsg) []string {
	k := msg.Key()
	if k.Text == "" || k.Text == " " {
		return []string{msg.Keystroke()}
	}
	names := []string{k.Text}
	if r, _ := utf8.DecodeRuneInString(k.Text); r >= utf8.RuneSelf && k.BaseCode != 0 {
		base := string(k.BaseCode)
		if k.Mod.Contains(tea.ModShift) {
			base = strings.ToUpper(base)
		}
		names = append(names, base)
	}
	return names
}

// Show writes a key or a sequence for people.
func Show(key string) string {
	switch key {
	case "down":
		return "↓"
	case "up":
		return "↑"
	case "left":
		return "←"
	case "right":
		return "→"
	}
	return key
}
