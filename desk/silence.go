package desk

import (
	"errors"
	"slices"
	"time"

	"postroom/desk/calendar"
)

// Silence is the time in which who has a conversation does nothing for a
// customer who waits. After the time the inbox has for it the conversation goes
// back to the queue, or to the next who can have it (F123); a quarter before he
// is warned. What he does with it ends the silence: an answer, a note, a draft,
// a tag, whatever else the journal or his draft shows.
//
// It is counted in the working time of the inbox, see [fallings.work]; where
// nobody has said when that is, in his own hours, and without those by the clock.
//
// The row is written when a silence begins and looked at when it may be over.
// What has happened meanwhile is found then, so that what people do all day
// costs nothing here.
type Silence struct {
	Conversation ConversationID
	User         UserID
	Since        time.Time
	// Warned says that he was told, about the silence since then.
	Warned bool
	// LookAt is when there may be something to do.
	LookAt time.Time
}

// SilenceReader finds silences.
type SilenceReader interface {
	Silence(ConversationID) (Silence, error) // [ErrNoRow] where none has begun
	// Silences are those to look at by now, the earliest first, at most limit.
	Silences(now time.Time, limit int) ([]Silence, error)
	// NextSilence is when to look next; zero for never.
	NextSilence() (time.Time, error)
	// LastDone is when a user did something with a conversation last, or wrote
	// a draft in it; zero for never.
	LastDone(ConversationID, UserID) (time.Time, error)
}

// SilenceWriter changes them.
type SilenceWriter interface {
	SaveSilence(Silence) error
	DropSilence(ConversationID) error // no error when there is none
	// StartSilences begins them anew for all in an inbox that are open, with
	// somebody, and whose customer waits.
	StartSilences(in InboxID, since, look time.Time) error
}

// putReturn reads the setting.
func putReturn(_ Reader, c *chosen, value string) error {
	c.Return = 0
	if word := FoldName(value); word == "" || word == NeverFalling {
		return nil
	}
	after, err := silenceTime(value, "to give back after")
	c.Return = after
	return err
}

// countSilences begins all silences of an inbox anew, because it has another
// time for them: nobody loses at once what he was given by other words.
func (d *Desk) countSilences(w Writer, in InboxID, after time.Duration) error {
	f, err := d.fallings(w)
	if err != nil {
		return err
	}
	work, err := f.work(in)
	if err != nil {
		return err
	}
	if work == nil {
		work = calendar.Always()
	}
	now := d.now()
	look, err := work.Due(now, warnAfter(after))
	if err != nil {
		return nil //nolint:nilerr // nobody works there ever
	}
	return w.StartSilences(in, now, look)
}

// warnAfter is when who has it is warned.
func warnAfter(after time.Duration) time.Duration { return after - after/4 }

// silent reports whether a conversation's silence counts.
func (c Conversation) silent() bool {
	return c.Assignee != 0 && c.Place() == InOpen && c.JoinedTo == 0 && c.Owed()
}

// silenceFollows begins a silence where one can begin.
func silenceFollows(d *Desk, w Writer, o occasion, c *Conversation) error {
	if !c.silent() {
		return nil
	}
	set, err := w.InboxSettings(c.Inbox)
	if err != nil || set.Return == 0 {
		return err
	}
	has, err := w.Silence(c.ID)
	anew := slices.Contains([]EventKind{EventAssigned, EventWoken, EventReopened, EventMoved, EventUndone}, o.event.Kind)
	if err == nil && has.User == c.Assignee && !anew {
		return nil
	}
	if err != nil && !errors.Is(err, ErrNoRow) {
		return err
	}
	s := Silence{Conversation: c.ID, User: c.Assignee, Since: d.now()}
	f, err := d.fallings(w)
	if err != nil {
		return err
	}
	warn, _, err := d.silenceOver(f, *c, &s)
	if err != nil || warn.IsZero() {
		return err
	}
	s.LookAt = warn
	return w.SaveSilence(s)
}

// silenceOver brings the beginning of a silence up to date and says when he is
// to be warned, and when it is over; both zero when it counts no more.
func (d *Desk) silenceOver(f *fallings, c Conversation, s *Silence) (warn, over time.Time, err error) {
	set, err := f.r.InboxSettings(c.Inbox)
	if err != nil || set.Return == 0 || !c.silent() || c.Assignee != s.User {
		return warn, over, err
	}
	done, err := f.r.LastDone(c.ID, s.User)
	if err != nil {
		return warn, over, err
	}
	if since := later(later(s.Since, done), c.WaitingSince); since.After(s.Since) {
		s.Since, s.Warned = since, false
	}
	work, err := f.work(c.Inbox)
	if err != nil {
		return warn, over, err
	}
	if work == nil {
		a, err := f.r.Availability(s.User)
		if err != nil {
			return warn, over, err
		}
		if work = calendar.Always(); len(a.Hours.Hours) > 0 {
			if own := d.calendarOf(a.Hours); own != nil {
				work = own
			}
		}
	}
	warn, err = work.Due(s.Since, warnAfter(set.Return))
	if err == nil {
		over, err = work.Due(s.Since, set.Return)
	}
	if errors.Is(err, calendar.ErrNever) {
		return time.Time{}, time.Time{}, nil
	}
	return warn, over, err
}

// returnsAt is when a conversation goes back to the queue as things are now.
func (d *Desk) returnsAt(r Reader, c Conversation) (time.Time, error) {
	s, err := r.Silence(c.ID)
	if errors.Is(err, ErrNoRow) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	f, err := d.fallings(r)
	if err != nil {
		return time.Time{}, err
	}
	_, over, err := d.silenceOver(f, c, &s)
	return over, err
}

// silenceEnds is when to look at a silence next.
func (d *Desk) silenceEnds(r Reader, _ time.Time) (time.Time, error) { return r.NextSilence() }

// endSilences warns, and gives back, what is due.
func (d *Desk) endSilences(w Writer, now time.Time) error {
	list, err := w.Silences(now, tickRows)
	if err != nil {
		return err
	}
	f, err := d.fallings(w)
	if err != nil {
		return err
	}
	for _, s := range list {
		if err := d.endSilence(w, f, s, now); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) endSilence(w Writer, f *fallings, s Silence, now time.Time) error {
	c, err := w.Conversation(s.Conversation)
	if errors.Is(err, ErrNoRow) {
		return w.DropSilence(s.Conversation)
	}
	if err != nil {
		return err
	}
	warn, over, err := d.silenceOver(f, c, &s)
	switch {
	case err != nil:
		return err
	case over.IsZero():
		return w.DropSilence(c.ID)
	case !now.Before(over):
		return d.endAssignment(w, c, now)
	case !now.Before(warn) && !s.Warned:
		u, err := w.User(s.User)
		if err != nil {
			return err
		}
		told := Notified{To: []UserID{u.ID}, Who: u.Name, Text: "it goes back to the queue unless you do something with it"}
		if err := w.Append(&Event{At: now, Actor: connectorActor(), Kind: EventNotified, Inbox: c.Inbox, Conversation: c.ID, After: state(told)}); err != nil {
			return err
		}
		s.Warned = true
	}
	if s.LookAt = warn; s.Warned {
		s.LookAt = over
	}
	return w.SaveSilence(s)
}

// endAssignment takes a conversation from who does nothing with it. It goes the way
// of a new one, to anybody but him; a team that has it keeps it.
func (d *Desk) endAssignment(w Writer, c Conversation, now time.Time) error {
	silent, err := w.User(c.Assignee)
	if err != nil {
		return err
	}
	set, err := w.InboxSettings(c.Inbox)
	if err != nil {
		return err
	}
	before := c.Assignment()
	c.Assignee = 0
	after := c.Assignment()
	after.Reason = silent.Name + " did nothing with it for " + shortTime(set.Return)
	ev := d.assignedEvent(c, before, after, connectorActor())
	ev.At = now
	o := occasion{event: ev, decided: new(bool)}
	if err := errors.Join(w.DropSilence(c.ID), w.Append(ev)); err != nil {
		return err
	}
	if err := d.react(w, o, &c); err != nil {
		return err
	}
	if !*o.decided && c.Assignee == 0 && c.Place() == InOpen {
		if err := d.passOn(w, &c, silent.ID); err != nil {
			return err
		}
	}
	c.Version++
	return w.SaveConversation(c)
}

// passOn lets the routing of a conversation find anybody but one.
func (d *Desk) passOn(w Writer, c *Conversation, without UserID) error {
	last, err := w.LastMail(c.ID)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return err
	}
	to, err := routingOf(w, *c, &last)
	if err != nil || to.Strategy() == 0 {
		return err
	}
	before := c.Assignment()
	if _, err := d.searchWithout(w, c, to.chain(), connectorActor(), without); err != nil {
		return err
	}
	return d.given(w, c, before, connectorActor())
}
