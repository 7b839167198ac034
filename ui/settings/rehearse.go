package settings

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// did is the fact that something has been done in a part.
type did struct {
	in   part
	done result
	err  error
}

// do does something in a part, tells it and reads the part again.
func (s *Screen) do(p part, use func(context.Context) (result, error)) tea.Cmd {
	return shell.Do(s.sh, use, func(done result, err error) tea.Msg { return did{p, done, err} })
}

func (s *Screen) did(d did) tea.Cmd {
	if d.err != nil {
		return s.sh.Fail(d.err)
	}
	return tea.Batch(s.sh.Say(shell.Toast{Text: d.done.text, Role: theme.Good, Undo: d.done.undo}), d.in.ask())
}

// sure asks before something is done in a part.
func (s *Screen) sure(p part, title, text, yes safe.Text, use func(context.Context) (result, error)) tea.Cmd {
	s.sh.Show(shell.NewChoice(s.sh, title, text,
		shell.Option{Label: safe.Const("No, leave it as it is")},
		shell.Option{Label: yes, Run: func() tea.Cmd { return s.do(p, use) }}))
	return nil
}

// admin is the need of an admin.
func (s *Screen) admin(what string) action.Need {
	return action.When(what, func() bool { return s.state().Me.Admin() })
}

// rehearsal is what a form finds out beside the screen before it is saved: what
// it would mean, or why it is refused.
type rehearsal[T any] struct {
	s     *Screen
	find  func(context.Context, values) (T, error)
	show  func(*sheet, T)
	found T
	err   error
	known bool
	read  shell.Lane[T]
}

// open begins to fill a form in that has the rehearsal below its fields.
func (r *rehearsal[T]) open(f *form) tea.Cmd {
	f.glance = func(v values) tea.Cmd {
		r.known = false
		return r.read.Ask(r.s.sh.Context(), func(ctx context.Context) (T, error) { return r.find(desk.Rehearse(ctx), v) })
	}
	f.seen = func(msg tea.Msg) tea.Cmd {
		found, err, ok := r.read.Take(msg)
		if ok && !errors.Is(err, context.Canceled) {
			r.found, r.err, r.known, f.settled = found, err, true, true
		}
		return nil
	}
	f.preview = func(s *sheet) {
		switch {
		case !r.known:
			s.say(theme.Faint, safe.Const("Looking what it would mean…"))
		case r.err != nil:
			if why := shell.Sentence(r.err); !f.says(why) {
				s.say(theme.Faint, why)
			}
		default:
			r.show(s, r.found)
		}
	}
	f.closed = r.read.Drop
	f.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	return r.s.open(f)
}

// chosenFor is the field that asks what a change of working time is for.
func chosenFor() widget.FormRow {
	return widget.FormRow{Label: safe.Const("For"), Choices: []widget.Choice{
		{Label: safe.Const("new tickets"), Hint: safe.Const("open ones keep theirs")},
		{Label: safe.Const("open ones too"), Hint: safe.Const("from their beginning")},
	}}
}

func runningOf(chosen int) desk.Running {
	return []desk.Running{desk.NewTickets, desk.OpenTickets}[chosen]
}

// recounted says how many open tickets are due at another time.
func recounted(n int) safe.Text {
	switch n {
	case 0:
		return safe.Text{}
	case 1:
		return safe.Const("One open ticket is due at another time.")
	default:
		return safe.Sprintf("%s open tickets are due at another time.", safe.Int(n))
	}
}
