package desk

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// past is all that has happened to a ticket: what the journal says, and its
// mails.
type past struct {
	row    Conversation
	events []Event
	mails  []Message
}

func pastOf(r Reader, c Conversation) (past, error) {
	events, err := r.EventsIn(c.ID)
	mails, failed := r.Mails(c.ID)
	return past{c, events, mails}, errors.Join(err, failed)
}

// shared reports whether the journal is that of several conversations.
func (p past) shared() bool {
	return p.row.JoinedTo != 0 || slices.ContainsFunc(p.events, func(ev Event) bool {
		return ev.Kind == EventMerged || ev.Kind == EventSplit || ev.Kind == EventJoined
	})
}

// missed are the kinds of clock that the journal has told late.
func (p past) missed() map[ClockKind]bool {
	late := map[ClockKind]bool{}
	for _, ev := range p.events {
		var told ClockTold
		if (ev.Kind == EventClockMissed || ev.Kind == EventClockOverdue) && json.Unmarshal(ev.After, &told) == nil {
			late[told.Clock] = true
		}
	}
	return late
}

// clocks are those the ticket would have had, in the order in which they began.
func (p past) clocks(book whatIf) ([]Clock, error) {
	c, err := p.beginning()
	if err != nil {
		return nil, err
	}
	book.past = p
	var over, run []Clock
	for i := range p.events {
		ev := &p.events[i]
		if isClockEvent(ev.Kind) {
			continue
		}
		m, was := p.message(ev.Message), c
		if err := p.happen(&c, i, m); err != nil {
			return nil, err
		}
		if c.Ticket == 0 && len(run) == 0 {
			continue
		}
		book.upTo = i
		t, err := newTiming(book, &c, run, ev.At)
		if err != nil {
			return nil, err
		}
		t.earlier = func() (past, error) { return past{was, p.events[:i], p.known(i)}, nil }
		if err := t.follow(occasion{event: ev, message: m}); err != nil {
			return nil, err
		}
		gone, left, err := t.turned()
		if err != nil {
			return nil, err
		}
		over, run = append(over, gone...), left
	}
	all := append(over, run...)
	slices.SortStableFunc(all, func(a, b Clock) int { return a.Started.Compare(b.Started) })
	return all, nil
}

// turned gives the clocks as they are now, and those that were replaced.
func (t *timing) turned() (gone, left []Clock, err error) {
	changed, err := t.reckon()
	if err != nil {
		return nil, nil, err
	}
	for _, k := range changed {
		if k.toTell() {
			k.Told = k.State(t.now)
		}
	}
	for _, kind := range ClockKinds() {
		k, was := t.clocks[kind], t.before[kind]
		if k != nil {
			left = append(left, *k)
		}
		if !was.Runs() && (k == nil || !k.Started.Equal(was.Started)) {
			gone = append(gone, was)
		}
	}
	return gone, left, nil
}

func (p past) message(id MessageID) *Message {
	if at := slices.IndexFunc(p.mails, func(m Message) bool { return m.ID == id }); at >= 0 && id != 0 {
		return &p.mails[at]
	}
	return nil
}

// beginning is how the conversation was before the first entry of its journal:
// for each thing what the first change of it has replaced.
func (p past) beginning() (Conversation, error) {
	c := p.row
	c.Ticket, c.WaitingSince, c.SnoozedUntil = 0, time.Time{}, time.Time{}
	var failed error
	for i := len(p.events) - 1; i >= 0; i-- {
		failed = errors.Join(failed, p.events[i].reverse(&c))
	}
	for _, m := range p.known(-1) {
		c.wait(m)
	}
	c.Ticket = 0
	return c, failed
}

// known are the mails there were at an entry of the journal: those it tells of
// up to there, and those from before the cut-off, of which it tells nothing.
func (p past) known(i int) []Message {
	later := map[MessageID]bool{}
	for _, ev := range p.events[i+1:] {
		later[ev.Message] = true
	}
	for _, ev := range p.events[:i+1] {
		delete(later, ev.Message)
	}
	return slices.DeleteFunc(slices.Clone(p.mails), func(m Message) bool { return later[m.ID] })
}

// happen lets an event change the row as it did.
func (p past) happen(c *Conversation, i int, m *Message) error {
	switch ev := p.events[i]; ev.Kind {
	case EventReceived, EventSentOutside:
		if m == nil {
			return nil
		}
		real := m.Mail.Auto.Kind == AutoNone || m.Mail.Auto.Kind == ""
		if m.Direction == In && c.Status == Closed {
			c.WaitingSince = time.Time{}
		}
		if c.wait(*m); m.Direction == In && real && c.away() {
			c.Status, c.Trashed, c.SnoozedUntil = Open, false, time.Time{}
		}
		return nil
	case EventQueued:
		c.WaitingSince = time.Time{}
		return nil
	case EventCancelled, EventSendFailed:
		c.WaitingSince = time.Time{}
		for _, m := range p.known(i) {
			if m.ID != ev.Message && m.State != Failed {
				c.wait(m)
			}
		}
		return nil
	case EventUndone:
		if undone, ok := p.undone(i); ok {
			return undone.reverse(c)
		}
		return nil
	default:
		return ev.forward(c)
	}
}

// undone is the event that another one has taken back.
func (p past) undone(i int) (Event, bool) {
	undo := p.events[i]
	for j := i - 1; j >= 0; j-- {
		ev := p.events[j]
		if ev.Undone && bytes.Equal(ev.Before, undo.After) && bytes.Equal(ev.After, undo.Before) && ev.Message == undo.Message {
			return ev, true
		}
	}
	return Event{}, false
}

// forward makes the change of an event, as far as clocks ask for it.
func (e Event) forward(c *Conversation) error {
	switch e.Kind {
	case EventClosed, EventReopened:
		c.Status = map[EventKind]Status{EventClosed: Closed, EventReopened: Open}[e.Kind]
	case EventSpam, EventNotSpam, EventTrashed, EventRestored:
		c.put(e.Kind)
	case EventTicketMade:
		c.Ticket = TicketID(c.ID)
		return e.stage(c, e.After)
	case EventStage:
		return e.stage(c, e.After)
	case EventPriority:
		return json.Unmarshal(e.After, &c.Priority)
	case EventTagged:
		c.Tags = nil
		return json.Unmarshal(e.After, &c.Tags)
	case EventMoved:
		return e.home(c, e.After)
	default:
	}
	return nil
}

// reverse takes it back.
func (e Event) reverse(c *Conversation) error {
	switch e.Kind {
	case EventClosed, EventReopened:
		c.Status = map[EventKind]Status{EventClosed: Open, EventReopened: Closed}[e.Kind]
	case EventSpam, EventTrashed, EventNotSpam, EventRestored:
		inverse := map[EventKind]EventKind{EventSpam: EventNotSpam, EventNotSpam: EventSpam, EventTrashed: EventRestored, EventRestored: EventTrashed}
		c.put(inverse[e.Kind])
	case EventTicketMade:
		c.Ticket = 0
	case EventStage:
		return e.stage(c, e.Before)
	case EventPriority:
		return json.Unmarshal(e.Before, &c.Priority)
	case EventTagged:
		c.Tags = nil
		return json.Unmarshal(e.Before, &c.Tags)
	case EventMoved:
		return e.home(c, e.Before)
	default:
	}
	return nil
}

func (e Event) stage(c *Conversation, raw json.RawMessage) error {
	var st StageState
	err := json.Unmarshal(raw, &st)
	c.Stage = st.Stage
	return err
}

func (e Event) home(c *Conversation, raw json.RawMessage) error {
	var at Moved
	err := json.Unmarshal(raw, &at)
	c.Inbox = at.Inbox
	return err
}
