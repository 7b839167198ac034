package main

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"postroom/connector/oauth"
	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/settings"
)

// clientForm is a provider that is set up, for programs; never with a secret.
type clientForm struct {
	Provider string `json:"provider"`
	ClientID string `json:"client_id"`
	Tenant   string `json:"tenant"`
	Secret   bool   `json:"secret"`
	Scopes   string `json:"scopes"`
	Since    stamp  `json:"since"`
	// Broken says why nobody can sign in there from this machine, as when the
	// key is lost; empty where all is well. Only oauth list looks.
	Broken string `json:"broken"`
	DryRun bool   `json:"dry_run"`
}

func (p *program) clientOf(c desk.OAuthClient) clientForm {
	return clientForm{Provider: c.Provider, ClientID: c.ClientID, Tenant: c.Tenant, Secret: c.Secret != nil, Scopes: c.Scopes, Since: stamp(c.Since), DryRun: p.flags.rehearse}
}

func (p *program) oauthCommand() *cobra.Command {
	return p.group("oauth", "Providers that accounts sign in at: set up, list, remove",
		p.oauthSetCommand(), p.oauthListCommand(), p.oauthRemoveCommand())
}

// settingUp is what is said about a provider on the command line.
type settingUp struct {
	id, tenant, secretFile, ca string
	scopes                     []string
	public                     bool
	// typed is a secret that was typed elsewhere; with kept the one there is
	// stays, and the certificates.
	typed string
	kept  bool
}

func (p *program) oauthSetCommand() *cobra.Command {
	var k settingUp
	c := &cobra.Command{
		Use: "set PROVIDER --client-id ID", Short: "Say what this desk is called at a provider",
		Long: "PROVIDER is google, microsoft, or the address of an OpenID issuer, which is then asked\n" +
			"where to sign in. Register a client for desktop apps there first; docs/connecting.md has\n" +
			"the steps. Accounts that sign in there try again at once; after a change of the client id\n" +
			"each has to sign in again.\n\n" +
			"Some providers give a client secret too. It is asked for on a terminal, or read from\n" +
			"--secret-file (- is standard input), sealed, and never shown again.",
		Example: "  postroom oauth set google --client-id 1234.apps.googleusercontent.com\n" +
			"  postroom oauth set microsoft --client-id 0d8b… --tenant acme.test --public\n" +
			"  postroom oauth set https://id.acme.test --client-id postroom --scope mail --public",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			return p.oauthSet(ctx, h, args[0], k)
		}),
	}
	f := c.Flags()
	f.StringVar(&k.id, "client-id", "", "the client's id at the provider")
	f.StringVar(&k.tenant, "tenant", "", "microsoft: only accounts of this organisation, its domain or id")
	f.StringVar(&k.secretFile, "secret-file", "", "file with the client secret; - is standard input")
	f.BoolVar(&k.public, "public", false, "the client has no secret")
	f.StringArrayVar(&k.scopes, "scope", nil, "of an issuer: what to ask it for, besides who it is")
	f.StringVar(&k.ca, "ca", "", "of an issuer: file with certificates to trust besides the system's")
	needs(c, "client-id")
	c.PreRunE = exclusive("secret-file", "public")
	return p.writes(c)
}

func (p *program) oauthSet(ctx context.Context, h *house, provider string, k settingUp) error {
	c, err := p.setProvider(ctx, h, provider, k)
	if err != nil {
		return err
	}
	if p.print.json {
		return p.print.document(p.clientOf(c))
	}
	p.done(safe.Sprintf("Set up %s. Accounts sign in there with: postroom account connect ADDRESS --inbox NAME --oauth %s", safe.Line(c.Provider), safe.Line(c.Provider)))
	return nil
}

// setProvider sets a provider up, when it is one and answers.
func (p *program) setProvider(ctx context.Context, h *house, provider string, k settingUp) (desk.OAuthClient, error) {
	c := desk.OAuthClient{Provider: strings.TrimRight(provider, "/"), ClientID: strings.TrimSpace(k.id), Tenant: k.tenant, Scopes: strings.Join(k.scopes, " ")}
	if err := rightWords(c); err != nil {
		return c, err
	}
	// Ask the desk first: nobody should type a secret for what is not allowed.
	if err := h.seat.SetOAuthClient(desk.Rehearse(ctx), c); err != nil {
		return c, err
	}
	if k.kept {
		old, err := h.desk.Mailroom().OAuthClient(ctx, c.Provider)
		if err != nil {
			return c, err
		}
		c.CA = old.CA
		if !k.public {
			c.Secret = old.Secret
		}
	}
	if k.ca != "" {
		var err error
		if c.CA, err = p.certificates(ctx, k.ca); err != nil {
			return c, err
		}
	}
	if !oauth.Known(c.Provider) {
		ends, err := oauth.Discover(ctx, oauth.Web{CA: c.CA}, c.Provider)
		if err != nil {
			return c, err
		}
		text, err := json.Marshal(ends)
		if err != nil {
			return c, err
		}
		c.Endpoints = string(text)
	}
	secrets, _, err := p.secrets(h)
	if err != nil {
		return c, err
	}
	if !k.public {
		if err := secrets.Ready(ctx); err != nil {
			return c, err
		}
	}
	secret, err := p.clientSecret(ctx, k, c.Provider)
	if err != nil {
		return c, err
	}
	if secret != "" && !p.flags.rehearse {
		if c.Secret, err = secrets.Seal(ctx, []byte(secret)); err != nil {
			return c, err
		}
	}
	return c, h.seat.SetOAuthClient(ctx, c)
}

// rightWords refuses what does not go with the provider.
func rightWords(c desk.OAuthClient) error {
	if oauth.Known(c.Provider) && c.Scopes != "" || c.Provider != oauth.Microsoft && c.Tenant != "" {
		return &desk.Error{
			Kind: desk.Invalid, Code: "USAGE", Message: "A scope goes with the address of an issuer, a tenant with microsoft.",
			Hint: "Leave it out; what Google and Microsoft are asked for is known.",
		}
	}
	if c.Tenant != "" && !tenant().MatchString(c.Tenant) {
		return &desk.Error{
			Kind: desk.Invalid, Code: "BAD_TENANT", Message: quoted(c.Tenant) + " is no organisation at Microsoft.",
			Hint: "Write its domain, as in acme.test, or its tenant id, which its admin center shows.",
		}
	}
	return nil
}

// tenant is what an organisation at Microsoft is called in addresses: a domain,
// or an id.
func tenant() *regexp.Regexp {
	return regexp.MustCompile(`^(?i:[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$`)
}

// maxSecret is how long a client secret may be.
const maxSecret = 4 << 10

// clientSecret reads the secret, from the terminal if there is one.
func (p *program) clientSecret(ctx context.Context, k settingUp, provider string) (string, error) {
	keyboard, ok := terminal(p.in)
	switch {
	case k.secretFile != "":
		b, err := p.readFile(ctx, k.secretFile, maxSecret)
		return strings.TrimSpace(string(b)), err
	case k.typed != "" || k.public || k.kept || !ok:
		return k.typed, nil
	}
	secret, err := p.askPassword(ctx, keyboard, safe.Sprintf("Client secret of %s (enter for none):", safe.Line(provider)))
	p.print.remark(safe.Text{})
	return strings.TrimSpace(secret), err
}

func (p *program) oauthListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the providers that are set up", Args: wants(0, 0),
		RunE: p.seated(func(ctx context.Context, h *house, _ []string) error {
			clients, err := p.setUpProviders(ctx, h)
			if err != nil {
				return err
			}
			list := []clientForm{}
			var rows [][]safe.Text
			var broken []safe.Text
			for _, c := range clients {
				f := p.clientOf(c.OAuthClient)
				secret := safe.Const("public")
				if f.Secret {
					secret = safe.Const("with a secret")
				}
				if c.Broken != nil {
					f.Broken, secret = withHint(c.Broken), safe.Const("secret unreadable")
					broken = append(broken, safe.Line(f.Broken))
				}
				list = append(list, f)
				rows = append(rows, []safe.Text{safe.Line(c.Provider), safe.Line(c.ClientID), secret, safe.Line(c.Tenant), p.print.age(c.Since)})
			}
			if p.print.json {
				return p.print.document(list)
			}
			if len(rows) == 0 {
				p.print.remark(safe.Const("No provider is set up. An admin does that with: postroom oauth set PROVIDER --client-id ID"))
				return nil
			}
			p.print.table([]column{
				{title: safe.Const("PROVIDER"), gives: true},
				{title: safe.Const("CLIENT"), gives: true},
				{title: safe.Const("KIND")},
				{title: safe.Const("TENANT"), gives: true},
				{title: safe.Const("SINCE"), right: true},
			}, rows)
			for _, line := range broken {
				p.print.say(line)
			}
			return nil
		}),
	}
}

// withHint is an error with what to do about it, in one line.
func withHint(err error) string {
	var e *desk.Error
	if !errors.As(err, &e) {
		return errorLine(err)
	}
	return strings.TrimSpace(e.Message + " " + e.Hint)
}

// setUpProviders are those that are set up, each with what is in the way of signing
// in there.
func (p *program) setUpProviders(ctx context.Context, h *house) ([]settings.Provider, error) {
	clients, err := h.seat.OAuthClients(ctx)
	if err != nil {
		return nil, err
	}
	tokens, err := p.tokens(h)
	if err != nil {
		return nil, err
	}
	list := make([]settings.Provider, len(clients))
	for i, c := range clients {
		list[i] = settings.Provider{OAuthClient: c, Broken: tokens.Ready(ctx, c.Provider)}
	}
	return list, nil
}

// providerTyped sets a provider up as the screen has it typed.
func (p *program) providerTyped(ctx context.Context, h *house, v settings.ProviderSetting) error {
	k := settingUp{id: v.ClientID, tenant: v.Tenant, scopes: strings.Fields(v.Scopes), public: v.Public, typed: v.Secret, kept: v.Known}
	if v.CAFile != "" {
		k.ca = p.fromHome(v.CAFile)
	}
	if v.Public {
		k.typed = ""
	}
	_, err := p.setProvider(ctx, h, v.Provider, k)
	return err
}

func (p *program) oauthRemoveCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "remove PROVIDER", Short: "Forget a provider no account signs in at",
		Args: wants(1, 1),
		RunE: p.seated(func(ctx context.Context, h *house, args []string) error {
			provider := strings.TrimRight(args[0], "/")
			if err := h.seat.RemoveOAuthClient(ctx, provider); err != nil {
				return err
			}
			if p.print.json {
				return p.print.document(struct {
					Provider string `json:"provider"`
					DryRun   bool   `json:"dry_run"`
				}{provider, p.flags.rehearse})
			}
			p.done(safe.Sprintf("Removed %s.", safe.Line(provider)))
			return nil
		}),
	}
	return p.writes(c)
}
