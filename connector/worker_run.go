package connector

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"time"

	"postroom/desk"
)

// Options are what a connector works with.
type Options struct {
	// Desk is where mail goes.
	Desk *desk.Desk
	// Password opens an account's secret; usually [Secrets.Password]. Tokens
	// renews those of accounts that sign in at a provider.
	Password func(context.Context, desk.Account) (string, error)
	Tokens   *Tokens
	// Outbox sends; without it nothing goes out.
	Outbox Outbox
	// Webhooks are the networks, besides the public one, that rules may call.
	Webhooks []netip.Prefix
	// Log takes what an operator wants to know; nothing is logged without it.
	Log *slog.Logger
}

// Outbox sends the outgoing mail of one account; usually a [Sender].
type Outbox interface {
	// Drain hands over what is due, until nothing is due any more, and returns
	// how many mails the server has taken. The lease is checked inside every
	// write.
	Drain(ctx context.Context, lease desk.Lease, a desk.Account) (sent int, err error)
	// Loop drains whenever something is due, until ctx ends or the lease is
	// lost, and reports after each round how the way to the server is.
	Loop(ctx context.Context, lease desk.Lease, a desk.Account, report func(error)) error
}

var _ Outbox = (*Sender)(nil)

// Connector brings mail from the servers of all accounts to the desk, and from
// files.
type Connector struct {
	desk   *desk.Desk
	room   *desk.Mailroom
	keys   keys
	outbox Outbox
	// webhooks are as in [Options].
	webhooks []netip.Prefix
	log      *slog.Logger
	now      func() time.Time
	// holder is the name under which this process takes leases.
	holder string
	pace   pace
	ingest *ingest
}

// New makes a connector. It does nothing until it runs.
func New(o Options) *Connector {
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	nonce := make([]byte, 8)
	_, _ = rand.Read(nonce) // never fails (crypto/rand)
	c := &Connector{
		desk: o.Desk, room: o.Desk.Mailroom(), keys: keys{o.Password, o.Tokens}, outbox: o.Outbox, webhooks: o.Webhooks,
		log: log, now: o.Desk.Now, holder: holderName(hex.EncodeToString(nonce)), pace: patient(),
	}
	return c
}

// fresh is the connector with a pipeline of its own: what one run leaves
// unfinished must not be in the way of the next.
func (c *Connector) fresh() *Connector {
	own := *c
	own.ingest = newIngest(c.desk, c.now, c.log)
	return &own
}

// Run serves all accounts until ctx ends, those that are connected later
// included. It returns when every worker has given its lease back.
func (c *Connector) Run(ctx context.Context) error {
	c = c.fresh()
	parsing, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	team := &crew{log: c.log, stop: stop}
	c.ingest.start(parsing, team)
	team.spawn("sweep", func() error { return c.ingest.sweeping(parsing) })
	team.spawn("webhooks", func() error { return newHooks(c.desk, c.webhooks, c.log).run(parsing) })
	team.spawn("accounts", func() error { return c.serveAll(parsing) })
	team.spawn("time", func() error { return c.ticking(parsing) })
	team.wait()
	if ctx.Err() != nil {
		return nil
	}
	return context.Cause(parsing)
}

// RunFor serves one account until ctx ends, for a command that waits for a
// mail. While another process serves the account it leaves all to that one, and
// takes over when it is gone.
func (c *Connector) RunFor(ctx context.Context, account desk.AccountID) error {
	a, err := c.account(ctx, account)
	if err != nil {
		return err
	}
	c = c.fresh()
	parsing, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	team := &crew{log: c.log, stop: stop}
	c.ingest.start(parsing, team)
	team.spawn("account", func() error { return c.newWorker(a).serve(parsing) })
	team.wait()
	if ctx.Err() != nil {
		return nil
	}
	return context.Cause(parsing)
}

// serving is a worker and how to end it.
type serving struct {
	account desk.Account
	stop    context.CancelFunc
	ended   <-chan error
}

// serveAll keeps one worker for each account.
func (c *Connector) serveAll(ctx context.Context) error {
	bell := c.desk.Bell().Listen()
	defer bell.Close()
	workers := map[desk.AccountID]serving{}
	var all sync.WaitGroup
	defer all.Wait()
	for {
		if err := c.match(ctx, workers, &all); err != nil && ctx.Err() == nil {
			c.log.Error("the accounts could not be read; it is tried again", "err", err)
			sleep(ctx, c.pace.again)
			continue
		}
		for settings := false; !settings; {
			select {
			case <-ctx.Done():
				for _, s := range workers {
					s.stop()
				}
				return nil
			case <-bell.Rung():
				settings = bell.Take().Settings
			}
		}
	}
}

// match starts workers for new accounts and ends those of accounts that are
// gone, paused or changed.
func (c *Connector) match(ctx context.Context, workers map[desk.AccountID]serving, all *sync.WaitGroup) error {
	list, err := c.room.Accounts(ctx)
	if err != nil {
		return err
	}
	present := map[desk.AccountID]desk.Account{}
	for _, a := range list {
		if a.State != desk.AccountPaused {
			present[a.ID] = a
		}
	}
	for id, s := range workers {
		if a, ok := present[id]; !ok || !sameSettings(a, s.account) {
			s.stop()
			if err := <-s.ended; err != nil {
				c.log.Error("a worker has ended badly", "account", s.account.Address, "err", err)
			}
			delete(workers, id)
		}
	}
	for _, a := range list {
		_, wanted := present[a.ID]
		if _, ok := workers[a.ID]; ok || !wanted {
			continue
		}
		own, stop := context.WithCancel(ctx)
		w := c.newWorker(a)
		all.Add(1)
		ended := spawn(w.log, "worker", func() error {
			defer all.Done()
			return w.serve(own)
		})
		workers[a.ID] = serving{account: a, stop: stop, ended: ended}
	}
	return nil
}

// sameSettings compares what a worker depends on; health changes all the time.
func sameSettings(a, b desk.Account) bool {
	return a.Inbox == b.Inbox && a.Address == b.Address && a.IMAP == b.IMAP && a.SMTP == b.SMTP && a.CA == b.CA &&
		a.Username == b.Username && a.OAuth == b.OAuth && a.OAuthUser == b.OAuthUser && a.GrantedAt.Equal(b.GrantedAt) && a.PasswordCommand == b.PasswordCommand && bytes.Equal(a.Secret, b.Secret) &&
		a.AuthServID == b.AuthServID && a.CutOff.Equal(b.CutOff) && a.FilesSent == b.FilesSent && a.PlusAddressing == b.PlusAddressing &&
		a.WriteBack == b.WriteBack && slices.Equal(a.Folders, b.Folders)
}
