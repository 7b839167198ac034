package store

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"postroom/desk"
)

// told is an answer with its error, to be compared.
type told struct {
	answer any
	err    error
}

func tell[T any](v T, err error) told { return told{v, err} }

// askedOnce are the questions that a transaction asks once, each with a change
// that makes another answer.
func askedOnce() map[string]struct {
	ask    func(*writer) told
	change func(*writer) error
} {
	type question = struct {
		ask    func(*writer) told
		change func(*writer) error
	}
	sender := func(w *writer) told { return tell(w.KnownSender(1, "a@x.test")) }
	return map[string]question{
		"a sender": {sender, func(w *writer) error {
			return w.SaveKnownSender(desk.KnownSender{Inbox: 1, Address: "a@x.test", Allowed: true})
		}},
		"a sender who is forgotten": {
			func(w *writer) told { return tell(w.KnownSender(2, "b@x.test")) },
			func(w *writer) error { return w.RemoveKnownSender(2, "b@x.test") },
		},
		"a sender where another is known": {
			func(w *writer) told { return tell(w.KnownSender(2, "c@x.test")) },
			func(w *writer) error { return w.SaveKnownSender(desk.KnownSender{Inbox: 2, Address: "c@x.test"}) },
		},
		"settings": {
			func(w *writer) told { return tell(w.InboxSettings(1)) },
			func(w *writer) error {
				return w.SaveInboxSettings(1, desk.InboxSettings{Contacts: desk.ContactsByHand})
			},
		},
		"an inbox": {
			func(w *writer) told { return tell(w.Inbox(1)) },
			func(w *writer) error {
				return w.SaveInbox(desk.Inbox{ID: 1, Name: "Other", Kind: desk.Shared, Owner: 1})
			},
		},
		"an inbox to come": {
			func(w *writer) told { return tell(w.Inbox(11)) },
			func(w *writer) error {
				_, err := w.AddInbox(desk.Inbox{Name: "New", Kind: desk.Shared, Owner: 1})
				return err
			},
		},
		"the edition of the rules": {
			func(w *writer) told { return tell(w.RuleEdition()) },
			func(w *writer) error {
				_, err := w.AddRuleChange(desk.RuleChange{Rule: 1, Data: []byte("{}")})
				return err
			},
		},
		"routing": {
			func(w *writer) told { return tell(w.UsesOf(1)) },
			func(w *writer) error { return w.SaveRouting(desk.Use{Inbox: 1, Routing: -1}) },
		},
		"addresses": {
			func(w *writer) told { return tell(w.Addresses()) },
			func(w *writer) error {
				_, err := w.AddAccount(desk.Account{Inbox: 1, Address: "help@acme.test"})
				return err
			},
		},
		"a mail that has left": {
			func(w *writer) told { return tell(w.KnownIDs(1, []string{"left@x"})) },
			func(w *writer) error { return w.do(hasLeft, 77, 1) },
		},
	}
}

// TestAskedOnce: what a transaction that writes has changed is seen by it at
// once, whatever it was told before, and by nobody when it comes to nothing.
func TestAskedOnce(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *Store{"SQLite": open, "PostgreSQL": openPostgres} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			fill(t, s, 1, 10)
			if err := s.change(t.Context(), letOneLeave); err != nil {
				t.Fatal(err)
			}
			for what, q := range askedOnce() {
				t.Run(what, func(t *testing.T) { asksAgain(t, s, q.ask, q.change) })
			}
		})
	}
}

// letOneLeave makes a known sender, and a message in inbox 2 of a conversation
// that was in inbox 1 for all that is known of it but one row.
func letOneLeave(w *writer) error {
	id, err := w.NextMessageID(time.Unix(1_700_000_000, 0))
	return errors.Join(err,
		w.SaveKnownSender(desk.KnownSender{Inbox: 2, Address: "b@x.test"}),
		w.AddMessage(desk.Message{ID: id, Conversation: 77, Inbox: 2, Direction: desk.In, Mail: desk.Mail{MessageID: "left@x"}}))
}

func asksAgain(t *testing.T, s *Store, ask func(*writer) told, change func(*writer) error) {
	t.Helper()
	nothing := errors.New("it comes to nothing")
	var before, after, control told
	err := s.change(t.Context(), func(w *writer) error {
		before = ask(w)
		old := asked{}
		for table, answers := range w.asked {
			old[table] = maps.Clone(answers)
		}
		if err := change(w); err != nil {
			return err
		}
		after = ask(w)
		w.asked = nil
		if fresh := ask(w); !reflect.DeepEqual(after, fresh) {
			t.Errorf("told %v, in the database is %v", after, fresh)
		}
		// The control: with the answers from before the change.
		w.asked = old
		control = ask(w)
		return nothing
	})
	if !errors.Is(err, nothing) {
		t.Fatal(err)
	}
	if reflect.DeepEqual(before, after) {
		t.Errorf("the change changes nothing: %v", after)
	}
	if !reflect.DeepEqual(before, control) {
		t.Errorf("nothing was remembered: %v became %v", before, control)
	}
	err = s.change(t.Context(), func(w *writer) error {
		if got := ask(w); !reflect.DeepEqual(got, before) {
			t.Errorf("the next transaction is told %v, what stands is %v", got, before)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.snapshot(t.Context(), func(ses *session) error {
		if ses.asked != nil {
			t.Error("who only reads remembers")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestChangedBy: a statement takes away what was told from its table, and all
// where its table is not plain to see.
func TestChangedBy(t *testing.T) {
	for statement, want := range map[string][]string{
		saveKnownSender:          {"inboxes", "routings"},
		removeKnownSender:        {"inboxes", "routings"},
		saveInbox:                {"known_senders", "routings"},
		"DELETE FROM routings":   {"inboxes", "known_senders"},
		"UPDATE marks SET x = 1": {"inboxes", "known_senders", "routings"},
		knownSender:              {"inboxes", "known_senders", "routings"},
		"WITH a AS (SELECT 1) UPDATE inboxes SET x = 1":  nil,
		"INSERT OR REPLACE INTO inboxes (id) VALUES (1)": nil,
	} {
		a := asked{"inboxes": {}, "known_senders": {}, "routings": {}}
		a.before(statement)
		if left := slices.Sorted(maps.Keys(a)); !slices.Equal(left, want) {
			t.Errorf("%q leaves %q, not %q", statement, left, want)
		}
	}
}
