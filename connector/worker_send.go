package connector

import (
	"context"
	"errors"
	"slices"

	"postroom/desk"
)

// SendFor sends what waits in one account's outbox until ctx ends, and fetches
// nothing: for a command that waits until its mail is out. While another
// process serves the account it leaves the mail to that one, and takes over
// when it is gone. How the account is on the whole it does not know, so it
// leaves its health alone.
func (c *Connector) SendFor(ctx context.Context, account desk.AccountID) error {
	a, err := c.account(ctx, account)
	if err != nil {
		return err
	}
	w := c.newWorker(a)
	for ctx.Err() == nil {
		if w.lease, err = w.acquire(ctx); err != nil {
			return nil
		}
		held, stop := context.WithCancelCause(ctx)
		team := &crew{log: w.log, stop: stop}
		team.spawn("lease", func() error { return w.renew(held) })
		team.spawn(outboxPart, func() error { return w.sendOnly(held) })
		<-held.Done()
		team.wait()
		w.release()
		if err := context.Cause(held); ctx.Err() == nil && !errors.Is(err, desk.ErrFenced) {
			return err
		}
	}
	return nil
}

// account finds an account a command is to serve.
func (c *Connector) account(ctx context.Context, id desk.AccountID) (desk.Account, error) {
	list, err := c.room.Accounts(ctx)
	if err != nil {
		return desk.Account{}, err
	}
	at := slices.IndexFunc(list, func(a desk.Account) bool { return a.ID == id })
	if at < 0 {
		return desk.Account{}, &desk.Error{
			Kind: desk.Conflict, Code: "NO_ACCOUNT", Message: "The account that was to be served has been disconnected.",
			Hint: "Connect it again with: postroom account connect ADDRESS --inbox NAME",
		}
	}
	return list[at], nil
}

// sendOnly hands over what is due whenever something is. What is in the way
// stands beside each mail, so it is no error here.
func (w *worker) sendOnly(ctx context.Context) error {
	return w.outbox.Loop(ctx, w.lease, w.account, func(err error) {
		if err != nil && ctx.Err() == nil {
			w.log.Warn("outgoing mail has to wait", "err", err)
		}
	})
}

// ServedBy names the process that serves an account; empty when none does.
func (c *Connector) ServedBy(ctx context.Context, account desk.AccountID) (string, error) {
	lease, err := c.tryLease(ctx, account)
	if desk.KindOf(err) == desk.Conflict && err != nil {
		return lease.Holder, nil
	}
	if err != nil {
		return "", err
	}
	return "", c.room.Release(ctx, lease)
}
