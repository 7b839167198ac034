package welcome

import (
	"context"

	"postroom/desk"
)

// Outside is what the first run needs from the rest of the program. Whoever
// wires the program fills it in once; only LookAround may be nil, then there is
// no sample mail to look at and the choice says so.
//
// Errors are shown at the field they belong to. A [desk.Error] is best: its
// message says what is wrong, its hint what to do. The functions run in
// commands, so they may take their time; they end early when ctx does, which is
// what esc leads to.
type Outside struct {
	// Desk makes the inbox and connects the account; a *desk.Seat is one.
	Desk Desk
	// Server reads what was typed as a server, such as mail.example.org:993.
	// The protocol is imap or smtp. It gives the URL for [desk.Account.IMAP]
	// or [desk.Account.SMTP] and does not connect.
	Server func(protocol, typed string) (url string, err error)
	// Find finds the servers of an address. It connects to none of them.
	Find func(ctx context.Context, address string) (Servers, error)
	// Receive signs in to the IMAP server of the account and tells how many
	// messages are there. It writes nothing, neither there nor here.
	Receive func(ctx context.Context, a desk.Account, password string) (messages int, err error)
	// Send signs in to the SMTP server of the account. It sends nothing.
	Send func(ctx context.Context, a desk.Account, password string) error
	// Seal makes of a password what may be stored in [desk.Account.Secret].
	Seal func(password []byte) ([]byte, error)
	// Certificates reads a file of certificates to trust besides the system's,
	// in PEM.
	Certificates func(path string) (pem string, err error)
	// LookAround notes that the user wants to see the sample mail. The program
	// on the screen ends right after it, with no error, and whoever started it
	// then starts the demo. It is called on the screen's goroutine and must
	// only take a note.
	LookAround func()
}

// Servers are the mail servers of an address as somebody else names them; only
// the test proves them.
type Servers struct {
	// IMAP and SMTP are written as one would type them.
	IMAP, SMTP string
	Username   string
	// FilesSent says that the provider puts sent mail into Sent by itself.
	FilesSent bool
	// From is where they are from, as the end of a sentence without a stop;
	// Note what there is to know about them, in whole sentences, or empty.
	From, Note string
}

// Desk is the part of the desk that makes inboxes.
type Desk interface {
	CreateInbox(context.Context, string, desk.InboxKind) (desk.Inbox, error)
	Connect(ctx context.Context, inbox string, a desk.Account) (desk.Account, error)
}
