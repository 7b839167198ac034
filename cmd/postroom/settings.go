package main

import (
	"context"
	"slices"

	"postroom/connector"
	"postroom/connector/hours"
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
				err := secrets.Ready(ctx)
				if err == nil {
					err = probe(ctx, a, password)
				}
				if err != nil {
					return a, err
				}
				a.PasswordCommand = ""
				a.Secret, err = secrets.Seal(ctx, []byte(password))
				return a, err
			})
			return err
		},
		Begin: func(ctx context.Context, address string, by settings.SignInWay) (settings.AtProvider, error) {
			return p.beginAtProvider(ctx, h, address, by)
		},
		ByCode: signsInByCode,
		Reread: reread,
		SetServers: func(ctx context.Context, address string, v settings.Servers) (string, error) {
			return p.serversTyped(ctx, h, address, v)
		},
		Providers:   func(ctx context.Context) ([]settings.Provider, error) { return p.setUpProviders(ctx, h) },
		SetProvider: func(ctx context.Context, v settings.ProviderSetting) error { return p.providerTyped(ctx, h, v) },
		Compare: func(ctx context.Context, inbox string, told func(account, folder string)) (settings.Compared, error) {
			return p.compare(ctx, h, inbox, told)
		},
		Repair: func(ctx context.Context, inbox string) (settings.Repaired, error) { return p.repair(ctx, h, inbox) },
		Readings: func(ctx context.Context, servers bool) (desk.Readings, error) {
			return p.readings(ctx, h, secrets, !servers)
		},
		Holidays: func(file string) ([]string, int, error) {
			found, err := hours.ReadHolidays(p.fromHome(file))
			if err != nil {
				return nil, 0, badFile(file, err)
			}
			return found.Dates, found.LeftOut, nil
		},
		BackUp: func(ctx context.Context, file string) (settings.Copied, error) {
			if err := h.seat.MayBackUp(ctx); err != nil {
				return settings.Copied{}, err
			}
			done, err := h.store.Backup(ctx, p.fromHome(file))
			if err == nil {
				err = damagedMail(done.Damaged)
			}
			if err == nil {
				err = h.seat.NoteBackup(ctx, done.Path)
			}
			return settings.Copied{File: done.Path, Size: done.Size, Mails: done.Mails}, err
		},
		CopyKey: func(ctx context.Context, file string) error {
			_, err := p.copyKey(ctx, h, p.fromHome(file))
			return err
		},
		NewKey: func(ctx context.Context) (desk.NewKey, string, error) { return p.beginKey(ctx, h) },
	}
}

// beginAtProvider starts the sign-in of an account at its provider, as account
// reauth does; the screen shows where to go and waits.
func (p *program) beginAtProvider(ctx context.Context, h *house, address string, by settings.SignInWay) (settings.AtProvider, error) {
	accounts, err := h.seat.Accounts(ctx)
	if err != nil {
		return settings.AtProvider{}, err
	}
	at := slices.IndexFunc(accounts, func(a desk.Account) bool { return desk.FoldAddress(a.Address) == desk.FoldAddress(address) })
	if at < 0 {
		return settings.AtProvider{}, &desk.Error{Kind: desk.NotFound, Code: "NO_SUCH_ACCOUNT", Message: "No account " + address + " is connected.", Hint: "Look whether somebody has disconnected it."}
	}
	tokens, err := p.tokens(h)
	if err != nil {
		return settings.AtProvider{}, err
	}
	s, err := tokens.Begin(ctx, accounts[at], by == settings.ByCode)
	if err != nil {
		return settings.AtProvider{}, err
	}
	finish := func(ctx context.Context) error {
		_, err := h.seat.Reauth(ctx, address, func(a desk.Account) (desk.Account, error) {
			signed, err := s.Wait(ctx)
			if err != nil {
				return a, err
			}
			if a, err = p.signedAs(ctx, a, signed); err != nil {
				return a, err
			}
			return a, probe(ctx, a, signed.Token)
		})
		return err
	}
	return settings.AtProvider{URL: s.URL, Code: s.Code, Words: s.Words, Paste: s.Paste, Finish: finish, Close: s.Close}, nil
}
