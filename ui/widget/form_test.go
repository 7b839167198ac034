package widget_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"postroom/desk/safe"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

func key(code rune, text string) tea.KeyPressMsg { return tea.KeyPressMsg{Code: code, Text: text} }

func write(f *widget.Form, text string) {
	for _, r := range text {
		f.Press(key(r, string(r)))
	}
}

func TestForm(t *testing.T) {
	look := theme.New(theme.Options{Monochrome: true})
	f := widget.Form{
		Rows:    []widget.FormRow{{Label: safe.Const("Name"), Hint: safe.Const("yours")}, {Label: safe.Const("Password"), Secret: true, Problem: safe.Const("It is wrong.")}},
		Buttons: []safe.Text{safe.Const("Go"), safe.Const("Stop")},
	}
	draw := func(w, h int) string {
		lines, cursor := f.View(look, w, h)
		if len(lines) > h {
			t.Errorf("%d lines of %d", len(lines), h)
		}
		for _, l := range lines {
			if got := ansi.StringWidthWc(l); got != w {
				t.Errorf("%d cells of %d: %q", got, w, l)
			}
		}
		if cursor != nil && (cursor.Y < 0 || cursor.Y >= max(len(lines), 1) || cursor.X >= w) {
			t.Errorf("the cursor is outside: %v", cursor)
		}
		return ansi.Strip(strings.Join(lines, "\n"))
	}
	if s := draw(40, 10); !strings.Contains(s, "yours") || !strings.Contains(s, "It is wrong.") {
		t.Error(s)
	}
	write(&f, "Ann")
	f.Press(key(tea.KeyEnter, ""))
	f.Paste("hush\r\n")
	if s := draw(40, 10); strings.Contains(s, "hush") || !strings.Contains(s, "****") || strings.Contains(s, "wrong") {
		t.Error(s)
	}
	if f.Value(0) != "Ann" || f.Rows[1].Field.Value() != "hush" {
		t.Errorf("%q %q", f.Value(0), f.Rows[1].Field.Value())
	}
	f.Press(key(tea.KeyTab, ""))
	if got := f.Press(key(tea.KeyEnter, "")); got != 0 {
		t.Errorf("button %d", got)
	}
	f.Press(key(tea.KeyRight, ""))
	f.Paste("into a button")
	if got := f.Press(key(tea.KeyEnter, "")); got != 1 {
		t.Errorf("button %d", got)
	}
	for at := range 4 {
		f.Go(at)
		for h := 1; h < 8; h++ {
			for _, w := range []int{1, 2, 7, 20} {
				draw(w, h)
			}
		}
	}
	f.Rows[1].Field.Erase()
	if f.Rows[1].Field.Value() != "" {
		t.Error("not erased")
	}
}

func TestFormChoices(t *testing.T) {
	look := theme.New(theme.Options{Monochrome: true})
	f := widget.Form{
		Rows: []widget.FormRow{
			{Label: safe.Const("Type"), Choices: []widget.Choice{{Label: safe.Const("personal"), Hint: safe.Const("only you")}, {Label: safe.Const("shared")}}},
			{Label: safe.Const("Name")},
		},
		Buttons: []safe.Text{safe.Const("Save")},
	}
	f.Press(key(tea.KeySpace, " "))
	write(&f, "x") // no letter reaches a choice
	if f.Rows[0].Chosen != 1 || f.Rows[0].Field.Value() != "" {
		t.Fatalf("chosen %d, typed %q", f.Rows[0].Chosen, f.Rows[0].Field.Value())
	}
	lines, cursor := f.View(look, 50, 10)
	if len(lines) != 5 || cursor == nil || cursor.Y != 1 {
		t.Fatalf("%d lines, cursor %v", len(lines), cursor)
	}
	for i, want := range []string{"( ) personal  only you", "(●) shared"} {
		if got := ansi.Strip(lines[i]); !strings.Contains(got, want) || ansi.StringWidthWc(got) != 50 {
			t.Errorf("line %d is %q", i, got)
		}
	}
	f.Press(key(tea.KeyRight, ""))
	if f.Press(key(tea.KeyEnter, "")); f.Rows[0].Chosen != 0 || f.At() != 1 {
		t.Errorf("chosen %d, at %d", f.Rows[0].Chosen, f.At())
	}
}

// TestFormWithText: enter and the arrows belong to a text of several lines, tab
// leaves it, and the cursor stays in sight however low the window is.
func TestFormWithText(t *testing.T) {
	look := theme.New(theme.Options{Monochrome: true})
	f := widget.Form{
		Rows:    []widget.FormRow{{Label: safe.Const("Name")}, {Label: safe.Const("Text"), Hint: safe.Const("a few lines"), Lines: &widget.Editor{}, Problem: safe.Const("It is wrong.")}},
		Buttons: []safe.Text{safe.Const("Go")},
	}
	draw := func(w, h int) string {
		lines, cursor := f.View(look, w, h)
		if len(lines) > h {
			t.Errorf("%d lines of %d", len(lines), h)
		}
		for _, l := range lines {
			if got := ansi.StringWidthWc(l); got != w {
				t.Errorf("%d cells of %d: %q", got, w, l)
			}
		}
		if cursor != nil && (cursor.Y < 0 || cursor.Y >= len(lines) || cursor.X >= w) {
			t.Errorf("the cursor is outside of %d×%d: %v", w, h, cursor)
		}
		return ansi.Strip(strings.Join(lines, "\n"))
	}
	f.Go(1)
	if s := draw(40, 12); !strings.Contains(s, "a few lines") || !strings.Contains(s, "It is wrong.") {
		t.Error(s)
	}
	write(&f, "one")
	f.Press(key(tea.KeyEnter, ""))
	f.Paste("two\nthree")
	f.Press(key(tea.KeyDown, ""))
	if f.At() != 1 || f.Rows[1].Text() != "one\ntwo\nthree" || !f.Rows[1].Problem.IsEmpty() {
		t.Fatalf("at %d: %q, %q", f.At(), f.Rows[1].Text(), f.Rows[1].Problem)
	}
	for _, size := range [][2]int{{40, 12}, {40, 5}, {40, 2}, {80, 6}} {
		if s := draw(size[0], size[1]); !strings.Contains(s, "three") {
			t.Errorf("at %v one does not see what one writes:\n%s", size, s)
		}
	}
	f.Press(key(tea.KeyTab, ""))
	if f.At() != 2 || f.Press(key(tea.KeyEnter, "")) != 0 {
		t.Errorf("tab goes to %d", f.At())
	}
}
