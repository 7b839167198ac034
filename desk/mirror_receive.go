package desk

import "errors"

// What another program did to a mail before that came into its conversation is
// only in the ledger. It counts all the same, as if it had been done a moment
// later: how fast a mail was read here decides nothing.

// asItLies brings a mail in line with where it lies now, and whether it is Seen.
func asItLies(r Reader, in Incoming) (Incoming, error) {
	if in.Old || in.Role != RoleInbox && in.Role != RoleJunk {
		return in, nil
	}
	a, home, err := servedBy(r, in)
	if err != nil || home.Kind != Personal {
		return in, err
	}
	places, err := r.PlacedRaw(in.Raw)
	if err != nil || len(places) == 0 {
		return in, err
	}
	lies, seen, left := map[FolderRole]bool{}, true, true
	for _, p := range places {
		// In a folder that was numbered anew it may still be.
		left = left && (p.Gone || p.Role != RoleInbox && p.Role != RoleJunk)
		if p.here() {
			lies[p.Role] = true
			seen = seen && p.Seen
		}
	}
	if len(lies) > 0 {
		in.Seen = seen
	}
	switch {
	case !twoWays(a, home):
	case lies[RoleInbox]:
		in.Role = RoleInbox
	case lies[RoleJunk]:
		in.Role = RoleJunk
	case left:
		in.left, in.Seen = true, true
	}
	return in, nil
}

// asJunk puts a conversation that a mail has just opened among the spam, if the
// mail lies in Junk and nothing of the conversation in INBOX: what is open is in
// INBOX. The word of a person, about the sender or about the conversation, is
// worth more.
func (d *Desk) asJunk(w Writer, in Incoming, c *Conversation) error {
	if in.Role != RoleJunk {
		return nil
	}
	a, home, err := servedBy(w, in)
	if err != nil || !twoWays(a, home) {
		return err
	}
	if k, known, err := knownAs(w, home, in.sender(), in.AuthFailed); err != nil || known && k.Allowed {
		return err
	}
	if _, moves, err := waiting(w, a.ID, c.ID); err != nil || moves {
		return err
	}
	if rest, err := othersInInbox(w, Placed{Conversation: c.ID, Raw: in.Raw}); err != nil || rest {
		return err
	}
	before := c.Place()
	c.Spam = true
	return w.Append(&Event{At: d.now(), Actor: connectorActor(), Kind: EventSpam, Inbox: c.Inbox, Conversation: c.ID, Before: state(before), After: state(c.Place())})
}

// servedBy is the account a mail came through and its inbox; neither, when it
// was imported or the account serves another inbox now.
func servedBy(r Reader, in Incoming) (Account, Inbox, error) {
	if in.Account == 0 {
		return Account{}, Inbox{}, nil
	}
	a, err := r.Account(in.Account)
	if errors.Is(err, ErrNoRow) || err == nil && a.Inbox != in.Inbox {
		return Account{}, Inbox{}, nil
	}
	if err != nil {
		return a, Inbox{}, err
	}
	home, err := r.Inbox(a.Inbox)
	return a, home, err
}
