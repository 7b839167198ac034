package settings

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

// pipelines are the stages that tickets go through, and the fields this desk
// keeps of them.
type pipelines struct {
	s     *Screen
	list  list
	known ticketing
	read  shell.Lane[ticketing]
}

// ticketing is how tickets are set up.
type ticketing struct {
	pipelines []desk.PipelineView
	fields    []desk.TicketField
}

func newPipelines(s *Screen) *pipelines { return &pipelines{s: s, list: list{tall: 2}} }

func (p *pipelines) about() About {
	return About{ID: Pipelines, Title: safe.Const("Tickets"), scope: action.InPipelines}
}

func (p *pipelines) here() *list { return &p.list }

func (p *pipelines) mark() (safe.Text, theme.Role) { return counted(len(p.known.pipelines)) }

func (p *pipelines) ask() tea.Cmd {
	if p.read.Busy() {
		return nil
	}
	d := p.s.o.Desk
	return p.read.Ask(p.s.sh.Context(), func(ctx context.Context) (t ticketing, err error) {
		if t.pipelines, err = d.Pipelines(ctx); err == nil {
			t.fields, err = d.TicketFields(ctx)
		}
		return t, err
	})
}

func (p *pipelines) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Changed:
		if msg.Settings && p.s.part() == part(p) {
			return p.ask()
		}
	case shell.Answer[ticketing]:
		known, err, ok := p.read.Take(msg)
		if !ok {
			return nil
		}
		if err != nil {
			return p.s.sh.Missed(err)
		}
		p.known = known
		p.fill()
	}
	return nil
}

// fill makes the rows: the pipelines, then the fields as negative numbers.
func (p *pipelines) fill() {
	var rows []row
	t := p.s.sh.Theme()
	for _, v := range p.known.pipelines {
		var stages []string
		for _, st := range v.Stages {
			stages = append(stages, st.Name)
		}
		r := row{id: int64(v.ID), title: safe.Line(v.Name), sign: t.Signs.Health, role: theme.Good, under: safe.Line(strings.Join(stages, ", "))}
		if v.Default {
			r.right = safe.Const("default")
		}
		rows = append(rows, r)
	}
	for _, f := range p.known.fields {
		rows = append(rows, row{id: -int64(f.ID), title: safe.Line(f.Name), right: safe.Const("field"), sign: t.Signs.Dot, role: theme.Faint, under: safe.Line(string(f.Kind))})
	}
	p.list.set(rows, p.s.sh.Dialog() != nil)
}

// marked is the pipeline under the cursor; false when that is a field.
func (p *pipelines) marked() (desk.PipelineView, bool) {
	id, ok := p.list.id()
	for _, v := range p.known.pipelines {
		if ok && int64(v.ID) == id {
			return v, true
		}
	}
	return desk.PipelineView{}, false
}

// field is the ticket field under the cursor.
func (p *pipelines) field() (desk.TicketField, bool) {
	id, ok := p.list.id()
	for _, f := range p.known.fields {
		if ok && -int64(f.ID) == id {
			return f, true
		}
	}
	return desk.TicketField{}, false
}

func (p *pipelines) sheet(s *sheet) {
	if f, ok := p.field(); ok {
		s.fact(safe.Const("kind"), theme.Plain, safe.Line(string(f.Kind)))
		s.fact(safe.Const("choices"), theme.Plain, safe.Line(strings.Join(f.Choices, ", ")))
		s.gap()
		s.say(theme.Faint, safe.Const("Every ticket has the field. Its value is set with: postroom ticket set ID NAME=VALUE"))
		return
	}
	v, ok := p.marked()
	if !ok {
		return
	}
	var from []safe.Text
	for _, in := range v.Inboxes {
		from = append(from, safe.Line(in.Name))
	}
	if len(from) == 0 {
		from = append(from, safe.Const("no inbox you see"))
	}
	s.fact(safe.Const("tickets of"), theme.Plain, safe.Join(", ", from...))
	s.fact(safe.Const("mail to a closed one"), theme.Plain, safe.Line(v.Reopen.String()))
	if v.Default {
		s.fact(safe.Const("default"), theme.Plain, safe.Const("tickets begin here when nothing else is said"))
	}
	s.stages(v.Pipeline)
}

// stageWidth is the column of the names of stages.
const stageWidth = 20

// stages writes the way of a ticket, and what each stage is.
func (s *sheet) stages(p desk.Pipeline) {
	s.title(safe.Const("Stages"))
	for _, st := range p.Stages {
		var words []safe.Text
		for _, w := range []struct {
			is   bool
			word safe.Text
		}{
			{st.Closed, safe.Const("closed")},
			{st.Pauses, safe.Const("clocks stand still")},
			{st.OnAnswer, safe.Const("our answer moves here")},
			{st.OnReply, safe.Const("the customer's answer moves here")},
		} {
			if w.is {
				words = append(words, w.word)
			}
		}
		if len(words) == 0 {
			words = append(words, safe.Const("open"))
		}
		s.column(stageWidth, safe.Line(st.Name), theme.Plain, safe.Join(", ", words...))
	}
}

func (p *pipelines) verbs() []verb {
	admin := p.s.admin("only admins change how tickets go")
	pipe := action.When("no pipeline is marked: move to one with j and k", func() bool { _, ok := p.marked(); return ok })
	field := action.When("no field is marked: move to one with j and k", func() bool { _, ok := p.field(); return ok })
	other := action.When("it is the default pipeline: make another one the default first", func() bool { v, _ := p.marked(); return !v.Default })
	mine := action.When("there is no shared inbox that you may change", func() bool { return len(p.mine()) > 0 })
	return []verb{
		{Action: action.Action{ID: "pipeline.change", Title: "Change the pipeline: stages, order, names", Keys: []string{"e"}, Footer: "change", Weight: 5, Run: p.change}, button: safe.Const("Change"), fits: pipe, right: admin},
		{Action: action.Action{ID: "pipeline.tickets", Title: "Let an inbox make tickets, or none", Keys: []string{"t"}, Footer: "tickets of an inbox", Weight: 4, Run: p.tickets}, button: safe.Const("Tickets of an inbox…"), fits: pipe, right: mine},
		{Action: action.Action{ID: "pipeline.remove", Title: "Remove the pipeline, and say where its tickets go", Needs: []action.Need{other}, Risk: action.Asks, Run: p.remove}, button: safe.Const("Remove…"), fits: pipe, right: admin},
		{Action: action.Action{ID: "pipeline.add", Title: "Make a pipeline", Keys: []string{"c"}, Footer: "make a pipeline", Weight: 5, Run: p.add}, button: safe.Const("Make a pipeline"), right: admin},
		{Action: action.Action{ID: "field.add", Title: "Make a field of tickets", Run: p.addField}, button: safe.Const("Make a field"), right: admin},
		{Action: action.Action{ID: "field.remove", Title: "Remove the field, with its values", Keys: []string{"#"}, Risk: action.Asks, Run: p.removeField}, button: safe.Const("Remove"), fits: field, right: admin},
	}
}

// mine are the shared inboxes whose settings I may change.
func (p *pipelines) mine() []desk.InboxView {
	var list []desk.InboxView
	for _, in := range p.s.state().Inboxes {
		if in.Kind == desk.Shared && in.Refusal(p.s.state().Me, desk.RightConfigure) == nil {
			list = append(list, in)
		}
	}
	return list
}

func (p *pipelines) removeField(action.Target) tea.Cmd {
	f, _ := p.field()
	d := p.s.o.Desk
	return p.s.sure(p, safe.Sprintf("remove %s", safe.Line(f.Name)), safe.Const("Every ticket loses what stands in it. That cannot be undone."), safe.Sprintf("Yes, remove %s", safe.Line(f.Name)),
		func(ctx context.Context) (result, error) {
			return result{text: safe.Sprintf("The field %s is no more.", safe.Line(f.Name))}, d.RemoveTicketField(ctx, f.Name)
		})
}
