package connect

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// inTickets, inStage and inFirst are the fields of the question about tickets;
// the stage, and what is promised, are asked for where they are wanted.
const (
	inTickets = iota
	inStage
	inFirst
)

// opening are the stages of a pipeline in which tickets can begin.
func opening(p desk.PipelineView) []desk.Stage {
	return slices.DeleteFunc(slices.Clone(p.Stages), func(st desk.Stage) bool { return st.Closed })
}

// ticketsPage asks whether the conversations of a team's new inbox become
// tickets, and where those begin (row S129). There is no way around it: what
// nobody has decided is found out when the first mail is overdue.
func ticketsPage(s *Screen) (*page, tea.Cmd) {
	p := &page{title: safe.Const("inbox"), question: safe.Sprintf("Do conversations in %s become tickets?", safe.Line(s.said.Inbox))}
	row := widget.FormRow{Label: safe.Const("Tickets"), Choices: []widget.Choice{{Label: safe.Const("no")}}}
	var stages widget.FormRow
	for i, pl := range s.pipelines {
		row.Choices = append(row.Choices, widget.Choice{Label: safe.Sprintf("yes, in %s", safe.Line(pl.Name))})
		for j, st := range opening(pl) {
			if pl.StagePath(st.ID) == s.said.Tickets {
				row.Chosen, stages.Chosen = i+1, j
			}
		}
	}
	p.form.Rows = []widget.FormRow{row}
	if row.Chosen > 0 {
		stages.Label = safe.Const("They begin at")
		for _, st := range opening(s.pipelines[row.Chosen-1]) {
			stages.Choices = append(stages.Choices, widget.Choice{Label: safe.Line(st.Name)})
		}
		first := widget.FormRow{Label: safe.Const("First answer"), Hint: safe.Const("within 4h, 4h in a calendar; or none")}
		first.Field.Set(s.said.FirstResponse)
		p.form.Rows = append(p.form.Rows, stages, first)
	}
	p.above = func(_ *Screen, out *sheet) {
		out.say(theme.Plain, safe.Const("A ticket has a number, a stage that says who has to act, and clocks for what was promised."))
		out.say(theme.Faint, safe.Const("“postroom inbox set” changes it at any time."))
		out.gap()
	}
	p.read = func(s *Screen) { s.readTickets(p, row.Chosen) }
	// Another pipeline has other stages.
	p.chose = func(s *Screen) tea.Cmd {
		at := p.form.At()
		cmd := s.show(atTickets)
		s.page.form.Go(at)
		return cmd
	}
	p.take = func(s *Screen) tea.Cmd {
		if s.said.FirstResponse == "" {
			return s.show(atPreview)
		}
		return s.rehearse()
	}
	return p, nil
}

// readTickets notes what stands in the form. A form that was made for another
// pipeline, was, has not the stages of this one.
func (s *Screen) readTickets(p *page, was int) {
	chosen := p.form.Rows[inTickets].Chosen
	switch {
	case chosen == 0:
		s.said.Tickets, s.said.FirstResponse = desk.NoTickets, ""
	case chosen != was:
		pl := s.pipelines[chosen-1]
		s.said.Tickets = pl.StagePath(pl.First().ID)
	default:
		pl := s.pipelines[chosen-1]
		s.said.Tickets = pl.StagePath(opening(pl)[p.form.Rows[inStage].Chosen].ID)
		s.said.FirstResponse = p.form.Value(inFirst)
	}
}

// becoming says what was answered, before anything is made.
func (s *Screen) becoming(out *sheet) {
	switch {
	case !s.makesTeam():
	case s.said.Tickets == desk.NoTickets:
		out.fact(safe.Const("Tickets"), theme.Plain, safe.Const("none: conversations stay conversations"))
	default:
		out.fact(safe.Const("Tickets"), theme.Plain, safe.Sprintf("new conversations begin at %s", safe.Line(s.said.Tickets)))
		if s.said.FirstResponse != "" {
			out.fact(safe.Const("Promised"), theme.Plain, safe.Sprintf("a first answer within %s", safe.Line(s.said.FirstResponse)))
		}
	}
}
