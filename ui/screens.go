package ui

import (
	"postroom/ui/shell"
	"postroom/ui/thread"
	"postroom/ui/welcome"
)

// builtin are the screens that others lead to. This is the only place where
// they meet: a screen knows the shell and no other screen.
func builtin() *shell.Screens {
	return &shell.Screens{Thread: thread.New, Compose: thread.NewCompose}
}

// WithWelcome are the screens of a program that can connect a mailbox: on a
// desk without inboxes it begins with the first run. They go into
// [Settings.Screens].
func WithWelcome(o welcome.Outside) *shell.Screens {
	s := builtin()
	s.Welcome = welcome.New(o)
	return s
}
