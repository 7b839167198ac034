// Package dial opens the network connections of the connector: IMAP and SMTP
// go through it and nothing else opens a socket to a mail server.
//
// What holds for every connection:
//
//   - TLS 1.2 or newer, always verified against the system's roots and the
//     certificate authority of the account. There is no way to skip it.
//   - Plain connections exist on loopback only, for the demo and for tests.
//   - On a STARTTLS connection nothing but the commands that lead to TLS can
//     be written before TLS is up ([Conn] refuses it).
//   - What a server may make us read is limited by a byte budget, and how long
//     an operation may take by an absolute deadline that the protocol libraries
//     can shorten but not lengthen.
//   - A failure is a sentence a person understands and a next step ([Explain]).
package dial
