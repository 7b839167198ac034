package desk

// What follows from what has happened. Every change of a conversation that the
// journal keeps comes through [Desk.react], in the transaction that made it, so
// that what follows is there with it or not at all.

// occasion is something that has just happened to a conversation.
type occasion struct {
	// event is what the journal keeps of it: its kind says what happened, its
	// actor who did it.
	event *Event
	// message is the mail that came in or went out; nil where none did.
	message *Message
	// incoming is how that mail came in; nil where it did not.
	incoming *Incoming
	// began says that the conversation began with it, first that it is the
	// first mail from outside since the cut-off.
	began, first bool
	// reopened says that a customer's mail has opened it again.
	reopened bool
	// decided is set once a rule has said who gets the conversation, be it
	// nobody: then the routing of the inbox has no say.
	decided *bool
}

// automatic says that a machine wrote the mail: then no clock stops, no stage
// moves, and nobody is answered (design 4.6).
func (o occasion) automatic() bool {
	return o.message != nil && o.message.Mail.Auto.Kind != AutoNone && o.message.Mail.Auto.Kind != ""
}

// follower does what follows from an occasion. It changes c, which its caller
// saves, and appends the events of what it has done itself.
type follower func(d *Desk, w Writer, o occasion, c *Conversation) error

// followers are all of them, in the order in which they follow.
func followers() []follower {
	return []follower{ticketFollows, clocksFollow, (*Desk).followRules, (*Desk).routeNew, silenceFollows}
}

// react does what follows from an occasion. It is called between the change and
// SaveConversation, after the event was appended. Old mail, copies of our own
// and test mails are no occasions.
func (d *Desk) react(w Writer, o occasion, c *Conversation) error {
	if o.decided == nil {
		o.decided = new(bool)
	}
	for _, follow := range followers() {
		if err := follow(d, w, o, c); err != nil {
			return err
		}
	}
	return nil
}

// tell journals what has happened to a conversation and lets what follows from
// it happen.
func (d *Desk) tell(w Writer, c *Conversation, ev *Event) error {
	if err := w.Append(ev); err != nil {
		return err
	}
	return d.react(w, occasion{event: ev}, c)
}
