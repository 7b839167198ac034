package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// verb is something done to conversations, for the sentence about its result.
type verb uint8

const (
	closing verb = iota
	reopening
	assigning
	taking
	releasing
	ticketing
	staging
	moving
	merging
	changing // to says what was done
)

// acted is the fact that conversations have been acted on.
type acted struct {
	verb verb
	on   action.Target
	to   safe.Text // the name of who has them now
	out  desk.Outcome
	err  error
}

// many is how many conversations can be acted on without a question.
const many = 25

// sure asks before an action on many conversations.
func (m *Model) sure(on action.Target, what safe.Text, run func() tea.Cmd) tea.Cmd {
	if len(on) <= many {
		return run()
	}
	m.sh.Show(shell.NewChoice(m.sh, what, safe.Sprintf("This is about %s conversations.", safe.Int(len(on))),
		shell.Option{Label: safe.Const("No, leave them")},
		shell.Option{Label: safe.Sprintf("Yes, all %s", safe.Int(len(on))), Run: run}))
	return nil
}

// do runs a use case on conversations; leave, if set, says that they leave
// their place.
func (m *Model) do(v verb, on action.Target, to safe.Text, leave *shell.Leaving, use func(context.Context) (desk.Outcome, error)) tea.Cmd {
	begun := m.sh.Tell(shell.Began{On: on})
	var left tea.Cmd
	if leave != nil {
		left = m.sh.Tell(*leave)
	}
	return tea.Batch(begun, left, shell.Do(m.sh, use, func(out desk.Outcome, err error) tea.Msg {
		return acted{verb: v, on: on, to: to, out: out, err: err}
	}))
}

func (m *Model) close(on action.Target) tea.Cmd {
	return m.closing(on, shell.Leaving{On: on})
}

func (m *Model) closeNext(on action.Target) tea.Cmd {
	return m.closing(on, shell.Leaving{On: on, Next: true})
}

func (m *Model) closing(on action.Target, leave shell.Leaving) tea.Cmd {
	return m.sure(on, safe.Const("Close"), func() tea.Cmd {
		return m.do(closing, on, safe.Text{}, &leave, func(ctx context.Context) (desk.Outcome, error) { return m.sh.Desk.Close(ctx, on) })
	})
}

func (m *Model) reopen(on action.Target) tea.Cmd {
	return m.sure(on, safe.Const("Reopen"), func() tea.Cmd {
		return m.do(reopening, on, safe.Text{}, nil, func(ctx context.Context) (desk.Outcome, error) { return m.sh.Desk.Reopen(ctx, on) })
	})
}

func (m *Model) take(on action.Target) tea.Cmd {
	return m.sure(on, safe.Const("Take"), func() tea.Cmd {
		return m.do(taking, on, safe.Text{}, nil, func(ctx context.Context) (desk.Outcome, error) { return m.sh.Desk.Take(ctx, on) })
	})
}

// named is a title with what it is about: "assign #4473", "assign 3".
func (m *Model) named(what safe.Text, on action.Target) safe.Text {
	return safe.Sprintf("%s %s", what, subject(on))
}

func subject(on action.Target) safe.Text {
	if len(on) == 1 {
		return safe.Sprintf("#%s", safe.Int(int(on[0])))
	}
	return safe.Sprintf("%s conversations", safe.Int(len(on)))
}

// acted tells how an action ended, and what was left out and why.
func (m *Model) acted(a acted) tea.Cmd {
	if a.err != nil {
		return tea.Batch(m.sh.Fail(a.err), m.sh.Tell(shell.Returned{On: a.on}))
	}
	if len(a.out.Done) == 0 && len(a.out.Skipped) > 0 {
		return tea.Batch(m.sh.Say(shell.Toast{Text: refusal(a), Role: theme.Warn}), m.sh.Tell(shell.Returned{On: skippedIDs(a.out)}))
	}
	text := m.sentence(a)
	if n := len(a.out.Skipped); n > 0 {
		text = safe.Sprintf("%s · %s skipped: %s", text, safe.Int(n), safe.Line(a.out.Skipped[0].Reason))
	}
	return m.sh.Say(shell.Toast{Text: text, Role: theme.Good, Undo: a.out.Batch})
}

// refusal says why nothing was done: "#2 is closed already".
func refusal(a acted) safe.Text {
	who, verb := subject(skippedIDs(a.out)), safe.Const("is")
	if len(a.out.Skipped) > 1 {
		verb = safe.Const("are")
	}
	reason := a.out.Skipped[0].Reason
	what, is := strings.CutPrefix(reason, "it is ")
	for _, s := range a.out.Skipped {
		is = is && s.Reason == reason
	}
	switch {
	case !is:
		return safe.Sprintf("%s: %s", who, safe.Line(reason))
	case what != "so already":
		return safe.Sprintf("%s %s %s", who, verb, safe.Line(what))
	case a.verb == changing:
		return safe.Sprintf("%s %s so already", who, verb)
	case a.verb == releasing:
		return safe.Sprintf("%s %s unassigned already", who, verb)
	default:
		return safe.Sprintf("%s %s assigned to %s already", who, verb, a.to)
	}
}

func skippedIDs(out desk.Outcome) action.Target {
	ids := make(action.Target, len(out.Skipped))
	for i, s := range out.Skipped {
		ids[i] = s.ID
	}
	return ids
}

// sentence says what was done: "#4471 closed", "3 assigned to Tom".
func (m *Model) sentence(a acted) safe.Text {
	who := subject(a.out.Done)
	if n := len(a.out.Done); n != 1 {
		who = safe.Int(n)
	}
	switch a.verb {
	case closing:
		return safe.Sprintf("%s closed", who)
	case reopening:
		return safe.Sprintf("%s open again", who)
	case taking:
		return safe.Sprintf("%s taken: you have it now", who)
	case releasing:
		return safe.Sprintf("%s given back: nobody has it now", who)
	case ticketing:
		return safe.Sprintf("%s: a ticket now", who)
	case staging, moving:
		return safe.Sprintf("%s moved to %s", who, a.to)
	case merging:
		return safe.Sprintf("%s merged into %s", who, a.to)
	case changing:
		return safe.Sprintf("%s %s", who, a.to)
	default:
		return safe.Sprintf("%s assigned to %s", who, a.to)
	}
}
