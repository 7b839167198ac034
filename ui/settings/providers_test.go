package settings_test

import (
	"context"
	"testing"

	"postroom/desk"
	"postroom/ui/settings"
)

// TestProviders: one is set up, changed without typing its secret again, and
// forgotten when no account signs in there; its secret is never on the screen.
func TestProviders(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	d := pick(o.open(o.maya, 120, 40), "settings providers").See("No provider is set up", "[ Set a provider up ]")
	d.Press("c").See("Set a provider up").Type("google").Press("tab").Type("1234.apps").Press("ctrl+s").See("! The secret is missing.")
	if len(o.providers) > 0 {
		t.Fatalf("set up without a secret: %+v", o.providers)
	}
	d.Type("hunter2").NotSee("hunter2").Press("ctrl+s").See("Set up google.", "kept sealed, never shown", "1234.apps", "no account you see").NotSee("hunter2")
	must(t, o.maya.SetOAuthClient(ctx, desk.OAuthClient{Provider: "microsoft", ClientID: "0d8b", Secret: []byte("x"), Tenant: "acme.test"}))
	d.Listen().Press("j").See("microsoft", "was sealed with a key", "nobody can sign in there", "1 !")
	golden(t, d, "providers-120x40-dark", 120, 40)
	d.Press("k")
	pick(d, "change what this desk is called").See("Change google", "the one there is stays")
	golden(t, d, "provider-120x40-dark", 120, 40)
	d.Resize(80, 24)
	golden(t, d, "provider-80x24-dark", 80, 24)
	d.Resize(120, 40).Press("tab").Type("9").Press("ctrl+s").See("1234.apps9")
	if want := (settings.ProviderSetting{Provider: "google", ClientID: "1234.apps9", Known: true}); o.providers[len(o.providers)-1] != want {
		t.Fatalf("set %+v", o.providers)
	}
	_, err := o.maya.Reauth(ctx, "billing@acme.test", func(a desk.Account) (desk.Account, error) {
		a.OAuth, a.OAuthUser, a.Secret = "google", a.Address, []byte("x")
		return a, nil
	})
	must(t, err)
	d.Listen().See("used by", "billing@acme.test").Press("#").See("is in use: billing@acme.test").Press("2").See("1 account signs in with google.")
	d.Press("j", "#").See("No account can sign in there then.").Press("2").See("microsoft is forgotten.").NotSee("0d8b")
	// Who is no admin sees where accounts sign in, and changes nothing.
	pick(o.open(o.tom, 80, 24), "settings providers").Press("enter").See("Only admins set providers up").NotSee("[ Change ]", "[ Remove ]")
}
