package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk/safe"
)

func (p *program) undoCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "undo [BATCH]", Short: "Take back your last action, or the one named",
		Long: "Takes back your last undoable action. What has changed since is left alone, and\n" +
			"it is said who changed it, and what of yours is newer and cannot be taken back.",
		Args: wants(0, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			batch := ""
			if len(args) > 0 {
				batch = args[0]
			}
			out, err := h.seat.Undo(ctx, batch)
			if err == nil && !p.print.json && len(out.Done) > 0 {
				p.print.remark(safe.Sprintf("The action was: %s", safe.Line(string(out.What))))
			}
			switch past := out.Past(); {
			case past == "" || err != nil:
			case p.print.json:
				out.Said = append(out.Said, past)
			default:
				p.print.remark(safe.Line(past))
			}
			return p.outcome("Took it back in", out.Outcome, err)
		}),
	}
	return p.writes(c)
}
