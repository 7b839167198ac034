package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// strategyForm is a strategy in the form for programs.
type strategyForm struct {
	Name string   `json:"name"`
	Kind string   `json:"kind"`
	On   []string `json:"on"`
	Else []string `json:"else"`
	Used []string `json:"used"`
	// Next is who it would find now, by inbox; admins only.
	Next []desk.Foreseen `json:"next,omitempty"`
}

func strategyOf(v desk.StrategyView) strategyForm {
	f := strategyForm{Name: v.Name, Kind: string(v.Kind), On: []string{}, Else: []string{}, Used: []string{}}
	f.On, f.Else, f.Used = append(f.On, v.On...), append(f.Else, v.Otherwise...), append(f.Used, v.Used...)
	return f
}

func (p *program) strategyCommand() *cobra.Command {
	return p.group("strategy", "Ways to find who gets a new conversation",
		p.strategyAddCommand(), p.strategyListCommand(), p.strategyRemoveCommand(), p.strategySetCommand(), p.strategyShowCommand(), p.strategyUseCommand())
}

// kinds are the kinds of strategies, for help.
func kinds() string {
	var words []string
	for _, k := range desk.StrategyKinds() {
		words = append(words, string(k))
	}
	return strings.Join(words, ", ")
}

func (p *program) strategyAddCommand() *cobra.Command {
	var on, otherwise []string
	c := &cobra.Command{
		Use: "add NAME KIND", Short: "Make a strategy; admins only",
		Long: "KIND is one of:\n" +
			"  round-robin    whom this strategy has given nothing for longest; by hand moves no turn\n" +
			"  least-busy     who has the fewest that need an answer, for how much of a day he works\n" +
			"  random         by dice\n" +
			"  contact-owner  who looks after the contact\n" +
			"  deal-owner     whose open deal with the contact was last active\n" +
			"Only who may answer in the inbox, is available and under his capacity is found. --else says\n" +
			"what is tried then, in this order: strategy:NAME, a login, team:NAME, nobody.",
		Example: "  postroom strategy add rota round-robin --on maya,team:billing\n" +
			"  postroom strategy add sales deal-owner --else contact-owner,strategy:rota\n  postroom inbox set support routing=rota",
		Args: wants(2, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			st, err := h.seat.AddStrategy(ctx, args[0], desk.StrategySetting{Kind: desk.StrategyKind(desk.FoldName(args[1])), On: on, Else: otherwise})
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(strategyForm{Name: st.Name, Kind: string(st.Kind), On: append([]string{}, on...), Else: append([]string{}, otherwise...), Used: []string{}})
			}
			p.done(safe.Sprintf("Made the strategy %s.", safe.Line(quoted(st.Name))))
			return nil
		}),
	}
	c.Flags().StringSliceVar(&on, "on", nil, "logins and team:NAME it chooses among")
	c.Flags().StringSliceVar(&otherwise, "else", nil, "what is tried when nobody is found")
	return p.writes(c)
}

func (p *program) strategySetCommand() *cobra.Command {
	var on, otherwise []string
	var kind string
	c := &cobra.Command{
		Use: "set NAME", Short: "Change a strategy; admins only",
		Long: "What is not said stays. It is refused while somebody it chooses among may not answer in an\n" +
			"inbox that uses it. --else '' ends the chain. The turns of round-robin stay.",
		Example: "  postroom strategy set rota --on maya,tom,team:billing",
		Args:    wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			set := desk.StrategySetting{Kind: desk.StrategyKind(desk.FoldName(kind)), On: on, Else: otherwise}
			st, err := h.seat.SetStrategy(ctx, args[0], set)
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					Name string `json:"name"`
					Kind string `json:"kind"`
				}{st.Name, string(st.Kind)})
			}
			p.done(safe.Sprintf("Changed the strategy %s.", safe.Line(quoted(st.Name))))
			return nil
		}),
	}
	f := c.Flags()
	f.StringVar(&kind, "kind", "", kinds())
	f.StringSliceVar(&on, "on", nil, "logins and team:NAME it chooses among")
	f.StringSliceVar(&otherwise, "else", nil, "what is tried when nobody is found")
	c.ValidArgsFunction = p.completing(strategyNames)
	return p.writes(c)
}

func (p *program) strategyListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the strategies", Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			list, err := h.seat.Strategies(ctx)
			if err != nil {
				return err
			}
			if p.print.json {
				forms := make([]strategyForm, len(list))
				for i, v := range list {
					forms[i] = strategyOf(v)
				}
				return p.print.document(forms)
			}
			words := func(list []string) safe.Text { return safe.Line(strings.Join(list, ", ")) }
			rows := make([][]safe.Text, len(list))
			for i, v := range list {
				rows[i] = []safe.Text{safe.Line(v.Name), safe.Line(string(v.Kind)), words(v.On), words(v.Otherwise), words(v.Used)}
			}
			p.print.table([]column{{title: safe.Const("NAME")}, {title: safe.Const("KIND")}, {title: safe.Const("CHOOSES AMONG"), gives: true}, {title: safe.Const("ELSE")}, {title: safe.Const("USED BY")}}, rows)
			return nil
		}),
	}
}

func (p *program) strategyShowCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "show NAME", Short: "Show a strategy, and for admins who would get the next conversation", Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			v, err := h.seat.Strategy(ctx, args[0])
			if err != nil {
				return err
			}
			f := strategyOf(v)
			if f.Next, err = h.seat.ForeseeStrategy(ctx, v.Name, desk.StrategySetting{}); err != nil && desk.KindOf(err) != desk.Denied {
				return err
			}
			if p.print.json {
				return p.print.document(f)
			}
			line := func(name string, list []string) [2]safe.Text {
				return [2]safe.Text{safe.Line(name), safe.Line(strings.Join(list, ", "))}
			}
			p.print.fields(line("Strategy", []string{f.Name}), line("Kind", []string{f.Kind}), line("Chooses among", f.On), line("Else", f.Else), line("Used by", f.Used))
			for _, next := range f.Next {
				p.print.rule(safe.Sprintf("who would get the next of %s", safe.Line(next.Inbox)))
				for _, line := range next.Lines {
					p.print.say(safe.Clean(line))
				}
			}
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(strategyNames)
	return c
}

func (p *program) strategyRemoveCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "remove NAME", Short: "Forget a strategy nothing uses; admins only", Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			if err := h.seat.RemoveStrategy(ctx, args[0]); err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					Name string `json:"name"`
				}{args[0]})
			}
			p.done(safe.Sprintf("The strategy %s is no more.", safe.Line(quoted(args[0]))))
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(strategyNames)
	return p.writes(c)
}

func (p *program) strategyUseCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "use STRATEGY ADDRESS", Short: "Let one address of an inbox have a routing of its own",
		Long: "STRATEGY is a name, manual, or inbox for what the inbox as a whole has (inbox set INBOX\n" +
			"routing=STRATEGY). A mail counts for the address it was written or delivered to.",
		Example: "  postroom strategy use night billing@acme.test",
		Args:    wants(2, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			in, err := h.seat.RouteAddress(ctx, args[1], args[0])
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					Address string `json:"address"`
					Inbox   string `json:"inbox"`
					Routing string `json:"routing"`
				}{args[1], in.Name, desk.FoldName(args[0])})
			}
			p.done(safe.Sprintf("New conversations by %s go by %s.", safe.Addr(args[1]), safe.Line(args[0])))
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(strategyNames)
	return p.writes(c)
}

func strategyNames(ctx context.Context, seat *desk.Seat) ([]string, error) {
	list, err := seat.Strategies(ctx)
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = v.Name
	}
	return words, err
}
