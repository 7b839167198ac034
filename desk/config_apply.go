package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// applying is one run of [Seat.Apply].
type applying struct {
	s       *Seat
	c       Config
	missing []string
	// waiting are the entries that cannot be there yet.
	waiting map[int]bool
}

func (a *applying) all(ctx context.Context) error {
	if err := a.check(); err != nil {
		return err
	}
	kinds := ConfigKinds()
	for _, k := range kinds {
		if err := a.each(ctx, k, a.addOrSet); err != nil {
			return err
		}
	}
	for _, k := range kinds {
		if err := a.each(ctx, k, a.setLate); err != nil {
			return err
		}
		if err := a.order(ctx, k); err != nil {
			return err
		}
	}
	for _, k := range slices.Backward(kinds) {
		if !slices.Contains(a.c.Exact, k.Name) {
			continue
		}
		if err := a.prune(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

// check refuses what no desk could have.
func (a *applying) check() error {
	seen := map[string]bool{}
	for i, e := range a.c.Entries {
		id := e.Kind + "\x00" + FoldName(e.Name)
		if strings.TrimSpace(e.Name) == "" {
			return &ConfigError{i, invalid("NO_NAME", "Give it one.", "A %s has no name.", e.Kind)}
		}
		if seen[id] {
			return &ConfigError{i, invalid("TWICE", "Leave one of them out.", "There are two of the %s %q.", e.Kind, Snippet(e.Name, 60))}
		}
		seen[id] = true
	}
	for _, name := range a.c.Exact {
		at := slices.IndexFunc(ConfigKinds(), func(k ConfigKind) bool { return k.Name == name })
		if at < 0 || !ConfigKinds()[at].Removes() {
			var can []string
			for _, k := range ConfigKinds() {
				if k.Removes() {
					can = append(can, k.Name)
				}
			}
			return invalid("BAD_EXACT", "It can name: "+strings.Join(can, ", ")+". Users, inboxes and accounts leave by commands of their own.", "A file cannot be exact about %q.", Snippet(name, 40))
		}
	}
	return nil
}

// each does something with the entries of a kind.
func (a *applying) each(ctx context.Context, k ConfigKind, do func(context.Context, ConfigKind, []ConfigEntry, int) error) error {
	have, err := k.have(ctx, a.s)
	if err != nil {
		return err
	}
	for i, e := range a.c.Entries {
		if e.Kind != k.Name || a.waiting[i] {
			continue
		}
		if err := do(ctx, k, have, i); err != nil {
			return &ConfigError{i, err}
		}
	}
	return nil
}

func entryNamed(list []ConfigEntry, name string) (ConfigEntry, bool) {
	at := slices.IndexFunc(list, func(e ConfigEntry) bool { return FoldName(e.Name) == FoldName(name) })
	if at < 0 {
		return ConfigEntry{}, false
	}
	return list[at], true
}

// addOrSet lets an entry be there, with all that names nothing that could still
// be missing.
func (a *applying) addOrSet(ctx context.Context, k ConfigKind, have []ConfigEntry, i int) error {
	e := a.c.Entries[i]
	if k.waits != nil {
		why, err := k.waits(ctx, a.s, e)
		if err != nil {
			return err
		}
		if why != "" {
			if a.waiting == nil {
				a.waiting = map[int]bool{}
			}
			a.waiting[i], a.missing = true, append(a.missing, why)
			return nil
		}
	}
	now, ok := entryNamed(have, e.Name)
	if !ok {
		return k.add(ctx, a.s, e)
	}
	for _, f := range k.Fields {
		if want, asked := e.Values[f.Name]; f.fixed && asked && !f.same(now.Values[f.Name], want) {
			a.missing = append(a.missing, fmt.Sprintf("The %s %q keeps its %s, which is %s and not %s: that is not changed here.", k.Name, now.Name, f.Name, toldValue(now.Values[f.Name]), toldValue(want)))
		}
	}
	return a.set(ctx, k, now, e, false)
}

func (a *applying) setLate(ctx context.Context, k ConfigKind, have []ConfigEntry, i int) error {
	now, ok := entryNamed(have, a.c.Entries[i].Name)
	if !ok {
		return notFound("GONE", "Apply the file again.", "The %s %q is not there.", k.Name, a.c.Entries[i].Name)
	}
	return a.set(ctx, k, now, a.c.Entries[i], true)
}

// set changes those fields, of the early or of the late ones, that differ.
func (a *applying) set(ctx context.Context, k ConfigKind, now, want ConfigEntry, late bool) error {
	change := ConfigEntry{Kind: k.Name, Name: now.Name, Values: map[string][]string{}}
	for _, f := range k.Fields {
		if value, asked := want.Values[f.Name]; asked && f.late == late && !f.fixed {
			change.Values[f.Name] = value
		}
	}
	change, err := a.plainly(ctx, k, change)
	if err != nil {
		return err
	}
	for name, value := range change.Values {
		f, _ := k.Field(name)
		switch missing := notAmong(value, now.Values[name]); {
		case f.grows && len(missing) > 0:
			change.Values[name] = missing
		case f.grows, f.same(now.Values[name], value):
			delete(change.Values, name)
		}
	}
	if len(change.Values) == 0 {
		return nil
	}
	return k.set(ctx, a.s, change)
}

// plainly is an entry with its values written as the desk writes them.
func (a *applying) plainly(ctx context.Context, k ConfigKind, e ConfigEntry) (ConfigEntry, error) {
	if k.plain == nil || len(e.Values) == 0 {
		return e, nil
	}
	err := a.s.d.store.Read(ctx, func(r Reader) error {
		values, err := k.plain(r, a.s, e)
		e.Values = values
		return err
	})
	return e, err
}

// same reports whether two values say the same.
func (f ConfigField) same(a, b []string) bool {
	return slices.EqualFunc(a, b, func(a, b string) bool {
		a, b = strings.TrimSpace(a), strings.TrimSpace(b)
		return a == b || f.folded && FoldName(a) == FoldName(b)
	})
}

// notAmong is what a list has and another has not.
func notAmong(list, other []string) []string {
	var rest []string
	for _, v := range list {
		if !slices.ContainsFunc(other, func(o string) bool { return FoldName(o) == FoldName(v) }) {
			rest = append(rest, v)
		}
	}
	return rest
}

// order puts the entries of a kind into the order of the file.
func (a *applying) order(ctx context.Context, k ConfigKind) error {
	if k.order == nil {
		return nil
	}
	have, err := k.have(ctx, a.s)
	if err != nil {
		return err
	}
	var want, now []string
	for i, e := range a.c.Entries {
		if e.Kind == k.Name && !a.waiting[i] {
			want = append(want, FoldName(e.Name))
		}
	}
	for _, e := range have {
		if slices.Contains(want, FoldName(e.Name)) {
			now = append(now, FoldName(e.Name))
		}
	}
	if slices.Equal(want, now) {
		return nil
	}
	return k.order(ctx, a.s, want)
}

// prune takes away what the file does not have.
func (a *applying) prune(ctx context.Context, k ConfigKind) error {
	have, err := k.have(ctx, a.s)
	if err != nil {
		return err
	}
	for _, e := range have {
		at := slices.IndexFunc(a.c.Entries, func(w ConfigEntry) bool { return w.Kind == k.Name && FoldName(w.Name) == FoldName(e.Name) })
		if at < 0 {
			if k.remove == nil {
				continue
			}
			if err := k.remove(ctx, a.s, e.Name); err != nil {
				return err
			}
			continue
		}
		wanted, err := a.plainly(ctx, k, a.c.Entries[at])
		if err != nil {
			return &ConfigError{at, err}
		}
		for _, f := range k.Fields {
			want, asked := wanted.Values[f.Name]
			if !f.grows || !asked {
				continue
			}
			for _, value := range notAmong(e.Values[f.Name], want) {
				if err := k.drop(ctx, a.s, e.Name, value); err != nil {
					return &ConfigError{at, err}
				}
			}
		}
	}
	return nil
}
