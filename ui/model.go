package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"postroom/desk"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/triage"
)

// Settings are what a model is made from.
type Settings struct {
	Desk  shell.Desk
	World shell.World
	// Ring is the command that waits for the bell and gives [Rang].
	Ring       func() tea.Cmd
	Inbox      string
	ASCII      bool
	Monochrome bool
	// Screens replaces the screens the program comes with; for tests.
	Screens *shell.Screens
}

// Model is the program: the only one of its kind, all else is plain structs.
type Model struct {
	sh   *shell.Shell
	ring func() tea.Cmd
	keys *action.Keymap
	// known is the state of the stack that keys was made from.
	known  int
	own    []action.Action
	prefix prefix
	state  shell.Lane[shell.State]
	stale  bool           // the desk rang while the state was being read
	tick   bool           // the countdown of a held mail is running
	quit   bool           // the user waits for the outbox before leaving
	mail   *desk.Outgoing // my newest mail that was held in this session
	footer footer
	banner banner
	// notices are what is told while nobody looks.
	notices notices
	// terminal is the size of the terminal; the screens have what the banner
	// leaves of it.
	terminal shell.Size
}

// Facts the root hears.
type (
	// Rang says that the bell has rung, and where.
	Rang         struct{ Changed desk.Changed }
	listenAgain  struct{}
	minuteTurned struct{}
	secondPassed struct{}
)

// New makes the program in its first state.
func New(ctx context.Context, s Settings) *Model {
	screens := s.Screens
	if screens == nil {
		screens = Screens()
	}
	m := &Model{ring: s.Ring}
	m.sh = shell.New(ctx, shell.Options{
		Desk: s.Desk, World: s.World, Screens: *screens,
		Theme: theme.New(theme.Options{ASCII: s.ASCII, Monochrome: s.Monochrome, Measure: ansi.WcWidth}),
	})
	m.own = m.actions()
	m.sh.Open(triage.New(m.sh, s.Inbox))
	return m
}

// Init asks for what the first frame needs.
func (m *Model) Init() tea.Cmd {
	return tea.Batch(m.readState(), m.ring(), m.untilMinute())
}

// Update is the table of contents of what can happen.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return m, m.pressed(msg)
	case tea.PasteMsg:
		return m, m.pasted(msg.Content)
	case tea.WindowSizeMsg:
		return m, m.resized(msg)
	case tea.BackgroundColorMsg:
		return m, m.recoloured(msg)
	case tea.ModeReportMsg:
		return m, m.measured(msg)
	case tea.BlurMsg:
		return m, m.wentAway()
	case tea.FocusMsg:
		m.cameBack()
		return m, nil
	case Rang:
		return m, m.rang(msg.Changed)
	case listenAgain:
		return m, m.ring()
	case shell.Answer[shell.State]:
		return m, m.stateRead(msg)
	case shell.Answer[desk.News]:
		return m, m.newsRead(msg)
	case noticeDue:
		return m, m.dueNews(msg)
	case minuteTurned:
		return m, m.minuteTurned()
	case secondPassed:
		return m, m.countedDown()
	case shell.ToastFaded:
		m.sh.Fade(msg)
		return m, nil
	case prefixShown:
		m.prefix.shown = m.prefix.shown || msg.number == m.prefix.number
		return m, nil
	case shell.Failed:
		return m, m.sh.Fail(msg.Err)
	case tagsFound:
		return m, m.tagsFound(msg)
	case acted:
		return m, m.acted(msg)
	case undone:
		return m, m.undone(msg)
	case rehearsed:
		return m, m.rehearsed(msg)
	case settled:
		return m, m.settled(msg)
	case drafted:
		return m, m.settle()
	case takenBack:
		return m, m.takenBack(msg)
	case decided:
		return m, m.decided(msg)
	case asked:
		return m, m.asked(msg)
	}
	return m, m.sh.Tell(msg)
}

func (m *Model) resized(msg tea.WindowSizeMsg) tea.Cmd {
	if msg.Width <= 0 || msg.Height <= 0 {
		return nil // without a terminal an empty size may come after the real one
	}
	m.terminal = shell.Size{W: msg.Width, H: msg.Height}
	room := m.sh.Size()
	if cmd := m.fit(); m.sh.Size() != room {
		return cmd
	}
	return m.sh.Resize(room) // the same size after a blank screen is news too
}

func (m *Model) recoloured(msg tea.BackgroundColorMsg) tea.Cmd {
	o := m.sh.Theme().Options()
	if o.Light == !msg.IsDark() {
		return nil
	}
	o.Light = !msg.IsDark()
	return m.sh.SetTheme(theme.New(o))
}

// measured hears how the terminal counts cells. The renderer changes its way
// of counting at the same report, so the two stay in step.
func (m *Model) measured(msg tea.ModeReportMsg) tea.Cmd {
	if msg.Mode != ansi.ModeUnicodeCore {
		return nil
	}
	o := m.sh.Theme().Options()
	if msg.Value != ansi.ModeReset && msg.Value != ansi.ModeSet && msg.Value != ansi.ModePermanentlySet {
		return nil
	}
	if o.Measure == ansi.GraphemeWidth {
		return nil
	}
	o.Measure = ansi.GraphemeWidth
	return m.sh.SetTheme(theme.New(o))
}

// quiet is how long the program rests after it has heard the bell. What rings
// in that time is collected and comes as one, so that a thousand mails cost a
// few frames and a single one is shown at once.
const quiet = 100 * time.Millisecond

func (m *Model) rang(c desk.Changed) tea.Cmd {
	var turned tea.Cmd
	if c.Trouble {
		turned = m.turned()
	}
	return tea.Batch(turned, m.sh.Tell(shell.Changed{Changed: c}), m.readState(), m.readNews(), m.sh.After(quiet, listenAgain{}))
}

// readState asks for what every place shows. A question under way is not
// cancelled: with mail pouring in, no answer would ever come. It is asked
// again when it has been answered.
func (m *Model) readState() tea.Cmd {
	if m.state.Busy() {
		m.stale = true
		return nil
	}
	m.stale = false
	d := m.sh.Desk
	return m.state.Ask(m.sh.Context(), func(ctx context.Context) (shell.State, error) {
		var s shell.State
		var err error
		if s.Me, err = d.Me(ctx); err != nil {
			return s, err
		}
		if s.Inboxes, err = d.Inboxes(ctx); err != nil {
			return s, err
		}
		if s.Teams, err = d.TeamQueues(ctx); err != nil {
			return s, err
		}
		if s.Standby, err = d.Standby(ctx); err != nil {
			return s, err
		}
		if s.SignOff, err = d.SignOffDue(ctx); err != nil {
			return s, err
		}
		out, err := d.Outbox(ctx, false)
		for _, o := range out {
			if o.Author == s.Me.ID {
				s.Waiting = append(s.Waiting, o)
			}
		}
		s.Known = true
		return s, err
	})
}

func (m *Model) stateRead(msg tea.Msg) tea.Cmd {
	s, err, ok := m.state.Take(msg)
	if !ok {
		return nil
	}
	if err != nil {
		missed := m.sh.Missed(err)
		if m.stale {
			return tea.Batch(missed, m.readState())
		}
		return missed
	}
	first := !m.sh.State.Known
	m.sh.State = s
	if h := m.held(); h != nil && (m.mail == nil || !h.CreatedAt.Before(m.mail.CreatedAt)) {
		held := *h
		m.mail = &held
	}
	cmds := []tea.Cmd{m.turned(), m.sh.Tell(shell.StateRead{}), m.countDown()}
	if welcome := m.sh.Screens().Welcome; first && len(s.Inboxes) == 0 && welcome != nil {
		cmds = append(cmds, m.sh.Open(welcome(m.sh)))
	}
	if m.stale {
		cmds = append(cmds, m.readState())
	}
	if m.quit && !m.pending() {
		cmds = append(cmds, m.settle())
	}
	return tea.Batch(cmds...)
}

// untilMinute wakes the program when the clock turns: its only regular wake-up.
func (m *Model) untilMinute() tea.Cmd {
	now := m.sh.Now()
	return m.sh.After(now.Truncate(time.Minute).Add(time.Minute).Sub(now), minuteTurned{})
}

// minuteTurned reads again what only time changes: who of those that nobody has
// is falling through.
func (m *Model) minuteTurned() tea.Cmd {
	if m.sh.State.Total().Unassigned == 0 {
		return m.untilMinute()
	}
	return tea.Batch(m.untilMinute(), m.readState())
}

// countDown starts the tick of a second while something of mine is held.
func (m *Model) countDown() tea.Cmd {
	if m.tick || m.held() == nil {
		return nil
	}
	m.tick = true
	return m.sh.After(time.Second, secondPassed{})
}

func (m *Model) countedDown() tea.Cmd {
	m.tick = false
	return m.countDown()
}

// held is my newest mail that can still be taken back; nil when none is held.
func (m *Model) held() *desk.Outgoing {
	for i, o := range m.sh.State.Waiting {
		if o.State == desk.Queued && o.HoldUntil.After(m.sh.Now()) {
			return &m.sh.State.Waiting[i]
		}
	}
	return nil
}
