package ui

import "postroom/ui/shell"

// builtin are the screens that others lead to. This is the only place where
// they meet: a screen knows the shell and no other screen.
func builtin() *shell.Screens {
	return &shell.Screens{}
}
