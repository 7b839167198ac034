package main

import (
	"context"

	"github.com/spf13/cobra"

	"postroom/desk"
	"postroom/desk/safe"
)

func (p *program) accountReauthCommand() *cobra.Command {
	var command string
	var how signingIn
	var c *cobra.Command
	c = &cobra.Command{
		Use: "reauth ADDRESS", Short: "Sign an account in again",
		Long: "Tries the new password on both servers and keeps it only when that works. Mail,\n" +
			"history and everything else about the account stay. The password is asked for, or\n" +
			"comes from POSTROOM_PASSWORD or --password-command; it is never an argument.\n\n" +
			"An account that signs in at a provider does so again, as account connect does; with\n" +
			"--oauth one with a password changes to a provider, and with --password back.",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			if err := how.settle(c); err != nil {
				return err
			}
			return p.reauth(ctx, h, args[0], command, how)
		}),
	}
	signInFlags(c, &how)
	c.Flags().StringVar(&command, "password-command", "", "command that prints the password, run at each connection")
	return p.writes(c)
}

func (p *program) reauth(ctx context.Context, h *house, address, command string, how signingIn) error {
	secrets, _, err := p.secrets(h)
	if err != nil {
		return err
	}
	a, err := h.seat.Reauth(ctx, address, func(a desk.Account) (desk.Account, error) {
		a.Secret, a.PasswordCommand = nil, command
		switch {
		case how.password || command != "":
			a.OAuth, a.OAuthUser = "", ""
		case a.OAuth == "" && how.provider != "" || how.provider != "" && how.provider != a.OAuth:
			if a.OAuth, err = p.chooseProvider(ctx, h, how, a); err != nil {
				return a, err
			}
			if a.OAuthUser == "" {
				a.OAuthUser = a.Address
			}
		}
		if a.OAuth != "" {
			return p.signAgain(ctx, h, a, how)
		}
		password, err := p.passwordFor(ctx, secrets, a)
		if err != nil {
			return a, err
		}
		if err := probe(ctx, a, password); err != nil {
			return a, err
		}
		if command == "" && !p.flags.rehearse {
			a.Secret, err = secrets.Seal(ctx, []byte(password))
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

// signAgain signs an account in at its provider again, and tries that on both
// servers.
func (p *program) signAgain(ctx context.Context, h *house, a desk.Account, how signingIn) (desk.Account, error) {
	tokens, err := p.tokens(h)
	if err != nil {
		return a, err
	}
	signed, err := p.signIn(ctx, tokens, a, how)
	if err != nil {
		return a, err
	}
	if a, err = p.signedAs(ctx, a, signed); err != nil {
		return a, err
	}
	return a, probe(ctx, a, signed.Token)
}
