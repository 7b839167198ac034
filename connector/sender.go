package connector

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"postroom/connector/compose"
	"postroom/desk"
)

// Sender empties the outbox of accounts: it builds each mail, hands it to the
// account's SMTP server and notes how that ended. It sends a mail at most once
// by itself (promises P11): whatever happens before the final dot is tried
// again, whatever happens after it and is no answer leaves the mail in doubt.
//
//	queued ─ claim ─ build ─ connect ─ MAIL, RCPT, DATA ─ commit "submitting" ─ dot
//	           │        │        │            │                                  │
//	           │      failed  deferred  deferred, or failed for a 5xx       250 accepted
//	     back to drafts when left over for a day                            4xx deferred
//	                                                                        5xx failed
//	                                                                        else in doubt
//
// A copy of an accepted mail for the Sent folder is a job of its own
// (sentcopy.go), and so is the search for evidence of one in doubt.
type Sender struct {
	desk     *desk.Desk
	room     *desk.Mailroom
	keys     keys
	log      *slog.Logger
	patience patience
	pace     pace

	mu    sync.Mutex
	lines map[desk.AccountID]*line
}

// SenderOptions are what a sender works with.
type SenderOptions struct {
	Desk *desk.Desk
	// Password opens an account's secret; usually [Secrets.Password]. Tokens
	// renews those of accounts that sign in at a provider.
	Password func(context.Context, desk.Account) (string, error)
	Tokens   *Tokens
	// Log takes what an operator wants to know; nothing is logged without it.
	Log *slog.Logger
}

// NewSender makes a sender. It does nothing until it is called.
func NewSender(o SenderOptions) *Sender {
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Sender{
		desk: o.Desk, room: o.Desk.Mailroom(), keys: keys{o.Password, o.Tokens}, log: log,
		patience: patientSMTP(), pace: patient(), lines: map[desk.AccountID]*line{},
	}
}

// line is what is known about the way to an account's SMTP server.
type line struct {
	// account is what the rest belongs to: other settings begin afresh.
	account desk.Account
	// failures counts attempts to use the server that failed one after the
	// other.
	failures int
	// denied is the server's refusal to let us in, until is how long it is
	// believed: too many attempts with a wrong password lock an account.
	denied error
	until  time.Time
	// open are outcomes the desk could not note when they were known.
	open []outcome
	// looked is when evidence for a mail in doubt is to be looked for again.
	looked map[desk.OutgoingID]time.Time
}

// outcome is a mail and how handing it over ended.
type outcome struct {
	mail desk.Outgoing
	end  desk.Settled
}

// line gives what is known about an account's server. Each account is served
// by one goroutine at a time, which its lease makes sure of.
func (s *Sender) line(a desk.Account) *line {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lines[a.ID]
	switch {
	case l == nil:
		l = &line{looked: map[desk.OutgoingID]time.Time{}}
		s.lines[a.ID] = l
	case sameSettings(l.account, a):
		return l
	}
	l.account, l.failures, l.denied, l.until = a, 0, nil, time.Time{}
	return l
}

// Drain hands over all mail of the account that is due, and does its due jobs,
// until nothing is due any more. It returns how many mails the server has
// accepted. The error is about the way to the server or to the database, not
// about a single mail: all due mail is then held back with the reason beside
// it. An error of kind Denied comes again, without a new attempt, until the
// server lets us in or the account's settings change. [desk.ErrFenced] means
// that another process serves the account now.
func (s *Sender) Drain(ctx context.Context, lease desk.Lease, a desk.Account) (sent int, err error) {
	sent, _, err = s.round(ctx, lease, a)
	return sent, err
}

// round is Drain that also says when a mail in doubt is to be looked for.
func (s *Sender) round(ctx context.Context, lease desk.Lease, a desk.Account) (sent int, look time.Time, err error) {
	r := &round{Sender: s, line: s.line(a), lease: lease, account: a}
	defer r.close()
	err = r.empty(ctx)
	if err != nil && (ctx.Err() != nil || errors.Is(err, desk.ErrFenced)) {
		return r.sent, look, err
	}
	look, doubt := r.allEvidence(ctx)
	switch {
	case errors.Is(doubt, desk.ErrFenced):
		return r.sent, look, doubt
	case doubt != nil:
		// It stands in nobody's way: what is in doubt stays visible.
		r.log.Warn("the evidence for mail in doubt could not be looked at", "account", a.Address, "err", clip(sentence(doubt)))
		look = s.desk.Now().Add(s.patience.doubt)
	}
	if err == nil {
		err = r.trouble
	}
	if err == nil {
		err = r.denied
	}
	return r.sent, look, err
}

// empty works until nothing is due.
func (r *round) empty(ctx context.Context) error {
	if err := r.noteOpen(ctx); err != nil {
		return err
	}
	if err := r.reach(ctx); err != nil {
		return err
	}
	// A left-over goes back to the drafts without being claimed, so that "none
	// to claim" and "some are due" can both be true. Each turn settles one;
	// the limit is for a database that does not do as it is told.
	const turns = 10_000
	for range turns {
		if err := ctx.Err(); err != nil {
			return err
		}
		out, found, err := r.room.ClaimOutgoing(ctx, r.lease)
		if err != nil {
			return err
		}
		if found {
			if err := r.send(ctx, out); err != nil {
				return err
			}
			continue
		}
		if err := r.jobs(ctx); err != nil {
			return err
		}
		if err := r.mirror(ctx); err != nil {
			return err
		}
		due, err := r.room.NextDue(ctx, r.account.ID)
		if err != nil || due.IsZero() || due.After(r.desk.Now()) {
			return err
		}
	}
	return fmt.Errorf("the outbox of %s does not become empty", r.account.Address)
}

// round is one Drain: it keeps the connection between two mails.
type round struct {
	*Sender
	*line
	lease   desk.Lease
	account desk.Account
	sub     *submission
	sent    int
	// imap is the session for jobs and evidence, and imapTrouble why there is
	// none in this round.
	imap        *session
	imapTrouble error
	// trouble is why the server cannot be reached in this round; the mails
	// that are still due are held until again, without trying for each of them.
	trouble error
	again   time.Time
}

func (r *round) close() {
	if r.sub != nil {
		r.sub.quit()
	}
	r.hangUpIMAP()
}

// hangUp closes a connection that cannot be used any more.
func (r *round) hangUp() {
	if r.sub != nil {
		r.sub.close()
		r.sub = nil
	}
}

// send takes a claimed mail to its end of this attempt.
func (r *round) send(ctx context.Context, out desk.Outgoing) error {
	// The Date is when the author sent it. So every attempt has the same
	// bytes, by which the copy in Sent is recognised.
	raw, err := compose.Build(out, out.CreatedAt, compose.Options{})
	var to envelope
	if err == nil {
		to, err = envelopeOf(out)
	}
	if err != nil {
		return r.settle(ctx, out, desk.Settled{State: desk.Failed, Detail: clip(sentence(err))})
	}
	for {
		reused := r.sub != nil
		if err := r.connect(ctx); err != nil {
			return r.settle(ctx, out, r.held(ctx, out, err))
		}
		mail := out
		err = r.sub.submit(ctx, to, raw, func() error {
			after, err := r.room.Submitting(ctx, r.lease, out, raw)
			if err != nil {
				return &commitError{err}
			}
			mail = after
			return nil
		})
		if err != nil {
			r.hangUp()
		}
		if reused && mail.State == desk.Claimed && staleConnection(err) {
			// The server was tired of the connection, not of the mail.
			continue
		}
		if err == nil {
			r.sent++
		}
		var commit *commitError
		if errors.As(err, &commit) {
			if errors.Is(err, desk.ErrFenced) {
				return err
			}
			// The dot was not sent. Whether the database has taken the state
			// before it after all does not matter: settle looks.
			end := desk.Settled{State: desk.Deferred, Detail: "it was not sent: the database did not take the state before", Retry: r.desk.Now().Add(time.Minute)}
			return errors.Join(err, r.settle(ctx, out, end))
		}
		return r.settle(ctx, mail, r.verdict(ctx, mail, err))
	}
}

// staleConnection tells whether a failure may be due to the connection having
// been used before: it broke, or the server says 421.
func staleConnection(err error) bool {
	var r *refused
	if errors.As(err, &r) {
		return r.closing
	}
	var commit *commitError
	return err != nil && !errors.As(err, &commit)
}

// commitError is a database that did not take the state before the dot.
type commitError struct{ err error }

func (c *commitError) Error() string { return "note that the mail is handed over: " + c.err.Error() }

func (c *commitError) Unwrap() error { return c.err }

// lastWords is a context for what has to be written down even while the
// program ends.
func lastWords(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
}

// connect opens the connection of this round if there is none.
func (r *round) connect(ctx context.Context) error {
	switch {
	case r.sub != nil:
		return nil
	case r.trouble != nil:
		return r.trouble
	case r.denied != nil && r.desk.Now().Before(r.until):
		r.trouble = r.denied
		return r.trouble
	}
	sub, err := enterSubmission(ctx, r.account, r.keys, r.patience)
	if err != nil {
		r.unreached(err)
		if needsSignIn(err) {
			r.denied, r.until = err, r.again
			r.signInNeeded(ctx, err)
		}
		return err
	}
	r.sub, r.denied = sub, nil
	return nil
}

// needsSignIn tells whether a person has to do something before any mail can
// leave: the password is wrong, or cannot be opened.
func needsSignIn(err error) bool {
	var e *desk.Error
	return errors.As(err, &e) && (e.Kind == desk.Denied || slices.Contains([]string{"KEY_LOST", "SECRET_LOST", "KEY_EXPOSED", "KEY_UNREADABLE"}, e.Code))
}

// signInNeeded notes that the account waits for a person; failing to is no
// reason to stop.
func (r *round) signInNeeded(ctx context.Context, cause error) {
	if err := r.room.SetHealth(ctx, r.lease, orSignIn(stateOf(cause)), sentence(cause)); err != nil && ctx.Err() == nil {
		r.log.Warn("the state of the account could not be noted", "account", r.account.Address, "err", clip(err.Error()))
	}
}

// orSignIn is for what is no refusal, and needs a person all the same: a key
// that is lost.
func orSignIn(s desk.AccountState) desk.AccountState {
	if s == desk.AccountRetrying {
		return desk.AccountNeedsSignIn
	}
	return s
}
