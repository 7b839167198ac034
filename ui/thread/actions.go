package thread

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// Actions are what can be done in this screen only, while reading, while
// writing and while sending.
func (s *Screen) Actions() []action.Action {
	if covered(s.sh, s) {
		return nil
	}
	in, write := action.Thread, action.Composer
	half := func(h int) int { return max(h/2, 1) }
	page := func(h int) int { return max(h-1, 1) }
	list := []action.Action{
		{ID: "thread.down", Title: "Scroll down", Scope: in, Keys: []string{"j", "down"}, Footer: "scroll", FooterKey: "j/k", Moves: true, Run: s.scroll(1, line)},
		{ID: "thread.up", Title: "Scroll up", Scope: in, Keys: []string{"k", "up"}, Moves: true, Run: s.scroll(-1, line)},
		{ID: "thread.halfdown", Title: "Half a page down", Scope: in, Keys: []string{"ctrl+d"}, Moves: true, Run: s.scroll(1, half)},
		{ID: "thread.halfup", Title: "Half a page up", Scope: in, Keys: []string{"ctrl+u"}, Moves: true, Run: s.scroll(-1, half)},
		{ID: "thread.pagedown", Title: "A page down", Scope: in, Keys: []string{"pgdown"}, Moves: true, Run: s.scroll(1, page)},
		{ID: "thread.pageup", Title: "A page up", Scope: in, Keys: []string{"pgup"}, Moves: true, Run: s.scroll(-1, page)},
		{ID: "thread.first", Title: "To the beginning", Scope: in, Keys: []string{"g g", "home"}, Moves: true, Run: s.move(func() { s.pane.ends(-1) })},
		{ID: "thread.last", Title: "To the end", Scope: in, Keys: []string{"G", "end"}, Moves: true, Run: s.move(func() { s.pane.ends(1) })},
		{ID: "thread.nextmessage", Title: "Next message", Scope: in, Keys: []string{"J"}, Footer: "message", FooterKey: "J/K", Moves: true, Run: s.move(func() { s.pane.step(1) })},
		{ID: "thread.previousmessage", Title: "Previous message", Scope: in, Keys: []string{"K"}, Moves: true, Run: s.move(func() { s.pane.step(-1) })},
		{ID: "thread.fold", Title: "Show or hide what was quoted", Scope: in, Keys: []string{"space"}, Footer: "fold", Run: s.unfold((*pane).fold)},
		{ID: "thread.toggle", Title: "Show the message whole or as a line", Scope: in, Keys: []string{"enter"}, Run: s.unfold((*pane).toggle)},
		{ID: "thread.next", Title: "Next conversation", Scope: in, Keys: []string{"]"}, Run: s.neighbour(1)},
		{ID: "thread.previous", Title: "Previous conversation", Scope: in, Keys: []string{"["}, Run: s.neighbour(-1)},
		{ID: "thread.panel", Title: "Show or hide what is known", Scope: in, Keys: []string{"i"}, Run: s.togglePanel},
		{ID: "thread.split", Title: "Split here: this message and all behind it apart…", Scope: in, Keys: []string{"M"}, Needs: []action.Need{s.splits(), s.sh.MayWork()}, Risk: action.Undoable, Run: s.split},
		{ID: "thread.readdown", Title: "Scroll the conversation down while writing", Scope: write, Keys: []string{"ctrl+down"}, Moves: true, Run: s.scroll(1, line)},
		{ID: "thread.readup", Title: "Scroll the conversation up while writing", Scope: write, Keys: []string{"ctrl+up"}, Moves: true, Run: s.scroll(-1, line)},
	}
	return append(list, writingActions(func() *composer { return s.composer })...)
}

// covered reports whether another screen lies over this one. Such a screen has
// no keys: that over it may be one of the same kind, with the same actions.
func covered(sh *shell.Shell, sc shell.Screen) bool {
	stack := sh.Stack()
	at := slices.Index(stack, sc)
	return at >= 0 && at < len(stack)-1
}

func line(int) int { return 1 }

func (s *Screen) move(do func()) func(action.Target) tea.Cmd {
	return func(action.Target) tea.Cmd {
		do()
		return nil
	}
}

func (s *Screen) scroll(way int, by func(height int) int) func(action.Target) tea.Cmd {
	return s.move(func() { s.pane.scroll(way * by(s.pane.height)) })
}

// unfold shows more of the conversation, reading it first where it has to be.
func (s *Screen) unfold(do func(*pane) bool) func(action.Target) tea.Cmd {
	return func(action.Target) tea.Cmd {
		if !do(&s.pane) {
			return nil
		}
		s.limit = max(s.limit, desk.ThreadLimit) + moreEntries
		return s.ask()
	}
}

// moreEntries is how many entries are read at once beyond the newest.
const moreEntries = 400

func (s *Screen) neighbour(by int) func(action.Target) tea.Cmd {
	return func(action.Target) tea.Cmd {
		if id, ok := s.beside(by); ok {
			return s.turnTo(id)
		}
		return s.sh.Say(shell.Toast{Text: safe.Const("There is no further conversation in this list."), Role: theme.Faint})
	}
}

func (s *Screen) togglePanel(action.Target) tea.Cmd {
	show := !s.showsPanel(s.sh.Size().W)
	s.panel = &show
	return nil
}
