package settings

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// The fields of a pipeline.
const (
	pipeName = iota
	pipeStages
	pipeReopen
	pipeDefault
)

func (p *pipelines) add(action.Target) tea.Cmd { return p.fillIn(desk.PipelineView{}) }

func (p *pipelines) change(action.Target) tea.Cmd {
	v, _ := p.marked()
	return p.fillIn(v)
}

// fillIn opens the form of a pipeline; of a new one where it has no name. A
// stage has a line, so that moving a line orders them.
func (p *pipelines) fillIn(was desk.PipelineView) tea.Cmd {
	f := &form{title: safe.Const("Make a pipeline"), working: safe.Const("Saving…"), culprit: pipelineCulprit}
	stages := was.StagesText()
	if was.Name == "" {
		was.Reopen = desk.ReopenAlways
		stages = "New: replied, Waiting on contact: pauses answered, Closed: closed"
	} else {
		f.title = safe.Sprintf("Change %s", safe.Line(was.Name))
	}
	text := &widget.Editor{}
	text.Set(strings.ReplaceAll(stages, ", ", "\n"))
	f.fields.Rows = []widget.FormRow{
		pipeName:   {Label: safe.Const("Name"), Hint: safe.Const("such as: Repairs")},
		pipeStages: {Label: safe.Const("Stages"), Hint: safe.Const("a line each, in their order"), Lines: text},
		pipeReopen: {Label: safe.Const("Reopen"), Hint: safe.Const("reopen, always new, or new after 30d")},
		pipeDefault: {Label: safe.Const("Default"), Choices: []widget.Choice{
			{Label: safe.Const("no")}, {Label: safe.Const("yes"), Hint: safe.Const("where tickets begin else")},
		}},
	}
	f.fields.Rows[pipeName].Field.Set(was.Name)
	f.fields.Rows[pipeReopen].Field.Set(was.Reopen.String())
	if was.Default {
		f.fields.Rows[pipeDefault].Chosen = 1
	}
	f.save = func(ctx context.Context, v values) (result, error) {
		made, err := p.put(ctx, was, v)
		return result{text: safe.Sprintf("The pipeline %s has %s stages.", safe.Line(made.Name), safe.Int(len(made.Stages)))}, err
	}
	r := &rehearsal[desk.Pipeline]{s: p.s, find: func(ctx context.Context, v values) (desk.Pipeline, error) { return p.put(ctx, was, v) }}
	r.show = func(s *sheet, would desk.Pipeline) {
		s.stages(would)
		s.gap()
		s.say(theme.Faint, safe.Const("Behind a colon: closed, pauses, answered (our answer moves a ticket here), replied (the customer's does). “Old > New” gives a stage another name and keeps its tickets."))
	}
	return r.open(f)
}

// put writes what the fields say.
func (p *pipelines) put(ctx context.Context, was desk.PipelineView, v values) (desk.Pipeline, error) {
	var stages []string
	for line := range strings.Lines(v.typed[pipeStages]) {
		if line = strings.Trim(line, " ,\n"); line != "" {
			stages = append(stages, line)
		}
	}
	values := map[desk.PipelineKey]string{desk.PipelineStages: strings.Join(stages, ", ")}
	if reopen := v.text(pipeReopen); reopen != "" {
		values[desk.PipelineReopen] = reopen
	}
	if v.chosen[pipeDefault] == 1 {
		values[desk.PipelineDefault] = "yes"
	} else if was.Default {
		return was.Pipeline, &desk.Error{Kind: desk.Conflict, Code: "DEFAULT_PIPELINE", Message: "One pipeline is the default.", Hint: "Make another one the default instead."}
	}
	if was.Name == "" {
		return p.s.o.Desk.AddPipeline(ctx, v.text(pipeName), values)
	}
	values[desk.PipelineName] = v.text(pipeName)
	return p.s.o.Desk.SetPipeline(ctx, was.Name, values)
}

// pipelineCulprit is the field that an error is about.
func pipelineCulprit(e *desk.Error) int {
	switch e.Code {
	case "BAD_NAME", "NAME_IN_USE":
		return pipeName
	case "STAGE_IN_USE", "BAD_PIPELINE":
		return pipeStages
	case "DEFAULT_PIPELINE":
		return pipeDefault
	default:
		return -1
	}
}

// remove asks where the tickets of the pipeline go, and says how many they are.
func (p *pipelines) remove(action.Target) tea.Cmd {
	was, _ := p.marked()
	d := p.s.o.Desk
	f := &form{
		title:   safe.Sprintf("Remove %s", safe.Line(was.Name)),
		intro:   safe.Const("Its tickets go to the stage of the same name there, else to the first that is open or closed like their own. That cannot be undone."),
		working: safe.Const("Moving its tickets…"),
	}
	row := widget.FormRow{Label: safe.Const("Tickets to")}
	var names []string
	for _, v := range p.known.pipelines {
		if v.ID != was.ID {
			row.Choices, names = append(row.Choices, widget.Choice{Label: safe.Line(v.Name)}), append(names, v.Name)
		}
	}
	f.fields.Rows = []widget.FormRow{row}
	use := func(ctx context.Context, v values) (int, error) {
		return d.RemovePipeline(ctx, was.Name, names[v.chosen[0]])
	}
	f.save = func(ctx context.Context, v values) (result, error) {
		n, err := use(ctx, v)
		return result{text: safe.Sprintf("The pipeline %s is no more; tickets moved: %s.", safe.Line(was.Name), safe.Int(n))}, err
	}
	r := &rehearsal[int]{s: p.s, find: use, show: func(s *sheet, n int) {
		s.say(theme.Warn, safe.Sprintf("Tickets that go there: %s.", safe.Int(n)))
		for _, in := range was.Inboxes {
			s.effect(safe.Line(in.Name), theme.Warn, safe.Const("its tickets begin in the default pipeline from then on"))
		}
	}}
	cmd := r.open(f)
	f.fields.Buttons[0] = safe.Const("Remove")
	return cmd
}

// The fields of which inbox makes tickets.
const (
	ticketsInbox = iota
	ticketsBegin
)

// tickets lets an inbox make tickets, or none. What its open conversations
// become is told first; all of them do, or none.
func (p *pipelines) tickets(action.Target) tea.Cmd {
	v, _ := p.marked()
	d := p.s.o.Desk
	f := &form{
		title:   safe.Const("Tickets of an inbox"),
		intro:   safe.Const("From then on the first mail of a conversation makes a ticket. What is open or snoozed becomes tickets at once: all of it, or nothing."),
		working: safe.Const("Making the tickets…"),
	}
	in := widget.FormRow{Label: safe.Const("Inbox")}
	boxes, paths := p.mine(), []string{desk.NoTickets}
	for _, box := range boxes {
		in.Choices = append(in.Choices, widget.Choice{Label: safe.Line(box.Name)})
	}
	begin := widget.FormRow{Label: safe.Const("Begin at"), Choices: []widget.Choice{{Label: safe.Line(desk.NoTickets), Hint: safe.Const("conversations, no tickets")}}}
	for _, st := range v.Stages {
		if !st.Closed {
			path := v.StagePath(st.ID)
			begin.Choices, paths = append(begin.Choices, widget.Choice{Label: safe.Line(path)}), append(paths, path)
		}
	}
	begin.Chosen = min(1, len(begin.Choices)-1)
	f.fields.Rows = []widget.FormRow{ticketsInbox: in, ticketsBegin: begin}
	use := func(ctx context.Context, v values) (desk.SettingsChanged, error) {
		return d.SetInboxSettings(ctx, boxes[v.chosen[ticketsInbox]].Name, map[desk.SettingKey]string{desk.SetTickets: paths[v.chosen[ticketsBegin]]})
	}
	f.save = func(ctx context.Context, v values) (result, error) {
		done, err := use(ctx, v)
		return result{text: safe.Sprintf("%s: tickets %s. Open conversations that became tickets: %s.", safe.Line(done.Inbox.Name), safe.Line(paths[v.chosen[ticketsBegin]]), safe.Int(done.Tickets)), undo: done.Batch}, err
	}
	r := &rehearsal[desk.SettingsChanged]{s: p.s, find: use, show: showTickets}
	return r.open(f)
}

// showTickets says what it means that an inbox makes tickets elsewhere, or none
// any more.
func showTickets(s *sheet, c desk.SettingsChanged) {
	now, ok := c.After[desk.SetTickets]
	if !ok {
		s.say(theme.Faint, safe.Const("It is so already."))
		return
	}
	s.effect(safe.Const("before"), theme.Faint, decided(c.Before[desk.SetTickets]))
	if now == "" || now == desk.NoTickets {
		s.effect(safe.Const("from now on"), theme.Plain, safe.Sprintf("%s: no new tickets; those there are stay", decided(now)))
		return
	}
	s.effect(safe.Const("from now on"), theme.Plain, safe.Sprintf("new conversations begin as tickets at %s", safe.Line(now)))
	s.effect(safe.Const("open ones"), theme.Warn, safe.Sprintf("%s conversations become tickets at once", safe.Int(c.Tickets)))
	s.effect(safe.Const("undo"), theme.Faint, safe.Const("z takes back all of it"))
}

// decided is what is chosen about the tickets of an inbox, in words.
func decided(tickets string) safe.Text {
	if tickets == "" {
		return safe.Const("undecided")
	}
	return safe.Line(tickets)
}

// The fields of a ticket field.
const (
	fieldName = iota
	fieldKind
	fieldChoices
)

func (p *pipelines) addField(action.Target) tea.Cmd {
	d := p.s.o.Desk
	f := &form{title: safe.Const("Make a field of tickets"), working: safe.Const("Saving…"), culprit: func(e *desk.Error) int {
		if e.Code == "BAD_FIELD" {
			return fieldChoices
		}
		return fieldName
	}}
	kinds := desk.FieldKinds()
	row := widget.FormRow{Label: safe.Const("Kind")}
	for _, k := range kinds {
		row.Choices = append(row.Choices, widget.Choice{Label: safe.Line(string(k))})
	}
	f.fields.Rows = []widget.FormRow{
		fieldName: {Label: safe.Const("Name"), Hint: safe.Const("such as: order")}, fieldKind: row,
		fieldChoices: {Label: safe.Const("Choices"), Hint: safe.Const("of a choice, with commas between")},
	}
	f.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	f.save = func(ctx context.Context, v values) (result, error) {
		var choices []string
		for c := range strings.SplitSeq(v.text(fieldChoices), ",") {
			if c = strings.TrimSpace(c); c != "" {
				choices = append(choices, c)
			}
		}
		made, err := d.AddTicketField(ctx, desk.TicketField{Name: v.text(fieldName), Kind: kinds[v.chosen[fieldKind]], Choices: choices})
		return result{text: safe.Sprintf("Tickets have the field %s now.", safe.Line(made.Name))}, err
	}
	return p.s.open(f)
}
