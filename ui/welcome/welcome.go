package welcome

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// Screen is the first run.
type Screen struct {
	sh      *shell.Shell
	outside Outside
	cursor  int
	form    *form // nil while there is a choice to be made
}

// New gives the constructor of the screen, as [shell.Screens] takes it.
func New(o Outside) func(*shell.Shell) shell.Screen {
	return func(sh *shell.Shell) shell.Screen { return &Screen{sh: sh, outside: o} }
}

// option is one way to begin.
type option struct {
	id          action.ID
	title, hint safe.Text
	// why is what stands in the way where it is off.
	why string
	off bool
	run func() tea.Cmd
}

func (s *Screen) options() []option {
	noSample := s.outside.LookAround == nil
	noAdmin := s.sh.State.Known && !s.sh.State.Me.Admin()
	return []option{
		{
			id: "welcome.sample", title: safe.Const("Look around with sample mail"), hint: safe.Const("no account needed"), run: s.lookAround,
			off: noSample, why: "it has to be started from the command line: postroom demo",
		},
		{id: "welcome.mine", title: safe.Const("Add my own inbox"), hint: safe.Const("about 2 minutes"), run: func() tea.Cmd { return s.fill(desk.Personal) }},
		{
			id: "welcome.team", title: safe.Const("Add a team address (shared queue)"), hint: safe.Const("needs its password"), run: func() tea.Cmd { return s.fill(desk.Shared) },
			off: noAdmin, why: "a shared inbox needs an admin: ask one to make it or to add you to it",
		},
	}
}

func (s *Screen) lookAround() tea.Cmd {
	s.outside.LookAround()
	return tea.Quit
}

func (s *Screen) fill(kind desk.InboxKind) tea.Cmd {
	s.form = newForm(s.sh, s.outside, kind)
	return nil
}

// Update hears a fact.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	if s.form == nil {
		return nil
	}
	switch msg := msg.(type) {
	case shell.Answer[passed]:
		return s.form.tested(msg)
	case shell.Answer[Servers]:
		s.form.found(msg)
	case saved:
		return s.saved(msg)
	}
	return nil
}

// saved goes on to the queue when the inbox is there.
func (s *Screen) saved(msg saved) tea.Cmd {
	if msg.form != s.form {
		return nil
	}
	toast, done := s.form.saved(msg)
	if !done {
		return nil
	}
	s.form = nil
	if s.sh.Top() != shell.Screen(s) {
		return s.sh.Say(toast)
	}
	return tea.Batch(s.sh.Back(), s.sh.Say(toast))
}

// Place says where the keys go. A form is a text that is being written.
func (s *Screen) Place() shell.Place {
	p := shell.Place{Title: safe.Const("postroom · welcome"), Scope: action.Welcome}
	if s.form != nil {
		p.Title, p.Scope = safe.Sprintf("postroom · %s", s.form.title()), action.Form
	}
	return p
}

// Actions are the choices, each with its number.
func (s *Screen) Actions() []action.Action {
	in := action.Welcome
	move := func(by int) func(action.Target) tea.Cmd {
		return func(action.Target) tea.Cmd {
			n := len(s.options())
			s.cursor = (s.cursor + by + n) % n
			return nil
		}
	}
	list := []action.Action{
		{ID: "welcome.choose", Title: "Take the marked choice", Scope: in, Keys: []string{"enter"}, Footer: "choose", Run: func(action.Target) tea.Cmd { return s.take(s.cursor) }},
		{ID: "welcome.down", Title: "Next choice", Scope: in, Keys: []string{"j", "down"}, Footer: "move", FooterKey: "j/k", Run: move(1)},
		{ID: "welcome.up", Title: "Previous choice", Scope: in, Keys: []string{"k", "up"}, Run: move(-1)},
	}
	for i, o := range s.options() {
		list = append(list, action.Action{
			ID: o.id, Title: o.title.String(), Scope: in, Keys: []string{string(rune('1' + i))},
			Needs: []action.Need{action.When(o.why, func() bool { return !s.options()[i].off })},
			Run:   func(action.Target) tea.Cmd { return s.take(i) },
		})
	}
	return list
}

func (s *Screen) take(i int) tea.Cmd {
	s.cursor = i
	o := s.options()[i]
	if o.off {
		return s.sh.Say(shell.Toast{Text: safe.Sprintf("%s: %s", o.title, safe.Line(o.why)), Role: theme.Warn})
	}
	return o.run()
}

// Typing reports whether a form is being filled in.
func (s *Screen) Typing() bool { return s.form != nil }

// Type takes a key for the form.
func (s *Screen) Type(msg tea.KeyPressMsg) tea.Cmd {
	cmd, leave := s.form.press(msg)
	if leave {
		s.leaveForm()
	}
	return cmd
}

// leaveForm goes back to the choice. What has been filled in is not thrown away
// without a question.
func (s *Screen) leaveForm() {
	f := s.form
	leave := func() tea.Cmd {
		f.finding.Drop()
		f.fields.Rows[inPassword].Field.Erase()
		if s.form == f {
			s.form = nil
		}
		return nil
	}
	if !f.filled() {
		leave()
		return
	}
	s.sh.Show(shell.NewChoice(s.sh, f.title(), safe.Const("What you have filled in is kept nowhere. Throw it away?"),
		shell.Option{Label: safe.Const("No, go on with it")},
		shell.Option{Label: safe.Const("Yes, throw it away"), Run: leave}))
}

// Paste takes a text from the clipboard.
func (s *Screen) Paste(text string) tea.Cmd {
	s.form.paste(text)
	return nil
}

// Back interrupts a test, or goes from the form to the choice.
func (s *Screen) Back() (tea.Cmd, bool) {
	if s.form == nil {
		return nil, false
	}
	if s.form.interrupt() {
		s.leaveForm()
	}
	return nil, true
}
