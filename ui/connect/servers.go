package connect

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"postroom/desk"
	"postroom/desk/safe"
	"postroom/ui/shell"
	"postroom/ui/theme"
	"postroom/ui/widget"
)

// The fields of the servers.
const (
	inIMAP = iota
	inSMTP
	inUser
	inCA
)

// serversPage shows the servers that were found, to be changed or typed.
func serversPage(s *Screen) (*page, tea.Cmd) {
	p := &page{title: safe.Const("servers"), question: safe.Sprintf("Which servers have the mail of %s?", safe.Addr(s.said.Address))}
	p.form.Rows = []widget.FormRow{
		inIMAP: {Label: safe.Const("Mail comes by"), Hint: safe.Const("IMAP server, such as imap.example.org:993")},
		inSMTP: {Label: safe.Const("Mail leaves by"), Hint: safe.Const("SMTP server, such as smtp.example.org:465")},
		inUser: {Label: safe.Const("User name"), Hint: safe.Const("the address")},
		inCA:   {Label: safe.Const("CA file"), Hint: safe.Const("only for a server of your own: its authority, PEM")},
	}
	put(&p.form, s.said.IMAP, s.said.SMTP, s.said.Username, s.said.CAFile)
	p.above = func(s *Screen, out *sheet) {
		switch {
		case s.find.Busy():
			out.say(theme.Accent, safe.Sprintf("Looking for the mail servers of %s…", safe.Addr(s.said.Address)))
		case s.said.Found != "":
			out.say(theme.Faint, safe.Sprintf("Found: %s. %s", safe.Line(s.said.Found), safe.Line(s.note)))
		case s.note != "":
			out.say(theme.Warn, safe.Line(s.note))
		default:
			return
		}
		out.gap()
	}
	p.read = func(s *Screen) {
		u := &s.said
		if u.IMAP != p.form.Value(inIMAP) || u.SMTP != p.form.Value(inSMTP) {
			u.Found, u.FilesSent, s.note = "", false, "" // they are what somebody has typed now
		}
		u.IMAP, u.SMTP, u.Username, u.CAFile = p.form.Value(inIMAP), p.form.Value(inSMTP), p.form.Value(inUser), p.form.Value(inCA)
	}
	p.take = func(s *Screen) tea.Cmd {
		s.find.Drop()
		if wrong := s.readServers(); len(wrong) > 0 {
			p.wrongs(wrong)
			return nil
		}
		if s.said.CAFile == "" {
			return s.show(atSignIn)
		}
		read, file := s.o.Certificates, s.said.CAFile
		return s.ask(safe.Const("Reading the certificates…"), func(context.Context) error {
			if _, err := read(file); err != nil {
				return &failedAt{preparing, err}
			}
			return nil
		})
	}
	if s.said.IMAP != "" || s.said.SMTP != "" {
		return p, nil
	}
	find, address := s.o.Find, s.said.Address
	return p, s.find.Ask(s.sh.Context(), func(ctx context.Context) (Servers, error) { return find(ctx, address) })
}

// found takes the servers, or says why there are none. What somebody has typed
// meanwhile stays.
func (s *Screen) found(msg tea.Msg) tea.Cmd {
	servers, err, ok := s.find.Take(msg)
	if !ok || s.page == nil || s.page.at != atServers {
		return nil
	}
	s.page.read(s)
	if err != nil {
		why := safe.Line(err.Error())
		var e *desk.Error
		if errors.As(err, &e) {
			why = safe.Line(e.Message)
		}
		s.note = safe.Sprintf("%s Type them; your mail provider's help pages name them.", why).String()
		return nil
	}
	if s.said.IMAP != "" || s.said.SMTP != "" {
		return nil
	}
	s.said.IMAP, s.said.SMTP, s.said.FilesSent = servers.IMAP, servers.SMTP, servers.FilesSent
	if s.said.Username == "" && servers.Username != s.said.Address {
		s.said.Username = servers.Username
	}
	s.said.Found, s.note = servers.From, servers.Note
	put(&s.page.form, s.said.IMAP, s.said.SMTP, s.said.Username)
	for i := range s.page.form.Rows {
		s.page.form.Rows[i].Problem = safe.Text{}
	}
	return s.keep()
}

// readServers makes an account of the servers that were said, or tells what is
// wrong with which field.
func (s *Screen) readServers() map[int]safe.Text {
	a := desk.Account{Address: s.said.Address, Username: s.said.Username, FilesSent: s.said.FilesSent, PasswordCommand: s.said.PasswordCommand}
	if a.Username == "" {
		a.Username = a.Address
	}
	wrong := map[int]safe.Text{}
	for i, server := range []struct {
		protocol, typed string
		url             *string
	}{inIMAP: {"imap", s.said.IMAP, &a.IMAP}, inSMTP: {"smtp", s.said.SMTP, &a.SMTP}} {
		if server.typed == "" {
			wrong[i] = safe.Const("The server is needed. Your mail provider's help pages name it.")
			continue
		}
		var err error
		if *server.url, err = s.o.Server(server.protocol, server.typed); err != nil {
			wrong[i] = shell.Sentence(err)
		}
	}
	s.account = a
	return wrong
}

// wrongs says what is wrong with several fields, and goes to the first.
func (p *page) wrongs(all map[int]safe.Text) {
	for i := len(p.form.Rows) - 1; i >= 0; i-- {
		if why, ok := all[i]; ok {
			p.wrong(i, why)
		}
	}
}
