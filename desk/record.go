package desk

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Contacts, companies and deals are records: what can be entered about one is
// declared once, as its attributes. Adding, changing, importing and undoing
// all go through them, so that the same words mean the same everywhere.

// attribute declares one thing that can be entered about a record.
type attribute[T any] struct {
	key string
	get func(Reader, T) (string, error)
	// put changes the record in memory; the value is trimmed, and empty for
	// none. It writes nothing.
	put func(*Seat, Reader, *T, string) error
}

// Altered is what has changed about a record: Before and After have the
// attributes that are different now. Both are empty when all was so already.
type Altered struct {
	// Of is what the record is called, Added that it is new.
	Of            string
	Added         bool
	Before, After map[string]string
	// Batch takes it back; empty where nothing can be.
	Batch string
}

// recorded is how the journal keeps a change of a record.
type recorded struct {
	ID     int64             `json:"id"`
	Of     string            `json:"of"`
	Values map[string]string `json:"values,omitempty"`
}

// alter puts values into a record and says what is different now.
func alter[T any](s *Seat, r Reader, attrs []attribute[T], rec *T, values map[string]string) (Altered, error) {
	res := Altered{Before: map[string]string{}, After: map[string]string{}}
	if err := knownKeys(attrs, values); err != nil {
		return res, err
	}
	for _, a := range attrs {
		value, asked := values[a.key]
		if !asked {
			continue
		}
		was, err := a.get(r, *rec)
		if err != nil {
			return res, err
		}
		if err := a.put(s, r, rec, strings.TrimSpace(value)); err != nil {
			return res, err
		}
		now, err := a.get(r, *rec)
		if err != nil {
			return res, err
		}
		if now != was {
			res.Before[a.key], res.After[a.key] = was, now
		}
	}
	return res, nil
}

// knownKeys refuses attributes that the record does not have.
func knownKeys[T any](attrs []attribute[T], values map[string]string) error {
	known := keysOf(attrs)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(known, key) {
			return invalid("NO_SUCH_ATTRIBUTE", "There are: "+strings.Join(known, ", "), "There is no %q to enter.", Snippet(key, 40))
		}
	}
	return nil
}

func keysOf[T any](attrs []attribute[T]) []string {
	keys := make([]string, len(attrs))
	for i, a := range attrs {
		keys[i] = a.key
	}
	return keys
}

// journalRecord appends what has changed, seen where in is; 0 is for admins
// and the actor.
func (s *Seat) journalRecord(w Writer, kind EventKind, in InboxID, id int64, res *Altered) error {
	res.Batch = s.d.newBatch()
	ev := s.event(kind, in, 0, state(recorded{id, res.Of, res.Before}), state(recorded{id, res.Of, res.After}))
	ev.Batch = res.Batch
	return w.Append(ev)
}

// recordsOf are the two sides of a journaled change.
func recordsOf(ev Event) (before, after recorded, err error) {
	err = errors.Join(json.Unmarshal(ev.Before, &before), json.Unmarshal(ev.After, &after))
	return before, after, err
}

// changedSince names an attribute that is no longer as the change left it.
func changedSince[T any](r Reader, attrs []attribute[T], rec T, after map[string]string) (string, error) {
	for _, a := range attrs {
		want, asked := after[a.key]
		if !asked {
			continue
		}
		now, err := a.get(r, rec)
		if err != nil {
			return "", err
		}
		if now != want {
			return a.key + " has been changed since", nil
		}
	}
	return "", nil
}

// ownerOf reads who looks after a record: a login, or the address under which
// the user was invited.
func ownerOf(r Reader, value string) (UserID, error) {
	if value == "" {
		return 0, nil
	}
	users, err := r.Users()
	if err != nil {
		return 0, err
	}
	folded := FoldName(value)
	for _, u := range users {
		if u.RemovedAt.IsZero() && (FoldName(u.Login) == folded || u.Email != "" && FoldAddress(u.Email) == FoldAddress(value)) {
			return u.ID, nil
		}
	}
	return 0, notFound("NO_SUCH_USER", "See who there is with: postroom user list", "There is no user %q.", Snippet(value, 60))
}

// enteredName checks what a record is to be called.
func enteredName(value, what string) (string, error) {
	if name := strings.Join(strings.Fields(value), " "); len(name) <= maxRecordName && utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl) {
		return name, nil
	}
	return "", invalid("BAD_NAME", "Write it in one line of at most 200 bytes.", "%q cannot be the name of a %s.", Snippet(value, 60), what)
}

// maxRecordName is how long a name can be, in bytes.
const maxRecordName = 200

// items splits a value of several items, with commas, semicolons or gaps
// between, into what it is to be: with a + in front the items are added to what
// there is, with a - taken away.
func items(value string, have []string, fold func(string) string) []string {
	sign, rest := "", value
	if strings.HasPrefix(value, "+") || strings.HasPrefix(value, "-") {
		sign, rest = value[:1], value[1:]
	}
	given := strings.FieldsFunc(rest, func(r rune) bool { return r == ',' || r == ';' || isGap(r) })
	same := func(list []string, one string) bool {
		return slices.ContainsFunc(list, func(o string) bool { return fold(o) == fold(one) })
	}
	if sign == "-" {
		return slices.DeleteFunc(slices.Clone(have), func(h string) bool { return same(given, h) })
	}
	var list []string
	if sign == "+" {
		list = slices.Clone(have)
	}
	for _, g := range given {
		if !same(list, g) {
			list = append(list, g)
		}
	}
	return list
}
