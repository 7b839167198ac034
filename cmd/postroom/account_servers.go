package main

import (
	"context"
	"errors"
	"strings"

	"postroom/connector/dial"
	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/settings"
)

// toServers is where an account is to connect to; what is nil stays.
type toServers struct{ imap, smtp, username, ca *string }

func (t toServers) asked() bool {
	return t.imap != nil || t.smtp != nil || t.username != nil || t.ca != nil
}

// serversForm is where an account connects to, for programs.
type serversForm struct {
	Address  string `json:"address"`
	IMAP     string `json:"imap"`
	SMTP     string `json:"smtp"`
	Username string `json:"username"`
	// CA says that it trusts certificates of its own besides the system's.
	CA     bool   `json:"ca"`
	Batch  string `json:"batch"`
	DryRun bool   `json:"dry_run"`
}

// serversChange reads the settings that say where an account connects to, and
// leaves the others.
func (p *program) serversChange(ctx context.Context, settings []string) (to toServers, rest []string, err error) {
	server := func(protocol, value string) (*string, error) {
		at, err := dial.ParseHostPort(protocol, value)
		text := at.String()
		return &text, err
	}
	for _, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		switch name {
		case "imap":
			to.imap, err = server(name, value)
		case "smtp":
			to.smtp, err = server(name, value)
		case "username":
			to.username = &value
		case "ca":
			to.ca, err = p.authority(ctx, value)
		default:
			rest = append(rest, s)
		}
		if err != nil {
			return to, nil, err
		}
	}
	if to.username != nil && strings.TrimSpace(*to.username) == "" {
		err = &desk.Error{Kind: desk.Invalid, Code: "BAD_SETTING", Message: "A user name is needed to sign in.", Hint: "Write username=NAME."}
	}
	return to, rest, err
}

// authority reads a file with certificates; without a name it is none.
func (p *program) authority(ctx context.Context, file string) (*string, error) {
	if file == "" {
		return &file, nil
	}
	pem, err := p.certificates(ctx, file)
	return &pem, err
}

// useServers tries both servers with what the account signs in with, and keeps
// them when that works.
func (p *program) useServers(ctx context.Context, h *house, address string, to toServers) (desk.Account, string, error) {
	secrets, _, err := p.secrets(h)
	if err != nil {
		return desk.Account{}, "", err
	}
	tokens, err := p.tokens(h)
	if err != nil {
		return desk.Account{}, "", err
	}
	return h.seat.SetServers(ctx, address, func(a desk.Account) (desk.Account, error) {
		for _, of := range []struct {
			field *string
			to    *string
		}{{&a.IMAP, to.imap}, {&a.SMTP, to.smtp}, {&a.CA, to.ca}} {
			if of.to != nil {
				*of.field = *of.to
			}
		}
		var secret string
		var err error
		if a.OAuth != "" {
			secret, err = tokens.Token(ctx, a, "")
		} else {
			secret, err = secrets.Password(ctx, a)
		}
		if err != nil {
			return a, err
		}
		was := a.Username
		if to.username != nil {
			a.Username = *to.username
		}
		return a, blameName(probe(ctx, a, secret), was, a.Username)
	})
}

// blameName makes a refused sign-in say what has changed: of a user name that
// was just given and what the account signs in with already, it is the name.
func blameName(err error, was, now string) error {
	var e *desk.Error
	if was == now || !errors.As(err, &e) || e.Kind != desk.Denied {
		return err
	}
	said := *e
	said.Hint = "Look at the user name you gave: " + safe.Line(now).String() + ". Nothing was changed: it signs in as " + safe.Line(was).String() + "."
	return &said
}

// serversTyped are the servers of an account as the screen has them typed.
func (p *program) serversTyped(ctx context.Context, h *house, address string, v settings.Servers) (string, error) {
	typed := []string{"imap=" + v.IMAP, "smtp=" + v.SMTP, "username=" + v.Username}
	if v.CAFile != "" {
		typed = append(typed, "ca="+p.fromHome(v.CAFile))
	} else if v.OnlySystem {
		typed = append(typed, "ca=")
	}
	to, _, err := p.serversChange(ctx, typed)
	if err != nil {
		return "", err
	}
	_, batch, err := p.useServers(ctx, h, address, to)
	return batch, err
}

// setServers does it for the command line.
func (p *program) setServers(ctx context.Context, h *house, address string, to toServers) error {
	a, batch, err := p.useServers(ctx, h, address, to)
	if err != nil {
		return err
	}
	if p.flags.rehearse {
		batch = ""
	}
	if p.print.json {
		return p.print.document(serversForm{a.Address, a.IMAP, a.SMTP, a.Username, a.CA != "", batch, p.flags.rehearse})
	}
	trusts := safe.Const("the system's certificates")
	if a.CA != "" {
		trusts = safe.Const("certificates of its own too")
	}
	p.done(safe.Sprintf("%s: imap=%s smtp=%s username=%s, and trusts %s. Both servers were tried.",
		safe.Addr(a.Address), safe.Line(a.IMAP), safe.Line(a.SMTP), safe.Line(a.Username), trusts))
	if !p.flags.rehearse {
		p.print.remark(safe.Sprintf("Take it back with: postroom undo %s", safe.Line(batch)))
	}
	return nil
}
