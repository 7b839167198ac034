package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk/safe"
)

func (p *program) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Copy the database to a file, also while it is in use",
		Long: "Makes a consistent copy of the database; open it with --db FILE. The key that opens\n" +
			"the accounts' passwords is not in it: postroom key export prints that.",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			if err := h.seat.MayBackUp(ctx); err != nil {
				return err
			}
			done, err := h.store.Backup(ctx, args[0])
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					File   string `json:"file"`
					Size   int64  `json:"size"`
					SHA256 string `json:"sha256"`
				}{done.Path, done.Size, done.SHA256})
			}
			p.done(safe.Sprintf("Copied the desk to %s, %s.", safe.Line(done.Path), bytesText(done.Size)))
			p.print.say(safe.Sprintf("SHA-256 %s", safe.Line(done.SHA256)))
			p.print.remark(safe.Const("The key to the accounts' passwords is not in it; keep that apart: postroom key export"))
			return nil
		}),
	}
}
