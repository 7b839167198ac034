package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

func (p *program) accountReauthCommand() *cobra.Command {
	var command string
	c := &cobra.Command{
		Use: "reauth ADDRESS", Short: "Sign an account in again, with a new password",
		Long: "Tries the new password on both servers and keeps it only when that works. Mail,\n" +
			"history and everything else about the account stay. The password is asked for, or\n" +
			"comes from POSTROOM_PASSWORD or --password-command; it is never an argument.",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			return p.reauth(ctx, h, args[0], command)
		}),
	}
	c.Flags().StringVar(&command, "password-command", "", "command that prints the password, run at each connection")
	return p.writes(c)
}

func (p *program) reauth(ctx context.Context, h *house, address, command string) error {
	secrets, _, err := p.secrets(h)
	if err != nil {
		return err
	}
	a, err := h.seat.Reauth(ctx, address, func(a desk.Account) (desk.Account, error) {
		a.Secret, a.PasswordCommand = nil, command
		password, err := p.passwordFor(ctx, secrets, a)
		if err != nil {
			return a, err
		}
		if err := probe(ctx, a, password); err != nil {
			return a, err
		}
		if command == "" && !p.flags.rehearse {
			a.Secret, err = secrets.Seal([]byte(password))
		}
		return a, err
	})
	if err != nil {
		return err
	}
	if p.print.json {
		return p.print.document(struct {
			Address string `json:"address"`
		}{a.Address})
	}
	p.done(safe.Sprintf("%s is signed in again.", safe.Addr(a.Address)))
	return nil
}
