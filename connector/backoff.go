package connector

import (
	"context"
	"math/rand/v2"
	"time"

	"postroom/desk"
)

// brokenMost is how many messages in a row that the server fails on are passed
// over before it is taken for broken altogether.
const brokenMost = 100

// backoff is how long to wait before the next attempt: doubling from the first
// wait to the longest, with a quarter of chance so that the accounts of a desk
// do not come back all at once.
type backoff struct {
	first, most, next time.Duration
}

// backoff is the waits between attempts at this pace.
func (p pace) backoff() backoff { return backoff{first: p.again, most: p.most} }

// pause gives the next wait.
func (b *backoff) pause() time.Duration {
	b.next = min(max(b.next*2, b.first), b.most)
	return b.next - time.Duration(rand.Int64N(int64(b.next/4)))
}

// reset begins again at the first wait.
func (b *backoff) reset() { b.next = 0 }

// sleep waits, or less when ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// unwellMost is how long to rest at most while the database takes no changes:
// in a process in which nobody looks after it, the next attempt does.
const unwellMost = 15 * time.Second

// rest waits after a failure. While the database takes no changes nothing that
// a server says can be kept, so all rest until it does, and none tries in vain.
func rest(ctx context.Context, d *desk.Desk, err error, wait *backoff) {
	if desk.KindOf(err) != desk.Unwell {
		sleep(ctx, wait.pause())
		return
	}
	bell := d.Bell().Listen()
	defer bell.Close()
	most := time.NewTimer(unwellMost)
	defer most.Stop()
	for d.Mailroom().Trouble().Err != nil {
		select {
		case <-ctx.Done():
			return
		case <-most.C:
			return
		case <-bell.Rung():
			bell.Take()
		}
	}
	sleep(ctx, wait.first) // also after trouble that was over at once: no storm
}
