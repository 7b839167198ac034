package ui

import (
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/thread"
)

// builtin are the screens that others lead to. This is the only place where
// they meet: a screen knows the shell and no other screen.
func builtin() *shell.Screens {
	return &shell.Screens{Thread: thread.New, Compose: thread.NewCompose}
}

// elsewhere are the actions of the screens that are opened from others.
func elsewhere(sh *shell.Shell) []action.Action {
	var list []action.Action
	seen := map[action.ID]bool{}
	for _, sc := range []shell.Screen{thread.New(sh, shell.Opening{}), thread.NewCompose(sh, shell.Composing{})} {
		for _, a := range sc.Actions() {
			if !seen[a.ID] {
				seen[a.ID] = true
				list = append(list, a)
			}
		}
	}
	return list
}
