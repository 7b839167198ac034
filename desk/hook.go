package desk

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Hook is a call that a rule wants made to an address, kept until it was. It is
// made at least once; who is called tells a second one by its ID.
type Hook struct {
	ID           int64
	Rule         RuleID
	Name         string // of the rule
	Inbox        InboxID
	Conversation ConversationID
	URL          string
	Body         []byte
	NextTry      time.Time
	Attempts     int
	CreatedAt    time.Time
	// Key is what the call is signed with; [Mailroom.ClaimHook] fills it in.
	Key string
}

const (
	// hookClaim is how long a process may take for a call before another does it.
	hookClaim = 2 * time.Minute
	// hookFirst is the pause after the first failure; each next one is twice
	// as long, up to hookLongest.
	hookFirst, hookLongest = time.Minute, 4 * time.Hour
	// hookAge is how long a call is tried.
	hookAge = 24 * time.Hour
)

// ClaimHook takes the call that is due first, so that no other process makes it
// at the same time. Addresses that begin with one of busy are left alone: who
// is called there has not answered yet.
func (m *Mailroom) ClaimHook(ctx context.Context, busy []string) (h Hook, found bool, err error) {
	err = m.d.write(ctx, func(w Writer) error {
		found = false
		now := m.d.now()
		var err error
		if h, err = w.DueHook(now, busy); errors.Is(err, ErrNoRow) {
			return nil
		}
		if err != nil {
			return err
		}
		h.Attempts++
		h.NextTry = now.Add(hookClaim)
		found = true
		if h.Key, _, err = m.d.hookKey(w, h.Rule); err != nil {
			return err
		}
		return w.SaveHook(h)
	})
	return h, found, err
}

// NextHook is when a call is due whose address begins with none of busy; the
// zero time when none waits.
func (m *Mailroom) NextHook(ctx context.Context, busy []string) (time.Time, error) {
	var at time.Time
	err := m.d.store.Read(ctx, func(r Reader) error {
		var err error
		at, err = r.NextHook(busy)
		return err
	})
	return at, err
}

// FinishHook notes that a call was made, or why not. What has been tried for a
// day, or is refused here, is given up, and the journal says so.
func (m *Mailroom) FinishHook(ctx context.Context, h Hook, failure error) error {
	return m.d.write(ctx, func(w Writer) error {
		now := m.d.now()
		if failure == nil {
			return w.RemoveHook(h.ID)
		}
		if now.Sub(h.CreatedAt) >= hookAge || KindOf(failure) == Denied {
			type gaveUp struct {
				URL   string `json:"url"`
				Tries string `json:"tries"`
				Why   string `json:"why"`
			}
			ev := &Event{
				At: now, Actor: Actor{Kind: ActorRule, Login: h.Name}, Kind: EventHookFailed, Inbox: h.Inbox, Conversation: h.Conversation,
				After: state(gaveUp{h.URL, strconv.Itoa(h.Attempts), Snippet(fmt.Sprint(failure), 200)}),
			}
			return errors.Join(w.RemoveHook(h.ID), w.Append(ev))
		}
		pause := hookLongest
		if h.Attempts < 10 {
			pause = min(hookFirst<<(h.Attempts-1), hookLongest)
		}
		h.NextTry = now.Add(pause)
		return w.SaveHook(h)
	})
}
