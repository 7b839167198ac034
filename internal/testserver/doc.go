// Package testserver starts real servers for tests: Dovecot for IMAP and LMTP,
// Postfix for submission, PostgreSQL, an OpenID provider whose tokens both know,
// and a scripted server that misbehaves on command.
//
// Each server lives in a temporary directory, listens on loopback ports that no
// other test holds, and is gone when the test ends, also when the test process
// is killed. Nothing it accepts ever leaves the machine.
//
//	mail := testserver.StartMail(t, "anna@example.test")
//	mail.Deliver(t, "anna@example.test", raw)
//	... connect to mail.IMAPS with mail.TLS() and testserver.Password ...
//
// Dovecot takes a tenth of a second to start and runs as any user; Postfix
// takes a fifth and needs root. Tests that only need a mailbox of their own
// share one server per process: Shared(t) and then User(t). The servers are
// those of Linux: the port that insists on STARTTLS is on 127.0.0.2, which
// other systems do not have.
//
// A test that needs a database asks for an empty one: Postgres(t) is its DSN, of
// a cluster that the tests of a process share. What stops a server or changes
// its settings starts one of its own with StartPostgres.
//
// Only tests import this package; it knows nothing of postroom.
package testserver
