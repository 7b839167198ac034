package settings

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// providerBegun is the fact that a sign-in at a provider has begun, or not.
type providerBegun struct {
	account desk.Account
	at      AtProvider
	err     error
}

func (p *inboxes) signInAtProvider(a desk.Account) tea.Cmd {
	o := p.s.o
	return shell.Do(p.s.sh, func(ctx context.Context) (AtProvider, error) { return o.Begin(ctx, a.Address) },
		func(at AtProvider, err error) tea.Msg { return providerBegun{a, at, err} })
}

// providerBegun shows where to go, and waits there for the person's consent.
func (p *inboxes) providerBegun(b providerBegun) tea.Cmd {
	if b.err != nil {
		return p.s.sh.Fail(b.err)
	}
	if p.s.form != nil || p.s.part() != part(p) {
		b.at.Close() // somebody has gone on
		return nil
	}
	address := safe.Addr(b.account.Address)
	f := &form{
		title:   safe.Sprintf("Sign in again: %s", address),
		intro:   safe.Const("Open the page below in a browser on this machine and agree there. On another machine the browser ends at a page that cannot be shown: paste its address here."),
		working: safe.Sprintf("Waiting for the browser, then signing in to both servers of %s… esc stops", address),
		closed:  b.at.Close,
		culprit: func(e *desk.Error) int {
			if e.Kind == desk.Invalid {
				return 0
			}
			return -1
		},
	}
	f.fields.Rows = []widget.FormRow{{Label: safe.Const("Address"), Hint: safe.Const("only from another machine's browser"), Secret: true}}
	f.fields.Buttons = []safe.Text{safe.Const("Wait for the browser"), safe.Const("Cancel")}
	f.preview = func(s *sheet) {
		for _, words := range b.at.Words {
			s.say(theme.Faint, safe.Sprintf("postroom may: %s", safe.Line(words)))
		}
		s.gap()
		s.say(theme.Accent, safe.Line(b.at.URL))
	}
	f.save = func(ctx context.Context, v values) (result, error) {
		if pasted := v.text(0); pasted != "" {
			if err := b.at.Paste(pasted); err != nil {
				return result{}, err
			}
		}
		return result{text: safe.Sprintf("%s is signed in again.", address)}, b.at.Finish(ctx)
	}
	return p.s.open(f)
}
