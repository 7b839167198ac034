package desk

import (
	"encoding/json"
	"slices"
	"time"
)

// cutOff disconnects an account, and gives the addresses that are free then,
// the primary first. The journal has each of them: what is connected again
// finds there what it had.
func (s *Seat) cutOff(w Writer, a Account) ([]Address, error) {
	all, err := w.Addresses()
	if err != nil {
		return nil, err
	}
	free := slices.DeleteFunc(slices.Clone(all), func(d Address) bool { return d.Account != a.ID })
	now := s.d.now()
	if err := w.RemoveAccount(a.ID, now); err != nil {
		return nil, err
	}
	for _, d := range free {
		ev := s.event(EventAccountDisconnected, a.Inbox, 0, state(a.Address), nil)
		if d.Kind != AddressPrimary {
			gone := d.change()
			gone.With = FoldAddress(a.Address)
			ev = s.event(EventAddressRemoved, a.Inbox, 0, state(gone), nil)
		}
		ev.At = now
		if err := w.Append(ev); err != nil {
			return nil, err
		}
	}
	return free, nil
}

// bringBack gives an account that is connected to the same inbox again the
// further addresses it was disconnected with, but for those that somebody has by
// now and those that were never shown to be its own.
func (s *Seat) bringBack(w Writer, a Account) error {
	former, err := w.Disconnected(FoldAddress(a.Address))
	if err == ErrNoRow || err == nil && former.Inbox != a.Inbox { //nolint:errorlint // the store returns the sentinel itself
		return nil
	}
	if err != nil {
		return err
	}
	events, err := w.EventsSince(a.Inbox, EventAddressRemoved, former.Since.Add(-time.Millisecond))
	if err != nil {
		return err
	}
	for _, ev := range events {
		var gone addressChange
		if err := json.Unmarshal(ev.Before, &gone); err != nil {
			return err
		}
		if gone.With != FoldAddress(a.Address) || !gone.Verified && gone.Kind != AddressForm {
			continue
		}
		d := Address{Account: a.ID, Address: gone.Address, Kind: gone.Kind, Since: a.CreatedAt}
		if gone.Verified {
			d.VerifiedAt = a.CreatedAt
		}
		err := s.mustBeFree(w, d, a.PlusAddressing)
		if err != nil && KindOf(err) == Conflict {
			continue
		}
		if err != nil {
			return err
		}
		if err := w.AddAddress(d); err != nil {
			return err
		}
		if err := w.Append(s.event(EventAddressAdded, a.Inbox, 0, nil, state(d.change()))); err != nil {
			return err
		}
	}
	return nil
}
