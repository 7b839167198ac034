package connect

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// The fields of the sign-in.
const (
	inPassword = iota
	inCommand
)

// stage is how far the test of an account has come.
type stage uint8

const (
	preparing stage = iota // reading the certificates
	asking                 // the command for the password
	receiving
	sending
)

// tested is a stage of the test that went well.
type tested struct {
	stage    stage
	account  desk.Account
	password string
	look     Look
}

// failedAt is an error of the test with the stage it belongs to.
type failedAt struct {
	stage stage
	err   error
}

func (e *failedAt) Error() string { return e.err.Error() }
func (e *failedAt) Unwrap() error { return e.err }

// signInPage asks for what lets us in: at a provider where there is one, else a
// password.
func signInPage(s *Screen) (*page, tea.Cmd) {
	p := &page{title: safe.Const("sign-in"), question: safe.Sprintf("How does %s sign in?", safe.Addr(s.said.Address))}
	ways := s.ways()
	p.form.Rows = s.wayRow(ways)
	above := len(p.form.Rows)
	at, provided := s.atProvider()
	if provided {
		who := widget.FormRow{Label: safe.Const("Signs in as"), Hint: safe.Const("the address; another where a person opens a shared mailbox")}
		who.Field.Set(s.said.Person)
		p.form.Rows = append(p.form.Rows, who)
		p.form.Buttons = []safe.Text{safe.Const("Sign in"), safe.Const("Back")}
	} else {
		p.form.Rows = append(p.form.Rows,
			widget.FormRow{Label: safe.Const("Password"), Hint: safe.Const("or an app password; it is stored sealed"), Secret: true, Field: s.password},
			widget.FormRow{Label: safe.Const("or a command"), Hint: safe.Const("that prints it, run at each connection")})
		p.form.Rows[above+inCommand].Field.Set(s.said.PasswordCommand)
		p.form.Buttons = []safe.Text{safe.Const("Test and go on"), safe.Const("Back")}
	}
	p.above = func(s *Screen, out *sheet) {
		if s.offered.Warning != "" && !provided {
			out.say(theme.Warn, safe.Line(s.offered.Warning))
			out.gap()
		}
	}
	p.chose = func(s *Screen) tea.Cmd { return s.show(atSignIn) }
	p.read = func(s *Screen) {
		if above > 0 {
			w := ways[p.form.Rows[0].Chosen]
			s.said.SignIn, s.said.Device = w.key, w.device
		}
		if provided {
			s.said.Person = p.form.Value(above)
			return
		}
		s.password = p.form.Rows[above+inPassword].Field
		s.said.PasswordCommand = p.form.Value(above + inCommand)
	}
	p.take = func(s *Screen) tea.Cmd {
		if wrong := s.readServers(); len(wrong) > 0 {
			cmd := s.show(atServers)
			s.page.wrongs(wrong)
			return cmd
		}
		if provided {
			s.account.PasswordCommand = ""
			return s.beginSignIn(at)
		}
		if s.password.Value() != "" && s.said.PasswordCommand != "" {
			return p.wrong(above+inCommand, safe.Const("Give a password or a command, not both."))
		}
		if s.said.PasswordCommand == "" && !p.needed(above+inPassword, safe.Const("The password is needed to sign in.")) {
			return nil
		}
		s.signed = nil
		return s.signIn()
	}
	return p, s.offer()
}

// signInRow is where a field of the sign-in stands: with a provider there is
// none but the choice.
func (s *Screen) signInRow(field int) int {
	if _, provided := s.atProvider(); provided {
		return 0
	}
	return field + min(len(s.offered.Providers), 1)
}

// signIn begins the test: what is wrong with a file or a command is found
// before a password goes anywhere.
func (s *Screen) signIn() tea.Cmd {
	o, a, path, password := s.o, s.account, s.said.CAFile, s.secret()
	a.CutOff = s.cutOff()
	return s.ride(safe.Const("Getting ready…"), preparing, func(ctx context.Context) (tested, error) {
		t := tested{stage: preparing, account: a, password: password}
		var err error
		if path != "" {
			if t.account.CA, err = o.Certificates(path); err != nil {
				return t, err
			}
		}
		switch {
		case a.PasswordCommand != "":
			t.password, err = o.Password(ctx, a)
		case a.OAuth == "":
			err = o.Ready(ctx)
		}
		if err != nil {
			err = &failedAt{asking, err}
		}
		return t, err
	})
}

// ride runs a stage of the test.
func (s *Screen) ride(doing safe.Text, at stage, do func(context.Context) (tested, error)) tea.Cmd {
	s.doing, s.remark = doing, safe.Text{}
	return s.test.Ask(s.sh.Context(), func(ctx context.Context) (tested, error) {
		t, err := do(ctx)
		if err != nil && !errors.As(err, new(*failedAt)) {
			err = &failedAt{at, err}
		}
		return t, err
	})
}

// tested goes on with the next stage.
func (s *Screen) tested(msg tea.Msg) tea.Cmd {
	t, err, ok := s.test.Take(msg)
	if !ok {
		return nil
	}
	s.doing = safe.Text{}
	if err != nil {
		return s.failed(err)
	}
	o := s.o
	switch t.stage {
	case preparing, asking:
		if t.account.State == desk.AccountNeedsConsent {
			s.account, s.look = t.account, Look{} // nobody lets us look yet
			return s.letIn()
		}
		return s.ride(safe.Sprintf("Signing in to %s, where mail comes in… esc stops", safe.Host(s.said.IMAP)), receiving, func(ctx context.Context) (tested, error) {
			look, err := o.Look(ctx, t.account, t.password)
			return tested{receiving, t.account, t.password, look}, err
		})
	case receiving:
		doing := safe.Sprintf("%s messages are there. Signing in to %s, where mail leaves… esc stops", safe.Int(t.look.Messages()), safe.Host(s.said.SMTP))
		return s.ride(doing, sending, func(ctx context.Context) (tested, error) {
			return tested{sending, t.account, t.password, t.look}, o.Send(ctx, t.account, t.password)
		})
	case sending:
	}
	s.account, s.look, s.looked = t.account, t.look, true
	return s.letIn()
}

// letIn goes on when both servers have let us in: past its mail, should that
// look like the other kind's, to where the way was left.
func (s *Screen) letIn() tea.Cmd {
	next := s.resume
	if len(s.doubts(s.look.Traffic)) > 0 {
		return s.show(atFit)
	}
	s.resume = ""
	if next == "" || next == atFit {
		next = atInbox
	}
	return s.show(next)
}

// inTheForm is an error as the form says it: where the command line would name
// a flag, the form names a field.
func inTheForm(err error) safe.Text {
	var e *desk.Error
	if errors.As(err, &e) && strings.HasPrefix(e.Code, "CERT_") && strings.Contains(e.Hint, "--ca") {
		return safe.Sprintf("%s If it is your own server, name the file with its authority here.", safe.Line(e.Message))
	}
	return shell.Sentence(err)
}

// culprit is the question and the field that an error belongs to; no question
// for none of them.
func (s *Screen) culprit(err error) (step, int) {
	var e *desk.Error
	var code, hint string
	if errors.As(err, &e) {
		code, hint = e.Code, e.Hint
	}
	switch {
	case code == "NAME_IN_USE" || code == "BAD_NAME":
		return atInbox, s.nameRow()
	case code == "ADDRESS_IN_USE" || code == "BAD_ADDRESS":
		return atAddress, 0
	case code == "NO_SUCH_PIPELINE" || code == "NO_SUCH_STAGE":
		return atTickets, inTickets
	case code == "BAD_GOAL" || code == "NO_SUCH_CALENDAR":
		return atTickets, inFirst
	case strings.HasPrefix(code, "CERT_") && strings.Contains(hint, "--ca"):
		return atServers, inCA
	}
	var at *failedAt
	if !errors.As(err, &at) || strings.HasPrefix(code, "KEY_") {
		return "", 0
	}
	switch at.stage {
	case preparing:
		return atServers, inCA
	case asking:
		return atSignIn, s.signInRow(inCommand)
	case receiving:
		if desk.KindOf(err) == desk.Denied {
			if s.account.PasswordCommand != "" {
				return atSignIn, s.signInRow(inCommand)
			}
			return atSignIn, s.signInRow(inPassword)
		}
		return atServers, inIMAP
	default:
		return atServers, inSMTP
	}
}
