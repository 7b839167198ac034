package desk

import "slices"

// Which conversation a mail belongs to (design 4.5). In this order:
//
//  1. Our signed token, in the Message-IDs it answers or the address it was
//     sent to.
//  2. A Message-ID we know among those it answers, if the sender takes part in
//     that conversation and DMARC does not fail.
//  3. Otherwise a conversation of its own, linked as "maybe related".
//
// The subject alone never threads. Mail stays within its inbox: a conversation
// of another one is never joined, not even by token, but for one that was moved
// there from this one.

// Known is a message of the inbox that an incoming mail refers to, or that
// refers to it.
type Known struct {
	Message      MessageID
	Conversation ConversationID
	// Sender is the folded From address of that message; AuthFailed says that
	// its DMARC check failed.
	Sender     string
	Direction  Direction
	AuthFailed bool
}

// placement is where a mail goes, and why.
type placement struct {
	conversation ConversationID // 0: a new one
	related      ConversationID // "maybe related", for a new one
	follows      ConversationID // the closed ticket that a new one follows
}

// answered lists the ids a mail answers, the likeliest parent first.
func answered(m Mail) []string {
	var ids []string
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) && len(ids) < maxReferences {
			ids = append(ids, id)
		}
	}
	for _, id := range m.InReplyTo {
		add(id)
	}
	for _, id := range slices.Backward(m.References) {
		add(id)
	}
	return ids
}

// maxReferences is how many of a mail's references are looked at: the newest.
const maxReferences = 50

// place decides about one mail.
func (d *Desk) place(w Writer, in Incoming) (placement, error) {
	tokens := append(answered(in.Mail), in.Mail.DeliveredTo...)
	tokens = append(tokens, in.Mail.Returned)
	for _, m := range slices.Concat(in.Mail.To, in.Mail.Cc) {
		tokens = append(tokens, m.Addr)
	}
	for _, t := range tokens {
		id, ok := readToken(d.key, t)
		if !ok {
			continue
		}
		c, err := d.bearer(w, in.Inbox, t, id)
		if err != nil {
			return placement{}, err
		}
		if c.ID == 0 {
			continue
		}
		if ok, err := isAt(w, c, in.Inbox); ok || err != nil {
			return placement{conversation: c.ID}, err
		}
	}
	var p placement
	known, err := w.KnownIDs(in.Inbox, answered(in.Mail))
	if err != nil {
		return p, err
	}
	for _, k := range known {
		ok, err := d.belongs(w, in.Direction(), in.sender(), in.AuthFailed, k.Conversation)
		if err != nil {
			return p, err
		}
		if ok {
			return placement{conversation: k.Conversation}, nil
		}
		if p.related == 0 {
			p.related = k.Conversation
		}
	}
	return p, nil
}

// bearer is the conversation a token leads to today. Where the mail that was
// sent with it has gone over to another one by a split or the end of a merge,
// that is the one.
func (d *Desk) bearer(r Reader, in InboxID, token string, id ConversationID) (Conversation, error) {
	known, err := r.KnownIDs(in, []string{headerOf(token)})
	if err != nil {
		return Conversation{}, err
	}
	if len(known) > 0 && known[0].Direction == Out {
		id = known[0].Conversation
	}
	return standing(r, id)
}

// isAt reports whether a conversation takes in the mail of an inbox: it is
// there, or was before it was moved.
func isAt(r Reader, c Conversation, in InboxID) (bool, error) {
	if c.Inbox == in {
		return true, nil
	}
	return r.WasIn(c.ID, in)
}

// belongs says whether a sender may add to a conversation by reference alone.
// What lies in our own Sent folder is ours; a From of ours in the INBOX proves
// nothing, so our own addresses are no participants.
func (d *Desk) belongs(r Reader, dir Direction, sender string, authFailed bool, c ConversationID) (bool, error) {
	if dir == Out {
		return true, nil
	}
	if authFailed || sender == "" {
		return false, nil
	}
	if _, err := r.AddressHolder(sender); err == nil {
		return false, nil
	}
	people, err := r.Participants(c)
	return slices.Contains(people, sender), err
}

// standing gives the conversation an id leads to today; the zero value when it
// is gone.
func standing(r Reader, id ConversationID) (Conversation, error) {
	for range 16 {
		c, err := r.Conversation(id)
		if err == ErrNoRow { //nolint:errorlint // the store returns the sentinel itself
			return Conversation{}, nil
		}
		if err != nil || c.JoinedTo == 0 {
			return c, err
		}
		id = c.JoinedTo
	}
	return Conversation{}, nil
}

// lateChildren finds the conversations that answered this mail before it came
// and would have joined it: same inbox and untouched (design, "Late parent").
// related is one that may not join.
//
// A mail whose id is known already is nobody's missing parent: it is a second
// mail under the same id, and such an id can be chosen by a stranger.
func (d *Desk) lateChildren(w Writer, in Incoming, own ConversationID) (join []ConversationID, related ConversationID, err error) {
	if in.Mail.MessageID == "" || in.AuthFailed {
		return nil, 0, nil
	}
	known, err := w.KnownIDs(in.Inbox, []string{in.Mail.MessageID})
	if err != nil || len(known) > 0 {
		return nil, 0, err
	}
	if own != 0 {
		if c, err := w.Conversation(own); err != nil || c.Inbox != in.Inbox {
			return nil, 0, err // it was moved: what waits here stays here
		}
	}
	children, err := w.AnswersTo(in.Inbox, in.Mail.MessageID)
	if err != nil {
		return nil, 0, err
	}
	for _, k := range children {
		if k.Conversation == own || slices.Contains(join, k.Conversation) {
			continue
		}
		c, err := w.Conversation(k.Conversation)
		if err != nil {
			return nil, 0, err
		}
		ok := !c.Touched && c.JoinedTo == 0
		if ok {
			if ok, err = d.isParent(w, in, k, own); err != nil {
				return nil, 0, err
			}
		}
		if ok {
			join = append(join, c.ID)
		} else if related == 0 {
			related = c.ID
		}
	}
	return join, related, nil
}

// isParent says whether a mail may take in one that refers to it and was here
// first. What our own server had received before the child, a first sync only
// read later: then it counts as if it had been read in that order. What really
// came afterwards could be made up to fit, with the customer among its
// recipients, so it has to be ours or from the child's own people.
func (d *Desk) isParent(r Reader, in Incoming, child Known, own ConversationID) (bool, error) {
	sender := in.sender()
	late := in.At.Unix() > child.Message.Unix()
	if child.Direction == Out {
		if in.Direction() == Out || !late {
			return true, nil
		}
		people, err := r.Participants(child.Conversation)
		return slices.Contains(people, sender), err
	}
	switch {
	case child.AuthFailed:
		return false, nil
	case in.Direction() == Out, sender == child.Sender:
		return in.mentions(child.Sender), nil
	case late:
		return false, nil
	case in.mentions(child.Sender):
		return true, nil
	case own == 0:
		return false, nil
	}
	people, err := r.Participants(own)
	return slices.Contains(people, child.Sender), err
}
