package connector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"postroom/connector/compose"
	"postroom/desk"
)

// envelope is who gets a mail, as the server is told; Bcc is only here.
type envelope struct {
	from string
	to   []string
	utf8 bool
}

// envelopeOf takes every recipient once.
func envelopeOf(out desk.Outgoing) (envelope, error) {
	e := envelope{utf8: compose.NeedsUTF8(out)}
	var err error
	if e.from, err = compose.Address(out.From.Addr); err != nil {
		return e, badRecipient(out.From.Addr)
	}
	seen := map[string]bool{}
	for _, m := range slices.Concat(out.To, out.Cc, out.Bcc) {
		addr, err := compose.Address(m.Addr)
		if err != nil {
			return e, badRecipient(m.Addr)
		}
		if f := desk.FoldAddress(addr); !seen[f] {
			seen[f] = true
			e.to = append(e.to, addr)
		}
	}
	if len(e.to) == 0 {
		return e, &desk.Error{Kind: desk.Invalid, Code: "NO_RECIPIENT", Message: "The mail has no recipient.", Hint: "Fill in To and send again."}
	}
	return e, nil
}

func badRecipient(addr string) error {
	return &desk.Error{Kind: desk.Invalid, Code: "BAD_RECIPIENT", Message: fmt.Sprintf("%q is not a mail address.", addr), Hint: "Change it and send again."}
}

// errPastDot marks a failure after which nobody knows whether the server has
// the mail. Everything else has ended before it could.
var errPastDot = errors.New("the connection broke after the mail was handed over")

// refused is a definite answer of the server to a mail.
type refused struct {
	// permanent is a 5xx: the same mail will be refused again.
	permanent bool
	// closing is a 421: the server ends the connection (RFC 5321 3.8), and
	// means no mail in particular.
	closing bool
	text    string
	// said is the answer itself, where it is one.
	said error
}

func (r *refused) Error() string { return r.text }

func (r *refused) Unwrap() error { return r.said }

// answered turns an error of the library into a [refused] if it is an answer.
func answered(err error) (*refused, bool) {
	var said *smtp.SMTPError
	if !errors.As(err, &said) || said.Code < 400 || said.Code > 599 {
		return nil, false
	}
	return &refused{permanent: said.Code >= 500, closing: said.Code == 421, text: smtpText(said), said: said}, true
}

// submit hands over one mail. commit runs after everything but the final dot
// is on its way, and the dot follows only if it succeeds: past the dot a mail
// is never sent again by itself, so that this moment has to be on disk
// (promises M9). The error is a [refused], wraps errPastDot, or is something
// that happened before the dot.
//
// After any error the connection must be closed and not be used again.
func (s *submission) submit(ctx context.Context, e envelope, raw []byte, commit func() error) error {
	if err := s.address(e, len(raw)); err != nil {
		return err
	}
	// From here on one deadline holds for all of the mail: a server that takes
	// it drop by drop must not hold the outbox.
	s.conn.SetBudget(smtpAnswers)
	if err := s.conn.Until(time.Now().Add(s.data)); err != nil {
		return err
	}
	data, err := s.client.Data()
	if err != nil {
		return s.definite(err)
	}
	if _, err := data.Write(raw); err != nil {
		return err
	}
	if err := commit(); err != nil {
		return err
	}
	if !s.stop() {
		return context.Cause(ctx)
	}
	// The program may end now, but not without having waited for the answer a
	// little: it decides between sent and in doubt.
	hurry := context.AfterFunc(ctx, func() { _ = s.conn.Until(time.Now().Add(s.grace)) })
	err = data.Close()
	hurry()
	s.stop = s.conn.CloseWith(ctx)
	if err == nil {
		// Accepted it is, whatever has become of the connection meanwhile: an
		// error here would send the mail a second time. The next command sets a
		// deadline of its own.
		return nil
	}
	if r, ok := answered(err); ok {
		return r
	}
	return fmt.Errorf("%w (%w)", errPastDot, err)
}

// address gives the server sender and recipients. A mail that not all of them
// can get goes to nobody: half a mail sent could be neither retried nor taken
// back.
func (s *submission) address(e envelope, size int) error {
	if most, ok := s.client.MaxMessageSize(); ok && most > 0 && size > most {
		return &refused{permanent: true, text: fmt.Sprintf("the mail has %d bytes, the server takes %d", size, most)}
	}
	if ok, _ := s.client.Extension("SMTPUTF8"); e.utf8 && !ok {
		return &refused{permanent: true, text: "the server takes no addresses with letters outside ASCII"}
	}
	err := s.within(s.command, func() error {
		return s.client.Mail(e.from, &smtp.MailOptions{Size: int64(size), UTF8: e.utf8})
	})
	if err != nil {
		return s.definite(err)
	}
	var never, later []string
	for _, to := range e.to {
		err := s.within(s.command, func() error { return s.client.Rcpt(to, nil) })
		if err == nil {
			continue
		}
		r, ok := answered(err)
		switch {
		case !ok || r.closing:
			return s.definite(err)
		case r.permanent:
			never = append(never, to+": "+r.text)
		default:
			later = append(later, to+": "+r.text)
		}
	}
	if list := slices.Concat(never, later); len(list) > 0 {
		return &refused{permanent: len(never) > 0, text: clip("not sent to anybody, because of " + strings.Join(list, "; "))}
	}
	return nil
}

// definite gives the server's answer, or the failure as it is.
func (s *submission) definite(err error) error {
	if r, ok := answered(err); ok {
		return r
	}
	return err
}
