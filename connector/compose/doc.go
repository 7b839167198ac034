// Package compose makes the bytes of an outgoing mail (RFC 5322) from a row of
// the outbox: what an author typed, to whom, in answer to what.
//
// The same row always gives the same bytes. A text in Markdown goes out twice:
// as it stands for readers of plain text, and as a small HTML page that loads
// nothing. Nothing typed or quoted can add a header field, a recipient or a
// command to the conversation with the mail server (promises A10, A11): a line
// break or NUL in a header value is refused, and lines of the body end in
// CRLF and nowhere else.
package compose
