package desk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Nobody but its owner sees what is in a personal inbox. When it has to be, an
// admin breaks the glass (S183): for a reason, for a time, to read and nothing
// else, and the owner is told on whatever he looks at next.

const (
	// GlassTime is how long an admin sees a personal inbox unless he asks for
	// less or more.
	GlassTime = time.Hour
	// MaxGlassTime is how long it can be at most.
	MaxGlassTime = 8 * time.Hour
	// GlassNews is for how long the owner is told of it afterwards.
	GlassNews = 30 * 24 * time.Hour
)

// Glass is that an admin sees, or has seen, what is in somebody's personal inbox.
type Glass struct {
	ID     int64
	Inbox  InboxID
	User   UserID
	Reason string
	Since  time.Time
	// Until is when it ends, or has ended.
	Until time.Time
	// Over says that it has ended.
	Over bool
}

// BrokenGlass is a [Glass] with names for a person to read.
type BrokenGlass struct {
	Glass
	InboxName, UserName string
}

// glassNote is what the journal keeps.
type glassNote struct {
	Reason string    `json:"reason"`
	Until  time.Time `json:"until"`
}

// glassIn is a look of the journal as a person reads it.
func glassIn(raw json.RawMessage) string {
	var n glassNote
	if json.Unmarshal(raw, &n) != nil || n.Until.IsZero() {
		return valueIn(raw)
	}
	return n.Reason + ", until " + n.Until.UTC().Format("2006-01-02 15:04 UTC")
}

// BreakGlass lets the admin see a personal inbox of somebody else for a time, from
// a minute to [MaxGlassTime]. The reason stands in the journal and is shown to
// the owner. Admins only.
func (s *Seat) BreakGlass(ctx context.Context, inbox, reason string, lasting time.Duration) (Glass, error) {
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return Glass{}, invalid("NO_REASON", "Say it on one line: the owner reads it.", "It needs a reason.")
	case len(reason) > maxReason || strings.ContainsFunc(reason, unicode.IsControl) || !utf8.ValidString(reason):
		return Glass{}, invalid("BAD_REASON", "Say it shorter and on one line: the owner reads it.", "The reason is one line of at most %d bytes.", maxReason)
	case lasting < time.Minute || lasting > MaxGlassTime:
		return Glass{}, invalid("BAD_TIME", "From a minute to eight hours, like: 30m", "It cannot last %s.", lasting)
	}
	var g Glass
	err := s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "look into somebody's personal inbox"); err != nil {
			return err
		}
		in, err := w.InboxByName(FoldName(inbox))
		if errors.Is(err, ErrNoRow) {
			return notFound("NO_SUCH_INBOX", "See them with: postroom inbox list", "There is no inbox %q.", inbox)
		}
		if err != nil {
			return err
		}
		if sees, err := s.sees(w, in.ID); err != nil || sees {
			if err == nil {
				err = conflict("SEEN_ALREADY", "", "You see what is in %q already.", in.Name)
			}
			return err
		}
		if owner, err := w.User(in.Owner); err != nil || !owner.RemovedAt.IsZero() {
			if err == nil {
				err = conflict("OWNER_GONE", "", "%q was kept as it is when its owner left: nobody reads it, because nobody could be told.", in.Name)
			}
			return err
		}
		now := s.d.now()
		g = Glass{Inbox: in.ID, User: s.actor.User, Reason: reason, Since: now, Until: now.Add(lasting)}
		if g.ID, err = w.AddGlass(g); err != nil {
			return err
		}
		return w.Append(s.event(EventGlassBroken, in.ID, 0, nil, state(glassNote{reason, g.Until})))
	})
	return g, err
}

// EndGlass ends what [Seat.BreakGlass] began: for the inbox's owner all of it,
// for an admin his own.
func (s *Seat) EndGlass(ctx context.Context, inbox string) error {
	return s.write(ctx, func(w Writer) error {
		in, err := s.mustSeeInbox(w, inbox)
		if err != nil {
			return err
		}
		open, err := w.OpenGlass()
		if err != nil {
			return err
		}
		open = slices.DeleteFunc(open, func(g Glass) bool {
			return g.Inbox != in.ID || in.Owner != s.actor.User && g.User != s.actor.User
		})
		if len(open) == 0 {
			return notFound("NOT_BROKEN", "", "Nobody looks into %q.", in.Name)
		}
		return s.d.end(w, open, s.actor)
	})
}

// end closes glasses, from now on.
func (d *Desk) end(w Writer, list []Glass, by Actor) error {
	for _, g := range list {
		g.Over = true
		if g.Until.After(d.now()) {
			g.Until = d.now()
		}
		if err := w.EndGlass(g); err != nil {
			return err
		}
		if err := w.Append(&Event{At: d.now(), Actor: by, Kind: EventGlassOver, Inbox: g.Inbox, After: state(glassNote{g.Reason, g.Until})}); err != nil {
			return err
		}
	}
	return nil
}

// Glass tells the owner of personal inboxes who sees them, or has in the last
// days; newest first.
func (s *Seat) Glass(ctx context.Context) ([]BrokenGlass, error) {
	var list []BrokenGlass
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		list, err = s.glassOfMine(r)
		return err
	})
	return list, err
}

func (s *Seat) glassOfMine(r Reader) ([]BrokenGlass, error) {
	all, err := r.GlassOf(s.actor.User, s.d.now().Add(-GlassNews))
	var list []BrokenGlass
	for _, g := range all {
		b, _, err := withNames(r, g)
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, err
}

// lookers are those who see the actor's own inboxes now, and the actor where he
// looks into those of others.
func (s *Seat) lookers(r Reader) (map[InboxID][]BrokenGlass, error) {
	all, err := r.OpenGlass()
	if err != nil {
		return nil, err
	}
	open := map[InboxID][]BrokenGlass{}
	for _, g := range all {
		b, owner, err := withNames(r, g)
		if err != nil {
			return nil, err
		}
		if owner == s.actor.User || g.User == s.actor.User {
			open[g.Inbox] = append(open[g.Inbox], b)
		}
	}
	return open, nil
}

// withNames puts names to a look, and gives whose the inbox is.
func withNames(r Reader, g Glass) (BrokenGlass, UserID, error) {
	in, err := r.Inbox(g.Inbox)
	if err != nil {
		return BrokenGlass{}, 0, err
	}
	u, err := r.User(g.User)
	return BrokenGlass{g, in.Name, u.Name}, in.Owner, err
}

// punctual is the store of a desk that ends in time what was granted for a
// time: who reads is never told more than he may see at that moment, whichever
// process he is in.
type punctual struct {
	Store
	d *Desk
}

// Read ends what is over before anything is read.
func (p punctual) Read(ctx context.Context, fn func(Reader) error) error {
	if w := p.d.joined(ctx); w != nil {
		return fn(w)
	}
	if err := p.d.endGlass(ctx); err != nil && KindOf(err) != Unwell {
		return err
	}
	return p.Store.Read(ctx, fn)
}

// endGlass ends what is over; usually nothing is, and it asks nobody. While the
// desk takes no changes, it cannot.
func (d *Desk) endGlass(ctx context.Context) error {
	now := d.now()
	d.mu.Lock()
	due := d.glass
	d.mu.Unlock()
	if due.IsZero() || now.Before(due) {
		return nil
	}
	// This is kept also where the reader only rehearses.
	ctx = context.WithValue(ctx, rehearsal{}, nil)
	err := d.write(ctx, func(w Writer) error {
		open, err := w.OpenGlass()
		if err != nil {
			return err
		}
		open = slices.DeleteFunc(open, func(g Glass) bool { return now.Before(g.Until) })
		return d.end(w, open, Actor{Kind: ActorConnector})
	})
	if err != nil {
		return err
	}
	return d.lookForGlass(ctx)
}

// lookForGlass notes when the next glass is over.
func (d *Desk) lookForGlass(ctx context.Context) error {
	var next time.Time
	err := d.raw.Read(ctx, func(r Reader) error {
		open, err := r.OpenGlass()
		for _, g := range open {
			if next.IsZero() || g.Until.Before(next) {
				next = g.Until
			}
		}
		return err
	})
	if err == nil {
		d.mu.Lock()
		d.glass = next
		d.mu.Unlock()
	}
	return err
}

// breaksGlass tells whether events change what lookForGlass has noted.
func breaksGlass(events []Event) bool {
	return slices.ContainsFunc(events, func(e Event) bool { return e.Kind == EventGlassBroken })
}
