package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// standbyActions are whether I am given work, and the work itself.
func (m *Model) standbyActions() []action.Action {
	opens := action.When("there is no screen for it here", func() bool { return m.sh.Screens().Thread != nil })
	return []action.Action{
		{ID: "next.answer", Title: "Next customer who waits for an answer of yours", Scope: action.Conversations, Keys: []string{"g n"}, Needs: []action.Need{opens}, Run: m.next},
		{ID: "me.standby", Title: "Be away, or available again", Scope: action.Conversations, Keys: []string{"B"}, Run: m.turnStandby},
	}
}

// next asks for the customer who has waited longest. Each press hands out
// another one, so it is asked for once a press and not again.
func (m *Model) next(action.Target) tea.Cmd {
	stack := m.sh.Changes()
	return reads(m, m.sh.Desk.Next, func(n desk.Next) tea.Cmd { return m.handed(n, stack) })
}

// handed opens a customer, and says why it is he. Whoever has gone on to
// something else since the screens were as stack counts is not torn out of it.
func (m *Model) handed(n desk.Next, stack int) tea.Cmd {
	if n.ID == 0 {
		return m.sh.Say(shell.Toast{Text: safe.Const("Nothing is left for you to answer."), Role: theme.Good})
	}
	text := safe.Sprintf("Next is #%s: %s.", safe.Int(int(n.ID)), safe.Line(n.Why))
	typer, ok := m.sh.Top().(shell.Typer)
	if ok && typer.Typing() || m.sh.Dialog() != nil || m.sh.Changes() != stack {
		return m.sh.Say(shell.Toast{Text: text})
	}
	return tea.Batch(m.sh.Home(), m.enter(shell.Opening{ID: n.ID}), m.sh.Say(shell.Toast{Text: text}))
}

// turnStandby makes me away, or available again, whoever has set me away (H13).
func (m *Model) turnStandby(action.Target) tea.Cmd {
	turn := m.sh.Desk.SetAway
	if m.sh.State.Standby.Out() {
		turn = m.sh.Desk.SetAvailable
	}
	return reads(m, func(ctx context.Context) (desk.Standby, error) { return turn(ctx, "") }, m.turnedStandby)
}

// turnedStandby tells how I stand now.
func (m *Model) turnedStandby(b desk.Standby) tea.Cmd {
	m.sh.State.Standby = b
	text := safe.Const("You are available again: what waits can be given to you.")
	switch {
	case b.Out():
		text = safe.Const("You are away until B takes it back: nothing new is given to you.")
	case b.Why != "":
		text = safe.Sprintf("You are not away any more; by itself you are given nothing yet: you %s.", you(b.Why))
	}
	return tea.Batch(m.sh.Say(shell.Toast{Text: text, Role: theme.Good}), m.readState())
}

// you is a reason as it is told to whom it is about.
func you(why desk.Skip) safe.Text {
	switch why {
	case desk.SkipHours:
		return safe.Const("are not at work now by your hours")
	case desk.SkipIdle:
		return safe.Const("have done nothing for a while")
	default:
		return safe.Const("have as many as you can have")
	}
}

// standingMark is the mark beside my name: empty while work is given to me. Who has
// as many as he can have is at work all the same.
func (m *Model) standingMark() safe.Text {
	b := m.sh.State.Standby
	if !b.Until.IsZero() && !m.sh.Now().Before(b.Until) {
		return safe.Text{} // the clock has ended it since it was read
	}
	switch b.Why {
	case desk.SkipAway:
		return safe.Const("away")
	case desk.SkipOff:
		return safe.Const("out of office")
	case desk.SkipHours:
		return safe.Const("off hours")
	default:
		return safe.Text{}
	}
}

// setAway says who has set me away, where it was not I, with the key that takes
// it back (H13), and what that means, which is left out where there is no room.
func (m *Model) setAway() (text, more safe.Text) {
	by := m.sh.State.Standby.SetBy
	if by == "" {
		return safe.Text{}, safe.Text{}
	}
	text = safe.Sprintf("%s has set you away since %s: B takes it back.", safe.Line(by), m.sh.When(m.sh.State.Standby.Availability.AwaySince))
	return text, safe.Const("Nothing new is given to you meanwhile.")
}
