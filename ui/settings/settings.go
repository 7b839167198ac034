package settings

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// column is where the keys go.
type column uint8

const (
	onParts column = iota
	onList
	onSheet
)

// Screen are the settings.
type Screen struct {
	sh    *shell.Shell
	o     Outside
	parts []part
	at    int // the part in front
	focus column
	// form is filled in in the place of the sheet; nil while there is none.
	form *form
	// scroll is the first line of the sheet in sight, button the one that
	// enter presses.
	scroll, button int
	size           shell.Size
	picture        picture
	// users are everybody at the desk, by login.
	users []desk.User
	names shell.Lane[[]desk.User]
}

// New gives the constructor of the screen, as [shell.Screens] takes it.
func New(o Outside) func(*shell.Shell, shell.Setting) shell.Screen {
	return func(sh *shell.Shell, at shell.Setting) shell.Screen {
		s := newScreen(sh, o)
		s.turnTo(at)
		return s
	}
}

func newScreen(sh *shell.Shell, o Outside) *Screen {
	s := &Screen{sh: sh, o: o, focus: onList}
	s.parts = []part{
		newInboxes(s), newChart(s),
		newPeople(s), newContacts(s), newNeverLog(s), newRules(s), newStrategies(s),
		newPipelines(s), newPolicies(s), newCalendars(s),
		newSignatures(s), newNotifications(s),
		newProviders(s), newJobs(s), newAudit(s), newBackup(s), newDoctor(s),
	}
	return s
}

// Show turns to one of the settings.
func (s *Screen) Show(at shell.Setting) tea.Cmd {
	return s.leaveForm(func() tea.Cmd {
		s.turnTo(at)
		return s.part().ask()
	})
}

func (s *Screen) turnTo(at shell.Setting) {
	for i, p := range s.parts {
		if p.about().ID == at {
			s.at, s.focus = i, onList
			s.top()
		}
	}
}

// goTo turns to a thing of a part, as the one that is marked there.
func (s *Screen) goTo(at shell.Setting, id int64) tea.Cmd {
	s.turnTo(at)
	cmd := s.part().ask()
	s.part().here().point(id)
	s.focus = onSheet
	return tea.Batch(cmd, s.part().ask()) // of what it stands on now there may be more to read
}

func (s *Screen) part() part { return s.parts[s.at] }

// top shows the beginning of what is known of another thing.
func (s *Screen) top() { s.scroll, s.button = 0, 0 }

// Update hears a fact.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	s.picture.stale = true
	var cmds []tea.Cmd
	switch msg := msg.(type) {
	case shell.Opened:
		s.size = msg.Size
		cmds = append(cmds, s.askNames(), s.part().ask())
	case shell.Changed:
		if msg.Settings {
			cmds = append(cmds, s.askNames())
		}
	case shell.Answer[[]desk.User]:
		cmds = append(cmds, s.named(msg))
	case shell.Resized:
		s.size = msg.Size
	case did:
		return s.did(msg)
	case filled:
		return s.filled(msg)
	case glanceDue:
		return s.glance(msg)
	}
	if s.form != nil && s.form.seen != nil {
		cmds = append(cmds, s.form.seen(msg))
	}
	for _, p := range s.parts {
		cmds = append(cmds, p.update(msg))
	}
	return tea.Batch(cmds...)
}

// askNames reads who works at the desk.
func (s *Screen) askNames() tea.Cmd { return s.names.Ask(s.sh.Context(), s.o.Desk.Users) }

func (s *Screen) named(msg tea.Msg) tea.Cmd {
	users, err, ok := s.names.Take(msg)
	if !ok {
		return nil
	}
	if err != nil {
		return s.sh.Missed(err)
	}
	s.users = users
	return nil
}

// name is what a person is called.
func (s *Screen) name(id desk.UserID) safe.Text {
	for _, u := range s.users {
		if u.ID == id {
			return safe.Line(u.Name)
		}
	}
	return safe.Text{}
}

// Place says where the keys go.
func (s *Screen) Place() shell.Place {
	a := s.part().about()
	p := shell.Place{Title: safe.Sprintf("Settings · %s", a.Title), Scope: action.Settings | a.scope}
	if l := s.part().here(); s.focus == onSheet && l.at < len(l.rows) {
		p.Title = safe.Sprintf("%s · %s", p.Title, l.rows[l.at].title)
	}
	if s.focus == onParts {
		p.Title, p.Scope = safe.Const("Settings"), action.Settings
	}
	if s.form != nil {
		p.Scope = action.Form
		if s.form.changed() {
			p.Note = safe.Const("unsaved changes")
		}
	}
	return p
}

// Back goes one column back, or gives a form up.
func (s *Screen) Back() (tea.Cmd, bool) {
	s.picture.stale = true
	switch {
	case s.form != nil:
		return s.leaveForm(nil), true
	case s.focus > onParts:
		s.focus--
		return nil, true
	default:
		return nil, false
	}
}

// Close stops what is under way in the parts. A form with changes is not given
// up unasked.
func (s *Screen) Close() tea.Cmd {
	var cmds []tea.Cmd
	for _, p := range s.parts {
		if c, ok := p.(shell.Closer); ok {
			cmds = append(cmds, c.Close())
		}
	}
	if s.form != nil && s.form.changed() {
		cmds = append(cmds, func() tea.Msg { return unsaved{} })
	}
	return both(cmds)
}

// both runs commands one after the other, as a screen that closes has to: the
// program ends when its command has.
func both(cmds []tea.Cmd) tea.Cmd {
	var some []tea.Cmd
	for _, c := range cmds {
		if c != nil {
			some = append(some, c)
		}
	}
	switch len(some) {
	case 0:
		return nil
	case 1:
		return some[0]
	}
	return func() tea.Msg {
		var last tea.Msg
		for _, c := range some {
			last = c()
		}
		return last
	}
}

// Typing reports whether a form is being filled in.
func (s *Screen) Typing() bool { return s.form != nil }

// Type takes a key for the form.
func (s *Screen) Type(msg tea.KeyPressMsg) tea.Cmd {
	s.picture.stale = true
	switch s.form.press(msg) {
	case pressedSave:
		return s.submit()
	case pressedCancel:
		return s.leaveForm(nil)
	default:
		return s.look()
	}
}

// Paste takes a text from the clipboard.
func (s *Screen) Paste(text string) tea.Cmd {
	s.picture.stale = true
	s.form.paste(text)
	return s.look()
}

// say tells a result.
func (s *Screen) say(role theme.Role, text safe.Text) tea.Cmd {
	return s.sh.Say(shell.Toast{Text: text, Role: role})
}

// state is what every screen knows; nothing while the screen stands in no
// shell, as for the page of keys.
func (s *Screen) state() shell.State {
	if s.sh == nil {
		return shell.State{}
	}
	return s.sh.State
}
