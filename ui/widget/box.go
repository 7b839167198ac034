package widget

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

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
		frame[y+i] = Cut(t, under, 0, x) + l + Cut(t, under, right, width)
	}
}

// Cut takes the columns from one to another out of a line made by [Line]. A
// wide character that the border divides leaves a blank. The line carries no
// sequences but those of the theme, so the one that is open at the cut is the
// last one before it.
func Cut(t *theme.Theme, line string, from, to int) string {
	var b strings.Builder
	open, at := "", 0
	for i := 0; i < len(line) && at < to; {
		if line[i] == 0x1b {
			end := i + strings.IndexByte(line[i:], 'm') + 1
			if open = line[i:end]; open == theme.Reset {
				open = ""
			}
			if at >= from {
				b.WriteString(line[i:end])
			}
			i = end
			continue
		}
		cluster, w := ansi.FirstGraphemeCluster(line[i:], t.Options().Measure)
		i += len(cluster)
		next := at + w
		switch {
		case next <= from:
		case at < from || next > to:
			b.WriteString(Blank(min(next, to) - max(at, from)))
		default:
			if b.Len() == 0 {
				b.WriteString(open)
			}
			b.WriteString(cluster)
		}
		at = next
	}
	if open != "" {
		b.WriteString(theme.Reset)
	}
	return b.String()
}
