package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// pipelineForm is a pipeline in the form for programs.
type pipelineForm struct {
	Name    string      `json:"name"`
	Default bool        `json:"default"`
	Reopen  string      `json:"reopen"`
	Stages  []stageForm `json:"stages"`
	// Inboxes are those whose new conversations become tickets there.
	Inboxes []string `json:"inboxes"`
}

type stageForm struct {
	Name     string `json:"name"`
	Closed   bool   `json:"closed"`
	Pauses   bool   `json:"pauses"`
	Answered bool   `json:"answered"`
	Replied  bool   `json:"replied"`
}

func pipelineOf(v desk.PipelineView) pipelineForm {
	f := pipelineForm{Name: v.Name, Default: v.Default, Reopen: v.Reopen.String(), Inboxes: []string{}}
	for _, s := range v.Stages {
		f.Stages = append(f.Stages, stageForm{s.Name, s.Closed, s.Pauses, s.OnAnswer, s.OnReply})
	}
	for _, in := range v.Inboxes {
		f.Inboxes = append(f.Inboxes, in.Name)
	}
	return f
}

func (p *program) pipelineCommand() *cobra.Command {
	return p.group("pipeline", "The stages that tickets go through",
		p.pipelineAddCommand(), p.pipelineListCommand(), p.pipelineShowCommand(), p.pipelineSetCommand(), p.pipelineRemoveCommand())
}

// aboutStages explains how stages are typed.
const aboutStages = "Stages stand in their order with commas between; behind a colon stands what they are: closed, where\n" +
	"a ticket is a closed conversation; pauses, where its clocks stand still; answered and replied, where\n" +
	"our answer and the customer's move it. reopen says what a mail to a closed ticket does: reopen,\n" +
	"\"new after 30d\", or \"always new\", which begins another ticket that is linked to it."

func (p *program) pipelineAddCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "add NAME [SETTING=VALUE…]", Short: "Make a pipeline; admins only",
		Long:    "Makes a pipeline with the stages New, Waiting on contact, Waiting on us and Closed, unless others are named.\n" + aboutStages,
		Example: "  postroom pipeline add Refunds\n  postroom pipeline add Repairs \"stages=Came in, At work, Back: pauses answered, Done: closed\" \"reopen=new after 30d\"",
		Args:    wants(1, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			values, err := pipelineValues(args[1:])
			if err != nil {
				return err
			}
			made, err := h.seat.AddPipeline(ctx, args[0], values)
			if err != nil {
				return err
			}
			return p.pipelineDone("Made", made)
		}),
	}
	return p.writes(c)
}

func (p *program) pipelineSetCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "set NAME SETTING=VALUE…", Short: "Change a pipeline: name, stages, reopen, default; admins only",
		Long: "Changes all or nothing. " + aboutStages + "\n\"Old > New\" among the stages gives one another name. A stage with tickets in it stays.\n" +
			"default=yes makes it the one where tickets begin that were meant for one that is gone.",
		Example: "  postroom pipeline set Support \"reopen=new after 30d\"\n  postroom pipeline set Support \"stages=New, At work > In work, Waiting on contact: pauses answered, Closed: closed\"",
		Args:    wants(2, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			values, err := pipelineValues(args[1:])
			if err != nil {
				return err
			}
			set, err := h.seat.SetPipeline(ctx, args[0], values)
			if err != nil {
				return err
			}
			return p.pipelineDone("Changed", set)
		}),
	}
	c.ValidArgsFunction = p.completing(pipelineNames, words("name=", "stages=", "reopen=", "default=yes"))
	return p.writes(c)
}

// pipelineValues reads SETTING=VALUE.
func pipelineValues(args []string) (map[desk.PipelineKey]string, error) {
	values := map[desk.PipelineKey]string{}
	for _, w := range args {
		key, value, ok := strings.Cut(w, "=")
		if !ok {
			return nil, &desk.Error{
				Kind: desk.Invalid, Code: "USAGE", Message: quoted(w) + " does not say what a setting is to be.",
				Hint: "Write: postroom pipeline set NAME SETTING=VALUE",
			}
		}
		values[desk.PipelineKey(key)] = value
	}
	return values, nil
}

func (p *program) pipelineDone(verb string, made desk.Pipeline) error {
	if p.print.json {
		return p.print.document(pipelineOf(desk.PipelineView{Pipeline: made}))
	}
	p.done(safe.Sprintf("%s the pipeline %s: %s.", safe.Line(verb), safe.Line(quoted(made.Name)), safe.Line(made.StagesText())))
	return nil
}

func (p *program) pipelineListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the pipelines, and which inboxes make tickets there", Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			list, err := h.seat.Pipelines(ctx)
			if err != nil {
				return err
			}
			if p.print.json {
				forms := make([]pipelineForm, len(list))
				for i, v := range list {
					forms[i] = pipelineOf(v)
				}
				return p.print.document(forms)
			}
			var rows [][]safe.Text
			for _, v := range list {
				f := pipelineOf(v)
				name := safe.Line(f.Name)
				if f.Default {
					name = safe.Sprintf("%s (default)", name)
				}
				var stages []string
				for _, s := range f.Stages {
					stages = append(stages, s.Name)
				}
				rows = append(rows, []safe.Text{name, safe.Line(strings.Join(stages, ", ")), safe.Line(strings.Join(f.Inboxes, ", "))})
			}
			p.print.table([]column{{title: safe.Const("PIPELINE")}, {title: safe.Const("STAGES"), gives: true}, {title: safe.Const("TICKETS FROM")}}, rows)
			return nil
		}),
	}
}

func (p *program) pipelineShowCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "show NAME", Short: "Show a pipeline with its stages", Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			v, err := h.seat.Pipeline(ctx, args[0])
			if err != nil {
				return err
			}
			f := pipelineOf(v)
			if p.print.json {
				return p.print.document(f)
			}
			standard := safe.Const("no")
			if f.Default {
				standard = safe.Const("yes")
			}
			p.print.fields(
				[2]safe.Text{safe.Const("Pipeline"), safe.Line(f.Name)},
				[2]safe.Text{safe.Const("Default"), standard},
				[2]safe.Text{safe.Const("A mail to a closed ticket"), safe.Line(f.Reopen)},
				[2]safe.Text{safe.Const("Tickets from"), safe.Line(strings.Join(f.Inboxes, ", "))},
			)
			for _, part := range strings.Split(v.StagesText(), ", ") {
				p.print.say(safe.Sprintf("  %s", safe.Line(part)))
			}
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(pipelineNames)
	return c
}

func (p *program) pipelineRemoveCommand() *cobra.Command {
	var to string
	c := &cobra.Command{
		Use: "remove NAME", Short: "Remove a pipeline; its tickets go to another one; admins only",
		Long: "Removes a pipeline that is not the default. With --to its tickets go to the stage of the same name\n" +
			"there, else to the first that is open or closed like their own. Inboxes that were set to it make\n" +
			"their tickets in the default one from then on, and the doctor says so.",
		Example: "  postroom pipeline remove Repairs --to Support",
		Args:    wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			moved, err := h.seat.RemovePipeline(ctx, args[0], to)
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					Pipeline string `json:"pipeline"`
					Moved    int    `json:"moved"`
					DryRun   bool   `json:"dry_run"`
				}{args[0], moved, p.flags.rehearse})
			}
			p.done(safe.Sprintf("The pipeline %s is no more; %s tickets moved.", safe.Line(quoted(args[0])), safe.Int(moved)))
			return nil
		}),
	}
	c.Flags().StringVar(&to, "to", "", "the pipeline its tickets go to")
	c.ValidArgsFunction = p.completing(pipelineNames)
	p.completesFlag(c, "to", pipelineNames)
	return p.writes(c)
}

func pipelineNames(ctx context.Context, seat *desk.Seat) ([]string, error) {
	list, err := seat.Pipelines(ctx)
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = v.Name
	}
	return names, err
}

// stagePaths are all stages there are.
func stagePaths(ctx context.Context, seat *desk.Seat) ([]string, error) {
	list, err := seat.Pipelines(ctx)
	var paths []string
	for _, v := range list {
		for _, s := range v.Stages {
			paths = append(paths, v.StagePath(s.ID))
		}
	}
	return paths, err
}
