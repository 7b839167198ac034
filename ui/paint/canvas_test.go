package paint

import (
	"bytes"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"pgregory.net/rapid"
)

// TestScreenIsTheView: whatever was on the screen before, after painting it
// shows the view and the cursor stands where the view says.
func TestScreenIsTheView(t *testing.T) {
	word := rapid.SampledFrom([]string{
		"a", "Rechnung", " ", "   ", "日本語", "é", "é", "─", "▌", "\x1b[1mbold\x1b[0m", "\x1b[7m rev \x1b[m", "\x1b[38;5;203mred\x1b[0m",
		"\x1b]8;;https://example.test\x1b\\link\x1b]8;;\x1b\\", "ﬁ", "안녕", "x",
	})
	line := rapid.Map(rapid.SliceOfN(word, 0, 12), func(words []string) string { return strings.Join(words, "") })
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(5, 40).Draw(t, "w"), rapid.IntRange(2, 12).Draw(t, "h")
		screen := vt.NewEmulator(w, h)
		c := newCanvas(screen, []string{"TERM=xterm-256color", "COLORTERM=truecolor"}, false)
		c.synced = rapid.Bool().Draw(t, "synced")
		c.resize(w, h)
		for range rapid.IntRange(1, 8).Draw(t, "frames") {
			if rapid.IntRange(0, 5).Draw(t, "resize") == 0 {
				w, h = rapid.IntRange(5, 40).Draw(t, "w"), rapid.IntRange(2, 12).Draw(t, "h")
				screen.Resize(w, h)
				c.resize(w, h)
			}
			v := tea.View{WindowTitle: "t"}
			lines := rapid.SliceOfN(line, 0, h).Draw(t, "lines")
			for i := range lines {
				lines[i] = ansi.Truncate(lines[i], w, "")
			}
			v.Content = strings.Join(lines, "\n")
			if rapid.Bool().Draw(t, "cursor") {
				v.Cursor = tea.NewCursor(rapid.IntRange(0, w-1).Draw(t, "x"), rapid.IntRange(0, h-1).Draw(t, "y"))
			}
			if err := c.paint(v); err != nil {
				t.Fatal(err)
			}
			compare(t, screen, v, h)
		}
	})
}

func compare(t *rapid.T, screen *vt.Emulator, v tea.View, h int) {
	t.Helper()
	want := strings.Split(ansi.Strip(v.Content), "\n")
	got := strings.Split(ansi.Strip(screen.String()), "\n")
	for y := range h {
		var w, g string
		if y < len(want) {
			w = strings.TrimRight(want[y], " ")
		}
		if y < len(got) {
			g = strings.TrimRight(got[y], " ")
		}
		if w != g {
			t.Fatalf("line %d is %q, want %q\nview %q", y, g, w, v.Content)
		}
	}
	if v.Cursor != nil {
		if at := screen.CursorPosition(); at.X != v.Cursor.X || at.Y != v.Cursor.Y {
			t.Fatalf("the cursor is at %v, want %v", at, v.Cursor.Position)
		}
	}
}

// TestNothingNewNothingWritten: an unchanged view costs the terminal nothing.
func TestNothingNewNothingWritten(t *testing.T) {
	var out bytes.Buffer
	c := newCanvas(&out, []string{"TERM=xterm"}, false)
	c.resize(20, 3)
	v := tea.View{Content: "one\ntwo", Cursor: tea.NewCursor(1, 1)}
	if err := c.paint(v); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "one") {
		t.Fatalf("the first frame is %q", out.String())
	}
	out.Reset()
	v.Cursor = tea.NewCursor(1, 1)
	if err := c.paint(v); err != nil || out.Len() != 0 {
		t.Errorf("the same view writes %q, %v", out.String(), err)
	}
	v.Content = "one\ntwelve"
	if err := c.paint(v); err != nil || out.Len() == 0 || strings.Contains(out.String(), "one") {
		t.Errorf("a change of the second line writes %q, %v", out.String(), err)
	}
	out.Reset()
	c.blank()
	if err := c.paint(v); err != nil || !strings.Contains(out.String(), "one") {
		t.Errorf("on an unknown screen it writes %q, %v", out.String(), err)
	}
}
