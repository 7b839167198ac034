package desk

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Served is an inbox that an account has served until a time.
//
// A mail belongs to the inbox its account served when the mail server got it,
// whenever it is fetched. So an account can go over to another inbox while mail
// arrives, in the middle of reading its history, and before the server numbers
// a folder anew: every mail still has one place, and always the same. What is
// in a personal inbox does not come up in a shared one, nor the other way
// round, by being read once more.
type Served struct {
	Inbox InboxID   `json:"inbox"`
	Until time.Time `json:"until"`
}

// homes are where the mails of an account go.
type homes struct {
	now    InboxID
	served []Served // oldest first
}

func homesOf(r Reader, a Account) (homes, error) {
	served, err := r.Served(a.ID)
	return homes{a.Inbox, served}, err
}

// at is the inbox of a mail by its time.
func (h homes) at(t time.Time) InboxID {
	for _, s := range h.served {
		if t.Before(s.Until) {
			return s.Inbox
		}
	}
	return h.now
}

// of is the inbox of a mail: that of its time, unless its bytes are in another
// one of the account already. Servers may date a mail anew that is moved to
// another folder.
func (h homes) of(r Reader, f Fetched) (InboxID, error) {
	own := h.at(f.At)
	places := []InboxID{own, h.now}
	for _, s := range h.served {
		places = append(places, s.Inbox)
	}
	slices.Sort(places[1:])
	places = slices.Compact(places)
	if len(places) == 1 {
		return own, nil // the store looks there by itself
	}
	for _, in := range places {
		has, err := r.HasBytes(in, f.Packed.SHA256)
		if err != nil || has {
			return in, err
		}
	}
	return own, nil
}

// inherit gives an account that is connected what the one before with the same
// address has served: its mail stays where it is (S12).
func inherit(r Reader, a Account) ([]Served, error) {
	former, err := r.Disconnected(FoldAddress(a.Address))
	if err == ErrNoRow { //nolint:errorlint // the store returns the sentinel itself
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	served, err := r.Served(former.ID)
	return append(served, Served{former.Inbox, former.Since}), err
}

// Formerly is until when an address was connected before, zero where it was not:
// the mail it had got by then stays where it came in (S12), and only what has
// arrived since comes into the inbox it serves next.
func (s *Seat) Formerly(ctx context.Context, address string) (time.Time, error) {
	var until time.Time
	err := s.read(ctx, func(r Reader) error {
		former, err := r.Disconnected(FoldAddress(address))
		if errors.Is(err, ErrNoRow) {
			return nil
		}
		until = former.Since
		return err
	})
	return until, err
}

// Stays says what an address that was connected until a time does not bring
// again.
func Stays(until time.Time) string {
	return "It was connected before, until " + until.Format("2006-01-02 15:04 MST") + ": the mail it had by then stays where it came in, and only what has arrived since comes in now."
}
