package ui_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"postroom/ui"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/uitest"
)

// declared are all actions of the program, those of every screen.
func declared(t *testing.T) []action.Action {
	t.Helper()
	clock := uitest.NewClock(time.Time{})
	return ui.Declared(shell.New(context.Background(), shell.Options{World: clock.World()}))
}

func TestNoTwoActionsShareAKey(t *testing.T) {
	for _, c := range action.Conflicts(declared(t)) {
		t.Error(c)
	}
}

func TestConflictsAreFound(t *testing.T) {
	planted := []action.Action{
		{ID: "a", Scope: action.List, Keys: []string{"x", "g a"}},
		{ID: "b", Scope: action.List | action.Thread, Keys: []string{"x"}},
		{ID: "c", Scope: action.Thread, Keys: []string{"g"}},
		{ID: "d", Scope: action.List, Keys: []string{"g"}},
		{ID: "d", Scope: action.Composer},
	}
	if got := action.Conflicts(planted); len(got) != 3 {
		t.Errorf("found %d conflicts, want x twice, g before g a, d declared twice: %v", len(got), got)
	}
}

func TestEveryActionIsComplete(t *testing.T) {
	for _, a := range declared(t) {
		if a.Title == "" || a.Scope == 0 || a.Run == nil && len(a.Keys) > 0 || !strings.Contains(string(a.ID), ".") {
			t.Errorf("%+v is not complete", a.ID)
		}
	}
}

// TestNoImpossibleKeys holds the map to what every terminal can send.
func TestNoImpossibleKeys(t *testing.T) {
	for _, a := range declared(t) {
		for _, k := range a.Keys {
			for _, bad := range []string{"alt+", "super+", "ctrl+shift+", "ctrl+i", "ctrl+m", "ctrl+h", "ctrl+j", "ctrl+[", "ctrl+a", "ctrl+b", "ctrl+q"} {
				if strings.HasPrefix(k, bad) && len(a.Keys) == 1 {
					t.Errorf("%s needs %s", a.ID, k)
				}
			}
		}
	}
}

func TestKeysPage(t *testing.T) {
	uitest.File(t, "../docs/keys.md", action.Sheet(declared(t)))
}
