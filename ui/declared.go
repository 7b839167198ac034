package ui

import (
	"postroom/ui/action"
	"postroom/ui/settings"
	"postroom/ui/shell"
	"postroom/ui/triage"
)

// Declared lists every action of the program once, those of the screens that
// are not open too, for documents and tests.
func Declared(sh *shell.Shell) []action.Action {
	m := &Model{sh: sh}
	list := append(triage.New(sh, "").Actions(), m.actions()...)
	seen := map[action.ID]bool{}
	for _, sc := range elsewhere(sh, WithSettings(Screens(), settings.Outside{})) {
		for _, a := range sc.Actions() {
			if !seen[a.ID] {
				seen[a.ID] = true
				list = append(list, a)
			}
		}
	}
	return list
}

// elsewhere are the screens that are opened from others, one of each.
func elsewhere(sh *shell.Shell, s *shell.Screens) []shell.Screen {
	var list []shell.Screen
	if s.Thread != nil {
		list = append(list, s.Thread(sh, shell.Opening{}))
	}
	if s.Compose != nil {
		list = append(list, s.Compose(sh, shell.Composing{}))
	}
	if s.Board != nil {
		list = append(list, s.Board(sh, 0))
	}
	if s.Settings != nil {
		list = append(list, s.Settings(sh, ""))
	}
	if s.Welcome != nil {
		list = append(list, s.Welcome(sh))
	}
	return list
}
