package ui_test

import (
	"strings"
	"testing"

	"postroom/ui"
	"postroom/ui/uitest"
)

// at opens an inbox first.
func at(inbox string) func(*ui.Settings) { return func(s *ui.Settings) { s.Inbox = inbox } }

// cursorLine is the line of the frame in which the list's cursor stands.
func cursorLine(d *uitest.Driver) int {
	for i, l := range strings.Split(d.Styled(), "\n") {
		if strings.Contains(l, "␛[7m▌") {
			return i
		}
	}
	return -1
}

// cursorOn fails unless the row under the cursor contains the words.
func cursorOn(t *testing.T, d *uitest.Driver, words string) {
	t.Helper()
	i := cursorLine(d)
	if i < 0 || !strings.Contains(d.Line(i), words) {
		t.Fatalf("the cursor is not on %q:\n%s", words, d.Frame())
	}
}
