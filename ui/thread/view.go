package thread

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// The widths of the screen's parts.
const (
	panelFrom   = 110 // from here on the panel is there unless it is sent away
	panelBeside = 90  // below that it covers the conversation
	panelWidth  = 34
	readWidth   = 100 // lines of text longer than this are hard to read
)

// View draws the conversation, the panel where there is room or wish for it,
// and the composer while a text is being written.
func (s *Screen) View(size shell.Size) shell.Picture {
	t := s.sh.Theme()
	panel := s.showsPanel(size.W)
	if panel && size.W < panelBeside {
		return shell.Picture{Lines: s.panelLines(t, size.W, size.H)}
	}
	width := size.W
	if panel {
		width -= panelWidth + 1
	}
	bottom := 0
	if s.composer != nil {
		bottom = min(s.composer.height(size.H), size.H)
	}
	var pic shell.Picture
	lines := make([]string, 0, size.H)
	if !panel && size.H-bottom > 1 {
		lines = append(lines, s.summary(t, width))
	}
	lines = append(lines, s.pane.view(t, width, size.H-bottom-len(lines), s.sh.Now())...)
	if bottom > 0 {
		s.composer.beside = panel
		written, cursor := s.composer.view(t, width, bottom)
		if cursor != nil {
			pic.Cursor = tea.NewCursor(cursor.X, len(lines)+cursor.Y)
		}
		lines = append(lines, written...)
	}
	if panel {
		s.withPanel(t, size, width, lines, &pic)
	}
	pic.Lines = lines
	return pic
}

// withPanel sets the panel at the right of the lines.
func (s *Screen) withPanel(t *theme.Theme, size shell.Size, width int, lines []string, pic *shell.Picture) {
	edge := widget.NewLine(t, 1).Sign(theme.Rule, t.Signs.Vertical).String()
	met := widget.NewLine(t, 1).Sign(theme.Rule, t.Signs.TeeLeft).String()
	var rules []int
	from := 0
	if c := s.composer; c != nil {
		rules, from = c.rules, size.H-min(c.height(size.H), size.H)
	}
	for i, l := range s.panelLines(t, panelWidth, size.H) {
		if slices.Contains(rules, i-from) {
			lines[i] += met + l
		} else {
			lines[i] += edge + l
		}
	}
	rule := widget.NewLine(t, size.W).Rule(theme.Rule, t.Signs.Horizontal, width).Sign(theme.Rule, t.Signs.TeeDown).Rule(theme.Rule, t.Signs.Horizontal, panelWidth).String()
	pic.Rule = &rule
}

// showsPanel reports whether the panel is to be seen. A text that is being
// written is never covered by it.
func (s *Screen) showsPanel(width int) bool {
	switch {
	case s.panel == nil:
		return width >= panelFrom
	case width < panelBeside && s.composer != nil:
		return false
	}
	return *s.panel
}
