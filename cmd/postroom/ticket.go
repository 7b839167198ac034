package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// ticketForm is a ticket in the form for programs (design 5).
type ticketForm struct {
	Number   desk.TicketID       `json:"number"`
	Pipeline string              `json:"pipeline"`
	Stage    string              `json:"stage"`
	Closed   bool                `json:"closed"`
	Category string              `json:"category"`
	Fields   map[string]string   `json:"fields"`
	MadeAt   stamp               `json:"made_at"`
	ClosedAt stamp               `json:"closed_at"`
	Follows  desk.ConversationID `json:"follows,omitempty"`
	FollowUp desk.ConversationID `json:"follow_up,omitempty"`
	Clocks   []clockForm         `json:"clocks"`
}

// ticketOf is the ticket of a conversation; nil when it is none.
func ticketOf(ctx context.Context, seat *desk.Seat, c desk.Conversation) (*ticketForm, error) {
	if c.Ticket == 0 {
		return nil, nil
	}
	v, err := seat.Ticket(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	f := &ticketForm{
		Number: c.Ticket, Pipeline: v.Pipeline.Name, Stage: v.Stage.Name, Closed: v.Stage.Closed, Category: v.Category,
		Fields: map[string]string{}, MadeAt: stamp(v.MadeAt), ClosedAt: stamp(v.ClosedAt), Follows: v.Follows, FollowUp: v.FollowUp,
	}
	for _, field := range v.Values {
		f.Fields[field.Name] = field.Value
	}
	f.Clocks, err = clocksOf(ctx, seat, c.ID)
	return f, err
}

func (p *program) ticketCommand() *cobra.Command {
	return p.group("ticket", "Tickets: conversations that go through stages",
		p.ticketCreateCommand(), p.ticketListCommand(), p.ticketShowCommand(), p.ticketStageCommand(), p.ticketSetCommand(),
		p.group("field", "What this desk keeps of its tickets besides", p.fieldAddCommand(), p.fieldListCommand(), p.fieldRemoveCommand()))
}

func (p *program) ticketCreateCommand() *cobra.Command {
	var spec desk.TicketSpec
	c := &cobra.Command{
		Use: "create ID...", Short: "Make conversations tickets",
		Long: "Makes tickets of conversations; a ticket has the number of its conversation. Without --stage it begins\n" +
			"where its inbox is set to, else at the beginning of the default pipeline. A conversation of a personal\n" +
			"inbox goes to the shared one named with --inbox first, with all its mails and its history.",
		Example: "  postroom ticket create 4473\n  postroom ticket create 4473 --stage \"Refunds/New\"\n  postroom ticket create 4480 --inbox support",
		Args:    wants(1, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			ids, err := conversationIDs(args)
			if err != nil {
				return err
			}
			out, err := h.seat.CreateTickets(ctx, ids, spec)
			return p.outcome("Made tickets:", out, err)
		}),
	}
	f := c.Flags()
	f.StringVar(&spec.Stage, "stage", "", "where they begin: PIPELINE/STAGE, or a pipeline")
	f.StringVar(&spec.Inbox, "inbox", "", "the shared inbox they go to first")
	p.completesFlag(c, "stage", stagePaths)
	p.completesFlag(c, "inbox", inboxNames)
	return p.writes(p.completesConversations(c))
}

func (p *program) ticketListCommand() *cobra.Command {
	c := p.conversationListCommand(true)
	c.Short = "List tickets with stage and what is due; conversation list with is:ticket"
	c.Example = "  postroom ticket list\n  postroom ticket list 'stage:\"waiting on us\" inbox:support'"
	run := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error { return run(c, append([]string{"is:ticket"}, args...)) }
	return c
}

func (p *program) ticketShowCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "show ID", Short: "Show what a ticket has besides its conversation, and its clocks with their pauses", Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			id, err := conversationID(args[0])
			if err != nil {
				return err
			}
			t, err := h.seat.Thread(ctx, id, 1)
			if err != nil {
				return err
			}
			f, err := ticketOf(ctx, h.seat, t.Conversation)
			if err == nil && f == nil {
				_, err = h.seat.Ticket(ctx, id) // the error that says so
			}
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(f)
			}
			p.showTicket(*f)
			return nil
		}),
	}
	return p.completesConversations(c)
}

// showTicket prints a ticket for people.
func (p *program) showTicket(f ticketForm) {
	pairs := [][2]safe.Text{
		{safe.Const("Ticket"), safe.Sprintf("#%s", safe.Int(int(f.Number)))},
		{safe.Const("Stage"), safe.Line(f.Pipeline + "/" + f.Stage)},
		{safe.Const("Category"), safe.Line(f.Category)},
	}
	for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
		pairs = append(pairs, [2]safe.Text{safe.Line(name), safe.Line(f.Fields[name])})
	}
	pairs = append(pairs,
		[2]safe.Text{safe.Const("Made"), moment(time.Time(f.MadeAt))},
		[2]safe.Text{safe.Const("Closed"), moment(time.Time(f.ClosedAt))},
		[2]safe.Text{safe.Const("Follows"), related(f.Follows)},
		[2]safe.Text{safe.Const("Followed by"), related(f.FollowUp)},
	)
	p.print.fields(pairs...)
	for _, k := range f.Clocks {
		p.showClock(k)
	}
}

func (p *program) ticketStageCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "stage ID... STAGE", Short: "Move tickets to a stage, of their pipeline or as PIPELINE/STAGE",
		Long:    "Moves tickets to a stage. In a closed stage their conversations are closed, in an open one they are open.",
		Example: "  postroom ticket stage 4473 \"Waiting on us\"\n  postroom ticket stage 4473 4474 Refunds/New",
		Args:    wants(2, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			last := len(args) - 1
			ids, err := conversationIDs(args[:last])
			if err != nil {
				return err
			}
			out, err := h.seat.SetStage(ctx, ids, args[last])
			return p.outcome("Moved to "+args[last]+":", out, err)
		}),
	}
	c.ValidArgsFunction = p.completing(openConversations, func(ctx context.Context, seat *desk.Seat) ([]string, error) {
		ids, err := openConversations(ctx, seat)
		paths, failed := stagePaths(ctx, seat)
		return append(paths, ids...), errors.Join(err, failed)
	})
	return p.writes(c)
}

func (p *program) ticketSetCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "set ID... FIELD=VALUE…", Short: "Give tickets a category, and the desk's own fields their values",
		Long:    "Sets the category and the desk's own fields; an empty value is none. A field with spaces needs quotes.",
		Example: "  postroom ticket set 4473 category=refund order=88102\n  postroom ticket set 4473 4474 category=",
		Args:    wants(2, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			var numbers []string
			values := map[string]string{}
			for _, w := range args {
				key, value, is := strings.Cut(w, "=")
				if !is {
					numbers = append(numbers, w)
					continue
				}
				values[key] = value
			}
			if len(numbers) == 0 || len(values) == 0 {
				return &desk.Error{Kind: desk.Invalid, Code: "USAGE", Message: "It needs a ticket and a field.", Hint: "Write: postroom ticket set ID FIELD=VALUE"}
			}
			ids, err := conversationIDs(numbers)
			if err != nil {
				return err
			}
			out, err := h.seat.SetTicket(ctx, ids, values)
			return p.outcome("Changed", out, err)
		}),
	}
	return p.writes(p.completesConversations(c))
}

// fieldForm is a field of tickets in the form for programs.
type fieldForm struct {
	Name    string   `json:"name"`
	Kind    string   `json:"kind"`
	Choices []string `json:"choices"`
}

func fieldOf(f desk.TicketField) fieldForm {
	return fieldForm{f.Name, string(f.Kind), append([]string{}, f.Choices...)}
}

func (p *program) fieldAddCommand() *cobra.Command {
	var kind string
	var choices []string
	c := &cobra.Command{
		Use: "add NAME", Short: "Make a field of tickets; admins only",
		Example: "  postroom ticket field add order --kind number\n  postroom ticket field add product --kind choice --choices lamp,chair",
		Args:    wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			f, err := h.seat.AddTicketField(ctx, desk.TicketField{Name: args[0], Kind: desk.FieldKind(kind), Choices: choices})
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(fieldOf(f))
			}
			p.done(safe.Sprintf("Tickets have the field %s.", safe.Line(quoted(f.Name))))
			return nil
		}),
	}
	c.Flags().StringVar(&kind, "kind", string(desk.FieldText), "text, number, choice or date")
	c.Flags().StringSliceVar(&choices, "choices", nil, "what can be chosen, with commas between")
	return p.writes(c)
}

func (p *program) fieldListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the fields of tickets", Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			list, err := h.seat.TicketFields(ctx)
			if err != nil {
				return err
			}
			forms := make([]fieldForm, len(list))
			var rows [][]safe.Text
			for i, f := range list {
				forms[i] = fieldOf(f)
				rows = append(rows, []safe.Text{safe.Line(f.Name), safe.Line(string(f.Kind)), safe.Line(strings.Join(f.Choices, ", "))})
			}
			if p.print.json {
				return p.print.document(forms)
			}
			p.print.table([]column{{title: safe.Const("FIELD")}, {title: safe.Const("KIND")}, {title: safe.Const("CHOICES"), gives: true}}, rows)
			return nil
		}),
	}
}

func (p *program) fieldRemoveCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "remove NAME", Short: "Remove a field of tickets with its values; admins only", Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			if err := h.seat.RemoveTicketField(ctx, args[0]); err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					Field  string `json:"field"`
					DryRun bool   `json:"dry_run"`
				}{args[0], p.flags.rehearse})
			}
			p.done(safe.Sprintf("Tickets have no field %s any more.", safe.Line(quoted(args[0]))))
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(func(ctx context.Context, seat *desk.Seat) ([]string, error) {
		list, err := seat.TicketFields(ctx)
		names := make([]string, len(list))
		for i, f := range list {
			names[i] = f.Name
		}
		return names, err
	})
	return p.writes(c)
}
