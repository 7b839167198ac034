package main

import (
	"context"

	"github.com/spf13/cobra"
)

func (p *program) inboxCreateCommand() *cobra.Command {
	var n newInbox
	c := &cobra.Command{
		Use: "create NAME", Short: "Make an inbox: personal, or shared by a team",
		Long: "Makes a personal inbox, or with --shared a queue that several work on. Who they are says\n" +
			"--access; without it a terminal asks, and a script makes an inbox in which you work alone.\n" +
			"--template begins with the settings that suit support, sales, billing or general; they are\n" +
			"told, and inbox set changes them. account connect --new makes an inbox with its mailbox.",
		Example: "  postroom inbox create support --shared --access everyone --template support --deputy maya\n" +
			"  postroom inbox create billing --shared --access maya,team:Office",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			n.name = args[0]
			if err := p.askWhoWorksThere(ctx, &n); err != nil {
				return err
			}
			wanted, err := n.wanted()
			if err != nil {
				return err
			}
			res, err := h.seat.MakeInbox(ctx, wanted)
			if err != nil {
				return err
			}
			made := p.madeOf(res, wanted.Access)
			if p.print.json {
				return p.print.document(made)
			}
			p.tellMade(made)
			return nil
		}),
	}
	newInboxFlags(c, &n)
	return p.writes(c)
}
