package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// channel is where commits are told of. What is said there is the journal's
// last number, nothing of what it holds: everybody who may connect to the
// database can listen.
const channel = "postroom"

// listen wakes the watcher when somebody has told of a commit. It is only a
// wake-up: the journal says what is new, and is looked at every few seconds
// anyway, so an ear that is deaf for a while costs no news.
func (s *Store) listen(ctx context.Context) <-chan struct{} {
	wake := make(chan struct{}, 1)
	s.watchers.Add(1)
	go func() {
		defer s.watchers.Done()
		defer close(wake)
		for ctx.Err() == nil {
			s.server.hear(ctx, wake)
			signal(wake) // the watcher finds out whether the server has gone
			select {
			case <-time.After(sweep / 5):
			case <-ctx.Done():
			}
		}
	}()
	return wake
}

// hear listens on a connection of its own until that breaks.
func (s *server) hear(ctx context.Context, wake chan<- struct{}) {
	conn, err := pgx.ConnectConfig(ctx, s.ear())
	if err != nil {
		return
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(ctx)
	}()
	_, err = conn.Exec(ctx, "LISTEN "+channel)
	for err == nil {
		// Also once at the beginning: something may have come before.
		select {
		case wake <- struct{}{}:
		default:
		}
		_, err = conn.WaitForNotification(ctx)
	}
}
