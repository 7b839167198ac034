// Package settings is the screen on which a desk is looked after: its inboxes
// and their accounts, what happens behind the screen, who did what, and the
// copies of it all.
//
//	parts ── list of the part ── what is known of the thing under the cursor
//	                             └─ a form in its place, while one is filled in
//
// Three columns where there is room, else one at a time: enter goes in, esc
// comes back. What can be done with a thing are actions like everywhere; they
// stand as buttons below what is known of it, so that nobody has to know a key.
//
// Nothing is written before Save, and a form with changes is not left without a
// question. A cursor is anchored on its thing and not on a row: when somebody
// else takes the thing away, the keys hit nothing instead of its neighbour.
//
// The screen knows no mail server, no file and no key: what it needs from the
// rest of the program are the functions of [Outside].
package settings
