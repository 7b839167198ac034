package main

import (
	"context"

	"postroom/connector"
	"postroom/desk"
	"postroom/ui/settings"
)

// settings is what the screen of the settings needs: each is what a command
// does.
func (p *program) settings(h *house, secrets *connector.Secrets) settings.Outside {
	return settings.Outside{
		Desk: h.seat,
		SignIn: func(ctx context.Context, address, password string) error {
			_, err := h.seat.Reauth(ctx, address, func(a desk.Account) (desk.Account, error) {
				if a.OAuth != "" {
					return a, &desk.Error{
						Kind: desk.Invalid, Code: "NO_PASSWORD", Message: a.Address + " signs in at a provider and has no password here.",
						Hint: "Sign in there: postroom account reauth " + a.Address,
					}
				}
				if err := probe(ctx, a, password); err != nil {
					return a, err
				}
				var err error
				a.PasswordCommand = ""
				a.Secret, err = secrets.Seal([]byte(password))
				return a, err
			})
			return err
		},
		Readings: func(ctx context.Context, servers bool) (desk.Readings, error) {
			return p.readings(ctx, h, secrets, !servers)
		},
		BackUp: func(ctx context.Context, file string) (settings.Copied, error) {
			if err := h.seat.MayBackUp(ctx); err != nil {
				return settings.Copied{}, err
			}
			done, err := h.store.Backup(ctx, file)
			if err == nil {
				err = damagedMail(done.Damaged)
			}
			if err == nil {
				err = h.seat.NoteBackup(ctx, done.Path)
			}
			return settings.Copied{File: done.Path, Size: done.Size, Mails: done.Mails}, err
		},
	}
}
