package desk

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// NotifyAbout says of what somebody wants to hear in an inbox.
type NotifyAbout string

// What one can hear of.
const (
	NotifyNone NotifyAbout = "none"
	NotifyMine NotifyAbout = "mine" // what I have: mail in it, and that it was given to me
	NotifyAll  NotifyAbout = "all"  // every mail by a person, too
)

func notifyAbouts() []string {
	return []string{string(NotifyNone), string(NotifyMine), string(NotifyAll)}
}

// notifyDefault is what counts where nobody has chosen: in a queue what one
// has, in one's own inbox everything.
func notifyDefault(in Inbox) NotifyAbout {
	if in.Kind == Personal {
		return NotifyAll
	}
	return NotifyMine
}

// NotifyWay is how a terminal can call somebody who looks elsewhere.
type NotifyWay string

// The ways.
const (
	NotifyBell   NotifyWay = "bell"
	NotifyOSC9   NotifyWay = "osc9"   // iTerm2, kitty, WezTerm, Windows Terminal
	NotifyOSC777 NotifyWay = "osc777" // urxvt, foot, WezTerm, VTE
)

func notifyWays() []NotifyWay { return []NotifyWay{NotifyBell, NotifyOSC9, NotifyOSC777} }

// ParseNotifyWays reads ways as people write them: bell,osc9.
func ParseNotifyWays(s string) ([]NotifyWay, error) {
	var ways []NotifyWay
	for _, word := range strings.Split(s, ",") {
		w := NotifyWay(FoldName(word))
		if !slices.Contains(notifyWays(), w) {
			return nil, invalid("BAD_WAY", "There are bell, osc9 and osc777, with commas between.", "A terminal cannot call you by %q.", Snippet(word, 40))
		}
		if !slices.Contains(ways, w) {
			ways = append(ways, w)
		}
	}
	return ways, nil
}

// NotifyRule is what somebody hears of an inbox, and how.
type NotifyRule struct {
	About NotifyAbout
	Ways  []NotifyWay
	// Every is how long news are collected into one line, in whole minutes; 0
	// tells them at once.
	Every time.Duration
}

// longestDigest is the longest time news may wait: a working day.
const longestDigest = 8 * time.Hour

// check brings a rule that somebody has chosen into the form that is kept.
func (n *NotifyRule) check() error {
	if !slices.Contains(notifyAbouts(), string(n.About)) {
		return invalid("BAD_RULE", "It is one of: "+strings.Join(notifyAbouts(), ", "), "%q is not what one can hear of.", Snippet(string(n.About), 40))
	}
	if n.Every < 0 || n.Every > longestDigest || n.Every%time.Minute != 0 {
		return invalid("BAD_TIME", "Give whole minutes, at most eight hours, like: 15m", "News cannot be collected for %s.", n.Every)
	}
	if len(n.Ways) == 0 {
		n.Ways = []NotifyWay{NotifyBell}
	}
	return nil
}

// Notifying is what somebody hears of one inbox. Chosen says that he has
// decided so himself; otherwise the inbox's default counts.
type Notifying struct {
	Inbox  Inbox
	Rule   NotifyRule
	Chosen bool
}

// Notifying lists what the actor hears of the inboxes he sees, by their names.
func (s *Seat) Notifying(ctx context.Context) ([]Notifying, error) {
	var list []Notifying
	err := s.d.store.Read(ctx, func(r Reader) error {
		list = list[:0]
		all, err := r.Inboxes()
		if err != nil {
			return err
		}
		for _, in := range all {
			ok, err := s.sees(r, in.ID)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			n, err := s.notifying(r, in)
			if err != nil {
				return err
			}
			list = append(list, n)
		}
		return nil
	})
	return list, err
}

func (s *Seat) notifying(r Reader, in Inbox) (Notifying, error) {
	rule, err := r.NotifyRule(s.actor.User, in.ID)
	if err == nil {
		return Notifying{in, rule, true}, nil
	}
	if !errors.Is(err, ErrNoRow) {
		return Notifying{}, err
	}
	set, err := r.InboxSettings(in.ID)
	about := set.Notify
	if about == "" {
		about = notifyDefault(in)
	}
	return Notifying{in, NotifyRule{About: about, Ways: []NotifyWay{NotifyBell}}, false}, err
}

// SetNotifying changes what the actor hears of an inbox he sees.
func (s *Seat) SetNotifying(ctx context.Context, inbox string, rule NotifyRule) (Notifying, error) {
	if err := rule.check(); err != nil {
		return Notifying{}, err
	}
	var now Notifying
	err := s.write(ctx, func(w Writer) error {
		in, err := s.mustSeeInbox(w, inbox)
		if err != nil {
			return err
		}
		before, err := s.notifying(w, in)
		if err != nil {
			return err
		}
		now = Notifying{in, rule, true}
		if err := w.SaveNotifyRule(s.actor.User, in.ID, rule); err != nil {
			return err
		}
		ev := s.event(EventNotifySet, in.ID, 0, state(notifyChange{before.Rule, before.Chosen}), state(notifyChange{rule, true}))
		ev.Batch = s.d.newBatch()
		return w.Append(ev)
	})
	return now, err
}

// notifyChange is what the journal keeps of a rule: Chosen is false where the
// inbox's default counted.
type notifyChange struct {
	NotifyRule
	Chosen bool
}

// undoNotifying brings back what the actor has heard of an inbox before, unless
// he has chosen again since.
func (s *Seat) undoNotifying(w Writer, ev Event, batch string) (said []string, reason string, err error) {
	var before, after notifyChange
	if err := errors.Join(json.Unmarshal(ev.Before, &before), json.Unmarshal(ev.After, &after)); err != nil {
		return nil, "", err
	}
	in, err := w.Inbox(ev.Inbox)
	if err != nil {
		return nil, "", err
	}
	if ok, err := s.sees(w, in.ID); err != nil || !ok {
		return nil, "you do not see the inbox any more", err
	}
	now, err := s.notifying(w, in)
	if err != nil {
		return nil, "", err
	}
	if !reflect.DeepEqual(now.Rule, after.NotifyRule) {
		return nil, "you have chosen again since", nil
	}
	if before.Chosen {
		err = w.SaveNotifyRule(s.actor.User, in.ID, before.NotifyRule)
	} else {
		err = w.DropNotifyRule(s.actor.User, in.ID)
	}
	if err != nil {
		return nil, "", err
	}
	undo := s.event(EventUndone, in.ID, 0, ev.After, ev.Before)
	undo.Batch = batch
	return []string{"You hear of " + strconv.Quote(in.Name) + " as before."}, "", w.Append(undo)
}

// Happening is an event that somebody may want to hear of, with what its
// conversation is now.
type Happening struct {
	Seq          Seq
	Kind         EventKind // EventReceived, EventAssigned or EventNotified
	By           UserID
	Inbox        InboxID
	Conversation ConversationID
	Assignee     UserID
	// Who is the customer.
	Who string
	// After is the event's, of EventNotified.
	After json.RawMessage
}

// asks reports whether a rule wants a user to hear of it.
func (h Happening) asks(u UserID) bool {
	var n Notified
	return h.Kind == EventNotified && json.Unmarshal(h.After, &n) == nil && slices.Contains(n.To, u)
}

// News is what has happened in the inboxes the actor sees that he wants to hear
// of. Seq is where the next question begins.
type News struct {
	Seq     Seq
	Inboxes []InboxNews
}

// InboxNews is what is new in one inbox.
type InboxNews struct {
	Notifying
	// Conversations with something new in them, each once.
	Conversations []ConversationID
	// Who is the customer of the first of them.
	Who string
}

// newsSpan is how much of the journal is read for news at once.
const newsSpan = 5000

// News reads what is new behind a place of the journal; 0 begins at its end, so
// that what was there before is no news. Mail from before the cut-off, automatic
// mail, spam, and what the actor has read or done himself are none either.
func (s *Seat) News(ctx context.Context, after Seq) (News, error) {
	var news News
	err := s.d.store.Read(ctx, func(r Reader) error {
		news = News{}
		last, err := r.LastSeq()
		if err != nil {
			return err
		}
		if after == 0 {
			after = last
		}
		news.Seq = last
		if after < last-newsSpan {
			after = last - newsSpan
		}
		list, err := r.Happenings(s.actor.User, after, last)
		if err != nil {
			return err
		}
		for _, h := range list {
			if err := s.hear(r, &news, h); err != nil {
				return err
			}
		}
		news.Inboxes = slices.DeleteFunc(news.Inboxes, func(n InboxNews) bool { return len(n.Conversations) == 0 })
		return nil
	})
	return news, err
}

// hear takes what has happened into the news, if the actor wants to hear of it.
func (s *Seat) hear(r Reader, news *News, h Happening) error {
	at := slices.IndexFunc(news.Inboxes, func(n InboxNews) bool { return n.Inbox.ID == h.Inbox })
	if at < 0 {
		in, err := r.Inbox(h.Inbox)
		if err != nil {
			return err
		}
		n, err := s.notifying(r, in)
		if err != nil {
			return err
		}
		at, news.Inboxes = len(news.Inboxes), append(news.Inboxes, InboxNews{Notifying: n})
	}
	n := &news.Inboxes[at]
	mine := h.Assignee == s.actor.User
	if h.Kind == EventNotified {
		if mine = h.asks(s.actor.User); !mine {
			return nil
		}
	}
	if h.By == s.actor.User || n.Rule.About == NotifyNone || !mine && (n.Rule.About == NotifyMine || h.Kind == EventAssigned) {
		return nil
	}
	if !slices.Contains(n.Conversations, h.Conversation) {
		if len(n.Conversations) == 0 {
			n.Who = h.Who
		}
		n.Conversations = append(n.Conversations, h.Conversation)
	}
	return nil
}
