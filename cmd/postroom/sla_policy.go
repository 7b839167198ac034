package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

// policyForm is a policy in the form for programs.
type policyForm struct {
	Name    string                    `json:"name"`
	Version int                       `json:"version"`
	Terms   map[desk.PolicyKey]string `json:"terms"`
}

// termUses say what the flags of a policy's terms are for.
func termUses() map[desk.PolicyKey]string {
	return map[desk.PolicyKey]string{
		desk.PolicyFirst:      "`GOAL` for the first answer, like 4h, or '4h in berlin warn 30m'",
		desk.PolicyNext:       "`GOAL` for each answer after the first",
		desk.PolicySolved:     "`GOAL` for closing the ticket",
		desk.PolicyInboxes:    "only for tickets of these inboxes, with commas between",
		desk.PolicyPriorities: "only for these priorities",
		desk.PolicyTags:       "only for tickets with one of these tags",
		desk.PolicyCompanies:  "only for the people of these companies",
		desk.PolicyPipelines:  "only for these pipelines",
		desk.PolicyStarts:     "where a ticket made by hand is counted from: 'first mail' or ticket",
		desk.PolicyStanding:   "on, or off: it counts for no new ticket then",
	}
}

// termFlags gives a command a flag for each term, and tells those that were
// given.
func termFlags(c *cobra.Command) func() map[desk.PolicyKey]string {
	values := map[desk.PolicyKey]*string{}
	for key, what := range termUses() {
		values[key] = c.Flags().String(string(key), "", what)
	}
	return func() map[desk.PolicyKey]string {
		terms := map[desk.PolicyKey]string{}
		for key, value := range values {
			if c.Flags().Changed(string(key)) {
				terms[key] = *value
			}
		}
		return terms
	}
}

func (p *program) policyCommand(use, short, example string, change func(context.Context, *desk.Seat, string, map[desk.PolicyKey]string, desk.Running) (int, error)) *cobra.Command {
	var open bool
	c := &cobra.Command{Use: use + " NAME", Short: short, Example: example, Args: wants(1, 1)}
	terms := termFlags(c)
	forOpen(c, &open)
	c.RunE = p.seated(func(ctx context.Context, h *house, args []string) error {
		recounted, err := change(ctx, h.seat, args[0], terms(), running(open))
		if err != nil {
			return err
		}
		if p.print.json {
			return p.print.document(struct {
				Name      string `json:"name"`
				Recounted int    `json:"recounted"`
			}{args[0], recounted})
		}
		p.done(safe.Sprintf("The policy %s counts.", safe.Line(quoted(args[0]))))
		if recounted > 0 {
			p.done(safe.Sprintf("Open tickets that are due at another time now: %s.", safe.Int(recounted)))
		}
		return nil
	})
	return p.writes(c)
}

func (p *program) slaAddCommand() *cobra.Command {
	return p.policyCommand("add", "Promise something to tickets: a policy behind those there are; admins only",
		"  postroom sla add Urgent --priority urgent --first-response '1h in berlin' --resolution '8h in berlin warn 25%'",
		func(ctx context.Context, s *desk.Seat, name string, terms map[desk.PolicyKey]string, to desk.Running) (int, error) {
			return s.AddPolicy(ctx, name, terms, to)
		})
}

func (p *program) slaSetCommand() *cobra.Command {
	c := p.policyCommand("set", "Change terms of a policy; an empty value takes one away; admins only",
		"  postroom sla set Urgent --first-response 30m --open",
		func(ctx context.Context, s *desk.Seat, name string, terms map[desk.PolicyKey]string, to desk.Running) (int, error) {
			return s.SetPolicy(ctx, name, terms, to)
		})
	c.ValidArgsFunction = p.completing(policyNames)
	return c
}

func (p *program) slaListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the policies, in the order in which a ticket meets them: the first that fits counts", Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			list, err := h.seat.Policies(ctx)
			if err != nil {
				return err
			}
			if p.print.json {
				forms := []policyForm{}
				for _, v := range list {
					forms = append(forms, policyForm{v.Name, v.Version, v.Words})
				}
				return p.print.document(forms)
			}
			for _, v := range list {
				p.print.rule(safe.Sprintf("%s, version %s", safe.Line(v.Name), safe.Int(v.Version)))
				var fields [][2]safe.Text
				for _, key := range desk.PolicyKeys() {
					fields = append(fields, [2]safe.Text{safe.Line(string(key)), safe.Line(v.Words[key])})
				}
				p.print.fields(fields...)
			}
			return nil
		}),
	}
}

func (p *program) slaOrderCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "order NAME…", Short: "Put policies first, in this order; admins only", Args: wants(1, -1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			if err := h.seat.OrderPolicies(ctx, args); err != nil {
				return err
			}
			p.done(safe.Const("The policies are in this order."))
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(policyNames)
	return p.writes(c)
}

func (p *program) slaRemoveCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "remove NAME", Short: "Remove a policy; clocks that run by it go on; admins only", Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			if err := h.seat.RemovePolicy(ctx, args[0]); err != nil {
				return err
			}
			p.done(safe.Sprintf("The policy %s is no more.", safe.Line(quoted(args[0]))))
			return nil
		}),
	}
	c.ValidArgsFunction = p.completing(policyNames)
	return p.writes(c)
}

func policyNames(ctx context.Context, seat *desk.Seat) ([]string, error) {
	list, err := seat.Policies(ctx)
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = v.Name
	}
	return words, err
}
