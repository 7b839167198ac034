package welcome

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
)

// save seals the password, makes the inbox and connects the account. It comes
// after the test and is the first thing that writes.
func (f *form) save(password string) tea.Cmd {
	o, a, name, kind, made := f.outside, f.account, f.fields.Value(inName), f.kind, f.made
	return shell.Do(f.sh, func(ctx context.Context) (string, error) {
		sealed, err := o.Seal([]byte(password))
		if err != nil {
			return made, err
		}
		a.Secret = sealed
		if made != name {
			if _, err := o.Desk.CreateInbox(ctx, name, kind); err != nil {
				return made, err
			}
			made = name
		}
		_, err = o.Desk.Connect(ctx, name, a)
		return made, err
	}, func(made string, err error) tea.Msg { return saved{form: f, made: made, err: err} })
}

// saved tells that the inbox is there, or what stands in the way. An inbox that
// was made without its account is not made again.
func (f *form) saved(s saved) (toast shell.Toast, done bool) {
	f.made = s.made
	if s.err != nil {
		f.failed(s.err)
		return toast, false
	}
	f.fields.Rows[inPassword].Field.Erase()
	text := safe.Sprintf("%s is connected; its %s messages come in now, the newest first.", safe.Addr(f.account.Address), safe.Int(f.messages))
	switch f.messages {
	case 0:
		text = safe.Sprintf("%s is connected. It is empty; what arrives comes in here.", safe.Addr(f.account.Address))
	case 1:
		text = safe.Sprintf("%s is connected; its one message comes in now.", safe.Addr(f.account.Address))
	}
	return shell.Toast{Text: text, Role: theme.Good}, true
}

// progress says what is being done.
func (f *form) progress() safe.Text {
	switch f.step {
	case checking:
		return safe.Const("Looking whether the inbox can be made…")
	case receiving:
		return safe.Sprintf("Signing in to %s, where mail comes in… esc stops", safe.Host(f.fields.Value(inIMAP)))
	case sending:
		return safe.Sprintf("%s messages are there. Signing in to %s, where mail leaves… esc stops", safe.Int(f.messages), safe.Host(f.fields.Value(inSMTP)))
	case saving:
		return safe.Const("Both servers let us in. Writing the inbox…")
	default:
		return safe.Text{}
	}
}

var _ Desk = (*desk.Seat)(nil)
