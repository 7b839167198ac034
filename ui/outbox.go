package ui

import (
	"cmp"
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// decided is the fact that the author has decided about a mail.
type decided struct {
	text safe.Text
	err  error
}

// decide asks what becomes of a mail that has not left.
func (m *Model) decide(o desk.Outgoing) *shell.Choice {
	text := safe.Sprintf("%s: %s", recipient(o), safe.Line(o.Subject))
	if why := cmp.Or(o.Held, o.LastError); why != "" {
		text = safe.Sprintf("%s\n\n%s", text, safe.Line(why))
	}
	options := []shell.Option{{Label: safe.Const("Leave it as it is")}}
	switch o.State {
	case desk.Queued, desk.Deferred, desk.Failed:
		options = append(options, shell.Option{Label: safe.Const("Take it back: make it a draft again"), Run: func() tea.Cmd { return m.takeBack(o) }})
	default:
	}
	switch o.State {
	case desk.Failed, desk.Deferred:
		options = append(options, m.retry(o.ID, safe.Const("Try again now")))
	case desk.InDoubt:
		options = append(options,
			m.resolve(o.ID),
			m.retry(o.ID, safe.Const("It did not arrive: send it again")))
	default:
	}
	return shell.NewChoice(m.sh, safe.Sprintf("outgoing mail · %s", safe.Line(string(o.State))), text, options...)
}

func (m *Model) retry(id desk.OutgoingID, label safe.Text) shell.Option {
	return shell.Option{Label: label, Run: func() tea.Cmd {
		return m.deciding(safe.Const("It will be sent again"), func(ctx context.Context) error { return m.sh.Desk.RetrySend(ctx, id) })
	}}
}

func (m *Model) resolve(id desk.OutgoingID) shell.Option {
	return shell.Option{Label: safe.Const("It has arrived: settle it"), Run: func() tea.Cmd {
		return m.deciding(safe.Const("Settled: it has been sent"), func(ctx context.Context) error { return m.sh.Desk.ResolveSend(ctx, id) })
	}}
}

func (m *Model) deciding(text safe.Text, use func(context.Context) error) tea.Cmd {
	return shell.Do(m.sh, func(ctx context.Context) (struct{}, error) { return struct{}{}, use(ctx) },
		func(_ struct{}, err error) tea.Msg { return decided{text, err} })
}

func (m *Model) decided(d decided) tea.Cmd {
	if d.err != nil {
		return m.sh.Fail(d.err)
	}
	return m.sh.Say(shell.Toast{Text: d.text, Role: theme.Good})
}
