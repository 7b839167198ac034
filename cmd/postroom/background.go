package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"postroom/connector"
)

// connector builds what talks to mail servers.
func (p *program) connector(h *house) (*connector.Connector, error) {
	secrets, _, err := p.secrets(h)
	if err != nil {
		return nil, err
	}
	tokens, err := p.tokens(h)
	if err != nil {
		return nil, err
	}
	webhooks, err := connector.ParseNetworks(p.getenv("POSTROOM_WEBHOOK_NETWORKS"))
	if err != nil {
		return nil, err
	}
	sender := connector.NewSender(connector.SenderOptions{Desk: h.desk, Password: secrets.Password, Tokens: tokens})
	return connector.New(connector.Options{Desk: h.desk, Password: secrets.Password, Tokens: tokens, Outbox: sender, Webhooks: webhooks}), nil
}

// tokens renews what accounts sign in with at providers.
func (p *program) tokens(h *house) (*connector.Tokens, error) {
	secrets, _, err := p.secrets(h)
	if err != nil {
		return nil, err
	}
	return connector.NewTokens(h.desk, secrets, nil), nil
}

// clockTime is how often the desk looks whether the clock has jumped. It goes
// with the sweep of the store's watcher.
const clockTime = 5 * time.Second

// listen rings the desk's bell for what other processes do, and for what is
// wrong with the database or the clock, until ctx ends.
func (h *house) listen(ctx context.Context) error {
	news, err := h.store.Watch(ctx)
	if err != nil {
		return err
	}
	// What came between the opening of the desk and the watcher's first look is
	// news too. When the database cannot be read now, the next news tries
	// again; whoever looks at the screen reads by himself and is told.
	_ = h.desk.CatchUp(ctx)
	clock := time.NewTicker(clockTime)
	defer clock.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-clock.C:
			h.desk.LookAtClock()
			continue
		case _, ok := <-news:
			if !ok {
				return nil
			}
		}
		_ = h.desk.CatchUp(ctx)
	}
}

// together runs parts side by side; when the first of them ends, all do. What
// panics in one comes out as an error, so that the others end in order.
func (h *house) together(ctx context.Context, parts ...func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	errs := make([]error, len(parts))
	var all sync.WaitGroup
	for i, part := range parts {
		all.Add(1)
		go func() {
			defer all.Done()
			defer stop()
			defer func() {
				if cause := recover(); cause != nil {
					errs[i] = fmt.Errorf("a mistake in postroom: %v\n%s", cause, debug.Stack())
				}
			}()
			errs[i] = part(ctx)
		}()
	}
	all.Wait()
	return errors.Join(errs...)
}
