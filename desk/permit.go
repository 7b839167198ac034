package desk

import "errors"

// What an actor may see and do. Every use case asks here, inside its own
// transaction. A conversation the actor may not see is answered exactly as
// one that does not exist.

func (s *Seat) mustAdmin(r Reader, what string) error {
	u, err := r.User(s.actor.User)
	if err != nil {
		return err
	}
	if !u.Admin() {
		return denied("Ask an admin of this desk.", "Only an admin can %s.", what)
	}
	return nil
}

// member reports whether the actor works in the inbox.
func (s *Seat) member(r Reader, inbox InboxID) (bool, error) {
	return r.IsMember(inbox, s.actor.User)
}

// mustSee gives the conversation if the actor works in its inbox. An id that
// was joined to another conversation leads there.
func (s *Seat) mustSee(r Reader, id ConversationID) (Conversation, error) {
	c, err := r.Conversation(id)
	for hops := 0; err == nil && c.JoinedTo != 0 && hops < 16; hops++ {
		c, err = r.Conversation(c.JoinedTo)
	}
	if errors.Is(err, ErrNoRow) {
		return Conversation{}, noConversation(id)
	}
	if err != nil {
		return Conversation{}, err
	}
	ok, err := s.member(r, c.Inbox)
	if err != nil {
		return Conversation{}, err
	}
	if !ok {
		return Conversation{}, noConversation(id)
	}
	return c, nil
}

// mustSeeInbox gives the inbox called name if the actor works in it.
func (s *Seat) mustSeeInbox(r Reader, name string) (Inbox, error) {
	in, err := r.InboxByName(FoldName(name))
	if err == nil {
		var ok bool
		if ok, err = s.member(r, in.ID); err == nil && ok {
			return in, nil
		}
	}
	if err == nil || errors.Is(err, ErrNoRow) {
		return Inbox{}, notFound("NO_SUCH_INBOX", "See yours with: postroom inbox list", "There is no inbox %q.", name)
	}
	return Inbox{}, err
}

// sharedOrMine gives the inbox called name if the actor works in it, and any
// shared one to an admin, who is to see that it exists.
func (s *Seat) sharedOrMine(r Reader, name string) (Inbox, error) {
	me, err := r.User(s.actor.User)
	if err != nil {
		return Inbox{}, err
	}
	in, err := r.InboxByName(FoldName(name))
	if err == nil && in.Kind == Shared && me.Admin() {
		return in, nil
	}
	return s.mustSeeInbox(r, name)
}

func noConversation(id ConversationID) error {
	return notFound("NO_SUCH_CONVERSATION", "See the open ones with: postroom conversation list", "There is no conversation #%d.", id)
}
