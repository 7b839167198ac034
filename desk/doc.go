// Package desk says what an inbox, a conversation and a message are and what
// may be done with them. It is plain Go on the standard library: it has never
// heard of SQL, IMAP or terminals, starts no goroutine and does no I/O.
//
// Every use case is one method of [Seat], taken with [Desk.As]: it asks for
// permission, changes state and journal in one transaction and rings the
// bell. The terminal, the command line and the connector call the same
// methods; there is no second way to do anything.
//
//	desk.As(actor).Assign(ctx, ids, to)
//	      │
//	      ├─ permission: what the actor may see and do (permit.go)
//	      ├─ one transaction of the store: state + event (ports.go, event.go)
//	      └─ bell: Changed{inboxes} to whoever shows them (bell.go)
package desk
