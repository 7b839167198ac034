package connector

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"postroom/desk"
)

// holderName says who holds a lease: which process of which host. The nonce
// tells two processes apart that had the same number one after the other.
func holderName(nonce string) string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d/%s", strings.ReplaceAll(host, "/", "_"), os.Getpid(), nonce)
}

// isGone reports whether a holder is a process of this host that has ended.
// When in doubt it is not gone: then its lease expires by itself.
func isGone(holder, own string) bool {
	theirs, ours := strings.Split(holder, "/"), strings.Split(own, "/")
	if len(theirs) != 3 || len(ours) != 3 || theirs[0] != ours[0] || theirs[1] == ours[1] {
		return false
	}
	pid, err := strconv.Atoi(theirs[1])
	return err == nil && pid > 0 && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}

// tryLease takes the account's lease, also from a process that is dead.
func (c *Connector) tryLease(ctx context.Context, a desk.AccountID) (desk.Lease, error) {
	lease, err := c.room.Lease(ctx, a, c.holder, "")
	if err != nil && desk.KindOf(err) == desk.Conflict && isGone(lease.Holder, c.holder) {
		lease, err = c.room.Lease(ctx, a, c.holder, lease.Holder)
	}
	return lease, err
}

// acquire waits until the account is ours; it fails only when ctx ends. Whether
// a lease has expired it judges by what it sees and not by the holder's clock,
// which may be an hour off: who has not renewed for the time a lease lasts is
// gone.
func (w *worker) acquire(ctx context.Context) (desk.Lease, error) {
	var held desk.Lease
	var since time.Time
	for {
		lease, err := w.tryLease(ctx, w.account.ID)
		if err != nil && desk.KindOf(err) == desk.Conflict && lease == held && time.Since(since) >= w.room.LeaseTime() {
			lease, err = w.room.Lease(ctx, w.account.ID, w.holder, held.Holder)
		}
		if err == nil {
			return lease, nil
		}
		if ctx.Err() != nil {
			return lease, context.Cause(ctx)
		}
		if held.Holder == "" {
			w.log.Info("waiting to serve the account", "holder", lease.Holder, "err", err)
		}
		if lease != held {
			held, since = lease, time.Now()
		}
		sleep(ctx, w.renewal())
	}
}

// renewal is how often a lease is renewed or asked for: often enough to miss
// one or two.
func (w *worker) renewal() time.Duration { return w.room.LeaseTime() / 3 }

// renew keeps the lease until ctx ends. When it is lost, or cannot be renewed
// in its time, the worker has to stop.
func (w *worker) renew(ctx context.Context) error {
	last := time.Now()
	for {
		sleep(ctx, w.renewal())
		if ctx.Err() != nil {
			return nil
		}
		lease, err := w.room.Lease(ctx, w.account.ID, w.lease.Holder, "")
		switch {
		case err == nil && lease.Fence != w.lease.Fence:
			// Somebody else had it in between and is gone again.
			return desk.ErrFenced
		case err == nil:
			last = time.Now()
			w.reportAgain(ctx)
		case ctx.Err() != nil:
			return nil
		case desk.KindOf(err) == desk.Conflict:
			return desk.ErrFenced
		case time.Since(last) > w.room.LeaseTime():
			return fmt.Errorf("the lease could not be renewed: %w", err)
		default:
			w.log.Warn("the lease could not be renewed; it is tried again", "err", err)
		}
	}
}

// release gives the lease back, also when the process is being stopped.
func (w *worker) release() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := w.room.Release(ctx, w.lease); err != nil && !errors.Is(err, desk.ErrFenced) {
		w.log.Warn("the lease could not be given back; it expires by itself", "err", err)
	}
}
