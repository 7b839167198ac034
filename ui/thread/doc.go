// Package thread shows a conversation on the whole screen: its messages, notes
// and events as one line of time, the composer below while a text is being
// written, and beside it what is known about the conversation.
//
//	desk.Thread ─ read in a lane ─→ blocks (timeline.go) ─ wrapped once per width ─→ window (pane.go) ─→ picture
//	composer (composer.go) ─ every second ─→ draft in the store (keeper.go)
//	                       ─ esc, s ─→ guards ─→ outbox (send.go)
//
// What is on the screen stays where it is when mail arrives: the view is
// anchored on a message and a line in it, not on a row of the screen. A note is
// told from a mail by its edge, its word and its colour, because sending a note
// to a customer is the worst mistake that could be made here.
package thread
