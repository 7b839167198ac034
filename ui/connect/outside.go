package connect

import (
	"context"
	"time"

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
	// Providers tells where an account may sign in instead of with a password,
	// by its IMAP server and what is set up at this desk; nil for nowhere.
	Providers func(context.Context, desk.Account) (Offered, error)
	// Begin starts a sign-in at a provider; who signs in may be filled in
	// there. device asks for a code instead of a browser.
	Begin func(ctx context.Context, provider, who string, device bool) (SignIn, error)
	// Ready reports whether a password can be sealed here at all, before
	// anybody types one: the key of the desk may be elsewhere.
	Ready func(context.Context) error
	// Seal makes of a password what may be stored in [desk.Account.Secret].
	Seal func(ctx context.Context, password []byte) ([]byte, error)
	// Certificates reads a file of certificates to trust besides the system's,
	// in PEM. One that holds none is an error.
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

// Offered are the providers at which an account may sign in, the best first.
// Warning says, in whole sentences, what speaks against a password; or empty.
type Offered struct {
	Providers []Provider
	Warning   string
}

// Provider signs people in. Device says that it may have a way by a code that is
// typed in on another machine.
type Provider struct {
	Key, Name string
	Device    bool
}

// SignIn is a person's way through the pages of a provider. It is waited for,
// or closed.
type SignIn struct {
	// URL is the page to open. Code, if any, is what is typed there.
	URL, Code string
	// Words say, after "postroom may", what is going to be allowed.
	Words []string
	// Paste takes the address that a browser on another machine has ended at.
	Paste func(address string) error
	// Wait returns when somebody has agreed, or refused.
	Wait  func(context.Context) (SignedIn, error)
	Close func()
}

// SignedIn is what has come of it: a token to sign in with now, who it is as far
// as the provider says, and what may be kept in [desk.Account.Secret].
type SignedIn struct {
	Token, Person string
	Seal          func(context.Context) ([]byte, error)
}

// Look is what is in a mailbox.
type Look struct {
	Folders []Folder
	Traffic desk.Traffic
	// Until is when it was disconnected here, zero for one that is new: what had
	// arrived by then does not come in again.
	Until time.Time
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
	Pipelines(context.Context) ([]desk.PipelineView, error)
	Setup(context.Context) (desk.Setup, bool, error)
	SaveSetup(context.Context, desk.Setup) error
	DropSetup(context.Context) error
	AddressFree(ctx context.Context, address string) error
	MakeInbox(context.Context, desk.NewInbox) (desk.SettingsChanged, error)
	ConnectNew(context.Context, desk.NewInbox, desk.Account) (desk.Account, desk.SettingsChanged, error)
	Connect(ctx context.Context, inbox string, a desk.Account) (desk.Account, error)
	Addresses(context.Context) ([]desk.Address, error)
	Access(ctx context.Context, inbox string) (desk.InboxAccess, error)
	shell.Testing
}

var _ Desk = (*desk.Seat)(nil)
