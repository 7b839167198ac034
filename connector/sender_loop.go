package connector

import (
	"context"
	"errors"
	"time"

	"postroom/desk"
)

// Loop serves an account's outbox until ctx ends: it wakes when mail is due,
// when the bell rings for the account's inbox, and when evidence for a mail in
// doubt is to be looked for; with nothing to do it sleeps. report hears after
// each round how the way to the server is: nil, or what is in the way; a
// [desk.Error] of kind Denied needs a person. Loop returns [desk.ErrFenced] when
// another process serves the account, else nil.
func (s *Sender) Loop(ctx context.Context, lease desk.Lease, a desk.Account, report func(error)) error {
	bell := s.desk.Bell().Listen()
	defer bell.Close()
	pause := s.pace.backoff()
	for ctx.Err() == nil {
		_, look, err := s.round(ctx, lease, a)
		switch {
		case errors.Is(err, desk.ErrFenced):
			return desk.ErrFenced
		case ctx.Err() != nil:
			return nil
		}
		report(err)
		due, failure := s.room.NextDue(ctx, a.ID)
		if err = errors.Join(err, failure); err == nil {
			pause.reset()
		}
		if now := s.desk.Now(); err != nil && (failure != nil || desk.KindOf(err) == desk.Unwell || !due.IsZero() && !due.After(now)) {
			// The database did not take what was to be noted: do not spin.
			rest(ctx, s.desk, err, &pause)
			continue
		}
		if a.WriteBack != desk.WriteNone {
			look = earliest(look, s.desk.Now().Add(mirrorLook))
		}
		s.await(ctx, bell, a, earliest(due, look))
	}
	return nil
}

// mirrorLook is how often it is asked what was read here: that is nobody else's
// news, so no bell rings for it.
const mirrorLook = time.Minute

// await waits for a time, or for news in the account's inbox.
func (s *Sender) await(ctx context.Context, bell *desk.Listener, a desk.Account, due time.Time) {
	var timer <-chan time.Time
	if !due.IsZero() {
		t := time.NewTimer(due.Sub(s.desk.Now()))
		defer t.Stop()
		timer = t.C
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer:
			return
		case <-bell.Rung():
			if bell.Take().Inboxes[a.Inbox] {
				return
			}
		}
	}
}

// earliest is the earlier of two times; the zero time is never.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
