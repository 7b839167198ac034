package connect

import (
	"context"

	"postroom/desk"
	"postroom/ui/shell"
)

// Outside is what the wizard needs from the rest of the program. Whoever wires
// the program fills it in once.
//
// Errors are shown at the field they belong to. A [desk.Error] is best: its
// message says what is wrong, its hint what to do. The functions run in
// commands, so they may take their time; they end early when ctx does, which is
// what esc leads to.
type Outside struct {
	// Desk keeps how far somebody is, makes the inbox and connects the account;
	// a *desk.Seat is one.
	Desk Desk
	// Server reads what was typed as a server, such as mail.example.org:993.
	// The protocol is imap or smtp. It gives the URL for [desk.Account.IMAP]
	// or [desk.Account.SMTP] and does not connect.
	Server func(protocol, typed string) (url string, err error)
	// Find finds the servers of an address. It connects to none of them.
	Find func(ctx context.Context, address string) (Servers, error)
	// Look signs in to the IMAP server of the account and counts what a first
	// sync would bring. It writes nothing, neither there nor here.
	Look func(ctx context.Context, a desk.Account, password string) (Look, error)
	// Send signs in to the SMTP server of the account. It sends nothing.
	Send func(ctx context.Context, a desk.Account, password string) error
	// Password gives the password of an account that has a command for it.
	Password func(ctx context.Context, a desk.Account) (string, error)
	// Seal makes of a password what may be stored in [desk.Account.Secret].
	Seal func(password []byte) ([]byte, error)
	// Certificates reads a file of certificates to trust besides the system's,
	// in PEM.
	Certificates func(path string) (pem string, err error)
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

// Look is what is in a mailbox.
type Look struct {
	Folders []Folder
	Traffic desk.Traffic
}

// Messages are those of all folders.
func (l Look) Messages() int {
	n := 0
	for _, f := range l.Folders {
		n += f.Messages
	}
	return n
}

// Folder is one that would be read. Old are the messages in it from before the
// cut-off.
type Folder struct {
	Name          string
	Role          desk.FolderRole
	Messages, Old int
}

// Desk is all that the wizard asks of the desk besides what every screen knows.
type Desk interface {
	Users(context.Context) ([]desk.User, error)
	Teams(context.Context) ([]desk.TeamView, error)
	Setup(context.Context) (desk.Setup, bool, error)
	SaveSetup(context.Context, desk.Setup) error
	DropSetup(context.Context) error
	AddressFree(ctx context.Context, address string) error
	CreateInbox(context.Context, string, desk.InboxKind) (desk.Inbox, error)
	AddMember(ctx context.Context, inbox, login string, rights desk.Rights) error
	Connect(ctx context.Context, inbox string, a desk.Account) (desk.Account, error)
	SetInboxSettings(ctx context.Context, inbox string, values map[desk.SettingKey]string) (desk.SettingsChanged, error)
	Access(ctx context.Context, inbox string) (desk.InboxAccess, error)
	shell.Testing
}

var _ Desk = (*desk.Seat)(nil)
