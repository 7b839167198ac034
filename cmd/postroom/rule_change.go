package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

func (p *program) ruleSetCommand() *cobra.Command {
	var f ruleFlags
	c := &cobra.Command{
		Use: "set NAME", Short: "Change parts of a rule; --then replaces all its actions",
		Example: "  postroom rule set 'invoices to finance' --when 'invoice* -from:@acme.test'",
		Args:    wants(1, 1),
	}
	c.RunE = p.seated(func(ctx context.Context, h *house, args []string) error {
		v, err := h.seat.EditRule(ctx, args[0], func(t *desk.RuleText) error { return f.onto(ctx, p, c, t) })
		if err != nil {
			return err
		}
		return p.ruleDone("Changed", v)
	})
	f.declare(c)
	c.Flags().StringVar(&f.name, "name", "", "another name")
	c.ValidArgsFunction = p.completing(ruleNames)
	return p.writes(c)
}

func (p *program) ruleEditCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "edit NAME FILE", Short: "Replace a rule by one in a file, as show writes it; - is standard input",
		Example: "  postroom rule show 'invoices to finance' > rule.txt\n  postroom rule edit 'invoices to finance' rule.txt",
		Args:    wants(2, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			list, err := p.rulesIn(ctx, args[1])
			if err != nil {
				return err
			}
			if len(list) != 1 {
				return &desk.Error{Kind: desk.Invalid, Code: "BAD_RULES", Message: "There are " + strconv.Itoa(len(list)) + " rules in the file.", Hint: "Leave one there."}
			}
			v, err := h.seat.EditRule(ctx, args[0], func(t *desk.RuleText) error { *t = list[0]; return nil })
			if err != nil {
				return err
			}
			return p.ruleDone("Changed", v)
		}),
	}
	c.ValidArgsFunction = p.completing(ruleNames)
	return p.writes(c)
}

// maxRuleFile is how large a file of rules may be: 2,000 of the longest.
const maxRuleFile = 32 << 20

// rulesIn reads rules from a file.
func (p *program) rulesIn(ctx context.Context, file string) ([]desk.RuleText, error) {
	b, err := p.readFile(ctx, file, maxRuleFile)
	if err != nil {
		return nil, err
	}
	if err := readable(string(b), "the file"); err != nil {
		return nil, err
	}
	return desk.ParseRules(string(b))
}

func (p *program) ruleSwitchCommand(verb, short string, on bool) *cobra.Command {
	c := &cobra.Command{
		Use: verb + " NAME", Short: short, Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			v, err := h.seat.EditRule(ctx, args[0], func(t *desk.RuleText) error { t.Enabled = on; return nil })
			if err != nil {
				return err
			}
			return p.ruleDone(capital(verb)+"d", v)
		}),
	}
	c.ValidArgsFunction = p.completing(ruleNames)
	return p.writes(c)
}

func (p *program) ruleOrderCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "order NAME PLACE", Short: "Put a rule at a place of the order; 1 runs first", Args: wants(2, 2),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			at, err := strconv.Atoi(args[1])
			if err != nil {
				return &desk.Error{Kind: desk.Invalid, Code: "USAGE", Message: quoted(args[1]) + " is no place.", Hint: "Give a number from 1 on."}
			}
			if err := h.seat.OrderRule(ctx, args[0], at); err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					Rule     string `json:"rule"`
					Position int    `json:"position"`
				}{args[0], at})
			}
			p.done(safe.Sprintf("%s is number %s now.", safe.Line(quoted(args[0])), safe.Int(at)))
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(ruleNames)
	return p.writes(c)
}

func (p *program) ruleRemoveCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "remove NAME", Short: "Forget a rule; what it did stays, and its history in the journal", Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			if err := h.seat.RemoveRule(ctx, args[0]); err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					Rule string `json:"rule"`
				}{args[0]})
			}
			p.done(safe.Sprintf("The rule %s is no more.", safe.Line(quoted(args[0]))))
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(ruleNames)
	return p.writes(c)
}

// versionForm is a version of a rule in the form for programs.
type versionForm struct {
	Version int64         `json:"version"`
	At      stamp         `json:"at"`
	Who     string        `json:"who"`
	Change  string        `json:"change"`
	Rule    desk.RuleText `json:"rule"`
}

func (p *program) ruleHistoryCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "history NAME", Short: "Who changed a rule when, and what", Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			list, err := h.seat.RuleHistory(ctx, args[0])
			if err != nil {
				return err
			}
			if p.print.json {
				forms := []versionForm{}
				for _, v := range list {
					forms = append(forms, versionForm{int64(v.Edition), stamp(v.At), v.Who, string(v.Change), v.Text})
				}
				return p.print.document(forms)
			}
			before := ""
			for _, v := range list {
				p.print.say(safe.Sprintf("%s: %s %s it, version %s", moment(v.At), safe.Line(v.Who), safe.Line(string(v.Change)), safe.Int(int(v.Edition))))
				now := v.Text.String()
				p.ruleDifference(before, now)
				before = now
			}
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(ruleNames)
	return c
}

// ruleDifference prints the lines of a rule that went and came.
func (p *program) ruleDifference(before, now string) {
	tell := func(sign safe.Text, text, other string) {
		for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
			if line != "" && !strings.Contains("\n"+other, "\n"+line+"\n") {
				p.print.say(safe.Sprintf("  %s %s", sign, safe.Line(line)))
			}
		}
	}
	tell(safe.Const("-"), before, now)
	tell(safe.Const("+"), now, before)
}

func (p *program) ruleTemplateCommand() *cobra.Command {
	return &cobra.Command{
		Use: "template", Short: "List the rules that come with postroom, to begin with", Args: wants(0, 0),
		RunE: func(*cobra.Command, []string) error {
			list := desk.RuleTemplates()
			if p.print.json {
				type form struct {
					Name string        `json:"name"`
					Says string        `json:"says"`
					Rule desk.RuleText `json:"rule"`
				}
				forms := []form{}
				for _, t := range list {
					forms = append(forms, form(struct {
						Name string
						Says string
						Rule desk.RuleText
					}{t.Name, t.Says, t.Text}))
				}
				return p.print.document(forms)
			}
			for _, t := range list {
				p.print.say(safe.Sprintf("%s: %s", safe.Line(t.Name), safe.Line(t.Says)))
				p.print.quote(safe.Clean(strings.TrimSpace(t.Text.String())))
			}
			p.print.remark(safe.Const("Make one with: postroom rule add --template NAME --fill INBOX=support --fill WHO=maya"))
			return nil
		},
	}
}
