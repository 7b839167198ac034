package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postroom/connector"
	"postroom/connector/dial"
	"postroom/connector/oauth"
	"postroom/desk"
	"postroom/desk/safe"
)

// signingIn is how somebody wants an account to sign in.
type signingIn struct {
	// provider is as oauth set takes it, or auto; empty when nothing was said.
	provider      string
	device, paste bool
	// password insists on one.
	password bool
}

// signInFlags are those of commands in which a person signs in.
func signInFlags(c *cobra.Command, s *signingIn) {
	f := c.Flags()
	f.StringVar(&s.provider, "oauth", "", "sign in at a `PROVIDER`: google, microsoft, the address of an issuer, or auto")
	f.BoolVar(&s.device, "device", false, "with a code that is typed in on any other machine")
	f.BoolVar(&s.paste, "paste", false, "with a browser on another machine; its last address is pasted here")
	f.BoolVar(&s.password, "password", false, "with a password, although the provider knows better")
}

// settle refuses what contradicts itself.
func (s signingIn) settle(c *cobra.Command) error {
	switch {
	case s.device && s.paste:
		return misused(c, "Either --device or --paste.")
	case s.password && (s.provider != "" || s.device || s.paste):
		return misused(c, "--password is no sign-in at a provider.")
	}
	return nil
}

// chooseProvider decides where an account signs in: empty for a password. A
// password for a provider that has switched them off is warned of, and where
// this desk is set up for it, not even asked for (S127).
func (p *program) chooseProvider(ctx context.Context, h *house, s signingIn, a desk.Account) (string, error) {
	at, err := dial.Parse(a.IMAP)
	if err != nil {
		return "", err
	}
	likely := oauth.For(at.Host)
	clients, err := h.seat.OAuthClients(ctx)
	if err != nil {
		return "", err
	}
	ready := slices.ContainsFunc(clients, func(c desk.OAuthClient) bool { return c.Provider == likely })
	switch {
	case s.provider == "auto" && likely != "":
		return likely, nil
	case s.provider == "auto" && len(clients) == 1 && !oauth.Known(clients[0].Provider):
		return clients[0].Provider, nil
	case s.provider == "auto":
		return "", &desk.Error{
			Kind: desk.Conflict, Code: "NO_PROVIDER", Message: "Nobody knows which provider signs in to " + at.HostPort() + ".",
			Hint: "Name it, as in --oauth https://id.example.org; see those that are set up: postroom oauth list",
		}
	case s.provider != "" && !oauth.Known(s.provider) && !strings.Contains(s.provider, "://"):
		return "", &desk.Error{
			Kind: desk.Invalid, Code: "NO_SUCH_PROVIDER", Message: "Postroom knows no sign-in provider " + quoted(s.provider) + ".",
			Hint: "Write google, microsoft, auto, or the address of an OpenID provider as in https://id.example.org. All others take a password, mostly an app password.",
		}
	case s.provider != "":
		return strings.TrimRight(s.provider, "/"), nil
	case likely == "" || s.password:
		return "", nil
	case ready && a.PasswordCommand == "" && p.getenv("POSTROOM_PASSWORD") == "":
		return likely, nil
	case s.device || s.paste:
		return likely, nil
	}
	p.print.remark(passwordWarning(likely))
	return "", nil
}

// passwordWarning says why a password is the wrong thing.
func passwordWarning(provider string) safe.Text {
	if provider == oauth.Microsoft {
		return safe.Const("Microsoft has switched passwords off for mail programs: it will most likely refuse one. Sign in there instead with --oauth microsoft (docs/connecting.md).")
	}
	return safe.Const("Google takes no usual password from mail programs, only an app password, and many organisations none. Sign in there instead with --oauth google (docs/connecting.md).")
}

// signIn takes a person through the pages of the account's provider.
func (p *program) signIn(ctx context.Context, tokens *connector.Tokens, a desk.Account, how signingIn) (connector.SignedIn, error) {
	s, err := tokens.Begin(ctx, a, how.device)
	if err != nil {
		return connector.SignedIn{}, err
	}
	defer s.Close()
	p.print.remark(safe.Const("Postroom is going to be allowed to:"))
	for _, words := range s.Words {
		p.print.remark(safe.Sprintf("  %s", safe.Line(words)))
	}
	switch {
	case how.device:
		p.print.remark(safe.Sprintf("Open this page on any machine, and type %s there:", safe.Line(s.Code)))
	case how.paste:
		p.print.remark(safe.Const("Open this page in a browser on any machine. It ends at a page that cannot be shown; copy its address."))
	default:
		p.print.remark(safe.Const("Open this page in a browser on this machine (on another one: --paste). ctrl+c gives up."))
	}
	p.print.remark(safe.Text{})
	p.print.remark(safe.Line(s.URL))
	p.print.remark(safe.Text{})
	if how.paste {
		if err := p.pasted(ctx, s); err != nil {
			return connector.SignedIn{}, err
		}
	}
	return s.Wait(ctx)
}

// maxAddress is how long the address of a browser may be.
const maxAddress = 32 << 10

// pasted reads the address, which has a code in it and is therefore not shown.
// On a terminal a wrong one is asked for again.
func (p *program) pasted(ctx context.Context, s *connector.SignIn) error {
	keyboard, ok := terminal(p.in)
	if !ok {
		line, err := p.lineOfInput(ctx, maxAddress)
		if errors.Is(err, io.EOF) {
			err = &desk.Error{
				Kind: desk.Invalid, Code: "NOTHING_PASTED", Message: "The standard input has ended, and no address was pasted.",
				Hint: "Run it on a terminal, or write the address the browser ends at to its standard input, as one line, while it waits; the page is another one each time.",
			}
		}
		if err != nil {
			return err
		}
		return s.Paste(line)
	}
	for {
		line, err := p.askPassword(ctx, keyboard, safe.Const("Paste the address here (it is not shown):"))
		p.print.remark(safe.Text{})
		if err != nil {
			return err
		}
		if err = s.Paste(line); err == nil {
			return nil
		}
		var e *desk.Error
		if errors.As(err, &e) {
			p.print.remark(safe.Sprintf("%s %s", safe.Line(e.Message), safe.Line(e.Hint)))
		}
	}
}

// lineOfInput reads the first line of standard input, which need not end then.
func (p *program) lineOfInput(ctx context.Context, most int64) (string, error) {
	type read struct {
		line string
		err  error
	}
	done := make(chan read, 1) // so that a reader nobody waits for can end
	go func() {
		line, err := bufio.NewReader(io.LimitReader(p.in, most)).ReadString('\n')
		if errors.Is(err, io.EOF) && line != "" {
			err = nil
		}
		done <- read{line, err}
	}()
	select {
	case r := <-done:
		return r.line, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// waitsForConsent connects an account before an admin of its provider has
// allowed it, so that nothing has to be said again: reauth goes on from there
// (S239). The error stays what it was.
func (p *program) waitsForConsent(ctx context.Context, h *house, k connecting, a desk.Account, err error) error {
	var e *desk.Error
	if !errors.As(err, &e) || e.Code != "ADMIN_CONSENT" || p.flags.rehearse {
		return err
	}
	if refused := p.settleInbox(ctx, h, &k, desk.Traffic{}); refused != nil {
		return errors.Join(err, refused)
	}
	a.State, a.Cause, a.Secret = desk.AccountNeedsConsent, strings.TrimSpace(e.Message+" "+e.Hint), nil
	if _, _, refused := p.join(ctx, h, k, a); refused != nil {
		return errors.Join(err, refused)
	}
	told := *e
	told.Message += " " + a.Address + " is connected and waits for that."
	return &told
}
