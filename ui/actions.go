package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"postroom/ui/action"
	"postroom/ui/paint"
	"postroom/ui/settings"
)

// actions are what can be done in more than one place. What belongs to one
// screen is declared by that screen.
func (m *Model) actions() []action.Action {
	act := action.OnOne
	matter := m.matterActions(act, []action.Need{action.Conversation(), m.sh.MayWork()})
	return slices.Concat(m.conversationActions(), matter, m.ticketActions(), m.standbyActions(), m.programActions())
}

func (m *Model) conversationActions() []action.Action {
	act := action.OnOne
	some := []action.Need{action.Conversation()}
	one := []action.Need{action.Conversation(), action.OneConversation(), action.When("there is no screen for it here", func() bool { return m.sh.Screens().Thread != nil })}
	working, answering, giving := m.sh.MayWork(), m.sh.MayReply(), m.sh.MayAssign()
	return []action.Action{
		{ID: "conversation.open", Title: "Open", Scope: action.List | action.Preview | action.Board, Keys: []string{"enter", "o"}, Needs: one, Single: true, Footer: "open", Weight: 8, Run: m.open},
		{ID: "conversation.assign", Title: "Assign to…", Scope: act, Keys: []string{"a"}, Needs: with(some, giving), Risk: action.Undoable, Footer: "assign", Weight: 5, Run: m.assign},
		{ID: "conversation.take", Title: "Take it (assign to me)", Scope: act, Keys: []string{"A"}, Needs: with(some, answering), Risk: action.Undoable, Footer: "take", Weight: 5, Run: m.take},
		{ID: "conversation.release", Title: "Unassign", Scope: act, Needs: with(some, giving), Risk: action.Undoable, Run: m.release},
		{ID: "conversation.explain", Title: "Why it is here: rules, people, what was done", Scope: act, Keys: []string{"W"}, Needs: []action.Need{action.Conversation(), action.OneConversation()}, Single: true, Run: m.explain},
		{ID: "conversation.close", Title: "Close", Scope: act, Keys: []string{"e"}, Needs: with(some, working), Risk: action.Undoable, Footer: "close", Weight: 5, Run: m.close},
		{ID: "conversation.closenext", Title: "Close and go to the next", Scope: action.Thread, Keys: []string{"E"}, Needs: with(some, working), Risk: action.Undoable, Footer: "close, next", Weight: 5, Run: m.closeNext},
		{ID: "conversation.reopen", Title: "Reopen", Scope: act, Keys: []string{"O"}, Needs: with(some, working), Risk: action.Undoable, Run: m.reopen},
		{ID: "conversation.reply", Title: "Reply", Scope: act, Keys: []string{"r"}, Needs: with(one, answering), Risk: action.Held, Footer: "reply", Weight: 5, Run: m.reply},
		{ID: "conversation.replyall", Title: "Reply to all", Scope: act, Keys: []string{"R"}, Needs: with(one, answering), Risk: action.Held, Run: m.replyAll},
		{ID: "conversation.note", Title: "Write a note for the team", Scope: act, Keys: []string{"n"}, Needs: with(one, working), Risk: action.Undoable, Footer: "note", Weight: 5, Run: m.note},
	}
}

func (m *Model) programActions() []action.Action {
	compose := []action.Need{action.When("there is no screen for it here", func() bool { return m.sh.Screens().Compose != nil }), m.sh.MayWrite(m.inboxInFront)}
	first := []action.Need{action.When("it is not possible here; make an inbox with “postroom inbox create”", func() bool { return m.sh.Screens().Welcome != nil })}
	connecting := []action.Need{action.When("it is not possible here; connect one with “postroom account connect”", func() bool { return m.sh.Screens().Connect != nil })}
	settled := []action.Need{action.When("there is no screen for it here", func() bool { return m.sh.Screens().Settings != nil })}
	list := []action.Action{
		{ID: "mail.compose", Title: "Write a new mail", Scope: action.Conversations, Keys: []string{"c"}, Needs: compose, Risk: action.Held, Run: m.compose},
		{ID: "program.undo", Title: "Undo, or take a held mail back", Scope: action.Conversations | action.Settings, Keys: []string{"z"}, Run: m.undo},
		{ID: "program.commands", Title: "Commands", Scope: action.Anywhere, Keys: []string{":", "ctrl+k"}, Footer: "commands", Run: m.palette},
		{ID: "program.help", Title: "Keys for this place", Scope: action.Anywhere, Keys: []string{"?"}, Footer: "help", Weight: -1, Run: m.help},
		{ID: "program.back", Title: "Back; at the top, leave", Scope: action.Anywhere, Keys: []string{"q"}, Run: m.leave},
		{ID: "program.escape", Title: "Back", Scope: action.Anywhere | action.Composer | action.Query | action.Form, Keys: []string{"esc"}, Run: m.back},
		{ID: "program.interrupt", Title: "Leave", Scope: action.Anywhere | action.Composer | action.Query | action.SendBar | action.Form, Keys: []string{"ctrl+c"}, Run: m.interrupt},
		{ID: "program.outbox", Title: "Outgoing mail", Scope: action.Conversations | action.Settings, Keys: []string{"g o"}, Run: m.outbox},
		{ID: "program.welcome", Title: "Go to: first steps (add an inbox)", Scope: action.Conversations, Keys: []string{"g w"}, Needs: first, Run: m.welcome},
		{ID: "program.settings", Title: "Go to: settings", Scope: action.Conversations, Keys: []string{"g ,"}, Needs: settled, Run: m.settings("")},
		{ID: "program.connect", Title: "Connect a mailbox", Scope: action.Conversations | action.Settings, Needs: connecting, Run: m.connect},
		{ID: "program.repaint", Title: "Repaint the screen", Scope: action.Anywhere | action.Composer | action.Query | action.Form, Keys: []string{"ctrl+l"}, Run: m.repaint},
		{ID: "program.suspend", Title: "Suspend", Scope: action.Anywhere, Keys: []string{"ctrl+z"}, Run: m.suspend},
	}
	for _, a := range settings.All() {
		to := action.Action{ID: action.ID("settings." + string(a.ID)), Title: "Settings: " + a.Title.String(), Scope: action.Conversations | action.Settings, Needs: settled, Run: m.settings(a.ID)}
		if a.ID == settings.Contacts {
			to.Keys = []string{"g @"}
		}
		list = append(list, to)
	}
	return list
}

// with are needs and one more.
func with(needs []action.Need, more action.Need) []action.Need {
	return append(slices.Clip(needs), more)
}

func (m *Model) repaint(action.Target) tea.Cmd {
	return func() tea.Msg { return paint.Repaint{} }
}

func (m *Model) suspend(action.Target) tea.Cmd { return tea.Suspend }
