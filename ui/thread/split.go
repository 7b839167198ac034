package thread

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// The facts about splitting.
type (
	// splitKnown says what a split at a message would be.
	splitKnown struct {
		id  desk.ConversationID
		at  desk.MessageID
		out desk.Outcome
		err error
	}
	// wasSplit says that it was done, or not.
	wasSplit struct {
		out desk.Outcome
		err error
	}
)

// splits is the need of a message that is not the first.
func (s *Screen) splits() action.Need {
	return func(action.Target) string {
		b := s.pane.block()
		switch {
		case b == nil || b.id == 0:
			return "no message or note is marked: move to one with J and K"
		case b.number == 1 && s.t.Earlier == 0:
			return "nothing would be left: move to a later message with J"
		}
		return ""
	}
}

// split finds out what a split at the marked message would be, and then asks.
func (s *Screen) split(action.Target) tea.Cmd {
	id, at := s.id, s.pane.block().id
	rehearse := func(ctx context.Context) (desk.Outcome, error) { return s.sh.Desk.Split(desk.Rehearse(ctx), id, at) }
	return shell.Do(s.sh, rehearse, func(out desk.Outcome, err error) tea.Msg { return splitKnown{id, at, out, err} })
}

func (s *Screen) askSplit(k splitKnown) tea.Cmd {
	if k.err != nil {
		return s.sh.Fail(k.err)
	}
	if k.id != s.id || s.sh.Top() != shell.Screen(s) || s.composer != nil {
		return nil // somebody has gone on
	}
	text := safe.Const("The marked message and all behind it become a conversation of their own, with the same customer, tags and people. Answers to our mails in it come there.")
	if s.t.Ticket != 0 {
		text = safe.Sprintf("%s It is a ticket in the same stage.", text)
	}
	for _, said := range k.out.Said {
		text = safe.Sprintf("%s\n\n%s", text, safe.Line(said))
	}
	run := func() tea.Cmd {
		use := func(ctx context.Context) (desk.Outcome, error) { return s.sh.Desk.Split(ctx, k.id, k.at) }
		return shell.Do(s.sh, use, func(out desk.Outcome, err error) tea.Msg { return wasSplit{out, err} })
	}
	s.sh.Show(shell.NewChoice(s.sh, safe.Sprintf("split #%s", safe.Int(int(k.id))), text,
		shell.Option{Label: safe.Const("No, leave it whole")}, shell.Option{Label: safe.Const("Yes, split it here"), Run: run}))
	return nil
}

func (s *Screen) tellSplit(w wasSplit) tea.Cmd {
	if w.err != nil {
		return s.sh.Fail(w.err)
	}
	var text safe.Text
	for _, said := range w.out.Said {
		text = safe.Line(said)
	}
	return s.sh.Say(shell.Toast{Text: text, Role: theme.Good, Undo: w.out.Batch})
}
