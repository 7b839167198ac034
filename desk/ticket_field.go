package desk

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FieldKind is what can stand in a field of tickets.
type FieldKind string

// The kinds of fields.
const (
	FieldText   FieldKind = "text"
	FieldNumber FieldKind = "number"
	FieldChoice FieldKind = "choice"
	FieldDate   FieldKind = "date"
)

// FieldKinds are all of them.
func FieldKinds() []FieldKind { return []FieldKind{FieldText, FieldNumber, FieldChoice, FieldDate} }

// TicketField is something this desk keeps of its tickets besides what every
// desk does (F152).
type TicketField struct {
	ID      FieldID   `json:"-"`
	Name    string    `json:"name"` // unique, compared folded
	Kind    FieldKind `json:"kind"`
	Choices []string  `json:"choices,omitempty"` // of a choice, in the order in which they are offered
}

// maxFields keeps a ticket something that is read at a glance.
const maxFields = 20

// CategoryField is what the one field is called that every desk has.
const CategoryField = "category"

// TicketFields lists the desk's own fields, in the order they were made.
func (s *Seat) TicketFields(ctx context.Context) ([]TicketField, error) {
	var list []TicketField
	err := s.d.store.Read(ctx, func(r Reader) error {
		var err error
		list, err = r.TicketFields()
		return err
	})
	return list, err
}

// AddTicketField makes a field. Admins only.
func (s *Seat) AddTicketField(ctx context.Context, f TicketField) (TicketField, error) {
	err := s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "make a field of tickets"); err != nil {
			return err
		}
		all, err := w.TicketFields()
		if err != nil {
			return err
		}
		if f.Name = oneLine(f.Name); !isLabel(f.Name) || strings.Contains(f.Name, "=") {
			return invalid("BAD_NAME", "Give it a short name, like: order", "%q cannot be the name of a field.", Snippet(f.Name, 40))
		}
		if fieldAt(all, f.Name) >= 0 || FoldName(f.Name) == CategoryField {
			return conflict("NAME_IN_USE", "Choose another name.", "There is a field %q already.", f.Name)
		}
		if len(all) >= maxFields {
			return conflict("TOO_MANY", "Remove one first with: postroom ticket field remove NAME", "A desk has %d fields at most.", maxFields)
		}
		if err := f.check(); err != nil {
			return err
		}
		if err := w.AddTicketField(&f); err != nil {
			return err
		}
		return w.Append(s.setup(EventFieldAdded, 0, nil, state(f)))
	})
	return f, err
}

// check holds the field to its kind.
func (f *TicketField) check() error {
	if !slices.Contains(FieldKinds(), f.Kind) {
		return invalid("BAD_FIELD", "It is one of: text, number, choice, date", "%q is no kind of field.", Snippet(string(f.Kind), 40))
	}
	for i, c := range f.Choices {
		f.Choices[i] = oneLine(c)
		if !isLabel(f.Choices[i]) {
			return invalid("BAD_FIELD", "Write them like: --choices red,green", "%q cannot be chosen.", Snippet(c, 40))
		}
	}
	if (f.Kind == FieldChoice) != (len(f.Choices) > 0) {
		return invalid("BAD_FIELD", "Write them like: --kind choice --choices red,green", "A choice has choices, and no other field has.")
	}
	return nil
}

// RemoveTicketField removes a field with its values. Admins only.
func (s *Seat) RemoveTicketField(ctx context.Context, name string) error {
	return s.write(ctx, func(w Writer) error {
		if err := s.mustAdmin(w, "remove a field of tickets"); err != nil {
			return err
		}
		all, err := w.TicketFields()
		if err != nil {
			return err
		}
		at := fieldAt(all, name)
		if at < 0 {
			return noField(name, all)
		}
		return errors.Join(w.RemoveTicketField(all[at].ID), w.Append(s.setup(EventFieldRemoved, 0, state(all[at]), nil)))
	})
}

func fieldAt(all []TicketField, name string) int {
	return slices.IndexFunc(all, func(f TicketField) bool { return FoldName(f.Name) == FoldName(name) })
}

func noField(name string, all []TicketField) error {
	names := []string{CategoryField}
	for _, f := range all {
		names = append(names, f.Name)
	}
	return notFound("NO_SUCH_FIELD", "There are: "+strings.Join(names, ", "), "Tickets have no field %q.", Snippet(name, 40))
}

// read gives a value in the form in which it is kept.
func (f TicketField) read(value string) (string, error) {
	bad := func(hint string) (string, error) {
		return "", invalid("BAD_VALUE", hint, "%q is no value of %s.", Snippet(value, 40), f.Name)
	}
	value = oneLine(value)
	switch {
	case value == "":
		return "", nil
	case f.Kind == FieldNumber:
		if n, err := strconv.ParseFloat(value, 64); err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return bad("Write a number, like 12 or 0.5")
		}
	case f.Kind == FieldDate:
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return bad("Write a day as 2026-03-31")
		}
	case f.Kind == FieldChoice:
		at := slices.IndexFunc(f.Choices, func(c string) bool { return FoldName(c) == FoldName(value) })
		if at < 0 {
			return bad("It is one of: " + strings.Join(f.Choices, ", "))
		}
		return f.Choices[at], nil
	case len(value) > 500:
		return bad("Write less than 500 characters.")
	}
	return value, nil
}

// SetTicket gives fields of tickets their values: the category, and the desk's
// own by their names. An empty value is none.
func (s *Seat) SetTicket(ctx context.Context, ids []ConversationID, values map[string]string) (Outcome, error) {
	return s.eachIn(ctx, ids, func(w Writer, c *Conversation, batch string) (bool, string, error) {
		if c.Ticket == 0 {
			return false, "it is no ticket", nil
		}
		before, after, err := setFields(w, c.ID, values)
		if err != nil {
			return false, "", err
		}
		if maps.Equal(before, after) {
			return false, "it is so already", nil
		}
		ev := s.event(EventTicketSet, c.Inbox, c.ID, state(before), state(after))
		ev.Batch = batch
		return true, "", s.d.tell(w, c, ev)
	})
}

// setFields changes fields and gives those that were named as they were and as
// they are.
func setFields(w Writer, id ConversationID, values map[string]string) (before, after map[string]string, err error) {
	t, err := w.Ticket(id)
	if err != nil {
		return nil, nil, err
	}
	all, err := w.TicketFields()
	if err != nil {
		return nil, nil, err
	}
	before, after = map[string]string{}, map[string]string{}
	t.Fields = maps.Clone(t.Fields)
	if t.Fields == nil {
		t.Fields = map[FieldID]string{}
	}
	for name, value := range values {
		if FoldName(name) == CategoryField {
			category, err := TicketField{Name: CategoryField, Kind: FieldText}.read(value)
			if err != nil {
				return nil, nil, err
			}
			before[CategoryField], after[CategoryField], t.Category = t.Category, category, category
			continue
		}
		at := fieldAt(all, name)
		if at < 0 {
			return nil, nil, noField(name, all)
		}
		f := all[at]
		value, err := f.read(value)
		if err != nil {
			return nil, nil, err
		}
		before[f.Name], after[f.Name] = t.Fields[f.ID], value
		if t.Fields[f.ID] = value; value == "" {
			delete(t.Fields, f.ID)
		}
	}
	return before, after, w.SaveTicket(t)
}

// undoFields brings back the fields that an event has changed.
func undoFields(w Writer, c Conversation, ev Event) (reason string, err error) {
	var before, after map[string]string
	if err := errors.Join(json.Unmarshal(ev.Before, &before), json.Unmarshal(ev.After, &after)); err != nil {
		return "", err
	}
	now, _, err := setFields(w, c.ID, before)
	if KindOf(err) == NotFound && err != nil {
		return "one of its fields is gone", nil
	}
	if err != nil || maps.Equal(now, after) {
		return "", err
	}
	_, _, err = setFields(w, c.ID, now)
	return "its fields have been changed since", err
}
