package action

import (
	"fmt"
	"slices"
	"strings"
)

// Keymap finds actions by their keys.
type Keymap struct {
	actions []Action
	byKey   map[string][]int
	// starts are the beginnings of sequences.
	starts map[string][]int
}

// NewKeymap gathers the actions of several places, in the order in which they
// are shown.
func NewKeymap(tables ...[]Action) *Keymap {
	k := &Keymap{byKey: map[string][]int{}, starts: map[string][]int{}}
	for _, t := range tables {
		k.actions = append(k.actions, t...)
	}
	for i, a := range k.actions {
		for _, key := range a.Keys {
			k.byKey[key] = append(k.byKey[key], i)
			for at := 0; ; {
				next := strings.IndexByte(key[at:], ' ')
				if next < 0 {
					break
				}
				at += next
				k.starts[key[:at]] = append(k.starts[key[:at]], i)
				at++
			}
		}
	}
	return k
}

// Find looks for the action bound to a key or sequence in one of the places.
func (k *Keymap) Find(in Scope, key string) (Action, bool) {
	for _, i := range k.byKey[key] {
		if k.actions[i].Scope&in != 0 {
			return k.actions[i], true
		}
	}
	return Action{}, false
}

// Begins reports whether a sequence begins like this in one of the places.
func (k *Keymap) Begins(in Scope, key string) bool {
	return slices.ContainsFunc(k.starts[key], func(i int) bool { return k.actions[i].Scope&in != 0 })
}

// Continuations are the actions whose sequences begin like this.
func (k *Keymap) Continuations(in Scope, key string) []Action {
	var list []Action
	for _, i := range k.starts[key] {
		if a := k.actions[i]; a.Scope&in != 0 {
			list = append(list, a)
		}
	}
	return list
}

// In lists the actions of the places, in order.
func (k *Keymap) In(in Scope) []Action {
	var list []Action
	for _, a := range k.actions {
		if a.Scope&in != 0 {
			list = append(list, a)
		}
	}
	return list
}

// All lists every action, in order.
func (k *Keymap) All() []Action { return k.actions }

// Get finds an action by its identity.
func (k *Keymap) Get(id ID) (Action, bool) {
	for _, a := range k.actions {
		if a.ID == id {
			return a, true
		}
	}
	return Action{}, false
}

// Conflicts names every pair of actions that could be meant by the same keys
// in the same place: one key twice, or a key that is also the beginning of a
// sequence.
func Conflicts(actions []Action) []string {
	var found []string
	for i, a := range actions {
		for _, b := range actions[i+1:] {
			if a.ID == b.ID {
				found = append(found, fmt.Sprintf("%s is declared twice", a.ID))
			}
			if a.Scope&b.Scope == 0 {
				continue
			}
			for _, x := range a.Keys {
				for _, y := range b.Keys {
					if x == y || strings.HasPrefix(x, y+" ") || strings.HasPrefix(y, x+" ") {
						found = append(found, fmt.Sprintf("%q of %s and %q of %s", x, a.ID, y, b.ID))
					}
				}
			}
		}
	}
	return found
}
