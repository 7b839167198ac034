package main

import (
	"context"
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
		Use: "export [FILE]", Short: "Print the key that opens the accounts' passwords, or save it",
		Long: "Prints the key file, to be kept apart from the backup, or saved on another machine that\n" +
			"works on this desk: as the file that POSTROOM_KEY_FILE names there, with chmod 600. With\n" +
			"FILE it is saved there, and only you can read it. The journal tells who copied the key.",
		Args: wants(0, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			if len(args) == 1 {
				return p.savedKey(ctx, h, args[0])
			}
			key, file, err := p.showKey(ctx, h)
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

// showKey gives the key and the file it lies in.
func (p *program) showKey(ctx context.Context, h *house) (key, file string, err error) {
	if err := h.seat.MayBackUp(ctx); err != nil {
		return "", "", err
	}
	secrets, file, err := p.secrets(h)
	if err == nil {
		key, err = secrets.Export(ctx)
	}
	if err != nil {
		return "", file, err
	}
	// Who can run this can read the file, and may need the key because the desk
	// cannot be written to.
	if err := h.seat.NoteKeyCopy(ctx, ""); err != nil {
		p.print.remark(safe.Sprintf("The desk could not note that the key was shown: %s", safe.Line(errorLine(err))))
	}
	return key, file, nil
}

func (p *program) savedKey(ctx context.Context, h *house, file string) error {
	from, err := p.copyKey(ctx, h, file)
	if err != nil {
		return err
	}
	if p.print.json {
		return p.print.document(struct {
			File string `json:"file"`
			Copy string `json:"copy"`
		}{from, file})
	}
	p.done(safe.Sprintf("The key is in %s now, and only you can read it. Whoever has it and a backup reads the passwords: keep the two apart.", safe.Line(file)))
	return nil
}

// copyKey saves the key as a new file, and says where it lies itself.
func (p *program) copyKey(ctx context.Context, h *house, file string) (from string, err error) {
	if err := h.seat.MayBackUp(ctx); err != nil {
		return "", err
	}
	secrets, from, err := p.secrets(h)
	if err != nil {
		return "", err
	}
	return from, secrets.Copy(ctx, file, func() error { return h.seat.NoteKeyCopy(ctx, file) })
}

// beginKey puts a new key in the place of a lost one, and says where it lies.
func (p *program) beginKey(ctx context.Context, h *house) (lost desk.NewKey, file string, err error) {
	if err := h.seat.MayBackUp(ctx); err != nil {
		return lost, "", err
	}
	secrets, file, err := p.secrets(h)
	if err != nil {
		return lost, file, err
	}
	err = secrets.Replace(ctx, func(old, key string) error {
		var err error
		lost, err = h.seat.BeginKey(ctx, old, key)
		return err
	})
	return lost, file, err
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
			lost, file, err := p.beginKey(ctx, h)
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
