package desk

import (
	"encoding/json"
	"errors"
	"fmt"
)

// conversion is what the journal keeps of an account before and after it was
// switched: enough to take it back.
type conversion struct {
	Account AccountID `json:"account"`
	Address string    `json:"address"`
	Inbox   InboxID   `json:"inbox"`
	Name    string    `json:"name"`
	Kind    InboxKind `json:"kind"`
	Owner   UserID    `json:"owner"`
	// Served are the inboxes the account had served; with HistoryMove, which
	// does not touch them, it is left out.
	Served []Served `json:"served,omitempty"`
	// Grants are who was let into the inbox, with HistoryMove.
	Grants []Grant `json:"grants,omitempty"`
	// Made says that the inbox was made for the account.
	Made bool `json:"made,omitempty"`
	// WriteBack is what was written to the account's mailbox.
	WriteBack WriteBack `json:"write_back,omitempty"`
}

func conversionOf(a Account, in Inbox, served []Served) conversion {
	return conversion{Account: a.ID, Address: a.Address, Inbox: in.ID, Name: in.Name, Kind: in.Kind, Owner: in.Owner, Served: served, WriteBack: a.WriteBack}
}

// is reports whether an inbox still is as it was left.
func (c conversion) is(in Inbox) bool {
	return c.Inbox == in.ID && c.Name == in.Name && c.Kind == in.Kind && c.Owner == in.Owner
}

// undoConvert takes a conversion back, or says why not. said is what a person
// has to know besides.
func (s *Seat) undoConvert(w Writer, ev Event, batch string) (said []string, reason string, err error) {
	var before, after conversion
	if err := errors.Join(json.Unmarshal(ev.Before, &before), json.Unmarshal(ev.After, &after)); err != nil {
		return nil, "", err
	}
	a, err := w.Account(after.Account)
	if errors.Is(err, ErrNoRow) || err == nil && a.Inbox != after.Inbox {
		return nil, after.Address + " was disconnected or moved since", nil
	}
	if err != nil {
		return nil, "", err
	}
	if reason, err := s.mayUndoConvert(w, a, before, after); reason != "" || err != nil {
		return nil, reason, err
	}
	if before.Inbox == after.Inbox {
		reason, err = s.undoMove(w, ev, before, after)
	} else {
		said, err = s.undoKeep(w, a, before, after)
	}
	if reason != "" || err != nil {
		return nil, reason, err
	}
	if before.WriteBack != "" {
		a.WriteBack = before.WriteBack
		if err := w.SaveMailbox(a); err != nil {
			return nil, "", err
		}
	}
	undo := s.event(EventUndone, before.Inbox, 0, ev.After, ev.Before)
	undo.Batch = batch
	said = append([]string{fmt.Sprintf("%s serves the %s inbox %q again.", a.Address, before.Kind, before.Name)}, said...)
	return said, "", w.Append(undo)
}

// mayUndoConvert says why a conversion cannot be taken back; empty when it can.
func (s *Seat) mayUndoConvert(r Reader, a Account, before, after conversion) (string, error) {
	now, err := r.Inbox(after.Inbox)
	if err != nil {
		return "", err
	}
	if !after.is(now) {
		return fmt.Sprintf("the inbox %q has been changed since", now.Name), nil
	}
	if who, err := left(r, before.Owner, after.Owner); who != "" || err != nil {
		return fmt.Sprintf("%s has been removed since; what is kept for somebody who has left is let go with: postroom account release %s", who, a.Address), err
	}
	if was, err := r.Inbox(before.Inbox); err != nil || was.JoinedTo != 0 {
		return fmt.Sprintf("the inbox %q has gone into another one since", was.Name), err
	}
	ok, err := s.mayHandBack(r, before, after)
	if err != nil {
		return "", err
	}
	if !ok {
		return "you may not configure both inboxes by now", nil
	}
	waiting, err := r.CountWaiting(a.ID)
	if err == nil && waiting > 0 {
		return fmt.Sprintf("%d outgoing %s of %s not sent yet", waiting, plural(waiting, "mail is", "mails are"), a.Address), nil
	}
	return "", err
}

// left names the first of some users who has been removed.
func left(r Reader, users ...UserID) (string, error) {
	for _, id := range users {
		if id == 0 {
			continue
		}
		if u, err := r.User(id); err != nil || !u.RemovedAt.IsZero() {
			return u.Name, err
		}
	}
	return "", nil
}

// mayHandBack reports whether the actor still decides about both inboxes: an
// admin also about a personal one that he has made of a shared one.
func (s *Seat) mayHandBack(r Reader, before, after conversion) (bool, error) {
	me, err := r.User(s.actor.User)
	if err != nil {
		return false, err
	}
	for _, c := range []conversion{before, after} {
		if me.Admin() && before.Kind == Shared || c.Kind == Personal && c.Owner == me.ID {
			continue
		}
		rights, err := r.Rights(c.Inbox, me.ID)
		if errors.Is(err, ErrNoRow) || err == nil && !rights.Configure {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// undoKeep lets the account serve its former inbox again. What came in
// meanwhile stays where it came, and still belongs there if it is fetched later.
func (s *Seat) undoKeep(w Writer, a Account, before, after conversion) ([]string, error) {
	from, err := w.Inbox(before.Inbox)
	if err != nil {
		return nil, err
	}
	// It may have served that inbox before: what came then is no news.
	since := after.Served[len(after.Served)-1].Until
	meanwhile, err := w.CountRaws(after.Inbox, a.ID, since)
	if err != nil {
		return nil, err
	}
	served := before.Served
	if meanwhile > 0 {
		served = append(after.Served, Served{after.Inbox, s.d.now()})
	}
	if err := w.MoveAccount(a.ID, from.ID, served); err != nil {
		return nil, err
	}
	if meanwhile > 0 {
		return []string{fmt.Sprintf("%d %s that came in meanwhile %s in the inbox %q.", meanwhile, plural(meanwhile, "mail", "mails"), plural(meanwhile, "stays", "stay"), after.Name)}, nil
	}
	if !after.Made {
		return nil, nil
	}
	gone, err := w.RemoveInbox(after.Inbox)
	if err == nil && !gone {
		return []string{fmt.Sprintf("The inbox %q was made for it and stays.", after.Name)}, nil
	}
	return nil, err
}

// undoMove makes the inbox what it was. That must not show the team what has
// come in while it was somebody's own.
func (s *Seat) undoMove(w Writer, ev Event, before, after conversion) (string, error) {
	if before.Kind == Shared {
		for _, kind := range []EventKind{EventReceived, EventHistory, EventSentOutside, EventQueued, EventNoteAdded} {
			since, err := w.EventsSince(after.Inbox, kind, ev.At)
			if err != nil {
				return "", err
			}
			if len(since) > 0 {
				return fmt.Sprintf("mail has come into the personal inbox since; to make it shared all the same: postroom account convert %s --to shared", after.Address), nil
			}
		}
	}
	in, err := w.Inbox(after.Inbox)
	if err != nil {
		return "", err
	}
	in.Kind, in.Owner = before.Kind, before.Owner
	if in.Name != before.Name {
		if _, err := w.InboxByName(FoldName(before.Name)); err == nil {
			return fmt.Sprintf("another inbox has the name %q since", before.Name), nil
		} else if !errors.Is(err, ErrNoRow) {
			return "", err
		}
		in.Name = before.Name
	}
	if err := w.SaveInbox(in); err != nil {
		return "", err
	}
	for _, g := range before.Grants {
		if err := w.SaveGrant(g); err != nil {
			return "", err
		}
	}
	return "", nil
}

// conversionIn is a side of a conversion as a person reads it.
func conversionIn(raw json.RawMessage) string {
	var c conversion
	if json.Unmarshal(raw, &c) != nil || c.Address == "" {
		return ticketWords(raw)
	}
	if c.Kind == "" {
		return serversIn(raw)
	}
	return fmt.Sprintf("%s in the %s inbox %q", c.Address, c.Kind, c.Name)
}
