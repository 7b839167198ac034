package desk

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"time"
)

// The clocks of a ticket follow what happens to it. What they have to do is
// read from how the conversation stands, so that merging, moving, undoing and
// whatever else changes it need no rules of their own:
//
//   - A ticket's clocks begin with the ticket: those of a customer who waits at
//     his first mail, that of the resolution too.
//   - A response clock is stopped by a real answer and nothing else, whichever
//     program wrote it. While a customer waits and none runs, one begins.
//   - The clock of the resolution stops when the ticket is closed, and goes on
//     when it is opened again.
//   - In a stage that pauses, closed, in spam, in the trash or joined to another
//     conversation, the clocks stand still.

// clocksFollow is the follower for clocks.
func clocksFollow(d *Desk, w Writer, o occasion, c *Conversation) error {
	if isClockEvent(o.event.Kind) || c.Ticket == 0 && c.DueAt.IsZero() {
		return nil
	}
	t, err := d.timing(w, c)
	if err != nil {
		return err
	}
	t.earlier = func() (past, error) {
		was, err := rowBefore(w, o.event, *c)
		if err != nil {
			return past{}, err
		}
		return pastOf(w, was)
	}
	if err := t.follow(o); err != nil {
		return err
	}
	return t.save(d, w, o.event.Actor)
}

func isClockEvent(k EventKind) bool {
	return k == EventClockSoon || k == EventClockOverdue || k == EventClockMet || k == EventClockMissed
}

// answer is when the customer was answered, if that is what has happened.
func answer(o occasion) (time.Time, bool) {
	if o.message == nil || o.message.Direction != Out || o.automatic() {
		return time.Time{}, false
	}
	switch o.event.Kind {
	case EventSent:
		return o.event.At, true
	case EventSentOutside:
		return o.message.At, true
	default:
		return time.Time{}, false
	}
}

// timing are the clocks of one ticket while something happens to it. It only
// reads: what happens in it is kept by [timing.save], or by nobody in a
// simulation.
type timing struct {
	r      Reader
	c      *Conversation
	now    time.Time
	before map[ClockKind]Clock
	clocks map[ClockKind]*Clock
	// still says that they stand still.
	still bool
	// earlier is the ticket as it was before what happens to it, with all that
	// had happened by then.
	earlier func() (past, error)
}

func (d *Desk) timing(r Reader, c *Conversation) (*timing, error) {
	list, err := r.Clocks(c.ID)
	if err != nil {
		return nil, err
	}
	return newTiming(r, c, list, d.now())
}

func newTiming(r Reader, c *Conversation, list []Clock, now time.Time) (*timing, error) {
	t := &timing{r: r, c: c, now: now, before: map[ClockKind]Clock{}, clocks: map[ClockKind]*Clock{}}
	for _, k := range list {
		t.before[k.Kind] = k
		t.clocks[k.Kind] = &k
	}
	var err error
	t.still, err = standsStill(r, *c)
	return t, err
}

// follow lets the clocks follow what has happened.
func (t *timing) follow(o occasion) error {
	var err error
	switch {
	case len(t.clocks) == 0:
		err = t.begin(o)
	case regroups(o.event.Kind):
		err = t.regroup()
	}
	if err != nil {
		return err
	}
	if at, answered := answer(o); answered {
		t.answered(at)
	}
	t.stand()
	return t.wait()
}

// standsStill reports whether the clocks of a conversation stand still.
func standsStill(r Reader, c Conversation) (bool, error) {
	if c.Ticket == 0 || c.Place() == InSpam || c.Place() == InTrash || c.JoinedTo != 0 {
		return true, nil
	}
	p, err := pipelineOf(r, c.Stage)
	return p.stage(func(s Stage) bool { return s.ID == c.Stage }).Pauses, err
}

// begin starts the clocks of a ticket by the policy that counts for it.
func (t *timing) begin(o occasion) error {
	if t.c.Ticket == 0 || t.c.Status == Closed {
		return nil
	}
	p, err := policyFor(t.r, *t.c)
	if errors.Is(err, ErrNoRow) {
		return nil
	}
	if err != nil {
		return err
	}
	first, answered := t.c.WaitingSince, time.Time{}
	if o.event.Kind == EventTicketMade && !p.FromTicket {
		if first, answered, err = firstWords(t.r, *t.c); err != nil {
			return err
		}
	}
	if first.IsZero() || p.FromTicket {
		first = t.now
	}
	if err := t.start(p, ClockResolution, first); err != nil {
		return err
	}
	if t.c.Owed() || !answered.IsZero() {
		if err := t.start(p, ClockFirstResponse, first); err != nil {
			return err
		}
		if k := t.clocks[ClockFirstResponse]; k != nil && !answered.IsZero() {
			k.stop(answered)
		}
	}
	return nil
}

// firstWords is when the customer wrote first, and when he was answered first;
// zero where that has not been.
func firstWords(r Reader, c Conversation) (first, answered time.Time, err error) {
	mails, err := r.Mails(c.ID)
	for _, m := range mails {
		switch {
		case m.Mail.Auto.Kind != AutoNone && m.Mail.Auto.Kind != "":
		case m.Direction == In && first.IsZero():
			first = m.At
		case m.Direction == Out && !first.IsZero():
			return first, m.At, err
		}
	}
	return first, time.Time{}, err
}

// start begins a clock, if the policy has a goal of its kind, in the place of
// the one before.
func (t *timing) start(p Policy, kind ClockKind, at time.Time) error {
	g, ok := p.goal(kind)
	if !ok {
		return nil
	}
	hours, err := calendarOf(t.r, g.Calendar)
	if err != nil {
		return err
	}
	t.clocks[kind] = &Clock{Conversation: t.c.ID, Kind: kind, Policy: p.ID, Calendar: hours.ID, Goal: g.Time, Warn: g.Warn, Started: at}
	return nil
}

// answered stops the response clocks that ran when the answer was given.
func (t *timing) answered(at time.Time) {
	for _, kind := range []ClockKind{ClockFirstResponse, ClockNextResponse} {
		if k := t.clocks[kind]; k != nil && k.Runs() && !at.Before(k.Started) {
			k.stop(at)
		}
	}
}

// stand lets the clocks stand still, go on, stop and begin again with the
// ticket itself.
func (t *timing) stand() {
	still := t.still || t.c.Status == Closed
	for kind, k := range t.clocks {
		switch {
		case kind == ClockResolution && t.c.Status == Closed && !t.still:
			if k.Runs() {
				k.stop(t.now)
			}
		case kind == ClockResolution && t.c.Status == Open && !k.Runs():
			k.goOn(t.now)
			if still {
				k.pause(t.now)
			}
		case still:
			k.pause(t.now)
		default:
			k.resume(t.now)
		}
	}
}

// wait begins a response clock where a customer waits and none runs.
func (t *timing) wait() error {
	if !t.c.Owed() || t.still || t.c.Status == Closed {
		return nil
	}
	first, next := t.clocks[ClockFirstResponse], t.clocks[ClockNextResponse]
	if first != nil && first.Runs() || next != nil && next.Runs() {
		return nil
	}
	p, err := t.policy()
	if err != nil || p.ID == 0 {
		return err
	}
	return t.start(p, ClockNextResponse, t.c.WaitingSince)
}

// policy is the one the ticket goes by: that of its clocks.
func (t *timing) policy() (Policy, error) {
	for _, kind := range ClockKinds() {
		if k := t.clocks[kind]; k != nil {
			return t.r.Policy(k.Policy)
		}
	}
	return Policy{}, nil
}

// reckon finds when the clocks that have changed are due, and gives them.
func (t *timing) reckon() ([]*Clock, error) {
	var changed []*Clock
	for _, kind := range ClockKinds() {
		k := t.clocks[kind]
		was, known := t.before[kind]
		if k == nil || known && reflect.DeepEqual(was, *k) {
			continue
		}
		hours, err := hoursOf(t.r, k.Calendar)
		if err != nil {
			return nil, err
		}
		k.reckon(hours, t.now)
		changed = append(changed, k)
	}
	return changed, nil
}

// save keeps what has changed, tells what was met and missed, and brings the
// conversation's row in line.
func (t *timing) save(d *Desk, w Writer, by Actor) error {
	for kind := range t.before {
		if t.clocks[kind] == nil {
			if err := w.RemoveClock(t.c.ID, kind); err != nil {
				return err
			}
		}
	}
	changed, err := t.reckon()
	if err != nil {
		return err
	}
	for _, k := range changed {
		tell := k.toTell()
		if tell {
			k.Told = k.State(t.now)
		}
		if err := w.AddClock(*k); err != nil {
			return err
		}
		if tell {
			if err := d.tellClock(w, t.c, *k, by); err != nil {
				return err
			}
		}
	}
	t.show()
	return nil
}

// show puts the most urgent clock into the conversation's row.
func (t *timing) show() {
	t.c.DueAt, t.c.Due, t.c.DueState = time.Time{}, "", ""
	for _, kind := range ClockKinds() {
		k := t.clocks[kind]
		if k == nil || !k.Runs() || k.DueAt.IsZero() || k.State(t.now) == ClockPaused || t.still || t.c.Status == Closed {
			continue
		}
		if t.c.DueAt.IsZero() || k.DueAt.Before(t.c.DueAt) {
			t.c.DueAt, t.c.Due = k.DueAt, kind
		}
		if k.Told == ClockOverdue || k.Told == ClockSoon && t.c.DueState == "" {
			t.c.DueState = k.Told
		}
	}
}

// tellClock journals how a clock stands, and lets rules follow.
func (d *Desk) tellClock(w Writer, c *Conversation, k Clock, by Actor) error {
	p, err := w.Policy(k.Policy)
	if err != nil {
		return err
	}
	kind := map[ClockState]EventKind{ClockSoon: EventClockSoon, ClockOverdue: EventClockOverdue, ClockMet: EventClockMet, ClockMissed: EventClockMissed}[k.Told]
	ev := &Event{At: d.now(), Actor: by, Kind: kind, Inbox: c.Inbox, Conversation: c.ID, After: state(ClockTold{k.Kind, p.Name, k.DueAt, k.Stopped})}
	return d.tell(w, c, ev)
}

// regroups reports whether after such an event another policy may count.
func regroups(k EventKind) bool {
	return slices.Contains([]EventKind{EventPriority, EventTagged, EventStage, EventMoved, EventMerged, EventUndone}, k)
}

// rowBefore is a ticket as it was before an event that may let another policy
// count: as its row says, which is kept after all that follows from the event,
// but for what a move and a merge have kept there already.
func rowBefore(r Reader, ev *Event, c Conversation) (Conversation, error) {
	was, err := r.Conversation(c.ID)
	var at Moved
	if json.Unmarshal(ev.Before, &at) == nil && at.Inbox != 0 {
		was.Inbox = at.Inbox
	}
	var u Union
	if ev.Kind == EventMerged && json.Unmarshal(ev.After, &u) == nil && u.Was != nil {
		was.Priority, was.Tags, was.Ticket, was.Stage = u.Was.Priority, u.Was.Tags, u.Was.Ticket, u.Was.Stage
	}
	return was, err
}

// regroup lets another policy count where what has happened makes another one
// fit than before: its clocks keep when they began and when they stood still,
// and get that policy's goals; those that have stopped stay as they were. What
// has nothing to do with the policies leaves the ticket with the one it has, also
// where another one was put before it meanwhile for new tickets.
func (t *timing) regroup() error {
	earlier, err := t.earlier()
	if err != nil {
		return err
	}
	was, err := policyFor(t.r, earlier.row)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return err
	}
	p, err := policyFor(t.r, *t.c)
	if errors.Is(err, ErrNoRow) || err == nil && p.Line == was.Line {
		return nil
	}
	if err != nil {
		return err
	}
	mine, err := t.policy()
	if err != nil || mine.Line == p.Line {
		return err
	}
	return t.goBy(p)
}

// goBy gives the clocks that run the goals of a policy, and the ticket those
// clocks of it that the policy before had no goal for.
func (t *timing) goBy(p Policy) error {
	for kind, k := range t.clocks {
		if !k.Runs() {
			continue
		}
		started, pauses, told := k.Started, k.Pauses, k.Told
		delete(t.clocks, kind)
		if err := t.start(p, kind, started); err != nil {
			return err
		}
		if fresh := t.clocks[kind]; fresh != nil {
			fresh.Pauses, fresh.Told = pauses, told
		}
	}
	return t.revive(p)
}

// revive gives the ticket the first response and the resolution of a policy as
// they would be had it counted from the beginning. The journal of a ticket that
// was merged or split tells of several: there the resolution runs since the
// first of its clocks. Who waits for a next response is seen by [timing.wait].
func (t *timing) revive(p Policy) error {
	missing := func(kind ClockKind) bool {
		_, wanted := p.goal(kind)
		return wanted && t.clocks[kind] == nil
	}
	if !missing(ClockFirstResponse) && !missing(ClockResolution) {
		return nil
	}
	earlier, err := t.earlier()
	if err != nil {
		return err
	}
	if earlier.shared() {
		return t.reviveShared(p, missing(ClockResolution))
	}
	p.For, p.Off = PolicyFor{}, false
	list, err := earlier.clocks(whatIf{Reader: t.r, policies: []Policy{p}})
	for _, k := range list {
		if k.Kind != ClockNextResponse && missing(k.Kind) {
			t.clocks[k.Kind] = &k
		}
	}
	return err
}

// reviveShared begins the resolution with the clock that began first.
func (t *timing) reviveShared(p Policy, missing bool) error {
	var first *Clock
	for _, k := range t.before {
		if first == nil || k.Started.Before(first.Started) {
			first = &k
		}
	}
	if first == nil || !missing {
		return nil
	}
	if err := t.start(p, ClockResolution, first.Started); err != nil {
		return err
	}
	if first.Runs() {
		t.clocks[ClockResolution].Pauses = first.Pauses
	}
	return nil
}
