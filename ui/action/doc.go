// Package action holds what can be done: one declaration for each action, from
// which everything else is derived. The footer, the help of a place, the
// palette, the page docs/keys.md and the conflict test read the same values,
// so none of them can be out of date. No screen compares key strings.
//
// An action says its identity, its title, the places it belongs to, its keys,
// what it needs together with the sentence that is shown when that is missing,
// how dangerous it is, and what it runs. What it acts on is fixed at the key
// press and handed to it as conversation numbers: a list that moves under the
// cursor cannot turn an action against another conversation.
package action
