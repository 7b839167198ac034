package desk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
)

// merged is how the journal keeps that contacts became one: all an undo needs.
type merged struct {
	// Into is the contact they are now, From the one that went into it, With
	// those that had been merged into that before.
	Into ContactID   `json:"into"`
	From ContactID   `json:"from"`
	With []ContactID `json:"with,omitempty"`
	Of   string      `json:"of"`
	And  string      `json:"and"`
	// Deals are those that were with the one that is gone.
	Deals []DealID `json:"deals,omitempty"`
	// Values are what Into did not have and took over.
	Values map[string]string `json:"values,omitempty"`
}

// MergeContacts makes two contacts that the actor sees one: into keeps what was
// entered about it and gets what it lacks. Whoever sees it sees all addresses
// from then on; each conversation is seen by whom it was. [Seat.Undo] takes it
// back in full.
func (s *Seat) MergeContacts(ctx context.Context, into, from string) (Altered, error) {
	var res Altered
	err := s.write(ctx, func(w Writer) error {
		k, in, err := s.mustSeeContact(w, into)
		if err != nil {
			return err
		}
		gone, _, err := s.mustSeeContact(w, from)
		if err != nil {
			return err
		}
		if k.ID == gone.ID {
			return conflict("SAME_CONTACT", "", "They are one contact already.")
		}
		res, err = s.merge(w, k, gone, in)
		return err
	})
	return res, err
}

func (s *Seat) merge(w Writer, k, gone Contact, in InboxID) (Altered, error) {
	before, err := recordOf(w, k)
	if err != nil {
		return Altered{}, err
	}
	other, err := recordOf(w, gone)
	if err != nil {
		return Altered{}, err
	}
	m, err := absorb(w, gone, k)
	if err != nil {
		return Altered{}, err
	}
	after, err := recordOf(w, filledFrom(k, gone))
	if err != nil {
		return Altered{}, err
	}
	res := Altered{Before: map[string]string{}, After: map[string]string{}}
	for _, a := range contactAttributes() {
		was, err := a.get(w, before)
		if err != nil {
			return res, err
		}
		now, err := a.get(w, after)
		if err != nil {
			return res, err
		}
		if was != now {
			res.Before[a.key], res.After[a.key] = was, now
		}
	}
	if err := w.SaveContact(after.Contact); err != nil {
		return res, err
	}
	if after.Listed {
		in = 0
	}
	m.Of, m.And, m.Values = first(before.Addresses), first(other.Addresses), res.After
	res.Of, res.Batch = m.Of, s.d.newBatch()
	ev := s.event(EventContactsMerged, in, 0, state(recorded{int64(k.ID), m.Of, res.Before}), state(m))
	ev.Batch = res.Batch
	return res, w.Append(ev)
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// filledFrom is a contact with what it did not have and another one has.
func filledFrom(k, other Contact) Contact {
	if k.Name == "" {
		k.Name = other.Name
	}
	if k.Owner == 0 {
		k.Owner = other.Owner
	}
	if k.Company == 0 {
		k.Company = other.Company
	}
	k.Listed = k.Listed || other.Listed
	return k
}

// absorb lets one contact, and all that was merged into it, go into another.
// Its addresses and conversations stay its own; its deals follow.
func absorb(w Writer, gone, into Contact) (merged, error) {
	m := merged{Into: into.ID, From: gone.ID}
	group, err := w.ContactGroup(gone.ID)
	if err != nil {
		return m, err
	}
	m.With = slices.DeleteFunc(group, func(id ContactID) bool { return id == gone.ID })
	if err := w.MergeInto(append(slices.Clone(m.With), gone.ID), into.ID); err != nil {
		return m, err
	}
	deals, err := w.Deals(DealQuery{Contact: gone.ID})
	if err != nil {
		return m, err
	}
	for _, d := range deals {
		m.Deals = append(m.Deals, d.ID)
		d.Contact = into.ID
		if err := w.SaveDeal(d); err != nil {
			return m, err
		}
	}
	return m, nil
}

// undoMerge makes two contacts of one again. What was entered since about the
// one that stayed is kept; the other has what it had.
func (s *Seat) undoMerge(w Writer, ev Event, batch string) (said []string, reason string, err error) {
	var before recorded
	var m merged
	if err := errors.Join(json.Unmarshal(ev.Before, &before), json.Unmarshal(ev.After, &m)); err != nil {
		return nil, "", err
	}
	k, err := w.Contact(m.Into)
	if err != nil {
		return nil, "", err
	}
	in, sees, err := s.seesContact(w, k)
	if err != nil || !sees {
		return nil, "you do not see the contact any more", err
	}
	group, err := w.ContactGroup(k.ID)
	if err != nil {
		return nil, "", err
	}
	if k.ID != m.Into || !slices.Contains(group, m.From) {
		return nil, "the contact has been merged again since", nil
	}
	if err := s.part(w, m); err != nil {
		return nil, "", err
	}
	if err := s.giveBack(w, k, m, before); err != nil {
		return undoRefused(err)
	}
	undo := s.event(EventUndone, in, 0, ev.After, ev.Before)
	undo.Batch = batch
	return []string{m.Of + " and " + m.And + " are two contacts again."}, "", w.Append(undo)
}

// part takes out of a contact what was merged into it, with its deals.
func (s *Seat) part(w Writer, m merged) error {
	if err := errors.Join(w.MergeInto([]ContactID{m.From}, 0), w.MergeInto(m.With, m.From)); err != nil {
		return err
	}
	for _, id := range m.Deals {
		d, err := w.Deal(id)
		if err != nil {
			return err
		}
		if d.Contact != m.Into {
			continue // it is with somebody else by now
		}
		d.Contact = m.From
		if err := w.SaveDeal(d); err != nil {
			return err
		}
	}
	return nil
}

// giveBack takes from a contact what it got by a merge and still has so.
func (s *Seat) giveBack(w Writer, k Contact, m merged, before recorded) error {
	was, err := recordOf(w, k)
	if err != nil {
		return err
	}
	values := map[string]string{}
	for _, a := range contactAttributes() {
		now, err := a.get(w, was)
		if err != nil {
			return err
		}
		if got, ok := m.Values[a.key]; ok && got == now && a.key != AttrEmail {
			values[a.key] = before.Values[a.key]
		}
	}
	rec := was
	if _, err := alter(s, w, contactAttributes(), &rec, values); err != nil {
		return err
	}
	return w.SaveContact(rec.Contact)
}
