// Package sample is the office that `postroom demo` works in: a mail server
// for IMAP and one for SMTP on loopback, full of sample mail dated relative to
// now, with customers who write and answer while the program runs.
//
// It is a world outside the program, spoken to over real sockets. Nothing in
// postroom knows that the mail is sample mail, and nothing leaves this machine.
package sample
