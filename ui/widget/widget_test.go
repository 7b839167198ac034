package widget_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"postroom/desk/safe"
	"postroom/ui/theme"
	"postroom/ui/uitest"
	"postroom/ui/widget"
)

func themes() []*theme.Theme {
	return []*theme.Theme{
		theme.New(theme.Options{}),
		theme.New(theme.Options{Measure: ansi.GraphemeWidth}),
		theme.New(theme.Options{ASCII: true, Monochrome: true}),
	}
}

// TestLineIsAsWideAsPromised writes any cells into a line of any width.
func TestLineIsAsWideAsPromised(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		width := rapid.IntRange(0, 60).Draw(rt, "width")
		for _, th := range themes() {
			l := widget.NewLineOn(th, theme.Role(rapid.IntRange(0, 11).Draw(rt, "base")), width)
			for range rapid.IntRange(0, 6).Draw(rt, "cells") {
				text := safe.Line(rapid.String().Draw(rt, "text"))
				l.Cell(theme.Strong, text, rapid.IntRange(-1, 30).Draw(rt, "cell"))
				l.Right(theme.Plain, text, rapid.IntRange(0, 12).Draw(rt, "right"))
				l.Sign(theme.Accent, th.Signs.Unread).Space(1)
			}
			s := l.String()
			if got := th.Options().Measure.StringWidth(s); got != width {
				rt.Fatalf("%d cells instead of %d: %q", got, width, s)
			}
			if th.Options().ASCII && strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
				rt.Fatalf("not ASCII: %q", s)
			}
		}
	})
}

func TestWrapFits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := safe.Clean(rapid.String().Draw(rt, "text"))
		width := rapid.IntRange(2, 40).Draw(rt, "width")
		for _, th := range themes()[:2] {
			for _, l := range widget.Wrap(th, text, width) {
				line := widget.NewLine(th, width).Put(theme.Plain, l).String()
				if got := th.Options().Measure.StringWidth(line); got != width {
					rt.Fatalf("%d cells instead of %d: %q", got, width, line)
				}
			}
		}
	})
}

func TestOverKeepsTheWidth(t *testing.T) {
	th := theme.New(theme.Options{})
	for x := range 12 {
		frame := []string{"日本語の件名は長い", th.Open(theme.Plain, theme.Strong) + "plain and bold    " + theme.Reset}
		widget.Over(th, frame, []string{"[box]", "[box]"}, x, 0)
		for _, l := range frame {
			if got := ansi.StringWidthWc(l); got != 18 || !strings.Contains(l, "[box]") {
				t.Errorf("at %d: %d cells: %q", x, got, l)
			}
		}
	}
}

func TestField(t *testing.T) {
	for _, c := range []struct {
		keys []string
		want string
	}{
		{[]string{"a", "b", "left", "c"}, "acb"},
		{[]string{"a", "b", "c", "backspace"}, "ab"},
		{[]string{"a", "space", "b", "c", "ctrl+w"}, "a "},
		{[]string{"a", "b", "ctrl+u", "c"}, "c"},
		{[]string{"a", "b", "home", "ctrl+k"}, ""},
		{[]string{"a", "b", "home", "delete"}, "b"},
		{[]string{"a", "ctrl+a", "b", "ctrl+e", "c"}, "bac"},
	} {
		var f widget.Field
		for _, k := range c.keys {
			if !f.Press(uitest.Key(k)) {
				t.Errorf("%s is no key of a field", k)
			}
		}
		if f.Value() != c.want {
			t.Errorf("%v: %q, want %q", c.keys, f.Value(), c.want)
		}
	}
}

func TestPasteIsOneLine(t *testing.T) {
	var f widget.Field
	f.Insert("a\nb\tc\x1b[31m")
	if f.Value() != "a b c[31m" {
		t.Errorf("%q", f.Value())
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct{ pattern, better, worse string }{
		{"close", "Close", "Go to: closed"},
		{"atm", "Assigned to me", "What a team"},
		{"as", "Assign to…", "Show the last"},
	} {
		if b, w := widget.Match(c.pattern, c.better), widget.Match(c.pattern, c.worse); b <= w {
			t.Errorf("%q: %q has %d, %q has %d", c.pattern, c.better, b, c.worse, w)
		}
	}
	if widget.Match("xyz", "Close") != 0 {
		t.Error("xyz finds Close")
	}
	if widget.Match("", "Close") == 0 {
		t.Error("nothing typed must find everything")
	}
}

// TestAFieldScrollsBackWhenItIsWidened: what has gone at the left in a narrow
// line is in sight again in a wide one.
func TestAFieldScrollsBackWhenItIsWidened(t *testing.T) {
	th := theme.New(theme.Options{Measure: ansi.WcWidth})
	var f widget.Field
	f.Set("Subject of some length")
	draw := func(width int) (string, int) {
		l := widget.NewLine(th, width)
		at := f.Draw(l, th, width)
		return ansi.Strip(l.String()), at
	}
	if got, at := draw(8); got != " length " || at != 7 {
		t.Fatalf("%q, cursor at %d", got, at)
	}
	if got, at := draw(40); strings.TrimRight(got, " ") != f.Value() || at != len(f.Value()) {
		t.Fatalf("%q, cursor at %d", got, at)
	}
}
