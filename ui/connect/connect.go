package connect

import (
	"context"
	"reflect"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// Screen is the wizard.
type Screen struct {
	sh *shell.Shell
	o  Outside
	// wanted is the kind of inbox it was opened for; empty asks.
	wanted desk.InboxKind

	// said is what has been said so far, kept what of it the desk has, and
	// keeping that some of it is on its way there.
	said, kept desk.Setup
	keeping    bool
	// fresh says that something was typed that nobody has read yet.
	fresh bool
	// saved is what was there when the wizard was opened; nil when nothing.
	saved *desk.Setup
	names []string // of the people of the desk
	// login are their logins, others teams and everyone, as members are written.
	login, others map[string]bool
	// pipelines are the ways that tickets can go here, the default one first.
	pipelines []desk.PipelineView

	page *page
	// doing says what is being waited for; empty when nothing is.
	doing safe.Text
	// remark is what else is to be said, problem what is wrong and belongs to no
	// field.
	remark, problem safe.Text
	// resume is the step to go on with after signing in again; empty for the
	// next one.
	resume step
	// password is what was typed at the sign-in. It is in memory only.
	password widget.Field

	begin   shell.Lane[begun]
	find    shell.Lane[Servers]
	people  shell.Lane[people]
	check   shell.Lane[struct{}]
	test    shell.Lane[tested]
	recount shell.Lane[Look]
	access  shell.Lane[desk.InboxAccess]

	// offered are the ways to sign in at offeredFor; in is a sign-in that lasts,
	// signed one that has been agreed to.
	offered    Offered
	offeredFor string
	offering   shell.Lane[Offered]
	opening    shell.Lane[opened]
	signing    shell.Lane[SignedIn]
	in         SignIn
	signed     *SignedIn

	note    string // what there is to know about the servers that were found
	account desk.Account
	// further are the other addresses that have come with the account, which had
	// them when it was connected before.
	further []string
	look    Look
	looked  bool
	journey *shell.Journey
	users   []desk.Access // of the inbox
}

// New gives the constructor of the screen, as [shell.Screens] takes it.
func New(o Outside) func(*shell.Shell, shell.Connecting) shell.Screen {
	return func(sh *shell.Shell, c shell.Connecting) shell.Screen {
		return &Screen{sh: sh, o: o, wanted: c.Kind}
	}
}

// begun is what the wizard has to know before its first question.
type begun struct {
	setup *desk.Setup
	people
}

// people are those who can be named in an inbox, with the pipelines that its
// tickets can go.
type people struct {
	users     []desk.User
	teams     []desk.TeamView
	pipelines []desk.PipelineView
}

func (o Outside) people(ctx context.Context) (p people, err error) {
	if p.users, err = o.Desk.Users(ctx); err != nil {
		return p, err
	}
	if p.teams, err = o.Desk.Teams(ctx); err != nil {
		return p, err
	}
	p.pipelines, err = o.Desk.Pipelines(ctx)
	return p, err
}

// keptSetup is the fact that the desk has what was said, or has not.
type keptSetup struct {
	screen *Screen
	setup  desk.Setup
	err    error
}

// Unkept implements [shell.Unkept].
func (k keptSetup) Unkept() error { return k.err }

// Update hears a fact.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Opened:
		return s.opened()
	case shell.Answer[begun]:
		return s.begun(msg)
	case keptSetup:
		return s.wasKept(msg)
	case shell.Answer[Servers]:
		return s.found(msg)
	case shell.Answer[people]:
		return s.knowsPeople(msg)
	case shell.Answer[struct{}]:
		return s.checked(msg)
	case shell.Answer[Offered]:
		return s.wasOffered(msg)
	case shell.Answer[opened]:
		return s.signInOpened(msg)
	case shell.Answer[SignedIn]:
		return s.agreed(msg)
	case shell.Answer[tested]:
		return s.tested(msg)
	case shell.Answer[Look]:
		return s.recounted(msg)
	case connected:
		return s.connected(msg)
	case shell.Answer[desk.InboxAccess]:
		return s.accessRead(msg)
	}
	return s.journey.Update(msg)
}

// opened asks what was begun before.
func (s *Screen) opened() tea.Cmd {
	o := s.o
	return s.begin.Ask(s.sh.Context(), func(ctx context.Context) (begun, error) {
		var b begun
		u, ok, err := o.Desk.Setup(ctx)
		if err != nil {
			return b, err
		}
		if ok {
			b.setup = &u
		}
		b.people, err = o.people(ctx)
		return b, err
	})
}

func (s *Screen) begun(msg tea.Msg) tea.Cmd {
	b, err, ok := s.begin.Take(msg)
	if !ok {
		return nil
	}
	s.know(b.people)
	if b.setup != nil && b.setup.Address != "" {
		s.saved = b.setup
		return tea.Batch(s.sh.Missed(err), s.show(atResume))
	}
	return tea.Batch(s.sh.Missed(err), s.anew())
}

// know notes who can be named.
func (s *Screen) know(p people) {
	s.names, s.pipelines = nil, p.pipelines
	s.login, s.others = map[string]bool{}, map[string]bool{desk.Everyone: true}
	for _, t := range p.teams {
		s.others[desk.FoldName("team:"+t.Name)] = true
	}
	for _, u := range p.users {
		s.names = append(s.names, u.Name)
		s.login[desk.FoldName(u.Login)] = true
	}
}

// anew begins with the first question that has no answer yet.
func (s *Screen) anew() tea.Cmd {
	s.said = desk.Setup{Kind: s.wanted}
	if s.wanted == "" {
		s.said.Kind = desk.Personal
		return s.show(atGoal)
	}
	return s.show(atAddress)
}

// keep brings what was said to the desk, one version at a time: a late write
// must not undo a newer one. Before there is an address nothing is worth it.
func (s *Screen) keep() tea.Cmd {
	if s.keeping || s.said.Address == "" || s.saved != nil || reflect.DeepEqual(s.said, s.kept) {
		return nil
	}
	s.keeping = true
	return s.save()
}

// save writes what was said now.
func (s *Screen) save() tea.Cmd {
	d, u := s.o.Desk, s.said
	return shell.Do(s.sh, func(ctx context.Context) (desk.Setup, error) { return u, d.SaveSetup(ctx, u) },
		func(u desk.Setup, err error) tea.Msg { return keptSetup{s, u, err} })
}

func (s *Screen) wasKept(k keptSetup) tea.Cmd {
	if k.screen != s {
		return nil
	}
	s.keeping = false
	if k.err != nil {
		return s.sh.Fail(k.err)
	}
	s.kept = k.setup
	return s.keep()
}

// forget takes away what the desk has: the mailbox is connected, or somebody
// begins anew.
func (s *Screen) forget() tea.Cmd {
	d := s.o.Desk
	s.saved, s.said, s.kept, s.keeping = nil, desk.Setup{}, desk.Setup{}, true
	return shell.Do(s.sh, func(ctx context.Context) (struct{}, error) { return struct{}{}, d.DropSetup(ctx) },
		func(_ struct{}, err error) tea.Msg { return keptSetup{s, desk.Setup{}, err} })
}

// Close keeps what stands on the screen. A mailbox that is connected needs no
// going on: what is left can be done at any time.
func (s *Screen) Close() tea.Cmd {
	defer s.password.Erase()
	s.closeSignIn()
	if s.said.Connected {
		address := s.said.Address
		return tea.Batch(s.journey.Close(), left(s.forget(),
			address+" is connected, but what was said on the way is not forgotten.", "Choose “begin anew” when the wizard offers to go on with it."))
	}
	if s.page == nil || s.saved != nil {
		return nil
	}
	s.page.read(s)
	if s.said.Address == "" || reflect.DeepEqual(s.said, s.kept) {
		return nil
	}
	return left(s.save(), "What was said last about "+s.said.Address+" is not kept.", "")
}

// left tells what a failure to keep something means when the wizard is not
// there any more to say it, and what to do.
func left(keep tea.Cmd, means, hint string) tea.Cmd {
	return func() tea.Msg {
		fact := keep()
		if k, ok := fact.(keptSetup); ok && k.err != nil {
			return shell.Failed{Err: &desk.Error{Kind: desk.KindOf(k.err), Message: means + " " + shell.Sentence(k.err).String(), Hint: hint}}
		}
		return fact
	}
}

// Place says where the keys go: a question is a form that is being filled in.
// The note is there while the desk has all that stands on the screen, so that
// one knows that nothing would be lost.
func (s *Screen) Place() shell.Place {
	p := shell.Place{Title: safe.Const("postroom · connect a mailbox"), Scope: action.Form}
	if s.said.Address != "" && !s.said.Connected && !s.fresh && !s.keeping && reflect.DeepEqual(s.said, s.kept) {
		p.Note = safe.Const("all kept")
	}
	return p
}

// Actions are none of its own: what can be done are the buttons.
func (s *Screen) Actions() []action.Action { return nil }

// Typing reports that letters belong to the fields.
func (s *Screen) Typing() bool { return true }

// Type takes a key.
func (s *Screen) Type(msg tea.KeyPressMsg) tea.Cmd {
	if s.page == nil || !s.doing.IsEmpty() {
		return nil
	}
	s.problem = safe.Text{}
	p := s.page
	before, chosen := p.form.At(), p.chosen()
	switch p.press(msg) {
	case 0:
		s.fresh = false
		p.read(s)
		return tea.Batch(p.take(s), s.keep())
	case 1:
		return p.second(s)
	}
	moved := p.form.At() != before
	if s.fresh = !moved && p.chosen() == chosen; s.fresh {
		return nil
	}
	p.read(s)
	if !moved && p.chose != nil {
		return tea.Batch(p.chose(s), s.keep())
	}
	return s.keep()
}

// Paste takes a text from the clipboard.
func (s *Screen) Paste(text string) tea.Cmd {
	if s.page != nil && s.doing.IsEmpty() {
		s.problem = safe.Text{}
		s.page.form.Paste(text)
	}
	return nil
}

// Back stops what is being waited for, or goes to the question before. From
// the first one, and when the mailbox is connected, it leaves.
func (s *Screen) Back() (tea.Cmd, bool) {
	if s.page == nil {
		return nil, false
	}
	if !s.doing.IsEmpty() {
		return nil, s.stop() || true
	}
	to := s.back()
	if to == "" {
		return nil, false
	}
	s.page.read(s)
	s.closeSignIn()
	return s.show(to), true
}

// back is the question before; empty where there is none.
func (s *Screen) back() step {
	to := s.page.at.before()
	if to == atInbox && s.page.at == atPreview && s.makesTeam() {
		to = atTickets
	}
	if s.wanted != "" && to == atGoal {
		to = ""
	}
	return to
}

// stoppable reports whether a server or the desk is being asked. What is being
// written is not stopped: in a moment it is there or refused.
func (s *Screen) stoppable() bool {
	return s.test.Busy() || s.check.Busy() || s.people.Busy() || s.opening.Busy()
}

// stop interrupts a question to a server.
func (s *Screen) stop() bool {
	if !s.stoppable() {
		return false
	}
	s.closeSignIn()
	s.test.Drop()
	s.check.Drop()
	s.people.Drop()
	s.doing, s.remark = safe.Text{}, safe.Const("Stopped. Nothing has been written.")
	return true
}

// done ends the wizard.
func (s *Screen) done() tea.Cmd {
	text := safe.Sprintf("%s is connected.", safe.Addr(s.said.Address))
	if s.sh.Top() != shell.Screen(s) {
		return tea.Batch(s.forget(), s.sh.Say(shell.Toast{Text: text, Role: theme.Good}))
	}
	return tea.Batch(s.sh.Back(), s.sh.Say(shell.Toast{Text: text, Role: theme.Good}))
}
