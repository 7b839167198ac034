package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// undone is the fact that an action has been taken back, or not.
type undone struct {
	step shell.Step
	out  desk.Undone
	err  error
}

// rehearsed is the fact that we know what undoing would take back.
type rehearsed struct {
	out desk.Undone
	err error
}

// takenBack is the fact that a mail that had not left is a draft again, or that
// it was too late.
type takenBack struct {
	mail  desk.OutgoingID
	to    safe.Text
	draft desk.Draft
	err   error
}

// mailTime is how long z means a mail that is not held any more: whoever has
// just seen its count come to an end does not mean what was done before it.
const mailTime = 10 * time.Second

// undo takes back whatever came last: a mail of mine, or what was done in this
// session. With nothing of the kind left it asks.
func (m *Model) undo(action.Target) tea.Cmd {
	if o := m.lastMail(); o != nil {
		return m.takeBack(*o)
	}
	step, ok := m.sh.PopStep()
	if !ok {
		return m.undoEarlier()
	}
	return shell.Do(m.sh, func(ctx context.Context) (desk.Undone, error) { return m.sh.Desk.Undo(ctx, step.Batch) },
		func(out desk.Undone, err error) tea.Msg { return undone{step, out, err} })
}

// lastMail is the mail z is about: one that is held or has just left, unless
// something has been done after it.
func (m *Model) lastMail() *desk.Outgoing {
	o := m.held()
	if o == nil && m.mail != nil && m.sh.Now().Before(m.mail.HoldUntil.Add(mailTime)) {
		o = m.mail
	}
	if step, ok := m.sh.LastStep(); o == nil || ok && step.At.After(o.CreatedAt) {
		return nil
	}
	return o
}

// undoEarlier finds out what was done last before this session, and asks.
func (m *Model) undoEarlier() tea.Cmd {
	return shell.Do(m.sh, m.rehearse, func(out desk.Undone, err error) tea.Msg { return rehearsed{out, err} })
}

func (m *Model) rehearse(ctx context.Context) (desk.Undone, error) {
	return m.sh.Desk.Undo(desk.Rehearse(ctx), "")
}

// rehearsed asks before something is taken back that nobody has just done.
func (m *Model) rehearsed(r rehearsed) tea.Cmd {
	if r.err != nil {
		return m.sh.Fail(r.err)
	}
	if len(r.out.Done) == 0 && len(r.out.Skipped) > 0 {
		return m.undone(undone{out: r.out})
	}
	what := safe.Sprintf("%s of %s", event(r.out.What), subject(r.out.Done))
	switch r.out.What {
	case desk.EventConverted, desk.EventTransferred, desk.EventServersSet:
		what = safe.Sprintf("the change of an account: %s", safe.Line(strings.TrimSuffix(strings.Join(r.out.Said, " "), ".")))
	case desk.EventInboxSet, desk.EventSignatureSet:
		what = event(r.out.What)
	case desk.EventNoteAdded:
		what = safe.Sprintf("your note in %s", subject(r.out.Done))
	default:
	}
	why := safe.Const("Nothing of this session is left to undo.")
	if past := r.out.Past(); past != "" {
		why = safe.Sprintf("%s %s", why, safe.Line(past))
	}
	m.sh.Show(shell.NewChoice(m.sh, safe.Const("undo"), safe.Sprintf("%s\n\nUndo %s, done earlier?", why, what),
		shell.Option{Label: safe.Const("No, leave it as it is")},
		shell.Option{Label: safe.Const("Yes, undo it"), Run: func() tea.Cmd { return m.undoAsShown(r.out) }}))
	return nil
}

// undoAsShown takes back what was asked about, and nothing else that has been
// done since from another place.
func (m *Model) undoAsShown(shown desk.Undone) tea.Cmd {
	return shell.Do(m.sh, func(ctx context.Context) (desk.Undone, error) {
		now, err := m.rehearse(ctx)
		if err != nil {
			return now, err
		}
		if now.What != shown.What || !slices.Equal(now.Done, shown.Done) {
			return desk.Undone{}, &desk.Error{Kind: desk.Conflict, Code: "CHANGED", Message: "You have done something else since.", Hint: "Press z again to see what it would undo."}
		}
		return m.sh.Desk.Undo(ctx, "")
	}, func(out desk.Undone, err error) tea.Msg { return undone{out: out, err: err} })
}

func (m *Model) takeBack(o desk.Outgoing) tea.Cmd {
	to := recipient(o)
	return shell.Do(m.sh, func(ctx context.Context) (desk.Draft, error) { return m.sh.Desk.CancelSend(ctx, o.ID) },
		func(d desk.Draft, err error) tea.Msg { return takenBack{o.ID, to, d, err} })
}

func (m *Model) takenBack(t takenBack) tea.Cmd {
	switch {
	case t.err != nil && desk.KindOf(t.err) == desk.Conflict:
		return m.sh.Say(shell.Toast{Text: safe.Sprintf("The mail to %s has left already", t.to), Role: theme.Warn})
	case t.err != nil && desk.KindOf(t.err) != desk.NotFound:
		return m.sh.Fail(t.err)
	}
	if m.mail != nil && m.mail.ID == t.mail {
		m.mail = nil
	}
	if t.err != nil {
		return m.sh.Say(shell.Toast{Text: safe.Sprintf("The mail to %s is not in the outbox any more", t.to), Role: theme.Faint})
	}
	return tea.Batch(m.resume(t.draft), m.sh.Say(shell.Toast{Text: safe.Const("Taken back: it is a draft again"), Role: theme.Good}))
}

func (m *Model) undone(u undone) tea.Cmd {
	if u.err != nil {
		return m.notUndone(u)
	}
	text := safe.Sprintf("Undone: %s, %s", event(u.out.What), subject(u.out.Done))
	if len(u.out.Said) > 0 {
		text = safe.Sprintf("Undone: %s", safe.Line(strings.Join(u.out.Said, " ")))
	}
	role := theme.Good
	if n := len(u.out.Skipped); n > 0 {
		text = safe.Sprintf("%s · %s left as they are: %s", text, safe.Int(n), safe.Line(u.out.Skipped[0].Reason))
		if len(u.out.Done) == 0 {
			text, role = safe.Sprintf("Not undone: %s", safe.Line(u.out.Skipped[0].Reason)), theme.Warn
		}
	}
	return tea.Batch(m.sh.Say(shell.Toast{Text: text, Role: role}), m.sh.Tell(shell.Returned{On: u.out.Done}))
}

// notUndone keeps the step, unless it has been taken back from another place.
func (m *Model) notUndone(u undone) tea.Cmd {
	if u.step.Batch == "" {
		return m.sh.Fail(u.err)
	}
	if desk.KindOf(u.err) == desk.NotFound {
		return m.sh.Say(shell.Toast{Text: safe.Const("That has been undone already"), Role: theme.Faint})
	}
	m.sh.PushStep(u.step)
	return m.sh.Fail(u.err)
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
	case desk.EventInboxSet:
		return safe.Const("the change of the settings")
	case desk.EventSignatureSet:
		return safe.Const("the change of your signature")
	default:
		return safe.Line(string(k))
	}
}
