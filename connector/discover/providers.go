package discover

import (
	"slices"
	"strings"

	"postroom/connector/dial"
)

// provider is one whose settings are known without asking.
type provider struct {
	name       string
	domains    []string // of addresses it gives out
	behind     []string // its mail exchangers end in one of these
	imap, smtp string   // as dial.Parse reads it
	note       string
	filesSent  bool
}

const (
	appPassword = "It wants an app password, made in the security settings of the account, instead of the usual one."
	switchedOff = "IMAP has to be switched on first, in the settings of the mailbox on the web."
	byGoogle    = "It signs in through the browser: postroom account connect ADDRESS --inbox NAME --oauth google. Or it wants an app password, made in the security settings of the account."
	byBrowser   = "It takes a sign-in through the browser (OAuth) only, and no password: postroom account connect ADDRESS --inbox NAME --oauth microsoft."
	throughIt   = "Proton Bridge has to run on this machine. Use the password it shows, and the certificate it exports with --ca FILE."
)

// providers are the big ones, the more particular first. Where the same
// provider serves domains of others from other hosts it has a row for each.
var providers = [...]provider{
	{
		name: "Gmail", domains: []string{"gmail.com", "googlemail.com"}, behind: []string{"google.com", "googlemail.com"},
		imap: "imaps://imap.gmail.com", smtp: "smtps://smtp.gmail.com", note: byGoogle, filesSent: true,
	},
	{
		name: "Outlook.com", behind: []string{"olc.protection.outlook.com"},
		domains: []string{
			"outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.de", "hotmail.de", "live.de", "outlook.fr", "hotmail.fr",
			"live.fr", "outlook.at", "outlook.es", "hotmail.es", "outlook.it", "hotmail.it", "hotmail.co.uk", "live.co.uk", "live.nl",
		},
		imap: "imaps://outlook.office365.com", smtp: "smtp+starttls://smtp-mail.outlook.com", note: byBrowser,
	},
	{
		name: "Microsoft 365", domains: []string{"onmicrosoft.com"}, behind: []string{"mail.protection.outlook.com", "mx.microsoft"},
		imap: "imaps://outlook.office365.com", smtp: "smtp+starttls://smtp.office365.com", note: byBrowser,
	},
	{
		name: "iCloud", domains: []string{"icloud.com", "me.com", "mac.com"}, behind: []string{"mail.icloud.com"},
		imap: "imaps://imap.mail.me.com", smtp: "smtp+starttls://smtp.mail.me.com", note: appPassword,
	},
	{
		name: "Fastmail", domains: []string{"fastmail.com", "fastmail.fm", "fastmail.net", "fastmail.org", "sent.com", "messagingengine.com"}, behind: []string{"messagingengine.com"},
		imap: "imaps://imap.fastmail.com", smtp: "smtps://smtp.fastmail.com", note: appPassword,
	},
	{
		name: "AOL", domains: []string{"aol.com", "aol.de", "aol.fr", "aol.co.uk", "aim.com"},
		imap: "imaps://imap.aol.com", smtp: "smtps://smtp.aol.com", note: appPassword,
	},
	{
		name: "Yahoo", domains: []string{"yahoo.com", "yahoo.de", "yahoo.fr", "yahoo.it", "yahoo.es", "yahoo.co.uk", "yahoo.ca", "yahoo.com.au", "yahoo.com.br", "yahoo.co.in", "ymail.com", "myyahoo.com", "rocketmail.com"}, behind: []string{"yahoodns.net"},
		imap: "imaps://imap.mail.yahoo.com", smtp: "smtps://smtp.mail.yahoo.com", note: appPassword,
	},
	{
		name: "GMX", domains: []string{"gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.eu", "gmx.org", "gmx.info", "gmx.biz"},
		imap: "imaps://imap.gmx.net", smtp: "smtps://mail.gmx.net", note: switchedOff,
	},
	{
		name: "GMX", domains: []string{"gmx.com", "gmx.us", "gmx.co.uk", "gmx.fr", "gmx.es", "gmx.it", "gmx.pt", "gmx.se", "gmx.ie"},
		imap: "imaps://imap.gmx.com", smtp: "smtps://mail.gmx.com", note: switchedOff,
	},
	{
		name: "WEB.DE", domains: []string{"web.de"},
		imap: "imaps://imap.web.de", smtp: "smtps://smtp.web.de", note: switchedOff,
	},
	{
		name: "T-Online", domains: []string{"t-online.de", "magenta.de"},
		imap: "imaps://secureimap.t-online.de", smtp: "smtps://securesmtp.t-online.de", note: "It wants the password for mail programs, set on its pages for the account.",
	},
	{
		name: "mailbox.org", domains: []string{"mailbox.org"}, behind: []string{"mailbox.org"},
		imap: "imaps://imap.mailbox.org", smtp: "smtps://smtp.mailbox.org",
	},
	{
		name: "Posteo", domains: []string{"posteo.de", "posteo.net", "posteo.org", "posteo.eu", "posteo.at", "posteo.ch", "posteo.com"},
		imap: "imaps://posteo.de", smtp: "smtps://posteo.de",
	},
	{
		name: "Zoho Mail", domains: []string{"zoho.com", "zohomail.com"},
		imap: "imaps://imap.zoho.com", smtp: "smtps://smtp.zoho.com", note: switchedOff,
	},
	{
		name: "Zoho Mail", domains: []string{"zoho.eu", "zohomail.eu"},
		imap: "imaps://imap.zoho.eu", smtp: "smtps://smtp.zoho.eu", note: switchedOff,
	},
	{
		name: "Zoho Mail", behind: []string{"mx.zoho.com", "mx2.zoho.com", "mx3.zoho.com"},
		imap: "imaps://imappro.zoho.com", smtp: "smtps://smtppro.zoho.com", note: switchedOff,
	},
	{
		name: "Zoho Mail", behind: []string{"mx.zoho.eu", "mx2.zoho.eu", "mx3.zoho.eu"},
		imap: "imaps://imappro.zoho.eu", smtp: "smtps://smtppro.zoho.eu", note: switchedOff,
	},
	{
		name: "Proton Mail", domains: []string{"proton.me", "protonmail.com", "protonmail.ch", "pm.me"}, behind: []string{"protonmail.ch"},
		imap: "imap+starttls://127.0.0.1:1143", smtp: "smtp+starttls://127.0.0.1:1025", note: throughIt,
	},
}

// within tells whether a host is a name or below it.
func within(host, name string) bool { return host == name || strings.HasSuffix(host, "."+name) }

// providerOf gives the provider whose domain an address is of. Tenants of
// Microsoft have names below one of its domains.
func providerOf(domain string) (provider, bool) {
	for _, p := range providers {
		if slices.Contains(p.domains, domain) || within(domain, "onmicrosoft.com") && slices.Contains(p.domains, "onmicrosoft.com") {
			return p, true
		}
	}
	return provider{}, false
}

// GivesAddresses tells whether a domain is one in which a known provider gives
// addresses to everybody, so that two of them have nothing to do with each
// other.
func GivesAddresses(domain string) bool {
	return slices.ContainsFunc(providers[:], func(p provider) bool { return slices.Contains(p.domains, domain) })
}

// providerBehind gives the provider that takes in mail at an exchanger.
func providerBehind(exchanger string) (provider, bool) {
	for _, p := range providers {
		if slices.ContainsFunc(p.behind, func(name string) bool { return within(exchanger, name) }) {
			return p, true
		}
	}
	return provider{}, false
}

// knownHost tells whether a server is one of a provider in the table.
func knownHost(host string) bool {
	return slices.ContainsFunc(providers[:], func(p provider) bool {
		return strings.HasSuffix(p.imap, "://"+host) || strings.HasSuffix(p.smtp, "://"+host)
	})
}

// settings are those of a provider for one mailbox.
func (p provider) settings(m mailbox, from Source) Found {
	f := Found{Source: from, Provider: p.name, Username: m.address, FilesSent: p.filesSent, Note: p.note, Domain: m.domain}
	// A test reads every row, so that neither can fail here.
	f.IMAP, _ = dial.Parse(p.imap)
	f.SMTP, _ = dial.Parse(p.smtp)
	return f
}
