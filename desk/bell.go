package desk

import "sync"

// Changed says that something is new, and where; never what. Whoever shows one
// of the inboxes reads it again (style 5.5: ring, do not push).
type Changed struct {
	Inboxes map[InboxID]bool
	// Settings is set when users, inboxes, members or accounts changed.
	Settings bool
	// Trouble is set when the desk has come into trouble or out of it: what
	// could not be read then may be readable now.
	Trouble bool
}

// Touches reports whether a list of the given inbox (0: of any) has to be read
// again.
func (c Changed) Touches(in InboxID) bool {
	return c.Settings || c.Trouble || c.Inboxes[in] || in == 0 && len(c.Inboxes) > 0
}

// Bell tells listeners that something changed. Ringing never waits: what has
// not been collected yet is merged.
type Bell struct {
	mu        sync.Mutex
	listeners map[*Listener]bool
}

// Listener is one who waits for the bell.
type Listener struct {
	bell *Bell
	// rung has room for one: a second ring before the first is taken adds
	// nothing but its inboxes.
	rung    chan struct{}
	pending Changed
}

// Listen begins to collect changes. Close the listener when done.
func (b *Bell) Listen() *Listener {
	l := &Listener{bell: b, rung: make(chan struct{}, 1)}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.listeners == nil {
		b.listeners = map[*Listener]bool{}
	}
	b.listeners[l] = true
	return l
}

// Rung is readable when there is something to take.
func (l *Listener) Rung() <-chan struct{} { return l.rung }

// Take gives all that has changed since the last call.
func (l *Listener) Take() Changed {
	l.bell.mu.Lock()
	defer l.bell.mu.Unlock()
	c := l.pending
	l.pending = Changed{}
	return c
}

// Close ends the listening.
func (l *Listener) Close() {
	l.bell.mu.Lock()
	defer l.bell.mu.Unlock()
	delete(l.bell.listeners, l)
}

// ring tells every listener about the events.
func (b *Bell) ring(events []Event) {
	if len(events) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for l := range b.listeners {
		for _, e := range events {
			switch e.Kind {
			case EventUserInvited, EventUserVerified, EventUserDisabled, EventUserEnabled, EventRoleChanged, EventUserRemoved, EventOwnerChanged, EventGlassBroken, EventGlassOver,
				EventUserAdded,
				EventInboxCreated, EventInboxSet, EventSignatureSet, EventMemberAdded, EventMemberChanged, EventMemberRemoved,
				EventTeamAdded, EventTeamRemoved, EventTeamJoined, EventTeamLeft,
				EventAccountConnected, EventAccountDisconnected, EventAccountHealth,
				EventAddressAdded, EventAddressRemoved, EventAddressVerified, EventConverted, EventTransferred, EventInboxesMerged, EventServersSet, EventMailboxSet,
				EventOAuthSet, EventOAuthRemoved, EventKeyBegun,
				EventRebuilt:
				l.pending.Settings = true
			case EventUndone:
				l.pending.Settings = l.pending.Settings || e.Conversation == 0
			default:
			}
			if e.Inbox != 0 {
				if l.pending.Inboxes == nil {
					l.pending.Inboxes = map[InboxID]bool{}
				}
				l.pending.Inboxes[e.Inbox] = true
			}
		}
		select {
		case l.rung <- struct{}{}:
		default:
		}
	}
}

// ringTrouble tells every listener that the desk's trouble has changed.
func (b *Bell) ringTrouble() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for l := range b.listeners {
		l.pending.Trouble = true
		select {
		case l.rung <- struct{}{}:
		default:
		}
	}
}
