package thread

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// Screen is a conversation on the whole screen.
type Screen struct {
	sh     *shell.Shell
	id     desk.ConversationID
	around shell.Around
	start  shell.Start
	read   shell.Lane[desk.Thread]

	t     desk.Thread
	known bool
	// opened is the newest entry when the conversation was opened; what is
	// newer is marked as new.
	opened desk.MessageID
	// marked is the newest message from outside that counts as read.
	marked desk.MessageID

	pane     pane
	composer *composer
	panel    *bool // nil until the user has decided; then the width decides
}

// New shows a conversation, and begins a text if it is opened for one.
func New(sh *shell.Shell, o shell.Opening) shell.Screen {
	return &Screen{sh: sh, id: o.ID, around: o.Around, start: o.Start, pane: newPane()}
}

// markedRead and its like are facts about the screen's own commands.
type markedRead struct{ err error }

// Update hears a fact.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Opened:
		return tea.Batch(s.ask(), s.begin(s.start))
	case shell.Changed:
		if !s.known || msg.Touches(s.t.Inbox) {
			return s.ask()
		}
	case shell.Answer[desk.Thread]:
		return s.arrived(msg)
	case markedRead:
		return s.sh.Fail(msg.err)
	case shell.Leaving:
		return s.leaving(msg)
	default:
		if s.composer != nil {
			return s.composer.update(msg)
		}
	}
	return nil
}

func (s *Screen) ask() tea.Cmd {
	id := s.id
	return s.read.Ask(s.sh.Context(), func(ctx context.Context) (desk.Thread, error) { return s.sh.Desk.Thread(ctx, id, 0) })
}

// arrived shows what has been read. The place that is being read stays.
func (s *Screen) arrived(msg tea.Msg) tea.Cmd {
	t, err, ok := s.read.Take(msg)
	if !ok {
		return nil
	}
	if err != nil {
		return s.sh.Fail(err)
	}
	first := !s.known
	s.t, s.known, s.id = t, true, t.ID
	if first {
		s.opened = t.Last
	}
	s.pane.show(t, s.opened)
	if s.composer != nil {
		s.composer.saw(t)
	}
	if t.LastIn == 0 || t.LastIn <= s.marked || !t.Unread {
		return nil
	}
	s.marked = t.LastIn
	id, upTo := t.ID, t.LastIn
	return shell.Do(s.sh, func(ctx context.Context) (struct{}, error) { return struct{}{}, s.sh.Desk.MarkRead(ctx, id, upTo) },
		func(_ struct{}, err error) tea.Msg { return markedRead{err} })
}

// leaving goes where the list goes when this conversation is done.
func (s *Screen) leaving(l shell.Leaving) tea.Cmd {
	if l.Stay || len(l.On) != 1 || l.On[0] != s.id || s.sh.Top() != shell.Screen(s) {
		return nil
	}
	if l.Next {
		if cmd, ok := s.step(1); ok {
			return cmd
		}
	}
	return s.sh.Back()
}

// step shows a neighbour in the list this conversation was opened from.
func (s *Screen) step(by int) (tea.Cmd, bool) {
	if s.around == nil {
		return nil, false
	}
	id, ok := s.around.Neighbour(s.id, by)
	if !ok {
		return nil, false
	}
	keep := s.Close()
	s.id, s.known, s.composer, s.pane, s.marked = id, false, nil, newPane(), 0
	return tea.Batch(keep, s.ask()), true
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

// subject is a subject as it is shown; a missing one is said to be missing.
func subject(s string) safe.Text {
	if t := safe.Line(s); !t.IsEmpty() {
		return t
	}
	return safe.Const("(no subject)")
}

// Back closes the composer, keeping its text, before esc leaves.
func (s *Screen) Back() (tea.Cmd, bool) {
	c := s.composer
	switch {
	case c == nil:
		return nil, false
	case !c.bar:
		c.bar = true
		return nil, true
	}
	return s.stop(), true
}

// stop ends the writing; the text stays as a draft.
func (s *Screen) stop() tea.Cmd {
	cmd := s.Close()
	s.composer = nil
	return cmd
}

// Close saves what is being written.
func (s *Screen) Close() tea.Cmd {
	if s.composer == nil {
		return nil
	}
	return s.composer.save()
}

// Write begins an answer or a note in this screen.
func (s *Screen) Write(start shell.Start) tea.Cmd { return s.begin(start) }

func (s *Screen) begin(start shell.Start) tea.Cmd {
	if start == shell.ToRead || s.composer != nil {
		return nil
	}
	s.composer = newComposer(s.sh, s.id, s)
	return s.composer.begin(start)
}

// sent is called by the composer when its text has gone.
func (s *Screen) sent(closed, next bool) tea.Cmd {
	s.composer = nil
	s.pane.toEnd()
	if !closed && !next {
		return s.ask()
	}
	return tea.Batch(s.sh.Tell(shell.Leaving{On: action.Target{s.id}, Next: next, Stay: !closed && !next}), s.ask())
}

// Typing reports whether a text is being written.
func (s *Screen) Typing() bool { return s.composer != nil && s.composer.typing() }

// Type takes a key for the text.
func (s *Screen) Type(msg tea.KeyPressMsg) tea.Cmd { return s.composer.press(msg) }

// Paste takes a text from the clipboard. It never presses keys.
func (s *Screen) Paste(text string) tea.Cmd { return s.composer.paste(text) }

// The widths of the screen's parts.
const (
	panelFrom  = 110
	panelWidth = 34
	readWidth  = 100 // lines of text longer than this are hard to read
)

// View draws the conversation, the panel where there is room, and the
// composer while a text is being written.
func (s *Screen) View(size shell.Size) shell.Picture {
	t := s.sh.Theme()
	width := size.W
	panel := s.showsPanel(size.W)
	if panel {
		width = size.W - panelWidth - 1
	}
	top, bottom := size.H, 0
	if s.composer != nil {
		bottom = s.composer.height(size.H)
		top = size.H - bottom
	}
	var lines []string
	if !panel {
		lines = append(lines, s.summary(t, width))
		top--
	}
	lines = append(lines, s.pane.view(t, width, top, s.sh.Now())...)
	pic := shell.Picture{}
	if bottom > 0 {
		written, cursor := s.composer.view(t, width, bottom)
		if cursor != nil {
			pic.Cursor = tea.NewCursor(cursor.X, len(lines)+cursor.Y)
		}
		lines = append(lines, written...)
	}
	if panel {
		edge := widget.NewLine(t, 1).Sign(theme.Rule, t.Signs.Vertical).String()
		for i, l := range s.panelLines(t, panelWidth, size.H) {
			lines[i] += edge + l
		}
		rule := widget.NewLine(t, size.W).Rule(theme.Rule, t.Signs.Horizontal, width).Sign(theme.Rule, t.Signs.TeeDown).Rule(theme.Rule, t.Signs.Horizontal, panelWidth).String()
		pic.Rule = &rule
	}
	pic.Lines = lines
	return pic
}

func (s *Screen) showsPanel(width int) bool {
	if width < 90 {
		return false
	}
	if s.panel != nil {
		return *s.panel
	}
	return width >= panelFrom
}
