package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// JournalQuery says which part of the journal is wanted; zero values ask for
// everything.
type JournalQuery struct {
	// Kind is what happened. Without one, mail that only came in is left out:
	// it would hide all else.
	Kind EventKind
	// User is who did it.
	User UserID
	// Inbox is where.
	Inbox InboxID
	// Before goes on where another page ended; 0 begins at the newest.
	Before Seq
	// Limit is how many entries at most, [JournalPage] when zero.
	Limit int
}

// JournalPage is how many entries a page has, unless asked otherwise.
const JournalPage = 100

// JournalSpan is how much of the journal is looked at for one page: what is
// rare may need several.
const JournalSpan = 20_000

// Entry is an event as it is told.
type Entry struct {
	Event
	// Who did it: a person's name, or "postroom".
	Who string
	// InboxName is where; empty for what concerns the whole desk.
	InboxName string
	// Was and Is are what changed, in words as far as there are any.
	Was, Is string
}

// History is a page of the journal, the newest entry first. Next is the Before
// of the following page; 0 at the end. A page can be short, or empty, and still
// have a next one.
type History struct {
	Entries []Entry
	Next    Seq
}

// Journal reads what has happened in the inboxes the actor works in. What
// concerns the whole desk is for admins, and for who did it; who has looked into
// somebody's personal inbox finds that he did.
func (s *Seat) Journal(ctx context.Context, q JournalQuery) (History, error) {
	if q.Limit <= 0 {
		q.Limit = JournalPage
	}
	var h History
	err := s.d.store.Read(ctx, func(r Reader) error {
		last, err := r.LastSeq()
		if err != nil {
			return err
		}
		if q.Before <= 0 || q.Before > last+1 {
			q.Before = last + 1
		}
		events, err := r.Journal(s.actor.User, q, JournalSpan)
		if err != nil {
			return err
		}
		h = History{Next: max(q.Before-JournalSpan, 0)}
		if len(events) == q.Limit {
			h.Next = events[len(events)-1].Seq
		}
		if h.Next <= 1 {
			h.Next = 0
		}
		h.Entries, err = told(r, events)
		return err
	})
	return h, err
}

// told puts names to events.
func told(r Reader, events []Event) ([]Entry, error) {
	users, err := r.Users()
	if err != nil {
		return nil, err
	}
	inboxes, err := r.Inboxes()
	if err != nil {
		return nil, err
	}
	teams, err := teamNames(r)
	if err != nil {
		return nil, err
	}
	names, places := map[UserID]string{0: "nobody"}, map[InboxID]string{}
	for _, u := range users {
		names[u.ID] = u.Name
	}
	for _, in := range inboxes {
		places[in.ID] = in.Name
	}
	for _, ev := range events {
		if _, ok := places[ev.Inbox]; !ok && ev.Inbox != 0 {
			in, err := r.Inbox(ev.Inbox) // it went into another one
			if err != nil && !errors.Is(err, ErrNoRow) {
				return nil, err
			}
			places[ev.Inbox] = in.Name
		}
	}
	known := called{names, teams}
	list := make([]Entry, len(events))
	for i, ev := range events {
		e := Entry{Event: ev, Who: "postroom", InboxName: places[ev.Inbox], Was: valueIn(ev.Before), Is: valueIn(ev.After)}
		if ev.Actor.Kind == ActorRule {
			e.Who = ev.Actor.ruleName()
		}
		if ev.Actor.Kind == ActorUser {
			e.Who = names[ev.Actor.User]
			if e.Who == "" {
				e.Who = ev.Actor.Login // removed since
			}
		}
		known.tell(&e)
		list[i] = e
	}
	return list, nil
}

// teamNames are the names of all teams.
func teamNames(r Reader) (map[TeamID]string, error) {
	list, err := r.Teams()
	names := map[TeamID]string{}
	for _, t := range list {
		names[t.ID] = t.Name
	}
	return names, err
}

// valueIn is a value as a person reads it: a text without its quotes, the
// fields of a structure and the items of a list one after the other.
func valueIn(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	words, err := wordsOfJSON(json.NewDecoder(bytes.NewReader(raw)))
	if err != nil {
		return ""
	}
	return Snippet(words, 200)
}

// wordsOfJSON puts the next value into words, as "who: tom, rights: see,reply".
// A field without a value is left out.
func wordsOfJSON(d *json.Decoder) (string, error) {
	token, err := d.Token()
	if err != nil {
		return "", err
	}
	open, nested := token.(json.Delim)
	switch {
	case !nested && token == nil:
		return "", nil
	case !nested:
		return fmt.Sprint(token), nil
	}
	var words []string
	for d.More() {
		name := ""
		if open == '{' {
			key, err := d.Token()
			if err != nil {
				return "", err
			}
			name = strings.ReplaceAll(fmt.Sprint(key), "_", " ") + ": "
		}
		value, err := wordsOfJSON(d)
		if err != nil {
			return "", err
		}
		if value != "" {
			words = append(words, name+value)
		}
	}
	_, err = d.Token() // the closing brace
	return strings.Join(words, ", "), err
}
