package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk/safe"
)

func (p *program) ruleWebhookKeyCommand() *cobra.Command {
	var renew bool
	c := &cobra.Command{
		Use: "webhook-key NAME", Short: "Print what the calls of a rule are signed with",
		Long: "Prints the key with which the calls of a rule are signed, for whoever may change the rule.\n" +
			"--renew makes another one; from then on no call is signed with the old one. How a call is\n" +
			"verified is in docs/routing.md.",
		Args: wants(1, 1),
	}
	c.RunE = p.seated(func(ctx context.Context, h *house, args []string) error {
		read := h.seat.HookKey
		if renew {
			read = h.seat.RenewHookKey
		}
		k, err := read(ctx, args[0])
		if err != nil {
			return err
		}
		if p.print.json {
			return p.print.document(hookKeyForm{k.Rule, k.Key, stamp(k.Since), k.Calls})
		}
		p.print.say(safe.Line(k.Key))
		if renew {
			p.done(safe.Sprintf("The calls of %s have another key.", safe.Line(quoted(k.Rule))))
		}
		return nil
	})
	c.Flags().BoolVar(&renew, "renew", false, "make another key; the old one is no more")
	c.ValidArgsFunction = p.completing(ruleNames)
	return p.writes(c)
}

// hookKeyForm is a key in the form for programs.
type hookKeyForm struct {
	Rule  string   `json:"rule"`
	Key   string   `json:"key"`
	Since stamp    `json:"since"`
	Calls []string `json:"calls"`
}
