package connector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"

	"postroom/connector/dial"
	"postroom/desk"
	"postroom/desk/safe"
)

// pace is how long the parts of a conversation with a server may take. The
// library waits for ever, so every exchange runs inside one of these.
type pace struct {
	greeting time.Duration // until the server has said that it is there
	exchange time.Duration // one ordinary command
	search   time.Duration // one that looks at a whole folder
	// mail is for one mail of a FETCH to begin, and again for every slowBytes
	// of it: a link that is slower than that is not usable, and a server that
	// drips one byte a minute must not hold us.
	mail time.Duration
	// broken is the wait after a message the server fails on; again is the
	// first wait after everything else.
	broken, again time.Duration
	// most is the longest wait before a server that fails is tried again: one
	// that is well has its mail here within that time (promises P10).
	most time.Duration
	// look is how often the whole set of UIDs is compared with the ledger
	// (promises P5).
	look time.Duration
}

const slowBytes = 256 << 10

// patient is the pace for the servers of the world.
func patient() pace {
	return pace{
		greeting: 30 * time.Second, exchange: time.Minute, search: 2 * time.Minute, mail: time.Minute,
		broken: 50 * time.Millisecond, again: time.Second, most: time.Minute,
		look: 15 * time.Minute,
	}
}

// session is one signed-in IMAP connection. It is used by one goroutine; only
// close may be called from another one.
type session struct {
	account desk.Account
	pace    pace
	conn    *dial.Conn
	guard   *guard
	client  *imapclient.Client
	caps    imap.CapSet
	stop    func() bool

	// selected is the folder that is open, and the epoch it has.
	selected selected
	// news has room for one: what the server tells by itself is looked up
	// again anyway, so a second ring before the first is taken adds nothing.
	news chan struct{}
	// flags and gone say what the server has told since the last look.
	flags, gone atomic.Bool
	// messages is how many the open folder has, as far as the server has told.
	// The library's own count comes late.
	messages atomic.Uint32
	// without is what the server offers and then refuses.
	without map[imap.Cap]bool
	// listed are all folders the server has, as far as they were asked for.
	listed []*imap.ListData
	// blind is set when the list of folders could not be read.
	blind bool
}

type selected struct {
	name        string
	writable    bool
	uidValidity uint32
	// uidNext is what the server announces, 0 when it does not. Nothing but
	// the audit goes by it: messages may show up late below it.
	uidNext uint32
	modSeq  uint64
}

// openSession connects and signs in. An error is a [desk.Error] that says what
// to do; of kind Denied when it is the credentials that are wrong.
func openSession(ctx context.Context, a desk.Account, password string, p pace) (*session, error) {
	conn, err := dial.Open(ctx, dial.Target{URL: a.IMAP, CA: a.CA})
	if err != nil {
		return nil, err
	}
	s := &session{account: a, pace: p, conn: conn, news: make(chan struct{}, 1), without: map[imap.Cap]bool{}}
	s.stop = conn.CloseWith(ctx)
	if err := s.signIn(ctx, password); err != nil {
		s.close()
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, s.explain(err)
	}
	return s, nil
}

func (s *session) signIn(ctx context.Context, password string) error {
	if err := s.greet(ctx); err != nil {
		return err
	}
	return s.within(s.pace.exchange, func() error {
		caps := s.client.Caps()
		if caps == nil {
			return io.ErrUnexpectedEOF
		}
		var err error
		switch {
		case s.client.State() == imap.ConnStateAuthenticated:
			// PREAUTH on an encrypted connection: there is nothing to prove.
		case s.account.OAuth != "":
			err = s.bear(caps, password)
		case caps.Has(imap.AuthCap("PLAIN")):
			err = s.client.Authenticate(sasl.NewPlainClient("", s.account.Username, password))
		case caps.Has(imap.CapLoginDisabled):
			return &desk.Error{
				Kind: desk.Offline, Code: "NO_PASSWORDS", Message: fmt.Sprintf("%s takes no passwords on this connection.", s.conn.Address().HostPort()),
				Hint: "Ask the provider how mail programs sign in.",
			}
		default:
			err = s.client.Login(s.account.Username, password).Wait()
		}
		if err != nil {
			return refusal(s.account, s.conn.Address(), err)
		}
		s.caps = s.client.Caps()
		if len(s.caps) == len(caps) {
			// Servers offer more to those who have signed in. Dovecot says so
			// in its answer; of others the library may not know it yet.
			s.caps, err = s.client.Capability().Wait()
		}
		return err
	})
}

// bear signs in with an access token.
func (s *session) bear(caps imap.CapSet, token string) error {
	b, err := bearerFor(s.account, token, s.conn.Address(), func(mechanism string) bool { return caps.Has(imap.AuthCap(mechanism)) })
	if err != nil {
		return err
	}
	return s.client.Authenticate(b)
}

// greet brings the connection to where the library can take over.
func (s *session) greet(ctx context.Context) error {
	return s.within(s.pace.greeting, func() error {
		inner, err := upgrade(ctx, s.conn)
		if err != nil {
			return err
		}
		s.guard = newGuard(inner)
		s.client = imapclient.New(s.guard, &imapclient.Options{UnilateralDataHandler: s.listener()})
		return s.client.WaitGreeting()
	})
}

// listener takes what the server says by itself. It only notes that there is
// something: the library calls it from its reading goroutine.
func (s *session) listener() *imapclient.UnilateralDataHandler {
	return &imapclient.UnilateralDataHandler{
		Expunge: func(uint32) {
			// A server may expunge what it never had.
			if n := s.messages.Load(); n > 0 {
				s.messages.Store(n - 1)
			}
			s.gone.Store(true)
			s.ring()
		},
		Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				s.messages.Store(*data.NumMessages)
				s.ring()
			}
		},
		Fetch: func(msg *imapclient.FetchMessageData) {
			for msg.Next() != nil {
				// It is asked for again, with its UID.
				continue
			}
			s.flags.Store(true)
			s.ring()
		},
	}
}

func (s *session) ring() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// within runs one exchange that has to end in d. The cause of a failure is
// what the connection knows, not what the library made of it.
func (s *session) within(d time.Duration, exchange func() error) error {
	if s.guard != nil {
		s.guard.allow(maxLine, maxAnswer, maxString)
	}
	return s.cause(s.conn.Within(d, exchange))
}

// cause replaces the words of the library by what the connection has met.
func (s *session) cause(err error) error {
	if err == nil || s.guard == nil {
		return err
	}
	var status *imap.Error
	var known *desk.Error
	if errors.As(err, &status) || errors.As(err, &known) {
		return err
	}
	if cause := s.guard.cause(); cause != nil {
		return fmt.Errorf("%w (%w)", cause, err)
	}
	return err
}

// explain makes the sentence for a failure of this session.
func (s *session) explain(err error) error {
	return explain(s.conn.Address(), err)
}

// close ends the connection at once. Saying goodbye is not worth waiting for.
func (s *session) close() {
	if s.stop != nil {
		s.stop()
	}
	_ = s.conn.Close()
}

// examine opens a folder for reading only: nothing this session does can
// change it.
func (s *session) examine(name string) (selected, error) { return s.open(name, true) }

// open opens a folder. Only what writes back opens one that it can change.
func (s *session) open(name string, readOnly bool) (selected, error) {
	s.selected = selected{}
	err := s.within(s.pace.exchange, func() error {
		data, err := s.client.Select(name, &imap.SelectOptions{ReadOnly: readOnly, CondStore: s.has(imap.CapCondStore)}).Wait()
		if err != nil {
			return err
		}
		if data.UIDValidity == 0 {
			return &desk.Error{
				Kind: desk.Offline, Code: "NO_UIDVALIDITY", Message: fmt.Sprintf("%s gives no UIDVALIDITY for %s, so its mail cannot be told apart.", s.conn.Address().HostPort(), safe.Line(name)),
				Hint: "Ask whoever runs the server.",
			}
		}
		s.messages.Store(data.NumMessages)
		s.selected = selected{name: name, writable: !readOnly, uidValidity: data.UIDValidity, uidNext: uint32(data.UIDNext), modSeq: data.HighestModSeq}
		return nil
	})
	return s.selected, err
}

// has reports whether the server offers an extension and stands by it. The
// library knows that IMAP4rev2 (RFC 9051) contains what used to be extensions.
func (s *session) has(c imap.Cap) bool { return s.caps.Has(c) && !s.without[c] }

// refuses reports whether an error is the server's refusal of an extension it
// offers; then the session does without it.
func (s *session) refuses(c imap.Cap, err error) bool {
	var status *imap.Error
	if !s.has(c) || !errors.As(err, &status) || status.Type != imap.StatusResponseTypeBad {
		return false
	}
	s.without[c] = true
	return true
}

// exists is how many messages the open folder has by now.
func (s *session) exists() uint32 { return s.messages.Load() }

// noop makes the server tell what it has to tell.
func (s *session) noop() error {
	return s.within(s.pace.exchange, func() error { return s.client.Noop().Wait() })
}
