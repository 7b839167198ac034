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

// sees reports whether the actor sees what is in the inbox.
func (s *Seat) sees(r Reader, inbox InboxID) (bool, error) {
	_, err := r.Rights(inbox, s.actor.User)
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	return err == nil, err
}

// mustSee gives the conversation if the actor sees its inbox. An id that
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
	ok, err := s.sees(r, c.Inbox)
	if err != nil {
		return Conversation{}, err
	}
	if !ok {
		return Conversation{}, noConversation(id)
	}
	return c, nil
}

// mustSeeInbox gives the inbox called name if the actor sees what is in it.
func (s *Seat) mustSeeInbox(r Reader, name string) (Inbox, error) {
	in, err := r.InboxByName(FoldName(name))
	if err == nil {
		var ok bool
		if ok, err = s.sees(r, in.ID); err == nil && ok {
			return in, nil
		}
	}
	if err == nil || errors.Is(err, ErrNoRow) {
		return Inbox{}, notFound("NO_SUCH_INBOX", "See yours with: postroom inbox list", "There is no inbox %q.", name)
	}
	return Inbox{}, err
}

// mayIn gives the inbox called name if the actor sees it and has one of the
// rights there.
func (s *Seat) mayIn(r Reader, name string, any ...Right) (Inbox, error) {
	in, err := s.mustSeeInbox(r, name)
	if err == nil {
		err = s.mustMay(r, in.ID, any...)
	}
	return in, err
}

func noConversation(id ConversationID) error {
	return notFound("NO_SUCH_CONVERSATION", "See the open ones with: postroom conversation list", "There is no conversation #%d.", id)
}
