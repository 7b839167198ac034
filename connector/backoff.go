package connector

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	backoffMost = 5 * time.Minute
	// brokenMost is how many such messages in a row are passed over before
	// the server is taken for broken altogether.
	brokenMost = 100
)

// backoff is how long to wait before the next attempt: doubling from the first wait
// to five minutes, with a quarter of chance so that the accounts of a desk do
// not come back all at once.
type backoff struct {
	first, next time.Duration
}

// pause gives the next wait.
func (b *backoff) pause() time.Duration {
	b.next = min(max(b.next*2, b.first), backoffMost)
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
