// Package welcome is the first run: what a person sees who has no inbox yet.
// It offers to look around with sample mail, or to add an inbox of one's own or
// of the team, and asks for the mailbox behind it.
//
//	choice ─ 1 ─→ Outside.LookAround, and the program ends
//	       ─ 2, 3 ─→ form ─ test: check, receive, send ─→ seal, inbox, account ─→ triage
//
// When the address has been typed its servers are looked for and filled in,
// with a line that says where they are from; what somebody has typed stays.
//
// Nothing is written before both servers have let us in, and esc interrupts
// everything up to there. What is wrong is said at the field it belongs to.
//
// The screen knows no mail server and no file: what it needs from the rest of
// the program are the functions of [Outside].
package welcome
