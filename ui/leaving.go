package ui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
)

// unsent are my mails that would leave if nothing held them.
func (m *Model) unsent() []desk.Outgoing {
	var list []desk.Outgoing
	for _, o := range m.sh.State.Waiting {
		switch o.State {
		case desk.Queued, desk.Claimed, desk.Submitting, desk.Deferred:
			list = append(list, o)
		default:
		}
	}
	return list
}

// pending reports whether mail of mine has not left yet.
func (m *Model) pending() bool { return len(m.unsent()) > 0 }

// interrupt leaves the program; with mail in the outbox it asks.
func (m *Model) interrupt(action.Target) tea.Cmd {
	if !m.pending() {
		return m.settle()
	}
	list := m.unsent()
	text := safe.Sprintf("%s of your mails have not left yet. What stays in the outbox leaves as soon as postroom runs again for this mailbox; after a day it goes back to the drafts.", safe.Int(len(list)))
	if len(list) == 1 {
		text = safe.Sprintf("Your mail to %s has not left yet. If it stays in the outbox it leaves as soon as postroom runs again for this mailbox; after a day it goes back to the drafts.", recipient(list[0]))
	}
	m.sh.Show(shell.NewChoice(m.sh, safe.Const("leave postroom"), text,
		shell.Option{Label: safe.Const("Leave, and let it stay in the outbox"), Run: m.settle},
		shell.Option{Label: safe.Const("Wait until it has left, then leave"), Run: m.wait},
		shell.Option{Label: safe.Const("Take it back to the drafts, then leave"), Run: m.draftAll}))
	return nil
}

// settled is the fact that the screens have closed, with what that has led to.
type settled struct{ facts []tea.Msg }

// settle closes the screens, so that what they hold is saved, and then quits.
// Bubble Tea runs commands side by side, so quitting waits for the closing by
// being its answer.
func (m *Model) settle() tea.Cmd {
	var cmds []tea.Cmd
	for _, sc := range m.sh.Stack() {
		if c, ok := sc.(shell.Closer); ok {
			if cmd := c.Close(); cmd != nil {
				cmds = append(cmds, cmd)
			}
		}
	}
	if len(cmds) == 0 {
		return tea.Quit
	}
	return func() tea.Msg {
		var s settled
		for _, cmd := range cmds {
			s.facts = append(s.facts, outcome(cmd)...)
		}
		return s
	}
}

// outcome runs a command, and those it stands for, to their facts.
func outcome(cmd tea.Cmd) []tea.Msg {
	msg := cmd()
	batch, ok := msg.(tea.BatchMsg)
	if !ok {
		return []tea.Msg{msg}
	}
	var facts []tea.Msg
	for _, c := range batch {
		facts = append(facts, outcome(c)...)
	}
	return facts
}

// settled quits when all is kept. A text that is on the screen only is not given
// up unasked: the screens stay, and try again to save it.
func (m *Model) settled(s settled) tea.Cmd {
	var cmds []tea.Cmd
	var unkept error
	for _, f := range s.facts {
		cmds = append(cmds, m.sh.Tell(f))
		if u, ok := f.(shell.Unkept); ok && unkept == nil {
			unkept = u.Unkept()
		}
	}
	if unkept == nil {
		return tea.Batch(append(cmds, tea.Quit)...)
	}
	m.quit = false
	text := safe.Sprintf("What you have written is not saved: %s", shell.Sentence(unkept))
	m.sh.Show(shell.NewChoice(m.sh, safe.Const("leave postroom"), text,
		shell.Option{Label: safe.Const("Stay")},
		shell.Option{Label: safe.Const("Leave, and lose what is not saved"), Run: func() tea.Cmd { return tea.Quit }}))
	return tea.Batch(cmds...)
}

func (m *Model) wait() tea.Cmd {
	m.quit = true
	if !m.pending() {
		return m.settle()
	}
	m.sh.Show(shell.NewChoice(m.sh, safe.Const("leave postroom"), safe.Const("Waiting for the outbox. postroom closes by itself when your mail has left."),
		shell.Option{Label: safe.Const("Stay after all"), Run: func() tea.Cmd { m.quit = false; return nil }},
		shell.Option{Label: safe.Const("Leave now, and let it stay in the outbox"), Run: m.settle}))
	return nil
}

// drafted is the fact that the outbox has been emptied into the drafts.
type drafted struct{}

// draftAll takes back what can be taken back. What a worker has already is
// too late, which is no reason to stay.
func (m *Model) draftAll() tea.Cmd {
	list := m.unsent()
	d := m.sh.Desk
	return shell.Do(m.sh, func(ctx context.Context) (struct{}, error) {
		var errs []error
		for _, o := range list {
			if _, err := d.CancelSend(ctx, o.ID); err != nil && desk.KindOf(err) != desk.Conflict {
				errs = append(errs, err)
			}
		}
		return struct{}{}, errors.Join(errs...)
	}, func(_ struct{}, err error) tea.Msg {
		if err != nil {
			return shell.Failed{Err: err}
		}
		return drafted{}
	})
}

// recipient is the first address of a mail.
func recipient(o desk.Outgoing) safe.Text {
	for _, list := range [...][]desk.Mailbox{o.To, o.Cc, o.Bcc} {
		switch {
		case len(list) == 0:
		case list[0].Name != "":
			return safe.Line(list[0].Name)
		default:
			return safe.Addr(list[0].Addr)
		}
	}
	return safe.Const("nobody")
}
