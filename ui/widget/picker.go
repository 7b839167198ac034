package widget

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"postroom/desk/safe"
	"postroom/ui/theme"
)

// Item is one choice of a picker.
type Item struct {
	Label safe.Text
	// Key and Hint stand at the right: the key that does the same, a word
	// about the choice.
	Key, Hint safe.Text
	// Off says why the choice cannot be taken now; it stays visible.
	Off safe.Text
	// Heading makes the item a title between others, which cannot be taken.
	Heading bool
}

// Picker is a text field over a list of choices that it filters. Choices are
// told by their index in the list that was set.
type Picker struct {
	Field  Field
	items  []Item
	shown  []int
	cursor int
	top    int
}

// SetItems replaces the choices and keeps what was typed.
func (p *Picker) SetItems(items []Item) {
	p.items = items
	p.filter()
}

// Chosen is the index of the choice under the cursor; false when nothing is
// left.
func (p *Picker) Chosen() (int, bool) {
	if p.cursor >= len(p.shown) || p.items[p.shown[p.cursor]].Heading {
		return 0, false
	}
	return p.shown[p.cursor], true
}

// Press takes a key and reports whether it was one for a picker.
func (p *Picker) Press(msg tea.KeyPressMsg) bool {
	switch msg.Keystroke() {
	case "down", "ctrl+n", "ctrl+j":
		p.move(1)
	case "up", "ctrl+p":
		p.move(-1)
	case "pgdown":
		p.move(8)
	case "pgup":
		p.move(-8)
	default:
		before := p.Field.Value()
		if !p.Field.Press(msg) {
			return false
		}
		if p.Field.Value() != before {
			p.filter()
		}
	}
	return true
}

// Paste types a text at once.
func (p *Picker) Paste(s string) {
	p.Field.Insert(s)
	p.filter()
}

func (p *Picker) move(by int) {
	step := 1
	if by < 0 {
		step = -1
	}
	at := p.cursor
	for n := 0; n != by; {
		at += step
		if at < 0 || at >= len(p.shown) {
			return
		}
		if !p.items[p.shown[at]].Heading {
			p.cursor = at
			n += step
		}
	}
}

// filter keeps what matches, best first; headings only in the whole list.
func (p *Picker) filter() {
	type hit struct{ index, score int }
	var hits []hit
	typed := p.Field.Value()
	for i, it := range p.items {
		if it.Heading && typed != "" {
			continue
		}
		score := Match(typed, it.Label.String())
		if score == 0 {
			continue
		}
		if !it.Off.IsEmpty() && typed != "" {
			score = max(score-1, 1)
		}
		hits = append(hits, hit{i, score})
	}
	if typed != "" {
		slices.SortStableFunc(hits, func(a, b hit) int { return b.score - a.score })
	}
	p.shown = p.shown[:0]
	for _, h := range hits {
		p.shown = append(p.shown, h.index)
	}
	p.cursor, p.top = 0, 0
	if len(p.shown) > 0 && p.items[p.shown[0]].Heading {
		p.move(1)
	}
}

// View draws the field and below it height rows of choices, and tells where
// the cursor of the field stands in its line.
func (p *Picker) View(t *theme.Theme, prompt safe.Text, width, height int) (lines []string, cursor int) {
	l := NewLine(t, width)
	l.Put(theme.Accent, prompt)
	used := width - l.Left()
	cursor = used + p.Field.Draw(l, t, l.Left())
	lines = append(lines, l.String(), Blank(width))
	p.top = Scroll(p.top, p.cursor, height, len(p.shown))
	for i := p.top; i < min(p.top+height, len(p.shown)); i++ {
		lines = append(lines, p.row(t, p.items[p.shown[i]], i == p.cursor, width))
	}
	if len(p.shown) == 0 && p.Field.Value() != "" {
		lines = append(lines, NewLine(t, width).Put(theme.Faint, safe.Const("  nothing matches")).String())
	}
	return Fill(lines, width, height+2), cursor
}

// keyColumn is where the keys stand, counted from the right.
const keyColumn = 14

func (p *Picker) row(t *theme.Theme, it Item, marked bool, width int) string {
	if it.Heading {
		return NewLine(t, width).Put(theme.Strong, it.Label).String()
	}
	base := theme.Plain
	if marked {
		base = theme.Cursor
	}
	l := NewLineOn(t, base, width)
	role := theme.Plain
	switch {
	case !it.Off.IsEmpty():
		role = theme.Faint
		sign := t.Signs.Broken
		if marked {
			sign = t.Signs.Cursor
		}
		l.Sign(theme.Faint, sign).Space(1)
	case marked:
		l.Sign(theme.Plain, t.Signs.Cursor).Space(1)
	default:
		l.Space(2)
	}
	if !it.Off.IsEmpty() {
		label := min(t.Width(it.Label.String()), l.Left())
		l.Cell(role, it.Label, label).Space(2).Put(theme.Faint, it.Off)
		return l.String()
	}
	right := keyColumn
	if it.Key.IsEmpty() && it.Hint.IsEmpty() {
		right = 0
	} else if w := t.Width(it.Hint.String()); w > 0 {
		right = min(keyColumn+w, width/2)
	}
	l.Cell(role, it.Label, max(l.Left()-right, 0)).Space(1)
	if right > 0 {
		l.Cell(theme.Accent, it.Key, min(keyColumn-2, l.Left())).Put(theme.Faint, it.Hint)
	}
	return l.String()
}
