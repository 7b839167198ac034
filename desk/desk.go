package desk

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"postroom/desk/calendar"
)

// Desk is the application: one team, one database.
type Desk struct {
	// store ends in time what was granted for a time; raw is what is behind it.
	store, raw Store
	clock      func() time.Time
	rand       io.Reader
	bell       Bell

	leaseTime time.Duration

	key []byte
	// ruled are the rules as they were last needed.
	ruled atomic.Pointer[ruleSet]
	// uptime is nil where time is only what the clock says.
	uptime func() time.Duration

	mu     sync.Mutex
	seen   Seq // the last event the bell has rung for
	steady steady
	told   Trouble // what the bell has rung for
	// glass is when somebody's look into a personal inbox is over; zero when
	// nobody has one.
	glass time.Time
	// hours are the calendars of what people work, by their words.
	hours map[string]*calendar.Calendar
	// drained is when this process has last looked whether time has freed
	// somebody for what waits.
	drained time.Time
}

// Outside is what a desk needs from the world. Time and randomness are passed
// in so that every rule can be tested to the second.
type Outside struct {
	Store Store
	Clock func() time.Time
	Rand  io.Reader
	// LeaseTime is how long the right to serve an account lasts unless it is
	// renewed; [LeaseTime] when zero. All processes of a desk need the same.
	LeaseTime time.Duration
	// Uptime counts the time that has passed since any moment, sleep of the
	// machine included, and never jumps. With it the desk notices when Clock
	// does; without it Clock is believed.
	Uptime func() time.Duration
}

// New opens the desk in the given store.
func New(ctx context.Context, o Outside) (*Desk, error) {
	d := &Desk{raw: o.Store, clock: o.Clock, rand: o.Rand, leaseTime: o.LeaseTime, uptime: o.Uptime}
	d.store = punctual{o.Store, d}
	if d.leaseTime == 0 {
		d.leaseTime = LeaseTime
	}
	var fresh [32]byte
	if _, err := io.ReadFull(d.rand, fresh[:]); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	err := o.Store.Read(ctx, func(r Reader) error {
		var err error
		if d.key, err = r.TokenKey(); err != nil {
			return err
		}
		if d.seen, err = r.LastSeq(); err != nil {
			return err
		}
		pipelines, err := r.Pipelines()
		if len(pipelines) == 0 && err == nil {
			return ErrNoRow
		}
		return err
	})
	if errors.Is(err, ErrNoRow) {
		err = o.Store.Write(ctx, func(w Writer) error {
			var err error
			if d.key, err = w.InitTokenKey(fresh[:]); err != nil {
				return err
			}
			pipelines, err := w.Pipelines()
			if err != nil || len(pipelines) > 0 {
				return err
			}
			first := defaultPipeline(d.now())
			return w.SavePipeline(&first)
		})
	}
	if err != nil {
		return nil, err
	}
	return d, d.lookForGlass(ctx)
}

// Seat is what one actor may do at the desk. It is cheap: take it for each
// call or keep it.
type Seat struct {
	d     *Desk
	actor Actor
}

// As gives the seat of an actor.
func (d *Desk) As(a Actor) *Seat { return &Seat{d: d, actor: a} }

// Actor is who sits here.
func (s *Seat) Actor() Actor { return s.actor }

// Bell is where to listen for changes.
func (d *Desk) Bell() *Bell { return &d.bell }

// now is the desk's time in whole milliseconds, as the store keeps it: that of
// the clock unless it has jumped.
func (d *Desk) now() time.Time {
	now := d.clock()
	if d.uptime != nil {
		d.mu.Lock()
		now = d.steady.now(now, d.uptime())
		d.mu.Unlock()
	}
	return now.Truncate(time.Millisecond).UTC()
}

// Now is the desk's time.
func (d *Desk) Now() time.Time { return d.now() }

// newBatch names one action in the journal.
func (d *Desk) newBatch() string { return d.nonce() }

// nonce is 8 random bytes in hex.
func (d *Desk) nonce() string {
	b := make([]byte, 8)
	if _, err := io.ReadFull(d.rand, b); err != nil {
		panic("desk: the source of randomness has failed: " + err.Error())
	}
	return hex.EncodeToString(b)
}

// write runs fn in a transaction and rings the bell for its events; in a
// rehearsal it takes all of it back. Within [Desk.together] it is part of that
// transaction.
func (d *Desk) write(ctx context.Context, fn func(Writer) error) error {
	if w := d.joined(ctx); w != nil {
		return fn(w)
	}
	var events []*Event
	err := d.store.Write(ctx, func(w Writer) (err error) {
		// Rules read in a transaction that is taken back may be of it.
		defer func() {
			if err != nil {
				d.ruled.Store(nil)
			}
		}()
		events = events[:0]
		j := &journaled{Writer: w, events: &events}
		if err := fn(j); err != nil {
			return err
		}
		if err := d.drainFreed(j, events); err != nil {
			return err
		}
		if err := noteVisits(w, events); err != nil || !Rehearsing(ctx) {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	if err != nil || len(events) == 0 {
		return err
	}
	rung := make([]Event, len(events))
	for i, e := range events {
		rung[i] = *e
	}
	d.mu.Lock()
	if rung[0].Seq == d.seen+1 {
		d.seen = rung[len(rung)-1].Seq
	}
	d.mu.Unlock()
	d.bell.ring(rung)
	if breaksGlass(rung) {
		return d.lookForGlass(ctx)
	}
	return nil
}

// journaled keeps the events of a transaction for the bell.
type journaled struct {
	Writer
	events *[]*Event
}

func (j *journaled) Append(e *Event) error {
	*j.events = append(*j.events, e)
	return j.Writer.Append(e)
}

func (s *Seat) write(ctx context.Context, fn func(Writer) error) error {
	return s.d.write(ctx, func(w Writer) error {
		// A screen may be open longer than its user may work.
		if u, err := w.User(s.actor.User); err == nil && !u.Active() {
			return outside(u)
		}
		return fn(&mirrored{Writer: w, now: s.d.now})
	})
}

// CatchUp rings the bell for what other processes have done since the last
// call, and for trouble that has come or gone. It is to be called when the
// store's watcher has news.
func (d *Desk) CatchUp(ctx context.Context) error {
	const window = 1000
	d.ringTrouble()
	for {
		d.mu.Lock()
		after := d.seen
		d.mu.Unlock()
		var events []Event
		err := d.store.Read(ctx, func(r Reader) error {
			var err error
			events, err = r.EventsAfter(after, window)
			return err
		})
		if err != nil || len(events) == 0 {
			return err
		}
		d.mu.Lock()
		d.seen = max(d.seen, events[len(events)-1].Seq)
		d.mu.Unlock()
		d.bell.ring(events)
		if breaksGlass(events) {
			if err := d.lookForGlass(ctx); err != nil {
				return err
			}
		}
		if len(events) < window {
			return nil
		}
	}
}
