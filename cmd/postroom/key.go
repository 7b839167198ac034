package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk/safe"
)

func (p *program) keyCommand() *cobra.Command {
	return p.group("key", "The key to the accounts' passwords", p.keyExportCommand())
}

func (p *program) keyExportCommand() *cobra.Command {
	return &cobra.Command{
		Use: "export", Short: "Print the key that opens the accounts' passwords",
		Long: "Prints the key file, to be kept apart from the backup. Put it back as the file that\n" +
			"POSTROOM_KEY_FILE names. Without the key every account has to sign in again;\n" +
			"nothing else is lost.",
		Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			if err := h.seat.MayBackUp(ctx); err != nil {
				return err
			}
			_, file, err := p.secrets(h)
			if err != nil {
				return err
			}
			key, err := p.readFile(file)
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					File string `json:"file"`
					Key  string `json:"key"`
				}{file, string(key)})
			}
			p.print.say(safe.Clean(strings.TrimRight(string(key), "\n")))
			return nil
		}),
	}
}
