package ui

import (
	"slices"
	"strings"

	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// footer remembers the last line and what it was made from.
type footer struct {
	key footerKey
	// first and last are the words of the place: those in their order, and
	// those at the end that are never cut off.
	first, last []footerPart
	line        string
}

type footerKey struct {
	keys   *action.Keymap
	scope  action.Scope
	prefix string
	width  int
	theme  *theme.Theme
}

// footerLine shows the keys for this place, the most useful first. It ends at
// a word border; help is always the last, so that it is never cut off. What
// cannot be done now is faint: the palette says why.
func (m *Model) footerLine(place shell.Place, width int) string {
	k := footerKey{keys: m.keymap(), scope: place.Scope, width: width, theme: m.sh.Theme()}
	if m.prefix.shown {
		k.prefix = m.prefix.keys
	}
	f := &m.footer
	fresh := f.key != k || f.line == ""
	if fresh {
		*f = footer{key: k}
		f.first, f.last = footerParts(k)
	}
	if !f.turn(place) && !fresh {
		return f.line
	}
	f.line = f.draw()
	return f.line
}

// turn notes what can be done at this moment, and tells whether that is new.
func (f *footer) turn(place shell.Place) (turned bool) {
	for _, parts := range [...][]footerPart{f.first, f.last} {
		for i := range parts {
			p := &parts[i]
			off := p.action.Missing(place.Target(*p.action)) != ""
			turned = turned || off != p.off
			p.off = off
		}
	}
	return turned
}

func (f *footer) draw() string {
	k := f.key
	if k.prefix != "" {
		return drawContinuations(k)
	}
	t := k.theme
	l := widget.NewLine(t, k.width).Space(1)
	room := k.width
	for _, p := range f.last {
		room -= p.cells(t)
	}
	put := func(p footerPart) {
		key, word := theme.Accent, theme.Plain
		if p.off {
			key, word = theme.Faint, theme.Faint
		}
		l.Put(key, p.key).Space(1).Put(word, p.word).Space(2)
	}
	for _, p := range f.inSight(room) {
		put(p)
	}
	for _, p := range f.last {
		put(p)
	}
	return l.String()
}

// inSight are the words that fit into so many cells, in their order. What cannot
// be done takes room only from what nobody needs.
func (f *footer) inSight(room int) []footerPart {
	shown := make([]bool, len(f.first))
	for _, off := range [...]bool{false, true} {
		for i, p := range f.first {
			if p.off != off {
				continue
			}
			w := p.cells(f.key.theme)
			if w > room {
				break
			}
			room -= w
			shown[i] = true
		}
	}
	var list []footerPart
	for i, p := range f.first {
		if shown[i] {
			list = append(list, p)
		}
	}
	return list
}

// footerPart is a key and its word.
type footerPart struct {
	key, word safe.Text
	action    *action.Action
	// off says that it cannot be done now.
	off bool
}

func (p footerPart) cells(t *theme.Theme) int {
	return t.Width(p.key.String()) + 1 + t.Width(p.word.String()) + 2
}

// footerParts are the words in their order, and those at the end that are never
// cut off.
func footerParts(k footerKey) (first, last []footerPart) {
	all := k.keys.In(k.scope)
	slices.SortStableFunc(all, func(a, b action.Action) int { return b.Weight - a.Weight })
	for i := range all {
		a := &all[i]
		if a.Footer == "" {
			continue
		}
		key := a.FooterKey
		if key == "" {
			key = a.Key()
		}
		p := footerPart{key: safe.Line(key), word: safe.Line(a.Footer), action: a}
		if a.Weight < 0 {
			last = append(last, p)
		} else {
			first = append(first, p)
		}
	}
	return first, last
}

// drawContinuations shows how a begun sequence can go on.
func drawContinuations(k footerKey) string {
	t := k.theme
	l := widget.NewLine(t, k.width).Space(1).Put(theme.Strong, safe.Line(k.prefix)).Space(2)
	for _, a := range k.keys.Continuations(k.scope, k.prefix) {
		for _, key := range a.Keys {
			if len(key) <= len(k.prefix) || key[:len(k.prefix)+1] != k.prefix+" " {
				continue
			}
			next, word := safe.Line(key[len(k.prefix)+1:]), safe.Line(strings.TrimPrefix(strings.TrimPrefix(a.Title, "Go to: "), "Go to "))
			w := t.Width(next.String()) + 1 + t.Width(word.String()) + 2
			if w > l.Left() {
				return l.String()
			}
			l.Put(theme.Accent, next).Space(1).Put(theme.Plain, word).Space(2)
			break
		}
	}
	return l.String()
}
