package settings

import (
	"strings"
	"testing"

	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// TestListIsRead: that there is nothing is said when it is known, and not while
// the database is asked.
func TestListIsRead(t *testing.T) {
	l := list{tall: 1, nothing: safe.Const("No inbox yet.")}
	says := func() bool {
		return strings.Contains(strings.Join(l.draw(theme.New(theme.Options{Monochrome: true}), shell.Size{W: 40, H: 3}, true), "\n"), "No inbox yet.")
	}
	if says() {
		t.Error("it says that there is nothing before anybody knows")
	}
	l.set(nil, false)
	if !says() {
		t.Error("it does not say that there is nothing")
	}
}
