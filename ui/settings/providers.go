package settings

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/action"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// Provider is where accounts may sign in, never with a secret. Broken says why
// nobody can from here, as when the key to the secret is lost; nil where all is
// well.
type Provider struct {
	desk.OAuthClient
	Broken error
}

// ProviderSetting is a provider as somebody has typed it. With Known one that is
// set up is changed: what is empty of Secret and CAFile stays then.
type ProviderSetting struct {
	Provider, ClientID, Tenant, Scopes, Secret, CAFile string
	Public, Known                                      bool
}

// providers are where accounts may sign in.
type providers struct {
	s     *Screen
	list  list
	all   []Provider
	known bool
	read  shell.Lane[[]Provider]
}

func newProviders(s *Screen) *providers {
	return &providers{s: s, list: list{tall: 2, nothing: safe.Const("No provider is set up: accounts sign in with passwords. c sets one up.")}}
}

func (p *providers) about() About {
	return About{ID: Providers, Title: safe.Const("Providers"), scope: action.InProviders, system: true}
}

func (p *providers) here() *list { return &p.list }

// mark counts the providers, or those where nobody can sign in.
func (p *providers) mark() (safe.Text, theme.Role) {
	broken := 0
	for _, v := range p.all {
		if v.Broken != nil {
			broken++
		}
	}
	switch {
	case broken > 0:
		return safe.Sprintf("%s !", safe.Int(broken)), theme.Bad
	case len(p.all) == 0:
		return safe.Text{}, theme.Faint
	default:
		return safe.Int(len(p.all)), theme.Faint
	}
}

func (p *providers) ask() tea.Cmd {
	if p.known || p.read.Busy() || p.s.o.Providers == nil {
		return nil
	}
	return p.read.Ask(p.s.sh.Context(), p.s.o.Providers)
}

func (p *providers) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case shell.Changed:
		p.known = p.known && !msg.Settings
		if p.s.part() == part(p) {
			return p.ask()
		}
	case shell.Answer[[]Provider]:
		all, err, ok := p.read.Take(msg)
		if !ok {
			return nil
		}
		if err != nil {
			return p.s.sh.Missed(err)
		}
		p.all, p.known = all, true
		p.fill()
	}
	return nil
}

func (p *providers) fill() {
	t := p.s.sh.Theme()
	rows := make([]row, len(p.all))
	for i, v := range p.all {
		r := row{id: idOf("provider", v.Provider), title: safe.Line(v.Provider), sign: t.Signs.Health, role: theme.Good, under: safe.Const("a public client")}
		switch {
		case v.Broken != nil:
			r.sign, r.role, r.under = t.Signs.Broken, theme.Bad, safe.Const("nobody can sign in there from here")
		case v.Secret != nil:
			r.under = safe.Const("a client with a secret")
		}
		rows[i] = r
	}
	p.list.set(rows, p.s.sh.Dialog() != nil)
}

// marked is the provider under the cursor.
func (p *providers) marked() (Provider, bool) {
	id, ok := p.list.id()
	for _, v := range p.all {
		if ok && idOf("provider", v.Provider) == id {
			return v, true
		}
	}
	return Provider{}, false
}

// users are the accounts somebody may see that sign in at a provider.
func (p *providers) users(provider string) []string {
	var list []string
	for _, in := range p.s.state().Inboxes {
		for _, a := range in.Accounts {
			if a.OAuth == provider && a.Address != "" {
				list = append(list, a.Address)
			}
		}
	}
	return list
}

func (p *providers) sheet(s *sheet) {
	v, ok := p.marked()
	if !ok {
		s.say(theme.Faint, safe.Const("Google, Microsoft and others let mail programs in by a page of their own. This desk is registered there once, by an admin; docs/connecting.md has the steps."))
		return
	}
	if v.Broken != nil {
		s.say(theme.Bad, shell.Sentence(v.Broken))
		s.gap()
	}
	secret := safe.Const("none: a public client")
	if v.Secret != nil {
		secret = safe.Const("kept sealed, never shown")
	}
	s.fact(safe.Const("client"), theme.Plain, safe.Line(v.ClientID))
	s.fact(safe.Const("secret"), theme.Plain, secret)
	s.fact(safe.Const("tenant"), theme.Plain, safe.Line(v.Tenant))
	s.fact(safe.Const("asks for"), theme.Plain, safe.Line(v.Scopes))
	if v.CA != "" {
		s.fact(safe.Const("trusts"), theme.Plain, safe.Const("certificates of its own too"))
	}
	s.fact(safe.Const("since"), theme.Plain, p.s.sh.When(v.Since))
	used := safe.Line(strings.Join(p.users(v.Provider), ", "))
	if used.IsEmpty() {
		used = safe.Const("no account you see")
	}
	s.fact(safe.Const("used by"), theme.Plain, used)
}

func (p *providers) verbs() []verb {
	some := action.When("no provider is marked: move to one with j and k", func() bool { _, ok := p.marked(); return ok })
	admin := p.s.admin("only admins set providers up")
	outside := action.When("there is no way to a provider from here", func() bool { return p.s.o.SetProvider != nil })
	return []verb{
		{Action: action.Action{ID: "provider.change", Title: "Change what this desk is called at the provider", Needs: []action.Need{outside}, Run: p.change}, button: safe.Const("Change"), fits: some, right: admin},
		{Action: action.Action{ID: "provider.remove", Title: "Forget the provider", Keys: []string{"#"}, Risk: action.Asks, Run: p.remove}, button: safe.Const("Remove"), fits: some, right: admin},
		{Action: action.Action{ID: "provider.add", Title: "Set a provider up", Keys: []string{"c"}, Footer: "set a provider up", Weight: 5, Needs: []action.Need{outside}, Run: p.add}, button: safe.Const("Set a provider up"), right: admin},
	}
}

// remove asks first. The desk refuses while an account signs in there.
func (p *providers) remove(action.Target) tea.Cmd {
	v, _ := p.marked()
	text := safe.Sprintf("%s is forgotten, with the client id and its secret. No account can sign in there then.", safe.Line(v.Provider))
	if used := p.users(v.Provider); len(used) > 0 {
		text = safe.Sprintf("%s is in use: %s. Sign in there another way first, or disconnect.", safe.Line(v.Provider), safe.Line(strings.Join(used, ", ")))
	}
	d := p.s.o.Desk
	p.known = false // whatever comes of it, it is read again then
	return p.s.sure(p, safe.Const("forget the provider"), text, safe.Sprintf("Yes, forget %s", safe.Line(v.Provider)), func(ctx context.Context) (result, error) {
		return result{text: safe.Sprintf("%s is forgotten.", safe.Line(v.Provider))}, d.RemoveOAuthClient(ctx, v.Provider)
	})
}

// The fields of a provider.
const (
	providerName = iota
	providerClient
	providerKind
	providerSecret
	providerTenant
	providerScopes
	providerCA
)

func (p *providers) add(action.Target) tea.Cmd { return p.fillIn(Provider{}) }

func (p *providers) change(action.Target) tea.Cmd {
	v, _ := p.marked()
	return p.fillIn(v)
}

// fillIn opens the form of a provider; one without a name is new.
func (p *providers) fillIn(v Provider) tea.Cmd {
	o, known := p.s.o, v.Provider != ""
	f := &form{
		title: safe.Const("Set a provider up"), working: safe.Const("Asking the provider… esc stops"), culprit: providerCulprit, saved: func() { p.known = false },
		intro: safe.Const("Register a client for desktop apps there first; docs/connecting.md has the steps."),
	}
	secret := safe.Const("sealed, and never shown again")
	if known {
		f.title = safe.Sprintf("Change %s", safe.Line(v.Provider))
		f.intro = safe.Const("With another client id every account has to sign in there again.")
		secret = safe.Const("empty: the one there is stays")
	}
	f.fields.Rows = []widget.FormRow{
		providerName:   {Label: safe.Const("Provider"), Hint: safe.Const("google, microsoft, or https://id.acme.test")},
		providerClient: {Label: safe.Const("Client id"), Hint: safe.Const("as the provider shows it")},
		providerKind: {Label: safe.Const("Client"), Choices: []widget.Choice{
			{Label: safe.Const("with secret"), Hint: safe.Const("the provider gave one")},
			{Label: safe.Const("public"), Hint: safe.Const("it has none")},
		}},
		providerSecret: {Label: safe.Const("Secret"), Hint: secret, Secret: true},
		providerTenant: {Label: safe.Const("Tenant"), Hint: safe.Const("microsoft: only accounts of this domain")},
		providerScopes: {Label: safe.Const("Scopes"), Hint: safe.Const("of an issuer: what to ask it for")},
		providerCA:     {Label: safe.Const("CA file"), Hint: safe.Const("of an issuer: certificates to trust too")},
	}
	for i, text := range map[int]string{providerName: v.Provider, providerClient: v.ClientID, providerTenant: v.Tenant, providerScopes: v.Scopes} {
		f.fields.Rows[i].Field.Set(text)
	}
	if known && v.Secret == nil {
		f.fields.Rows[providerKind].Chosen = 1
	}
	f.fields.Buttons = []safe.Text{safe.Const("Save"), safe.Const("Cancel")}
	f.save = func(ctx context.Context, typed values) (result, error) {
		set := ProviderSetting{
			Provider: typed.text(providerName), ClientID: typed.text(providerClient), Public: typed.chosen[providerKind] == 1, Secret: typed.text(providerSecret),
			Tenant: typed.text(providerTenant), Scopes: typed.text(providerScopes), CAFile: typed.text(providerCA), Known: known && typed.text(providerName) == v.Provider,
		}
		if !set.Public && set.Secret == "" && (!set.Known || v.Secret == nil) {
			return result{}, &desk.Error{Kind: desk.Invalid, Code: "NO_SECRET", Message: "The secret is missing.", Hint: "Type it, or choose public if the provider gave none."}
		}
		return result{text: safe.Sprintf("Set up %s. Accounts can sign in there.", safe.Line(set.Provider))}, o.SetProvider(ctx, set)
	}
	return p.s.open(f)
}

// providerCulprit is the field an error is about.
func providerCulprit(e *desk.Error) int {
	switch e.Code {
	case "NO_SECRET":
		return providerSecret
	case "NO_CLIENT":
		return providerClient
	case "BAD_TENANT":
		return providerTenant
	case "UNREADABLE_FILE", "BAD_CA":
		return providerCA
	default:
		return -1
	}
}
