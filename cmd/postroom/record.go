package main

import (
	"context"
	"maps"
	"slices"
	"strings"

	"postroom/desk"
	"postroom/desk/safe"
)

// attributeValues reads ATTRIBUTE=VALUE.
func attributeValues(words []string) (map[string]string, error) {
	values := map[string]string{}
	for _, w := range words {
		key, value, ok := strings.Cut(w, "=")
		if !ok || key == "" {
			return nil, &desk.Error{
				Kind: desk.Invalid, Code: "USAGE", Message: quoted(w) + " does not say what is to be entered.", Hint: "Write: ATTRIBUTE=VALUE, as in owner=maya",
			}
		}
		if _, twice := values[key]; twice {
			return nil, &desk.Error{Kind: desk.Invalid, Code: "USAGE", Message: quoted(key) + " is given twice.", Hint: "Give it once."}
		}
		if err := readable(value, "the value of "+key); err != nil {
			return nil, err
		}
		values[key] = value
	}
	return values, nil
}

// attributeWords completes attributes.
func attributeWords(keys []string) candidates {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = k + "="
	}
	return words(list...)
}

// alteredForm is a changed record, for programs.
type alteredForm struct {
	Of      string       `json:"of"`
	ID      desk.DealID  `json:"id,omitempty"`
	Added   bool         `json:"added"`
	Changed []changeForm `json:"changed"`
	Batch   string       `json:"batch"`
	DryRun  bool         `json:"dry_run"`
}

func changesOf(a desk.Altered) []changeForm {
	list := []changeForm{}
	for _, key := range slices.Sorted(maps.Keys(a.After)) {
		list = append(list, changeForm{key, a.Before[key], a.After[key]})
	}
	return list
}

// altered tells what is different about a record now.
func (p *program) altered(what string, id desk.DealID, a desk.Altered) error {
	if p.flags.rehearse {
		a.Batch, id = "", 0
	}
	changed := changesOf(a)
	if p.print.json {
		return p.print.document(alteredForm{Of: a.Of, ID: id, Added: a.Added, Changed: changed, Batch: a.Batch, DryRun: p.flags.rehearse})
	}
	name := safe.Line(a.Of)
	if id != 0 {
		name = safe.Sprintf("%s (%s)", name, safe.Int(int(id)))
	}
	switch {
	case a.Added:
		p.done(safe.Sprintf("Added the %s %s.", safe.Line(what), name))
	case len(changed) == 0:
		p.done(safe.Sprintf("%s is so already.", name))
	default:
		for _, c := range changed {
			p.print.say(safe.Sprintf("%s: %s, was %s", safe.Line(capital(c.Key)), valueWord(c.After), valueWord(c.Before)))
		}
		p.done(safe.Sprintf("Changed the %s %s.", safe.Line(what), name))
	}
	return nil
}

// valueWord is a value of a record in one line.
func valueWord(value string) safe.Text {
	if value == "" {
		return safe.Const("none")
	}
	return safe.Line(quoted(desk.Snippet(value, 60)))
}

// orDash stands for what is not there.
func orDash(s string) safe.Text {
	if s == "" {
		return safe.Const("-")
	}
	return safe.Line(s)
}

// orNull is a text for programs, null where it is empty.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func contactAddresses(ctx context.Context, seat *desk.Seat) ([]string, error) {
	list, err := seat.Contacts(ctx, desk.ContactQuery{Limit: defaultLimit})
	found := make([]string, len(list))
	for i, k := range list {
		found[i] = k.Address + "\t" + plainLine(k.Shown)
	}
	return found, err
}

func companyNames(ctx context.Context, seat *desk.Seat) ([]string, error) {
	list, err := seat.Companies(ctx)
	found := make([]string, len(list))
	for i, co := range list {
		found[i] = plainLine(co.Called)
	}
	return found, err
}
