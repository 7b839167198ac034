package settings

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// Actions are the verbs of all parts, then how one moves between them.
func (s *Screen) Actions() []action.Action {
	var list []action.Action
	for _, p := range s.parts {
		for _, v := range p.verbs() {
			a := v.Action
			a.Scope, a.Needs, a.Run = p.about().scope, v.needs(), s.touched(a.Run)
			list = append(list, a)
		}
	}
	return append(list, s.moving()...)
}

func (s *Screen) moving() []action.Action {
	in := action.Settings
	list := []action.Action{
		{ID: "move.settings.in", Title: "Go in, or press the marked button", Keys: []string{"enter"}, Footer: "open", Weight: 9, Run: s.enter},
		{ID: "move.settings.down", Title: "Down", Keys: []string{"j", "down"}, Footer: "move", FooterKey: "j/k", Weight: 10, Run: s.move(1)},
		{ID: "move.settings.up", Title: "Up", Keys: []string{"k", "up"}, Run: s.move(-1)},
		{ID: "move.settings.right", Title: "Next column or button", Keys: []string{"l", "right", "tab"}, Footer: "column, button", FooterKey: "h/l", Weight: 8, Run: s.right},
		{ID: "move.settings.left", Title: "Previous column or button", Keys: []string{"h", "left", "shift+tab"}, Run: s.left},
		{ID: "move.settings.halfdown", Title: "Half a page down", Keys: []string{"ctrl+d", "pgdown"}, Run: s.half(1)},
		{ID: "move.settings.halfup", Title: "Half a page up", Keys: []string{"ctrl+u", "pgup"}, Run: s.half(-1)},
		{ID: "move.settings.first", Title: "To the top", Keys: []string{"g g", "home"}, Run: s.move(-far)},
		{ID: "move.settings.last", Title: "To the end", Keys: []string{"G", "end"}, Run: s.move(far)},
	}
	for i := range list {
		list[i].Scope, list[i].Moves, list[i].Run = in, true, s.touched(list[i].Run)
	}
	return append(list, filling(s)...)
}

// filling are the keys of a form. The words without a key of their own only
// tell which keys its fields take.
func filling(s *Screen) []action.Action {
	in := action.Form
	return []action.Action{
		{ID: "form.next", Title: "Next field", Scope: in, Footer: "next field", FooterKey: "tab", Weight: 9},
		{ID: "form.save", Title: "Save what is filled in", Scope: in, Keys: []string{"ctrl+s"}, Footer: "save", Weight: 8, Run: s.saveNow},
		{ID: "form.scrolldown", Title: "Scroll what saving would mean", Scope: in, Keys: []string{"pgdown"}, Moves: true, Run: s.scrollPreview(previewStep)},
		{ID: "form.scrollup", Title: "Scroll it back", Scope: in, Keys: []string{"pgup"}, Moves: true, Run: s.scrollPreview(-previewStep)},
		{ID: "form.choose", Title: "Choose", Scope: in, Footer: "choose", FooterKey: "space", Weight: 7},
		{ID: "form.cancel", Title: "Cancel", Scope: in, Footer: "cancel", FooterKey: "esc", Weight: 6},
	}
}

// far is more than any list is long.
const far = 1 << 30

// touched notes that an action may have changed the picture.
func (s *Screen) touched(run func(action.Target) tea.Cmd) func(action.Target) tea.Cmd {
	return func(on action.Target) tea.Cmd {
		s.picture.stale = true
		return run(on)
	}
}

// move moves in the column that has the keys.
func (s *Screen) move(by int) func(action.Target) tea.Cmd {
	return func(action.Target) tea.Cmd {
		switch s.focus {
		case onParts:
			s.at = min(max(s.at+by, 0), len(s.parts)-1)
			s.top()
			return s.part().ask()
		case onList:
			s.part().here().move(by)
			s.top()
			return s.part().ask()
		default:
			s.scroll = max(s.scroll+by, 0) // drawing knows where the end is
		}
		return nil
	}
}

func (s *Screen) half(by int) func(action.Target) tea.Cmd {
	return func(on action.Target) tea.Cmd {
		n := max(s.size.H/4, 1)
		if s.focus == onList {
			n = max(s.part().here().page(s.size.H)/2, 1)
		}
		return s.move(by * n)(on)
	}
}

// enter goes one column in; in the last one it presses a button.
func (s *Screen) enter(action.Target) tea.Cmd {
	if d, ok := s.part().(*doctor); ok && s.focus == onList {
		if _, ok := d.marked(); ok {
			return d.mend(nil)
		}
	}
	if s.focus < onSheet {
		s.focus++
		return nil
	}
	verbs, _ := offered(s.part().verbs())
	if len(verbs) == 0 {
		return nil
	}
	return s.press(verbs[min(s.button, len(verbs)-1)])
}

// doVerb turns to a thing of a part and does something with it, as if its
// button had been pressed there.
func (s *Screen) doVerb(at shell.Setting, thing int64, id action.ID) tea.Cmd {
	cmd := s.goTo(at, thing)
	verbs, refused := offered(s.part().verbs())
	for _, v := range verbs {
		if v.ID == id {
			return tea.Batch(cmd, s.press(v))
		}
	}
	if len(refused) > 0 {
		return tea.Batch(cmd, s.say(theme.Warn, safe.Line(refused[0])))
	}
	return cmd
}

// press presses a button, or says why it cannot be pressed.
func (s *Screen) press(v verb) tea.Cmd {
	if why := v.Missing(nil); why != "" {
		return s.say(theme.Warn, safe.Sprintf("%s: %s", safe.Line(v.Title), safe.Line(why)))
	}
	return v.Run(nil)
}

// right goes one column on, in the last one to the next button.
func (s *Screen) right(action.Target) tea.Cmd {
	if s.focus < onSheet {
		s.focus++
		return nil
	}
	verbs, _ := offered(s.part().verbs())
	s.button = min(s.button+1, max(len(verbs)-1, 0))
	return nil
}

// left goes to the button before, and from the first one a column back.
func (s *Screen) left(action.Target) tea.Cmd {
	if s.focus == onSheet && s.button > 0 {
		s.button--
		return nil
	}
	if s.focus > onParts {
		s.focus--
	}
	return nil
}
