package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

func (p *program) ruleCommand() *cobra.Command {
	return p.group("rule", "Rules: what is done by itself when mail comes in",
		p.ruleAddCommand(), p.ruleListCommand(), p.ruleShowCommand(), p.ruleSetCommand(), p.ruleEditCommand(), p.ruleOrderCommand(),
		p.ruleSwitchCommand("enable", "Switch a rule on", true), p.ruleSwitchCommand("disable", "Switch a rule off; it stays", false),
		p.ruleRemoveCommand(), p.ruleHistoryCommand(), p.ruleWebhookKeyCommand(), p.ruleTemplateCommand(), p.ruleTestCommand(), p.ruleReplayCommand())
}

// ruleForm is a rule in the form for programs.
type ruleForm struct {
	Position int      `json:"position"`
	Name     string   `json:"name"`
	Enabled  bool     `json:"enabled"`
	Scope    string   `json:"scope"`
	On       string   `json:"on"`
	When     string   `json:"when"`
	Then     []string `json:"then"`
	Version  int64    `json:"version"`
	Hits     int64    `json:"hits"`
	LastHit  stamp    `json:"last_hit"`
	Broken   string   `json:"broken"`
	DryRun   bool     `json:"dry_run,omitempty"`
}

func (p *program) ruleOf(v desk.RuleView) ruleForm {
	return ruleForm{
		Position: v.Position, Name: v.Name, Enabled: v.Enabled, Scope: v.Text.Scope, On: v.Text.On, When: v.When, Then: v.Then,
		Version: int64(v.Edition), Hits: v.Hits, LastHit: stamp(v.LastHit), Broken: v.Broken, DryRun: p.flags.rehearse,
	}
}

// ruleFlags are a rule as it is typed.
type ruleFlags struct {
	name, scope, on, when string
	then                  []string
}

func (f *ruleFlags) declare(c *cobra.Command) {
	c.Flags().StringVar(&f.scope, "scope", "", "where it counts: desk, inbox:NAME or channel:ADDRESS")
	c.Flags().StringVar(&f.on, "on", "", "when it runs: "+strings.Join(ruleEvents(), ", "))
	c.Flags().StringVar(&f.when, "when", "", "the condition, as a query; empty is always true")
	c.Flags().StringArrayVar(&f.then, "then", nil, "an action, as \"assign maya\"; once for each")
}

func ruleEvents() []string {
	var words []string
	for _, e := range desk.RuleEvents() {
		words = append(words, string(e))
	}
	return words
}

// onto puts what was typed into a rule.
func (f *ruleFlags) onto(ctx context.Context, p *program, c *cobra.Command, t *desk.RuleText) error {
	for flag, field := range map[string]*string{"scope": &t.Scope, "on": &t.On, "when": &t.When, "name": &t.Name} {
		if c.Flags().Changed(flag) {
			*field = map[string]string{"scope": f.scope, "on": f.on, "when": f.when, "name": f.name}[flag]
		}
	}
	if !c.Flags().Changed("then") {
		return nil
	}
	t.Then = nil
	for _, line := range f.then {
		line, err := p.ruleAction(ctx, line)
		if err != nil {
			return err
		}
		t.Then = append(t.Then, line)
	}
	return nil
}

// ruleAction reads the text of an answer from the file behind an @.
func (p *program) ruleAction(ctx context.Context, line string) (string, error) {
	file, ok := strings.CutPrefix(strings.TrimSpace(line), "reply @")
	if !ok {
		return line, nil
	}
	b, err := p.readFile(ctx, file, desk.MaxText)
	if err != nil {
		return "", err
	}
	return desk.ReplyAction(string(b)), readable(string(b), "the answer")
}

func (p *program) ruleAddCommand() *cobra.Command {
	var f ruleFlags
	var at int
	var template string
	var fill map[string]string
	var off bool
	c := &cobra.Command{
		Use: "add NAME", Short: "Make a rule",
		Long: "Makes a rule: on an event, when a condition holds, it does something. Rules run in one order,\n" +
			"each once for a mail; what a rule does makes no other rule run. The condition is a query as in\n" +
			"a list, with body:, header:, ext:, type:, lang:, auth:, channel:, is:new, is:reply and is:auto\n" +
			"besides. The actions are:\n\n" + ruleActions(),
		Example: "  postroom rule add 'invoices to finance' --scope inbox:support --when 'invoice* OR subject:payment' --then 'assign maya' --then 'tag invoice'\n" +
			"  postroom rule add --template invoice-to-finance --fill INBOX=support --fill WHO=maya\n" +
			"  postroom rule replay --days 30",
		Args: wants(0, 1),
	}
	c.RunE = p.seated(func(ctx context.Context, h *house, args []string) error {
		t := desk.RuleText{Scope: desk.ScopeDesk, On: string(desk.OnReceived)}
		if template != "" {
			var err error
			if t, err = desk.FillRule(template, fill); err != nil {
				return err
			}
		}
		if len(args) > 0 {
			t.Name = args[0]
		}
		if c.Flags().Changed("at") && at < 1 {
			return misused(c, "--at is a place in the order, from 1 on.")
		}
		t.Enabled = !off
		if err := f.onto(ctx, p, c, &t); err != nil {
			return err
		}
		v, err := h.seat.AddRule(ctx, t, at)
		if err != nil {
			return err
		}
		return p.ruleDone("Made", v)
	})
	f.declare(c)
	c.Flags().IntVar(&at, "at", 0, "its place in the order, from 1 on (default the end)")
	c.Flags().StringVar(&template, "template", "", "begin with one of: postroom rule template")
	c.Flags().StringToStringVar(&fill, "fill", nil, "fill in a word of the template, as INBOX=support")
	c.Flags().BoolVar(&off, "disabled", false, "make it switched off")
	return p.writes(c)
}

// ruleActions are all actions with what they do, for the help.
func ruleActions() string {
	var b strings.Builder
	for _, v := range desk.RuleVerbs() {
		b.WriteString("  " + v.Example + strings.Repeat(" ", max(1, 34-len(v.Example))) + v.Says)
		if v.Shared {
			b.WriteString(" (shared inboxes)")
		}
		b.WriteString("\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (p *program) ruleDone(verb string, v desk.RuleView) error {
	if p.print.json {
		return p.print.document(p.ruleOf(v))
	}
	p.done(safe.Sprintf("%s the rule %s, number %s in the order.", safe.Line(verb), safe.Line(quoted(v.Name)), safe.Int(v.Position)))
	return nil
}

func (p *program) ruleListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the rules in their order, with how often each matched", Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			list, err := h.seat.Rules(ctx)
			if err != nil {
				return err
			}
			if p.print.json {
				forms := make([]ruleForm, len(list))
				for i, v := range list {
					forms[i] = p.ruleOf(v)
				}
				return p.print.document(forms)
			}
			if len(list) == 0 {
				p.print.remark(safe.Const("There is no rule. Begin with: postroom rule template"))
				return nil
			}
			var rows [][]safe.Text
			for _, v := range list {
				rows = append(rows, []safe.Text{
					safe.Int(v.Position), safe.Line(v.Name), safe.Line(v.Text.Scope), safe.Line(v.Text.On), p.ruleState(v),
					safe.Line(v.When), safe.Line(desk.Snippet(strings.Join(v.Then, ", "), 80)),
				})
			}
			p.print.table([]column{
				{title: safe.Const("NO"), right: true},
				{title: safe.Const("RULE"), gives: true},
				{title: safe.Const("SCOPE")},
				{title: safe.Const("ON")},
				{title: safe.Const("MATCHED")},
				{title: safe.Const("WHEN"), gives: true},
				{title: safe.Const("THEN"), gives: true},
			}, rows)
			return nil
		}),
	}
}

// ruleState says whether a rule is of use.
func (p *program) ruleState(v desk.RuleView) safe.Text {
	switch {
	case v.Broken != "":
		return safe.Const("broken")
	case !v.Enabled:
		return safe.Const("off")
	case v.Hits == 0:
		return safe.Const("never")
	default:
		return safe.Int(int(v.Hits))
	}
}

func (p *program) ruleShowCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "show [NAME]", Short: "Show a rule, or all, in the form that edit and replay read", Args: wants(0, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			list, err := h.seat.Rules(ctx)
			if err == nil && len(args) > 0 {
				list = list[:0]
				var v desk.RuleView
				v, err = h.seat.Rule(ctx, args[0])
				list = append(list, v)
			}
			if err != nil {
				return err
			}
			if p.print.json {
				if len(args) > 0 {
					return p.print.document(p.ruleOf(list[0]))
				}
				forms := make([]ruleForm, len(list))
				for i, v := range list {
					forms[i] = p.ruleOf(v)
				}
				return p.print.document(forms)
			}
			for i, v := range list {
				if i > 0 {
					p.print.say(safe.Text{})
				}
				for line := range strings.SplitSeq(strings.TrimSpace(v.Text.String()), "\n") {
					p.print.say(safe.Line(line))
				}
				if v.Broken != "" {
					p.print.remark(safe.Sprintf("It cannot run: %s", safe.Line(v.Broken)))
				}
			}
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(ruleNames)
	return c
}

func ruleNames(ctx context.Context, seat *desk.Seat) ([]string, error) {
	list, err := seat.Rules(ctx)
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = v.Name
	}
	return words, err
}
