package connector

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postroom/connector/dial"
	"postroom/desk"
)

// giveUpAge is when a mail that still is not wanted goes back to its author.
const giveUpAge = 24 * time.Hour

// retryAfter is how long a mail waits that was tried this many times, the first
// time at began; false when it has been tried long enough. A machine that was
// switched off has a mail that is old but hardly tried, and an author who sends
// a failed one again has one that is tried often but not for long: both still
// have their day.
func (p patience) retryAfter(attempts int, age time.Duration) (time.Duration, bool) {
	steps := p.retries
	if age >= giveUpAge && attempts > len(steps) {
		return 0, false
	}
	aged, sum := 0, steps[0]
	for aged < len(steps)-1 && sum <= age {
		aged++
		sum += steps[aged]
	}
	return steps[min(max(attempts-1, 0), aged)], true
}

// age is for how long a mail has been tried. HoldUntil is when the author's
// last decision to send it took effect.
func (r *round) age(out desk.Outgoing) time.Duration { return r.desk.Now().Sub(out.HoldUntil) }

// verdict is the state a mail gets after an attempt to hand it over.
func (r *round) verdict(ctx context.Context, out desk.Outgoing, err error) desk.Settled {
	var no *refused
	definite := errors.As(err, &no) && !no.closing
	if err == nil || definite {
		r.failures = 0 // the server is there, and has an opinion
	}
	switch {
	case err == nil:
		return desk.Settled{State: desk.Accepted}
	case definite && no.permanent:
		return desk.Settled{State: desk.Failed, Detail: no.text}
	case definite:
		return r.later(out, no.text)
	case errors.Is(err, errPastDot):
		return desk.Settled{State: desk.InDoubt, Detail: "The connection broke before the server had answered: the mail may have been sent, or not."}
	}
	if ctx.Err() == nil {
		if where, bad := dial.Parse(r.account.SMTP); bad == nil {
			err = explainSMTP(where, err)
		}
		r.unreached(err)
	}
	return r.held(ctx, out, err)
}

// later puts a mail off that the server does not want yet.
func (r *round) later(out desk.Outgoing, why string) desk.Settled {
	wait, again := r.patience.retryAfter(out.Attempts, r.age(out))
	if !again {
		return desk.Settled{State: desk.Failed, Detail: clip("given up after a day: " + why)}
	}
	return desk.Settled{State: desk.Deferred, Detail: why, Retry: r.desk.Now().Add(wait)}
}

// held puts a mail off that never got as far as the server's opinion of it.
func (r *round) held(ctx context.Context, out desk.Outgoing, err error) desk.Settled {
	why := clip(sentence(err))
	switch {
	case ctx.Err() != nil:
		return desk.Settled{State: desk.Deferred, Detail: "the program ended before it was handed over", Retry: r.desk.Now()}
	case needsSignIn(err):
		// It waits for a person, however long that takes: to fail would make
		// work of a forgotten password.
		return desk.Settled{State: desk.Deferred, Detail: why, Retry: latest(r.until, r.desk.Now().Add(time.Second))}
	}
	if r.age(out) >= giveUpAge && out.Attempts > len(r.patience.retries) {
		return desk.Settled{State: desk.Failed, Detail: clip("given up after a day: " + why)}
	}
	if now := r.desk.Now(); !r.again.After(now) {
		r.again = now.Add(r.pause()) // a slow database has had the pause already
	}
	return desk.Settled{State: desk.Deferred, Detail: why, Retry: r.again}
}

// reach tries a server that was away once before mail that waits for it is
// claimed. While it still is, nothing about that mail changes but when it is
// tried next.
func (r *round) reach(ctx context.Context) error {
	if r.failures == 0 {
		return nil
	}
	list, err := r.room.DeferredDue(ctx, r.account.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	away := r.connect(ctx)
	if away == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	same := list[:0]
	for _, out := range list {
		// What is another reason, or has been tried for long enough, is news.
		if end := r.held(ctx, out, away); end.State == desk.Deferred && end.Detail == out.LastError {
			out.NextTry = end.Retry
			same = append(same, out)
		}
	}
	return r.room.PutOff(ctx, r.lease, same)
}

// unreached notes that the server cannot be used now. All mail that is due then
// waits for the same moment: one attempt is enough to see that it is back.
func (r *round) unreached(err error) {
	r.trouble = err
	r.failures++
	r.again = r.desk.Now().Add(r.pause())
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// pause is the wait after attempts to reach the server that failed one after
// the other: a minute at most, so that mail leaves soon after the network is
// back; up to 15 minutes after refused passwords, which lock accounts.
func (r *round) pause() time.Duration {
	wait := backoff{first: r.patience.again, most: r.patience.most}
	if needsSignIn(r.trouble) {
		wait = backoff{first: 5 * time.Minute, most: 15 * time.Minute}
	}
	const doublings = 10 // more change nothing
	for range min(r.failures-1, doublings) {
		wait.pause()
	}
	return wait.pause()
}

// settle notes how an attempt ended. An outcome the database does not take is
// kept and noted later: it must not be forgotten that a mail was sent.
func (r *round) settle(ctx context.Context, out desk.Outgoing, end desk.Settled) error {
	r.log.Info("outgoing mail", "account", r.account.Address, "mail", int64(out.ID), "state", string(end.State), "detail", end.Detail)
	ctx, cancel := lastWords(ctx)
	defer cancel()
	err := r.note(ctx, outcome{out, end})
	if err != nil && !errors.Is(err, desk.ErrFenced) {
		r.open = append(r.open, outcome{out, end})
		return fmt.Errorf("note that mail %d is %s: %w", out.ID, end.State, err)
	}
	return err
}

// note writes an outcome down. The row may have moved on since: the copy in
// Sent can be read before the answer is, a commit that failed can be there all
// the same, and a new lease puts a mail in doubt whose outcome is known here.
// What is final, and what its author has decided, stays.
func (r *round) note(ctx context.Context, o outcome) error {
	err := r.room.Settle(ctx, r.lease, o.mail, o.end)
	if !errors.Is(err, desk.ErrStale) {
		return err
	}
	now, err := r.room.Outgoing(ctx, o.mail.ID)
	if err != nil {
		return err
	}
	switch now.State {
	case desk.Claimed, desk.Submitting, desk.InDoubt:
		if now.State == o.end.State {
			return nil
		}
		return r.room.Settle(ctx, r.lease, now, o.end)
	default:
		return nil
	}
}

// noteOpen notes the outcomes that could not be noted before.
func (r *round) noteOpen(ctx context.Context) error {
	for len(r.open) > 0 {
		if err := r.note(ctx, r.open[0]); err != nil && !errors.Is(err, desk.ErrNoRow) {
			return err
		}
		r.open = r.open[1:]
	}
	return nil
}
