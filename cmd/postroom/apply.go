package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk/safe"
)

func (p *program) applyCommand() *cobra.Command {
	return p.writes(&cobra.Command{
		Use: "apply FILE", Short: "Bring the desk in line with a file of its set-up; admins only",
		Long: "Makes and changes what the file says, all of it or nothing, and says each change. What the\n" +
			"desk has besides stays, but for the kinds that stand in exact. Applied again it changes\n" +
			"nothing. FILE - is standard input. docs/config.md has the form.\n\n" +
			"A mailbox signs in by a command of its own; what is missing is told.",
		Example: "  postroom apply desk.toml --dry-run\n  postroom apply desk.toml",
		Args:    wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			f, err := p.configuration(ctx, args[0])
			if err != nil {
				return err
			}
			done, err := h.seat.Apply(ctx, f.Config)
			if err != nil {
				return f.placed(err)
			}
			if p.print.json {
				return p.print.document(struct {
					Changes []string `json:"changes"`
					Missing []string `json:"missing"`
					DryRun  bool     `json:"dry_run"`
					Batch   string   `json:"batch"`
				}{append([]string{}, done.Changes...), append([]string{}, done.Missing...), p.flags.rehearse, done.Batch})
			}
			for _, line := range done.Changes {
				p.print.say(safe.Line(line))
			}
			for _, line := range done.Missing {
				p.print.remark(safe.Line(line))
			}
			if len(done.Changes) == 0 {
				p.done(safe.Const("The desk is as the file says: nothing to change."))
				return nil
			}
			p.done(safe.Sprintf("Changes: %s.", safe.Int(len(done.Changes))))
			return nil
		}),
	})
}
