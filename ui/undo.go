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

// undone is the fact that an action has been taken back.
type undone struct {
	out desk.Undone
	err error
}

// takenBack is the fact that a mail that had not left is a draft again.
type takenBack struct {
	draft desk.Draft
	err   error
}

// undo takes back whatever came last: the held mail, or the last action.
func (m *Model) undo(action.Target) tea.Cmd {
	if h := m.held(); h != nil && !m.sh.Did().After(h.CreatedAt) {
		return m.takeBack(h.ID)
	}
	// Which action was the last one is in the journal, also across sessions.
	return shell.Do(m.sh, func(ctx context.Context) (desk.Undone, error) { return m.sh.Desk.Undo(ctx, "") },
		func(out desk.Undone, err error) tea.Msg { return undone{out, err} })
}

func (m *Model) takeBack(id desk.OutgoingID) tea.Cmd {
	return shell.Do(m.sh, func(ctx context.Context) (desk.Draft, error) { return m.sh.Desk.CancelSend(ctx, id) },
		func(d desk.Draft, err error) tea.Msg { return takenBack{d, err} })
}

func (m *Model) takenBack(t takenBack) tea.Cmd {
	if t.err != nil {
		return m.sh.Fail(t.err)
	}
	return tea.Batch(m.resume(t.draft), m.sh.Say(shell.Toast{Text: safe.Const("Taken back: it is a draft again"), Role: theme.Good}))
}

func (m *Model) undone(u undone) tea.Cmd {
	if u.err != nil {
		return m.sh.Fail(u.err)
	}
	text := safe.Sprintf("Undone: %s, %s", event(u.out.What), subject(u.out.Done))
	role := theme.Good
	if n := len(u.out.Skipped); n > 0 {
		text = safe.Sprintf("%s · %s left as they are: %s", text, safe.Int(n), safe.Line(u.out.Skipped[0].Reason))
		if len(u.out.Done) == 0 {
			text, role = safe.Sprintf("Not undone: %s", safe.Line(u.out.Skipped[0].Reason)), theme.Warn
		}
	}
	return tea.Batch(m.sh.Say(shell.Toast{Text: text, Role: role}), m.sh.Tell(shell.Returned{On: u.out.Done}))
}

// event is the name of what was taken back.
func event(k desk.EventKind) safe.Text {
	switch k {
	case desk.EventAssigned:
		return safe.Const("assigning")
	case desk.EventClosed:
		return safe.Const("closing")
	case desk.EventReopened:
		return safe.Const("reopening")
	case desk.EventNoteAdded:
		return safe.Const("the note")
	default:
		return safe.Line(string(k))
	}
}
