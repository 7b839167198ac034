package action_test

import (
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"

	"postroom/ui/action"
)

func TestSequences(t *testing.T) {
	k := action.NewKeymap([]action.Action{
		{ID: "go.mine", Scope: action.List, Keys: []string{"g m"}},
		{ID: "go.top", Scope: action.List, Keys: []string{"g g", "home"}},
		{ID: "down", Scope: action.List | action.Thread, Keys: []string{"j"}},
	})
	if !k.Begins(action.List, "g") || k.Begins(action.Thread, "g") || k.Begins(action.List, "j") {
		t.Error("g begins a sequence in the list and nowhere else")
	}
	if a, ok := k.Find(action.List, "g g"); !ok || a.ID != "go.top" {
		t.Errorf("g g is %v", a.ID)
	}
	if len(k.Continuations(action.List, "g")) != 2 {
		t.Error("g can go on in two ways")
	}
	if _, ok := k.Find(action.Composer, "j"); ok {
		t.Error("j is a verb in the composer")
	}
}

// TestTypedCharacterFirst keeps y and z apart on a German keyboard, and lets a
// Cyrillic one reach the letters all the same.
func TestTypedCharacterFirst(t *testing.T) {
	for _, c := range []struct {
		key  tea.KeyPressMsg
		want []string
	}{
		{tea.KeyPressMsg{Text: "z", Code: 'z', BaseCode: 'y'}, []string{"z"}},
		{tea.KeyPressMsg{Text: "о", Code: 'о', BaseCode: 'j'}, []string{"о", "j"}},
		{tea.KeyPressMsg{Text: "О", Code: 'о', BaseCode: 'j', Mod: tea.ModShift}, []string{"О", "J"}},
		{tea.KeyPressMsg{Text: " ", Code: ' '}, []string{"space"}},
		{tea.KeyPressMsg{Code: 'd', Mod: tea.ModCtrl}, []string{"ctrl+d"}},
		{tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}, []string{"shift+tab"}},
	} {
		if got := action.Names(c.key); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.key, got, c.want)
		}
	}
}
