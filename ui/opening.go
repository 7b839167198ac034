package ui

import (
	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// open shows a conversation on the whole screen.
func (m *Model) open(on action.Target) tea.Cmd { return m.enter(shell.Opening{ID: on[0]}) }

func (m *Model) reply(on action.Target) tea.Cmd { return m.answer(on[0], shell.ToReply) }

func (m *Model) replyAll(on action.Target) tea.Cmd { return m.answer(on[0], shell.ToReplyAll) }

func (m *Model) note(on action.Target) tea.Cmd { return m.write(on[0], shell.ToNote, shell.NotAsked) }

// answer asks first whose the conversation is to be if somebody else has it
// (S271). Where no screen has it in memory, sending asks.
func (m *Model) answer(id desk.ConversationID, start shell.Start) tea.Cmd {
	row := m.sh.Known(id)
	if row == nil || row.Assignee == 0 || row.Assignee == m.sh.State.Me.ID {
		return m.write(id, start, shell.NotAsked)
	}
	who := safe.Line(row.AssigneeName)
	begin := func(start shell.Start, over shell.Over) func() tea.Cmd {
		return func() tea.Cmd { return m.write(id, start, over) }
	}
	m.sh.Show(shell.NewChoice(m.sh, safe.Sprintf("assigned to %s", who), safe.Sprintf("It is for %s to answer.", who),
		shell.Option{Label: safe.Sprintf("Write %s a note", who), Run: begin(shell.ToNoteHolder, shell.NotAsked)},
		shell.Option{Label: safe.Const("Take it over and reply"), Run: begin(start, shell.TakeOver)},
		shell.Option{Label: safe.Const("Reply anyway"), Run: begin(start, shell.Anyway)}))
	return nil
}

// write begins a text in the screen in front if that can, else in the
// conversation's own.
func (m *Model) write(id desk.ConversationID, start shell.Start, over shell.Over) tea.Cmd {
	if a, ok := m.sh.Top().(shell.Author); ok {
		return a.Write(start, over)
	}
	return m.enter(shell.Opening{ID: id, Start: start, Over: over})
}

func (m *Model) enter(o shell.Opening) tea.Cmd {
	thread := m.sh.Screens().Thread
	if thread == nil {
		return nil
	}
	if a, ok := m.sh.Stack()[0].(shell.Around); ok {
		o.Around = a
	}
	return m.sh.Open(thread(m.sh, o))
}

// compose writes a new mail from the inbox in front, or else from the first
// one that can send.
func (m *Model) compose(action.Target) tea.Cmd {
	name := m.inboxInFront()
	for _, in := range m.sh.State.Inboxes {
		if name == "" && in.Rights.Reply && len(in.Accounts) > 0 {
			name = in.Name
		}
	}
	if name == "" {
		text := safe.Const("No mailbox to write from yet: “postroom account connect” connects one.")
		if m.sh.Screens().Welcome != nil {
			text = safe.Const("There is no mailbox to write from yet: g w adds one.")
		}
		return m.sh.Say(shell.Toast{Text: text, Role: theme.Warn})
	}
	return m.sh.Open(m.sh.Screens().Compose(m.sh, shell.Composing{Inbox: name}))
}

// inboxInFront is the name of the inbox whose list is shown; empty when it is
// several.
func (m *Model) inboxInFront() string {
	if h, ok := m.sh.Stack()[0].(interface{ Inbox() string }); ok {
		return h.Inbox()
	}
	return ""
}

// welcome opens the first steps again, for whoever has left them.
func (m *Model) welcome(action.Target) tea.Cmd {
	return m.sh.Open(m.sh.Screens().Welcome(m.sh))
}

// settings opens the settings, or turns those that are open to another part.
func (m *Model) settings(at shell.Setting) func(action.Target) tea.Cmd {
	return func(action.Target) tea.Cmd {
		if open, ok := m.sh.Top().(interface {
			Show(shell.Setting) tea.Cmd
		}); ok {
			return open.Show(at)
		}
		return m.sh.Open(m.sh.Screens().Settings(m.sh, at))
	}
}

// connect begins to connect a mailbox, or goes on with it.
func (m *Model) connect(action.Target) tea.Cmd {
	return m.sh.Open(m.sh.Screens().Connect(m.sh, shell.Connecting{}))
}

// resume goes on with a text that was taken back.
func (m *Model) resume(d desk.Draft) tea.Cmd {
	if d.Conversation != 0 {
		if a, ok := m.sh.Top().(shell.Author); ok {
			place := m.sh.Top().Place()
			if len(place.On) == 1 && place.On[0] == d.Conversation {
				return a.Write(shell.ToReply, shell.NotAsked)
			}
		}
		return m.enter(shell.Opening{ID: d.Conversation, Start: shell.ToReply, Draft: &d})
	}
	if compose := m.sh.Screens().Compose; compose != nil {
		return m.sh.Open(compose(m.sh, shell.Composing{Draft: &d}))
	}
	return nil
}

// back takes one step back: of the screen, or from the screen.
func (m *Model) back(action.Target) tea.Cmd {
	if b, ok := m.sh.Top().(shell.Backer); ok {
		if cmd, done := b.Back(); done {
			return cmd
		}
	}
	m.sh.Hush()
	return m.sh.Back()
}

// leave takes one step back, and at the top leaves the program.
func (m *Model) leave(on action.Target) tea.Cmd {
	if b, ok := m.sh.Top().(shell.Backer); ok {
		if cmd, done := b.Back(); done {
			return cmd
		}
	}
	if m.sh.Depth() > 1 {
		return m.sh.Back()
	}
	return m.interrupt(on)
}
