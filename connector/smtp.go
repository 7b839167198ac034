package connector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"postroom/connector/dial"
	"postroom/desk"
	"postroom/desk/safe"
)

const (
	// smtpAnswers is what a server may say during one step of a submission.
	smtpAnswers = 1 << 20
	// smtpName is how we introduce ourselves: an address literal, as RFC 5321
	// 4.1.3 wants it from a host without a name, that betrays no network.
	smtpName = "[127.0.0.1]"
)

// submission is a signed-in connection to an SMTP server. One goroutine uses
// it.
type submission struct {
	account desk.Account
	conn    *dial.Conn
	client  *smtp.Client
	patience
	// stop keeps the end of the context from closing the connection; it is
	// false when that has happened already.
	stop func() bool
}

// ProbeSMTP signs in to the account's SMTP server and says goodbye. The error
// is a [desk.Error] that says what to do: Denied for a wrong password.
func ProbeSMTP(ctx context.Context, a desk.Account, password string) error {
	sub, err := openSubmission(ctx, a, password, probingSMTP())
	if err != nil {
		return err
	}
	sub.quit()
	return nil
}

// openSubmission connects, upgrades to TLS where the connection needs it, and
// signs in.
func openSubmission(ctx context.Context, a desk.Account, password string, p patience) (*submission, error) {
	conn, err := dial.Open(ctx, dial.Target{URL: a.SMTP, CA: a.CA, Timeout: p.connect})
	if err != nil {
		return nil, err
	}
	if protocol := conn.Address().Protocol; protocol != "smtp" {
		_ = conn.Close()
		return nil, &desk.Error{Kind: desk.Invalid, Code: "BAD_SERVER", Message: fmt.Sprintf("%s is no address of an SMTP server.", conn.Address()), Hint: "Write it as --smtp HOST:PORT."}
	}
	s := &submission{account: a, conn: conn, patience: p, stop: conn.CloseWith(ctx)}
	if err := s.signIn(ctx, password); err != nil {
		s.close()
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, s.explain(err)
	}
	return s, nil
}

func (s *submission) signIn(ctx context.Context, password string) error {
	err := s.within(s.greeting, func() error {
		inner, err := upgradeSMTP(ctx, s.conn)
		if err != nil {
			return err
		}
		s.client = smtp.NewClient(&wholeLines{Conn: inner})
		s.client.CommandTimeout, s.client.SubmissionTimeout = s.command, s.data
		return s.client.Hello(smtpName)
	})
	if err != nil {
		return err
	}
	return s.within(s.command, func() error {
		switch {
		case s.account.OAuth != "":
			return s.bear(password)
		case s.client.SupportsAuth(sasl.Plain):
			return s.refusal(s.client.Auth(sasl.NewPlainClient("", s.account.Username, password)))
		case s.client.SupportsAuth(sasl.Login):
			return s.refusal(s.client.Auth(sasl.NewLoginClient(s.account.Username, password)))
		case s.conn.Address().Security == dial.Plain:
			// A mail server on this very machine may know us already.
			return nil
		}
		return &desk.Error{
			Kind: desk.Offline, Code: "NO_PASSWORDS", Message: fmt.Sprintf("%s takes no passwords.", s.conn.Address().HostPort()),
			Hint: "Look at the port: mail programs send through 465 or 587, not 25.",
		}
	})
}

// bear signs in with an access token.
func (s *submission) bear(token string) error {
	b, err := bearerFor(s.account, token, s.conn.Address(), s.client.SupportsAuth)
	if err != nil {
		return err
	}
	err = s.client.Auth(b)
	var refused *tokenRefused
	if errors.As(err, &refused) {
		return refused.explain(s.account, s.conn.Address())
	}
	return s.refusal(err)
}

// within runs one step that has to end in d.
func (s *submission) within(d time.Duration, step func() error) error {
	s.conn.SetBudget(smtpAnswers)
	return s.conn.Within(d, step)
}

// refusal tells a wrong password (RFC 4954 6: 535, and its relatives) from a
// server that cannot say at the moment.
func (s *submission) refusal(err error) error {
	var said *smtp.SMTPError
	if !errors.As(err, &said) || said.Code/100 != 5 {
		return err
	}
	if s.account.OAuth != "" {
		return badToken(s.account, s.conn.Address(), err)
	}
	return &desk.Error{
		Kind: desk.Denied, Code: "BAD_PASSWORD", Err: err,
		Message: fmt.Sprintf("%s refuses user name or password of %s%s.", s.conn.Address().HostPort(), safe.Line(s.account.Username), smtpQuote(said)),
		Hint:    wrongPassword(s.account, s.conn.Address()),
	}
}

// explain puts a failure in words.
func (s *submission) explain(err error) error { return explainSMTP(s.conn.Address(), err) }

func explainSMTP(where dial.Address, err error) error {
	var said *smtp.SMTPError
	var known *desk.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.As(err, &said) && said.Code >= 400:
		return &desk.Error{
			Kind: desk.Offline, Code: "SERVER_SAYS_NO", Err: err,
			Message: fmt.Sprintf("%s does not take mail at the moment%s.", where.HostPort(), smtpQuote(said)), Hint: "It is tried again; if it stays, ask the provider.",
		}
	case said != nil || errors.Is(err, sasl.ErrUnexpectedServerChallenge) || strings.Contains(err.Error(), "short response") || strings.Contains(err.Error(), "invalid response code") || strings.Contains(err.Error(), "too long a line"):
		return &desk.Error{
			Kind: desk.Offline, Code: "NOT_SMTP", Err: err,
			Message: fmt.Sprintf("%s says something that is no SMTP.", where.HostPort()), Hint: "Look whether host and port are those of the SMTP server.",
		}
	}
	return dial.Explain(where, err)
}

// quit says goodbye and closes. It must never be called after a DATA that was
// given up: the library would send the final dot first.
func (s *submission) quit() {
	_ = s.within(s.goodbye, s.client.Quit)
	s.close()
}

// close ends the connection at once.
func (s *submission) close() {
	s.stop()
	_ = s.conn.Close()
}

// smtpQuote is what a server said, made harmless, as a part of a sentence.
func smtpQuote(said *smtp.SMTPError) string {
	return " (it says: " + strings.TrimRight(smtpText(said), ".") + ")"
}

// smtpText is an answer with its code, in one line of bounded length.
func smtpText(said *smtp.SMTPError) string {
	text := fmt.Sprintf("%d ", said.Code)
	if c := said.EnhancedCode; c[0] > 0 {
		text += fmt.Sprintf("%d.%d.%d ", c[0], c[1], c[2])
	}
	return clip(text + said.Message)
}

// clip makes text from outside harmless and short enough for a list.
func clip(text string) string {
	const room = 300
	text = safe.Line(text).String()
	if r := []rune(text); len(r) > room {
		text = string(r[:room]) + "…"
	}
	return text
}

// patience is how long the parts of a submission may take.
type patience struct {
	connect  time.Duration
	greeting time.Duration // greeting, EHLO and TLS together
	command  time.Duration // MAIL, RCPT, AUTH (RFC 5321 4.5.3.2)
	// data is for the whole mail and the answer to its final dot: ten minutes
	// are what RFC 5321 4.5.3.2.6 wants, and two for those who forward first.
	data    time.Duration
	goodbye time.Duration
	// grace is how long the answer to a final dot is waited for when the
	// program is to end.
	grace time.Duration
	// doubt is how old a mail in doubt must be for its copy to be looked for.
	doubt time.Duration
	// again is the first wait after the server could not be reached, and most
	// the longest: one that is well takes mail within that time (promises P10).
	again, most time.Duration
	// retries is how long a mail the server does not want yet waits before the
	// next attempt, and in sum how long it is tried at all.
	retries []time.Duration
}

// patientSMTP is the patience for the servers of the world. A mail that is not
// wanted yet is tried for a day.
func patientSMTP() patience {
	return patience{
		connect: 30 * time.Second, greeting: 2 * time.Minute, command: 5 * time.Minute, data: 12 * time.Minute,
		goodbye: 5 * time.Second, grace: 10 * time.Second, doubt: 12 * time.Minute,
		again: 15 * time.Second, most: time.Minute,
		retries: []time.Duration{
			time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 2 * time.Hour,
			4 * time.Hour, 8 * time.Hour, 8 * time.Hour,
		},
	}
}

// wholeLines hands on what a server says line by line. The library takes the
// half line before a broken connection for a whole one, and half an answer to
// the final dot is no answer.
type wholeLines struct {
	net.Conn
	pending []byte // read but not handed on
	ready   int    // how much of it is whole lines
}

// Read gives whole lines only.
func (w *wholeLines) Read(p []byte) (int, error) {
	for w.ready == 0 {
		chunk := make([]byte, 4096)
		n, err := w.Conn.Read(chunk)
		w.pending = append(w.pending, chunk[:n]...)
		w.ready = bytes.LastIndexByte(w.pending, '\n') + 1
		if w.ready > 0 {
			break
		}
		if err != nil {
			return 0, err
		}
	}
	n := copy(p, w.pending[:w.ready])
	w.pending = w.pending[n:]
	w.ready -= n
	return n, nil
}
