package discover

import (
	"testing"

	"postroom/connector/dial"
)

// TestProvidersAreWhole: every row can be connected to, over TLS, and no
// domain or exchanger belongs to two of them.
func TestProvidersAreWhole(t *testing.T) {
	seen := map[string]string{}
	for _, p := range providers {
		for _, raw := range []string{p.imap, p.smtp} {
			if a, err := dial.Parse(raw); err != nil || a.Security == dial.Plain {
				t.Errorf("%s: %s: %v, %v", p.name, raw, a, err)
			}
		}
		if len(p.domains)+len(p.behind) == 0 {
			t.Errorf("nothing leads to %s", p.imap)
		}
		for kind, names := range map[string][]string{"domain ": p.domains, "exchanger ": p.behind} {
			for _, n := range names {
				if other := seen[kind+n]; other != "" {
					t.Errorf("%s%s is of %s and %s", kind, n, other, p.name)
				}
				seen[kind+n] = p.name
			}
		}
	}
}

// TestExchangersLeadToTheirProvider: by whole labels, the particular first.
func TestExchangersLeadToTheirProvider(t *testing.T) {
	for host, want := range map[string]string{
		"aspmx.l.google.com": "Gmail", "acme-test.mail.protection.outlook.com": "Microsoft 365", "acme.olc.protection.outlook.com": "Outlook.com",
		"in1-smtp.messagingengine.com": "Fastmail", "mx.zoho.eu": "Zoho Mail", "mail.protonmail.ch": "Proton Mail",
		"evilgoogle.com": "", "google.com.evil.test": "", "mx.acme.test": "",
	} {
		if p, _ := providerBehind(host); p.name != want {
			t.Errorf("%s leads to %q, want %q", host, p.name, want)
		}
	}
}
