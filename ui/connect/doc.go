// Package connect is the wizard that connects a mailbox: one question at a
// time, each with a way back.
//
//	goal → address ─(does the address fit?)→ servers → sign-in
//	     ─ test: receive, look, send ─(does its mail fit?)→ inbox ─(what is it for? tickets?)
//	     → preview of the first sync ─ seal, inbox with account ─→ test mail → who may do what
//
// What somebody says is kept in the desk after every answer, so the way can be
// gone on with after esc, ctrl+c, a kill or a closed terminal; a password never
// is. Nothing is imported before both servers have let us in, the preview has
// been seen, and Connect pressed. What is wrong is said at the field where it can be put right,
// whichever question that belongs to.
//
// A question is a [page]: a form, made from what has been said ([desk.Setup]),
// and what follows from its answer. Going on, going back and going on tomorrow
// all make pages in the same way.
//
// The screen knows no mail server and no file: what it needs from the rest of
// the program are the functions of [Outside].
package connect
