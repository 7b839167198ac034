package thread

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// Actions are what can be done in this screen only, while reading, while
// writing and while sending.
func (s *Screen) Actions() []action.Action {
	in := action.Thread
	list := []action.Action{
		{ID: "thread.down", Title: "Scroll down", Scope: in, Keys: []string{"j", "down"}, Footer: "scroll", FooterKey: "j/k", Run: s.scroll(func(int) int { return 1 })},
		{ID: "thread.up", Title: "Scroll up", Scope: in, Keys: []string{"k", "up"}, Run: s.scroll(func(int) int { return -1 })},
		{ID: "thread.halfdown", Title: "Half a page down", Scope: in, Keys: []string{"ctrl+d"}, Run: s.scroll(func(h int) int { return h / 2 })},
		{ID: "thread.halfup", Title: "Half a page up", Scope: in, Keys: []string{"ctrl+u"}, Run: s.scroll(func(h int) int { return -h / 2 })},
		{ID: "thread.pagedown", Title: "A page down", Scope: in, Keys: []string{"pgdown"}, Run: s.scroll(func(h int) int { return h - 1 })},
		{ID: "thread.pageup", Title: "A page up", Scope: in, Keys: []string{"pgup"}, Run: s.scroll(func(h int) int { return 1 - h })},
		{ID: "thread.first", Title: "To the beginning", Scope: in, Keys: []string{"g g", "home"}, Run: s.scroll(func(int) int { return -1 << 20 })},
		{ID: "thread.last", Title: "To the end", Scope: in, Keys: []string{"G", "end"}, Run: s.scroll(func(int) int { return 1 << 20 })},
		{ID: "thread.nextmessage", Title: "Next message", Scope: in, Keys: []string{"J"}, Footer: "message", FooterKey: "J/K", Run: s.move(func() { s.pane.step(1) })},
		{ID: "thread.previousmessage", Title: "Previous message", Scope: in, Keys: []string{"K"}, Run: s.move(func() { s.pane.step(-1) })},
		{ID: "thread.fold", Title: "Show or hide what was quoted", Scope: in, Keys: []string{"space"}, Footer: "fold", Run: s.move(s.pane.fold)},
		{ID: "thread.toggle", Title: "Show the message whole or as a line", Scope: in, Keys: []string{"enter"}, Run: s.move(s.pane.toggle)},
		{ID: "thread.next", Title: "Next conversation", Scope: in, Keys: []string{"]"}, Run: s.neighbour(1)},
		{ID: "thread.previous", Title: "Previous conversation", Scope: in, Keys: []string{"["}, Run: s.neighbour(-1)},
		{ID: "thread.panel", Title: "Show or hide what is known", Scope: in, Keys: []string{"i"}, Run: s.togglePanel},
	}
	return append(list, writingActions(func() *composer { return s.composer })...)
}

func (s *Screen) move(do func()) func(action.Target) tea.Cmd {
	return func(action.Target) tea.Cmd {
		do()
		return nil
	}
}

func (s *Screen) scroll(by func(height int) int) func(action.Target) tea.Cmd {
	return s.move(func() { s.pane.scroll(by(s.pane.height)) })
}

func (s *Screen) neighbour(by int) func(action.Target) tea.Cmd {
	return func(action.Target) tea.Cmd {
		if cmd, ok := s.step(by); ok {
			return cmd
		}
		return s.sh.Say(shell.Toast{Text: safe.Const("There is no further conversation in this list."), Role: theme.Faint})
	}
}

func (s *Screen) togglePanel(action.Target) tea.Cmd {
	show := !s.showsPanel(s.sh.Size().W)
	s.panel = &show
	if s.sh.Size().W < 90 {
		return s.sh.Say(shell.Toast{Text: safe.Const("The window is too narrow for the panel: it needs 90 columns."), Role: theme.Faint})
	}
	return nil
}
