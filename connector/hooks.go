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
	"strconv"
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
}

// hookTime is how long a call may take, with its answer.
const hookTime = 15 * time.Second

// newHooks makes what calls; allowed are networks that are not public and may
// be called all the same.
func newHooks(d *desk.Desk, allowed []netip.Prefix, log *slog.Logger) *hooks {
	return &hooks{desk: d, room: d.Mailroom(), log: log, client: &http.Client{
		Timeout:   hookTime,
		Transport: hookTransport(allowed),
		// Where a rule sends what is in a mail must be what somebody has read.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// run makes calls until ctx ends. It waits for the time of the next one, and
// for the bell: a rule has run.
func (h *hooks) run(ctx context.Context) error {
	bell := h.desk.Bell().Listen()
	defer bell.Close()
	for ctx.Err() == nil {
		next, err := h.drain(ctx)
		if err != nil && ctx.Err() == nil {
			h.log.Error("a webhook could not be looked after; it is tried again", "err", err)
			next = h.desk.Now().Add(hookTime)
		}
		h.await(ctx, bell, next)
	}
	return nil
}

// await waits for a time or for news.
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
	case <-bell.Rung():
		bell.Take()
	}
}

// drain makes all calls that are due, and says when the next one is. While
// none is, nothing is written.
func (h *hooks) drain(ctx context.Context) (next time.Time, err error) {
	for ctx.Err() == nil {
		next, err := h.room.NextHook(ctx)
		if err != nil || next.IsZero() || next.After(h.desk.Now()) {
			return next, err
		}
		hook, found, err := h.room.ClaimHook(ctx)
		if err != nil {
			return next, err
		}
		if !found {
			continue // another process has it
		}
		failure := h.call(ctx, hook)
		if failure != nil && ctx.Err() == nil {
			h.log.Warn("a webhook did not arrive", "rule", hook.Name, "delivery", hook.ID, "try", hook.Attempts, "err", failure)
		}
		if err := h.room.FinishHook(ctx, hook, failure); err != nil {
			return next, err
		}
	}
	return next, nil
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
