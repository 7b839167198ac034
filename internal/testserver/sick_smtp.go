package testserver

import (
	"crypto/tls"
	"maps"
	"strings"
	"sync"
	"testing"
)

// SickSMTP is a submission server that does everything right but for one
// thing. After Heal it does that right too. It delivers nothing and counts what
// it has taken.
type SickSMTP struct {
	*Scripted
	// CAFile signs the certificate, if there is one.
	CAFile string

	*ailment
	trouble SMTPTrouble
	secure  *Authority

	mu    sync.Mutex
	taken map[string]int
}

// SMTPTrouble is what is wrong with a [SickSMTP] server.
type SMTPTrouble struct {
	Name string
	// At is what is answered wrongly: GREETING, EHLO, STARTTLS, AUTH, MAIL,
	// RCPT, DATA, DOT (the end of a mail), QUIT, or TLS.
	At string
	// Recipient is the one whose RCPT is answered wrongly; all when empty.
	Recipient string
	// Do answers; an error ends the connection.
	Do Step
	// Takes servers have the mail, whatever they answer at the DOT.
	Takes bool
	// Scheme is how the server is reached: smtp when empty, smtps or
	// smtp+starttls.
	Scheme string
	// Shown gives the certificate for At TLS.
	Shown func(*Authority) Certificate
	// Leaves is the state of a mail meanwhile, in the words of the outbox, and
	// Says what stands beside it, one of several with | between them.
	Leaves, Says string
}

// StartSickSMTP starts the server.
func StartSickSMTP(t testing.TB, trouble SMTPTrouble) *SickSMTP {
	t.Helper()
	s := &SickSMTP{trouble: trouble, ailment: newAilment(), taken: map[string]int{}}
	var config *tls.Config
	if trouble.Scheme != "" {
		s.secure = Certificates(t)
		s.CAFile = s.secure.CAFile
	}
	if trouble.Scheme == "smtps" {
		config = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: s.certificate}
	}
	s.Scripted = Script(t, config, s.serve)
	return s
}

// certificate is the right one, or that of the trouble.
func (s *SickSMTP) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	shown := s.secure.Good
	if s.trouble.At == "TLS" && s.showing() {
		shown = s.trouble.Shown(s.secure)
	}
	return &shown.TLS, nil
}

// URL is how an account names the server.
func (s *SickSMTP) URL() string {
	scheme := s.trouble.Scheme
	if scheme == "" {
		scheme = "smtp"
	}
	return scheme + "://" + s.Address
}

// Heal makes the server well. Its sessions are cut, as by a restart.
func (s *SickSMTP) Heal() {
	s.heal()
	s.Cut()
}

// Taken is how often the server has taken each mail, by Message-ID without
// brackets.
func (s *SickSMTP) Taken() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.taken)
}

// fails reports whether the trouble shows at a command.
func (s *SickSMTP) fails(at, line string) bool {
	return s.trouble.At == at && strings.Contains(line, s.trouble.Recipient) && s.showing()
}

// serve is one session.
func (s *SickSMTP) serve(session *Session) error {
	greet := Say("220 localhost ESMTP")
	if s.fails("GREETING", s.trouble.Recipient) {
		greet = s.trouble.Do
	}
	if err := greet(session); err != nil {
		return err
	}
	well := SMTP{}
	if s.trouble.Scheme == "smtp+starttls" {
		well.Extensions = []string{"STARTTLS"}
	}
	for {
		line, err := session.line()
		if err != nil {
			return err
		}
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch {
		case s.fails(verb, line):
			err = s.trouble.Do(session)
		case verb == "STARTTLS":
			err = Steps(Say("220 go on"), StartTLS(s.secure.Good.ServerConfig()))(session)
			well = SMTP{}
		case verb == "DATA":
			err = s.take(session)
		default:
			err = well.answer(session, verb, line)
		}
		if err != nil {
			return err
		}
	}
}

// take reads a mail to its end and answers.
func (s *SickSMTP) take(session *Session) error {
	if err := Say("354 go on")(session); err != nil {
		return err
	}
	id := ""
	for {
		line, err := session.line()
		if err != nil {
			return err
		}
		if line == "." {
			break
		}
		if rest, found := strings.CutPrefix(line, "Message-ID: "); found && id == "" {
			id = strings.Trim(rest, "<>")
		}
	}
	failing := s.fails("DOT", s.trouble.Recipient)
	if !failing || s.trouble.Takes {
		s.mu.Lock()
		s.taken[id]++
		s.mu.Unlock()
	}
	if failing {
		return s.trouble.Do(session)
	}
	return Say("250 2.0.0 queued")(session)
}
