package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"postroom/desk"
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
			key, err := readKey(file)
			if err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					File string `json:"file"`
					Key  string `json:"key"`
				}{file, key})
			}
			p.print.say(safe.Clean(strings.TrimRight(key, "\n")))
			return nil
		}),
	}
}

// readKey reads the key file, and nothing that is none.
func readKey(file string) (string, error) {
	b, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", &desk.Error{
			Kind: desk.NotFound, Code: "NO_KEY", Message: "There is no key at " + file + ".",
			Hint: "It is made with the first password; POSTROOM_KEY_FILE says where another one lies.",
		}
	case err != nil:
		return "", unreadable(file, err)
	case !strings.Contains(string(b), "AGE-SECRET-KEY-1"):
		return "", broken("NO_KEY", "Say where the key is: POSTROOM_KEY_FILE=/path/to/key", "The file %s holds no key.", file)
	}
	return string(b), nil
}
