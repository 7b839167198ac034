package connect_test

import (
	"context"
	"strings"
	"testing"

	"postroom/desk"
	"postroom/ui/connect"
	"postroom/ui/uitest"
)

// provider is one that people sign in at; agree ends the wait there.
type provider struct {
	agree  chan error
	pasted string
	begun  []string
	closed int
}

// provided gives the house a provider.
func (h *house) provided() *provider {
	h.t.Helper()
	must(h.t, h.seat.SetOAuthClient(context.Background(), desk.OAuthClient{Provider: "acme", ClientID: "desk"}))
	p := &provider{agree: make(chan error, 1)}
	h.outside.Providers = func(context.Context, desk.Account) (connect.Offered, error) {
		return connect.Offered{Providers: []connect.Provider{{Key: "acme", Name: "Acme ID", Device: true}}, Warning: "Acme has switched passwords off."}, nil
	}
	h.outside.Begin = func(_ context.Context, at, who string, device bool) (connect.SignIn, error) {
		in := connect.SignIn{
			URL: "https://id.acme.test/authorize?state=x", Words: []string{"read and send your mail"},
			Paste: func(a string) error {
				if !strings.Contains(a, "code=") {
					return &desk.Error{Kind: desk.Invalid, Message: "That is not the address.", Hint: "Copy all of it."}
				}
				p.pasted = a
				p.agree <- nil
				return nil
			},
			Wait: func(ctx context.Context) (connect.SignedIn, error) {
				select {
				case err := <-p.agree:
					return connect.SignedIn{Token: "token", Person: "ann@acme.test", Seal: func(context.Context) ([]byte, error) { return []byte("sealed grant"), nil }}, err
				case <-ctx.Done():
					return connect.SignedIn{}, ctx.Err()
				}
			},
			Close: func() { p.closed++ },
		}
		if device {
			in.Code = "WDJB-MJHT"
		}
		p.begun = append(p.begun, at+" "+who+" "+in.Code)
		return in, nil
	}
	return p
}

// signingIn goes to the provider's pages, and stays there.
func signingIn(d *uitest.Driver) *uitest.Driver {
	typed(d, address).See("(●) at Acme ID", "by a code", "with a password").NotSee("or a command")
	return until(next(d.Hold(), 2), "Sign in on this page, and agree there.")
}

// TestSignInAtAProvider: the page, what is allowed, the test with the token, and
// nothing kept of it but what is sealed.
func TestSignInAtAProvider(t *testing.T) {
	h := newHouse(t)
	p := h.provided()
	d := signingIn(h.open(100, 30).Press("2")).See("https://id.acme.test/authorize?state=x", "postroom may read and send your mail", "Waiting until somebody has agreed there")
	p.agree <- nil
	d.Release().See("Into which inbox")
	if got := strings.Join(h.said, "|"); !strings.Contains(got, "receive imaps://imap.acme.test:993 maya@acme.test token") || !strings.Contains(got, "send smtps://smtp.acme.test:465 maya@acme.test token") {
		t.Errorf("asked %q", h.said)
	}
	next(next(d, 1), 1).See("is connected")
	room := h.desk.Mailroom()
	all, err := room.Accounts(context.Background())
	must(t, err)
	a, tokens, err := room.Tokens(context.Background(), all[0].ID)
	must(t, err)
	if a.OAuth != "acme" || a.OAuthUser != "ann@acme.test" || string(tokens.Sealed) != "sealed grant" || p.begun[0] != "acme maya@acme.test " {
		t.Errorf("signs in at %q as %q with %q, begun %q", a.OAuth, a.OAuthUser, tokens.Sealed, p.begun)
	}
}

// TestABrowserElsewhere ends at an address that is pasted, and a code is typed
// in on another machine.
func TestABrowserElsewhere(t *testing.T) {
	h := newHouse(t)
	p := h.provided()
	d := signingIn(h.open(100, 30).Press("2")).Press("up").Type("http://127.0.0.1/?error")
	d.Press("tab", "tab", "enter").See("That is not the address. Copy all of it.").NotSee("127.0.0.1").Press("ctrl+u").Type("http://127.0.0.1/?code=secret1")
	d.Press("tab", "tab", "enter").NotSee("secret1").Release().See("Into which inbox")
	if !strings.HasSuffix(p.pasted, "code=secret1") {
		t.Errorf("pasted %q", p.pasted)
	}
	h = newHouse(t)
	p = h.provided()
	d = typed(h.open(100, 30).Press("2"), address).Press("down").See("Signs in as").Press("tab").Type("tom@acme.test")
	until(next(d.Hold(), 1), "The code to type there: WDJB-MJHT")
	p.agree <- &desk.Error{Kind: desk.Denied, Code: "REFUSED", Message: "You have refused.", Hint: "Agree there."}
	d.Release().See("You have refused. Agree there.", "tom@acme.test")
	h.nothing()
	if p.begun[0] != "acme tom@acme.test WDJB-MJHT" {
		t.Errorf("begun %q", p.begun)
	}
}

// TestTheWizardWaitsForAnAdmin: who has to agree, and on which page, is told;
// the account is there and waits, and no server was asked (S239).
func TestTheWizardWaitsForAnAdmin(t *testing.T) {
	h := newHouse(t)
	p := h.provided()
	d := signingIn(h.open(100, 30).Press("2"))
	p.agree <- &desk.Error{Kind: desk.Denied, Code: "ADMIN_CONSENT", Message: "Only an admin can allow it.", Hint: "Their page: https://id.acme.test/adminconsent"}
	next(d.Release().See("Into which inbox"), 1).See("6 of 8", "Only an admin can allow it. Their page:", "https://id.acme.test/adminconsent", "nothing has to be typed again").NotSee("Work is")
	h.nothing()
	d.Press("enter").See("8 of 8", "waits for admin consent")
	a := h.inboxes()[0].Accounts[0]
	if a.State != desk.AccountNeedsConsent || !strings.Contains(a.Cause, "adminconsent") || a.OAuth != "acme" || a.OAuthUser != address || len(h.said) != 0 {
		t.Errorf("account %+v, asked %q", a, h.said)
	}
	// Gone on with later, it is the waiting that is there, and no test mail.
	d = next(h.wizard(h.open(100, 30)), 1).See("7 of 8 · waiting", "adminconsent", "tried again by itself").NotSee("Send a test mail")
	d.Press("enter").See("8 of 8")
}

// TestEscClosesTheSignIn, a password is there all the same, with a warning, and
// what was chosen is there after a kill.
func TestEscClosesTheSignIn(t *testing.T) {
	h := newHouse(t)
	p := h.provided()
	d := signingIn(h.open(100, 30).Press("2"))
	d.Press("esc").Release().See("How does maya@acme.test sign in?").NotSee("Waiting")
	if p.closed == 0 {
		t.Error("the sign-in still waits")
	}
	d = h.wizard(h.open(100, 30))
	next(d, 1).See("(●) at Acme ID")
	d.Press("3").See("Acme has switched passwords off.", "or a command").Press("tab").Type("top secret")
	next(d, 2).See("Into which inbox")
}
