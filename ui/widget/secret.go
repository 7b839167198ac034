package widget

import (
	"strings"

	"postroom/ui/theme"
)

// DrawHidden is [Field.Draw] for a text that nobody may see: one sign for each
// letter, and nothing of the text itself.
func (f *Field) DrawHidden(l *Line, t *theme.Theme, width int) (cursor int) {
	masked := Field{text: []rune(strings.Repeat("*", len(f.text))), at: f.at}
	return masked.Draw(l, t, width)
}

// Erase forgets the text, also where it lay in memory.
func (f *Field) Erase() {
	clear(f.text[:cap(f.text)])
	*f = Field{}
}
