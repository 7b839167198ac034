package connect

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// withPassword is what a setup says where no provider signs the account in.
const withPassword = "password"

// offer asks where the account may sign in, once for each server.
func (s *Screen) offer() tea.Cmd {
	if s.o.Providers == nil || s.offeredFor == s.said.IMAP {
		return nil
	}
	if s.account.IMAP == "" {
		s.readServers() // what is wrong there is said when somebody goes on
	}
	s.offeredFor, s.offered = s.said.IMAP, Offered{}
	o, a := s.o, s.account
	return s.offering.Ask(s.sh.Context(), func(ctx context.Context) (Offered, error) { return o.Providers(ctx, a) })
}

// wasOffered takes the answer: with a provider the question is another one.
func (s *Screen) wasOffered(msg tea.Msg) tea.Cmd {
	offered, err, ok := s.offering.Take(msg)
	if !ok {
		return nil
	}
	if err != nil {
		return s.sh.Missed(err)
	}
	s.offered = offered
	if len(offered.Providers) == 0 || s.page == nil || s.page.at != atSignIn {
		return nil
	}
	s.page.read(s)
	if s.said.SignIn == "" && s.password.Value() == "" && s.said.PasswordCommand == "" {
		s.said.SignIn = offered.Providers[0].Key
	}
	remark := s.remark
	cmd := s.show(atSignIn)
	s.remark = remark
	return cmd
}

// atProvider is the provider that signs the account in; false for a password.
func (s *Screen) atProvider() (Provider, bool) {
	i := slices.IndexFunc(s.offered.Providers, func(p Provider) bool { return p.Key == s.said.SignIn })
	if i < 0 {
		return Provider{}, false
	}
	return s.offered.Providers[i], true
}

// signInWay is one of the ways to sign in, as the form offers it.
type signInWay struct {
	key    string
	device bool
	choice widget.Choice
}

// ways are those there are, the best first.
func (s *Screen) ways() []signInWay {
	var list []signInWay
	for _, p := range s.offered.Providers {
		list = append(list, signInWay{p.Key, false, widget.Choice{Label: safe.Sprintf("at %s", safe.Line(p.Name)), Hint: safe.Const("in a browser, here or elsewhere")}})
		if p.Device {
			list = append(list, signInWay{p.Key, true, widget.Choice{Label: safe.Sprintf("at %s by a code", safe.Line(p.Name)), Hint: safe.Const("typed in on any other machine")}})
		}
	}
	if len(list) == 0 {
		return nil
	}
	return append(list, signInWay{withPassword, false, widget.Choice{Label: safe.Const("with a password"), Hint: safe.Const("where there is no other way")}})
}

// wayRow is the choice among the ways; none where there is only the password.
func (s *Screen) wayRow(ways []signInWay) []widget.FormRow {
	if len(ways) == 0 {
		return nil
	}
	row := widget.FormRow{Label: safe.Const("Sign in")}
	for i, w := range ways {
		row.Choices = append(row.Choices, w.choice)
		if w.key == s.said.SignIn && w.device == s.said.Device || s.said.SignIn == "" && w.key == withPassword {
			row.Chosen = i
		}
	}
	return []widget.FormRow{row}
}

// opened is a sign-in that has begun.
type opened struct{ in SignIn }

// beginSignIn opens the provider's pages.
func (s *Screen) beginSignIn(at Provider) tea.Cmd {
	o, who, device := s.o, s.said.Person, s.said.Device
	if who == "" {
		who = s.said.Address
	}
	s.doing = safe.Sprintf("Asking %s…", safe.Line(at.Name))
	return s.opening.Ask(s.sh.Context(), func(ctx context.Context) (opened, error) {
		in, err := o.Begin(ctx, at.Key, who, device)
		if err == nil && ctx.Err() != nil {
			in.Close() // nobody waits for it any more
			err = ctx.Err()
		}
		return opened{in}, err
	})
}

func (s *Screen) signInOpened(msg tea.Msg) tea.Cmd {
	got, err, ok := s.opening.Take(msg)
	if !ok {
		return nil
	}
	s.doing = safe.Text{}
	if err != nil {
		return s.failed(&failedAt{asking, err})
	}
	s.in = got.in
	return s.show(atConsent)
}

// consentPage shows where to sign in and what is going to be allowed, and waits
// until somebody has agreed there.
func consentPage(s *Screen) (*page, tea.Cmd) {
	in := s.in
	p := &page{title: safe.Const("sign-in"), question: safe.Const("Sign in on this page, and agree there.")}
	p.above = func(_ *Screen, out *sheet) {
		out.say(theme.Plain, safe.Line(in.URL))
		if in.Code != "" {
			out.say(theme.Strong, safe.Sprintf("The code to type there: %s", safe.Line(in.Code)))
		}
		out.gap()
		for _, words := range in.Words {
			out.say(theme.Faint, safe.Sprintf("postroom may %s", safe.Line(words)))
		}
		out.gap()
	}
	p.form.Buttons = []safe.Text{safe.Const("Copy the link"), safe.Const("Back")}
	if in.Code == "" {
		p.form.Rows = []widget.FormRow{{Label: safe.Const("Ended at"), Hint: safe.Const("browser elsewhere: its last address, pasted here"), Secret: true}}
		p.form.Buttons = []safe.Text{safe.Const("Copy the link"), safe.Const("It ended at this address")}
		p.form.Go(1)
		p.second = func(s *Screen) tea.Cmd {
			if !p.needed(0, safe.Const("Paste the address the browser shows at the end.")) {
				return nil
			}
			if err := in.Paste(p.form.Value(0)); err != nil {
				return p.wrong(0, inTheForm(err))
			}
			return nil
		}
	}
	p.take = func(*Screen) tea.Cmd { return tea.SetClipboard(in.URL) }
	return p, s.signing.Ask(s.sh.Context(), in.Wait)
}

// agreed goes on to the test when somebody has signed in.
func (s *Screen) agreed(msg tea.Msg) tea.Cmd {
	signed, err, ok := s.signing.Take(msg)
	if !ok {
		return nil
	}
	cmd := s.show(atSignIn)
	s.account.OAuth, s.account.OAuthUser = s.said.SignIn, s.said.Person
	var e *desk.Error
	if errors.As(err, &e) && e.Code == "ADMIN_CONSENT" {
		// It is connected all the same, so that nothing is typed again (S239).
		if s.signed = nil; s.account.OAuthUser == "" {
			s.account.OAuthUser = s.said.Address
		}
		s.account.State, s.account.Cause = desk.AccountNeedsConsent, strings.TrimSpace(e.Message+" "+e.Hint)
		return tea.Batch(cmd, s.signIn())
	}
	if err != nil {
		return tea.Batch(cmd, s.failed(&failedAt{asking, err}))
	}
	s.signed = &signed
	if signed.Person != "" {
		s.account.OAuthUser = signed.Person
	}
	return tea.Batch(cmd, s.signIn())
}

// closeSignIn ends the wait for somebody to agree.
func (s *Screen) closeSignIn() {
	s.opening.Drop()
	s.signing.Drop()
	if s.in.Close != nil {
		s.in.Close()
	}
	s.in = SignIn{}
}

// secret is what signs the account in now; empty where a command gives it.
func (s *Screen) secret() string {
	if s.signed != nil && s.account.OAuth != "" {
		return s.signed.Token
	}
	return s.password.Value()
}

// sealed is what is to be kept for the account to sign in with.
func (o Outside) sealed(ctx context.Context, a desk.Account, signed *SignedIn, password string) ([]byte, error) {
	switch {
	case a.State == desk.AccountNeedsConsent:
		return nil, nil
	case a.OAuth != "" && signed != nil:
		return signed.Seal(ctx)
	case a.PasswordCommand != "":
		return nil, nil
	default:
		return o.Seal(ctx, []byte(password))
	}
}
