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
	return p.group("key", "The key to the accounts' passwords", p.keyExportCommand(), p.keyNewCommand())
}

func (p *program) keyExportCommand() *cobra.Command {
	return &cobra.Command{
		Use: "export", Short: "Print the key that opens the accounts' passwords",
		Long: "Prints the key file, to be kept apart from the backup, or saved on another machine that\n" +
			"works on this desk: as the file that POSTROOM_KEY_FILE names there, with chmod 600.",
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

// newKeyForm tells programs what has to be done after a key was lost.
type newKeyForm struct {
	File string `json:"file"`
	// Accounts have to sign in again; Others are in personal inboxes of
	// somebody else, who has to.
	Accounts []string `json:"accounts"`
	Others   int      `json:"others"`
	// Providers have lost their client secret.
	Providers []string `json:"providers"`
	DryRun    bool     `json:"dry_run"`
}

func (p *program) keyNewCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "new", Short: "Begin a new key when the old one is lost; every account signs in again",
		Long: "Only for a key that is on no machine any more: what was sealed with it cannot be opened\n" +
			"by anybody. Every account with a password or a sign-in of its own is put into the state\n" +
			"needs sign-in, its outgoing mail is held, and account reauth brings it back; mail, history\n" +
			"and settings stay. Accounts with a password command go on. The new key is the one in the\n" +
			"key file, which is made if it is missing. While the key is here nothing is done.",
		Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			secrets, file, err := p.secrets(h)
			if err != nil {
				return err
			}
			var lost desk.NewKey
			err = secrets.Replace(ctx, func(old, key string) error {
				var err error
				lost, err = h.seat.BeginKey(ctx, old, key)
				return err
			})
			if err != nil {
				return err
			}
			return p.keyBegun(file, lost)
		}),
	}
	return p.writes(c)
}

// keyBegun says what has to be done now.
func (p *program) keyBegun(file string, lost desk.NewKey) error {
	f := newKeyForm{File: file, Accounts: []string{}, Providers: append([]string{}, lost.Providers...), DryRun: p.flags.rehearse}
	for _, a := range lost.Accounts {
		if a.Address == "" {
			f.Others++
			continue
		}
		f.Accounts = append(f.Accounts, a.Address)
	}
	if p.print.json {
		return p.print.document(f)
	}
	p.done(safe.Sprintf("The key of this desk is %s now. Keep a copy of it: postroom key export", safe.Line(file)))
	for _, provider := range f.Providers {
		p.print.say(safe.Sprintf("Set up again first: postroom oauth set %s --client-id ID", safe.Line(provider)))
	}
	for _, address := range f.Accounts {
		p.print.say(safe.Sprintf("Needs sign-in: postroom account reauth %s", safe.Addr(address)))
	}
	if f.Others > 0 {
		p.print.say(safe.Sprintf("%s of others too: whoever it belongs to signs it in again.", safe.Line(capital(count(f.Others, "personal account", "personal accounts")))))
	}
	return nil
}

// readKey reads the key file, and nothing that is none.
func readKey(file string) (string, error) {
	b, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", &desk.Error{
			Kind: desk.NotFound, Code: "NO_KEY", Message: "There is no key at " + file + ".",
			Hint: "POSTROOM_KEY_FILE says where another one lies. It is made with the first password; if it is lost: postroom key new",
		}
	case err != nil:
		return "", unreadable(file, err)
	case !strings.Contains(string(b), "AGE-SECRET-KEY-1"):
		return "", broken("NO_KEY", "Say where the key is: POSTROOM_KEY_FILE=/path/to/key", "The file %s holds no key.", file)
	}
	return string(b), nil
}
