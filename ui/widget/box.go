package widget

import (
	"strings"

	"postroom/desk/safe"
	"postroom/ui/theme"
)

// Box is a dialog's frame: a title above, hints below, lines between.
type Box struct {
	Title safe.Text
	// Hint stands in the lower edge: the keys of the dialog.
	Hint safe.Text
	// Lines are exactly Width-4 cells wide.
	Lines []string
	Width int
}

// Inside is how wide the lines of a box may be.
func (b Box) Inside() int { return max(b.Width-4, 0) }

// View draws the box.
func (b Box) View(t *theme.Theme) []string {
	out := make([]string, 0, len(b.Lines)+2)
	s := t.Signs
	top := NewLine(t, b.Width).Sign(theme.Rule, s.TopLeft)
	if !b.Title.IsEmpty() && b.Width > 8 {
		title, w := t.Fit(b.Title.String(), b.Width-6)
		top.Sign(theme.Rule, s.Horizontal).Space(1).Cell(theme.Strong, safe.Line(title), w).Space(1)
	}
	top.Rule(theme.Rule, s.Horizontal, top.Left()-1).Sign(theme.Rule, s.TopRight)
	out = append(out, top.String())
	for _, l := range b.Lines {
		edge := t.Open(theme.Plain, theme.Rule) + s.Vertical + theme.Reset
		out = append(out, edge+" "+l+" "+edge)
	}
	bottom := NewLine(t, b.Width).Sign(theme.Rule, s.BottomLeft)
	if hint, w := t.Fit(b.Hint.String(), b.Width-6); w > 0 && b.Width > 8 {
		bottom.Rule(theme.Rule, s.Horizontal, b.Width-w-5).Space(1).Cell(theme.Faint, safe.Line(hint), w).Space(1)
	}
	bottom.Rule(theme.Rule, s.Horizontal, bottom.Left()-1).Sign(theme.Rule, s.BottomRight)
	return append(out, bottom.String())
}

// Over lays a block over a frame at a place. Both are lines of known widths;
// what the block covers is cut out of the frame's lines.
func Over(t *theme.Theme, frame, block []string, x, y int) {
	m := t.Options().Measure
	for i, l := range block {
		if y+i < 0 || y+i >= len(frame) {
			continue
		}
		under := frame[y+i]
		width, right := m.StringWidth(under), x+m.StringWidth(l)
		var b strings.Builder
		// Not Cut: with widths by rune it drops the wrong end (x/ansi v0.11.9).
		left := m.Truncate(under, x, "")
		b.WriteString(left)
		// A wide character that the edge of the block divides leaves a gap.
		b.WriteString(Blank(x - m.StringWidth(left)))
		b.WriteString(theme.Reset)
		b.WriteString(l)
		if right < width {
			rest := m.TruncateLeft(under, right, "")
			b.WriteString(Blank(width - right - m.StringWidth(rest)))
			b.WriteString(rest)
			b.WriteString(theme.Reset)
		}
		frame[y+i] = b.String()
	}
}
