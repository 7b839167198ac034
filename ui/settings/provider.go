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

// signInAtProvider asks how, where there is more than one way.
func (p *inboxes) signInAtProvider(a desk.Account) tea.Cmd {
	if byCode := p.s.o.ByCode; byCode == nil || !byCode(a.OAuth) {
		return p.beginAtProvider(a, ByBrowser)
	}
	p.s.sh.Show(shell.NewChoice(p.s.sh, safe.Const("sign in again"), safe.Sprintf("%s signs in at %s.", safe.Addr(a.Address), safe.Line(a.OAuth)),
		shell.Option{Label: safe.Const("In a browser, on this machine or another"), Run: func() tea.Cmd { return p.beginAtProvider(a, ByBrowser) }},
		shell.Option{Label: safe.Const("With a code, typed in on any other machine"), Run: func() tea.Cmd { return p.beginAtProvider(a, ByCode) }}))
	return nil
}

func (p *inboxes) beginAtProvider(a desk.Account, by SignInWay) tea.Cmd {
	o := p.s.o
	return shell.Do(p.s.sh, func(ctx context.Context) (AtProvider, error) { return o.Begin(ctx, a.Address, by) },
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
	f := &form{title: safe.Sprintf("Sign in again: %s", address), closed: b.at.Close}
	if b.at.Code != "" {
		f.intro = safe.Const("Open the page below on any machine, type the code there and agree.")
		f.working = safe.Sprintf("Waiting for the code, then signing in to both servers of %s… esc stops", address)
		f.fields.Buttons = []safe.Text{safe.Const("Wait for the code"), safe.Const("Cancel")}
	} else {
		f.intro = safe.Const("Open the page below in a browser on this machine and agree there. On another machine the browser ends at a page that cannot be shown: paste its address here.")
		f.working = safe.Sprintf("Waiting for the browser, then signing in to both servers of %s… esc stops", address)
		f.fields.Rows = []widget.FormRow{{Label: safe.Const("Address"), Hint: safe.Const("only from another machine's browser"), Secret: true}}
		f.fields.Buttons = []safe.Text{safe.Const("Wait for the browser"), safe.Const("Cancel")}
		f.culprit = func(e *desk.Error) int {
			if e.Kind == desk.Invalid {
				return 0
			}
			return -1
		}
	}
	f.preview = func(s *sheet) {
		s.say(theme.Accent, safe.Line(b.at.URL))
		if b.at.Code != "" {
			s.gap()
			s.say(theme.Strong, safe.Sprintf("The code to type there: %s", safe.Line(b.at.Code)))
		}
		s.gap()
		for _, words := range b.at.Words {
			s.say(theme.Faint, safe.Sprintf("postroom may: %s", safe.Line(words)))
		}
	}
	f.save = func(ctx context.Context, v values) (result, error) {
		if b.at.Code == "" && v.text(0) != "" {
			if err := b.at.Paste(v.text(0)); err != nil {
				return result{}, err
			}
		}
		return result{text: safe.Sprintf("%s is signed in again.", address)}, b.at.Finish(ctx)
	}
	return p.s.open(f)
}
