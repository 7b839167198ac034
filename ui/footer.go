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
	key  footerKey
	line string
}

type footerKey struct {
	keys   *action.Keymap
	scope  action.Scope
	prefix string
	// several says that more than one conversation is selected.
	several bool
	width   int
	theme   *theme.Theme
}

// footerLine shows the keys for this place, the most useful first. It ends at
// a word border; help is always the last, so that it is never cut off.
func (m *Model) footerLine(place shell.Place, width int) string {
	k := footerKey{keys: m.keymap(), scope: place.Scope, several: place.Chosen > 1, width: width, theme: m.sh.Theme()}
	if m.prefix.shown {
		k.prefix = m.prefix.keys
	}
	if m.footer.key == k && m.footer.line != "" {
		return m.footer.line
	}
	m.footer = footer{k, drawFooter(k)}
	return m.footer.line
}

func drawFooter(k footerKey) string {
	if k.prefix != "" {
		return drawContinuations(k)
	}
	t := k.theme
	l := widget.NewLine(t, k.width).Space(1)
	first, last := footerParts(k)
	room := k.width
	for _, p := range last {
		room -= p.cells(t)
	}
	put := func(p footerPart) {
		l.Put(theme.Accent, p.key).Space(1).Put(theme.Plain, p.word).Space(2)
	}
	for _, p := range first {
		w := p.cells(t)
		if w > room {
			break
		}
		room -= w
		put(p)
	}
	for _, p := range last {
		put(p)
	}
	return l.String()
}

// footerPart is a key and its word.
type footerPart struct{ key, word safe.Text }

func (p footerPart) cells(t *theme.Theme) int {
	return t.Width(p.key.String()) + 1 + t.Width(p.word.String()) + 2
}

// footerParts are the words in their order, and those at the end that are never
// cut off.
func footerParts(k footerKey) (first, last []footerPart) {
	all := k.keys.In(k.scope)
	slices.SortStableFunc(all, func(a, b action.Action) int { return b.Weight - a.Weight })
	for _, a := range all {
		if a.Footer == "" || k.several && a.Alone() {
			continue
		}
		key := a.FooterKey
		if key == "" {
			key = a.Key()
		}
		p := footerPart{safe.Line(key), safe.Line(a.Footer)}
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
