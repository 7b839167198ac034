package main

import (
	"context"
	"strings"

	"postroom/connector"
	"postroom/connector/dial"
	"postroom/connector/oauth"
	"postroom/desk"
	"postroom/ui"
	"postroom/ui/connect"
	"postroom/ui/shell"
	"postroom/ui/welcome"
)

// screens are those of a desk that may still be empty: then they begin with
// the first run, which connects a mailbox as account connect does.
func (p *program) screens(h *house) (*shell.Screens, error) {
	secrets, _, err := p.secrets(h)
	if err != nil {
		return nil, err
	}
	tokens, err := p.tokens(h)
	if err != nil {
		return nil, err
	}
	screens := ui.WithWelcome(welcome.Outside{LookAround: func() { p.wantsDemo = true }, Begun: h.seat.Setup}, connect.Outside{
		Desk: h.seat,
		Server: func(protocol, typed string) (string, error) {
			a, err := dial.ParseHostPort(protocol, typed)
			return a.String(), err
		},
		Find:      p.findServers,
		Look:      h.lookAtMailbox,
		Send:      connector.ProbeSMTP,
		Password:  secrets.Password,
		Providers: func(ctx context.Context, a desk.Account) (connect.Offered, error) { return p.providers(ctx, h, a) },
		Begin: func(ctx context.Context, provider, who string, device bool) (connect.SignIn, error) {
			in, err := tokens.Begin(ctx, desk.Account{OAuth: provider, OAuthUser: who}, device)
			if err != nil {
				return connect.SignIn{}, err
			}
			return connect.SignIn{
				URL: in.URL, Code: in.Code, Words: in.Words, Paste: in.Paste, Close: in.Close,
				Wait: func(ctx context.Context) (connect.SignedIn, error) {
					signed, err := in.Wait(ctx)
					return connect.SignedIn{Token: signed.Token, Person: signed.Person, Seal: signed.Seal}, err
				},
			}, nil
		},
		Ready:        secrets.Ready,
		Seal:         secrets.Seal,
		Certificates: p.readCertificates,
	})
	return ui.WithSettings(screens, p.settings(h, secrets)), nil
}

// signsInByCode tells whether a provider lets mail programs sign in by a code.
// Google's allows it for nothing that may read mail.
func signsInByCode(provider string) bool { return provider != oauth.Google }

// providers are those that may sign an account in: the one its server belongs
// to, else those that somebody has set up by their address.
func (p *program) providers(ctx context.Context, h *house, a desk.Account) (connect.Offered, error) {
	var offered connect.Offered
	at, err := dial.Parse(a.IMAP)
	if err != nil {
		return offered, nil //nolint:nilerr // what is no server is said when somebody goes on
	}
	clients, err := h.seat.OAuthClients(ctx)
	likely := oauth.For(at.Host)
	for _, c := range clients {
		if c.Provider == likely || likely == "" && !oauth.Known(c.Provider) {
			known := oauth.New(oauth.Settings{Key: c.Provider})
			offered.Providers = append(offered.Providers, connect.Provider{Key: c.Provider, Name: known.Name, Device: signsInByCode(c.Provider)})
		}
	}
	if likely != "" {
		offered.Warning = passwordWarning(likely).String()
	}
	return offered, err
}

// lookAtMailbox signs in and counts what a first sync would bring.
func (h *house) lookAtMailbox(ctx context.Context, a desk.Account, password string) (connect.Look, error) {
	until, err := h.seat.Formerly(ctx, a.Address)
	if err != nil {
		return connect.Look{}, err
	}
	probed, err := connector.Look(ctx, a, password)
	l := connect.Look{Traffic: probed.Traffic, Until: until}
	for _, f := range probed.Folders {
		l.Folders = append(l.Folders, connect.Folder{Name: f.Name, Role: f.Role, Messages: f.Messages, Old: f.Old})
	}
	return l, err
}

// findServers looks for the servers of an address as account connect does.
func (p *program) findServers(ctx context.Context, address string) (connect.Servers, error) {
	found, err := p.finder(false).Find(ctx, address)
	if err == nil {
		err = doubt(found)
	}
	if err != nil {
		return connect.Servers{}, err
	}
	var notes []string
	for _, host := range found.Elsewhere() {
		notes = append(notes, host+" is outside of "+found.Domain+".")
	}
	if found.Note != "" {
		notes = append(notes, found.Note)
	}
	return connect.Servers{
		IMAP: typed(found.IMAP), SMTP: typed(found.SMTP), Username: found.Username, FilesSent: found.FilesSent,
		From: found.From(), Note: strings.Join(notes, " "),
	}, nil
}

// typed is a server as one would type it: the port says how TLS begins, where
// it is a usual one.
func typed(a dial.Address) string {
	if short, err := dial.ParseHostPort(a.Protocol, a.HostPort()); err == nil && short == a {
		return a.HostPort()
	}
	return a.String()
}
