package desk

import (
	"fmt"
	"slices"
	"strings"
)

// configChanges says what is different between two set-ups.
func configChanges(before, after Config) []string {
	var said []string
	for _, k := range ConfigKinds() {
		was, now := before.of(k.Name), after.of(k.Name)
		for _, e := range now {
			old, ok := entryNamed(was, e.Name)
			if !ok {
				said = append(said, newEntry(k, e))
				continue
			}
			for _, f := range k.Fields {
				if !slices.Equal(old.Values[f.Name], e.Values[f.Name]) {
					said = append(said, fmt.Sprintf("The %s %q: %s is %s, was %s.", k.Name, e.Name, f.Name, toldValue(e.Values[f.Name]), toldValue(old.Values[f.Name])))
				}
			}
		}
		for _, e := range was {
			if _, ok := entryNamed(now, e.Name); !ok {
				said = append(said, fmt.Sprintf("The %s %q is removed.", k.Name, e.Name))
			}
		}
		if k.order != nil && otherOrder(was, now) {
			said = append(said, fmt.Sprintf("The order of each %s is another: %s.", k.Name, strings.Join(namesOf(now), ", ")))
		}
	}
	return said
}

func newEntry(k ConfigKind, e ConfigEntry) string {
	var parts []string
	for _, f := range k.Fields {
		if len(e.Values[f.Name]) > 0 {
			parts = append(parts, f.Name+" "+toldValue(e.Values[f.Name]))
		}
	}
	said := fmt.Sprintf("The %s %q is new", k.Name, e.Name)
	if len(parts) > 0 {
		said += ": " + strings.Join(parts, "; ")
	}
	return said + "."
}

// otherOrder reports whether what is in both lists stands in another order.
func otherOrder(was, now []ConfigEntry) bool {
	keep := func(list, other []ConfigEntry) []string {
		return slices.DeleteFunc(namesOf(list), func(name string) bool { _, ok := entryNamed(other, name); return !ok })
	}
	return !slices.Equal(keep(was, now), keep(now, was))
}

func namesOf(list []ConfigEntry) []string {
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = e.Name
	}
	return names
}

func (c Config) of(kind string) []ConfigEntry {
	var list []ConfigEntry
	for _, e := range c.Entries {
		if e.Kind == kind {
			list = append(list, e)
		}
	}
	return list
}

// toldValue is a value in a sentence.
func toldValue(value []string) string {
	if len(value) == 0 {
		return "the default"
	}
	return `"` + Snippet(strings.Join(value, ", "), 80) + `"`
}
