package desk

import (
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// changed reads what an event has changed, from and to.
func changed[T any](ev Event) (before, after T, err error) {
	err = errors.Join(json.Unmarshal(ev.Before, &before), json.Unmarshal(ev.After, &after))
	return before, after, err
}

// undoMatter takes back a change of what a conversation is besides open or
// closed, or says why not.
func (s *Seat) undoMatter(w Writer, c *Conversation, ev Event) (string, error) {
	switch ev.Kind {
	case EventAssigned:
		before, after, err := changed[Assignment](ev)
		if err != nil {
			return "", err
		}
		if !c.Assignment().to(after) {
			return s.whoChanged(w, *c, ev, EventAssigned)
		}
		if before.User != 0 && before.User != c.Assignee {
			have, err := w.Rights(c.Inbox, before.User)
			if err != nil && !errors.Is(err, ErrNoRow) {
				return "", err
			}
			if !have.Reply {
				return "who had it may not answer there any more", nil
			}
		}
		c.Team, c.Assignee = before.Team, before.User
	case EventPriority:
		before, after, err := changed[Priority](ev)
		if err != nil {
			return "", err
		}
		if c.Priority != after {
			return s.whoChanged(w, *c, ev, EventPriority)
		}
		c.Priority = before
	case EventTagged:
		before, after, err := changed[[]string](ev)
		if err != nil {
			return "", err
		}
		// Tags that somebody has given since stay.
		in := func(list []string) func(string) bool {
			return func(t string) bool { return slices.Contains(list, t) }
		}
		given, taken := slices.DeleteFunc(slices.Clone(after), in(before)), slices.DeleteFunc(slices.Clone(before), in(after))
		c.Tags = retagged(c.Tags, taken, given)
	case EventLogged:
		return s.undoLogged(w, c, ev)
	case EventSnoozed, EventWoken:
		before, after, err := changed[time.Time](ev)
		if err != nil {
			return "", err
		}
		if !c.SnoozedUntil.Equal(after) {
			return s.whoChanged(w, *c, ev, EventSnoozed, EventWoken, EventReceived)
		}
		c.SnoozedUntil = before
	default:
		return s.unput(w, c, ev)
	}
	return "", nil
}

// unput takes back that a conversation was put among spam or into the trash, or
// out of it.
func (s *Seat) unput(w Writer, c *Conversation, ev Event) (string, error) {
	inverse := map[EventKind]EventKind{EventSpam: EventNotSpam, EventNotSpam: EventSpam, EventTrashed: EventRestored, EventRestored: EventTrashed}[ev.Kind]
	if !c.put(inverse) {
		return s.whoChanged(w, *c, ev, EventSpam, EventNotSpam, EventTrashed, EventRestored, EventReceived)
	}
	return "", s.d.backTo(w, c, s.actor)
}
