package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// asked is the fact that what a question needs has been read.
type asked struct {
	ask func() tea.Cmd
	err error
}

func (m *Model) asked(a asked) tea.Cmd {
	if a.err != nil {
		return m.sh.Fail(a.err)
	}
	return a.ask()
}

// reads reads something for a question.
func reads[T any](m *Model, read func(context.Context) (T, error), ask func(T) tea.Cmd) tea.Cmd {
	return shell.Do(m.sh, read, func(v T, err error) tea.Msg { return asked{func() tea.Cmd { return ask(v) }, err} })
}

func (m *Model) ticketActions() []action.Action {
	act := action.OnOne
	some := []action.Need{action.Conversation(), m.sh.MayWork()}
	boards := []action.Need{action.When("there is no screen for it here", func() bool { return m.sh.Screens().Board != nil })}
	two := append([]action.Need{severalMarked()}, some...)
	return []action.Action{
		{ID: "ticket.create", Title: "Make it a ticket", Scope: act, Keys: []string{"T"}, Needs: some, Risk: action.Undoable, Run: m.makeTickets},
		{ID: "ticket.stage", Title: "Stage of the ticket…", Scope: act, Keys: []string{"s"}, Needs: some, Risk: action.Undoable, Run: m.chooseStage},
		{ID: "ticket.on", Title: "To the next stage", Scope: act, Keys: []string{">"}, Needs: some, Risk: action.Undoable, Run: m.stepStage(1, "moved to the next stage")},
		{ID: "ticket.back", Title: "To the stage before", Scope: act, Keys: []string{"<"}, Needs: some, Risk: action.Undoable, Run: m.stepStage(-1, "moved a stage back")},
		{ID: "ticket.field", Title: "Category and fields of the ticket…", Scope: act, Needs: some, Risk: action.Undoable, Run: m.chooseField},
		{ID: "ticket.board", Title: "Go to: the board of the inbox", Scope: action.Conversations &^ action.Board, Keys: []string{"g b"}, Needs: boards, Run: m.board},
		{ID: "conversation.move", Title: "Move to another inbox…", Scope: act, Keys: []string{"v"}, Needs: some, Risk: action.Undoable, Run: m.chooseInbox},
		{ID: "conversation.merge", Title: "Merge the marked ones…", Scope: act, Keys: []string{"m"}, Needs: two, Risk: action.Undoable, Run: m.chooseStaying},
	}
}

// severalMarked is the need of two conversations or more.
func severalMarked() action.Need {
	return func(on action.Target) string {
		if len(on) < 2 {
			return "mark two or more with x first"
		}
		return ""
	}
}

// makeTickets makes tickets where the inboxes are set to. A personal
// conversation needs a shared inbox first (S209), and asks for one.
func (m *Model) makeTickets(on action.Target) tea.Cmd {
	return m.sure(on, safe.Const("Make tickets"), func() tea.Cmd { return m.ticketsIn(on, "") })
}

func (m *Model) ticketsIn(on action.Target, inbox string) tea.Cmd {
	use := func(ctx context.Context) (desk.Outcome, error) {
		return m.sh.Desk.CreateTickets(ctx, on, desk.TicketSpec{Inbox: inbox})
	}
	return tea.Batch(m.sh.Tell(shell.Began{On: on}), shell.Do(m.sh, use, func(out desk.Outcome, err error) tea.Msg {
		var e *desk.Error
		if errors.As(err, &e) && e.Code == "PERSONAL" && inbox == "" {
			return asked{ask: func() tea.Cmd {
				return tea.Batch(m.sh.Tell(shell.Returned{On: on}), m.pickInbox(m.named(safe.Const("make a ticket of"), on), func(name string) tea.Cmd { return m.ticketsIn(on, name) }))
			}}
		}
		return acted{verb: ticketing, on: on, out: out, err: err}
	}))
}

// chooseStage asks for a stage of any pipeline, the default one's first.
func (m *Model) chooseStage(on action.Target) tea.Cmd {
	return reads(m, m.sh.Desk.Pipelines, func(list []desk.PipelineView) tea.Cmd {
		var items []widget.Item
		var paths []string
		for _, p := range list {
			for _, s := range p.Stages {
				it := widget.Item{Label: safe.Line(s.Name)}
				if len(list) > 1 {
					it.Hint = safe.Line(p.Name)
				}
				items, paths = append(items, it), append(paths, p.StagePath(s.ID))
			}
		}
		p := shell.NewPick(m.sh, m.named(safe.Const("stage of"), on), items, func(i int) tea.Cmd {
			return m.sure(on, safe.Const("Change the stage"), func() tea.Cmd {
				return m.do(staging, on, items[i].Label, nil, func(ctx context.Context) (desk.Outcome, error) { return m.sh.Desk.SetStage(ctx, on, paths[i]) })
			})
		})
		m.sh.Show(p.Hint(safe.Const("type to filter · enter move it there · esc back")))
		return nil
	})
}

// ticketFields are the fields that tickets have here, with the values of one.
type ticketFields struct {
	fields []desk.TicketField
	now    map[string]string
}

func (m *Model) readFields(ctx context.Context, on action.Target) (ticketFields, error) {
	f := ticketFields{fields: []desk.TicketField{{Name: desk.CategoryField, Kind: desk.FieldText}}, now: map[string]string{}}
	own, err := m.sh.Desk.TicketFields(ctx)
	f.fields = append(f.fields, own...)
	if err != nil || len(on) != 1 {
		return f, err
	}
	t, err := m.sh.Desk.Ticket(ctx, on[0])
	f.now[desk.CategoryField] = t.Category
	for _, v := range t.Values {
		f.now[v.Name] = v.Value
	}
	return f, err
}

// chooseField asks which field of the ticket is to be filled, and shows what
// stands in each.
func (m *Model) chooseField(on action.Target) tea.Cmd {
	read := func(ctx context.Context) (ticketFields, error) { return m.readFields(ctx, on) }
	return reads(m, read, func(f ticketFields) tea.Cmd {
		items := make([]widget.Item, len(f.fields))
		for i, field := range f.fields {
			items[i] = widget.Item{Label: safe.Line(field.Name), Hint: safe.Line(f.now[field.Name])}
		}
		m.sh.Show(shell.NewPick(m.sh, m.named(safe.Const("fields of"), on), items, func(i int) tea.Cmd {
			m.chooseValue(on, f.fields[i], f.now[f.fields[i].Name])
			return nil
		}))
		return nil
	})
}

// chooseValue asks for the value of a field: one of its choices, or what is
// typed.
func (m *Model) chooseValue(on action.Target, field desk.TicketField, now string) {
	set := func(value string) tea.Cmd {
		done := field.Name + ": " + value
		if value == "" {
			done = field.Name + " is empty now"
		}
		return m.change(on, done, false, func(ctx context.Context) (desk.Outcome, error) {
			return m.sh.Desk.SetTicket(ctx, on, map[string]string{field.Name: value})
		})
	}
	values := field.Choices
	items := make([]widget.Item, 0, len(values)+1)
	for _, v := range values {
		items = append(items, widget.Item{Label: safe.Line(v)})
	}
	if now != "" || len(on) > 1 {
		items, values = append(items, widget.Item{Label: safe.Const("(nothing)"), Hint: safe.Line(now)}), append(values[:len(values):len(values)], "")
	}
	p := shell.NewPick(m.sh, m.named(safe.Sprintf("%s of", safe.Line(field.Name)), on), items, func(i int) tea.Cmd { return set(values[i]) })
	if field.Kind != desk.FieldChoice {
		p.Typed(func(text string) ([]widget.Item, func(int) tea.Cmd) {
			value := strings.TrimSpace(text)
			if value == "" {
				return nil, nil
			}
			return []widget.Item{{Label: safe.Line(value)}}, func(int) tea.Cmd { return set(value) }
		}).Hint(map[desk.FieldKind]safe.Text{
			desk.FieldText: safe.Const("type it · enter · esc back"), desk.FieldNumber: safe.Const("a number, as 12 or 0.5 · enter · esc back"),
			desk.FieldDate: safe.Const("a day, as 2026-03-31 · enter · esc back"),
		}[field.Kind])
	}
	m.sh.Show(p)
}

// pickInbox asks for a shared inbox in which one works.
func (m *Model) pickInbox(title safe.Text, take func(name string) tea.Cmd) tea.Cmd {
	return reads(m, m.sh.Desk.Inboxes, func(list []desk.InboxView) tea.Cmd {
		var items []widget.Item
		var names []string
		for _, in := range list {
			if in.Kind == desk.Shared && in.Member && in.Rights.Works() {
				items, names = append(items, widget.Item{Label: safe.Line(in.Name)}), append(names, in.Name)
			}
		}
		if len(items) == 0 {
			return m.sh.Say(shell.Toast{Text: safe.Const("There is no shared inbox in which you work."), Role: theme.Warn})
		}
		m.sh.Show(shell.NewPick(m.sh, title, items, func(i int) tea.Cmd { return take(names[i]) }))
		return nil
	})
}

// chooseInbox asks where to, and says who will see it no more before it does.
func (m *Model) chooseInbox(on action.Target) tea.Cmd {
	return m.pickInbox(m.named(safe.Const("move"), on), func(name string) tea.Cmd {
		preview := func(ctx context.Context) (desk.MoveEffect, error) { return m.sh.Desk.PreviewMove(ctx, on, name) }
		return reads(m, preview, func(e desk.MoveEffect) tea.Cmd {
			run := func() tea.Cmd {
				leave := shell.Leaving{On: on}
				return m.do(moving, on, safe.Line(name), &leave, func(ctx context.Context) (desk.Outcome, error) { return m.sh.Desk.Move(ctx, on, name) })
			}
			if len(e.Done) == 0 || len(e.Loses) == 0 && len(e.Said) == 0 && len(on) <= many {
				return run() // nobody is the worse for it, and z takes it back
			}
			m.sh.Show(shell.NewChoice(m.sh, m.named(safe.Const("move"), on), moveText(e, name),
				shell.Option{Label: safe.Const("No, leave it")}, shell.Option{Label: safe.Const("Yes, move it"), Run: run}))
			return nil
		})
	})
}

// moveText says what a move does to people.
func moveText(e desk.MoveEffect, name string) safe.Text {
	text := safe.Sprintf("To %s, with all that is in it and its ticket.", safe.Line(name))
	for i, u := range e.Loses {
		if i == 0 {
			text = safe.Sprintf("%s\n\nSee it no more: %s", text, safe.Line(u.Name))
			continue
		}
		text = safe.Sprintf("%s, %s", text, safe.Line(u.Name))
	}
	for _, s := range e.Said {
		text = safe.Sprintf("%s\n\n%s", text, safe.Line(s))
	}
	return text
}

// chooseStaying asks which of the marked conversations the others go into.
func (m *Model) chooseStaying(on action.Target) tea.Cmd {
	items := make([]widget.Item, len(on))
	for i, id := range on {
		items[i] = widget.Item{Label: safe.Line(fmt.Sprintf("#%d", id)), Hint: safe.Const("stays")}
	}
	m.sh.Show(shell.NewPick(m.sh, safe.Sprintf("merge %s conversations into", safe.Int(len(on))), items, func(i int) tea.Cmd {
		var others action.Target
		for _, id := range on {
			if id != on[i] {
				others = append(others, id)
			}
		}
		return m.do(merging, others, items[i].Label, &shell.Leaving{On: others}, func(ctx context.Context) (desk.Outcome, error) { return m.sh.Desk.Merge(ctx, others, on[i]) })
	}))
	return nil
}

// stepStage moves tickets along their pipelines.
func (m *Model) stepStage(by int, done string) func(action.Target) tea.Cmd {
	return func(on action.Target) tea.Cmd {
		return m.sure(on, safe.Const("Change the stage"), func() tea.Cmd {
			return m.change(on, done, false, func(ctx context.Context) (desk.Outcome, error) { return m.sh.Desk.StepStage(ctx, on, by) })
		})
	}
}

// board shows the tickets of the inbox in front by stage, or asks of which.
func (m *Model) board(action.Target) tea.Cmd {
	name := m.inboxInFront()
	for _, in := range m.sh.State.Inboxes {
		if in.Name == name && in.Kind == desk.Shared {
			return m.boardOf(name)
		}
	}
	return m.pickInbox(safe.Const("the board of"), m.boardOf)
}

func (m *Model) boardOf(name string) tea.Cmd {
	for _, in := range m.sh.State.Inboxes {
		if in.Name == name {
			return m.sh.Open(m.sh.Screens().Board(m.sh, in.ID))
		}
	}
	return nil
}
