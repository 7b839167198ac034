package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// What is done with a conversation besides giving it to somebody and closing
// it. Each of these is independent of the others (4.18 no. 1).

// SetPriority says how much conversations matter.
func (s *Seat) SetPriority(ctx context.Context, ids []ConversationID, to Priority) (Outcome, error) {
	return s.each(ctx, ids, func(_ Writer, c *Conversation) (*Event, string, error) {
		before := c.Priority
		if before == to {
			return nil, "it is so already", nil
		}
		c.Priority = to
		return s.event(EventPriority, c.Inbox, c.ID, state(before), state(to)), "", nil
	})
}

// maxTag is how many letters a tag has at most, maxTags how many tags a
// conversation has.
const (
	maxTag  = 40
	maxTags = 30
)

// ParseTags reads tags as they are typed: folded, sorted, each once. A tag is
// one word, so that it can be typed everywhere without quotes.
func ParseTags(words []string) ([]string, error) {
	var tags []string
	for _, word := range words {
		tag := strings.TrimPrefix(FoldName(word), "#")
		odd := func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune("-_./", r)
		}
		if tag == "" || len([]rune(tag)) > maxTag || strings.ContainsFunc(tag, odd) {
			return nil, invalid("BAD_TAG", "A tag is one word of letters and digits, like: late-payment", "%q cannot be a tag.", word)
		}
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	return slices.Compact(tags), nil
}

// retagged are tags with some more and some less; nil when there are none.
func retagged(tags, add, remove []string) []string {
	all := slices.DeleteFunc(slices.Concat(tags, add), func(t string) bool { return slices.Contains(remove, t) && !slices.Contains(add, t) })
	slices.Sort(all)
	if all = slices.Compact(all); len(all) == 0 {
		return nil
	}
	return all
}

// Tag gives conversations tags and takes others away. Names are those of
// [ParseTags].
func (s *Seat) Tag(ctx context.Context, ids []ConversationID, add, remove []string) (Outcome, error) {
	add, err := ParseTags(add)
	if err != nil {
		return Outcome{}, err
	}
	if remove, err = ParseTags(remove); err != nil {
		return Outcome{}, err
	}
	return s.each(ctx, ids, func(_ Writer, c *Conversation) (*Event, string, error) {
		before := c.Tags
		after := retagged(before, add, remove)
		if slices.Equal(before, after) {
			return nil, "it is so already", nil
		}
		if len(after) > maxTags {
			return nil, fmt.Sprintf("it would have more than %d tags", maxTags), nil
		}
		c.Tags = after
		return s.event(EventTagged, c.Inbox, c.ID, state(before), state(after)), "", nil
	})
}

// Tags are the tags of the conversations that the actor sees, by name.
func (s *Seat) Tags(ctx context.Context) ([]string, error) {
	var tags []string
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		tags, err = r.Tags(s.actor.User)
		return err
	})
	return tags, err
}

// Snooze takes open conversations out of the queue until then. A real mail from
// the customer brings them back at once.
func (s *Seat) Snooze(ctx context.Context, ids []ConversationID, until time.Time) (Outcome, error) {
	until = until.Truncate(time.Millisecond).UTC()
	if !until.After(s.d.now()) {
		return Outcome{}, invalid("BAD_TIME", "Name a time that is to come, like: 3h, tomorrow, mon 9:00", "%s is over.", until.Format(time.RFC3339))
	}
	return s.each(ctx, ids, func(_ Writer, c *Conversation) (*Event, string, error) {
		if place := c.Place(); place != InOpen && place != InSnoozed {
			return nil, "it is " + place.Words() + ", only what is open can be snoozed", nil
		}
		if c.SnoozedUntil.Equal(until) {
			return nil, "it is so already", nil
		}
		before := c.SnoozedUntil
		c.SnoozedUntil = until
		return s.event(EventSnoozed, c.Inbox, c.ID, state(before), state(until)), "", nil
	})
}

// Wake brings snoozed conversations back into the queue before their time.
func (s *Seat) Wake(ctx context.Context, ids []ConversationID) (Outcome, error) {
	return s.each(ctx, ids, func(w Writer, c *Conversation) (*Event, string, error) {
		if c.SnoozedUntil.IsZero() {
			return nil, "it is not snoozed", nil
		}
		before := c.SnoozedUntil
		c.SnoozedUntil = time.Time{}
		return s.event(EventWoken, c.Inbox, c.ID, state(before), state(c.SnoozedUntil)), "", s.d.backTo(w, c, s.actor)
	})
}

// MarkSpam puts conversations among the spam.
func (s *Seat) MarkSpam(ctx context.Context, ids []ConversationID) (Outcome, error) {
	return s.put(ctx, ids, EventSpam)
}

// NotSpam takes conversations out of the spam: each is again what it was.
func (s *Seat) NotSpam(ctx context.Context, ids []ConversationID) (Outcome, error) {
	return s.put(ctx, ids, EventNotSpam)
}

// Trash throws conversations away. They can be restored, and a real mail of the
// customer does that by itself.
func (s *Seat) Trash(ctx context.Context, ids []ConversationID) (Outcome, error) {
	return s.put(ctx, ids, EventTrashed)
}

// Restore takes conversations out of the trash: each is again what it was.
func (s *Seat) Restore(ctx context.Context, ids []ConversationID) (Outcome, error) {
	return s.put(ctx, ids, EventRestored)
}

// put moves conversations into or out of spam or the trash.
func (s *Seat) put(ctx context.Context, ids []ConversationID, kind EventKind) (Outcome, error) {
	return s.each(ctx, ids, func(w Writer, c *Conversation) (*Event, string, error) {
		before := c.Place()
		if !c.put(kind) {
			reason := map[EventKind]string{
				EventSpam: "it is spam already", EventNotSpam: "it is not spam", EventTrashed: "it is in the trash already", EventRestored: "it is not in the trash",
			}[kind]
			return nil, reason, nil
		}
		if err := s.d.backTo(w, c, s.actor); err != nil {
			return nil, "", err
		}
		return s.event(kind, c.Inbox, c.ID, state(before), state(c.Place())), "", nil
	})
}

// put does what an event about spam or the trash says, and reports whether that
// changed anything.
func (c *Conversation) put(kind EventKind) bool {
	field, to := &c.Spam, kind == EventSpam
	if kind == EventTrashed || kind == EventRestored {
		field, to = &c.Trashed, kind == EventTrashed
	}
	changed := *field != to
	*field = to
	return changed
}

// Words is the place in a sentence: it is ….
func (p Place) Words() string {
	if p == InTrash {
		return "in the trash"
	}
	return string(p)
}
