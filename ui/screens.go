package ui

import (
	"postroom/ui/board"
	"postroom/ui/connect"
	"postroom/ui/settings"
	"postroom/ui/shell"
	"postroom/ui/thread"
	"postroom/ui/welcome"
)

// Screens are those that need nothing but the desk. This is the only place
// where they meet: a screen knows the shell and no other screen.
func Screens() *shell.Screens {
	return &shell.Screens{Thread: thread.New, Compose: thread.NewCompose, Board: board.New}
}

// WithWelcome are the screens of a program that can connect a mailbox: on a
// desk without inboxes it begins with the first run. They go into
// [Settings.Screens].
func WithWelcome(first welcome.Outside, c connect.Outside) *shell.Screens {
	s := Screens()
	s.Welcome, s.Connect = welcome.New(first), connect.New(c)
	return s
}

// WithSettings adds the settings to the screens.
func WithSettings(s *shell.Screens, o settings.Outside) *shell.Screens {
	s.Settings = settings.New(o)
	return s
}
