package welcome

import (
	"context"

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
	// inboxes is how many there were when the wizard was opened.
	inboxes int
	// begun is the mailbox whose connecting was left half done; without an
	// address there is none.
	begun  desk.Setup
	asking shell.Lane[desk.Setup]
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
	// half says that the hint names a mailbox that was left half done.
	half bool
	run  func() tea.Cmd
}

func (s *Screen) options() []option {
	noSample := s.outside.LookAround == nil
	noAdmin := s.sh.State.Known && !s.sh.State.Me.Admin()
	return []option{
		{
			id: "welcome.sample", title: safe.Const("Look around with sample mail"), hint: safe.Const("no account needed"), run: s.lookAround,
			off: noSample, why: "it has to be started from the command line: postroom demo",
		},
		{id: "welcome.mine", title: safe.Const("Add my own inbox"), hint: s.half(desk.Personal, safe.Const("about 2 minutes")), half: s.begunAs(desk.Personal), run: s.connect(desk.Personal)},
		{
			id: "welcome.team", title: safe.Const("Add a team address (shared queue)"), hint: s.half(desk.Shared, safe.Const("needs its password")), half: s.begunAs(desk.Shared), run: s.connect(desk.Shared),
			off: noAdmin, why: "a shared inbox needs an admin: ask one to make it or to add you to it",
		},
	}
}

// half says which mailbox of a kind was left half done; else what is usual.
func (s *Screen) half(kind desk.InboxKind, usual safe.Text) safe.Text {
	if !s.begunAs(kind) {
		return usual
	}
	return safe.Sprintf("go on with %s", safe.Addr(s.begun.Address))
}

// begunAs reports whether a mailbox of a kind was left half done.
func (s *Screen) begunAs(kind desk.InboxKind) bool {
	return s.begun.Address != "" && s.begun.Kind == kind
}

func (s *Screen) lookAround() tea.Cmd {
	s.outside.LookAround()
	return tea.Quit
}

// connect opens the wizard, in the place of the first run: whoever is done with
// it is where the mail comes in.
func (s *Screen) connect(kind desk.InboxKind) func() tea.Cmd {
	return func() tea.Cmd {
		s.inboxes = len(s.sh.State.Inboxes)
		wizard := s.sh.Screens().Connect(s.sh, shell.Connecting{Kind: kind})
		return s.sh.Open(wizard)
	}
}

// Update hears a fact: whoever has got an inbox is past the first run, and a
// mailbox that was left half done is named.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg.(type) {
	case shell.Opened:
		return s.ask()
	case shell.Resumed:
		if len(s.sh.State.Inboxes) > s.inboxes {
			return s.sh.Back()
		}
		return s.ask()
	}
	begun, err, ok := s.asking.Take(msg)
	if !ok {
		return nil
	}
	s.begun = begun
	return s.sh.Missed(err)
}

// ask asks what was left half done.
func (s *Screen) ask() tea.Cmd {
	read := s.outside.Begun
	if read == nil {
		return nil
	}
	return s.asking.Ask(s.sh.Context(), func(ctx context.Context) (desk.Setup, error) {
		begun, _, err := read(ctx)
		return begun, err
	})
}

// Place says where the keys go.
func (s *Screen) Place() shell.Place {
	return shell.Place{Title: safe.Const("postroom · welcome"), Scope: action.Welcome}
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
