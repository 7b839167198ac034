package oauth

import (
	"net/url"
	"slices"
	"strings"

	"postroom/desk"
)

// The providers that are known without asking.
const (
	Google    = "google"
	Microsoft = "microsoft"
)

// Scope is something a provider is asked to allow.
type Scope struct {
	Name string
	// Words say what it allows, after "postroom may".
	Words string
	// Needed scopes are for mail; without one the sign-in is of no use.
	Needed bool
}

// Endpoints are where a provider is asked.
type Endpoints struct {
	// Authorize is opened in a browser, Token and Device are asked by us.
	// Device is empty where the provider has no such way.
	Authorize string `json:"authorize"`
	Token     string `json:"token"`
	Device    string `json:"device,omitempty"`
	// Basic says that a client secret goes into the header only.
	Basic bool `json:"basic,omitempty"`
}

// Provider is who vouches for a person and hands out tokens.
type Provider struct {
	// Key is Google, Microsoft, or the issuer's URL.
	Key string
	// Name is what people call it.
	Name string
	Endpoints
	Scopes []Scope
	// extra goes with the request for a sign-in.
	extra url.Values
	// redirect is where a browser on this machine comes back to, without port.
	redirect url.URL
	// noDevice says why there is no device code for mail.
	noDevice string
	// tenant is the organisation at Microsoft.
	tenant string
}

// Settings are what an admin says of a provider.
type Settings struct {
	Key string
	// Tenant is the organisation at Microsoft: its domain or id, empty for any.
	Tenant string
	// Endpoints are what [Discover] has found; unused for those known here.
	Endpoints Endpoints
	// Scopes are what else to ask for, where the provider is not known here.
	Scopes []string
}

// New is the provider with these settings.
func New(s Settings) Provider {
	switch s.Key {
	case Google:
		return google()
	case Microsoft:
		return microsoft(s.Tenant)
	default:
		return other(s)
	}
}

// Known reports whether the provider needs no discovery.
func Known(key string) bool { return key == Google || key == Microsoft }

// For is the provider that vouches for the users of a mail server, empty when
// it is none of those known here.
func For(imapHost string) string {
	host := strings.ToLower(imapHost)
	switch {
	case host == "imap.gmail.com" || host == "imap.googlemail.com":
		return Google
	case host == "outlook.office365.com" || host == "imap-mail.outlook.com" || host == "outlook.office.com":
		return Microsoft
	}
	return ""
}

func google() Provider {
	return Provider{
		Key: Google, Name: "Google",
		Endpoints: Endpoints{
			Authorize: "https://accounts.google.com/o/oauth2/v2/auth",
			Token:     "https://oauth2.googleapis.com/token",
		},
		Scopes: []Scope{
			{"https://mail.google.com/", "read, write, send and delete your mail (Google has no smaller permission for IMAP and SMTP)", true},
			{"openid", "", false},
			{"email", "know your address", false},
		},
		// Without these Google gives no refresh token the second time.
		extra:    url.Values{"access_type": {"offline"}, "prompt": {"consent"}},
		redirect: url.URL{Scheme: "http", Host: "127.0.0.1"},
		noDevice: "Google allows no device code for mail.",
	}
}

func microsoft(tenant string) Provider {
	base := "https://login.microsoftonline.com/" + url.PathEscape(orElse(tenant, "common")) + "/oauth2/v2.0/"
	return Provider{
		Key: Microsoft, Name: "Microsoft",
		Endpoints: Endpoints{Authorize: base + "authorize", Token: base + "token", Device: base + "devicecode"},
		Scopes: []Scope{
			{"https://outlook.office.com/IMAP.AccessAsUser.All", "read and write mail in the mailboxes you may open", true},
			{"https://outlook.office.com/SMTP.Send", "send mail from them", true},
			{"offline_access", "stay signed in until you or an admin takes it back", false},
			{"openid", "", false},
			{"email", "know your address", false},
		},
		// Of loopback addresses its portal takes only this name, with any port.
		redirect: url.URL{Scheme: "http", Host: "localhost"},
		tenant:   tenant,
	}
}

// other is any provider that has been discovered.
func other(s Settings) Provider {
	p := Provider{
		Key: s.Key, Name: s.Key, Endpoints: s.Endpoints,
		extra:    url.Values{"prompt": {"consent"}}, // offline_access wants it (OpenID Connect Core 11)
		redirect: url.URL{Scheme: "http", Host: "127.0.0.1", Path: "/callback"},
	}
	if u, err := url.Parse(s.Key); err == nil && u.Host != "" {
		p.Name = u.Host
	}
	for _, name := range s.Scopes {
		p.Scopes = append(p.Scopes, Scope{name, "use what it calls " + name, true})
	}
	for _, usual := range []Scope{
		{"offline_access", "stay signed in until you take it back", false},
		{"openid", "", false},
		{"email", "know your address", false},
	} {
		if !slices.Contains(s.Scopes, usual.Name) {
			p.Scopes = append(p.Scopes, usual)
		}
	}
	return p
}

// Words say what the person is going to allow, one thing a line.
func (p Provider) Words() []string {
	var list []string
	for _, s := range p.Scopes {
		if s.Words != "" {
			list = append(list, s.Words)
		}
	}
	return list
}

func (p Provider) scopeNames() []string {
	var list []string
	for _, s := range p.Scopes {
		list = append(list, s.Name)
	}
	return list
}

// missing are the words of the needed scopes that were not granted. A provider
// that names none has granted all (RFC 6749 section 5.1).
func (p Provider) missing(granted []string) []string {
	var list []string
	for _, s := range p.Scopes {
		if s.Needed && len(granted) > 0 && !slices.ContainsFunc(granted, func(g string) bool { return sameScope(g, s.Name) }) {
			list = append(list, s.Words)
		}
	}
	return list
}

// sameScope compares names of scopes. Microsoft names one of a resource with
// the resource before it, or without.
func sameScope(a, b string) bool {
	last := func(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }
	return strings.EqualFold(a, b) || last(a) != "" && strings.EqualFold(last(a), last(b))
}

// consentURL is where an admin of the organisation allows this program for
// everybody in it; empty where there is no such page.
func (p Provider) consentURL(client, address string) string {
	if p.Key != Microsoft {
		return ""
	}
	tenant := p.tenant
	if tenant == "" || tenant == "common" || tenant == "organizations" {
		tenant = address[strings.LastIndexByte(address, '@')+1:] // a domain of it names it, too
	}
	q := url.Values{"client_id": {client}, "redirect_uri": {p.redirect.String()}, "scope": {strings.Join(p.mailScopes(), " ")}}
	return "https://login.microsoftonline.com/" + url.PathEscape(tenant) + "/v2.0/adminconsent?" + q.Encode()
}

func (p Provider) mailScopes() []string {
	var list []string
	for _, s := range p.Scopes {
		if s.Needed {
			list = append(list, s.Name)
		}
	}
	return list
}

// organisation names whose admin decides.
func (p Provider) organisation(address string) string {
	if p.tenant != "" && p.tenant != "common" && p.tenant != "organizations" {
		return p.tenant
	}
	return desk.Account{Address: address}.Domain()
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
