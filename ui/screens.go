package ui

import (
	"postroom/ui/shell"
	"postroom/ui/thread"
)

// builtin are the screens that others lead to. This is the only place where
// they meet: a screen knows the shell and no other screen.
func builtin() *shell.Screens {
	return &shell.Screens{Thread: thread.New, Compose: thread.NewCompose}
}
