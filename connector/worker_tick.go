package connector

import (
	"context"
	"time"

	"postroom/desk"
)

// ticking lets the desk do what time alone brings, until ctx ends: at the time
// it has said, and at each bell, which may have changed that time. In between
// it sleeps.
func (c *Connector) ticking(ctx context.Context) error {
	bell := c.desk.Bell().Listen()
	defer bell.Close()
	pause := c.pace.backoff()
	for ctx.Err() == nil {
		next, err := c.room.Tick(ctx)
		if err != nil && ctx.Err() == nil {
			c.log.Error("what time brings could not be done; it is tried again", "err", err)
			rest(ctx, c.desk, err, &pause)
			continue
		}
		pause.reset()
		untilDue(ctx, c.desk, bell, next)
	}
	return nil
}

// untilDue waits for a time, zero for none, or for the bell.
func untilDue(ctx context.Context, d *desk.Desk, bell *desk.Listener, due time.Time) {
	var timer <-chan time.Time
	if !due.IsZero() {
		t := time.NewTimer(due.Sub(d.Now()))
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-ctx.Done():
	case <-timer:
	case <-bell.Rung():
		bell.Take()
	}
}
