package connector

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"postroom/desk"
)

// hooks makes the calls that rules want: outside of any transaction, at least
// once, and again later where one fails.
type hooks struct {
	desk   *desk.Desk
	room   *desk.Mailroom
	log    *slog.Logger
	client *http.Client
	// busy are the origins that are being called, of which each is called once
	// at a time; done gets those that have answered. Both are run's alone.
	busy []string
	done chan ended
}

// ended is the end of a call.
type ended struct {
	origin string
	err    error // of noting it; what the call itself said is noted
}

// hookCalls is how many are called at the same time.
const hookCalls = 8

// hookTime is how long a call may take, with its answer.
const hookTime = 15 * time.Second

// newHooks makes what calls; allowed are networks that are not public and may
// be called all the same.
func newHooks(d *desk.Desk, allowed []netip.Prefix, log *slog.Logger) *hooks {
	return &hooks{desk: d, room: d.Mailroom(), log: log, done: make(chan ended, hookCalls), client: &http.Client{
		Timeout:   hookTime,
		Transport: hookTransport(allowed),
		// Where a rule sends what is in a mail must be what somebody has read.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// run makes calls until ctx ends, and returns when the last one has. It waits
// for the time of the next one, for the end of one under way, and for the bell:
// a rule has run.
func (h *hooks) run(ctx context.Context) error {
	bell := h.desk.Bell().Listen()
	defer bell.Close()
	for ctx.Err() == nil {
		next, err := h.start(ctx)
		if err != nil && ctx.Err() == nil {
			h.log.Error("a webhook could not be looked after; it is tried again", "err", err)
			next = h.desk.Now().Add(hookTime)
		}
		h.await(ctx, bell, next)
	}
	for len(h.busy) > 0 {
		h.free(<-h.done)
	}
	return nil
}

// await waits for a time, for news, or for the end of a call.
func (h *hooks) await(ctx context.Context, bell *desk.Listener, next time.Time) {
	var due <-chan time.Time
	if !next.IsZero() {
		timer := time.NewTimer(next.Sub(h.desk.Now()))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-ctx.Done():
	case <-due:
	case a := <-h.done:
		h.free(a)
	case <-bell.Rung():
		bell.Take()
	}
}

// start begins all calls that are due, and says when the next one is that waits
// for nothing but its time. Who is slow to answer holds up only what goes to
// himself: an origin is called once at a time, so that what goes there keeps
// its order, and several at once. While none is due, nothing is written.
func (h *hooks) start(ctx context.Context) (next time.Time, err error) {
	for ctx.Err() == nil && len(h.busy) < hookCalls {
		next, err := h.room.NextHook(ctx, h.busy)
		if err != nil || next.IsZero() || next.After(h.desk.Now()) {
			return next, err
		}
		hook, found, err := h.room.ClaimHook(ctx, h.busy)
		if err != nil {
			return next, err
		}
		if !found {
			continue // another process has it
		}
		origin := originOf(hook.URL)
		h.busy = append(h.busy, origin)
		go func() { h.done <- ended{origin, h.make(ctx, hook)} }()
	}
	return time.Time{}, nil // the end of a call comes first
}

// free says that a call has ended, and its origin can be called again.
func (h *hooks) free(a ended) {
	h.busy = slices.DeleteFunc(h.busy, func(one string) bool { return one == a.origin })
	if a.err != nil && !errors.Is(a.err, context.Canceled) {
		h.log.Error("the end of a webhook could not be noted; it is called again", "err", a.err)
	}
}

// originOf is the beginning of an address, up to its path (RFC 6454): who is
// called there.
func originOf(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	host := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		host = rest[:end]
	}
	return scheme + "://" + host
}

// make makes a call and notes how it ended.
func (h *hooks) make(ctx context.Context, hook desk.Hook) error {
	failure := h.call(ctx, hook)
	if failure != nil && ctx.Err() == nil {
		h.log.Warn("a webhook did not arrive", "rule", hook.Name, "delivery", hook.ID, "try", hook.Attempts, "err", failure)
	}
	return h.room.FinishHook(ctx, hook, failure)
}

// call makes one call. Only an answer of 2xx says that it has arrived.
func (h *hooks) call(ctx context.Context, hook desk.Hook) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(hook.Body))
	if err != nil {
		return err
	}
	at := strconv.FormatInt(h.desk.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "postroom")
	req.Header.Set("X-Postroom-Delivery", strconv.FormatInt(hook.ID, 10))
	req.Header.Set("X-Postroom-Timestamp", at)
	req.Header.Set("X-Postroom-Signature", "sha256="+signHook(hook.Key, at, hook.Body))
	res, err := h.client.Do(req)
	if err != nil {
		// The address may have a secret in it, and is known besides.
		var full *url.Error
		if errors.As(err, &full) {
			err = full.Err
		}
		var refused *desk.Error
		if errors.As(err, &refused) {
			return refused
		}
		return err
	}
	if err := res.Body.Close(); err != nil { // nothing in it counts
		return err
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("the answer was %s", res.Status)
	}
	return nil
}

// signHook signs the time and the body, so that neither can be changed nor an
// old call be made to look new.
func signHook(key, at string, body []byte) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(at + "."))
	m.Write(body)
	return hex.EncodeToString(m.Sum(nil))
}
