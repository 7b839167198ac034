package thread

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// Screen is a conversation on the whole screen.
type Screen struct {
	sh     *shell.Shell
	id     desk.ConversationID
	around shell.Around
	start  shell.Start
	over   shell.Over
	read   shell.Lane[desk.Thread]
	// stale says that the desk rang while the conversation was being read.
	stale bool
	// showNew asks for the end of the conversation with the next answer.
	showNew bool
	limit   int // how many entries are asked for; 0 is what the desk thinks

	t     desk.Thread
	known bool
	since seen
	// marked is the newest message from outside that counts as read.
	marked desk.MessageID
	// below is the next conversation of the list, noted when an action begins:
	// when it takes this one out of the list, the place is not known any more.
	below desk.ConversationID

	pane     pane
	composer *composer
	panel    *bool // nil until the user has decided; then the width decides
}

// New shows a conversation, and begins a text if it is opened for one.
func New(sh *shell.Shell, o shell.Opening) shell.Screen {
	return &Screen{sh: sh, id: o.ID, around: o.Around, start: o.Start, over: o.Over, pane: newPane()}
}

// The facts about the screen's own commands.
type (
	// lookedAt says that a conversation has been on the screen for a while.
	lookedAt struct {
		id   desk.ConversationID
		upTo desk.MessageID
	}
	markedRead struct{ err error }
)

// Update hears a fact.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Opened:
		return tea.Batch(s.ask(), s.begin(s.start, s.over))
	case shell.Resumed:
		return s.look()
	case shell.Changed:
		return s.rung(msg.Changed)
	case shell.Answer[desk.Thread]:
		return s.arrived(msg)
	case lookedAt:
		return s.lookedAt(msg)
	case markedRead:
		return s.sh.Missed(msg.err)
	case splitKnown:
		return s.askSplit(msg)
	case wasSplit:
		return s.tellSplit(msg)
	case shell.Began:
		s.below, _ = s.beside(1)
	case shell.Leaving:
		return s.leaving(msg)
	case fact:
		if msg.of() == s.composer {
			return s.composer.update(msg)
		}
	}
	return nil
}

func (s *Screen) ask() tea.Cmd {
	id, limit := s.id, s.limit
	s.stale = false
	return s.read.Ask(s.sh.Context(), func(ctx context.Context) (desk.Thread, error) { return s.sh.Desk.Thread(ctx, id, limit) })
}

// rung reads again what has changed. A question under way is not cancelled:
// with mail pouring in, no answer would ever come.
func (s *Screen) rung(c desk.Changed) tea.Cmd {
	switch {
	case s.known && !c.Touches(s.t.Inbox):
		return nil
	case s.read.Busy():
		s.stale = true
		return nil
	}
	return s.ask()
}

// again reads the conversation for a composer that was told of a change, and
// shows the end of it: who is asked whether to send all the same must see what
// has come.
func (s *Screen) again() tea.Cmd {
	s.showNew = true
	return s.ask()
}

// arrived shows what has been read. The place that is being read stays.
func (s *Screen) arrived(msg tea.Msg) tea.Cmd {
	t, err, ok := s.read.Take(msg)
	if !ok {
		return nil
	}
	if err != nil {
		if s.stale {
			return tea.Batch(s.sh.Missed(err), s.ask())
		}
		return s.unreadable(err)
	}
	if !s.known {
		s.since = seen{letter: t.Last, entry: t.Last, me: s.sh.State.Me.ID}
		if t.Unread && t.LastIn != 0 {
			s.since.letter = t.LastIn - 1
		}
	}
	s.t, s.known, s.id = t, true, t.ID
	s.pane.show(t, s.since)
	if s.showNew {
		s.showNew = false
		s.pane.ends(1)
	}
	if s.composer != nil {
		s.composer.saw(t)
	}
	look := s.look()
	if s.stale {
		return tea.Batch(look, s.ask())
	}
	return look
}

// unreadable says why there is nothing to see. A conversation that has never
// been seen is left at once: its screen would stay empty.
func (s *Screen) unreadable(err error) tea.Cmd {
	if s.known || s.composer != nil || s.sh.Top() != shell.Screen(s) {
		return s.sh.Missed(err)
	}
	return tea.Batch(s.sh.Back(), s.sh.Fail(err))
}

// readTime is how long a conversation is open before it counts as read: going
// through a list with ] reads nothing.
const readTime = 2 * time.Second

// look begins the time after which what is on the screen counts as read.
func (s *Screen) look() tea.Cmd {
	if s.t.LastIn == 0 || s.t.LastIn <= s.marked || !s.t.Unread {
		return nil
	}
	return s.sh.After(readTime, lookedAt{s.t.ID, s.t.LastIn})
}

func (s *Screen) lookedAt(l lookedAt) tea.Cmd {
	if l.id != s.id || l.upTo <= s.marked || s.sh.Top() != shell.Screen(s) {
		return nil
	}
	s.marked = l.upTo
	return shell.Do(s.sh, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, s.sh.Desk.MarkRead(ctx, l.id, l.upTo)
	}, func(_ struct{}, err error) tea.Msg { return markedRead{err} })
}

// leaving goes where the list goes when this conversation is done.
func (s *Screen) leaving(l shell.Leaving) tea.Cmd {
	if l.Stay || len(l.On) != 1 || l.On[0] != s.id || s.sh.Top() != shell.Screen(s) {
		return nil
	}
	if l.Next && s.below != 0 {
		return s.turnTo(s.below)
	}
	return s.sh.Back()
}

// beside is a neighbour in the list this conversation was opened from.
func (s *Screen) beside(by int) (desk.ConversationID, bool) {
	if s.around == nil {
		return 0, false
	}
	return s.around.Neighbour(s.id, by)
}

// turnTo shows another conversation in this screen.
func (s *Screen) turnTo(id desk.ConversationID) tea.Cmd {
	keep := s.stop()
	s.id, s.known, s.pane, s.marked, s.limit, s.below = id, false, newPane(), 0, 0, 0
	s.t = desk.Thread{}
	return tea.Batch(keep, s.ask())
}

// Place says what the keys act on.
func (s *Screen) Place() shell.Place {
	p := shell.Place{Scope: action.Thread, On: action.Target{s.id}}
	back := safe.Line(s.sh.Theme().Signs.Left)
	p.Title = safe.Sprintf("%s #%s", back, safe.Int(int(s.id)))
	if s.known {
		p.Title = safe.Sprintf("%s #%s  %s", back, safe.Int(int(s.id)), subject(s.t.Subject))
	}
	if s.composer != nil {
		p.Scope = s.composer.scope()
	}
	return p
}

// Known is the conversation on the screen.
func (s *Screen) Known(id desk.ConversationID) *desk.Row {
	if !s.known || id != s.id {
		return nil
	}
	return &s.t.Row
}

// subject is a subject as it is shown; a missing one is said to be missing.
func subject(s string) safe.Text {
	if t := safe.Line(s); !t.IsEmpty() {
		return t
	}
	return safe.Const("(no subject)")
}

// Back takes a step back inside the screen: from the text to the send bar,
// from there to the conversation with the text kept, from a panel that covers
// the conversation to what it covers.
func (s *Screen) Back() (tea.Cmd, bool) {
	switch c := s.composer; {
	case c != nil && !c.bar:
		return c.openBar(), true
	case c != nil:
		return c.leave(), true
	case s.showsPanel(s.sh.Size().W) && s.sh.Size().W < panelBeside:
		s.panel = nil
		return nil, true
	}
	return nil, false
}

// stop ends the writing; the text, which the store has, stays as a draft.
func (s *Screen) stop() tea.Cmd {
	c := s.composer
	if c == nil {
		return nil
	}
	cmd := c.save()
	s.composer = nil
	if !c.keeps() {
		return cmd
	}
	text := safe.Const("The reply stays as a draft: r goes on with it.")
	if c.note() {
		text = safe.Const("The note stays as a draft: n goes on with it.")
	}
	return tea.Batch(cmd, s.sh.Say(shell.Toast{Text: text, Role: theme.Faint}))
}

// Close saves what is being written.
func (s *Screen) Close() tea.Cmd {
	if s.composer == nil {
		return nil
	}
	return s.composer.flush()
}

// Write begins an answer or a note in this screen.
func (s *Screen) Write(start shell.Start, over shell.Over) tea.Cmd { return s.begin(start, over) }

func (s *Screen) begin(start shell.Start, over shell.Over) tea.Cmd {
	if start == shell.ToRead || s.composer != nil {
		return nil
	}
	s.composer = newComposer(s.sh, s.id, s)
	return s.composer.begin(start, over)
}

// sent is called by the composer when its text has gone.
func (s *Screen) sent(what then) tea.Cmd {
	s.composer = nil
	next, known := s.beside(1)
	on := action.Target{s.id}
	switch {
	case what == closeIt:
		begun := s.sh.Tell(shell.Began{On: on})
		return tea.Batch(begun, s.sh.Tell(shell.Leaving{On: on}))
	case what == goToNext && known:
		return s.turnTo(next)
	case what == goToNext:
		return s.sh.Back()
	}
	s.pane.toEnd()
	return s.ask()
}

// Typing reports whether a text is being written.
func (s *Screen) Typing() bool { return s.composer != nil && s.composer.typing() }

// Type takes a key for the text.
func (s *Screen) Type(msg tea.KeyPressMsg) tea.Cmd { return s.composer.press(msg) }

// Paste takes a text from the clipboard. It never presses keys.
func (s *Screen) Paste(text string) tea.Cmd { return s.composer.paste(text) }
