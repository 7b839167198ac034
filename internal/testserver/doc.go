// Package testserver starts real servers for tests: Dovecot for IMAP and LMTP,
// Postfix for submission, and a scripted server that misbehaves on command.
//
// Each server lives in a temporary directory, listens on loopback ports that no
// other test holds, and is gone when the test ends, also when the test process
// is killed. Nothing it accepts ever leaves the machine.
//
//	mail := testserver.StartMail(t, "anna@example.test")
//	mail.Deliver(t, "anna@example.test", raw)
//	... connect to mail.IMAPS with mail.TLS() and testserver.Password ...
//
// Starting takes about a second. Tests that only need a mailbox of their own
// share one server per process: Shared(t) and then User(t).
//
// Only tests import this package; it knows nothing of postroom.
package testserver
