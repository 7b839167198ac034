package sample

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"mime"
	"net"
	"net/mail"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// servers are the office's two mail servers, in memory, on loopback.
type servers struct {
	imapAddr, smtpAddr string
	imap               *imapserver.Server
	smtp               *smtp.Server
	users              map[string]*imapmemserver.User
	passwords          map[string]string
}

// serve starts both servers. sent is called for every mail handed over by SMTP.
func serve(sent func(from string, rcpts []string, raw []byte)) (*servers, error) {
	s := &servers{users: map[string]*imapmemserver.User{}, passwords: map[string]string{}}
	mem := imapmemserver.New()
	for _, m := range Mailboxes() {
		u := imapmemserver.NewUser(m.Address, m.Password)
		for _, f := range []string{"INBOX", "Sent", "Junk"} {
			if err := u.Create(f, nil); err != nil {
				return nil, fmt.Errorf("make folder %s: %w", f, err)
			}
		}
		mem.AddUser(u)
		s.users[m.Address], s.passwords[m.Address] = u, m.Password
		if m.Alias != "" {
			s.users[m.Alias] = u
		}
	}
	var listen net.ListenConfig
	imapLn, err := listen.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	smtpLn, err := listen.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, imapLn.Close())
	}
	s.imapAddr, s.smtpAddr = imapLn.Addr().String(), smtpLn.Addr().String()
	s.imap = imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIdle: {}, imap.CapESearch: {}, imap.CapUIDPlus: {}, imap.CapMove: {}},
		InsecureAuth: true, // on loopback only
		// What a sample server has to say must not be written over the screen.
		Logger: log.New(io.Discard, "", 0),
	})
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &submission{servers: s, sent: sent}, nil
	}))
	s.smtp.Domain, s.smtp.AllowInsecureAuth = "acme.test", true
	s.smtp.ErrorLog = log.New(io.Discard, "", 0)
	// Both end when their listener is closed; there is nothing to report then.
	go func() { _ = s.imap.Serve(imapLn) }()
	go func() { _ = s.smtp.Serve(smtpLn) }()
	return s, nil
}

func (s *servers) close() error { return errors.Join(s.imap.Close(), s.smtp.Close()) }

// append puts a letter into a folder with its own date.
func (s *servers) append(d delivery) error {
	raw := d.bytes()
	o := &imap.AppendOptions{Time: d.at}
	if d.seen {
		o.Flags = []imap.Flag{imap.FlagSeen}
	}
	_, err := s.users[d.mailbox].Append(d.folder, literal{bytes.NewReader(raw), int64(len(raw))}, o)
	return err
}

type literal struct {
	io.Reader
	size int64
}

func (l literal) Size() int64 { return l.size }

// submission is one SMTP session of an agent.
type submission struct {
	servers *servers
	sent    func(from string, rcpts []string, raw []byte)
	user    string
	from    string
	rcpts   []string
}

func (s *submission) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *submission) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if want, ok := s.servers.passwords[username]; !ok || want != password {
			return smtp.ErrAuthFailed
		}
		s.user = username
		return nil
	}), nil
}

func (s *submission) Mail(from string, _ *smtp.MailOptions) error {
	if s.user == "" {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

func (s *submission) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.rcpts = append(s.rcpts, to)
	return nil
}

// Data takes the mail; what goes to a mailbox of the office is delivered.
func (s *submission) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for _, to := range s.rcpts {
		u, ok := s.servers.users[to]
		if !ok {
			continue
		}
		// A server notes where it has delivered a mail: what comes in never has
		// the very bytes of what went out.
		got := append([]byte("Delivered-To: "+to+"\r\n"), raw...)
		if _, err := u.Append("INBOX", literal{bytes.NewReader(got), int64(len(got))}, &imap.AppendOptions{Time: time.Now()}); err != nil {
			return err
		}
	}
	s.sent(s.from, s.rcpts, raw)
	return nil
}

func (s *submission) Reset()        { s.from, s.rcpts = "", nil }
func (s *submission) Logout() error { return nil }

// headerValue reads one header of a mail the program itself has made.
func headerValue(raw []byte, name string) string {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return ""
	}
	v := m.Header.Get(name)
	if dec, err := new(mime.WordDecoder).DecodeHeader(v); err == nil {
		return dec
	}
	return v
}
