package shell

import (
	"context"
	"errors"
	"os/exec"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/theme"
)

// World is what the program needs from outside besides the desk.
type World struct {
	// Now is the clock, in the zone of the person at the screen.
	Now func() time.Time
	// After is a command that waits and then gives the message.
	After func(time.Duration, tea.Msg) tea.Cmd
	// Outside is a command that lets another program have the terminal and
	// gives what the callback makes of its end.
	Outside func(*exec.Cmd, tea.ExecCallback) tea.Cmd
	// Signal is a command that sends the terminal a sequence which draws
	// nothing: a bell, a notification.
	Signal func(sequence string) tea.Cmd
}

// RealWorld has the clock of the machine.
func RealWorld() World {
	return World{
		Now: time.Now,
		After: func(d time.Duration, msg tea.Msg) tea.Cmd {
			return tea.Tick(d, func(time.Time) tea.Msg { return msg })
		},
		Outside: tea.ExecProcess,
		Signal:  func(sequence string) tea.Cmd { return tea.Raw(sequence) },
	}
}

// State is what every place shows: who I am, the inboxes with their counts and
// health, and what of mine waits in the outbox. It is read again when the desk
// rings.
type State struct {
	Me      desk.User
	Inboxes []desk.InboxView
	// Teams are mine, and those that have something where I work.
	Teams []desk.TeamQueue
	// Standby is how I stand to being given work.
	Standby desk.Standby
	// Waiting are my mails that have not left yet, newest first.
	Waiting []desk.Outgoing
	// SignOff is when the set-up of the desk is to be signed off next; zero for
	// who is no admin.
	SignOff time.Time
	// Known is false until the first answer.
	Known bool
}

// Total is the sum of the counts over the inboxes I work in.
func (s State) Total() desk.Counts {
	var sum desk.Counts
	for _, in := range s.Inboxes {
		sum = sum.Add(in.Counts)
	}
	return sum
}

// Team is how many open conversations a team has that nobody has taken.
func (s State) Team(id desk.TeamID) int {
	for _, t := range s.Teams {
		if t.ID == id {
			return t.Open
		}
	}
	return 0
}

// Inbox finds an inbox by its id.
func (s State) Inbox(id desk.InboxID) (desk.InboxView, bool) {
	for _, in := range s.Inboxes {
		if in.ID == id {
			return in, true
		}
	}
	return desk.InboxView{}, false
}

// Toast is the line that tells a result.
type Toast struct {
	Text safe.Text
	Role theme.Role
	// Undo is the batch that z takes back; empty where there is none.
	Undo string
	// unwell says that it tells of the desk's trouble, and goes with it.
	unwell bool
}

// Shell is what the screens stand in.
type Shell struct {
	Desk  Desk
	State State
	// Trouble is what is wrong with the desk as a whole, as the banner says.
	Trouble desk.Trouble

	ctx     context.Context
	world   World
	factory Screens
	look    *theme.Theme
	size    Size
	screens []Screen
	changes int
	dialogs []Dialog
	toast   Toast
	spoken  uint64
	steps   []Step // done in this session, the newest last
}

// Options are what a shell is made from.
type Options struct {
	Desk    Desk
	World   World
	Screens Screens
	Theme   *theme.Theme
}

// New makes a shell without screens. Questions to the desk end with ctx.
func New(ctx context.Context, o Options) *Shell {
	return &Shell{Desk: o.Desk, ctx: ctx, world: o.World, factory: o.Screens, look: o.Theme}
}

// Context ends when the program ends. Lanes and [Do] begin with it.
func (s *Shell) Context() context.Context { return s.ctx }

// Theme is the look of this moment.
func (s *Shell) Theme() *theme.Theme { return s.look }

// SetTheme changes the look. Screens hear [Resized].
func (s *Shell) SetTheme(t *theme.Theme) tea.Cmd {
	s.look = t
	return s.Tell(Resized{s.size})
}

// Now is the time, in the zone of the person at the screen.
func (s *Shell) Now() time.Time { return s.world.Now() }

// When is a time as short as it is clear: the day only when it is another.
func (s *Shell) When(at time.Time) safe.Text {
	now := s.Now()
	at = at.In(now.Location())
	switch {
	case at.YearDay() == now.YearDay() && at.Year() == now.Year():
		return safe.Line(at.Format("15:04"))
	case at.Year() == now.Year():
		return safe.Line(at.Format("2 Jan 15:04"))
	default:
		return safe.Line(at.Format("2 Jan 2006"))
	}
}

// After gives a message later, to every screen.
func (s *Shell) After(d time.Duration, msg tea.Msg) tea.Cmd { return s.world.After(d, msg) }

// Outside lets another program have the terminal, such as an editor, and gives
// the message that done makes of its end.
func (s *Shell) Outside(cmd *exec.Cmd, done tea.ExecCallback) tea.Cmd {
	return s.world.Outside(cmd, done)
}

// Signal sends the terminal a sequence that draws nothing.
func (s *Shell) Signal(sequence string) tea.Cmd { return s.world.Signal(sequence) }

// Size is how large the terminal is.
func (s *Shell) Size() Size { return s.size }

// Resize tells all screens the size of the terminal.
func (s *Shell) Resize(size Size) tea.Cmd {
	s.size = size
	return s.Tell(Resized{size})
}

// Tell lets every screen and dialog hear a fact.
func (s *Shell) Tell(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, sc := range s.screens {
		cmds = append(cmds, sc.Update(msg))
	}
	for _, d := range s.dialogs {
		cmds = append(cmds, d.Update(msg))
	}
	return tea.Batch(cmds...)
}

// Top is the screen in front.
func (s *Shell) Top() Screen { return s.screens[len(s.screens)-1] }

// Depth is how many screens are open.
func (s *Shell) Depth() int { return len(s.screens) }

// Stack are the open screens, the one in front last.
func (s *Shell) Stack() []Screen { return s.screens }

// Changes counts how often the stack has changed, so that what is derived from
// it can be remembered.
func (s *Shell) Changes() int { return s.changes }

// Open puts a screen in front.
func (s *Shell) Open(sc Screen) tea.Cmd {
	s.screens = append(s.screens, sc)
	s.changes++
	s.Hush()
	return sc.Update(Opened{s.size})
}

// Back leaves the screen in front. The first one stays.
func (s *Shell) Back() tea.Cmd {
	if len(s.screens) < 2 {
		return nil
	}
	var cmd tea.Cmd
	if c, ok := s.Top().(Closer); ok {
		cmd = c.Close()
	}
	s.screens = s.screens[:len(s.screens)-1]
	s.changes++
	return tea.Batch(cmd, s.Top().Update(Resumed{}))
}

// Home leaves all screens but the first.
func (s *Shell) Home() tea.Cmd {
	var cmds []tea.Cmd
	for len(s.screens) > 1 {
		cmds = append(cmds, s.Back())
	}
	return tea.Batch(cmds...)
}

// Screens make the places that another leads to.
func (s *Shell) Screens() Screens { return s.factory }

// Dialog is the dialog in front; nil when there is none.
func (s *Shell) Dialog() Dialog {
	if len(s.dialogs) == 0 {
		return nil
	}
	return s.dialogs[len(s.dialogs)-1]
}

// Show puts a dialog over the screens.
func (s *Shell) Show(d Dialog) { s.dialogs = append(s.dialogs, d) }

// Dismiss takes the dialog in front away.
func (s *Shell) Dismiss() {
	if len(s.dialogs) > 0 {
		s.dialogs = s.dialogs[:len(s.dialogs)-1]
	}
}

// Toast is the result that is told now.
func (s *Shell) Toast() Toast { return s.toast }

// toastTime is how long a result stays. A failure stays until the next one.
const toastTime = 8 * time.Second

// ToastFaded says that a result has been told long enough.
type ToastFaded struct{ number uint64 }

// Say tells a result in the line above the footer. What can be taken back is
// noted as a step of this session.
func (s *Shell) Say(t Toast) tea.Cmd {
	s.spoken++
	s.toast = t
	if t.Undo != "" {
		s.PushStep(Step{t.Undo, s.Now()})
	}
	if t.Role == theme.Bad {
		return nil
	}
	return s.world.After(toastTime, ToastFaded{s.spoken})
}

// Fade takes the result away unless a newer one has been told since.
func (s *Shell) Fade(f ToastFaded) {
	if f.number == s.spoken {
		s.toast = Toast{}
	}
}

// Hush takes the result away.
func (s *Shell) Hush() { s.toast = Toast{} }

// Fail tells what went wrong and what to do about it. An interrupted question
// is no failure.
func (s *Shell) Fail(err error) tea.Cmd {
	if err == nil || errors.Is(err, context.Canceled) {
		return nil
	}
	var e *desk.Error
	if errors.As(err, &e) && e.Kind == desk.Unwell {
		// The banner has the next step.
		return s.Say(Toast{Text: safe.Sprintf("Not done: %s", safe.Line(e.Message)), Role: theme.Bad, unwell: true})
	}
	return s.Say(Toast{Text: Sentence(err), Role: theme.Bad})
}

// Missed tells that something could not be read. While the desk is in trouble
// the banner says why, and all is read again at its end.
func (s *Shell) Missed(err error) tea.Cmd {
	if err != nil && desk.KindOf(err) == desk.Unwell {
		return nil
	}
	return s.Fail(err)
}

// HushTrouble takes a failure away that was due to the desk's trouble.
func (s *Shell) HushTrouble() {
	if s.toast.unwell {
		s.Hush()
	}
}

// Sentence is an error in the user's words, with its next step. Errors quote
// text from outside, so they are cleaned like it.
func Sentence(err error) safe.Text {
	var e *desk.Error
	if !errors.As(err, &e) {
		return safe.Line(err.Error())
	}
	if e.Hint == "" {
		return safe.Line(e.Message)
	}
	return safe.Line(e.Message + " " + e.Hint)
}

// Failed is the fact that something could not be done and that nobody but the
// person can do anything about it, such as a screen that has been left.
type Failed struct{ Err error }

// Unkept implements [Unkept].
func (f Failed) Unkept() error { return f.Err }

// Do runs something that changes the desk. It ends with the program and not
// with the screen that began it; done makes the fact that is told afterwards.
func Do[T any](s *Shell, do func(context.Context) (T, error), done func(T, error) tea.Msg) tea.Cmd {
	ctx := s.ctx
	return func() tea.Msg { return done(do(ctx)) }
}
