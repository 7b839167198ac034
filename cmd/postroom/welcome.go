package main

import (
	"context"

	"postroom/connector"
	"postroom/connector/dial"
	"postroom/desk"
	"postroom/ui"
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
	return ui.WithWelcome(welcome.Outside{
		Desk: h.seat,
		Server: func(protocol, typed string) (string, error) {
			a, err := dial.ParseHostPort(protocol, typed)
			return a.String(), err
		},
		Receive: func(ctx context.Context, a desk.Account, password string) (int, error) {
			probed, err := connector.Probe(ctx, a, password)
			n := 0
			for _, f := range probed.Folders {
				n += f.Messages
			}
			return n, err
		},
		Send:         connector.ProbeSMTP,
		Seal:         secrets.Seal,
		Certificates: readCertificates,
		LookAround:   func() { p.wantsDemo = true },
	}), nil
}

// readCertificates reads a file of certificates to trust besides the system's.
func readCertificates(file string) (string, error) {
	pem, err := readAtMost(file, maxAuthority)
	if err != nil {
		return "", unreadable(file, err)
	}
	return string(pem), nil
}
